"""A form sent twice, an API call repeated: one row and one answer.

Pages: put `{% idempotency_key %}` in the form and `@once_per_form` on the view that receives it. A second sending
of the same form waits for the first, then is led to the same place, without running the view again. A form shown
again with its errors has not used its key.
API: `@once_per_call` on the method that answers the POST; the client chooses the `Idempotency-Key` header.
Elsewhere: `with once(scope, key) as answer: …; answer["location"] = url`, which raises AlreadyDone the second time.
The key is written in the transaction of the work: work rolled back leaves its key free.
"""

import hashlib
import uuid
from contextlib import contextmanager
from functools import wraps

import orjson
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from eit_platform.common.exceptions import BusinessError
from operations.models import IdempotencyKey

FIELD = "idempotency_key"
HEADER = "Idempotency-Key"
KEY_LENGTH = 80


class AlreadyDone(BusinessError):
    """The key was used: `answer` is what the first use left (`location`, for a page)."""

    status_code = 409

    def __init__(self, answer: dict, *, status: int = 200, fingerprint: str = ""):
        super().__init__(_("Cet envoi a déjà été enregistré."), code="already_done")
        self.answer = answer
        self.status = status
        self.fingerprint = fingerprint

    @property
    def location(self) -> str:
        return self.answer.get("location", "")


def new_key() -> str:
    """A key for one rendered form."""
    return uuid.uuid4().hex


@contextmanager
def once(scope: str, key: str, *, fingerprint: str = ""):
    """Runs the block for the first use of `key` in `scope`; gives the dict kept as its answer. Raises AlreadyDone after.

    Two uses at the same instant: the second waits for the first to commit. An empty key protects nothing.
    """
    answer: dict = {}
    if not key:
        yield answer
        return
    with transaction.atomic():
        row = _take(scope, key, fingerprint)
        yield answer
        IdempotencyKey.objects.filter(pk=row.pk).update(response=answer)


def _take(scope: str, key: str, fingerprint: str) -> IdempotencyKey:
    """The new row of the key, in the running transaction. Raises AlreadyDone when it is taken."""
    scope, key = scope[:120], key.replace("\x00", "")[:KEY_LENGTH]
    with transaction.get_connection().cursor() as cursor:
        cursor.execute(
            "INSERT INTO operations_idempotencykey (scope, key, fingerprint, status_code, response, created_at)"
            " VALUES (%s, %s, %s, 200, '{}', statement_timestamp()) ON CONFLICT (scope, key) DO NOTHING RETURNING id",
            [scope, key, fingerprint],
        )
        inserted = cursor.fetchone()
    if inserted:
        return IdempotencyKey(pk=inserted[0], scope=scope, key=key)
    used = IdempotencyKey.objects.get(scope=scope, key=key)
    raise AlreadyDone(used.response, status=used.status_code, fingerprint=used.fingerprint)


def once_per_form(view):
    """Decorator of a page: the same rendered form, sent twice, is handled once and answered by the same redirection."""

    @wraps(view)
    def page(request, *args, **kwargs):
        key = request.POST.get(FIELD, "") if request.method == "POST" else ""
        if not key:
            return view(request, *args, **kwargs)
        scope = f"form:{request.user.pk or 0}:{hashlib.sha256(request.path.encode()).hexdigest()[:32]}"
        with transaction.atomic():
            try:
                row = _take(scope, key, "")
            except AlreadyDone as done:
                return redirect(done.location or request.path)
            response: HttpResponse = view(request, *args, **kwargs)
            mine = IdempotencyKey.objects.filter(pk=row.pk)
            location = response.headers.get("Location") or response.headers.get("HX-Redirect")
            if location:
                mine.update(response={"location": location}, status_code=response.status_code)
            else:
                mine.delete()
        return response

    return page


def once_per_call(method):
    """Decorator of a DRF method: the same `Idempotency-Key` gives the first answer again.

    Raises BusinessError when the key comes back with another content, or is longer than 80 characters.
    """

    @wraps(method)
    def answer(self, request, *args, **kwargs):
        from rest_framework.response import Response

        key = request.headers.get(HEADER, "")
        if not key:
            return method(self, request, *args, **kwargs)
        if len(key) > KEY_LENGTH:
            raise BusinessError(_("L’en-tête Idempotency-Key est trop long."), code="idempotency_key_too_long")
        fingerprint = hashlib.sha256(orjson.dumps(request.data, option=orjson.OPT_SORT_KEYS, default=str)).hexdigest()
        place = hashlib.sha256(f"{request.method} {request.path}".encode()).hexdigest()[:32]
        with transaction.atomic():
            try:
                row = _take(f"api:{request.user.pk}:{place}", key, fingerprint)
            except AlreadyDone as done:
                if done.fingerprint != fingerprint:
                    raise BusinessError(
                        _("Cette clé d’idempotence a déjà servi pour un autre contenu."), code="idempotency_mismatch"
                    ) from None
                return Response(done.answer.get("data"), status=done.status)
            response = method(self, request, *args, **kwargs)
            mine = IdempotencyKey.objects.filter(pk=row.pk)
            if response.status_code < 400:
                mine.update(
                    response={"data": orjson.loads(orjson.dumps(response.data, default=str))}, status_code=response.status_code
                )
            else:
                mine.delete()
        return response

    return answer
