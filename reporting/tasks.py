"""Work done later: building an annual report, preparing the drafts that the calendar asks for."""

from celery import shared_task
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from operations import jobs
from reporting import collect, due_dates, perms, services
from reporting.models import Report
from territories.access import access_for
from territories.models import Demarche


@jobs.handler(services.BUILD_JOB)
def build_annual_report(job, progress) -> dict:
    """Reads the figures, then numbers, renders and freezes the report in the transaction that closes the job."""
    asker = jobs.asker(job)
    access = access_for(asker, job.demarche.slug)
    access.require(perms.produce_reports(access))
    report = Report.objects.select_related("demarche").get(uuid=job.arguments["report"], demarche=job.demarche)
    moment = timezone.now()
    progress(15, _("Lecture des acteurs, des flux et des synergies"))
    data = collect.annual_data(report.demarche, year=report.year, introduction=report.introduction, moment=moment)
    progress(55, _("Mise en page et numérotation"))
    with progress.publish() as result:
        report = services.freeze_report(report=report, actor=asker, data=data, moment=moment)
        result["url"] = services.report_address(report)
        result["label"] = _("Voir le rapport")
    return {}


@shared_task
def prepare_due_reports() -> None:
    """Creates, once, the draft of each annual report due within 45 days."""
    today = timezone.localdate()
    live = Demarche.objects.filter(archived_at=None, is_documentary=False)
    for demarche in live.filter(Q(starts_on__lte=today)):
        for year in due_dates.years_to_prepare(today, demarche.report_month, demarche.report_day):
            services.prepare_due_report(demarche=demarche, year=year)
