"""States of what is done later."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class JobState(models.TextChoices):
    QUEUED = "queued", _("en attente")
    RUNNING = "running", _("en cours")
    DONE = "done", _("terminé")
    FAILED = "failed", _("en échec")
    CANCELLED = "cancelled", _("annulé")


class OutboxState(models.TextChoices):
    WAITING = "waiting", _("à envoyer")
    SENT = "sent", _("envoyé")
    FAILED = "failed", _("en échec")
