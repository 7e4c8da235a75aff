"""A form sent twice, a call repeated: one row, one answer."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection, transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template import Context, Template
from django.test import RequestFactory
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory
from rest_framework.views import APIView

from eit_platform.common.exceptions import BusinessError
from operations import audit
from operations.idempotency import AlreadyDone, new_key, once, once_per_call, once_per_form
from operations.models import AuditEntry, IdempotencyKey


def write_row():
    return audit.record(verb="test", summary="Ligne")


class TestOnce:
    def test_the_second_use_gives_the_answer_of_the_first(self, db):
        with once("flow.create", "k") as answer:
            write_row()
            answer["location"] = "/flux/1/"
        with pytest.raises(AlreadyDone) as done, once("flow.create", "k"):
            write_row()
        assert done.value.location == "/flux/1/"
        assert AuditEntry.objects.count() == 1

    def test_work_that_failed_leaves_its_key_free(self, db):
        with pytest.raises(BusinessError), once("flow.create", "k"):
            raise BusinessError("Refusé")
        with once("flow.create", "k"):
            write_row()
        assert AuditEntry.objects.count() == 1

    def test_without_a_key_nothing_is_refused(self, db):
        for _ in range(2):
            with once("flow.create", ""):
                write_row()
        assert AuditEntry.objects.count() == 2

    @pytest.mark.django_db(transaction=True)
    def test_forty_double_submits_at_the_same_instant_write_one_row(self):
        def submit(_number):
            try:
                with transaction.atomic(), once("flow.create", "k") as answer:
                    answer["location"] = f"/flux/{write_row().pk}/"
                return "first"
            except AlreadyDone as done:
                return done.location
            finally:
                connection.close()

        with ThreadPoolExecutor(20) as pool:
            found = list(pool.map(submit, range(40)))
        assert AuditEntry.objects.count() == 1
        assert found.count("first") == 1
        assert set(found) - {"first"} == {f"/flux/{AuditEntry.objects.get().pk}/"}


class TestForms:
    def post(self, view, key, path="/flux/nouveau/", user=None):
        request = RequestFactory().post(path, {"idempotency_key": key})
        request.user = user or AnonymousUser()
        return view(request)

    def view(self):
        @once_per_form
        def create(request):
            return redirect(f"/flux/{write_row().pk}/")

        return create

    def test_each_rendering_has_its_own_key(self):
        form = Template("{% idempotency_key %}")
        assert form.render(Context()) != form.render(Context())
        assert 'name="idempotency_key"' in form.render(Context())

    def test_a_second_sending_goes_to_the_same_place(self, db):
        view, key = self.view(), new_key()
        first, second = self.post(view, key), self.post(view, key)
        assert first["Location"] == second["Location"]
        assert AuditEntry.objects.count() == 1

    def test_the_key_of_somebody_else_is_another_key(self, cast):
        view, key = self.view(), new_key()
        self.post(view, key, user=cast.alice)
        self.post(view, key, user=cast.bob)
        assert AuditEntry.objects.filter(verb="test").count() == 2

    def test_a_form_sent_back_with_errors_can_be_sent_again(self, db):
        answers = [HttpResponse("À corriger", status=422), redirect("/flux/1/")]
        view = once_per_form(lambda request: answers.pop(0))
        key = new_key()
        assert self.post(view, key).status_code == 422
        assert not IdempotencyKey.objects.exists()
        assert self.post(view, key)["Location"] == "/flux/1/"


class TestCalls:
    def call(self, user, key, data, fail=False):
        class View(APIView):
            authentication_classes = ()
            permission_classes = ()

            @once_per_call
            def post(self, request):
                if fail:
                    raise BusinessError("Refusé")
                return Response({"id": write_row().pk}, status=201)

        headers = {"Idempotency-Key": key} if key else {}
        request = APIRequestFactory().post("/api/v1/flows/", data, format="json", headers=headers)
        request.user = user
        view = View.as_view()
        with transaction.atomic():  # as every request
            return view(request)

    def test_a_repeated_call_gets_the_first_answer(self, cast):
        first, second = self.call(cast.alice, "k", {"a": 1}), self.call(cast.alice, "k", {"a": 1})
        assert (first.status_code, second.status_code) == (201, 201)
        assert first.data == second.data
        assert AuditEntry.objects.count() == 1

    def test_the_same_key_with_another_content_is_refused(self, cast):
        self.call(cast.alice, "k", {"a": 1})
        answer = self.call(cast.alice, "k", {"a": 2})
        assert (answer.status_code, answer.data["code"]) == (422, "idempotency_mismatch")

    def test_a_refused_call_can_be_made_again(self, cast):
        assert self.call(cast.alice, "k", {"a": 1}, fail=True).status_code == 422
        assert self.call(cast.alice, "k", {"a": 1}).status_code == 201

    def test_a_key_that_is_too_long_is_refused(self, cast):
        assert self.call(cast.alice, "k" * 81, {}).data["code"] == "idempotency_key_too_long"

    def test_without_the_header_each_call_counts(self, cast):
        self.call(cast.alice, "", {})
        self.call(cast.alice, "", {})
        assert AuditEntry.objects.count() == 2
