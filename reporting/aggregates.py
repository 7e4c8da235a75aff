"""Aggregates that leave the team: to partners with full suppression, to the élu(e) and the report with that of private flows.

A partner sees no cell that rests on fewer than three establishments, or that one of them makes more than 85 %. The report is
published by the chargé(e) de mission, who answers for it: only what rests on a private flow is protected there.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from actors.enums import EngagementStage
from reporting.disclosure import Cell, cell, protect_line
from reporting.queries import IMPACT_UNITS, Mobilisation, counted_impacts, family_label
from synergies.enums import Direction, FlowState, ImpactIndicator, ImpactState, SynergyStage
from synergies.models import Flow, Synergy, SynergyParty
from territories.enums import Confidentiality

GROUPS = (
    ("working", _("en cours de travail"), ("lead", "qualified", "study", "negotiation")),
    ("operational", _("en fonctionnement"), ("running", "sustained")),
    ("paused", _("en pause"), ("paused",)),
    ("dropped", _("abandonnées"), ("dropped",)),
)


@dataclass(frozen=True)
class ProtectedCount:
    """A count of a line; `value` is None when it is protected."""

    code: str
    label: str
    value: int | None


@dataclass(frozen=True)
class ProtectedLine:
    """Counts that add up to `total`; a total is protected when its cells could be found by subtraction."""

    cells: list[ProtectedCount]
    total: int | None


@dataclass(frozen=True)
class ProtectedImpact:
    """One indicator, its three states apart; a state of `protected` has no figure, one that nobody declared is None too."""

    indicator: str
    label: str
    unit: str
    realised: Decimal | None = None
    expected: Decimal | None = None
    potential: Decimal | None = None
    synergies: int = 0
    protected: frozenset[str] = field(default_factory=frozenset)


@dataclass(frozen=True)
class Parties:
    """The establishments of each synergy, and the synergies that rest on a private flow."""

    of: dict[int, set[int]]
    private: frozenset[int]


def parties(demarche) -> Parties:
    """Who takes part in what, in one query; for computation only, never shown."""
    of: dict[int, set[int]] = {}
    private = set()
    rows = SynergyParty.objects.filter(demarche=demarche)
    for synergy, establishment, confidentiality in rows.values_list("synergy_id", "establishment_id", "flow__confidentiality"):
        of.setdefault(synergy, set()).add(establishment)
        if confidentiality == Confidentiality.PRIVATE:
            private.add(synergy)
    return Parties(of, frozenset(private))


def published_impacts(
    *, demarche, known: Parties, everything: bool, year=None, until=None, after=None
) -> list[ProtectedImpact]:
    """Totals by indicator and state for people outside the team.

    With `everything`, each unsafe cell is protected (partners); without, only those that hold a private flow's figure.
    `year` keeps one year, `until` all years up to it, `after` those that follow it.
    """
    impacts = counted_impacts(user=None, demarche=demarche)
    for condition, value in (("year", year), ("year__lte", until), ("year__gt", after)):
        if value is not None:
            impacts = impacts.filter(**{condition: value})
    figures: dict[tuple[str, str], list[tuple[int, Decimal]]] = {}
    for indicator, state, synergy, value, share in impacts.order_by().values_list(
        "indicator", "state", "synergy_id", "value", "attributed_share"
    ):
        figures.setdefault((indicator, state), []).append((synergy, value * share))
    lines = [_impact_line(indicator, figures, known, everything) for indicator in ImpactIndicator]
    return [line for line in lines if line is not None]


def _impact_line(indicator, figures, known: Parties, everything: bool) -> ProtectedImpact | None:
    values: dict[str, Decimal] = {}
    protected, synergies = set(), set()
    for state in ImpactState:
        rows = figures.get((indicator.value, state.value))
        if rows is None:
            continue
        synergies.update(synergy for synergy, _value in rows)
        at_risk = everything or any(synergy in known.private for synergy, _value in rows)
        if at_risk and not cell((value, known.of.get(synergy, ())) for synergy, value in rows).is_safe:
            protected.add(state.value)
        else:
            values[state.value] = sum((value for _synergy, value in rows), Decimal(0))
    if not synergies:
        return None
    return ProtectedImpact(
        indicator=indicator.value,
        label=str(indicator.label),
        unit=IMPACT_UNITS[indicator],
        synergies=0 if everything else len(synergies),
        protected=frozenset(protected),
        **values,
    )


def with_protection(totals) -> list[ProtectedImpact]:
    """The team's own totals in the same form, nothing hidden; a state without any figure is None."""
    return [
        ProtectedImpact(
            indicator=total.indicator,
            label=total.label,
            unit=total.unit,
            realised=total.realised or None,
            expected=total.expected or None,
            potential=total.potential or None,
            synergies=total.synergies,
        )
        for total in totals
    ]


def _line(entries: Iterable[tuple[str, str, int, Cell]]) -> ProtectedLine:
    """(code, label, count, cell) rows as a protected line."""
    entries = list(entries)
    suppression = protect_line([each for _code, _label, _count, each in entries])
    return ProtectedLine(
        cells=[
            ProtectedCount(code, label, None if rank in suppression.hidden else count)
            for rank, (code, label, count, _each) in enumerate(entries)
        ],
        total=None if suppression.total_hidden else sum(count for _code, _label, count, _each in entries),
    )


def partner_flows(*, demarche) -> dict[str, ProtectedLine]:
    """Active flows by family, offers and needs apart."""
    rows = (
        Flow.objects.in_demarche(demarche)
        .filter(state=FlowState.ACTIVE)
        .order_by()
        .values_list("direction", "resource__family", "establishment_id")
        .annotate(Count("pk"))
    )
    found: dict[tuple[str, str], list[tuple[int, list[int]]]] = {}
    for direction, family, establishment, count in rows:
        found.setdefault((direction, family or ""), []).append((count, [establishment]))
    families = sorted({family for _direction, family in found}, key=lambda code: (code == "", code))
    lines = {}
    for direction in Direction:
        entries = []
        for family in families:
            contributions = found.get((direction.value, family), [])
            total = sum(count for count, _establishments in contributions)
            entries.append((family, family_label(family), total, cell(contributions)))
        lines[direction.value] = _line(entries)
    return lines


def partner_synergies(*, demarche, known: Parties) -> ProtectedLine:
    """Synergies in four groups: worked on, operational, paused, dropped."""
    stages = dict(Synergy.objects.in_demarche(demarche).order_by().values_list("pk", "stage"))
    entries = []
    for code, label, members in GROUPS:
        chosen = [pk for pk, stage in stages.items() if SynergyStage(stage).value in members]
        entries.append((code, str(label), len(chosen), cell((1, known.of.get(pk, ())) for pk in chosen)))
    return _line(entries)


def partner_mobilisation(people: Mobilisation) -> ProtectedLine:
    """Establishments by stage of engagement: each counts for one."""
    return _line(
        (stage.value, str(stage.label), people.by_stage[stage], cell((1, [rank]) for rank in range(people.by_stage[stage])))
        for stage in EngagementStage
    )
