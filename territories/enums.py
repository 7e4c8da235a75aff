"""Roles and their rank."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    MANAGER = "manager", _("chargé(e) de mission")
    COLLEAGUE = "colleague", _("collègue")
    ELECTED = "elected", _("élu(e) référent(e)")
    PARTNER = "partner", _("partenaire")
    COMPANY = "company", _("entreprise")
    NETWORK = "network", _("animation du réseau régional")
    OPERATOR = "operator", _("exploitant de la plateforme")


DEMARCHE_ROLES = (Role.MANAGER, Role.COLLEAGUE, Role.ELECTED, Role.PARTNER, Role.COMPANY)
TEAM_ROLES = (Role.MANAGER, Role.COLLEAGUE)
SECOND_FACTOR_ROLES = (Role.MANAGER, Role.COLLEAGUE, Role.NETWORK, Role.OPERATOR)


class Confidentiality(models.TextChoices):
    """Who may see a flow; the order goes from open to closed."""

    PUBLIC = "public", _("publique")
    NETWORK = "network", _("réseau régional")
    DEMARCHE = "demarche", _("démarche")
    PRIVATE = "private", _("chargé(e) de mission seul(e)")
