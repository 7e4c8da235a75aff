"""Figures of a synergy, each with its state, period, method and factor."""

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from eit_platform.common.scoping import Versioned
from synergies.enums import ImpactIndicator, ImpactState
from synergies.models.followup import Synergy, SynergyChildQuerySet
from territories.models import DemarcheOwned


class EmissionFactor(models.Model):
    """A factor of the Base Carbone with its version; old results keep the version they used."""

    code = models.CharField(max_length=120)
    version = models.CharField(max_length=20)
    ademe_id = models.CharField(max_length=20, blank=True)
    label = models.CharField(max_length=250)
    category = models.CharField(max_length=40, db_index=True)
    value = models.DecimalField(max_digits=20, decimal_places=6)
    unit = models.CharField(max_length=30, help_text="kgCO2e/t, kgCO2e/kWh, kgCO2e/tkm…")
    uncertainty_pct = models.DecimalField(max_digits=6, decimal_places=2, null=True, blank=True)
    source = models.CharField(max_length=250)
    validity = models.CharField(max_length=60, blank=True)
    resource_hint = models.CharField(max_length=80, blank=True)
    is_provisional = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("facteur d’émission")
        verbose_name_plural = _("facteurs d’émission")
        ordering = ["label", "id"]
        constraints = [models.UniqueConstraint(fields=["code", "version"], name="one_factor_per_code_and_version")]

    def __str__(self):
        return self.label


@pghistory.track(pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Impact(DemarcheOwned, Versioned):
    """One figure of a synergy for one year."""

    synergy = models.ForeignKey(Synergy, on_delete=models.CASCADE, related_name="impacts")
    indicator = models.CharField(max_length=20, choices=ImpactIndicator.choices)
    state = models.CharField(max_length=9, choices=ImpactState.choices)
    year = models.PositiveSmallIntegerField()
    value = models.DecimalField(max_digits=20, decimal_places=6)
    unit = models.CharField(max_length=12)
    low = models.DecimalField(max_digits=20, decimal_places=6, null=True, blank=True)
    high = models.DecimalField(max_digits=20, decimal_places=6, null=True, blank=True)
    method = models.CharField(max_length=300, help_text="How the figure was obtained.")
    terms = models.JSONField(default=list, blank=True, help_text="Terms of the calculation, with input and factor of each.")
    factor = models.ForeignKey(EmissionFactor, null=True, blank=True, on_delete=models.PROTECT, related_name="impacts")
    former_outlet = models.CharField(max_length=60, blank=True)
    beneficiary = models.ForeignKey("actors.Establishment", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    attributed_share = models.DecimalField(max_digits=5, decimal_places=4, default=1, help_text="0 to 1.")
    is_recurrent = models.BooleanField(default=True)
    warning = models.TextField(blank=True, help_text="One warning a line, all of them.")
    declared_by = models.CharField(max_length=160, blank=True)
    verified_by = models.CharField(max_length=160, blank=True)
    verified_on = models.DateField(null=True, blank=True)
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    objects = SynergyChildQuerySet.as_manager()

    class Meta:
        verbose_name = _("impact")
        verbose_name_plural = _("impacts")
        ordering = ["year", "indicator", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(attributed_share__gte=0, attributed_share__lte=1), name="impact_share_between_0_and_1"
            ),
            models.CheckConstraint(condition=Q(year__range=(1990, 2100)), name="impact_year"),
        ]
        indexes = [models.Index(fields=["demarche", "state", "indicator", "year"], name="impact_by_state")]
