"""Kinds and stages of the mobilisation."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class OrganisationKind(models.TextChoices):
    COMPANY = "company", _("entreprise")
    COLLECTIVITE = "collectivite", _("collectivité")
    CHAMBER = "chamber", _("chambre consulaire")
    CLUB = "club", _("club d’entreprises")
    RELAY = "relay", _("relais")
    RESEARCH = "research", _("recherche et formation")
    FUNDER = "funder", _("financeur")
    CONSULTANCY = "consultancy", _("bureau d’études")
    OTHER = "other", _("autre")


class EngagementStage(models.TextChoices):
    TO_CONTACT = "to_contact", _("à contacter")
    CONTACTED = "contacted", _("contacté")
    MET = "met", _("rencontré")
    ENGAGED = "engaged", _("engagé")
    REFUSED = "refused", _("refusé")


class InteractionKind(models.TextChoices):
    CALL = "call", _("appel")
    VISIT = "visit", _("visite")
    MAIL = "mail", _("courriel")
    MEETING = "meeting", _("réunion")
    EVENT = "event", _("événement")
    NOTE = "note", _("note")


class Source(models.TextChoices):
    SIRENE = "sirene", _("fichier Sirene")
    REGISTER = "register", _("API Recherche d’entreprises")
    HAND = "hand", _("saisie")
    PUBLIC = "public", _("source publique")
    DEMONSTRATION = "demonstration", _("démonstration")


class PositionSource(models.TextChoices):
    LAMBERT = "lambert", _("coordonnées Lambert-93 du fichier Sirene")
    REGISTER = "register", _("coordonnées de l’API Recherche d’entreprises")
    COMMUNE = "commune", _("point de la commune")
    HAND = "hand", _("saisie")
    UNKNOWN = "unknown", _("position inconnue")


class Diffusion(models.TextChoices):
    OPEN = "open", _("diffusible")
    PARTIAL = "partial", _("diffusion partielle")


class LegalBasis(models.TextChoices):
    CONSENT = "consent", _("consentement")
    LEGITIMATE_INTEREST = "legitimate_interest", _("intérêt légitime")
    PUBLIC_TASK = "public_task", _("mission d’intérêt public")


class ImportCount(models.TextChoices):
    """What is counted when a Sirene file is read, in the order of the page."""

    READ = "read", _("lignes lues")
    KEPT = "kept", _("établissements ouverts du périmètre")
    NEW = "new", _("nouveaux")
    CHANGED = "changed", _("modifiés")
    UNCHANGED = "unchanged", _("inchangés")
    CLOSING = "closing", _("connus, fermés depuis")
    CLOSED = "closed", _("fermés, laissés de côté")
    OTHER_DIVISIONS = "other_divisions", _("d’autres activités")
    OUTSIDE = "outside", _("hors du périmètre")
    PARTIAL = "partial", _("à diffusion partielle")
    UNNAMED = "unnamed", _("sans nom dans le fichier")
    UNPLACED = "unplaced", _("sans position")
    FAULTY = "faulty", _("lignes à corriger")
