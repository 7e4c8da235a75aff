"""Flows turned into arrays, one entry per flow in the order of ids, so that rules work on many pairs at once."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from synergies.matching.knowledge import Knowledge
from synergies.matching.types import (
    FOOD_GRADE,
    MONTHS,
    NEUTRAL,
    Certainty,
    Confidentiality,
    Direction,
    FlowRow,
    PhysicalState,
    Thermal,
)

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

SHAREABLE = (Confidentiality.PUBLIC, Confidentiality.NETWORK)
CERTAINTY_VALUES = {Certainty.MEASURED: 1.0, Certainty.ESTIMATED: 0.7, Certainty.RATIO: 0.4}
UNSTATED_CERTAINTY = 0.5
FRESHNESS_HALF_LIFE_DAYS = 730
STATE_CODES = {PhysicalState.SOLID: 1, PhysicalState.LIQUID: 2, PhysicalState.GAS: 3, PhysicalState.PASTE: 4}
MAX_QUALITIES = 62
NO_START, NO_END = date.min.toordinal(), date.max.toordinal()


@dataclass(frozen=True, slots=True)
class Columns:
    """The flows as arrays. Unknown numbers are NaN, unknown codes and units 0 (hazard: -1), absent limits +∞."""

    flows: tuple[FlowRow, ...]
    ids: Ints
    is_offer: Bools
    demarche: Ints
    establishment: Ints
    shareable: Bools
    family: Ints
    unit: Ints
    xyz: Floats
    reach_km: Floats
    resource_max_km: Floats
    own_max_km: Floats
    quantity: Floats
    profile: Floats
    months: Ints
    start: Ints
    end: Ints
    state: Ints
    temperature: Floats
    heat: Bools
    cold: Bools
    hazard: Ints
    waste: Bools
    qualities: Ints
    wants_food_grade: Bools
    reliability: Floats


def build_columns(flows: Iterable[FlowRow], knowledge: Knowledge) -> Columns:
    """Arrays of these flows. ValueError on a repeated id, a resource that the taxonomy lacks, a profile that is not of
    twelve shares or more than 62 different qualities."""
    rows = tuple(sorted(flows, key=lambda flow: flow.id))
    for left, right in pairwise(rows):
        if left.id == right.id:
            raise ValueError(f"flow {left.id} is given twice")
    resources = [knowledge.resource(row.resource) for row in rows]
    profiles = np.array([effective_profile(row) for row in rows], np.float64).reshape(len(rows), MONTHS)
    hazards = [is_hazardous(row) for row in rows]
    return Columns(
        flows=rows,
        ids=_ints(row.id for row in rows),
        is_offer=_bools(row.direction == Direction.OFFER for row in rows),
        demarche=_ints(row.demarche_id for row in rows),
        establishment=_ints(row.establishment_id for row in rows),
        shareable=_bools(row.confidentiality in SHAREABLE for row in rows),
        family=_numbered([row.family for row in rows]),
        unit=_numbered(["", *(row.unit for row in rows)])[1:],
        xyz=np.array([_unit_vector(row) for row in rows], np.float64).reshape(len(rows), 3),
        reach_km=_floats(resource.reach_km for resource in resources),
        resource_max_km=_floats(math.inf if resource.max_km is None else resource.max_km for resource in resources),
        own_max_km=_floats(math.inf if row.max_distance_km is None else row.max_distance_km for row in rows),
        quantity=_floats(_or_nan(known_quantity(row)) for row in rows),
        profile=profiles,
        months=_months(profiles),
        start=_ints(NO_START if row.available_from is None else row.available_from.toordinal() for row in rows),
        end=_ints(NO_END if row.available_to is None else row.available_to.toordinal() for row in rows),
        state=_states([row.physical_state for row in rows]),
        temperature=_floats(_or_nan(row.temperature_c) for row in rows),
        heat=_bools(resource.thermal == Thermal.HEAT for resource in resources),
        cold=_bools(resource.thermal == Thermal.COLD for resource in resources),
        hazard=_ints(-1 if hazard is None else int(hazard) for hazard in hazards),
        waste=_bools(bool(row.waste_code.strip()) for row in rows),
        qualities=_quality_bits(rows),
        wants_food_grade=_bools(FOOD_GRADE in row.qualities for row in rows),
        reliability=_floats(reliability(row) for row in rows),
    )


def known_quantity(flow: FlowRow) -> float | None:
    """Yearly quantity to compare: the one stated, else the middle of the range, else its only bound; None when unknown.

    Zero and negative figures say nothing and count as unknown.
    """
    if flow.quantity is not None and flow.quantity > 0:
        return float(flow.quantity)
    bounds = [float(bound) for bound in (flow.quantity_min, flow.quantity_max) if bound is not None and bound > 0]
    return sum(bounds) / len(bounds) if bounds else None


def effective_profile(flow: FlowRow) -> tuple[float, ...]:
    """Shares of the twelve months (sum 1) as the flow really runs; twelve NaN when its season is not known.

    Dates that cover less than a year cut the profile down to their months; without a profile they make it flat over
    these months. A profile that is empty over its own dates counts as unknown.
    """
    window = _window(flow.available_from, flow.available_to)
    if flow.profile is not None and len(flow.profile) != MONTHS:
        raise ValueError(f"flow {flow.id}: a profile has twelve shares, not {len(flow.profile)}")
    if flow.profile is not None:
        shares = [max(float(share), 0.0) if month in window else 0.0 for month, share in enumerate(flow.profile)]
    else:
        shares = [1.0 if month in window else 0.0 for month in range(MONTHS)] if len(window) < MONTHS else []
    total = math.fsum(shares)
    return tuple(share / total for share in shares) if total > 0 else (math.nan,) * MONTHS


def is_hazardous(flow: FlowRow) -> bool | None:
    """Whether the flow is (or accepts) hazardous matter: as declared, else by the star of its waste code."""
    if flow.hazardous is not None:
        return flow.hazardous
    return True if flow.waste_code.strip().endswith("*") else None


def reliability(flow: FlowRow) -> float:
    """Certainty (measured 1, estimated 0.7, ratio 0.4, unstated 0.5) halved every two years of age, 0..1.

    An unknown age counts as one half-life. House rule, provisional.
    """
    certainty = CERTAINTY_VALUES.get(flow.certainty, UNSTATED_CERTAINTY)  # type: ignore[call-overload]  # StrEnum = str
    fading = NEUTRAL if flow.age_days is None else 2.0 ** (-max(flow.age_days, 0) / FRESHNESS_HALF_LIFE_DAYS)
    return float(certainty * fading)


def _window(start: date | None, end: date | None) -> frozenset[int]:
    """Months (0..11) that the dates touch; all twelve unless both ends are known."""
    if start is None or end is None:
        return frozenset(range(MONTHS))
    first, last = start.year * MONTHS + start.month - 1, end.year * MONTHS + end.month - 1
    return frozenset(month % MONTHS for month in range(first, min(last, first + MONTHS - 1) + 1))


def _unit_vector(flow: FlowRow) -> tuple[float, float, float]:
    if flow.latitude is None or flow.longitude is None:
        return (math.nan, math.nan, math.nan)
    phi, lam = math.radians(flow.latitude), math.radians(flow.longitude)
    return (math.cos(phi) * math.cos(lam), math.cos(phi) * math.sin(lam), math.sin(phi))


def _months(profiles: Floats) -> Ints:
    bits = (np.nan_to_num(profiles, nan=0.0) > 0).astype(np.int64)
    return np.asarray(bits @ (1 << np.arange(MONTHS, dtype=np.int64)), np.int64)


def _numbered(labels: Sequence[str]) -> Ints:
    numbers = {label: number for number, label in enumerate(sorted(set(labels)))}
    return _ints(numbers[label] for label in labels)


def _states(labels: Sequence[str]) -> Ints:
    """0 for unknown, the fixed codes of PhysicalState, then a number of its own for any other word."""
    others = sorted(set(labels) - set(STATE_CODES) - {""})
    codes: dict[str, int] = {"": 0, **{str(k): v for k, v in STATE_CODES.items()}}
    codes.update({label: len(STATE_CODES) + 1 + number for number, label in enumerate(others)})
    return _ints(codes[label] for label in labels)


def _quality_bits(rows: Sequence[FlowRow]) -> Ints:
    words = sorted({quality for row in rows for quality in row.qualities})
    if len(words) > MAX_QUALITIES:
        raise ValueError(f"{len(words)} different qualities, at most {MAX_QUALITIES} are handled")
    bits = {word: 1 << number for number, word in enumerate(words)}
    return _ints(sum(bits[word] for word in row.qualities) for row in rows)


def _or_nan(value: float | None) -> float:
    return math.nan if value is None else float(value)


def _floats(values: Iterable[float]) -> Floats:
    return np.fromiter(values, np.float64)


def _ints(values: Iterable[int]) -> Ints:
    return np.fromiter(values, np.int64)


def _bools(values: Iterable[bool]) -> Bools:
    return np.fromiter(values, np.bool_)
