"""What other apps ask of this one: work done later, and mails."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from eit_platform.common.exceptions import BusinessError
from operations import audit, jobs, outbox, tasks
from operations.enums import JobState
from operations.models import Job, OutboxMessage

LIVE = (JobState.QUEUED, JobState.RUNNING)
send_due_messages = outbox.send_due_messages


@transaction.atomic
def enqueue(
    *,
    kind: str,
    key: str,
    title: str,
    arguments: dict,
    actor=None,
    demarche=None,
    once: bool = False,
) -> Job:
    """Asks for work to be done after the transaction, and gives its job.

    `key` names the work on the whole platform, so it holds what the work is about (kind, démarche, year). Two requests
    for the same key share one job while it waits or runs. When it is finished (done, failed or cancelled), a new request
    starts it again from its first attempt, with the new title, arguments and actor; with `once=True` the finished job is
    given as it is, for work that must never be done twice.
    `arguments` is JSON. Raises LookupError when no handler knows `kind`.
    """
    jobs.find_handler(kind)
    fields = {"kind": kind, "title": title[:200], "arguments": arguments, "actor": actor, "demarche": demarche}
    # ON CONFLICT DO NOTHING waits for the other transaction that writes the same key, then one of the two rows stands.
    Job.objects.bulk_create([Job(key=key, **fields)], ignore_conflicts=True)
    job = Job.objects.select_for_update().get(key=key)
    if job.state not in LIVE and not once:
        for name, value in fields.items():
            setattr(job, name, value)
        _queue_again(job)
    if job.state == JobState.QUEUED:
        tasks.wake_job_on_commit(job)
    return job


def _queue_again(job: Job) -> None:
    job.state = JobState.QUEUED
    job.attempt = job.progress = 0
    job.progress_label = job.error = ""
    job.result = {}
    job.run_after = timezone.now()
    job.woken_at = job.started_at = job.finished_at = job.lease_until = None
    job.save()


@transaction.atomic
def cancel_job(*, job: Job, actor=None) -> Job:
    """Stops a job that waits or runs: its worker publishes nothing. Raises BusinessError when it is finished."""
    job = Job.objects.select_for_update().get(pk=job.pk)
    if job.state not in LIVE:
        raise BusinessError(_("Ce travail est déjà fini : il n’y a plus rien à annuler."), code="job_finished")
    job.state = JobState.CANCELLED
    job.lease_until = None
    job.progress_label = ""
    job.finished_at = timezone.now()
    job.save()
    audit.record(
        verb="job.cancelled",
        summary=_("Travail annulé : %(title)s") % {"title": job.title},
        actor=actor,
        demarche=job.demarche,
        target=job,
    )
    return job


@transaction.atomic
def retry_job(*, job: Job, actor=None) -> Job:
    """Starts a failed or cancelled job again, from its first attempt. Raises BusinessError for any other state.

    The job stays its first asker's: his or her rights are the ones checked again.
    """
    job = Job.objects.select_for_update().get(pk=job.pk)
    if job.state not in (JobState.FAILED, JobState.CANCELLED):
        raise BusinessError(
            _("Seul un travail en échec ou annulé peut être relancé."),
            code="job_not_stopped",
        )
    _queue_again(job)
    tasks.wake_job_on_commit(job)
    audit.record(
        verb="job.retried",
        summary=_("Travail relancé : %(title)s") % {"title": job.title},
        actor=actor,
        demarche=job.demarche,
        target=job,
    )
    return job


@transaction.atomic
def queue_mail(
    *,
    key: str,
    recipient: str,
    subject: str,
    body: str,
    demarche=None,
    secrets: dict | None = None,
    reply_to: str = "",
    attachments=(),
    body_html: str = "",
    unsubscribe_url: str = "",
) -> OutboxMessage:
    """Writes a mail in the transaction that decides it; it leaves afterwards, once.

    `key` names the message: the same key again gives the message already written. `body` is plain text in which
    `{{secret:name}}` stands for `secrets[name]` (a personal link, a code): the secret is put in at sending only, then
    dropped. `attachments` are StoredFile rows. `unsubscribe_url` becomes the List-Unsubscribe header, and may hold a
    `{{secret:name}}` too. Without `body_html`, a simple HTML form is made of the text when the message is sent.
    """
    headers = {}
    if unsubscribe_url:
        headers = {"List-Unsubscribe": f"<{unsubscribe_url}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    row = OutboxMessage(
        key=key,
        demarche=demarche,
        recipient=recipient,
        reply_to=reply_to,
        subject=" ".join(subject.split())[:300],
        body=body,
        body_html=body_html,
        headers=headers,
        secrets=secrets or {},
    )
    OutboxMessage.objects.bulk_create([row], ignore_conflicts=True)
    message = OutboxMessage.objects.get(key=key)
    if message.uuid == row.uuid:
        message.attachments.set(attachments)
        tasks.wake_on_commit(tasks.send_outbox)
    return message
