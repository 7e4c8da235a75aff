"""A report: built by a job, then frozen, numbered, transmitted."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from eit_platform.common.scoping import ScopedQuerySet, Versioned, demarche_ids_for
from reporting.enums import ReportKind, ReportOrigin, ReportState
from territories.enums import Role
from territories.models import DemarcheOwned


class ReportQuerySet(ScopedQuerySet):
    def visible_to(self, user):
        """Drafts belong to the team; the élu(e) and the partners read what is frozen."""
        return self.filter(
            Q(demarche_id__in=demarche_ids_for(user, Role.MANAGER, Role.COLLEAGUE))
            | Q(
                demarche_id__in=demarche_ids_for(user, Role.ELECTED, Role.PARTNER),
                state__in=[ReportState.FROZEN, ReportState.TRANSMITTED],
            )
        )

    def frozen(self):
        return self.filter(state__in=[ReportState.FROZEN, ReportState.TRANSMITTED])


class Report(DemarcheOwned, Versioned):
    """Its data are copied at the freeze: they do not change when the démarche does."""

    kind = models.CharField(max_length=8, choices=ReportKind.choices, default=ReportKind.ANNUAL)
    origin = models.CharField(max_length=8, choices=ReportOrigin.choices, default=ReportOrigin.ASKED)
    year = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField(null=True, blank=True, help_text="Given at the freeze.")
    title = models.CharField(max_length=200)
    introduction = models.TextField(blank=True, help_text="A word by the chargé(e) de mission.")
    state = models.CharField(max_length=11, choices=ReportState.choices, default=ReportState.DRAFT)
    due_on = models.DateField(null=True, blank=True)
    job = models.ForeignKey("operations.Job", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    data = models.JSONField(default=dict, blank=True)
    data_sha256 = models.CharField(max_length=64, blank=True)
    pdf = models.ForeignKey("operations.StoredFile", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    data_file = models.ForeignKey("operations.StoredFile", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    frozen_at = models.DateTimeField(null=True, blank=True)
    transmitted_on = models.DateField(null=True, blank=True)

    objects = ReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("rapport")
        verbose_name_plural = _("rapports")
        ordering = ["-year", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["demarche", "number"], name="one_report_per_number"),
            models.UniqueConstraint(
                fields=["demarche", "kind", "year"], condition=Q(origin="calendar"), name="one_calendar_report_per_year"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["frozen", "transmitted"])
                | Q(number__isnull=False, frozen_at__isnull=False, pdf__isnull=False),
                name="frozen_report_is_complete",
            ),
        ]

    def __str__(self):
        return self.title
