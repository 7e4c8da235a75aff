"""Groups of establishments that could share: the same need, or the same offer, near one another.

A group has three establishments or more. Two that share a need are already a lead that anyone sees, and a figure about
two parties tells each one the other's; three is also the least that an aggregate may show.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from synergies.matching.columns import Bools, Columns, Ints, build_columns
from synergies.matching.knowledge import Knowledge
from synergies.matching.rules import MILLION, UNKNOWN_M, distance_m
from synergies.matching.types import MONTHS, NEUTRAL, FlowRow, GroupRow, ResourceRow, months_of

SHARING_RADIUS_KM = 30.0
MIN_MEMBERS = 3
FLOOR_MEMBERS = 2
FOLLOWERS_FOR_HALF = 3
GROUP_WEIGHTS = {"size": 0.40, "volume": 0.20, "compactness": 0.25, "season": 0.15}


@dataclass(frozen=True, slots=True)
class _Members:
    """The establishments that hold a resource: where their flows are in the columns, how far, how much."""

    places: list[list[int]]
    ids: list[int]
    metres: Ints
    linked: tuple[Bools, Bools]
    volume: list[float]


def mutualisation(
    flows: Iterable[FlowRow],
    resources: Iterable[ResourceRow],
    *,
    min_members: int = MIN_MEMBERS,
    radius_km: float = SHARING_RADIUS_KM,
    today: date | None = None,
) -> list[GroupRow]:
    """Groups of at least `min_members` establishments sharing one resource and one direction, best first.

    All are within the reach of the resource, and within `radius_km` when that is less (30 km: what one round or one
    shared post drives in a day; provisional), of a centre which is one of them. Groups of one resource and direction
    have no establishment in common: the centre with the most neighbours is served first (then the larger known volume,
    the more compact, the smaller id), its neighbours leave, and so on. Flows without a resource or a position, or whose
    dates are over on `today`, are left aside. A group lies in one démarche, or only holds flows open to the network.
    Nothing is masked here. ValueError when `min_members` is below 2 or `radius_km` not positive.
    """
    if min_members < FLOOR_MEMBERS:
        raise ValueError(f"min_members must be at least {FLOOR_MEMBERS}, not {min_members}")
    if not radius_km > 0:
        raise ValueError(f"radius_km must be positive, not {radius_km}")
    knowledge = Knowledge(resources, ())
    rows = [row for row in flows if row.resource and not _is_over(row, today)]
    columns = build_columns(rows, knowledge)
    groups = [
        group
        for places in _by_resource(columns)
        for group in _clusters(columns, places, knowledge.resource(columns.flows[places[0]].resource), min_members, radius_km)
    ]
    return sorted(groups, key=lambda group: (-group.score, group.mean_km, group.resource, group.direction, group.flow_ids))


def _is_over(flow: FlowRow, today: date | None) -> bool:
    return today is not None and flow.available_to is not None and flow.available_to < today


def _by_resource(columns: Columns) -> list[list[int]]:
    found: dict[tuple[str, str], list[int]] = {}
    for place in np.flatnonzero(~np.isnan(columns.xyz[:, 0])).tolist():
        flow = columns.flows[place]
        found.setdefault((flow.resource, str(flow.direction)), []).append(place)
    return [found[key] for key in sorted(found)]


def _clusters(columns: Columns, places: list[int], resource: ResourceRow, min_members: int, radius_km: float) -> list[GroupRow]:
    members = _members(columns, places, min(resource.reach_km, radius_km))
    free = np.ones(len(members.ids), np.bool_)
    groups: list[GroupRow] = []
    while True:
        best = min(_proposals(members, free, min_members), default=None)
        if best is None:
            return groups
        centre, chosen = best[-2], list(best[-1])
        groups.append(_group(columns, members, resource, centre, chosen))
        free[chosen] = False


def _members(columns: Columns, places: list[int], radius_km: float) -> _Members:
    """One entry per establishment, with the distances between them and who may be grouped with whom.

    `linked` holds two relations: near and in the same démarche; near and both open to the network. An establishment is
    open when all its flows of that resource are.
    """
    by_establishment: dict[int, list[int]] = {}
    for place in places:
        by_establishment.setdefault(int(columns.establishment[place]), []).append(place)
    ids = sorted(by_establishment)
    grouped = [by_establishment[key] for key in ids]
    first = np.array([own[0] for own in grouped], np.int64)
    count = len(ids)
    metres = distance_m(columns, np.repeat(first, count), np.tile(first, count)).reshape(count, count)
    near = (metres != UNKNOWN_M) & (metres <= radius_km * 1000)
    demarche = columns.demarche[first]
    open_to_all = np.array([bool(columns.shareable[own].all()) for own in grouped], np.bool_)
    return _Members(
        places=grouped,
        ids=ids,
        metres=metres,
        linked=(near & (demarche[:, None] == demarche), near & open_to_all[:, None] & open_to_all),
        volume=[math.fsum(_known(columns.quantity[own].tolist())) for own in grouped],
    )


def _proposals(
    members: _Members, free: Bools, min_members: int
) -> list[tuple[int, float, int, int, int, int, tuple[int, ...]]]:
    """What each free establishment would gather as a centre, smallest first being the best."""
    found = []
    for scope, linked in enumerate(members.linked):
        counts = (linked & free).sum(axis=1) * free
        if not len(counts) or counts.max() < min_members:
            continue
        for centre in np.flatnonzero(counts == counts.max()).tolist():
            chosen = tuple(np.flatnonzero(linked[centre] & free).tolist())
            volume = math.fsum(members.volume[member] for member in chosen)
            spread = int(members.metres[centre, list(chosen)].sum())
            found.append((-len(chosen), -volume, spread, members.ids[centre], scope, centre, chosen))
    return found


def _group(columns: Columns, members: _Members, resource: ResourceRow, centre: int, chosen: Sequence[int]) -> GroupRow:
    places = sorted(place for member in chosen for place in members.places[member])
    metres = [int(members.metres[centre, member]) for member in chosen]
    volumes = [members.volume[member] for member in chosen if members.volume[member] > 0]
    total = math.fsum(volumes) if volumes else None
    seasons = [int(columns.months[place]) for place in places if columns.months[place]]
    common = (1 << MONTHS) - 1 if seasons else 0
    for season in seasons:
        common &= season
    reached = None if total is None or resource.sharing_threshold is None else total >= resource.sharing_threshold
    mean_km = round(sum(metres) / (len(metres) - 1) / 1000, 3)
    parts = {
        "size": 1 - 2.0 ** (-(len(chosen) - 1) / FOLLOWERS_FOR_HALF),
        "volume": _volume_part(total, resource.sharing_threshold),
        "compactness": 2.0 ** (-mean_km / min(resource.reach_km, SHARING_RADIUS_KM)),
        "season": common.bit_count() / MONTHS if seasons else NEUTRAL,
    }
    first = columns.flows[places[0]]
    return GroupRow(
        direction=first.direction,
        resource=first.resource,
        family=first.family,
        centre_id=members.ids[centre],
        establishment_ids=tuple(members.ids[member] for member in chosen),
        flow_ids=tuple(columns.flows[place].id for place in places),
        score=round(math.fsum(parts[code] * weight for code, weight in GROUP_WEIGHTS.items()) * MILLION) / MILLION,
        total_quantity=total,
        known_quantities=len(volumes),
        threshold_reached=reached,
        common_months=months_of(common),
        known_seasons=len(seasons),
        radius_km=max(metres) / 1000,
        mean_km=mean_km,
        parts=parts,
    )


def _volume_part(total: float | None, threshold: float | None) -> float:
    """Share of the threshold that the known volume reaches; one half without a threshold or a volume."""
    return NEUTRAL if total is None or threshold is None or threshold <= 0 else min(1.0, total / threshold)


def _known(values: list[float]) -> list[float]:
    return [value for value in values if not math.isnan(value)]
