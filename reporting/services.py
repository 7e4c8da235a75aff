"""Verbs on indicators and reports."""

from datetime import date
from decimal import Decimal

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from eit_platform.common.exceptions import BusinessError
from operations import audit
from operations.numbering import next_number
from operations.services import enqueue
from operations.storage import store_bytes
from reporting import collect, due_dates, indicators, pdf, queries
from reporting.enums import ReportOrigin, ReportState
from reporting.models import Indicator, Measurement, Report, Target

BUILD_JOB = "reporting.build_annual_report"
FIRST_YEAR = 2000


@transaction.atomic
def ensure_indicators(*, demarche) -> list[Indicator]:
    """The default indicators of the démarche, created once."""
    Indicator.objects.bulk_create(
        [
            Indicator(
                demarche=demarche,
                code=definition.code,
                label=str(definition.label),
                unit=definition.unit,
                formula=definition.formula,
                reference=definition.reference,
            )
            for definition in indicators.DEFAULTS
        ],
        ignore_conflicts=True,
    )
    return list(Indicator.objects.in_demarche(demarche))


@transaction.atomic
def set_target(*, demarche, actor, code: str, year: int, value: Decimal | None) -> Target | None:
    """Sets the target of an indicator for a year; None removes it. Raises BusinessError for an unknown indicator."""
    indicator = next((each for each in ensure_indicators(demarche=demarche) if each.code == code), None)
    if indicator is None:
        raise BusinessError(_("Cet indicateur n’existe pas dans la démarche."), code="unknown_indicator")
    if value is not None and value <= 0:
        raise BusinessError(_("Une cible est un nombre supérieur à zéro."), code="target_not_positive", field="value")
    if value is None:
        Target.objects.filter(indicator=indicator, year=year).delete()
        target, summary = None, _("Cible retirée : %(label)s, %(year)s")
    else:
        target, _created = Target.objects.update_or_create(
            demarche=demarche, indicator=indicator, year=year, defaults={"value": value}
        )
        summary = _("Cible fixée : %(label)s, %(year)s")
    audit.record(
        verb="indicator.target_set",
        summary=summary % {"label": indicator.label, "year": year},
        actor=actor,
        demarche=demarche,
        target=indicator,
        data={"year": year, "value": None if value is None else str(value)},
    )
    return target


@transaction.atomic
def request_report(*, demarche, actor, year: int, introduction: str = "", report: Report | None = None) -> Report:
    """Asks for the annual report on `year` to be built and frozen; gives the report, `building`, with its job.

    `report` is a draft to build from (the calendar's, or one whose building stopped). Raises BusinessError for a year to
    come, one before the démarche, or a report that is being built or frozen.
    """
    today = timezone.localdate()
    if year > today.year:
        raise BusinessError(_("Cette année n’a pas commencé."), code="year_to_come", field="year")
    if year < (demarche.starts_on.year if demarche.starts_on else FIRST_YEAR):
        raise BusinessError(_("La démarche n’existait pas encore cette année-là."), code="year_too_early", field="year")
    if report is None:
        report = Report(demarche=demarche, year=year, title=_("Rapport annuel %(year)s") % {"year": year})
    else:
        report = Report.objects.select_for_update(of=("self",)).select_related("job").get(pk=report.pk, demarche=demarche)
        if not can_be_built(report):
            raise BusinessError(_("Ce rapport est déjà figé, ou en cours de préparation."), code="report_not_a_draft")
    report.state = ReportState.BUILDING
    report.introduction = introduction
    report.author = actor
    report.version += 1
    report.save()
    report.job = enqueue(
        kind=BUILD_JOB,
        key=f"{BUILD_JOB}:{report.uuid}",
        title=report.title,
        arguments={"report": str(report.uuid)},
        actor=actor,
        demarche=demarche,
    )
    report.save(update_fields=["job"])
    audit.record(
        verb="report.requested",
        summary=_("Rapport demandé : %(title)s") % {"title": report.title},
        actor=actor,
        demarche=demarche,
        target=report,
    )
    return report


def can_be_built(report: Report) -> bool:
    """A draft, or a report whose building stopped without being frozen."""
    if report.state == ReportState.DRAFT:
        return True
    return report.state == ReportState.BUILDING and (report.job is None or not report.job.is_live)


@transaction.atomic
def freeze_report(*, report: Report, actor, data: dict, moment) -> Report:
    """Numbers the report, renders it with `data`, keeps both files and freezes it. Nothing changes it afterwards.

    The caller's transaction is the one that publishes the job: a failure gives the number back.
    Raises BusinessError when the report is not being built any more.
    """
    report = Report.objects.select_for_update(of=("self",)).select_related("demarche").get(pk=report.pk)
    if report.state != ReportState.BUILDING:
        raise BusinessError(_("Ce rapport n’est plus en préparation."), code="report_not_building")
    number = next_number(report.demarche, "report")
    data = collect.signed(data, report=report, number=number, author=actor, moment=moment)
    content = collect.to_bytes(data)
    name = f"{report.demarche.slug}-rapport-{report.year}-{number}"
    stored = {"demarche": report.demarche, "created_by": actor}
    report.pdf = store_bytes(name=f"{name}.pdf", data=pdf.render(data), content_type="application/pdf", **stored)
    report.data_file = store_bytes(name=f"{name}.json", data=content, content_type="application/json", **stored)
    report.number = number
    report.data = data
    report.data_sha256 = report.data_file.sha256
    report.frozen_at = moment
    report.state = ReportState.FROZEN
    report.version += 1
    report.save()
    _measure(report.demarche, actor=actor, on=timezone.localdate(moment), report=report)
    audit.record(
        verb="report.frozen",
        summary=_("Rapport figé : %(title)s, n° %(number)s") % {"title": report.title, "number": number},
        actor=actor,
        demarche=report.demarche,
        target=report,
        data={"number": number, "sha256": report.data_sha256},
    )
    return report


def _measure(demarche, *, actor, on: date, report: Report) -> None:
    """Keeps the value of each indicator on the day of the freeze: the start of its history."""
    values = queries.indicator_values(demarche=demarche, on=on)
    for indicator in ensure_indicators(demarche=demarche):
        if indicator.formula in values:
            Measurement.objects.update_or_create(
                demarche=demarche,
                indicator=indicator,
                measured_on=on,
                defaults={"value": values[indicator.formula], "note": report.title, "entered_by": actor},
            )


@transaction.atomic
def transmit_report(*, report: Report, actor, on: date) -> Report:
    """Notes the day when the frozen report was sent to the funders.

    Raises BusinessError for a report that is not frozen, already transmitted, or a day before the freeze or to come.
    """
    report = Report.objects.select_for_update(of=("self",)).select_related("demarche").get(pk=report.pk)
    if report.state != ReportState.FROZEN:
        raise BusinessError(_("Seul un rapport figé et non transmis peut l’être."), code="report_not_frozen")
    if not timezone.localdate(report.frozen_at) <= on <= timezone.localdate():
        raise BusinessError(
            _("La date va du jour où le rapport a été figé à aujourd’hui."), code="transmission_date", field="transmitted_on"
        )
    report.state = ReportState.TRANSMITTED
    report.transmitted_on = on
    report.version += 1
    report.save(update_fields=["state", "transmitted_on", "version", "updated_at"])
    audit.record(
        verb="report.transmitted",
        summary=_("Rapport transmis : %(title)s") % {"title": report.title},
        actor=actor,
        demarche=report.demarche,
        target=report,
    )
    return report


@transaction.atomic
def prepare_due_report(*, demarche, year: int) -> Report | None:
    """The calendar's draft of the report on `year`, created once; None when it exists or has no reason to be.

    There is nothing to prepare before the démarche started or after it ended, when it came on the platform after the
    due date, or when a report on the whole year is already frozen.
    """
    due_on = due_dates.due_date(year, demarche.report_month, demarche.report_day)
    first, last = date(year, 1, 1), date(year, 12, 31)
    if demarche.starts_on is None or demarche.starts_on > last or (demarche.ends_on and demarche.ends_on < first):
        return None
    if timezone.localdate(demarche.created_at) > due_on:
        return None
    if Report.objects.in_demarche(demarche).frozen().filter(year=year, frozen_at__date__gt=last).exists():
        return None
    report, created = Report.objects.get_or_create(
        demarche=demarche,
        year=year,
        kind="annual",
        origin=ReportOrigin.CALENDAR,
        defaults={"title": _("Rapport annuel %(year)s") % {"year": year}, "state": ReportState.DRAFT, "due_on": due_on},
    )
    if not created:
        return None
    audit.record(
        verb="report.prepared",
        summary=_("Brouillon préparé par le calendrier : %(title)s") % {"title": report.title},
        demarche=demarche,
        target=report,
    )
    return report


def report_address(report: Report) -> str:
    """The page of a report."""
    return reverse("reporting:report_detail", kwargs={"slug": report.demarche.slug, "uuid": report.uuid})
