"""A synergy: an exchange being worked on or running, with its parties and its journal."""

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from actors.models import Establishment
from eit_platform.common.scoping import ScopedQuerySet, Versioned, demarche_ids_for
from synergies.enums import STAGE_ORDER, Detection, LeadKind, PartyRole, Reason, SynergyStage
from synergies.models.flows import Flow
from synergies.models.leads import Lead
from territories.enums import Confidentiality, Role
from territories.models import DemarcheOwned


class SynergyQuerySet(ScopedQuerySet):
    def visible_to(self, user):
        """Manager: all. Colleague: not those resting on a private flow. Élu(e): of these, the running ones.

        Company: those it is a party of, once it agreed to be named.
        """
        if not user.is_authenticated:
            return self.none()
        own = Establishment.objects.filter(accesses__membership__user=user, accesses__membership__ended_at=None)
        parties = SynergyParty.objects.filter(establishment_id__in=own.values("pk"), agreed_at__isnull=False)
        private = SynergyParty.objects.filter(flow__confidentiality=Confidentiality.PRIVATE)
        return self.filter(
            Q(demarche_id__in=demarche_ids_for(user, Role.MANAGER))
            | Q(demarche_id__in=demarche_ids_for(user, Role.COLLEAGUE)) & ~Q(pk__in=private.values("synergy_id"))
            | Q(demarche_id__in=demarche_ids_for(user, Role.ELECTED), stage__in=[SynergyStage.RUNNING, SynergyStage.SUSTAINED])
            & ~Q(pk__in=private.values("synergy_id"))
            | Q(pk__in=parties.values("synergy_id"))
        )

    def open(self):
        return self.exclude(stage__in=[SynergyStage.DROPPED, SynergyStage.SUSTAINED])


@pghistory.track(pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Synergy(DemarcheOwned, Versioned):
    """Opened by keeping a lead; stage, next step, owner and due date are on each."""

    number = models.PositiveIntegerField()
    lead = models.OneToOneField(Lead, null=True, blank=True, on_delete=models.SET_NULL, related_name="synergy")
    kind = models.CharField(max_length=13, choices=LeadKind.choices)
    detection = models.CharField(max_length=10, choices=Detection.choices)
    title = models.CharField(max_length=300)
    summary = models.TextField(blank=True)
    family = models.CharField(max_length=10)
    stage = models.CharField(max_length=12, choices=SynergyStage.choices, default=SynergyStage.LEAD)
    furthest_stage = models.CharField(max_length=12, choices=SynergyStage.choices, default=SynergyStage.LEAD)
    stage_since = models.DateField()
    resume_stage = models.CharField(max_length=12, blank=True, help_text="Stage to come back to after a pause.")
    stop_reason = models.CharField(max_length=12, choices=Reason.choices, blank=True)
    stop_note = models.CharField(max_length=400, blank=True)
    opened_on = models.DateField()
    started_on = models.DateField(null=True, blank=True, help_text="First exchange carried out.")
    ended_on = models.DateField(null=True, blank=True)
    is_recurrent = models.BooleanField(default=False)
    yearly_quantity = models.DecimalField(max_digits=20, decimal_places=6, null=True, blank=True)
    yearly_unit = models.CharField(max_length=8, blank=True)
    next_step = models.CharField(max_length=300, blank=True)
    next_step_owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    next_step_due = models.DateField(null=True, blank=True)
    waiting_on = models.CharField(max_length=200, blank=True, help_text="Who must answer, when it isn't us.")
    last_activity_on = models.DateField()
    source_note = models.CharField(max_length=400, blank=True, help_text="Public source of a documented synergy.")

    objects = SynergyQuerySet.as_manager()

    class Meta:
        verbose_name = _("synergie")
        verbose_name_plural = _("synergies")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["demarche", "number"], name="one_synergy_per_number"),
            models.CheckConstraint(
                condition=~Q(stage__in=["dropped", "paused"]) | ~Q(stop_reason=""), name="stopped_synergy_has_a_reason"
            ),
        ]
        indexes = [models.Index(fields=["demarche", "stage"], name="synergy_by_stage")]

    def __str__(self):
        return self.title

    @property
    def stage_index(self) -> int:
        """1 to 6 along the stages; 0 when dropped or paused."""
        return STAGE_ORDER.index(self.stage) + 1 if self.stage in STAGE_ORDER else 0


class SynergyChildQuerySet(ScopedQuerySet):
    def visible_to(self, user):
        """What belongs to a synergy is seen by whoever sees the synergy."""
        return self.filter(synergy_id__in=Synergy.objects.visible_to(user).values("pk"))


class SynergyParty(models.Model):
    """An establishment's part in a synergy; `agreed_at` is its consent to be named to the others."""

    demarche = models.ForeignKey("territories.Demarche", on_delete=models.CASCADE, related_name="+")
    synergy = models.ForeignKey(Synergy, on_delete=models.CASCADE, related_name="parties")
    establishment = models.ForeignKey(Establishment, on_delete=models.CASCADE, related_name="synergy_parties")
    role = models.CharField(max_length=12, choices=PartyRole.choices)
    flow = models.ForeignKey(Flow, null=True, blank=True, on_delete=models.SET_NULL, related_name="synergy_parties")
    agreed_at = models.DateTimeField(null=True, blank=True)
    declined_at = models.DateTimeField(null=True, blank=True)

    objects = SynergyChildQuerySet.as_manager()

    class Meta:
        verbose_name = _("partie d’une synergie")
        verbose_name_plural = _("parties d’une synergie")
        constraints = [
            models.UniqueConstraint(fields=["demarche", "synergy", "establishment", "role"], name="one_role_once_per_party"),
        ]


class JournalKind(models.TextChoices):
    OPENED = "opened", _("ouverture")
    STAGE = "stage", _("changement d’étape")
    NOTE = "note", _("note")
    NEXT_STEP = "next_step", _("prochaine action")
    IMPACT = "impact", _("impact")


class JournalEntry(DemarcheOwned):
    """The journal: one line per change of stage, per note, per next step set or done."""

    synergy = models.ForeignKey(Synergy, on_delete=models.CASCADE, related_name="journal")
    kind = models.CharField(max_length=10, choices=JournalKind.choices)
    happened_on = models.DateField()
    from_stage = models.CharField(max_length=12, blank=True)
    to_stage = models.CharField(max_length=12, blank=True)
    text = models.TextField(blank=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    objects = SynergyChildQuerySet.as_manager()

    class Meta:
        verbose_name = _("ligne de journal")
        verbose_name_plural = _("journal")
        ordering = ["-happened_on", "-id"]
