"""Writing flows: what was typed is kept, the yearly quantity is derived from it."""

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from eit_platform.common.exceptions import BusinessError
from eit_platform.common.scoping import save_version
from eit_platform.common.units import BASE_UNITS, CONTAINERS, REGISTRY, UNIT_CHOICES, UnitError, to_yearly
from operations.audit import record
from operations.numbering import next_number
from synergies.enums import Direction, FlowState, Provenance
from synergies.models import Flow, Resource, WasteCode
from synergies.services.matching import refresh_for_flow

# What a person or a program may set; the rest is derived or kept by the platform.
FLOW_FIELDS = (
    "direction",
    "label",
    "resource",
    "waste_code",
    "quantity",
    "unit",
    "period",
    "quantity_min",
    "quantity_max",
    "certainty",
    "monthly_profile",
    "available_from",
    "available_to",
    "physical_state",
    "form",
    "composition",
    "contaminants",
    "moisture_pct",
    "lower_heating_value",
    "temperature_c",
    "pressure_bar",
    "hours_per_year",
    "hazard_properties",
    "adr_class",
    "sanitary_constraint",
    "packaging",
    "storage",
    "minimum_quality",
    "present_counterpart",
    "treatment_code",
    "present_cost",
    "present_cost_unit",
    "hoped_price",
    "hoped_price_unit",
    "contract_ends_on",
    "max_distance_km",
    "confidentiality",
    "source_note",
)
# What only the team and the establishment itself read.
COMMERCIAL_FIELDS = (
    "present_counterpart",
    "treatment_code",
    "present_cost",
    "present_cost_unit",
    "hoped_price",
    "hoped_price_unit",
    "contract_ends_on",
)
DERIVED_FIELDS = ("yearly_quantity", "yearly_unit", "conversion_note")
UNITS = frozenset(code for code, _label in UNIT_CHOICES)
ABSOLUTE_ZERO_C = Decimal("-273.15")
HOURS_IN_A_LEAP_YEAR = 8784
PROFILE_TOLERANCE = Decimal("0.001")
_HAZARD = re.compile(r"HP([1-9]|1[0-5])")
_TREATMENT = re.compile(r"R([1-9]|1[0-3])|D([1-9]|1[0-5])")
_NOT_POSITIVE = {
    "quantity_min": gettext_lazy("Le minimum"),
    "quantity_max": gettext_lazy("Le maximum"),
    "pressure_bar": gettext_lazy("La pression"),
    "lower_heating_value": gettext_lazy("Le pouvoir calorifique"),
    "max_distance_km": gettext_lazy("La distance"),
    "present_cost": gettext_lazy("Le coût"),
}


@transaction.atomic
def create_flow(
    *,
    actor,
    establishment,
    direction: str,
    provenance: str = Provenance.HAND,
    provenance_on: date | None = None,
    state: str = FlowState.ACTIVE,
    **values,
) -> Flow:
    """Declares what an establishment has too much of, or lacks; only a label or a resource is required.

    `values` are among FLOW_FIELDS; `waste_code` is a WasteCode or the six digits of one. `actor` is None when the
    establishment answers by its personal link. Raises BusinessError, `field` naming what to correct.
    """
    values.setdefault("confidentiality", establishment.demarche.default_confidentiality)
    flow = Flow(
        demarche_id=establishment.demarche_id,
        establishment=establishment,
        provenance=provenance,
        provenance_on=provenance_on or timezone.localdate(),
        state=state,
        entered_by=actor,
    )
    _write(flow, {"direction": direction, **values})
    flow.number = next_number(establishment.demarche, "flow")
    flow.save(force_insert=True)
    record(
        verb="flow.created",
        summary=_("Flux %(number)s déclaré\u00a0: %(flow)s (%(site)s)")
        % {"number": flow.number, "flow": flow, "site": establishment.name},
        actor=actor,
        demarche=establishment.demarche,
        target=flow,
        data={"provenance": flow.provenance},
    )
    _after_change(flow)
    return flow


@transaction.atomic
def change_flow(*, actor, flow: Flow, version: int, **values) -> Flow:
    """Corrects a flow; fields that are not given stay as they are.

    Raises StaleVersion when somebody saved it since `version`, BusinessError when a value is refused.
    """
    if flow.state == FlowState.ARCHIVED:
        raise BusinessError(_("Ce flux est archivé\u00a0: il ne se modifie plus."), code="flow_archived")
    before = {name: getattr(flow, name) for name in FLOW_FIELDS}
    state_before = flow.state
    if "state" in values:
        flow.state = values.pop("state")
    _write(flow, values)
    changed = [name for name in FLOW_FIELDS if getattr(flow, name) != before[name]]
    if not changed and flow.state == state_before:
        return flow
    save_version(flow, version=version, fields=[*FLOW_FIELDS, *DERIVED_FIELDS, "state"])
    record(
        verb="flow.changed",
        summary=_("Flux %(number)s modifié\u00a0: %(flow)s") % {"number": flow.number, "flow": flow},
        actor=actor,
        demarche=flow.demarche,
        target=flow,
        data={"fields": changed},
    )
    _after_change(flow)
    return flow


@transaction.atomic
def archive_flow(*, actor, flow: Flow, version: int) -> Flow:
    """Puts a flow away: it is kept, and no longer matched nor counted. Archiving it twice changes nothing."""
    if flow.state == FlowState.ARCHIVED:
        return flow
    flow.state = FlowState.ARCHIVED
    save_version(flow, version=version, fields=["state"])
    record(
        verb="flow.archived",
        summary=_("Flux %(number)s archivé\u00a0: %(flow)s") % {"number": flow.number, "flow": flow},
        actor=actor,
        demarche=flow.demarche,
        target=flow,
    )
    _after_change(flow)
    return flow


def check_flow(*, establishment, **values) -> None:
    """Refuses now what `create_flow` would refuse later, and writes nothing. Raises BusinessError naming the field."""
    values.setdefault("confidentiality", establishment.demarche.default_confidentiality)
    flow = Flow(demarche_id=establishment.demarche_id, establishment=establishment, provenance_on=timezone.localdate())
    _write(flow, values)


def _after_change(flow: Flow) -> None:
    """What follows from a flow written, inside its transaction: the one place to call other services from."""
    refresh_for_flow(flow)


def _write(flow: Flow, values: dict) -> None:
    """Sets the values, checks them together, derives the yearly quantity."""
    unknown = set(values) - set(FLOW_FIELDS)
    if unknown:
        raise TypeError(f"Not a field of a flow: {', '.join(sorted(unknown))}")
    for name, value in values.items():
        if name == "waste_code":
            value = find_waste_code(value)
        elif isinstance(value, str):
            value = value.strip()
        setattr(flow, name, value)
    flow.hazard_properties = list(flow.hazard_properties or [])
    flow.monthly_profile = _checked_profile(flow.monthly_profile)
    _check_identity(flow)
    _check_columns(flow)
    _check_ranges(flow)
    _derive(flow)


def find_waste_code(value) -> WasteCode | None:
    """The waste code of « 15 01 03 », « 150103* » or « 15 01 03 »; None for nothing.

    Raises BusinessError when no such code exists.
    """
    if value is None or isinstance(value, WasteCode):
        return value
    digits = re.sub(r"[\s.*]", "", str(value))
    if not digits:
        return None
    code = WasteCode.objects.filter(code=digits).first() if re.fullmatch(r"\d{6}", digits, re.ASCII) else None
    if code is None:
        raise BusinessError(
            _("Le code déchet «\u00a0%(code)s\u00a0» n’existe pas. Il a six chiffres, par exemple 15 01 03.") % {"code": value},
            code="unknown_waste_code",
            field="waste_code",
        )
    return code


def _check_identity(flow: Flow) -> None:
    if flow.direction not in Direction.values:
        raise BusinessError(_("Dites si c’est une offre ou un besoin."), code="no_direction", field="direction")
    if not flow.label and flow.resource_id is None:
        raise BusinessError(
            _("Dites en quelques mots de quoi il s’agit, ou choisissez une ressource."), code="no_label", field="label"
        )


def _check_columns(flow: Flow) -> None:
    try:
        flow.clean_fields(
            exclude=["demarche", "establishment", "resource", "waste_code", "entered_by", "verified_by", "number"]
        )
    except ValidationError as refusal:
        field, messages = next(iter(refusal.message_dict.items()))
        raise BusinessError(messages[0], code="invalid", field=field) from None


def _check_ranges(flow: Flow) -> None:
    for name, said in _NOT_POSITIVE.items():
        value = getattr(flow, name)
        if value is not None and value < 0:
            raise BusinessError(_("%(what)s ne peut pas être négatif.") % {"what": said}, code="negative", field=name)
    if flow.quantity is not None and flow.quantity < 0:
        raise BusinessError(_("La quantité ne peut pas être négative."), code="negative", field="quantity")
    if flow.quantity_min is not None and flow.quantity_max is not None and flow.quantity_max < flow.quantity_min:
        raise BusinessError(_("Le maximum est plus petit que le minimum."), code="range", field="quantity_max")
    if flow.available_from and flow.available_to and flow.available_to < flow.available_from:
        raise BusinessError(_("La fin vient avant le début."), code="dates", field="available_to")
    if flow.moisture_pct is not None and not 0 <= flow.moisture_pct <= 100:
        raise BusinessError(_("L’humidité va de 0 à 100\u00a0%."), code="moisture", field="moisture_pct")
    if flow.temperature_c is not None and flow.temperature_c < ABSOLUTE_ZERO_C:
        raise BusinessError(_("Aucune température n’est aussi basse."), code="temperature", field="temperature_c")
    if flow.hours_per_year is not None and flow.hours_per_year > HOURS_IN_A_LEAP_YEAR:
        raise BusinessError(_("Une année compte 8\u202f760 heures."), code="hours", field="hours_per_year")
    for code in flow.hazard_properties:
        if not _HAZARD.fullmatch(code):
            raise BusinessError(_("Les propriétés de danger vont de HP1 à HP15."), code="hazard", field="hazard_properties")
    if flow.treatment_code and not _TREATMENT.fullmatch(flow.treatment_code):
        raise BusinessError(_("Un code de traitement va de R1 à R13 ou de D1 à D15."), code="treatment", field="treatment_code")


def _checked_profile(profile: Iterable[Decimal] | None) -> list[Decimal] | None:
    """Twelve shares that sum to 1, rounded to six decimals; None when the flow is even over the year."""
    shares = [Decimal(share) for share in profile or ()]
    if not shares:
        return None
    if len(shares) != 12 or min(shares) < 0 or abs(sum(shares) - 1) > PROFILE_TOLERANCE:
        raise BusinessError(_("La saison se donne en douze parts qui font 1 en tout."), code="profile", field="monthly_profile")
    return [share.quantize(Decimal("0.000001")) for share in shares]


def profile_of_months(months: Iterable[int]) -> list[Decimal] | None:
    """Equal shares over the months named (1 to 12); None for none or for all twelve, which is no season."""
    active = {int(month) for month in months}
    if not active or len(active) == 12:
        return None
    share = (Decimal(1) / len(active)).quantize(Decimal("0.000001"))
    return [share if month in active else Decimal(0) for month in range(1, 13)]


def months_of_profile(profile) -> list[int]:
    """The months (1 to 12) with a share; all of them when there is no season."""
    return [month for month, share in enumerate(profile or [1] * 12, start=1) if share]


def base_unit_of(resource: Resource | None, unit: str) -> str:
    """Base unit of a yearly quantity: the resource's, else that of what the unit measures; empty when neither tells."""
    if resource is not None and resource.base_unit:
        return resource.base_unit
    if unit in UNITS and unit not in CONTAINERS:
        dimension = REGISTRY.Unit(unit).dimensionality
        return next((base for base in BASE_UNITS if REGISTRY.Unit(base).dimensionality == dimension), "")
    return ""


def _derive(flow: Flow) -> None:
    """The yearly quantity and the assumption it rests on; what can't be converted is kept as typed, and said so."""
    flow.yearly_quantity, flow.yearly_unit, flow.conversion_note = None, "", ""
    if flow.quantity is None:
        return
    if not flow.unit:
        raise BusinessError(_("Précisez l’unité de cette quantité."), code="no_unit", field="unit")
    if flow.unit not in UNITS:
        raise BusinessError(
            _("L’unité «\u00a0%(unit)s\u00a0» n’est pas connue.") % {"unit": flow.unit}, code="unit", field="unit"
        )
    base = base_unit_of(flow.resource, flow.unit)
    # A surface is there all year long: it has no period.
    period = flow.period or ("year" if base == "m2" else "")
    if not period:
        raise BusinessError(_("Précisez la période\u00a0: par mois, par an…"), code="no_period", field="period")
    if not base:
        flow.conversion_note = _("Quantité gardée telle quelle\u00a0: choisissez une ressource pour la ramener à l’année.")
        return
    density = flow.resource.density_t_per_m3 if flow.resource is not None else None
    try:
        yearly = to_yearly(flow.quantity, flow.unit, period, base_unit=base, density=density)
    except UnitError as refusal:
        flow.conversion_note = _("Quantité gardée telle quelle. %(why)s") % {"why": refusal}
        return
    flow.yearly_quantity, flow.yearly_unit = yearly.value, yearly.base_unit
    flow.conversion_note = yearly.assumption[:300]
