"""Transport: tonne-kilometres, vehicle-kilometres, and the new transport of a CO2 balance."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal

from .factors import ROAD_DETOUR
from .inputs import Emission, Haul
from .results import INTERVAL, build_result, build_term, provisional_warnings
from .types import ONE, ZERO, Factor, ImpactError, ImpactResult, Indicator, Quantity, Role, State

TRANSPORT_METHOD = (
    "Tonnage (ou nombre de trajets) × distance ; à défaut de distance par la route, distance à vol d’oiseau × facteur "
    "de détour. " + INTERVAL
)


def transport_work(hauls: Iterable[Haul], *, state: State, attributed_share: Decimal | int = ONE) -> ImpactResult:
    """Tonne-kilometres of the hauls, which all need a mass."""
    return _transport(Indicator.TRANSPORT_WORK, hauls, _tonne_kilometres, state, attributed_share)


def transport_distance(hauls: Iterable[Haul], *, state: State, attributed_share: Decimal | int = ONE) -> ImpactResult:
    """Vehicle-kilometres of the hauls, which all need a number of trips."""
    return _transport(Indicator.TRANSPORT_DISTANCE, hauls, _vehicle_kilometres, state, attributed_share)


def transport_emission(haul: Haul, factor: Factor) -> Emission:
    """The haul as a new transport of the CO2 balance: tonne-kilometres by road × emission factor per tkm."""
    straight = _tonne_kilometres(haul)
    if haul.detour is None:
        quantity, uncertainty, notes = straight, haul.uncertainty_pct, []
    else:
        quantity = haul.detour.apply(straight)
        known = [u for u in (haul.uncertainty_pct, haul.detour.uncertainty_pct) if u is not None]
        uncertainty = sum((u * u for u in known), ZERO).sqrt() if known else None
        notes = provisional_warnings([haul.detour])
    return Emission(
        id=haul.id,
        label=haul.label,
        role=Role.NEW_TRANSPORT,
        quantity=quantity,
        factor=factor,
        uncertainty_pct=uncertainty,
        # Not the identifier of the mass alone: the distance enters this quantity too.
        input_id=haul.id,
        notes=tuple(notes),
    )


def road_distance(straight_line: Quantity, detour: Factor = ROAD_DETOUR) -> Quantity:
    """Distance by road, km, from the distance as the crow flies."""
    return detour.apply(straight_line.to("km"))


def _tonne_kilometres(haul: Haul) -> Quantity:
    if haul.mass is None:
        raise ImpactError(f"« {haul.label} » : le tonnage transporté manque.")
    mass, distance = haul.mass.to("t").value, haul.distance.to("km").value
    if mass < ZERO or distance < ZERO:
        raise ImpactError(f"« {haul.label} » : tonnage et distance ne peuvent pas être négatifs.")
    return Quantity(mass * distance, "tkm")


def _vehicle_kilometres(haul: Haul) -> Quantity:
    if haul.trips is None:
        raise ImpactError(f"« {haul.label} » : le nombre de trajets manque.")
    distance = haul.distance.to("km").value
    if haul.trips < ZERO or distance < ZERO:
        raise ImpactError(f"« {haul.label} » : trajets et distance ne peuvent pas être négatifs.")
    return Quantity(haul.trips * distance, "km")


def _transport(
    indicator: Indicator,
    hauls: Iterable[Haul],
    measure: Callable[[Haul], Quantity],
    state: State,
    attributed_share: Decimal | int,
) -> ImpactResult:
    terms = []
    detours = []
    for haul in hauls:
        quantity = measure(haul)
        result = quantity if haul.detour is None else haul.detour.apply(quantity)
        if haul.detour is not None:
            detours.append(haul.detour)
        terms.append(build_term(haul.id, haul.label, quantity, haul.detour, result, 1, haul, ""))
    return build_result(indicator, terms, TRANSPORT_METHOD, provisional_warnings(detours), state, attributed_share)
