from synergies.models.campaigns import AnswerDraft, Campaign, PersonalLink, Questionnaire
from synergies.models.flows import Flow
from synergies.models.followup import JournalEntry, JournalKind, Synergy, SynergyParty
from synergies.models.impacts import EmissionFactor, Impact
from synergies.models.leads import Lead, LeadFlow, Match, MatchingPass
from synergies.models.taxonomy import Compatibility, Resource, SectorProfile, WasteCode

__all__ = [
    "AnswerDraft",
    "Campaign",
    "Compatibility",
    "EmissionFactor",
    "Flow",
    "Impact",
    "JournalEntry",
    "JournalKind",
    "Lead",
    "LeadFlow",
    "Match",
    "MatchingPass",
    "PersonalLink",
    "Questionnaire",
    "Resource",
    "SectorProfile",
    "Synergy",
    "SynergyParty",
    "WasteCode",
]
