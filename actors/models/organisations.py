"""Organisations and their establishments."""

import pghistory
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _

from actors.enums import Diffusion, OrganisationKind, PositionSource, Source
from eit_platform.common.scoping import ScopedQuerySet, Versioned, demarche_ids_for
from territories.enums import Role
from territories.models import DemarcheOwned

OPEN_ROLES = (Role.MANAGER, Role.COLLEAGUE, Role.ELECTED, Role.PARTNER)


class OrganisationQuerySet(ScopedQuerySet):
    def visible_to(self, user):
        """The directory is open to team, élu(e) and partners; a company sees its own organisation only."""
        if not user.is_authenticated:
            return self.none()
        own = Establishment.objects.filter(accesses__membership__user=user, accesses__membership__ended_at=None)
        return self.filter(
            models.Q(demarche_id__in=demarche_ids_for(user, *OPEN_ROLES)) | models.Q(pk__in=own.values("organisation_id"))
        )


@pghistory.track(pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Organisation(DemarcheOwned, Versioned):
    """A company (SIREN) or another body of the territory."""

    siren = models.CharField(max_length=9, blank=True)
    country = models.CharField(max_length=2, default="FR")
    foreign_number = models.CharField(max_length=40, blank=True, help_text="Handelsregister, BCE… when there is no SIREN.")
    name = models.CharField(max_length=200)
    folded_name = models.CharField(max_length=200)
    acronym = models.CharField(max_length=40, blank=True)
    kind = models.CharField(max_length=14, choices=OrganisationKind.choices, default=OrganisationKind.COMPANY)
    legal_category = models.CharField(max_length=4, blank=True)
    website = models.URLField(blank=True)
    source = models.CharField(max_length=14, choices=Source.choices, default=Source.HAND)
    source_note = models.CharField(max_length=400, blank=True)
    archived_at = models.DateTimeField(null=True, blank=True)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        ordering = ["folded_name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["demarche", "siren"], condition=~models.Q(siren=""), name="one_organisation_per_siren"
            ),
            models.CheckConstraint(condition=~models.Q(name=""), name="organisation_has_a_name"),
        ]

    def __str__(self):
        return self.name


class EstablishmentQuerySet(ScopedQuerySet):
    def visible_to(self, user):
        """Team, élu(e) and partners see the directory; a company sees the sites it has been given."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(
            models.Q(demarche_id__in=demarche_ids_for(user, *OPEN_ROLES))
            | models.Q(
                pk__in=self.model.objects.filter(accesses__membership__user=user, accesses__membership__ended_at=None).values(
                    "pk"
                )
            )
        )

    def open(self):
        return self.filter(closed_on=None, archived_at=None)

    def for_lists(self):
        return self.select_related("organisation", "commune", "naf", "headcount", "engagement")


@pghistory.track(pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Establishment(DemarcheOwned, Versioned):
    """One site, by its SIRET when it has one."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="establishments")
    siret = models.CharField(max_length=14, blank=True)
    country = models.CharField(max_length=2, default="FR")
    foreign_number = models.CharField(max_length=40, blank=True)
    name = models.CharField(max_length=200, help_text="Usual name or sign; never empty.")
    folded_name = models.CharField(max_length=200)
    name_is_fallback = models.BooleanField(default=False, help_text="No name in the file: « Établissement 123… ».")
    address = models.CharField(max_length=250, blank=True)
    postal_code = models.CharField(max_length=10, blank=True)
    commune = models.ForeignKey("territories.Commune", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    commune_label = models.CharField(max_length=120, blank=True, help_text="As written by the source, or abroad.")
    naf = models.ForeignKey("actors.NafCode", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    naf_2025 = models.CharField(max_length=6, blank=True)
    headcount = models.ForeignKey("actors.HeadcountBand", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    headcount_year = models.PositiveSmallIntegerField(null=True, blank=True)
    is_head_office = models.BooleanField(default=False)
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    position_source = models.CharField(max_length=10, choices=PositionSource.choices, default=PositionSource.UNKNOWN)
    diffusion = models.CharField(max_length=8, choices=Diffusion.choices, default=Diffusion.OPEN)
    opened_on = models.DateField(null=True, blank=True)
    closed_on = models.DateField(null=True, blank=True)
    icpe_regime = models.CharField(max_length=20, blank=True)
    surface_m2 = models.PositiveIntegerField(null=True, blank=True)
    notes = models.TextField(blank=True)
    source = models.CharField(max_length=14, choices=Source.choices, default=Source.HAND)
    source_note = models.CharField(max_length=400, blank=True)
    archived_at = models.DateTimeField(null=True, blank=True)

    objects = EstablishmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("établissement")
        verbose_name_plural = _("établissements")
        ordering = ["folded_name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["demarche", "siret"], condition=~models.Q(siret=""), name="one_establishment_per_siret"
            ),
            models.CheckConstraint(condition=~models.Q(name=""), name="establishment_has_a_name"),
            models.CheckConstraint(
                condition=models.Q(latitude=None, longitude=None)
                | models.Q(latitude__range=(-90, 90), longitude__range=(-180, 180)),
                name="establishment_position",
            ),
        ]
        indexes = [
            models.Index(fields=["demarche", "folded_name", "id"], name="establishment_by_name"),
            models.Index(fields=["demarche", "naf"], name="establishment_by_naf"),
            models.Index(fields=["demarche", "commune"], name="establishment_by_commune"),
            GinIndex(OpClass(Upper("folded_name"), "gin_trgm_ops"), name="establishment_name_trigrams"),
        ]

    def __str__(self):
        return self.name
