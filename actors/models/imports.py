"""A company file read, previewed, then imported whole or not at all."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from actors.models.mobilisation import TeamQuerySet
from territories.models import DemarcheOwned


class ImportState(models.TextChoices):
    PREVIEWED = "previewed", _("à confirmer")
    IMPORTED = "imported", _("importé")
    ABANDONED = "abandoned", _("abandonné")


class SireneImport(DemarcheOwned):
    """One reading of a Sirene file: what it holds, what it would change, what it changed."""

    file = models.ForeignKey("operations.StoredFile", null=True, on_delete=models.SET_NULL, related_name="+")
    names_file = models.ForeignKey("operations.StoredFile", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    file_name = models.CharField(max_length=255)
    state = models.CharField(max_length=10, choices=ImportState.choices, default=ImportState.PREVIEWED)
    encoding = models.CharField(max_length=20, blank=True)
    separator = models.CharField(max_length=5, blank=True)
    compression = models.CharField(max_length=10, blank=True)
    naf_divisions = models.JSONField(default=list)
    counts = models.JSONField(default=dict, help_text="read, kept, new, changed, unchanged, closed, outside, faulty…")
    faults = models.JSONField(default=list, help_text="[{line, column, found, expected}], the first 200.")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    imported_at = models.DateTimeField(null=True, blank=True)

    objects = TeamQuerySet.as_manager()

    class Meta:
        verbose_name = _("import Sirene")
        verbose_name_plural = _("imports Sirene")
        ordering = ["-id"]
