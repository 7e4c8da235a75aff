"""What people decide about leads."""

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from eit_platform.common.exceptions import BusinessError
from eit_platform.common.scoping import save_version
from operations.audit import record
from operations.numbering import next_number
from operations.services import enqueue
from synergies.enums import Detection, Direction, Family, LeadKind, LeadState, PartyRole, Reason
from synergies.models import Flow, JournalEntry, JournalKind, Lead, LeadFlow, Synergy, SynergyParty
from synergies.services.lead_proposals import pair_key
from territories.enums import Confidentiality

DECISION_FIELDS = ["state", "postponed_until", "refusal_reason", "refusal_note", "decided_by", "decided_at"]
_ROLES = {Direction.OFFER: PartyRole.GIVER, Direction.NEED: PartyRole.TAKER}


@transaction.atomic
def ask_for_search(*, actor, demarche):
    """Asks for a matching pass over the démarche; a search already waiting or running is given again."""
    return enqueue(
        kind="synergies.run_matching",
        key=f"synergies.run_matching:{demarche.pk}",
        title=_("Recherche de pistes"),
        arguments={},
        actor=actor,
        demarche=demarche,
    )


@transaction.atomic
def keep_lead(*, actor, lead: Lead, version: int | None = None) -> Synergy:
    """Opens a synergy at stage « piste » from the lead, with its parties. Keeping it twice gives the same synergy.

    Raises StaleVersion when somebody decided otherwise since `version`.
    """
    lead = Lead.objects.select_for_update().get(pk=lead.pk)
    opened = Synergy.objects.filter(lead=lead).first()
    if opened is not None:
        return opened
    today = timezone.localdate()
    _decide(lead, actor, LeadState.KEPT, lead.version if version is None else version)
    synergy = Synergy.objects.create(
        demarche_id=lead.demarche_id,
        number=next_number(lead.demarche, "synergy"),
        lead=lead,
        kind=lead.kind,
        detection=lead.detection,
        title=lead.title,
        family=lead.family,
        stage_since=today,
        opened_on=today,
        last_activity_on=today,
        yearly_quantity=lead.yearly_quantity,
        yearly_unit=lead.yearly_unit,
    )
    SynergyParty.objects.bulk_create(_parties(lead, synergy))
    JournalEntry.objects.create(
        demarche_id=lead.demarche_id,
        synergy=synergy,
        kind=JournalKind.OPENED,
        happened_on=today,
        to_stage=synergy.stage,
        text=_("Ouverte à partir de la piste %(number)s.") % {"number": lead.number},
        author=actor,
    )
    record(
        verb="synergy.opened",
        summary=_("Synergie %(number)s ouverte : %(title)s") % {"number": synergy.number, "title": synergy.title},
        actor=actor,
        demarche=lead.demarche,
        target=synergy,
        data={"lead": str(lead.uuid)},
    )
    return synergy


def _parties(lead: Lead, synergy: Synergy) -> list[SynergyParty]:
    """Giver and taker, or sharers; a site that has several flows in a group is one party.

    It keeps its private flow if it has one: who may see the synergy is told by the flows of its parties.
    """
    parties: dict[tuple[int, str], SynergyParty] = {}
    for link in lead.lead_flows.select_related("flow").order_by("pk"):
        role = PartyRole.SHARER if lead.kind == LeadKind.MUTUALISATION else _ROLES[link.flow.direction]
        party = SynergyParty(
            demarche_id=lead.demarche_id,
            synergy=synergy,
            establishment_id=link.flow.establishment_id,
            role=role,
            flow=link.flow,
        )
        known = parties.setdefault((party.establishment_id, role), party)
        if link.flow.confidentiality == Confidentiality.PRIVATE:
            known.flow = link.flow
    return list(parties.values())


@transaction.atomic
def postpone_lead(*, actor, lead: Lead, until: date, version: int | None = None) -> Lead:
    """Puts the lead aside until a day to come; it is to be sorted again from that day."""
    if until <= timezone.localdate():
        raise BusinessError(_("Choisissez une date à venir."), code="date_not_ahead", field="until")
    lead = Lead.objects.select_for_update().get(pk=lead.pk)
    if (lead.state, lead.postponed_until) == (LeadState.POSTPONED, until):
        return lead
    lead.postponed_until = until
    _decide(lead, actor, LeadState.POSTPONED, lead.version if version is None else version)
    record(
        verb="lead.postponed",
        summary=_("Piste %(number)s reportée : %(title)s") % {"number": lead.number, "title": lead.title},
        actor=actor,
        demarche=lead.demarche,
        target=lead,
        data={"until": until.isoformat()},
    )
    return lead


@transaction.atomic
def refuse_lead(*, actor, lead: Lead, reason: str, note: str = "", version: int | None = None) -> Lead:
    """Puts the lead away for good, with one of the eight reasons: the search never proposes it again."""
    if reason not in Reason.values:
        raise BusinessError(_("Dites pourquoi, parmi les huit raisons."), code="no_reason", field="reason")
    note = note.strip()[:300]
    lead = Lead.objects.select_for_update().get(pk=lead.pk)
    if (lead.state, lead.refusal_reason, lead.refusal_note) == (LeadState.REFUSED, reason, note):
        return lead
    lead.refusal_reason, lead.refusal_note = reason, note
    _decide(lead, actor, LeadState.REFUSED, lead.version if version is None else version)
    record(
        verb="lead.refused",
        summary=_("Piste %(number)s écartée (%(reason)s) : %(title)s")
        % {"number": lead.number, "reason": Reason(reason).label, "title": lead.title},
        actor=actor,
        demarche=lead.demarche,
        target=lead,
        data={"reason": reason},
    )
    return lead


@transaction.atomic
def reopen_lead(*, actor, lead: Lead, version: int | None = None) -> Lead:
    """Puts a refused or postponed lead back among those to sort."""
    lead = Lead.objects.select_for_update().get(pk=lead.pk)
    if lead.state == LeadState.NEW:
        return lead
    _decide(lead, actor, LeadState.NEW, lead.version if version is None else version)
    record(
        verb="lead.reopened",
        summary=_("Piste %(number)s remise à trier : %(title)s") % {"number": lead.number, "title": lead.title},
        actor=actor,
        demarche=lead.demarche,
        target=lead,
    )
    return lead


def _decide(lead: Lead, actor, state: str, version: int) -> None:
    if lead.state == LeadState.KEPT:
        raise BusinessError(_("Cette piste est déjà une synergie : c’est elle qui se suit."), code="lead_kept")
    lead.state = state
    if state != LeadState.POSTPONED:
        lead.postponed_until = None
    if state != LeadState.REFUSED:
        lead.refusal_reason = lead.refusal_note = ""
    lead.decided_by = actor if actor is not None and actor.pk else None
    lead.decided_at = timezone.now()
    save_version(lead, version=version, fields=DECISION_FIELDS)


@transaction.atomic
def note_lead(
    *,
    actor,
    demarche,
    title: str,
    family: str,
    kind: str = LeadKind.SUBSTITUTION,
    detection: str = Detection.EMPIRICAL,
    flows: tuple[Flow, ...] = (),
    note: str = "",
) -> Lead:
    """Notes by hand a possibility that somebody saw: at a workshop, on a visit, in a conversation.

    `flows`, all of the démarche, tie it to what was declared; the pair of an existing lead is refused, naming it.
    """
    title = title.strip()
    if not title:
        raise BusinessError(_("Dites en une phrase ce qui pourrait se faire."), code="no_title", field="title")
    if family not in Family.values or kind not in LeadKind.values or detection not in Detection.values:
        raise BusinessError(_("Choisissez une famille, un type et une origine."), code="invalid", field="family")
    if any(flow.demarche_id != demarche.pk for flow in flows):
        raise BusinessError(_("Ces flux ne sont pas de cette démarche."), code="other_demarche", field="offer")
    number = next_number(demarche, "lead")
    key = f"hand:{number}"
    by_direction = {flow.direction: flow for flow in flows}
    if len(flows) == 2 and len(by_direction) == 2:
        key = pair_key(by_direction[Direction.OFFER].pk, by_direction[Direction.NEED].pk)
        known = Lead.objects.in_demarche(demarche).filter(pair_key=key).first()
        if known is not None:
            raise BusinessError(
                _("Cette piste existe déjà : c’est la piste %(number)s.") % {"number": known.number}, code="lead_exists"
            )
    lead = Lead.objects.create(
        demarche=demarche,
        number=number,
        kind=kind,
        detection=detection,
        title=title[:300],
        family=family,
        parts={"note": note.strip()} if note.strip() else {},
        pair_key=key,
    )
    LeadFlow.objects.bulk_create(LeadFlow(demarche=demarche, lead=lead, flow=flow) for flow in flows)
    record(
        verb="lead.noted",
        summary=_("Piste %(number)s notée : %(title)s") % {"number": lead.number, "title": lead.title},
        actor=actor,
        demarche=demarche,
        target=lead,
    )
    return lead
