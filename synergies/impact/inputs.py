"""What the calculation is given: declared amounts, emissions of a balance, transports."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from .factors import ROAD_DETOUR
from .types import Factor, Quantity, Role


@dataclass(frozen=True, slots=True)
class Amount:
    """A declared quantity to add up. `group`: former outlet, public or private, or party, where the indicator has one.

    `uncertainty_pct`: relative uncertainty of the quantity in per cent, None when unknown. `input_id`: what the
    quantity was read from (a flow, a declaration); the id of the amount itself by default.
    """

    id: str
    label: str
    quantity: Quantity
    group: str = ""
    uncertainty_pct: Decimal | None = None
    input_id: str = ""


@dataclass(frozen=True, slots=True)
class Emission:
    """A quantity, 0 or more, the factor that applies to it, and its role in the CO2 balance."""

    id: str
    label: str
    role: Role
    quantity: Quantity
    factor: Factor
    uncertainty_pct: Decimal | None = None
    input_id: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Haul:
    """A transport. `distance` is as the crow flies, unless `detour` is None: then it is the real one, by its route.

    Give `mass` for tonne-kilometres, `trips` (0 or more, both ways counted) for vehicle-kilometres.
    """

    id: str
    label: str
    distance: Quantity
    mass: Quantity | None = None
    trips: Decimal | None = None
    detour: Factor | None = ROAD_DETOUR
    uncertainty_pct: Decimal | None = None
    input_id: str = ""
