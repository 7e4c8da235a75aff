"""Pages of the reports: list, request, progress, downloads, transmission."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from eit_platform.common.exceptions import BusinessError
from eit_platform.common.pagination import keyset_page
from operations.downloads import file_response
from operations.idempotency import once_per_form
from reporting import perms, services
from reporting.enums import ReportState
from reporting.forms import ReportForm, TransmissionForm, WordsForm
from reporting.models import Report
from territories.access import demarche_page

require_form = require_http_methods(["GET", "HEAD", "POST"])


def _visible(request):
    return Report.objects.visible_to(request.user).in_demarche(request.access.demarche)


def _report_or_404(request, uuid) -> Report:
    return get_object_or_404(_visible(request).select_related("author", "job__demarche").defer("data"), uuid=uuid)


@require_safe
@demarche_page(allow=perms.read_reports)
def report_list(request, slug):
    """Reports of the démarche, latest year first."""
    reports = _visible(request).select_related("author").defer("data")
    page = keyset_page(reports, order=["-year", "-id"], cursor=request.GET.get("page", ""), size=30)
    return render(request, "reporting/report_list.html", {"page": page, "can_produce": perms.produce_reports(request.access)})


@require_form
@demarche_page(allow=perms.produce_reports)
@once_per_form
def report_create(request, slug):
    """Asks for a report on a year."""
    demarche = request.access.demarche
    form = ReportForm(request.POST or None, demarche=demarche, initial={"year": timezone.localdate().year})
    if request.method == "POST" and form.is_valid():
        try:
            report = services.request_report(demarche=demarche, actor=request.user, **form.cleaned_data)
        except BusinessError as refusal:
            form.add_error(refusal.field, refusal.message)
        else:
            return redirect("reporting:report_detail", slug=slug, uuid=report.uuid)
    return render(request, "reporting/report_create.html", {"form": form}, status=422 if form.errors else 200)


def _detail_context(request, report, *, words=None, transmission=None) -> dict:
    can_produce = perms.produce_reports(request.access)
    can_build = can_produce and services.can_be_built(report)
    can_transmit = can_produce and report.state == ReportState.FROZEN
    if can_build and words is None:
        words = WordsForm(initial={"introduction": report.introduction})
    if can_transmit and transmission is None:
        transmission = TransmissionForm(initial={"transmitted_on": timezone.localdate()})
    return {
        "report": report,
        "job": report.job,
        "is_frozen": report.state in (ReportState.FROZEN, ReportState.TRANSMITTED),
        "words": words if can_build else None,
        "transmission": transmission if can_transmit else None,
    }


@require_safe
@demarche_page(allow=perms.read_reports)
def report_detail(request, slug, uuid):
    """One report: its progress while it is built, its files once it is frozen."""
    report = _report_or_404(request, uuid)
    return render(request, "reporting/report_detail.html", _detail_context(request, report))


@require_POST
@demarche_page(allow=perms.produce_reports)
@once_per_form
def report_build(request, slug, uuid):
    """Builds and freezes a draft with the words just written."""
    report = _report_or_404(request, uuid)
    form = WordsForm(request.POST)
    if form.is_valid():
        try:
            services.request_report(
                demarche=request.access.demarche,
                actor=request.user,
                year=report.year,
                introduction=form.cleaned_data["introduction"],
                report=report,
            )
        except BusinessError as refusal:
            form.add_error(None, refusal.message)
        else:
            return redirect("reporting:report_detail", slug=slug, uuid=uuid)
    if not services.can_be_built(report):
        messages.error(request, _("Ce rapport est déjà figé, ou en cours de préparation."))
        return redirect("reporting:report_detail", slug=slug, uuid=uuid)
    return render(request, "reporting/report_detail.html", _detail_context(request, report, words=form), status=422)


def _frozen_or_404(request, uuid) -> Report:
    frozen = _visible(request).frozen().defer("data")
    return get_object_or_404(frozen, uuid=uuid)


@require_safe
@demarche_page(allow=perms.read_reports)
def report_pdf(request, slug, uuid):
    """The frozen PDF, as it was made."""
    return file_response(_frozen_or_404(request, uuid).pdf, inline=True)


@require_safe
@demarche_page(allow=perms.read_reports)
def report_data(request, slug, uuid):
    """The frozen data, as they were when the PDF was made."""
    return file_response(_frozen_or_404(request, uuid).data_file)


@require_POST
@demarche_page(allow=perms.produce_reports)
def report_transmit(request, slug, uuid):
    """Notes the day when the report was sent."""
    report = _report_or_404(request, uuid)
    form = TransmissionForm(request.POST)
    if form.is_valid():
        try:
            services.transmit_report(report=report, actor=request.user, on=form.cleaned_data["transmitted_on"])
        except BusinessError as refusal:
            form.add_error(refusal.field, refusal.message)
        else:
            messages.success(request, _("Date de transmission notée."))
            return redirect("reporting:report_detail", slug=slug, uuid=uuid)
    if report.state != ReportState.FROZEN:
        messages.error(request, _("Seul un rapport figé et non transmis peut l’être."))
        return redirect("reporting:report_detail", slug=slug, uuid=uuid)
    return render(request, "reporting/report_detail.html", _detail_context(request, report, transmission=form), status=422)
