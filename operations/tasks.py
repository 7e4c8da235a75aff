"""Wake-ups: a Celery message carries at most the number of a job; PostgreSQL holds the work.

Every task may run twice, or be lost, with the same effect: the row says what is left to do.
"""

import logging

from celery import shared_task
from django.db import transaction

from operations import cleaning, jobs, outbox, sealing
from operations.models import Job

logger = logging.getLogger(__name__)


@shared_task
def run_job(job_id: int) -> None:
    """Does the job if it is due and nobody holds it."""
    jobs.run(job_id)


@shared_task
def resume_jobs() -> None:
    """Wakes workers again for the jobs that wait since more than a few seconds, and for those whose worker died."""
    jobs.give_up_exhausted()
    for job_id in jobs.forgotten():
        wake(run_job, job_id)


@shared_task
def send_outbox() -> None:
    """Sends the mails that are due."""
    outbox.send_due_messages()


@shared_task
def seal_audit() -> None:
    """Seals the entries written since the last pass."""
    sealing.seal_entries()


@shared_task
def clean_up() -> None:
    """Removes what has served its time: sessions, idempotency keys, attempt counters."""
    cleaning.clean_up()


def wake(task, *arguments) -> None:
    """Sends a wake-up; a broker that is down only delays the work, until `resume_jobs` or `send_outbox` next passes."""
    try:
        task.apply_async(args=arguments, retry=False, ignore_result=True)
    except Exception as error:  # kombu and each transport raise their own
        logger.warning("Wake-up %s%s not sent: %s", task.name, arguments, type(error).__name__)


def wake_on_commit(task, *arguments) -> None:
    """Sends the wake-up once the transaction is committed, once per transaction for the same arguments."""
    marker = (task.name, arguments)

    def send():
        wake(task, *arguments)

    send.marker = marker
    pending = transaction.get_connection().run_on_commit
    if any(getattr(entry[1], "marker", None) == marker for entry in pending):
        return
    transaction.on_commit(send)


def wake_job_on_commit(job: Job) -> None:
    """The wake-up of one job."""
    wake_on_commit(run_job, job.pk)
