"""What can flow: resources, waste codes, and what serves what. Shared by all démarches."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from synergies.enums import Direction, Family


class Resource(models.Model):
    """Node of the taxonomy: family (level 1), group (2), leaf (3)."""

    code = models.CharField(max_length=80, primary_key=True)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    level = models.PositiveSmallIntegerField()
    family = models.CharField(max_length=10, choices=Family.choices)
    label = models.CharField(max_length=120)
    folded_label = models.CharField(max_length=120)
    synonyms = ArrayField(models.CharField(max_length=120), default=list, blank=True)
    base_unit = models.CharField(max_length=8, blank=True, help_text="Unit of the yearly quantity: t, MWh, m3, m2, h, piece.")
    usual_units = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    waste_codes = ArrayField(models.CharField(max_length=6), default=list, blank=True)
    reach_km = models.FloatField(default=50, help_text="Characteristic distance of the decay.")
    max_km = models.FloatField(null=True, blank=True)
    density_t_per_m3 = models.DecimalField(max_digits=8, decimal_places=4, null=True, blank=True)
    density_source = models.CharField(max_length=200, blank=True)
    physical_state = models.CharField(max_length=8, blank=True)
    hazardous_possible = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("ressource")
        verbose_name_plural = _("ressources")
        ordering = ["folded_label"]

    def __str__(self):
        return self.label


class Compatibility(models.Model):
    """An offer of one resource that can serve a need of another, with what it takes."""

    offer = models.ForeignKey(Resource, on_delete=models.CASCADE, related_name="serves")
    need = models.ForeignKey(Resource, on_delete=models.CASCADE, related_name="served_by")
    value = models.FloatField(help_text="0 to 1.")
    transformation = models.CharField(max_length=300, blank=True)
    source = models.CharField(max_length=300)

    class Meta:
        verbose_name = _("compatibilité")
        verbose_name_plural = _("compatibilités")
        constraints = [
            models.UniqueConstraint(fields=["offer", "need"], name="one_compatibility_per_pair"),
            models.CheckConstraint(condition=models.Q(value__gt=0, value__lte=1), name="compatibility_between_0_and_1"),
        ]


class SectorProfile(models.Model):
    """A flow that sites of a sector usually have: a proposal to confirm, never data."""

    naf_prefix = models.CharField(max_length=6, db_index=True)
    direction = models.CharField(max_length=5, choices=Direction.choices)
    resource = models.ForeignKey(Resource, on_delete=models.CASCADE, related_name="+")
    weight = models.FloatField()
    source = models.CharField(max_length=300)

    class Meta:
        verbose_name = _("profil sectoriel")
        verbose_name_plural = _("profils sectoriels")
        constraints = [
            models.UniqueConstraint(fields=["naf_prefix", "direction", "resource"], name="one_profile_line_per_flow"),
        ]


class WasteCode(models.Model):
    """European List of Waste: six digits, hazardous or not."""

    code = models.CharField(max_length=6, primary_key=True)
    label = models.CharField(max_length=400)
    folded_label = models.CharField(max_length=400)
    chapter = models.CharField(max_length=300, blank=True)
    hazardous = models.BooleanField()

    class Meta:
        verbose_name = _("code déchet")
        verbose_name_plural = _("codes déchet")
        ordering = ["code"]

    def __str__(self):
        return f"{self.display_code} {self.label}"

    @property
    def display_code(self) -> str:
        """« 07 07 08* » as the decision prints it."""
        code = f"{self.code[:2]} {self.code[2:4]} {self.code[4:]}"
        return f"{code}*" if self.hazardous else code
