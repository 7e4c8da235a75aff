"""Indicators of a démarche, their targets and values."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from eit_platform.common.scoping import ScopedQuerySet, Versioned, demarche_ids_for
from territories.enums import Role
from territories.models import DemarcheOwned


class IndicatorQuerySet(ScopedQuerySet):
    def visible_to(self, user):
        """Indicators are read by the team, the élu(e) and the partners."""
        return self.filter(demarche_id__in=demarche_ids_for(user, Role.MANAGER, Role.COLLEAGUE, Role.ELECTED, Role.PARTNER))


class Indicator(DemarcheOwned, Versioned):
    """Something measured over time; `formula` names the platform's own computation, empty when typed by hand."""

    code = models.SlugField(max_length=60)
    label = models.CharField(max_length=200)
    unit = models.CharField(max_length=20, blank=True)
    formula = models.CharField(max_length=60, blank=True)
    reference = models.CharField(max_length=120, blank=True, help_text="eci_18, eci_19…")

    objects = IndicatorQuerySet.as_manager()

    class Meta:
        verbose_name = _("indicateur")
        verbose_name_plural = _("indicateurs")
        ordering = ["code"]
        constraints = [models.UniqueConstraint(fields=["demarche", "code"], name="one_indicator_per_code")]

    def __str__(self):
        return self.label


class Target(DemarcheOwned):
    indicator = models.ForeignKey(Indicator, on_delete=models.CASCADE, related_name="targets")
    year = models.PositiveSmallIntegerField()
    value = models.DecimalField(max_digits=20, decimal_places=6)

    objects = IndicatorQuerySet.as_manager()

    class Meta:
        verbose_name = _("cible")
        verbose_name_plural = _("cibles")
        ordering = ["year"]
        constraints = [models.UniqueConstraint(fields=["demarche", "indicator", "year"], name="one_target_per_year")]


class Measurement(DemarcheOwned):
    indicator = models.ForeignKey(Indicator, on_delete=models.CASCADE, related_name="measurements")
    measured_on = models.DateField()
    value = models.DecimalField(max_digits=20, decimal_places=6)
    note = models.CharField(max_length=300, blank=True)
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    objects = IndicatorQuerySet.as_manager()

    class Meta:
        verbose_name = _("valeur")
        verbose_name_plural = _("valeurs")
        ordering = ["measured_on"]
        constraints = [
            models.UniqueConstraint(fields=["demarche", "indicator", "measured_on"], name="one_measurement_per_day"),
        ]
