"""Pages of what is done later, of the trail, and of the demonstration's mailbox."""

import json

from django.contrib import messages
from django.db import transaction
from django.http import JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from eit_platform.common.exceptions import BusinessError
from eit_platform.common.htmx import render_part
from eit_platform.common.pagination import keyset_page
from operations import health, mailbox, outbox, perms, services
from operations.forms import MailboxFilter
from operations.models import AuditEntry, Job
from operations.pages import demarche_page


@require_safe
@demarche_page(allow=perms.follow_jobs)
def job_list(request, slug):
    """Work asked for in this démarche, newest first."""
    jobs = Job.objects.visible_to(request.user).in_demarche(request.access.demarche).select_related("actor")
    page = keyset_page(jobs, order=["-id"], cursor=request.GET.get("page", ""))
    return render_part(request, "operations/job_list.html", {"page": page}, part="list")


def _job_or_404(request, uuid) -> Job:
    visible = Job.objects.visible_to(request.user).in_demarche(request.access.demarche)
    return get_object_or_404(visible.select_related("actor", "demarche"), uuid=uuid)


@require_safe
@demarche_page(allow=perms.follow_jobs)
def job_detail(request, slug, uuid):
    """One job; htmx asks for its progress again while it lives, and is told when it ends."""
    job = _job_or_404(request, uuid)
    if request.htmx and not request.htmx.boosted:
        response = render(request, "operations/_job_progress.html", {"job": job})
        if not job.is_live:
            response["HX-Trigger"] = json.dumps({"job-finished": {"job": str(job.uuid), "state": job.state}})
        return response
    return render(request, "operations/job_detail.html", {"job": job})


def _change_job(request, slug, uuid, verb, done: str):
    job = _job_or_404(request, uuid)
    try:
        verb(job=job, actor=request.user)
    except BusinessError as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, done)
    return redirect("operations:job_detail", slug=slug, uuid=uuid)


@require_POST
@demarche_page(allow=perms.follow_jobs)
def job_cancel(request, slug, uuid):
    """Stops a job that waits or runs."""
    return _change_job(request, slug, uuid, services.cancel_job, _("Travail annulé."))


@require_POST
@demarche_page(allow=perms.follow_jobs)
def job_retry(request, slug, uuid):
    """Starts a failed or cancelled job again."""
    return _change_job(request, slug, uuid, services.retry_job, _("Travail relancé."))


@require_safe
@demarche_page(allow=perms.read_audit)
def audit(request, slug):
    """The trail of the démarche: who did what, when."""
    entries = AuditEntry.objects.visible_to(request.user).in_demarche(request.access.demarche)
    page = keyset_page(entries, order=["-id"], cursor=request.GET.get("page", ""))
    return render_part(request, "operations/audit.html", {"page": page}, part="list")


@require_safe
def mailbox_list(request):
    """Messages of the demonstration, for anybody who runs it."""
    form = MailboxFilter(request.GET)
    recipient = form.cleaned_data["recipient"] if form.is_valid() else ""
    page = keyset_page(mailbox.messages(recipient), order=["-id"], cursor=request.GET.get("page", ""), size=30)
    return render_part(request, "operations/mailbox.html", {"page": page, "form": form, "recipient": recipient}, part="list")


@require_safe
def mailbox_message(request, uuid):
    """One message of the demonstration, as its recipient would read it."""
    message = get_object_or_404(mailbox.messages().prefetch_related("attachments"), uuid=uuid)
    context = {
        "message": message,
        "body": outbox.readable_body(message),
        "attachments": [file.name for file in message.attachments.all()],
    }
    return render(request, "operations/mailbox_message.html", context)


@require_safe
@never_cache
@transaction.non_atomic_requests
def healthcheck(request):
    """State of the services as JSON: 503 when the database is down, 200 otherwise."""
    state = health.state()
    return JsonResponse(state, status=503 if state["status"] == "down" else 200)
