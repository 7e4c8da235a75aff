"""What the engine found, told as leads: which matches are worth a person's time, under which title."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from eit_platform.common.text import fold
from synergies.enums import Detection, Direction, Family, LeadKind, Provenance
from synergies.matching.types import ENGINE_VERSION, GroupRow, MatchRow
from synergies.models import Flow, Lead

# House rules, provisional: a démarche of 400 sites must not drown under its leads.
MIN_LEAD_SCORE = 0.45
LEADS_PER_FLOW = 3
MATCHES_PER_FLOW = 20
# Several sites that offer the same heat or the same room share nothing; the same waste makes one round.
SHARED_OFFERS = (Family.MATTER, Family.WATER, Family.LOGISTICS)
_VOWELS = "aeiouy"
_BOUGHT_TOGETHER = (Family.MATTER, Family.ENERGY, Family.WATER, Family.PURCHASE)
_RANKS = ("offer_rank", "need_rank")


@dataclass(frozen=True, slots=True)
class Proposal:
    """A lead as the engine proposes it; `key` is empty for a group, whose lead is found by its members."""

    key: str
    kind: str
    detection: str
    title: str
    family: str
    score: float
    parts: dict
    distance_km: float | None
    yearly_quantity: Decimal | None
    yearly_unit: str
    flow_ids: tuple[int, ...]


def pair_key(offer_id: int, need_id: int) -> str:
    """Identity of a pair of flows."""
    return f"sub:{offer_id}:{need_id}"


def stored(row: MatchRow) -> dict:
    """The row as JSON. Ranks are left out: they change with the other flows, not with the pair."""
    return {name: value for name, value in row.as_payload().items() if name not in _RANKS}


def match_row(parts: Mapping) -> MatchRow:
    """The row kept in `Lead.parts` of a substitution."""
    return MatchRow.from_payload({**parts, "offer_rank": None, "need_rank": None})


def is_shown(row: MatchRow) -> bool:
    """Whether a match becomes a lead: good enough, and among the best of its offer or of its need."""
    ranks = [rank for rank in (row.offer_rank, row.need_rank) if rank is not None]
    return row.score >= MIN_LEAD_SCORE and bool(ranks) and min(ranks) <= LEADS_PER_FLOW


def is_shown_group(group: GroupRow) -> bool:
    """Whether a group becomes a lead."""
    shared = group.direction == Direction.NEED or group.family in SHARED_OFFERS
    return shared and group.score >= MIN_LEAD_SCORE


def of_pair(row: MatchRow, flows: Mapping[int, Flow]) -> Proposal:
    """The lead of a pair; `flows` come with their resource and establishment."""
    offer, need = flows[row.offer_id], flows[row.need_id]
    quantity, unit = offer.yearly_quantity, offer.yearly_unit
    if quantity is not None and need.yearly_quantity is not None and need.yearly_unit == unit:
        quantity = min(quantity, need.yearly_quantity)
    return Proposal(
        key=pair_key(offer.pk, need.pk),
        kind=LeadKind.SUBSTITUTION,
        detection=_detection((offer, need)),
        title=_("%(what)s %(giver)s vers %(taker)s")
        % {
            "what": capital(offer.resource.label),
            "giver": of_name(offer.establishment.name),
            "taker": need.establishment.name,
        },
        family=offer.resource.family,
        score=row.score,
        parts=stored(row),
        distance_km=row.distance_km,
        yearly_quantity=quantity,
        yearly_unit=unit,
        flow_ids=(offer.pk, need.pk),
    )


def of_group(group: GroupRow, flows: Mapping[int, Flow]) -> Proposal:
    """The lead of establishments that could share."""
    members = [flows[pk] for pk in group.flow_ids]
    parts = asdict(group) | {"engine_version": ENGINE_VERSION}
    parts = {name: list(value) if isinstance(value, tuple) else value for name, value in parts.items()}
    total = None if group.total_quantity is None else Decimal(str(round(group.total_quantity, 6)))
    return Proposal(
        key="",
        kind=LeadKind.MUTUALISATION,
        detection=_detection(members),
        title=_group_title(group, members[0]),
        family=group.family,
        score=group.score,
        parts=parts,
        distance_km=group.mean_km,
        yearly_quantity=total,
        yearly_unit=next((flow.yearly_unit for flow in members if flow.yearly_unit), "") if total is not None else "",
        flow_ids=group.flow_ids,
    )


def fill(lead: Lead, proposal: Proposal) -> Lead:
    """Puts what the engine says into the lead, its state and its number left aside.

    A lead noted by hand keeps its title, its origin and its note: it only gains a score.
    """
    if lead.pk and not lead.engine_version:
        lead.parts = proposal.parts | {"note": lead.parts.get("note", "")}
    else:
        lead.kind, lead.detection, lead.family = proposal.kind, proposal.detection, proposal.family
        lead.title, lead.parts, lead.engine_version = proposal.title[:300], proposal.parts, ENGINE_VERSION
    lead.score, lead.distance_km = proposal.score, proposal.distance_km
    lead.yearly_quantity, lead.yearly_unit = proposal.yearly_quantity, proposal.yearly_unit
    return lead


def of_name(name: str) -> str:
    """« de Brasserie Exemple », « d’Usine Témoin »."""
    return _("d’%(name)s") % {"name": name} if fold(name)[:1] in _VOWELS else _("de %(name)s") % {"name": name}


def capital(label: str) -> str:
    return label[:1].upper() + label[1:]


def small(label: str) -> str:
    """The label inside a sentence: its first letter small, unless the first word is an acronym (« GNR », « CO2 »)."""
    return label if label[1:2].isupper() or label[1:2].isdigit() else label[:1].lower() + label[1:]


def _detection(flows: Iterable[Flow]) -> str:
    """Deductive as soon as one of the flows is only an estimate by sector."""
    return Detection.DEDUCTIVE if any(flow.provenance == Provenance.SECTOR for flow in flows) else Detection.SYSTEMATIC


def _group_title(group: GroupRow, first: Flow) -> str:
    what = small(first.resource.label)
    if fold(what).startswith("achat group"):
        pattern = _("%(plain)s, %(count)d établissements")
    elif group.direction == Direction.OFFER:
        pattern = _("Collecte commune %(of)s, %(count)d établissements")
    elif group.family in _BOUGHT_TOGETHER:
        pattern = _("Achat groupé %(of)s, %(count)d établissements")
    else:
        pattern = _("Besoin partagé\u00a0: %(what)s, %(count)d établissements")
    return pattern % {"plain": capital(what), "what": what, "of": of_name(what), "count": group.size}
