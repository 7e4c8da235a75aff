"""Figures that cross several apps: one source for the home page, the dashboard, the élu(e)'s page and the report.

Each function takes the person who asks, so that a figure never counts a row that person may not see; `user=None` is the
platform itself (a report built by a job for the démarche's manager).
"""

import itertools
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.db.models import Case, Count, F, IntegerField, Max, Q, Sum, Value, When
from django.utils.translation import gettext as _

from actors.enums import EngagementStage
from actors.models import Engagement, Establishment
from reporting.indicators import RECURRENCE_YEARS
from synergies.enums import (
    STAGE_ORDER,
    Detection,
    Direction,
    Family,
    FlowState,
    ImpactIndicator,
    ImpactState,
    LeadState,
    Reason,
    SynergyStage,
)
from synergies.models import Flow, Impact, Lead, Synergy

OPERATIONAL = (SynergyStage.RUNNING, SynergyStage.SUSTAINED)
IMPACT_UNITS = {
    ImpactIndicator.WASTE_AVOIDED: "t",
    ImpactIndicator.WASTE_DIVERTED: "t",
    ImpactIndicator.VIRGIN_SUBSTITUTED: "t",
    ImpactIndicator.HAZARDOUS_WASTE: "t",
    ImpactIndicator.CO2_AVOIDED: "tCO2e",
    ImpactIndicator.ENERGY_SAVED: "MWh",
    ImpactIndicator.WATER_SAVED: "m3",
    ImpactIndicator.SAVINGS: "k€",
    ImpactIndicator.NEW_SALES: "k€",
    ImpactIndicator.INVESTMENT_PRIVATE: "k€",
    ImpactIndicator.INVESTMENT_PUBLIC: "k€",
    ImpactIndicator.JOBS: "ETP",
    ImpactIndicator.TRANSPORT: "km",
}


@dataclass(frozen=True)
class FunnelRow:
    """How many synergies reached at least this stage, and the share that went on from it."""

    stage: str
    label: str
    count: int
    share: float  # of the first row, 0 to 100
    converted: float | None  # per cent that reached the next stage; None on the last row
    is_bottleneck: bool


@dataclass(frozen=True)
class ImpactTotal:
    """One indicator, its three states apart: they are never added together."""

    indicator: str
    label: str
    unit: str
    realised: Decimal = Decimal(0)
    expected: Decimal = Decimal(0)
    potential: Decimal = Decimal(0)
    synergies: int = 0


@dataclass(frozen=True)
class Mobilisation:
    """Establishments by stage of engagement."""

    total: int
    by_stage: dict[str, int] = field(default_factory=dict)
    driving: int = 0

    @property
    def engaged(self) -> int:
        return self.by_stage.get(EngagementStage.ENGAGED, 0)


def scoped(queryset, *, user, demarche):
    """The rows of the démarche that `user` may see; all of them when the platform itself asks."""
    rows = queryset if user is None else queryset.visible_to(user)
    return rows.in_demarche(demarche)


def stage_funnel(synergies) -> list[FunnelRow]:
    """Synergies that reached at least each stage, in one query."""
    ranks = [When(furthest_stage=stage, then=Value(rank)) for rank, stage in enumerate(STAGE_ORDER, start=1)]
    reached = synergies.order_by().annotate(rank=Case(*ranks, default=Value(1), output_field=IntegerField()))
    counts = reached.aggregate(**{f"n{rank}": Count("pk", filter=Q(rank__gte=rank)) for rank in range(1, 7)})
    return funnel_of([counts[f"n{rank}"] for rank in range(1, 7)])


def funnel_of(numbers: list[int]) -> list[FunnelRow]:
    """The funnel of six numbers, one per stage.

    The bottleneck is the step with the lowest conversion among those with at least five synergies to convert.
    """
    rates = [100 * after / before if before else None for before, after in itertools.pairwise(numbers)] + [None]
    candidates = [(rate, index) for index, rate in enumerate(rates) if rate is not None and numbers[index] >= 5]
    worst = min(candidates)[1] if candidates else None
    first = numbers[0] or 1
    return [
        FunnelRow(stage, str(SynergyStage(stage).label), number, round(100 * number / first, 1), rate, index == worst)
        for index, (stage, number, rate) in enumerate(zip(STAGE_ORDER, numbers, rates, strict=True))
    ]


@dataclass(frozen=True)
class SynergyPicture:
    """What the synergies of a démarche look like together, read in one query."""

    total: int
    funnel: list[FunnelRow]
    by_stage: dict[str, int]
    reasons: list[tuple[str, int]]  # of those dropped, in words, most frequent first
    recurrent: int

    @property
    def operational(self) -> int:
        return sum(self.by_stage[stage] for stage in OPERATIONAL)


def synergy_picture(synergies) -> SynergyPicture:
    """Funnel, stages and reasons of abandon of a queryset of synergies, in one query."""
    rows = list(
        synergies.order_by()
        .values("stage", "furthest_stage", "stop_reason")
        .annotate(n=Count("pk"), recurrent=Count("pk", filter=Q(is_recurrent=True, stage__in=OPERATIONAL)))
    )
    reached, by_stage, reasons = [0] * len(STAGE_ORDER), {stage.value: 0 for stage in SynergyStage}, {}
    for row in rows:
        furthest = STAGE_ORDER.index(row["furthest_stage"]) if row["furthest_stage"] in STAGE_ORDER else 0
        for rank in range(furthest + 1):
            reached[rank] += row["n"]
        by_stage[row["stage"]] += row["n"]
        if row["stage"] == SynergyStage.DROPPED:
            reasons[row["stop_reason"]] = reasons.get(row["stop_reason"], 0) + row["n"]
    ordered = sorted(reasons.items(), key=lambda item: (-item[1], item[0]))
    return SynergyPicture(
        total=sum(by_stage.values()),
        funnel=funnel_of(reached),
        by_stage=by_stage,
        reasons=[(str(Reason(code).label), count) for code, count in ordered],
        recurrent=sum(row["recurrent"] for row in rows),
    )


def whole_picture(demarche) -> SynergyPicture:
    """The picture of all the synergies of the démarche: counts that the élu(e) and the report may give."""
    return synergy_picture(Synergy.objects.in_demarche(demarche))


def stage_counts(synergies) -> dict[str, int]:
    """Synergies now at each stage, dropped and paused included."""
    found = dict(synergies.order_by().values_list("stage").annotate(Count("pk")))
    return {stage.value: found.get(stage.value, 0) for stage in SynergyStage}


def stop_reasons(synergies) -> list[tuple[str, int]]:
    """Why synergies were dropped, most frequent first, in words."""
    rows = synergies.filter(stage=SynergyStage.DROPPED).order_by().values_list("stop_reason").annotate(n=Count("pk"))
    return [(str(Reason(code).label), count) for code, count in sorted(rows, key=lambda row: (-row[1], row[0]))]


def family_counts(synergies) -> dict[str, int]:
    """Synergies by family of flow."""
    return dict(synergies.order_by().values_list("family").annotate(Count("pk")))


def counted_impacts(*, user, demarche):
    """The figures that count: those of a dropped synergy do not, except the realised ones."""
    impacts = scoped(Impact.objects.all(), user=user, demarche=demarche)
    return impacts.exclude(~Q(state=ImpactState.REALISED), synergy__stage=SynergyStage.DROPPED)


def impact_totals(
    *, user, demarche, year: int | None = None, until: int | None = None, after: int | None = None
) -> list[ImpactTotal]:
    """Totals by indicator and state, each figure counted for the share attributed to the démarche.

    `year` keeps one year, `until` all years up to it, `after` those that follow it.
    """
    impacts = counted_impacts(user=user, demarche=demarche)
    if year is not None:
        impacts = impacts.filter(year=year)
    if until is not None:
        impacts = impacts.filter(year__lte=until)
    if after is not None:
        impacts = impacts.filter(year__gt=after)
    rows = (
        impacts.order_by()
        .values("indicator", "state")
        .annotate(total=Sum(F("value") * F("attributed_share")), synergies=Count("synergy", distinct=True))
    )
    totals: dict[str, dict] = {}
    for row in rows:
        entry = totals.setdefault(row["indicator"], {"synergies": 0})
        entry[row["state"]] = row["total"] or Decimal(0)
        entry["synergies"] = max(entry["synergies"], row["synergies"])
    return [
        ImpactTotal(
            indicator=indicator.value, label=str(indicator.label), unit=IMPACT_UNITS[indicator], **totals[indicator.value]
        )
        for indicator in ImpactIndicator
        if indicator.value in totals
    ]


def mobilisation(*, user, demarche, on: date) -> Mobilisation:
    """Establishments open on the territory by stage of engagement, and acteurs moteurs on the day `on`."""
    sites = scoped(Establishment.objects.all(), user=user, demarche=demarche).open()
    driving = Q(engagement__driving_since__lte=on) & (Q(engagement__driving_until=None) | Q(engagement__driving_until__gt=on))
    rows = list(sites.order_by().values_list("engagement__stage").annotate(Count("pk"), driving=Count("pk", filter=driving)))
    stages = {stage: count for stage, count, _driving in rows}
    by_stage = {stage.value: stages.get(stage.value, 0) for stage in EngagementStage}
    return Mobilisation(total=sum(stages.values()), by_stage=by_stage, driving=sum(driving for _stage, _count, driving in rows))


def engaged_by_month(*, demarche, start: date, end: date) -> list[tuple[date, int]]:
    """Establishments engaged, cumulated at the end of each month from `start` to `end`."""
    dates = sorted(
        Engagement.objects.in_demarche(demarche).filter(engaged_on__isnull=False).values_list("engaged_on", flat=True)
    )
    return _cumulated(dates, start, end)


def running_by_month(*, demarche, start: date, end: date) -> list[tuple[date, int]]:
    """Synergies whose first exchange was carried out, cumulated at the end of each month."""
    dates = sorted(Synergy.objects.in_demarche(demarche).filter(started_on__isnull=False).values_list("started_on", flat=True))
    return _cumulated(dates, start, end)


def both_by_month(*, demarche, start: date, end: date) -> tuple[list[tuple[date, int]], list[tuple[date, int]]]:
    """The two series above, engaged then running, in one query."""
    engaged = Engagement.objects.in_demarche(demarche).filter(engaged_on__isnull=False).order_by()
    running = Synergy.objects.in_demarche(demarche).filter(started_on__isnull=False).order_by()
    rows = engaged.values_list(Value("engaged"), "engaged_on").union(
        running.values_list(Value("running"), "started_on"), all=True
    )
    dates: dict[str, list[date]] = {"engaged": [], "running": []}
    for kind, day in rows:
        dates[kind].append(day)
    return _cumulated(dates["engaged"], start, end), _cumulated(dates["running"], start, end)


def _cumulated(dates: list[date], start: date, end: date) -> list[tuple[date, int]]:
    points, year, month = [], start.year, start.month
    while (year, month) <= (end.year, end.month):
        following = date(year + month // 12, month % 12 + 1, 1)
        points.append((date(year, month, 1), sum(1 for day in dates if day < following)))
        year, month = following.year, following.month
    return points


def flow_counts(*, user, demarche) -> dict:
    """Active flows: offers, needs, sites that declared some, date of the last one."""
    flows = scoped(Flow.objects.all(), user=user, demarche=demarche).filter(state=FlowState.ACTIVE)
    return flows.order_by().aggregate(
        total=Count("pk"),
        offers=Count("pk", filter=Q(direction=Direction.OFFER)),
        needs=Count("pk", filter=Q(direction=Direction.NEED)),
        establishments=Count("establishment", distinct=True),
        last_on=Max("provenance_on"),
    )


def flow_families(*, user, demarche) -> list[tuple[str, str, int, int]]:
    """Active flows by family: code, label, offers, needs; the most declared first. Flows without a known resource last."""
    flows = scoped(Flow.objects.all(), user=user, demarche=demarche).filter(state=FlowState.ACTIVE)
    rows = (
        flows.order_by()
        .values_list("resource__family")
        .annotate(
            offers=Count("pk", filter=Q(direction=Direction.OFFER)), needs=Count("pk", filter=Q(direction=Direction.NEED))
        )
    )
    return [
        (family or "", family_label(family), offers, needs)
        for family, offers, needs in sorted(rows, key=lambda row: (row[0] is None, -row[1] - row[2], row[0] or ""))
    ]


def family_label(code: str | None) -> str:
    return str(Family(code).label) if code else _("Ressource à préciser")


def lead_table(*, user, demarche) -> dict[str, dict[str, int]]:
    """Leads by approach of detection, then by state, in one query."""
    leads = scoped(Lead.objects.all(), user=user, demarche=demarche)
    table = {detection.value: {state.value: 0 for state in LeadState} for detection in Detection}
    for detection, state, count in leads.order_by().values_list("detection", "state").annotate(Count("pk")):
        table[detection][state] = count
    return table


def indicator_values(*, demarche, on: date) -> dict[str, int]:
    """The value of each formula of `reporting.indicators` on the day `on`; counts only, whoever asks.

    `engaged_companies` counts organisations: several sites of one company engaged are one company.
    """
    started = date(on.year - RECURRENCE_YEARS, on.month, min(on.day, 28))
    synergies = (
        Synergy.objects.in_demarche(demarche)
        .filter(stage__in=OPERATIONAL)
        .aggregate(
            operational_synergies=Count("pk"),
            recurrent_synergies=Count("pk", filter=Q(is_recurrent=True, started_on__gte=started)),
        )
    )
    engaged = Establishment.objects.in_demarche(demarche).open().filter(engagement__stage=EngagementStage.ENGAGED)
    companies = engaged.aggregate(engaged_companies=Count("organisation", distinct=True))
    return synergies | companies


def lead_counts(*, user, demarche) -> dict[str, int]:
    """Leads by state."""
    leads = scoped(Lead.objects.all(), user=user, demarche=demarche)
    found = dict(leads.order_by().values_list("state").annotate(Count("pk")))
    return {state.value: found.get(state.value, 0) for state in LeadState}
