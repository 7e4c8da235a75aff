"""The tenant of all data, and its network."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from eit_platform.common.scoping import Dated, Identified, ScopedQuerySet, Versioned, demarche_ids_for
from territories.enums import Confidentiality, Role


class Network(Identified, Dated):
    """The démarches of a region."""

    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=160)

    class Meta:
        verbose_name = _("réseau régional")
        verbose_name_plural = _("réseaux régionaux")
        ordering = ["name"]

    def __str__(self):
        return self.name


class DemarcheQuerySet(ScopedQuerySet):
    def visible_to(self, user):
        """The démarches the person is a member of."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(pk__in=demarche_ids_for(user))

    def in_network_of(self, user):
        """The démarches of the networks the person animates."""
        if not user.is_authenticated:
            return self.none()
        animated = user.memberships.filter(role=Role.NETWORK, ended_at=None).values("network_id")
        return self.filter(network_id__in=animated)


class Demarche(Identified, Dated, Versioned):
    """A multi-year programme of EIT on a perimeter of communes."""

    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=160)
    carrier = models.CharField(max_length=160, blank=True, help_text="Collectivité or club that carries it.")
    network = models.ForeignKey(Network, null=True, blank=True, on_delete=models.PROTECT, related_name="demarches")
    communes = models.ManyToManyField("territories.Commune", blank=True, related_name="demarches")
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    default_confidentiality = models.CharField(max_length=12, choices=Confidentiality.choices, default=Confidentiality.DEMARCHE)
    naf_divisions = models.JSONField(default=list, blank=True, help_text="Divisions chosen at the last import.")
    report_month = models.PositiveSmallIntegerField(default=1, help_text="Month when the annual report is due (1–12).")
    report_day = models.PositiveSmallIntegerField(default=31)
    driving_actors_target = models.PositiveIntegerField(null=True, blank=True)
    synergies_target = models.PositiveIntegerField(null=True, blank=True)
    is_documentary = models.BooleanField(default=False, help_text="Public facts only: nothing is added to them.")
    is_demonstration = models.BooleanField(default=False)
    archived_at = models.DateTimeField(null=True, blank=True)

    objects = DemarcheQuerySet.as_manager()

    class Meta:
        verbose_name = _("démarche")
        verbose_name_plural = _("démarches")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on=None) | models.Q(starts_on=None) | models.Q(ends_on__gt=models.F("starts_on")),
                name="demarche_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=models.Q(report_month__range=(1, 12), report_day__range=(1, 31)), name="demarche_report_date"
            ),
        ]

    def __str__(self):
        return self.name


class DemarcheOwned(Identified, Dated):
    """A row of one démarche. Every unique constraint of it starts with `demarche`."""

    demarche = models.ForeignKey(Demarche, on_delete=models.CASCADE, related_name="+")

    class Meta:
        abstract = True
