"""Indicators, their targets, the annual report of last year frozen by the product itself, and this year's draft."""

from eit_platform.demonstration.days import Days
from operations import jobs
from reporting import services
from reporting.models import Report
from territories.models import Demarche, User

TARGETS = {"eci_18": (2, 5, 10), "eci_19": (25, 60, 100)}  # at the end of each of the three years
INTRODUCTION = (
    "Cette année, la démarche est passée de la détection aux premiers échanges réels. Les abandons sont montrés avec leurs "
    "raisons\u00a0: la distance vient en tête. Une synergie a un bilan carbone défavorable avec les facteurs publiés, elle est "
    "laissée telle quelle."
)


def set_targets(demarche: Demarche, manager: User, days: Days) -> None:
    """Writes the targets of the démarche, year after year."""
    services.ensure_indicators(demarche=demarche)
    for code, values in TARGETS.items():
        for rank, value in enumerate(values):
            services.set_target(demarche=demarche, actor=manager, code=code, year=days.start.year + rank, value=value)


def load(demarche: Demarche, manager: User, days: Days) -> Report | None:
    """Builds and freezes last year's report, and prepares this year's draft; does nothing when they are there.

    Outside of the load's transaction: a job publishes its own.
    """
    services.prepare_due_report(demarche=demarche, year=days.today.year)
    year = days.today.year - 1
    if Report.objects.in_demarche(demarche).filter(year=year).exists():
        return None
    report = services.request_report(demarche=demarche, actor=manager, year=year, introduction=INTRODUCTION)
    jobs.run(report.job_id)
    return report
