"""Work done later: asked for once, done once, told in French when it fails."""

from datetime import timedelta

import pytest
import time_machine
from celery.exceptions import SoftTimeLimitExceeded
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from eit_platform.common.exceptions import BusinessError
from operations import jobs, services, tasks
from operations.enums import JobState
from operations.models import AuditEntry, Job


@pytest.fixture
def work(monkeypatch):
    """`work(function)` registers it as the handler of `test.work`."""

    def register(function):
        monkeypatch.setitem(jobs._handlers, "test.work", function)

    register(lambda job, progress: {"done": True})
    return register


def ask(key="k", **more):
    return services.enqueue(**({"kind": "test.work", "key": key, "title": "Travail", "arguments": {"n": 1}} | more))


class TestAskingForWork:
    def test_two_requests_for_the_same_work_share_one_job(self, db, work):
        assert ask().pk == ask().pk
        assert Job.objects.count() == 1

    def test_a_finished_job_starts_again_with_its_new_arguments(self, db, work):
        job = ask()
        jobs.run_pending_jobs()
        again = ask(arguments={"n": 2}, title="Autre titre")
        assert again.pk == job.pk
        assert (again.state, again.attempt, again.arguments, again.title) == ("queued", 0, {"n": 2}, "Autre titre")
        assert again.result == {}

    def test_work_that_must_be_done_once_is_not_done_again(self, db, work):
        ask(once=True)
        jobs.run_pending_jobs()
        assert ask(once=True).state == JobState.DONE

    def test_a_kind_nobody_knows_is_refused_at_once(self, db, work):
        with pytest.raises(LookupError):
            ask(kind="test.unknown")
        assert not Job.objects.exists()

    def test_the_wake_up_leaves_once_the_transaction_is_committed(
        self, db, work, monkeypatch, django_capture_on_commit_callbacks
    ):
        woken = []
        monkeypatch.setattr(tasks.run_job, "apply_async", lambda args, **options: woken.append(args))
        with django_capture_on_commit_callbacks(execute=True):
            job = ask()
            ask()
            assert woken == []
        assert woken == [(job.pk,)]

    def test_a_broker_that_is_down_does_not_fail_the_request(self, db, work, monkeypatch, django_capture_on_commit_callbacks):
        def refuse(*args, **options):
            raise ConnectionError("no broker")

        monkeypatch.setattr(tasks.run_job, "apply_async", refuse)
        with django_capture_on_commit_callbacks(execute=True):
            job = ask()
        assert Job.objects.get(pk=job.pk).state == JobState.QUEUED

    def test_work_asked_by_a_request_that_fails_does_not_exist(self, db, work):
        def request():
            with transaction.atomic():
                ask()
                raise BusinessError("Refusé")

        with pytest.raises(BusinessError):
            request()
        assert not Job.objects.exists()


class TestDoingIt:
    def test_what_the_handler_returns_is_the_result(self, db, work):
        job = ask()
        assert jobs.run_pending_jobs() == 1
        job.refresh_from_db()
        assert (job.state, job.progress, job.result, job.attempt) == ("done", 100, {"done": True}, 1)
        assert job.lease_until is None
        assert job.finished_at is not None

    def test_a_job_is_claimed_by_one_worker_only(self, db, work):
        job = ask()
        first = jobs.claim(job.pk)
        assert first.fence == job.fence + 1
        assert jobs.claim(job.pk) is None

    def test_progress_is_shown_and_renews_the_lease(self, db, work):
        seen = {}

        def handle(job, progress):
            before = Job.objects.get(pk=job.pk).lease_until
            with time_machine.travel(timezone.now() + timedelta(seconds=60), tick=False):
                progress(40, "Lecture des flux")
            seen.update(Job.objects.filter(pk=job.pk).values("progress", "progress_label", "lease_until").get())
            seen["renewed"] = seen["lease_until"] > before

        work(handle)
        ask()
        jobs.run_pending_jobs()
        assert (seen["progress"], seen["progress_label"], seen["renewed"]) == (40, "Lecture des flux", True)

    def test_results_appear_with_the_closing_of_the_job(self, db, work):
        def handle(job, progress):
            with progress.publish() as result:
                result["url"] = "/d/a/rapports/1/"
            return {"pages": 12}

        work(handle)
        job = ask()
        jobs.run_pending_jobs()
        job.refresh_from_db()
        assert job.result == {"url": "/d/a/rapports/1/", "pages": 12}

    def test_a_worker_that_was_replaced_publishes_nothing(self, db, work):
        written = []

        def handle(job, progress):
            Job.objects.filter(pk=job.pk).update(fence=job.fence + 1)  # another worker took it over
            with progress.publish():
                written.append("too late")

        work(handle)
        job = ask()
        jobs.run(job.pk)
        job.refresh_from_db()
        assert written == []
        assert (job.state, job.result) == ("running", {})

    def test_what_is_written_while_publishing_goes_when_publishing_fails(self, db, work):
        def handle(job, progress):
            with progress.publish():
                AuditEntry.objects.create(verb="test", summary="écrit à moitié")
                raise ValueError("broken half way")

        work(handle)
        job = ask()
        jobs.run(job.pk)
        job.refresh_from_db()
        assert job.state == JobState.QUEUED
        assert not AuditEntry.objects.exists()

    def test_an_expired_lease_gives_the_job_to_another_worker(self, db, work):
        job = ask()
        dead = jobs.claim(job.pk)
        with time_machine.travel(timezone.now() + timedelta(seconds=400), tick=False):
            assert jobs.run(job.pk)
        job.refresh_from_db()
        assert (job.state, job.attempt, job.fence) == ("done", 2, dead.fence + 1)

    def test_a_job_is_published_once(self, db, work):
        def handle(job, progress):
            with progress.publish():
                pass
            with progress.publish():
                pass

        work(handle)
        job = ask()
        jobs.run(job.pk)
        job.refresh_from_db()
        assert job.state == JobState.DONE

    def test_a_job_cancelled_at_its_last_step_keeps_no_result(self, db, work):
        work(lambda job, progress: services.cancel_job(job=job) and {"made": True})
        job = ask()
        assert not jobs.run(job.pk)
        job.refresh_from_db()
        assert (job.state, job.result) == ("cancelled", {})

    def test_the_task_does_the_job_it_is_given(self, db, work):
        job = ask()
        tasks.run_job(job.pk)
        job.refresh_from_db()
        assert job.state == JobState.DONE

    def test_jobs_asked_by_a_job_run_too_and_the_limit_holds(self, db, work):
        def handle(job, progress):
            number = job.arguments["n"] + 1
            ask(key=f"k{number}", arguments={"n": number})

        work(handle)
        ask()
        assert jobs.run_pending_jobs(limit=4) == 4
        assert Job.objects.filter(state="done").count() == 4


class TestFailing:
    def test_work_that_is_too_long_is_tried_again(self, db, work):
        def handle(job, progress):
            raise SoftTimeLimitExceeded

        work(handle)
        job = ask()
        jobs.run(job.pk)
        job.refresh_from_db()
        assert (job.state, job.error) == ("queued", "Le travail a dépassé le temps permis.")

    def test_an_unforeseen_error_is_tried_again_later_and_told_without_its_trace(self, db, work, caplog):
        def handle(job, progress):
            raise ValueError("secret detail")

        work(handle)
        job = ask()
        jobs.run(job.pk)
        job.refresh_from_db()
        assert job.state == JobState.QUEUED
        assert timedelta(seconds=8) < job.run_after - timezone.now() <= timedelta(seconds=10)
        assert "erreur imprévue" in job.error
        assert "secret detail" not in job.error
        assert "secret detail" in caplog.text

    def test_it_fails_for_good_after_the_last_attempt(self, db, work):
        def handle(job, progress):
            raise ValueError

        work(handle)
        job = ask()
        for day in range(1, 8):
            with time_machine.travel(timezone.now() + timedelta(days=day), tick=False):
                jobs.run(job.pk)
        job.refresh_from_db()
        assert (job.state, job.attempt) == ("failed", job.max_attempts)

    def test_an_expected_refusal_is_shown_as_it_is_and_not_tried_again(self, db, work):
        def handle(job, progress):
            raise BusinessError("Le fichier n’a pas de colonne siret.")

        work(handle)
        job = ask()
        jobs.run(job.pk)
        job.refresh_from_db()
        assert (job.state, job.error) == ("failed", "Le fichier n’a pas de colonne siret.")

    def test_an_asker_who_lost_the_right_gets_nothing(self, db, work):
        def handle(job, progress):
            raise PermissionDenied

        work(handle)
        job = ask()
        jobs.run(job.pk)
        job.refresh_from_db()
        assert job.state == JobState.FAILED
        assert "n’y a plus accès" in job.error

    def test_the_work_of_a_closed_account_is_refused(self, cast, work):
        work(lambda job, progress: {"who": str(jobs.asker(job))})
        job = ask(actor=cast.alice)
        cast.alice.is_active = False
        cast.alice.save()
        jobs.run(job.pk)
        job.refresh_from_db()
        assert (job.state, "compte actif" in job.error) == ("failed", True)

    def test_a_job_whose_worker_died_at_the_last_attempt_is_given_up(self, db, work):
        job = ask()
        Job.objects.filter(pk=job.pk).update(state="running", attempt=5, lease_until=timezone.now() - timedelta(seconds=1))
        tasks.resume_jobs()
        job.refresh_from_db()
        assert job.state == JobState.FAILED
        assert "interrompu" in job.error


class TestWakingAgain:
    def test_a_job_that_waits_since_a_few_seconds_is_woken_again_but_not_at_each_pass(self, db, work, monkeypatch):
        woken = []
        monkeypatch.setattr(tasks.run_job, "apply_async", lambda args, **options: woken.append(args[0]))
        job = ask()
        tasks.resume_jobs()
        assert woken == []
        Job.objects.update(run_after=timezone.now() - timedelta(seconds=5))
        tasks.resume_jobs()
        tasks.resume_jobs()
        assert woken == [job.pk]

    def test_an_expired_lease_is_woken_again(self, db, work, monkeypatch):
        woken = []
        monkeypatch.setattr(tasks.run_job, "apply_async", lambda args, **options: woken.append(args[0]))
        job = ask()
        jobs.claim(job.pk)
        with time_machine.travel(timezone.now() + timedelta(seconds=400), tick=False):
            tasks.resume_jobs()
        assert woken == [job.pk]


class TestCancelAndRetry:
    def test_a_waiting_job_is_cancelled_and_never_runs(self, cast, work):
        job = services.cancel_job(job=ask(actor=cast.alice, demarche=cast.a), actor=cast.alice)
        assert jobs.run_pending_jobs() == 0
        assert job.state == JobState.CANCELLED
        assert AuditEntry.objects.get().verb == "job.cancelled"

    def test_a_running_job_that_is_cancelled_stops_at_its_next_step(self, db, work):
        reached = []

        def handle(job, progress):
            services.cancel_job(job=job)
            progress(50, "Suite")
            reached.append("after")

        work(handle)
        job = ask()
        jobs.run(job.pk)
        job.refresh_from_db()
        assert (job.state, reached) == ("cancelled", [])

    def test_a_finished_job_can_be_neither_cancelled_nor_retried(self, db, work):
        job = ask()
        jobs.run_pending_jobs()
        with pytest.raises(BusinessError, match="déjà fini"):
            services.cancel_job(job=job)
        with pytest.raises(BusinessError, match="en échec ou annulé"):
            services.retry_job(job=job)

    def test_a_failed_job_starts_again_from_its_first_attempt(self, db, work):
        job = ask()
        Job.objects.filter(pk=job.pk).update(state="failed", attempt=5, error="Panne")
        job = services.retry_job(job=job)
        assert (job.state, job.attempt, job.error) == ("queued", 0, "")
        assert jobs.run_pending_jobs() == 1
        job.refresh_from_db()
        assert job.state == JobState.DONE
