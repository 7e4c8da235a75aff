"""Official geography, shared by all démarches."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _


class Department(models.Model):
    code = models.CharField(max_length=3, primary_key=True)
    name = models.CharField(max_length=100)

    class Meta:
        verbose_name = _("département")
        verbose_name_plural = _("départements")
        ordering = ["code"]

    def __str__(self):
        return self.name


class Epci(models.Model):
    """Intercommunalité à fiscalité propre, by its SIREN."""

    siren = models.CharField(max_length=9, primary_key=True)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=10, help_text="CA, CC, CU or METRO.")

    class Meta:
        verbose_name = _("EPCI")
        verbose_name_plural = _("EPCI")
        ordering = ["name"]

    def __str__(self):
        return self.name


class Commune(models.Model):
    """A commune of the Code officiel géographique; its point, when known, in WGS84 degrees."""

    code = models.CharField(max_length=5, primary_key=True)
    name = models.CharField(max_length=120)
    folded_name = models.CharField(max_length=120, db_index=True)
    postal_codes = ArrayField(models.CharField(max_length=5), default=list)
    population = models.PositiveIntegerField(null=True, blank=True)
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="communes")
    epci = models.ForeignKey(Epci, null=True, blank=True, on_delete=models.PROTECT, related_name="communes")
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)

    class Meta:
        verbose_name = _("commune")
        verbose_name_plural = _("communes")
        ordering = ["folded_name", "code"]

    def __str__(self):
        return self.name
