"""A flow: a quantity of a resource that an establishment has too much of, or lacks."""

import pghistory
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from actors.models import Establishment
from eit_platform.common.scoping import ScopedQuerySet, Versioned, demarche_ids_for
from synergies.enums import Certainty, Direction, FlowState, Packaging, Period, PhysicalState, Provenance
from synergies.models.taxonomy import Resource, WasteCode
from territories.enums import Confidentiality, Role
from territories.models import DemarcheOwned

OPEN_TO_MEMBERS = (Confidentiality.PUBLIC, Confidentiality.NETWORK, Confidentiality.DEMARCHE)


class FlowQuerySet(ScopedQuerySet):
    def visible_to(self, user):
        """The manager sees all, a colleague all but private, an élu(e) and a partner the public ones, a company its own."""
        if not user.is_authenticated:
            return self.none()
        own = Establishment.objects.filter(accesses__membership__user=user, accesses__membership__ended_at=None)
        return self.filter(
            models.Q(demarche_id__in=demarche_ids_for(user, Role.MANAGER))
            | models.Q(demarche_id__in=demarche_ids_for(user, Role.COLLEAGUE), confidentiality__in=OPEN_TO_MEMBERS)
            | models.Q(
                demarche_id__in=demarche_ids_for(user, Role.ELECTED, Role.PARTNER),
                confidentiality=Confidentiality.PUBLIC,
            )
            | models.Q(establishment_id__in=own.values("pk"))
        )

    def active(self):
        return self.filter(state=FlowState.ACTIVE)

    def for_lists(self):
        return self.select_related("resource", "waste_code", "establishment__organisation", "establishment__commune")


@pghistory.track(pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Flow(DemarcheOwned, Versioned):
    """What was typed is kept (quantity, unit, period); `yearly_quantity` is derived, in the resource's base unit."""

    establishment = models.ForeignKey(Establishment, on_delete=models.CASCADE, related_name="flows")
    number = models.PositiveIntegerField()
    direction = models.CharField(max_length=5, choices=Direction.choices)
    label = models.CharField(max_length=200, blank=True, help_text="The company's own words.")
    resource = models.ForeignKey(Resource, null=True, blank=True, on_delete=models.PROTECT, related_name="flows")
    waste_code = models.ForeignKey(WasteCode, null=True, blank=True, on_delete=models.PROTECT, related_name="flows")
    state = models.CharField(max_length=8, choices=FlowState.choices, default=FlowState.ACTIVE)

    quantity = models.DecimalField(max_digits=20, decimal_places=6, null=True, blank=True)
    unit = models.CharField(max_length=20, blank=True)
    period = models.CharField(max_length=5, choices=Period.choices, blank=True)
    quantity_min = models.DecimalField(max_digits=20, decimal_places=6, null=True, blank=True)
    quantity_max = models.DecimalField(max_digits=20, decimal_places=6, null=True, blank=True)
    certainty = models.CharField(max_length=9, choices=Certainty.choices, default=Certainty.ESTIMATED)
    yearly_quantity = models.DecimalField(max_digits=20, decimal_places=6, null=True, blank=True)
    yearly_unit = models.CharField(max_length=8, blank=True)
    conversion_note = models.CharField(max_length=300, blank=True, help_text="Assumption used to get the yearly quantity.")
    monthly_profile = ArrayField(models.DecimalField(max_digits=7, decimal_places=6), size=12, null=True, blank=True)
    available_from = models.DateField(null=True, blank=True)
    available_to = models.DateField(null=True, blank=True)

    physical_state = models.CharField(max_length=8, choices=PhysicalState.choices, blank=True)
    form = models.CharField(max_length=120, blank=True)
    composition = models.TextField(blank=True)
    contaminants = models.TextField(blank=True)
    moisture_pct = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    lower_heating_value = models.DecimalField(max_digits=10, decimal_places=3, null=True, blank=True, help_text="PCI, MWh/t.")
    temperature_c = models.DecimalField(max_digits=7, decimal_places=2, null=True, blank=True)
    pressure_bar = models.DecimalField(max_digits=8, decimal_places=3, null=True, blank=True)
    hours_per_year = models.PositiveIntegerField(null=True, blank=True)
    hazard_properties = ArrayField(models.CharField(max_length=4), default=list, blank=True, help_text="HP1 to HP15.")
    adr_class = models.CharField(max_length=10, blank=True)
    sanitary_constraint = models.CharField(max_length=200, blank=True)
    packaging = models.CharField(max_length=8, choices=Packaging.choices, blank=True)
    storage = models.CharField(max_length=200, blank=True)
    minimum_quality = models.CharField(max_length=300, blank=True, help_text="Needs: the quality below which it is useless.")

    present_counterpart = models.CharField(max_length=200, blank=True, help_text="Present outlet or supplier.")
    treatment_code = models.CharField(max_length=4, blank=True, help_text="R1–R13, D1–D15.")
    present_cost = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    present_cost_unit = models.CharField(max_length=10, blank=True, help_text="EUR/t or EUR/year.")
    hoped_price = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    hoped_price_unit = models.CharField(max_length=10, blank=True)
    contract_ends_on = models.DateField(null=True, blank=True)
    max_distance_km = models.DecimalField(max_digits=7, decimal_places=2, null=True, blank=True)

    confidentiality = models.CharField(max_length=10, choices=Confidentiality.choices, default=Confidentiality.DEMARCHE)
    provenance = models.CharField(max_length=14, choices=Provenance.choices, default=Provenance.HAND)
    provenance_on = models.DateField()
    source_note = models.CharField(max_length=400, blank=True)
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    verified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    verified_on = models.DateField(null=True, blank=True)

    objects = FlowQuerySet.as_manager()

    class Meta:
        verbose_name = _("flux")
        verbose_name_plural = _("flux")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["demarche", "number"], name="one_flow_per_number"),
            models.CheckConstraint(
                condition=models.Q(resource__isnull=False) | ~models.Q(label=""), name="flow_has_a_resource_or_a_label"
            ),
            models.CheckConstraint(
                condition=models.Q(quantity=None) | models.Q(quantity__gte=0), name="flow_quantity_is_not_negative"
            ),
            models.CheckConstraint(
                condition=models.Q(available_to=None)
                | models.Q(available_from=None)
                | models.Q(available_to__gte=models.F("available_from")),
                name="flow_dates_in_order",
            ),
            models.CheckConstraint(
                condition=models.Q(quantity_min=None)
                | models.Q(quantity_max=None)
                | models.Q(quantity_max__gte=models.F("quantity_min")),
                name="flow_range_in_order",
            ),
            models.CheckConstraint(
                condition=models.Q(moisture_pct=None) | models.Q(moisture_pct__range=(0, 100)), name="flow_moisture"
            ),
        ]
        indexes = [
            models.Index(fields=["demarche", "direction", "resource"], name="flow_by_resource"),
            models.Index(fields=["establishment", "state"], name="flow_by_establishment"),
        ]

    def __str__(self):
        return self.label or str(self.resource)
