"""From the database to the rows of the matching engine, and back to nothing: the engine never sees a model."""

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from eit_platform.common.text import fold
from eit_platform.common.units import UnitError, to_yearly
from synergies.enums import Direction
from synergies.matching.knowledge import thermal_of
from synergies.matching.types import FOOD_GRADE, FlowRow, ResourceRow
from synergies.matching.types import Compatibility as CompatibilityRow
from synergies.models import Compatibility, Flow, Resource

STATED_QUALITY = "stated_quality"
_FOOD = re.compile(r"\b(qualite|grade|contact|usage)s? alimentaires?\b|\bfood\b")


def matchable_flows(demarche):
    """The flows that may be matched: active, of a site that is open, with all that a row needs in one query."""
    return (
        Flow.objects.in_demarche(demarche)
        .active()
        .filter(resource__isnull=False, establishment__closed_on=None, establishment__archived_at=None)
        .select_related("resource", "waste_code", "establishment")
        .order_by("pk")
    )


def flow_rows(flows: Iterable[Flow], *, today: date) -> list[FlowRow]:
    """One row per flow; `flows` come with their resource, waste code and establishment."""
    return [flow_row(flow, today=today) for flow in flows]


def flow_row(flow: Flow, *, today: date) -> FlowRow:
    """The flow as the engine sees it: yearly figures in base units, what is not known left unknown."""
    site = flow.establishment
    return FlowRow(
        id=flow.pk,
        demarche_id=flow.demarche_id,
        establishment_id=flow.establishment_id,
        direction=flow.direction,
        resource=flow.resource_id or "",
        family=flow.resource.family if flow.resource else "",
        quantity=_float(flow.yearly_quantity),
        quantity_min=_bound(flow, flow.quantity_min),
        quantity_max=_bound(flow, flow.quantity_max),
        unit=flow.yearly_unit or (flow.resource.base_unit if flow.resource else ""),
        certainty=flow.certainty,
        profile=tuple(float(share) for share in flow.monthly_profile) if flow.monthly_profile else None,
        available_from=flow.available_from,
        available_to=flow.available_to,
        physical_state=flow.physical_state,
        temperature_c=_float(flow.temperature_c),
        hazardous=_hazardous(flow),
        waste_code=flow.waste_code.display_code if flow.waste_code else "",
        qualities=_qualities(flow),
        max_distance_km=_float(flow.max_distance_km),
        latitude=site.latitude,
        longitude=site.longitude,
        sector=site.naf_id or "",
        confidentiality=flow.confidentiality,
        age_days=max(0, (today - flow.provenance_on).days),
    )


def resource_rows() -> list[ResourceRow]:
    """The whole taxonomy."""
    nodes = Resource.objects.order_by("code").values_list("code", "family", "parent_id", "reach_km", "max_km")
    return [
        ResourceRow(code=code, family=family, parent=parent or "", reach_km=reach, max_km=most, thermal=thermal_of(code))
        for code, family, parent, reach, most in nodes
    ]


def compatibility_rows() -> list[CompatibilityRow]:
    """The whole table of what serves what."""
    pairs = Compatibility.objects.order_by("offer_id", "need_id").values_list("offer_id", "need_id", "value", "transformation")
    return [
        CompatibilityRow(offer=offer, need=need, value=value, transformation=transformation)
        for offer, need, value, transformation in pairs
    ]


def _float(value: Decimal | None) -> float | None:
    return None if value is None else float(value)


def _bound(flow: Flow, value: Decimal | None) -> float | None:
    """A bound of the range, typed in the unit and period of the flow, as a yearly figure; None when it can't be."""
    if value is None or not flow.unit or not flow.period or not flow.resource.base_unit:
        return None
    try:
        yearly = to_yearly(
            value, flow.unit, flow.period, base_unit=flow.resource.base_unit, density=flow.resource.density_t_per_m3
        )
    except UnitError:
        return None
    return float(yearly.value)


def _hazardous(flow: Flow) -> bool | None:
    """Offer: is it hazardous? Need: does it take hazardous matter? Only what the sheet says."""
    if flow.hazard_properties or (flow.waste_code and flow.waste_code.hazardous):
        return True
    # A plain waste code says that an offer is not hazardous; a need that names one may still take others.
    return False if flow.waste_code and flow.direction == Direction.OFFER else None


def _qualities(flow: Flow) -> frozenset[str]:
    """What a need demands. Free words can't be compared: they make one demand, which the offer's side has to confirm."""
    said = fold(f"{flow.minimum_quality} {flow.sanitary_constraint}")
    if flow.direction != Direction.NEED or not said:
        return frozenset()
    demands = {STATED_QUALITY} if flow.minimum_quality else set()
    return frozenset(demands | {FOOD_GRADE}) if _FOOD.search(said) else frozenset(demands)
