"""Asking establishments for their flows, by personal link."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from actors.models import Contact, Establishment
from eit_platform.common.scoping import ScopedQuerySet, Versioned, demarche_ids_for
from synergies.enums import QuestionnaireState
from territories.enums import Role
from territories.models import DemarcheOwned


class CampaignQuerySet(ScopedQuerySet):
    def visible_to(self, user):
        """Campaigns are the team's work."""
        return self.filter(demarche_id__in=demarche_ids_for(user, Role.MANAGER, Role.COLLEAGUE))


class Campaign(DemarcheOwned, Versioned):
    """One message sent to chosen establishments, and what came back."""

    title = models.CharField(max_length=160)
    message_subject = models.CharField(max_length=200)
    message_body = models.TextField()
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    sent_at = models.DateTimeField(null=True, blank=True)
    closes_on = models.DateField(null=True, blank=True)

    objects = CampaignQuerySet.as_manager()

    class Meta:
        verbose_name = _("campagne")
        verbose_name_plural = _("campagnes")
        ordering = ["-id"]


class Questionnaire(DemarcheOwned):
    """What one establishment is asked; its answers become flows as they are typed."""

    campaign = models.ForeignKey(Campaign, null=True, blank=True, on_delete=models.CASCADE, related_name="questionnaires")
    establishment = models.ForeignKey(Establishment, on_delete=models.CASCADE, related_name="questionnaires")
    contact = models.ForeignKey(Contact, null=True, blank=True, on_delete=models.SET_NULL, related_name="questionnaires")
    recipient = models.EmailField(blank=True)
    state = models.CharField(max_length=8, choices=QuestionnaireState.choices, default=QuestionnaireState.TO_SEND)
    sent_at = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    refused_at = models.DateTimeField(null=True, blank=True)
    refusal_reason = models.CharField(max_length=300, blank=True)

    objects = CampaignQuerySet.as_manager()

    class Meta:
        verbose_name = _("questionnaire")
        verbose_name_plural = _("questionnaires")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["demarche", "campaign", "establishment"], name="one_questionnaire_per_campaign_and_site"
            ),
        ]


class PersonalLinkQuerySet(models.QuerySet):
    def live(self):
        return self.filter(revoked_at=None, expires_at__gt=timezone.now())


class PersonalLink(models.Model):
    """One link per message sent; only the hash of its 256-bit token is kept."""

    demarche = models.ForeignKey("territories.Demarche", on_delete=models.CASCADE, related_name="+")
    questionnaire = models.ForeignKey(Questionnaire, on_delete=models.CASCADE, related_name="links")
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    objects = PersonalLinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("lien personnel")
        verbose_name_plural = _("liens personnels")


class AnswerDraft(models.Model):
    """What is being typed on one screen of a questionnaire, kept at each step until it becomes a flow."""

    demarche = models.ForeignKey("territories.Demarche", on_delete=models.CASCADE, related_name="+")
    questionnaire = models.ForeignKey(Questionnaire, on_delete=models.CASCADE, related_name="drafts")
    flow = models.ForeignKey("synergies.Flow", null=True, blank=True, on_delete=models.CASCADE, related_name="answer_drafts")
    position = models.PositiveSmallIntegerField()
    step = models.CharField(max_length=20)
    values = models.JSONField(default=dict)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("réponse en cours")
        verbose_name_plural = _("réponses en cours")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["demarche", "questionnaire", "position"], name="one_draft_per_position"),
        ]
