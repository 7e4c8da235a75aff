"""Nomenclatures of activity and headcount, shared by all démarches."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class NafDivision(models.Model):
    """Two-digit division of NAF rév. 2, with its section letter."""

    code = models.CharField(max_length=2, primary_key=True)
    label = models.CharField(max_length=250)
    section = models.CharField(max_length=1)

    class Meta:
        verbose_name = _("division NAF")
        verbose_name_plural = _("divisions NAF")
        ordering = ["code"]

    def __str__(self):
        return f"{self.code} {self.label}"


class NafCode(models.Model):
    """Five-character code of NAF rév. 2, such as 10.81Z."""

    code = models.CharField(max_length=6, primary_key=True)
    label = models.CharField(max_length=250)
    folded_label = models.CharField(max_length=250)
    division = models.ForeignKey(NafDivision, on_delete=models.PROTECT, related_name="codes")

    class Meta:
        verbose_name = _("code NAF")
        verbose_name_plural = _("codes NAF")
        ordering = ["code"]

    def __str__(self):
        return f"{self.code} {self.label}"


class HeadcountBand(models.Model):
    """INSEE band of employees of an establishment."""

    code = models.CharField(max_length=2, primary_key=True)
    label = models.CharField(max_length=60)
    minimum = models.PositiveIntegerField(null=True, blank=True)
    maximum = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        verbose_name = _("tranche d’effectifs")
        verbose_name_plural = _("tranches d’effectifs")
        ordering = ["code"]

    def __str__(self):
        return self.label
