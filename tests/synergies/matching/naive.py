"""The rules written a second time, the slow way: one pair at a time, plain Python, no array, no shared code.

Only the parts of the rows' types are imported, so that a mistake in the engine cannot be a mistake here too.
"""

import math
from collections.abc import Sequence
from datetime import date, timedelta

from synergies.matching.types import Compatibility, FlowRow, ResourceRow

WEIGHTS = {"resource": 0.30, "quantity": 0.18, "distance": 0.20, "fitness": 0.14, "season": 0.10, "freshness": 0.08}


def naive_match(
    flows: Sequence[FlowRow],
    resources: Sequence[ResourceRow],
    compatibilities: Sequence[Compatibility],
    top_k: int,
    today: date | None,
) -> list[tuple[float, float | None, int, int]]:
    """(score, km, offer id, need id) of the pairs in the top k of one of their flows, best first."""
    tree = {row.code: row for row in resources}
    judged = []
    for offer in (row for row in flows if row.direction == "offer"):
        for need in (row for row in flows if row.direction == "need"):
            result = judge_one(offer, need, tree, compatibilities, today)
            if result is not None:
                judged.append((*result, offer.id, need.id))
    judged.sort(key=lambda row: (-row[0], math.inf if row[1] is None else row[1], row[2], row[3]))
    kept = []
    offers_seen: dict[int, int] = {}
    needs_seen: dict[int, int] = {}
    for row in judged:
        offers_seen[row[2]] = offers_seen.get(row[2], 0) + 1
        needs_seen[row[3]] = needs_seen.get(row[3], 0) + 1
        if offers_seen[row[2]] <= top_k or needs_seen[row[3]] <= top_k:
            kept.append(row)
    return kept


def judge_one(
    offer: FlowRow,
    need: FlowRow,
    tree: dict[str, ResourceRow],
    compatibilities: Sequence[Compatibility],
    today: date | None,
) -> tuple[float, float | None] | None:
    related = relation(offer.resource, need.resource, tree, compatibilities)
    if related is None or offer.establishment_id == need.establishment_id:
        return None
    value, transformation, lifting = related
    open_words = ("public", "network")
    if offer.demarche_id != need.demarche_id and not (
        offer.confidentiality in open_words and need.confidentiality in open_words
    ):
        return None
    km = haversine_km(offer, need)
    resource = tree[offer.resource]
    limits = [resource.max_km, offer.max_distance_km, need.max_distance_km]
    if km is not None and any(limit is not None and km > limit for limit in limits):
        return None
    begin = max(offer.available_from or date.min, need.available_from or date.min)
    end = min(offer.available_to or date.max, need.available_to or date.max)
    if begin > end or (today is not None and end < today):
        return None
    if offer.waste_code and "food_grade" in need.qualities:
        return None
    demands = [
        state(offer.physical_state, need.physical_state, transformation),
        temperature(offer, need, tree, lifting),
        hazard(harm(offer), harm(need)),
        quality(offer, need),
    ]
    if "no" in demands:
        return None
    asked = [float(demand) for demand in demands if demand != "not asked"]
    parts = {
        "resource": value,
        "quantity": coverage(offer, need),
        "distance": 0.5 if km is None else 0.5 ** (km / resource.reach_km),
        "fitness": min(asked, default=0.5),
        "season": season(offer, need),
        "freshness": min(trust(offer), trust(need)),
    }
    score = sum(WEIGHTS[name] * round(part, 6) for name, part in parts.items())
    return round(score, 6), km


def relation(
    offer: str, need: str, tree: dict[str, ResourceRow], table: Sequence[Compatibility]
) -> tuple[float, str, bool] | None:
    def chain(code: str) -> list[str]:
        return [code, *chain(tree[code].parent)] if code else []

    def is_leaf(code: str) -> bool:
        return all(row.parent != code for row in tree.values())

    def is_group(code: str) -> bool:
        return not is_leaf(code) and all(is_leaf(row.code) for row in tree.values() if row.parent == code)

    if offer == need and is_leaf(offer):
        return 1.0, "", False
    entries = [
        (chain(offer).index(entry.offer) + chain(need).index(entry.need), entry.value > 0, -entry.value, entry.transformation)
        for entry in table
        if entry.offer in chain(offer) and entry.need in chain(need)
    ]
    if entries and offer != need:
        _, allowed, value, transformation = min(entries)
        alike = tree[offer].thermal == tree[need].thermal != ""
        lifting = "pompe à chaleur" in transformation if alike else transformation != ""
        return (-value, transformation, lifting) if allowed else None
    if (offer == need and is_group(offer)) or (tree[need].parent == offer and is_group(offer)):
        return 0.7, "", False
    if tree[offer].parent == need and is_group(need):
        return 0.7, "", False
    if is_leaf(offer) and is_leaf(need) and tree[offer].parent == tree[need].parent and is_group(tree[offer].parent):
        return 0.4, "", False
    return None


def haversine_km(offer: FlowRow, need: FlowRow) -> float | None:
    if offer.latitude is None or offer.longitude is None or need.latitude is None or need.longitude is None:
        return None
    one, two = math.radians(offer.latitude), math.radians(need.latitude)
    across = math.radians(need.longitude - offer.longitude)
    h = math.sin((two - one) / 2) ** 2 + math.cos(one) * math.cos(two) * math.sin(across / 2) ** 2
    return round(2 * 6371.0088 * math.asin(math.sqrt(h)), 3)


def amount(flow: FlowRow) -> float | None:
    if flow.quantity:
        return flow.quantity
    bounds = [bound for bound in (flow.quantity_min, flow.quantity_max) if bound]
    return sum(bounds) / len(bounds) if bounds else None


def coverage(offer: FlowRow, need: FlowRow) -> float:
    left, right = amount(offer), amount(need)
    if left is None or right is None or not same_unit(offer, need):
        return 0.5
    return min(left, right) / max(left, right)


def same_unit(offer: FlowRow, need: FlowRow) -> bool:
    return offer.unit == need.unit if offer.unit and need.unit else offer.family == need.family


def shares(flow: FlowRow) -> list[float] | None:
    active = [True] * 12
    if flow.available_from and flow.available_to:
        active = [False] * 12
        day = flow.available_from
        while day <= flow.available_to:
            active[day.month - 1] = True
            day += timedelta(days=1)
    if flow.profile is None and all(active):
        return None
    base = flow.profile or [1.0] * 12
    cut = [share if on else 0.0 for share, on in zip(base, active, strict=True)]
    return [share / sum(cut) for share in cut] if sum(cut) else None


def season(offer: FlowRow, need: FlowRow) -> float:
    left, right = shares(offer), shares(need)
    if left is None or right is None:
        return 0.5
    return sum(min(a, b) for a, b in zip(left, right, strict=True))


def trust(flow: FlowRow) -> float:
    certainty = {"measured": 1.0, "estimated": 0.7, "ratio": 0.4}.get(flow.certainty, 0.5)
    return certainty * (0.5 if flow.age_days is None else 0.5 ** (flow.age_days / 730))


def state(left: str, right: str, transformation: str) -> str:
    if not left and not right:
        return "not asked"
    if not left or not right:
        return "0.5"
    if left == right:
        return "1"
    if transformation or {left, right} in ({"paste", "solid"}, {"paste", "liquid"}):
        return "0.5"
    return "no"


def temperature(offer: FlowRow, need: FlowRow, tree: dict[str, ResourceRow], lifting: bool) -> str:
    kinds = {tree[offer.resource].thermal, tree[need.resource].thermal} - {""}
    if offer.temperature_c is None or need.temperature_c is None:
        return "0.5" if kinds or need.temperature_c is not None else "not asked"
    gap = offer.temperature_c - need.temperature_c
    if gap == 0 or (gap < 0) == ("cold" in kinds):
        return "1"
    return "0.5" if lifting else "no"


def harm(flow: FlowRow) -> bool | None:
    return True if flow.hazardous is None and flow.waste_code.endswith("*") else flow.hazardous


def hazard(held: bool | None, accepted: bool | None) -> str:
    table = {
        (True, True): "1",
        (True, False): "no",
        (True, None): "0.5",
        (None, False): "0.5",
        (None, None): "not asked",
    }
    return table.get((held, accepted), "1")


def quality(offer: FlowRow, need: FlowRow) -> str:
    if not need.qualities:
        return "not asked"
    return "1" if need.qualities <= offer.qualities else "0.5"
