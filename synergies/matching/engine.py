"""The engine: the best pairs of offers and needs, for all flows or for one, and why a given pair is not among them.

Plain NumPy, exact: every pair whose resources relate is judged. Offers are taken resource by resource, against all the
needs that this resource can serve, in blocks that stay small in memory. Ties are broken by distance (unknown last) then
by ids, so that the order is total and does not depend on the order of the input.
"""

import math
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import repeat

import numpy as np

from synergies.matching.columns import Bools, Columns, Ints, build_columns
from synergies.matching.knowledge import Knowledge, Relation
from synergies.matching.rules import (
    MILLION,
    UNKNOWN_M,
    Judgement,
    Pairs,
    distance_m,
    exclusions_of_nature,
    exclusions_of_place,
    judge,
    reasons_of,
)
from synergies.matching.types import (
    Certainty,
    Compatibility,
    Direction,
    FlowRow,
    MatchRow,
    Reason,
    ReasonCode,
    RelationKind,
    ResourceRow,
    Weights,
)

DEFAULT_WEIGHTS = Weights()
BLOCK_PAIRS = 1 << 18
DISTANCE_BITS = 25
UNKNOWN_DISTANCE = (1 << DISTANCE_BITS) - 1
UNRELATED = Relation(RelationKind.GROUP, 0.0)
CERTAINTY_ORDER: tuple[str, ...] = ("", Certainty.RATIO, Certainty.ESTIMATED, Certainty.MEASURED)


def match(
    flows: Iterable[FlowRow],
    resources: Iterable[ResourceRow],
    compatibilities: Iterable[Compatibility],
    weights: Weights = DEFAULT_WEIGHTS,
    top_k: int = 20,
    *,
    today: date | None = None,
) -> list[MatchRow]:
    """The pairs that are among the `top_k` best of their offer or of their need, best first.

    Flows without a resource are left aside. `today` excludes flows whose dates are over; None looks at no clock at all.
    ValueError on a repeated id, an unknown resource, a malformed profile or a `top_k` below 1.
    """
    knowledge = Knowledge(resources, compatibilities)
    return _best(_usable(flows), knowledge, weights, top_k, today)


def match_one(
    flow: FlowRow,
    candidates: Iterable[FlowRow],
    resources: Iterable[ResourceRow],
    compatibilities: Iterable[Compatibility],
    weights: Weights = DEFAULT_WEIGHTS,
    top_k: int = 20,
    *,
    today: date | None = None,
) -> list[MatchRow]:
    """The `top_k` best pairs of one flow, with the scores and the order of the full pass; same errors.

    Candidates of the same direction, and the flow itself, are ignored. The rank in the other flow's list is not known.
    """
    others = [row for row in candidates if row.direction != flow.direction and row.id != flow.id]
    knowledge = Knowledge(resources, compatibilities)
    rows = _best(_usable([flow, *others]), knowledge, weights, top_k, today)
    if flow.direction == Direction.OFFER:
        return [row._replace(need_rank=None) for row in rows if row.offer_rank is not None]
    return [row._replace(offer_rank=None) for row in rows if row.need_rank is not None]


def why_not(
    offer: FlowRow,
    need: FlowRow,
    resources: Iterable[ResourceRow],
    compatibilities: Iterable[Compatibility],
    *,
    today: date | None = None,
) -> list[Reason]:
    """All the reasons that exclude this pair, empty when it can be proposed (it may still be beyond the top k)."""
    for row in (offer, need):
        if not row.resource:
            return [Reason(ReasonCode.RESOURCE, offer.resource, need.resource)]
    knowledge = Knowledge(resources, compatibilities)
    columns = build_columns([offer, need], knowledge)
    at = {row.id: place for place, row in enumerate(columns.flows)}
    relation = knowledge.relation(offer.resource, need.resource) or UNRELATED
    pairs = _pairs(np.array([at[offer.id]]), np.array([at[need.id]]), np.array([0]), [relation])
    metres = distance_m(columns, pairs.offer, pairs.need)
    mask = int((exclusions_of_place(columns, pairs, metres) | exclusions_of_nature(columns, pairs, today))[0])
    distance = None if metres[0] == UNKNOWN_M else int(metres[0]) / 1000
    return [_reason(code, offer, need, distance, knowledge) for code in reasons_of(mask)]


def _usable(flows: Iterable[FlowRow]) -> list[FlowRow]:
    return [row for row in flows if row.resource]


def _reason(code: ReasonCode, offer: FlowRow, need: FlowRow, distance_km: float | None, knowledge: Knowledge) -> Reason:
    compared: dict[ReasonCode, tuple[float | str | None, float | str | None]] = {
        ReasonCode.RESOURCE: (offer.resource, need.resource),
        ReasonCode.TOO_FAR: (distance_km, knowledge.resource(offer.resource).max_km),
        ReasonCode.BEYOND_OFFER_LIMIT: (distance_km, offer.max_distance_km),
        ReasonCode.BEYOND_NEED_LIMIT: (distance_km, need.max_distance_km),
        ReasonCode.STATE: (offer.physical_state, need.physical_state),
        ReasonCode.TEMPERATURE: (offer.temperature_c, need.temperature_c),
    }
    return Reason(code, *compared.get(code, (None, None)))


def _best(flows: list[FlowRow], knowledge: Knowledge, weights: Weights, top_k: int, today: date | None) -> list[MatchRow]:
    if top_k < 1:
        raise ValueError(f"top_k must be at least 1, not {top_k}")
    columns = build_columns(flows, knowledge)
    shares = weights.normalised()
    relations, rectangles = _plan(columns, knowledge)
    found = [_shortlist(columns, _pairs(*block, relations), block[2], shares, top_k, today) for block in _blocks(rectangles)]
    if not found:
        return []
    offer, need, score, metres, relation_of = (np.concatenate(field) for field in zip(*found, strict=True))
    offer_rank, need_rank = _ranks(offer, need, score, metres), _ranks(need, offer, score, metres)
    keep = np.flatnonzero((offer_rank <= top_k) | (need_rank <= top_k))
    order = keep[np.lexsort((need[keep], offer[keep], _merit(score, metres)[keep]))]
    pairs = _pairs(offer[order], need[order], relation_of[order], relations)
    judgement = judge(columns, pairs, metres[order], shares)
    kinds = [relations[place] for place in relation_of[order].tolist()]
    return _rows(columns, pairs, judgement, kinds, offer_rank[order], need_rank[order], top_k, shares)


def _plan(columns: Columns, knowledge: Knowledge) -> tuple[list[Relation], list[tuple[Ints, Ints, Ints]]]:
    """Every relation at work, and for each offered resource: its offers, the needs it serves, the relation of each."""
    offers = _by_resource(columns, columns.is_offer)
    needs = _by_resource(columns, ~columns.is_offer)
    relations: list[Relation] = []
    rectangles = []
    for code in sorted(offers):
        served = [(needs[other], kind) for other, kind in knowledge.needs_served_by(code).items() if other in needs]
        if served:
            places = np.arange(len(relations), len(relations) + len(served))
            relations.extend(kind for _, kind in served)
            targets = np.concatenate([found for found, _ in served])
            rectangles.append((offers[code], targets, np.repeat(places, [len(found) for found, _ in served])))
    return relations, rectangles


def _blocks(rectangles: list[tuple[Ints, Ints, Ints]]) -> Iterator[tuple[Ints, Ints, Ints]]:
    """Offer, need and relation of all related pairs, small rectangles put together, large ones cut, so that a block
    holds about BLOCK_PAIRS pairs."""
    waiting: list[tuple[Ints, Ints, Ints]] = []
    size = 0
    for offers, targets, relation_of in rectangles:
        height = max(1, BLOCK_PAIRS // len(targets))
        for top in range(0, len(offers), height):
            rows = offers[top : top + height]
            waiting.append((np.repeat(rows, len(targets)), np.tile(targets, len(rows)), np.tile(relation_of, len(rows))))
            size += len(rows) * len(targets)
            if size >= BLOCK_PAIRS:
                yield _joined(waiting)
                waiting, size = [], 0
    if waiting:
        yield _joined(waiting)


def _joined(pieces: list[tuple[Ints, Ints, Ints]]) -> tuple[Ints, Ints, Ints]:
    offer, need, relation_of = (np.concatenate(field) for field in zip(*pieces, strict=True))
    return offer, need, relation_of


def _by_resource(columns: Columns, wanted: Bools) -> dict[str, Ints]:
    places: dict[str, list[int]] = {}
    for place in np.flatnonzero(wanted).tolist():
        places.setdefault(columns.flows[place].resource, []).append(place)
    return {code: np.array(found, np.int64) for code, found in places.items()}


def _pairs(offer: Ints, need: Ints, relation_of: Ints, relations: list[Relation]) -> Pairs:
    values = np.array([relation.value for relation in relations], np.float64)
    transforms = np.array([bool(relation.transformation) for relation in relations], np.bool_)
    lifts = np.array([relation.lifts_temperature for relation in relations], np.bool_)
    vague = np.array([int(relation.vague or 0) for relation in relations], np.int64)
    return Pairs(offer, need, values[relation_of], transforms[relation_of], lifts[relation_of], vague[relation_of])


def _shortlist(
    columns: Columns, pairs: Pairs, relation_of: Ints, shares: tuple[float, ...], top_k: int, today: date | None
) -> tuple[Ints, Ints, Ints, Ints, Ints]:
    """Offer, need, score, metres and relation of the pairs of a block that are among the best of one of their flows."""
    metres = distance_m(columns, pairs.offer, pairs.need)
    keep = exclusions_of_place(columns, pairs, metres) == 0
    pairs, metres, relation_of = pairs.only(keep), metres[keep], relation_of[keep]
    keep = exclusions_of_nature(columns, pairs, today) == 0
    pairs, metres, relation_of = pairs.only(keep), metres[keep], relation_of[keep]
    score = judge(columns, pairs, metres, shares).score
    best = _among_best(pairs.offer, pairs.need, score, metres, top_k)
    best |= _among_best(pairs.need, pairs.offer, score, metres, top_k)
    return pairs.offer[best], pairs.need[best], score[best], metres[best], relation_of[best]


def _among_best(flow: Ints, other: Ints, score: Ints, metres: Ints, top_k: int) -> Bools:
    """Marks the pairs within the `top_k` of `flow`."""
    rank = _ranks(flow, other, score, metres)
    return np.asarray(rank <= top_k, np.bool_)


def _ranks(flow: Ints, other: Ints, score: Ints, metres: Ints) -> Ints:
    """Rank (from 1) of each pair in the list of `flow`: best score, then nearest, then smallest id of the other."""
    order = np.lexsort((other, _merit(score, metres), flow))
    sorted_flow = flow[order]
    starts = np.flatnonzero(np.r_[True, sorted_flow[1:] != sorted_flow[:-1]]) if len(flow) else order
    lengths = np.diff(np.r_[starts, len(flow)])
    rank = np.empty(len(flow), np.int64)
    rank[order] = np.arange(1, len(flow) + 1) - np.repeat(starts, lengths)
    return rank


def _merit(score: Ints, metres: Ints) -> Ints:
    """One integer per pair, smaller is better: score first, then distance with the unknown ones last."""
    far = np.where(metres == UNKNOWN_M, UNKNOWN_DISTANCE, metres)
    return ((MILLION - score) << DISTANCE_BITS) | far


def _rows(
    columns: Columns,
    pairs: Pairs,
    judgement: Judgement,
    kinds: list[Relation],
    offer_rank: Ints,
    need_rank: Ints,
    top_k: int,
    shares: tuple[float, ...],
) -> list[MatchRow]:
    offers = [columns.flows[place] for place in pairs.offer.tolist()]
    needs = [columns.flows[place] for place in pairs.need.tolist()]
    return list(
        map(
            MatchRow,
            (row.id for row in offers),
            (row.id for row in needs),
            (judgement.score / MILLION).tolist(),
            (rank if rank <= top_k else None for rank in offer_rank.tolist()),
            (rank if rank <= top_k else None for rank in need_rank.tolist()),
            (relation.kind for relation in kinds),
            (relation.transformation for relation in kinds),
            *(judgement.parts / MILLION).tolist(),
            (None if metres == UNKNOWN_M else metres / 1000 for metres in judgement.metres.tolist()),
            columns.reach_km[pairs.offer].tolist(),
            (None if math.isnan(ratio) else ratio for ratio in judgement.ratio.tolist()),
            judgement.months.tolist(),
            judgement.checks.tolist(),
            judgement.missing.tolist(),
            (_oldest(offer, need) for offer, need in zip(offers, needs, strict=True)),
            (_weakest(offer, need) for offer, need in zip(offers, needs, strict=True)),
            repeat(shares),
        )
    )


def _oldest(offer: FlowRow, need: FlowRow) -> int | None:
    """Age of the older of the two sheets, None when one is not known."""
    if offer.age_days is None or need.age_days is None:
        return None
    return max(offer.age_days, need.age_days)


def _weakest(offer: FlowRow, need: FlowRow) -> str:
    """The less certain of the two, "" when one is not stated."""
    return min(offer.certainty, need.certainty, key=CERTAINTY_ORDER.index)
