"""What became of the leads: sorted, kept, worked on, stopped. The funnel of three years, one synergy at a time."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from eit_platform.demonstration import decisions
from eit_platform.demonstration.days import Days
from eit_platform.demonstration.decisions import REASONS, STOP_NOTES
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
GROUPS_KEPT = 7
PER_SITE = 2  # a company is not in more than so many of the drawn synergies
# When each stage after the first was reached, as a part of the time since the opening, by number of stages.
SHARES = {1: (), 2: (0.35,), 3: (0.2, 0.55), 4: (0.12, 0.35, 0.7), 5: (0.06, 0.14, 0.22, 0.32), 6: (0.05, 0.1, 0.15, 0.2, 0.7)}
AGES = {  # days since the opening, at least and at most, by furthest and present stage
    (SynergyStage.LEAD, SynergyStage.LEAD): (6, 150),
    (SynergyStage.LEAD, SynergyStage.PAUSED): (80, 300),
    (SynergyStage.LEAD, SynergyStage.DROPPED): (70, 880),
    (SynergyStage.QUALIFIED, SynergyStage.QUALIFIED): (50, 300),
    (SynergyStage.QUALIFIED, SynergyStage.PAUSED): (120, 320),
    (SynergyStage.QUALIFIED, SynergyStage.DROPPED): (130, 900),
}
MATURE = 45  # the flows of a drawn lead were declared so many days ago, or more
GROUP_STARTS_AT = 3  # a group is a lead from its third member
NOTES = (
    "Échange téléphonique : les deux sites restent intéressés.",
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
    cases += _drawn(demarche, leads, members, cases, random, days)
    cases.sort(key=lambda case: (case.synergy.opened_on, case.synergy.title))
    steps = Steps(days, people)
    for case in cases:
        _live(case, random, days, people)
        steps.plan(case)
    _save(demarche, cases, days, people)
    decisions.sort_others(leads, {case.lead.pair_key for case in cases}, random, days, people)
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
    demarche, leads: list[Lead], members: dict[int, list[Flow]], written: list[Case], random: Random, days: Days
) -> list[Case]:
    """The 45 others, drawn among the leads of the engine: those that did not go far."""
    wanted = [(SynergyStage.QUALIFIED, stage) for stage, count in QUALIFIED.items() for _rank in range(count)]
    wanted += [(SynergyStage.LEAD, stage) for stage, count in OPENED.items() for _rank in range(count)]
    reasons = [reason for reason, count in REASONS.items() for _rank in range(count)]
    random.shuffle(reasons)
    # The oldest flows go to the cases that need the longest story.
    wanted.sort(key=lambda pair: -AGES[pair][0])
    chosen = _various(leads, members, written, len(wanted), days)
    # Groups are old, since any site may join them: half of them are still worked on all the same.
    groups = [lead for lead in chosen if lead.kind == LeadKind.MUTUALISATION]
    recent = {lead.pk for lead in groups[::2]}
    chosen.sort(key=lambda lead: (lead.pk in recent, _ready(members[lead.pk])))
    cases = []
    for lead, (furthest, stage) in zip(chosen, wanted, strict=True):
        flows = members[lead.pk]
        youngest, oldest = AGES[furthest, stage]
        floor = _ready(flows) + timedelta(days=3)
        opened = days.between(random, max(floor, days.ago(oldest)), days.ago(youngest))
        synergy = _synergy(demarche, lead, furthest, stage, opened)
        if stage in (SynergyStage.DROPPED, SynergyStage.PAUSED):
            synergy.stop_reason = reasons.pop() if stage == SynergyStage.DROPPED else Reason.CALENDAR
            synergy.stop_note = STOP_NOTES[synergy.stop_reason]
        if random.random() < 0.3:
            synergy.detection = lead.detection = Detection.EMPIRICAL
        cases.append(Case(synergy, lead, flows, None))
    return cases


def _ready(flows: list[Flow]) -> date:
    """The day when enough of the flows were declared for the lead to be seen."""
    dates = sorted(flow.provenance_on for flow in flows)
    return dates[min(len(dates), GROUP_STARTS_AT) - 1]


def _various(leads: list[Lead], members: dict[int, list[Flow]], written: list[Case], count: int, days: Days) -> list[Lead]:
    """Good leads of many companies and resources, a few groups among them."""
    taken = {case.lead.pair_key for case in written}
    # What the written exchanges tell is not told twice.
    uses: dict[object, int] = {flow.resource_id: PER_SITE for case in written for flow in case.flows}
    groups = 0
    kept: list[Lead] = []
    for lead in leads:
        group = lead.kind == LeadKind.MUTUALISATION
        flows = members[lead.pk]
        if lead.pair_key in taken or len(kept) == count or (group and groups == GROUPS_KEPT):
            continue
        if _ready(flows) > days.ago(MATURE):
            continue
        used = [flows[0].resource_id, *([] if group else [flow.establishment_id for flow in flows])]
        if any(uses.get(name, 0) >= PER_SITE for name in used):
            continue
        groups += group
        for name in used:
            uses[name] = uses.get(name, 0) + 1
        kept.append(lead)
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
