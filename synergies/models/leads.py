"""What the engine computed, and what people were shown of it."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from eit_platform.common.scoping import ScopedQuerySet, Versioned, demarche_ids_for
from synergies.enums import Detection, LeadKind, LeadState, Reason
from synergies.models.flows import Flow
from territories.enums import Confidentiality, Role
from territories.models import DemarcheOwned


class TeamQuerySet(ScopedQuerySet):
    def visible_to(self, user):
        return self.filter(demarche_id__in=demarche_ids_for(user, Role.MANAGER, Role.COLLEAGUE))


class MatchingPass(DemarcheOwned):
    """One run of the engine over a démarche; readers use the published one only."""

    job = models.ForeignKey("operations.Job", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    engine_version = models.CharField(max_length=20)
    weights = models.JSONField(default=dict)
    flow_count = models.PositiveIntegerField(default=0)
    match_count = models.PositiveIntegerField(default=0)
    published_at = models.DateTimeField(null=True, blank=True)
    is_current = models.BooleanField(default=False)

    objects = TeamQuerySet.as_manager()

    class Meta:
        verbose_name = _("passe de rapprochement")
        verbose_name_plural = _("passes de rapprochement")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["demarche"], condition=Q(is_current=True), name="one_current_pass_per_demarche"),
        ]


class Match(models.Model):
    """A row of the engine: one offer, one need, their score and its parts. Many, without history."""

    demarche = models.ForeignKey("territories.Demarche", on_delete=models.CASCADE, related_name="+")
    matching_pass = models.ForeignKey(MatchingPass, on_delete=models.CASCADE, related_name="matches")
    offer = models.ForeignKey(Flow, on_delete=models.CASCADE, related_name="matches_as_offer")
    need = models.ForeignKey(Flow, on_delete=models.CASCADE, related_name="matches_as_need")
    rank = models.PositiveSmallIntegerField()
    score = models.FloatField()
    parts = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("rapprochement")
        verbose_name_plural = _("rapprochements")
        constraints = [
            models.UniqueConstraint(fields=["demarche", "matching_pass", "offer", "need"], name="one_match_per_pair_and_pass"),
        ]


class LeadQuerySet(ScopedQuerySet):
    def visible_to(self, user):
        """Manager: all. Colleague: not those that rest on a private flow. Others: none before an introduction."""
        if not user.is_authenticated:
            return self.none()
        private = LeadFlow.objects.filter(flow__confidentiality=Confidentiality.PRIVATE).values("lead_id")
        return self.filter(
            Q(demarche_id__in=demarche_ids_for(user, Role.MANAGER))
            | Q(demarche_id__in=demarche_ids_for(user, Role.COLLEAGUE)) & ~Q(pk__in=private)
        )

    def to_sort(self):
        return self.filter(state=LeadState.NEW)


class Lead(DemarcheOwned, Versioned):
    """Piste: a match shown to people, or a possibility noted by hand; not yet worked on."""

    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=13, choices=LeadKind.choices)
    detection = models.CharField(max_length=10, choices=Detection.choices)
    state = models.CharField(max_length=9, choices=LeadState.choices, default=LeadState.NEW)
    title = models.CharField(max_length=300)
    family = models.CharField(max_length=10)
    score = models.FloatField(default=0, help_text="0 to 1, from the engine.")
    parts = models.JSONField(default=dict, blank=True, help_text="Parts of the score, as stored by the engine.")
    engine_version = models.CharField(max_length=20, blank=True)
    pair_key = models.CharField(max_length=120, help_text="Identity of the pair or group: a refused one never comes back.")
    distance_km = models.FloatField(null=True, blank=True)
    yearly_quantity = models.DecimalField(max_digits=20, decimal_places=6, null=True, blank=True)
    yearly_unit = models.CharField(max_length=8, blank=True)
    postponed_until = models.DateField(null=True, blank=True)
    refusal_reason = models.CharField(max_length=12, choices=Reason.choices, blank=True)
    refusal_note = models.CharField(max_length=300, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    objects = LeadQuerySet.as_manager()

    class Meta:
        verbose_name = _("piste")
        verbose_name_plural = _("pistes")
        ordering = ["-score", "id"]
        constraints = [
            models.UniqueConstraint(fields=["demarche", "number"], name="one_lead_per_number"),
            models.UniqueConstraint(fields=["demarche", "pair_key"], name="one_lead_per_pair"),
            models.CheckConstraint(condition=~Q(state="refused") | ~Q(refusal_reason=""), name="refused_lead_has_a_reason"),
            models.CheckConstraint(
                condition=~Q(state="postponed") | Q(postponed_until__isnull=False), name="postponed_lead_has_a_date"
            ),
        ]
        indexes = [models.Index(fields=["demarche", "state", "-score", "id"], name="lead_by_state_and_score")]

    def __str__(self):
        return self.title


class LeadFlow(models.Model):
    """The flows of a lead: one offer and one need, or the same need at several sites."""

    demarche = models.ForeignKey("territories.Demarche", on_delete=models.CASCADE, related_name="+")
    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="lead_flows")
    flow = models.ForeignKey(Flow, on_delete=models.CASCADE, related_name="lead_flows")

    class Meta:
        verbose_name = _("flux d’une piste")
        verbose_name_plural = _("flux d’une piste")
        constraints = [models.UniqueConstraint(fields=["demarche", "lead", "flow"], name="one_flow_once_per_lead")]
