"""Bringing the leads in line with what the engine proposes, without undoing what people decided."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from operations.numbering import next_numbers
from synergies.enums import LeadKind, LeadState
from synergies.models import Lead, LeadFlow
from synergies.services.lead_proposals import Proposal, fill

FILLED = [
    "kind", "detection", "family", "title", "score", "parts", "distance_km", "engine_version", "yearly_quantity",
    "yearly_unit", "state", "postponed_until",
]  # fmt: skip
OPEN = (LeadState.NEW, LeadState.POSTPONED, LeadState.GONE)
SAME_GROUP_FROM = 0.5
BATCH = 1000


@dataclass(frozen=True, slots=True)
class Scope:
    """The leads that a partial run speaks of: those of a flow, of some pairs, of some resources shared."""

    flow_id: int
    keys: set[str]
    resources: set[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Changes:
    created: int
    gone: int


def sync(demarche, proposals: Sequence[Proposal], *, today: date, scope: Scope | None = None) -> Changes:
    """Writes new leads, updates those still to be sorted, and puts aside those that no longer hold.

    Kept and refused leads are never touched, nor those noted by hand. Call it in the transaction that publishes.
    """
    leads = _leads_of_engine(demarche, scope)
    by_key = {lead.pair_key: lead for lead in leads}
    groups = _GroupLeads(lead for lead in leads if lead.kind == LeadKind.MUTUALISATION)
    created: list[tuple[Lead, Proposal]] = []
    updated: list[tuple[Lead, Proposal]] = []
    seen: set[str] = set()
    for proposal in proposals:
        lead = by_key.get(proposal.key) if proposal.key else groups.take(proposal)
        if lead is None:
            lead = Lead(demarche=demarche, pair_key=proposal.key or groups.new_key(proposal))
            created.append((fill(lead, proposal), proposal))
            continue
        seen.add(lead.pair_key)
        if lead.state in OPEN:
            updated.append((_reopen(fill(lead, proposal), today), proposal))
    gone = [lead for lead in leads if lead.state == LeadState.NEW and lead.engine_version and lead.pair_key not in seen]
    _create(demarche, created)
    Lead.objects.bulk_update([lead for lead, _proposal in updated], FILLED, batch_size=BATCH)
    _rewrite_members([(lead, proposal) for lead, proposal in updated if lead.kind == LeadKind.MUTUALISATION])
    Lead.objects.filter(pk__in=[lead.pk for lead in gone]).update(state=LeadState.GONE)
    return Changes(created=len(created), gone=len(gone))


def _leads_of_engine(demarche, scope: Scope | None) -> list[Lead]:
    """The leads in question, locked: a decision taken at this instant is either seen, or waits."""
    leads = Lead.objects.in_demarche(demarche)
    if scope is not None:
        mine = LeadFlow.objects.filter(demarche=demarche, flow=scope.flow_id).values("lead_id")
        condition = Q(pk__in=mine) | Q(pair_key__in=scope.keys)
        for direction, resource in scope.resources:
            condition |= Q(kind=LeadKind.MUTUALISATION, parts__direction=direction, parts__resource=resource)
        leads = leads.filter(condition)
    return list(leads.order_by("pk").select_for_update())


def _reopen(lead: Lead, today: date) -> Lead:
    due = lead.state == LeadState.POSTPONED and lead.postponed_until <= today
    if due or lead.state == LeadState.GONE:
        lead.state, lead.postponed_until = LeadState.NEW, None
    return lead


class _GroupLeads:
    """Leads of groups, found again by their members: a group that gains one is the same group."""

    def __init__(self, leads: Iterable[Lead]):
        self._leads = list(leads)
        self._taken: set[int] = set()
        self._keys = {lead.pair_key for lead in self._leads}

    def take(self, proposal: Proposal) -> Lead | None:
        """The lead, not yet claimed, that shares most members with the group, and at least half of the smaller one."""
        found = [(self._shared(lead, proposal), -lead.pk, lead) for lead in self._leads if lead.pk not in self._taken]
        best = max(found, default=None, key=lambda entry: entry[:2])
        if best is None or best[0] < SAME_GROUP_FROM:
            return None
        self._taken.add(best[2].pk)
        return best[2]

    def _shared(self, lead: Lead, proposal: Proposal) -> float:
        mine, theirs = lead.parts, proposal.parts
        if (mine.get("direction"), mine.get("resource")) != (theirs["direction"], theirs["resource"]):
            return 0.0  # another resource, or a lead noted by hand
        members, others = set(mine["establishment_ids"]), set(theirs["establishment_ids"])
        return len(members & others) / min(len(members), len(others))

    def new_key(self, proposal: Proposal) -> str:
        parts = proposal.parts
        base = f"mut:{parts['direction']}:{parts['resource']}:{min(parts['establishment_ids'])}"
        key, copy = base, 2
        while key in self._keys:
            key, copy = f"{base}:{copy}", copy + 1
        self._keys.add(key)
        return key


def _create(demarche, created: Sequence[tuple[Lead, Proposal]]) -> None:
    if not created:
        return
    for (lead, _proposal), number in zip(created, next_numbers(demarche, "lead", len(created)), strict=True):
        lead.number = number
    Lead.objects.bulk_create([lead for lead, _proposal in created], batch_size=BATCH)
    _add_members(created)


def _add_members(pairs: Iterable[tuple[Lead, Proposal]]) -> None:
    rows = [
        LeadFlow(demarche_id=lead.demarche_id, lead=lead, flow_id=flow_id)
        for lead, proposal in pairs
        for flow_id in proposal.flow_ids
    ]
    LeadFlow.objects.bulk_create(rows, batch_size=BATCH, ignore_conflicts=True)


def _rewrite_members(pairs: Sequence[tuple[Lead, Proposal]]) -> None:
    """Those who joined are added, those who left are taken out."""
    for lead, proposal in pairs:
        LeadFlow.objects.filter(lead=lead).exclude(flow_id__in=proposal.flow_ids).delete()
    _add_members(pairs)
