"""What was decided of the leads that were not kept: put away with a reason, or postponed."""

from random import Random

from eit_platform.demonstration.days import Days
from synergies.enums import LeadState, Reason
from synergies.models import Lead

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
REFUSED, POSTPONED = 430, 60


def sort_others(leads: list[Lead], kept: set[str], random: Random, days: Days, people: dict) -> None:
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
