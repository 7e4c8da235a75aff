"""Flows, resources and seeded territories for the tests of the matching engine."""

import random
from datetime import date
from typing import Any

from synergies.matching.types import Compatibility, FlowRow, ResourceRow

LATITUDE, LONGITUDE = 49.25, 4.03
DEGREE_KM = 111.19508

RESOURCES = [
    ResourceRow(code="matter", family="material", parent="", reach_km=100, max_km=300),
    ResourceRow(code="wood", family="material", parent="matter", reach_km=80, max_km=300),
    ResourceRow(code="sawdust", family="material", parent="wood", reach_km=80, max_km=300),
    ResourceRow(code="pallet", family="material", parent="wood", reach_km=100, max_km=300, sharing_threshold=50),
    ResourceRow(code="panel", family="material", parent="wood", reach_km=100, max_km=300),
    ResourceRow(code="chemistry", family="material", parent="matter", reach_km=100, max_km=300),
    ResourceRow(code="soda", family="material", parent="chemistry", reach_km=100, max_km=300),
    ResourceRow(code="acid", family="material", parent="chemistry", reach_km=100, max_km=300),
    ResourceRow(code="power", family="energy", parent="", reach_km=2, max_km=5),
    ResourceRow(code="heating", family="energy", parent="power", reach_km=2, max_km=5),
    ResourceRow(code="heat", family="energy", parent="heating", reach_km=2, max_km=5, thermal="heat"),
    ResourceRow(code="steam", family="energy", parent="heating", reach_km=1, max_km=3, thermal="heat"),
    ResourceRow(code="chill", family="energy", parent="heating", reach_km=1, max_km=3, thermal="cold"),
]
COMPATIBILITIES = [
    Compatibility(offer="sawdust", need="heat", value=0.6, transformation="chaudière à bois"),
    Compatibility(offer="sawdust", need="panel", value=0.8),
    Compatibility(offer="wood", need="soda", value=0.2, transformation="une cuisson"),
    Compatibility(offer="soda", need="acid", value=0.0),
    Compatibility(offer="heat", need="steam", value=0.5, transformation="pompe à chaleur"),
    Compatibility(offer="steam", need="heat", value=0.8, transformation="échangeur"),
    Compatibility(offer="heat", need="chill", value=0.4, transformation="machine à absorption"),
]


def flow(number: int, direction: str, resource: str = "pallet", **values: Any) -> FlowRow:
    """A flow of démarche 1 at an establishment of its own, in Reims, about which nothing else is known."""
    known: dict[str, Any] = {
        "demarche_id": 1,
        "establishment_id": number,
        "family": "energy" if resource in ("heat", "steam", "chill") else "material",
        "latitude": LATITUDE,
        "longitude": LONGITUDE,
    }
    return FlowRow(id=number, direction=direction, resource=resource, **(known | values))


def offer(resource: str = "pallet", number: int = 1, **values: Any) -> FlowRow:
    return flow(number, "offer", resource, **values)


def need(resource: str = "pallet", number: int = 2, **values: Any) -> FlowRow:
    return flow(number, "need", resource, **values)


def north(km: float) -> dict[str, float]:
    """A position that many kilometres north of the default one."""
    return {"latitude": LATITUDE + km / DEGREE_KM, "longitude": LONGITUDE}


def months(*active: int) -> tuple[float, ...]:
    """A profile spread evenly over these months (1..12)."""
    return tuple(1.0 / len(active) if month in active else 0.0 for month in range(1, 13))


def territory(seed: int, size: int) -> list[FlowRow]:
    """A territory drawn from a seed, with every kind of known and unknown datum, and many ties."""
    dice = random.Random(seed)
    leaves = [row.code for row in RESOURCES if row.code not in ("matter", "power")]
    flows = []
    for number in range(1, size + 1):
        placed = dice.random() < 0.9
        start = dice.choice([None, None, date(2026, dice.randint(1, 12), 1)])
        flows.append(
            flow(
                number,
                dice.choice(["offer", "need"]),
                dice.choice(leaves),
                demarche_id=dice.choice([1, 1, 2]),
                establishment_id=dice.randint(1, max(2, size // 3)),
                quantity=dice.choice([None, 10.0, 10.0, dice.uniform(1, 500)]),
                unit=dice.choice(["", "", "t", "piece"]),
                quantity_min=dice.choice([None, 5.0]),
                quantity_max=dice.choice([None, 15.0]),
                certainty=dice.choice(["", "measured", "estimated", "ratio"]),
                profile=dice.choice([None, months(*range(1, 13)), tuple(dice.random() for _ in range(12))]),
                available_from=start,
                available_to=dice.choice([None, None, date(2027, dice.randint(1, 12), 28)]),
                physical_state=dice.choice(["", "", "solid", "liquid", "gas", "paste"]),
                temperature_c=dice.choice([None, None, 20.0, 60.0, dice.uniform(10, 150)]),
                hazardous=dice.choice([None, None, False, True]),
                waste_code=dice.choice(["", "", "03 01 05", "06 02 04*"]),
                qualities=frozenset(dice.sample(["food_grade", "dry", "clean"], dice.choice([0, 0, 0, 1, 2]))),
                max_distance_km=dice.choice([None, None, 30.0]),
                latitude=LATITUDE + dice.uniform(-0.3, 0.3) / (40 if dice.random() < 0.5 else 1) if placed else None,
                longitude=LONGITUDE + dice.uniform(-0.5, 0.5) / (40 if dice.random() < 0.5 else 1) if placed else None,
                confidentiality=dice.choice(["demarche", "network", "public", "private"]),
                age_days=dice.choice([None, 0, dice.randint(0, 1500)]),
            )
        )
    return flows
