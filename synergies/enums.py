"""Choices of flows, leads, synergies and impacts; codes never change."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Family(models.TextChoices):
    MATTER = "matter", _("Matière")
    ENERGY = "energy", _("Énergie")
    WATER = "water", _("Eau")
    LAND = "land", _("Foncier et locaux")
    EQUIPMENT = "equipment", _("Équipement")
    SKILL = "skill", _("Compétence et expertise")
    SERVICE = "service", _("Service")
    LOGISTICS = "logistics", _("Logistique")
    PURCHASE = "purchase", _("Achat")


class Direction(models.TextChoices):
    OFFER = "offer", _("offre")
    NEED = "need", _("besoin")


class Period(models.TextChoices):
    ONCE = "once", _("une seule fois")
    DAY = "day", _("par jour")
    WEEK = "week", _("par semaine")
    MONTH = "month", _("par mois")
    YEAR = "year", _("par an")


class Certainty(models.TextChoices):
    MEASURED = "measured", _("mesuré")
    ESTIMATED = "estimated", _("estimé")
    RATIO = "ratio", _("ratio")


class PhysicalState(models.TextChoices):
    SOLID = "solid", _("solide")
    LIQUID = "liquid", _("liquide")
    GAS = "gas", _("gazeux")
    PASTE = "paste", _("pâteux")


class Packaging(models.TextChoices):
    DRUM = "drum", _("fût")
    IBC = "ibc", _("GRV")
    TANK = "tank", _("citerne")
    SKIP = "skip", _("benne")
    PALLET = "pallet", _("palette")
    BIG_BAG = "big_bag", _("big-bag")
    BULK = "bulk", _("vrac")
    PIPE = "pipe", _("canalisation")


class Provenance(models.TextChoices):
    QUESTIONNAIRE = "questionnaire", _("questionnaire")
    VISIT = "visit", _("visite")
    WORKSHOP = "workshop", _("atelier")
    IMPORT = "import", _("import")
    SECTOR = "sector", _("estimation par secteur")
    PUBLIC = "public", _("source publique")
    HAND = "hand", _("saisie de l’équipe")


class FlowState(models.TextChoices):
    DRAFT = "draft", _("brouillon")
    ACTIVE = "active", _("actif")
    ARCHIVED = "archived", _("archivé")


class QuestionnaireState(models.TextChoices):
    TO_SEND = "to_send", _("à envoyer")
    SENT = "sent", _("envoyé")
    OPENED = "opened", _("ouvert")
    STARTED = "started", _("commencé")
    FINISHED = "finished", _("terminé")
    REFUSED = "refused", _("refusé")


class Detection(models.TextChoices):
    """How the lead was found: the three approaches of the field, and the note by hand."""

    EMPIRICAL = "empirical", _("empirique (atelier)")
    DEDUCTIVE = "deductive", _("déductive (secteur)")
    SYSTEMATIC = "systematic", _("systématique (inventaire)")


class LeadKind(models.TextChoices):
    SUBSTITUTION = "substitution", _("substitution")
    MUTUALISATION = "mutualisation", _("mutualisation")


class LeadState(models.TextChoices):
    NEW = "new", _("à trier")
    POSTPONED = "postponed", _("reportée")
    KEPT = "kept", _("gardée")
    REFUSED = "refused", _("écartée")
    GONE = "gone", _("plus d’actualité")


class Reason(models.TextChoices):
    """Why something stops, in the field's eight words."""

    TECHNICAL = "technical", _("technique")
    REGULATORY = "regulatory", _("réglementaire")
    ECONOMIC = "economic", _("économique")
    LOGISTIC = "logistic", _("logistique")
    TRUST = "trust", _("confiance")
    ORGANISATION = "organisation", _("organisation")
    CALENDAR = "calendar", _("calendrier")
    OTHER = "other", _("autre")


class SynergyStage(models.TextChoices):
    LEAD = "lead", _("piste")
    QUALIFIED = "qualified", _("qualifiée")
    STUDY = "study", _("étude de faisabilité")
    NEGOTIATION = "negotiation", _("négociation")
    RUNNING = "running", _("mise en œuvre")
    SUSTAINED = "sustained", _("pérennisée")
    DROPPED = "dropped", _("abandonnée")
    PAUSED = "paused", _("en pause")


STAGE_ORDER = (
    SynergyStage.LEAD,
    SynergyStage.QUALIFIED,
    SynergyStage.STUDY,
    SynergyStage.NEGOTIATION,
    SynergyStage.RUNNING,
    SynergyStage.SUSTAINED,
)
OPERATIONAL_STAGES = (SynergyStage.RUNNING, SynergyStage.SUSTAINED)
SILENCE_DAYS = {  # nothing noted for so many days: the synergy is shown as silent
    SynergyStage.LEAD: 30,
    SynergyStage.QUALIFIED: 21,
    SynergyStage.STUDY: 21,
    SynergyStage.NEGOTIATION: 14,
    SynergyStage.RUNNING: 90,
    SynergyStage.SUSTAINED: 365,
}


class PartyRole(models.TextChoices):
    GIVER = "giver", _("donneur")
    TAKER = "taker", _("preneur")
    CARRIER = "carrier", _("transporteur")
    TRANSFORMER = "transformer", _("transformateur")
    PILOT = "pilot", _("pilote")
    FUNDER = "funder", _("financeur")
    SHARER = "sharer", _("participant")


class ImpactIndicator(models.TextChoices):
    WASTE_AVOIDED = "waste_avoided", _("déchets évités")
    WASTE_DIVERTED = "waste_diverted", _("déchets détournés")
    VIRGIN_SUBSTITUTED = "virgin_substituted", _("matière vierge substituée")
    HAZARDOUS_WASTE = "hazardous_waste", _("déchets dangereux évités")
    CO2_AVOIDED = "co2_avoided", _("émissions évitées")
    ENERGY_SAVED = "energy_saved", _("énergie économisée ou récupérée")
    WATER_SAVED = "water_saved", _("eau économisée")
    SAVINGS = "savings", _("économies")
    NEW_SALES = "new_sales", _("ventes nouvelles")
    INVESTMENT_PRIVATE = "investment_private", _("investissement privé")
    INVESTMENT_PUBLIC = "investment_public", _("investissement public")
    JOBS = "jobs", _("emplois créés ou maintenus")
    TRANSPORT = "transport", _("transport")


class ImpactState(models.TextChoices):
    POTENTIAL = "potential", _("potentiel")
    EXPECTED = "expected", _("attendu")
    REALISED = "realised", _("réalisé")
