"""States of a report, nature of an indicator."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ReportState(models.TextChoices):
    DRAFT = "draft", _("brouillon")
    BUILDING = "building", _("en préparation")
    FROZEN = "frozen", _("figé")
    TRANSMITTED = "transmitted", _("transmis")


class ReportKind(models.TextChoices):
    ANNUAL = "annual", _("rapport annuel")


class ReportOrigin(models.TextChoices):
    ASKED = "asked", _("demandé")
    CALENDAR = "calendar", _("échéance du calendrier")
