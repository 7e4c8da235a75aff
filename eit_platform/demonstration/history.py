"""What became of the leads: sorted, kept, worked on, stopped. The funnel of three years, one synergy at a time."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from eit_platform.demonstration.days import Days
from eit_platform.demonstration.exchanges import Exchange
from eit_platform.demonstration.steps import Steps
from operations.numbering import next_numbers
from synergies.enums import STAGE_ORDER, Detection, Direction, LeadKind, LeadState, PartyRole, Reason, SynergyStage
from synergies.models import Flow, JournalEntry, Lead, LeadFlow, Synergy, SynergyParty
from synergies.models.followup import JournalKind
from synergies.services.lead_proposals import pair_key
from territories.models import Demarche

# With the 17 written exchanges: 62 opened, 30 qualified, 17 studied, 9 negotiated, 6 running, 2 sustained.
QUALIFIED = {SynergyStage.QUALIFIED: 7, SynergyStage.DROPPED: 5, SynergyStage.PAUSED: 1}
OPENED = {SynergyStage.LEAD: 18, SynergyStage.DROPPED: 11, SynergyStage.PAUSED: 3}
REASONS = {
    Reason.LOGISTIC: 6,
    Reason.ECONOMIC: 5,
    Reason.TECHNICAL: 3,
    Reason.ORGANISATION: 2,
    Reason.REGULATORY: 1,
    Reason.TRUST: 1,
    Reason.CALENDAR: 1,
}
STOP_NOTES = {
    Reason.LOGISTIC: "Trop loin pour le tonnage en jeu.",
    Reason.ECONOMIC: "La filière actuelle coûte moins cher.",
    Reason.TECHNICAL: "Qualité trop variable d’un lot à l’autre.",
    Reason.ORGANISATION: "Personne pour suivre le sujet sur le site.",
    Reason.REGULATORY: "Autorisation trop longue à obtenir.",
    Reason.TRUST: "Ne souhaite pas dépendre d’un voisin.",
    Reason.CALENDAR: "Contrat en cours jusqu’à l’an prochain.",
}
REFUSED, POSTPONED = 120, 24
GROUPS_KEPT = 7
PER_SITE = 2  # a company is not in more than so many of the drawn synergies
SHARES = {
    1: (),
    2: (0.35,),
    3: (0.2, 0.55),
    4: (0.12, 0.35, 0.7),
    5: (0.08, 0.2, 0.34, 0.48),
    6: (0.06, 0.15, 0.25, 0.36, 0.75),
}
NOTES = (
    "Échange téléphonique : les deux sites restent intéressés.",
    "Quantités confirmées par le site donneur.",
    "Échantillon remis, réponse attendue sous trois semaines.",
    "Visite croisée des deux sites, accès camion vérifié.",
    "Le site preneur demande une analyse complémentaire.",
    "Estimation du coût de transport envoyée aux deux parties.",
)


@dataclass(slots=True)
class Case:
    """A synergy with all that is written at once: its lead, parties and journal; `stages` are its dated stages."""

    synergy: Synergy
    lead: Lead
    flows: list[Flow]
    exchange: Exchange | None
    stages: list[tuple[str, date]] = field(default_factory=list)
    journal: list[JournalEntry] = field(default_factory=list)


def load(demarche: Demarche, exchanges: list[Exchange], days: Days, people: dict) -> list[Case]:
    """Sorts the leads that the matching pass found and follows those that were kept; returns the synergies written."""
    random = Random("histoire")
    leads = list(Lead.objects.in_demarche(demarche).filter(state=LeadState.NEW).order_by("-score", "number"))
    members = _members(demarche)
    cases = [_written(demarche, exchange, leads, days) for exchange in exchanges]
    cases += _drawn(demarche, leads, members, {case.lead.pair_key for case in cases}, random, days)
    cases.sort(key=lambda case: (case.synergy.opened_on, case.synergy.title))
    steps = Steps(days, people)
    for case in cases:
        _live(case, random, days, people)
        steps.plan(case)
    _save(demarche, cases, days, people)
    _sort_others(leads, {case.lead.pair_key for case in cases}, random, days, people)
    return cases


def _members(demarche: Demarche) -> dict[int, list[Flow]]:
    members: dict[int, list[Flow]] = {}
    links = LeadFlow.objects.filter(demarche=demarche).select_related("flow__establishment", "flow__resource").order_by("pk")
    for link in links:
        members.setdefault(link.lead_id, []).append(link.flow)
    return members


def _written(demarche: Demarche, exchange: Exchange, leads: list[Lead], days: Days) -> Case:
    """The case of a written exchange, from the lead of the engine when there is one, else noted by hand."""
    family = exchange.flows[-1].resource.family
    key = f"hand:{exchange.key}"
    if exchange.kind == LeadKind.SUBSTITUTION:
        offer, need = exchange.flows
        key, family = pair_key(offer.pk, need.pk), offer.resource.family
    lead = next((lead for lead in leads if lead.pair_key == key), None)
    if lead is None:
        lead = Lead(demarche=demarche, pair_key=key, kind=exchange.kind, family=family)
    lead.title, lead.detection = exchange.title, exchange.detection
    lead.yearly_quantity, lead.yearly_unit = exchange.quantity, exchange.unit
    synergy = _synergy(demarche, lead, exchange.furthest, exchange.stage, days.ago(exchange.age))
    synergy.summary, synergy.stop_reason, synergy.stop_note = exchange.summary, exchange.reason, exchange.note
    return Case(synergy, lead, exchange.flows, exchange)


def _drawn(
    demarche, leads: list[Lead], members: dict[int, list[Flow]], taken: set[str], random: Random, days: Days
) -> list[Case]:
    """The 45 others, drawn among the leads of the engine: those that did not go far."""
    wanted = [(SynergyStage.QUALIFIED, stage) for stage, count in QUALIFIED.items() for _rank in range(count)]
    wanted += [(SynergyStage.LEAD, stage) for stage, count in OPENED.items() for _rank in range(count)]
    reasons = [reason for reason, count in REASONS.items() for _rank in range(count)]
    random.shuffle(reasons)
    cases = []
    for lead, (furthest, stage) in zip(_various(leads, members, taken, len(wanted), random), wanted, strict=True):
        flows = members[lead.pk]
        floor = max(flow.provenance_on for flow in flows) + timedelta(days=4)
        oldest = 900 if stage == SynergyStage.DROPPED else 130 if furthest == SynergyStage.LEAD else 280
        opened = min(days.ago(2), max(floor, days.ago(random.randint(6, oldest))))
        synergy = _synergy(demarche, lead, furthest, stage, days.working(opened))
        if stage in (SynergyStage.DROPPED, SynergyStage.PAUSED):
            synergy.stop_reason = reasons.pop() if stage == SynergyStage.DROPPED else Reason.CALENDAR
            synergy.stop_note = STOP_NOTES[synergy.stop_reason]
        if random.random() < 0.3:
            synergy.detection = lead.detection = Detection.EMPIRICAL
        cases.append(Case(synergy, lead, flows, None))
    return cases


def _various(leads: list[Lead], members: dict[int, list[Flow]], taken: set[str], count: int, random: Random) -> list[Lead]:
    """Good leads of many companies and resources, a few groups among them, in a drawn order."""
    uses: dict[object, int] = {}
    groups = 0
    kept: list[Lead] = []
    for lead in leads:
        if lead.pair_key in taken or len(kept) == count:
            continue
        group = lead.kind == LeadKind.MUTUALISATION
        if group and groups == GROUPS_KEPT:
            continue
        names = [] if group else [flow.establishment_id for flow in members[lead.pk]]
        resource = members[lead.pk][0].resource_id
        if any(uses.get(name, 0) >= PER_SITE for name in names) or uses.get(resource, 0) >= PER_SITE:
            continue
        groups += group
        for used in [*names, resource]:
            uses[used] = uses.get(used, 0) + 1
        kept.append(lead)
    random.shuffle(kept)
    return kept


def _synergy(demarche: Demarche, lead: Lead, furthest: str, stage: str, opened: date) -> Synergy:
    return Synergy(
        demarche=demarche,
        kind=lead.kind,
        detection=lead.detection,
        title=lead.title,
        family=lead.family,
        stage=stage,
        furthest_stage=furthest,
        opened_on=opened,
        stage_since=opened,
        last_activity_on=opened,
        yearly_quantity=lead.yearly_quantity,
        yearly_unit=lead.yearly_unit,
    )


def _live(case: Case, random: Random, days: Days, people: dict) -> None:
    """Dates the stages of the case, writes its journal."""
    synergy = case.synergy
    count = STAGE_ORDER.index(synergy.furthest_stage) + 1
    elapsed = (days.today - synergy.opened_on).days
    dates = [days.working(synergy.opened_on + timedelta(days=round(elapsed * share))) for share in SHARES[count]]
    case.stages = list(zip(STAGE_ORDER[:count], [synergy.opened_on, *dates], strict=True))
    reached = dict(case.stages)
    synergy.stage_since = case.stages[-1][1]
    synergy.started_on = reached.get(SynergyStage.RUNNING)
    synergy.is_recurrent = synergy.started_on is not None
    authors = [people["manager"], people["manager"], people["colleague"]]
    _note(case, JournalKind.OPENED, synergy.opened_on, authors[0], "", to_stage=SynergyStage.LEAD)
    for (before, _on), (after, on) in zip(case.stages, case.stages[1:], strict=False):
        _note(case, JournalKind.STAGE, on, random.choice(authors), "", from_stage=before, to_stage=after)
    end = days.ago(1)
    if synergy.stop_reason:
        span = (days.today - synergy.stage_since).days
        end = days.working(
            synergy.stage_since + timedelta(days=round(span * random.uniform(0.3, 0.8))), floor=synergy.stage_since
        )
        before = case.stages[-1][0]
        synergy.resume_stage, synergy.stage_since = before, end
        synergy.ended_on = end if synergy.stage == SynergyStage.DROPPED else None
        text = f"{Reason(synergy.stop_reason).label}. {synergy.stop_note}"
        _note(case, JournalKind.STAGE, end, random.choice(authors), text, from_stage=before, to_stage=synergy.stage)
    for text in random.sample(NOTES, random.randint(0, 1 + count // 2)):
        _note(case, JournalKind.NOTE, days.between(random, synergy.opened_on, end), random.choice(authors), text)
    synergy.last_activity_on = max(entry.happened_on for entry in case.journal)


def _note(case: Case, kind: str, on: date, author, text: str, **stages) -> None:
    entry = JournalEntry(
        demarche=case.synergy.demarche,
        synergy=case.synergy,
        kind=kind,
        happened_on=on,
        author=author,
        text=text,
        **stages,
    )
    case.journal.append(entry)


def _save(demarche: Demarche, cases: list[Case], days: Days, people: dict) -> None:
    new = [case for case in cases if case.lead.pk is None]
    for case, number in zip(new, next_numbers(demarche, "lead", len(new)), strict=True):
        case.lead.number = number
    for case in cases:
        case.lead.state = LeadState.KEPT
        case.lead.decided_by, case.lead.decided_at = people["manager"], days.at(case.synergy.opened_on, 11)
    Lead.objects.bulk_create([case.lead for case in new])
    LeadFlow.objects.bulk_create(
        [LeadFlow(demarche=demarche, lead=case.lead, flow=flow) for case in new for flow in case.flows]
    )
    fields = ["state", "title", "detection", "yearly_quantity", "yearly_unit", "decided_by", "decided_at"]
    Lead.objects.bulk_update([case.lead for case in cases if case not in new], fields)
    for case, number in zip(cases, next_numbers(demarche, "synergy", len(cases)), strict=True):
        case.synergy.number, case.synergy.lead = number, case.lead
        case.journal[0].text = f"Ouverte à partir de la piste {case.lead.number}."
    Synergy.objects.bulk_create([case.synergy for case in cases])
    SynergyParty.objects.bulk_create([party for case in cases for party in _parties(case, days)])
    lines = sorted((entry for case in cases for entry in case.journal), key=lambda entry: entry.happened_on)
    JournalEntry.objects.bulk_create(lines, batch_size=500)


def _parties(case: Case, days: Days) -> list[SynergyParty]:
    """Giver and taker, or sharers; those who studied the exchange agreed to be named."""
    roles = {Direction.OFFER: PartyRole.GIVER, Direction.NEED: PartyRole.TAKER}
    studied = dict(case.stages).get(SynergyStage.STUDY)
    parties: dict[tuple[int, str], SynergyParty] = {}
    for flow in case.flows:
        role = PartyRole.SHARER if case.synergy.kind == LeadKind.MUTUALISATION else roles[flow.direction]
        party = SynergyParty(
            demarche=case.synergy.demarche,
            synergy=case.synergy,
            establishment_id=flow.establishment_id,
            role=role,
            flow=flow,
            agreed_at=days.at(studied, 14) if studied else None,
        )
        parties.setdefault((flow.establishment_id, role), party)
    return list(parties.values())


def _sort_others(leads: list[Lead], kept: set[str], random: Random, days: Days, people: dict) -> None:
    """Of the other leads, many were put away with a reason, some postponed; the best are still to be sorted."""
    rest = [lead for lead in leads if lead.pair_key not in kept]
    tail = rest[len(rest) // 5 :]
    decided = random.sample(tail, min(REFUSED + POSTPONED, len(tail)))
    for rank, lead in enumerate(decided):
        lead.decided_by = people["manager"] if rank % 3 else people["colleague"]
        lead.decided_at = days.at(days.ago(random.randint(3, 400)), random.randint(9, 17))
        if rank < POSTPONED:
            lead.state, lead.postponed_until = LeadState.POSTPONED, days.ahead(random.randint(10, 120))
        else:
            lead.state = LeadState.REFUSED
            lead.refusal_reason = random.choices(list(REASONS), list(REASONS.values()))[0]
            lead.refusal_note = STOP_NOTES[lead.refusal_reason] if random.random() < 0.5 else ""
    fields = ["state", "postponed_until", "refusal_reason", "refusal_note", "decided_by", "decided_at"]
    Lead.objects.bulk_update(decided, fields, batch_size=500)
