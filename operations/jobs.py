"""Work done later: who does it, how a worker claims it, how its result is published once.

A handler is registered by kind, in the `tasks.py` of the app that knows the work:

    @handler("reporting.build_annual_report")
    def build(job, progress) -> dict:
        asker = jobs.asker(job)                      # refuses an account closed since
        access = access_for(asker, job.demarche.slug)  # the asker's rights, checked again now
        access.require(perms.produce_report(access))
        progress(30, _("Lecture des flux"))          # renews the lease, stops a cancelled job
        with progress.publish() as result:           # one transaction: results written, job closed
            result["url"] = services.freeze(...).get_absolute_url()
        return {}

A handler may run twice, when its first worker dies. What it writes outside `progress.publish()` must therefore have
no effect when written again; what it writes inside appears once, because the transaction also closes the job, and
only the holder of the last fencing number can close it.
A result may carry `url` and `label`: the page of the job shows them as a link to what was made.
"""

import logging
from collections.abc import Callable
from contextlib import contextmanager
from datetime import timedelta

from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.db.models import F
from django.http import Http404
from django.utils import timezone
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext as _

from eit_platform.common.exceptions import BusinessError
from operations.enums import JobState
from operations.models import Job

logger = logging.getLogger(__name__)
FIRST_BACKOFF_SECONDS = 10
WAKE_AFTER = timedelta(seconds=3)
WAKE_AGAIN_AFTER = timedelta(seconds=20)
_handlers: dict[str, Callable] = {}


class JobInterrupted(Exception):
    """The job was cancelled, or another worker took it over: this worker must stop and write nothing."""


def handler(kind: str):
    """Registers the function `(job, progress) -> dict` that does the work of this kind."""

    def register(function):
        _handlers[kind] = function
        return function

    return register


def find_handler(kind: str) -> Callable:
    """The function registered for `kind`; LookupError when no app knows it."""
    if kind not in _handlers:
        autodiscover_modules("tasks")
    return _handlers[kind]


def asker(job: Job):
    """The person who asked for the job. Raises BusinessError when the account is gone or closed."""
    if job.actor is None or not job.actor.is_active:
        raise BusinessError(_("La personne qui a demandé ce travail n’a plus de compte actif."), code="asker_gone")
    return job.actor


def backoff(attempt: int) -> timedelta:
    """Wait before the attempt that follows the failed number `attempt` (from 1): 10 s, 40 s, 160 s, 640 s…"""
    return timedelta(seconds=FIRST_BACKOFF_SECONDS * 4 ** (attempt - 1))


class Progress:
    """What a handler tells while it works; every call checks that the job is still this worker's."""

    def __init__(self, job: Job):
        self.job = job
        self.published = False

    def __call__(self, percent: int, label: str = "") -> None:
        """Shows `percent` (0 to 100) and what is being done, and renews the lease. Raises JobInterrupted."""
        changed = self._held().update(
            progress=max(0, min(100, int(percent))), progress_label=str(label)[:200], lease_until=lease_end()
        )
        if not changed:
            raise JobInterrupted

    @contextmanager
    def publish(self):
        """The transaction in which results are written and the job is closed; gives the dict kept as its result."""
        if self.published:
            raise RuntimeError("A job is published once.")
        result: dict = {}
        with transaction.atomic():
            # Locked first: a cancellation or another worker's claim waits for our commit, or stops us here.
            if not self._held().select_for_update().exists():
                raise JobInterrupted
            yield result
            self._close(result)
        self.published = True

    def finish(self, returned: dict | None) -> None:
        """Closes the job of a handler that published nothing; else keeps what it returned besides."""
        if not self.published:
            with transaction.atomic():
                if not self._held().select_for_update().exists():
                    raise JobInterrupted
                self._close(returned or {})
            self.published = True
        elif returned:
            mine = Job.objects.filter(pk=self.job.pk, fence=self.job.fence, state=JobState.DONE)
            for job in mine:
                mine.update(result=job.result | returned)

    def _held(self):
        return Job.objects.filter(pk=self.job.pk, fence=self.job.fence, state=JobState.RUNNING)

    def _close(self, result: dict) -> None:
        self._held().update(
            state=JobState.DONE,
            progress=100,
            progress_label="",
            error="",
            result=result,
            lease_until=None,
            finished_at=timezone.now(),
        )


def lease_end():
    """Until when a worker that starts or renews now holds its job."""
    return timezone.now() + settings.JOB_LEASE


_CLAIM = """
UPDATE operations_job
   SET state = 'running', fence = fence + 1, attempt = attempt + 1, lease_until = %(lease)s,
       started_at = coalesce(started_at, %(now)s), progress = 0, progress_label = ''
 WHERE id = %(id)s AND attempt < max_attempts
   AND ((state = 'queued' AND run_after <= %(now)s) OR (state = 'running' AND lease_until < %(now)s))
RETURNING id
"""


def claim(job_id: int) -> Job | None:
    """The job, now this worker's, with its new fencing number; None when it is not due or somebody else's."""
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, {"id": job_id, "now": timezone.now(), "lease": lease_end()})
        if cursor.fetchone() is None:
            return None
    return Job.objects.select_related("actor", "demarche").get(pk=job_id)


def run(job_id: int) -> bool:
    """Claims the job and does it; True when it ran to its end. Never raises for what the handler does wrong."""
    job = claim(job_id)
    if job is None:
        return False
    progress = Progress(job)
    try:
        returned = find_handler(job.kind)(job, progress)
        progress.finish(returned)
    except JobInterrupted:
        logger.info("Job %s stopped: cancelled or taken over.", job.uuid)
        return False
    except BusinessError as refusal:
        _fail(job, refusal.message)
        return False
    except (Http404, PermissionDenied):
        _fail(job, _("La personne qui a demandé ce travail n’y a plus accès."))
        return False
    except SoftTimeLimitExceeded:
        logger.exception("Job %s (%s) is too long.", job.uuid, job.kind)
        _retry_later(job, _("Le travail a dépassé le temps permis."))
        return False
    except Exception:
        logger.exception("Job %s (%s) failed at attempt %s.", job.uuid, job.kind, job.attempt)
        _retry_later(
            job,
            _("Une erreur imprévue a arrêté le travail. Référence pour l’exploitant : %(reference)s.")
            % {"reference": str(job.uuid)[:8]},
        )
        return False
    return True


def _fail(job: Job, message: str) -> None:
    _held(job).update(state=JobState.FAILED, error=message, progress_label="", lease_until=None, finished_at=timezone.now())


def _retry_later(job: Job, message: str) -> None:
    if job.attempt >= job.max_attempts:
        _fail(job, message)
        return
    _held(job).update(
        state=JobState.QUEUED,
        error=message,
        progress=0,
        progress_label="",
        lease_until=None,
        run_after=timezone.now() + backoff(job.attempt),
    )


def _held(job: Job):
    return Job.objects.filter(pk=job.pk, fence=job.fence, state=JobState.RUNNING)


def give_up_exhausted() -> int:
    """Closes the jobs whose worker died at their last attempt; gives how many."""
    lost = Job.objects.filter(state=JobState.RUNNING, lease_until__lt=timezone.now(), attempt__gte=F("max_attempts"))
    return lost.update(
        state=JobState.FAILED,
        error=_("Le travail a été interrompu à chaque essai. Relancez-le, ou prévenez l’exploitant."),
        lease_until=None,
        finished_at=timezone.now(),
    )


_FORGOTTEN = """
UPDATE operations_job SET woken_at = %(now)s WHERE id IN (
    SELECT id FROM operations_job
     WHERE attempt < max_attempts AND (woken_at IS NULL OR woken_at < %(woken)s)
       AND ((state = 'queued' AND run_after < %(waiting)s) OR (state = 'running' AND lease_until < %(now)s))
     ORDER BY run_after, id LIMIT %(limit)s FOR UPDATE SKIP LOCKED)
RETURNING id
"""


def forgotten(limit: int = 200) -> list[int]:
    """The jobs whose wake-up seems lost: due since 3 s or more, or their worker gone, and not woken in the last 20 s."""
    now = timezone.now()
    parameters = {"now": now, "waiting": now - WAKE_AFTER, "woken": now - WAKE_AGAIN_AFTER, "limit": limit}
    with connection.cursor() as cursor:
        cursor.execute(_FORGOTTEN, parameters)
        return [row[0] for row in cursor.fetchall()]


def run_pending_jobs(limit: int = 1000) -> int:
    """Runs the due jobs here and now, one after the other, those they ask for included; gives how many ran.

    For the command `run_jobs` (a platform without worker) and for tests.
    """
    done = 0
    tried: set[tuple[int, int]] = set()
    while done < limit:
        due = Job.objects.due().order_by("run_after", "id").values_list("id", "fence")
        following = next((row for row in due if row not in tried), None)
        if following is None:
            break
        tried.add(following)
        run(following[0])
        done += 1
    return done
