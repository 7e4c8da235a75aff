"""Running the matching engine over a démarche, and around one flow.

A pass is computed aside and published whole: its matches, the leads that follow and the mark « current » are written
in one transaction, under the lock of the démarche. Saving a flow takes the same lock and corrects the current pass.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import ngettext

from operations.audit import record
from synergies.enums import Direction
from synergies.matching.engine import match, match_one
from synergies.matching.knowledge import Knowledge
from synergies.matching.mutualisation import mutualisation
from synergies.matching.types import ENGINE_VERSION, GroupRow, MatchRow, Weights
from synergies.matching_rows import compatibility_rows, flow_row, flow_rows, matchable_flows, resource_rows
from synergies.models import Flow, LeadFlow, Match, MatchingPass
from synergies.services import lead_sync
from synergies.services.lead_proposals import (
    LEADS_PER_FLOW,
    MATCHES_PER_FLOW,
    is_shown,
    is_shown_group,
    match_row,
    of_group,
    of_pair,
    pair_key,
    stored,
)
from territories.models import Demarche

BATCH = 2000
BEYOND = MATCHES_PER_FLOW + 1  # rank kept for a pair that is only among the best of its need
Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Found:
    """What a run of the engine found, and the version of each flow it read."""

    flows: dict[int, Flow]
    versions: dict[int, int]
    matches: list[MatchRow]
    groups: list[GroupRow]
    today: date


def run_pass(*, demarche, job=None, actor=None) -> MatchingPass:
    """Matches all the active flows of the démarche and publishes the result. Twice in a row, it changes nothing more."""
    return publish(demarche=demarche, found=compute(demarche), job=job, actor=actor)


def compute(demarche) -> Found:
    """Reads the flows and runs the engine; writes nothing."""
    flows = {flow.pk: flow for flow in matchable_flows(demarche)}
    today = timezone.localdate()
    rows, resources = flow_rows(flows.values(), today=today), resource_rows()
    return Found(
        flows=flows,
        versions={pk: flow.version for pk, flow in flows.items()},
        matches=match(rows, resources, compatibility_rows(), top_k=MATCHES_PER_FLOW, today=today),
        groups=mutualisation(rows, resources, today=today),
        today=today,
    )


@transaction.atomic
def publish(*, demarche, found: Found, job=None, actor=None) -> MatchingPass:
    """Writes a pass, its leads, and makes it the current one; flows saved since it was computed are matched again."""
    _lock(demarche)
    fresh = MatchingPass.objects.create(
        demarche=demarche,
        job=job,
        engine_version=ENGINE_VERSION,
        weights=asdict(Weights()),
        flow_count=len(found.flows),
        match_count=len(found.matches),
        published_at=timezone.now(),
    )
    Match.objects.bulk_create((_match(fresh, row) for row in found.matches), batch_size=BATCH)
    proposals = [of_pair(row, found.flows) for row in found.matches if is_shown(row)]
    proposals += [of_group(group, found.flows) for group in found.groups if is_shown_group(group)]
    changes = lead_sync.sync(demarche, proposals, today=found.today)
    Match.objects.filter(demarche=demarche).exclude(matching_pass=fresh).delete()
    MatchingPass.objects.in_demarche(demarche).filter(is_current=True).update(is_current=False)
    MatchingPass.objects.filter(pk=fresh.pk).update(is_current=True)
    fresh.is_current = True
    record(
        verb="matching.published",
        summary=ngettext(
            "Recherche de pistes : %(new)d nouvelle piste", "Recherche de pistes : %(new)d nouvelles pistes", changes.created
        )
        % {"new": changes.created},
        actor=actor,
        demarche=demarche,
        target=fresh,
        data={"created": changes.created, "gone": changes.gone, "flows": fresh.flow_count, "matches": fresh.match_count},
    )
    for flow in _changed_since(demarche, found):
        refresh_for_flow(flow)
    return fresh


@transaction.atomic
def refresh_for_flow(flow: Flow) -> None:
    """Brings the matches and leads around one flow up to date, inside the request that saves it.

    The leads of that flow are those a full pass would give. Other flows' lists are corrected where this one enters or
    leaves them; a list that lost most of its 20 matches since the last pass is completed by the next one.
    """
    demarche = flow.demarche
    _lock(demarche)
    current = MatchingPass.objects.in_demarche(demarche).filter(is_current=True).first()
    if current is None:
        current = MatchingPass.objects.create(
            demarche=demarche,
            engine_version=ENGINE_VERSION,
            weights=asdict(Weights()),
            published_at=timezone.now(),
            is_current=True,
        )
    today = timezone.localdate()
    known = matchable_flows(demarche).filter(pk=flow.pk).first()
    pairs = _pairs_of(known, today) if known else []
    before = list(Match.objects.filter(matching_pass=current).filter(Q(offer=flow.pk) | Q(need=flow.pk)))
    touched = {_other(flow.pk, (row.offer_id, row.need_id)) for row in (*before, *pairs)}
    Match.objects.filter(pk__in=[row.pk for row in before]).delete()
    lists = _lists(current, touched)
    for row in pairs:
        lists[_other(flow.pk, (row.offer_id, row.need_id))].append(row)
    ranked = {pk: sorted(rows, key=lambda row, pk=pk: _order(pk, row)) for pk, rows in lists.items()}
    mine = sorted(pairs, key=lambda row: _order(flow.pk, row))
    ranks = {pk: {_pair(row): rank for rank, row in enumerate(rows, 1)} for pk, rows in (ranked | {flow.pk: mine}).items()}
    kept = [row for row in pairs if min(ranks[row.offer_id][_pair(row)], ranks[row.need_id][_pair(row)]) <= MATCHES_PER_FLOW]
    Match.objects.bulk_create([_match(current, _with_ranks(row, ranks)) for row in kept], batch_size=BATCH)
    _store_ranks(current, flow, ranks)
    _sync_around(demarche, current, flow, known, pairs, ranked, ranks, today)


def _lock(demarche) -> None:
    """One writer of matches at a time in a démarche; readers and other tables are not held up."""
    list(Demarche.objects.select_for_update(no_key=True).filter(pk=demarche.pk).values_list("pk"))


def _match(matching_pass: MatchingPass, row: MatchRow) -> Match:
    return Match(
        demarche_id=matching_pass.demarche_id,
        matching_pass=matching_pass,
        offer_id=row.offer_id,
        need_id=row.need_id,
        rank=min(row.offer_rank or BEYOND, BEYOND),
        score=row.score,
        parts=stored(row),
    )


def _changed_since(demarche, found: Found) -> list[Flow]:
    """Flows saved, added or put away since they were read; some other engine may not have seen them."""
    now = dict(matchable_flows(demarche).values_list("pk", "version"))
    changed = {pk for pk in found.versions.keys() | now.keys() if found.versions.get(pk) != now.get(pk)}
    return list(Flow.objects.filter(pk__in=changed).select_related("demarche").order_by("pk"))


def _pairs_of(flow: Flow, today: date) -> list[MatchRow]:
    """Every pair of the flow that can work, found among the flows whose resource relates to its own."""
    resources, table = resource_rows(), compatibility_rows()
    knowledge = Knowledge(resources, table)
    if flow.direction == Direction.OFFER:
        related, wanted = knowledge.needs_served_by(flow.resource_id), Direction.NEED
    else:
        related = [row.code for row in resources if knowledge.relation(row.code, flow.resource_id)]
        wanted = Direction.OFFER
    others = matchable_flows(flow.demarche).filter(direction=wanted, resource_id__in=list(related))
    candidates = flow_rows(others.exclude(establishment_id=flow.establishment_id), today=today)
    if not candidates:
        return []
    return match_one(flow_row(flow, today=today), candidates, resources, table, top_k=len(candidates), today=today)


def _lists(current: MatchingPass, flow_ids: Iterable[int]) -> dict[int, list[MatchRow]]:
    """The stored matches of each of these flows."""
    lists: dict[int, list[MatchRow]] = {pk: [] for pk in flow_ids}
    rows = Match.objects.filter(matching_pass=current).filter(Q(offer__in=lists) | Q(need__in=lists))
    for parts in rows.values_list("parts", flat=True):
        row = match_row(parts)
        for pk in _pair(row):
            if pk in lists:
                lists[pk].append(row)
    return lists


def _pair(row: MatchRow) -> Pair:
    return row.offer_id, row.need_id


def _other(flow_id: int, pair: Pair) -> int:
    return pair[1] if pair[0] == flow_id else pair[0]


def _order(flow_id: int, row: MatchRow) -> tuple:
    """The engine's own order in the list of a flow: best score, nearest with the unknown last, smallest id."""
    return -row.score, row.distance_km is None, row.distance_km or 0.0, _other(flow_id, _pair(row))


def _with_ranks(row: MatchRow, ranks: dict[int, dict[Pair, int]]) -> MatchRow:
    pair = _pair(row)
    return row._replace(offer_rank=ranks.get(row.offer_id, {}).get(pair), need_rank=ranks.get(row.need_id, {}).get(pair))


def _store_ranks(current: MatchingPass, flow: Flow, ranks: dict[int, dict[Pair, int]]) -> None:
    """A need that enters or leaves moves the rank of others in the lists of the offers."""
    if flow.direction != Direction.NEED:
        return
    moved = []
    for row in Match.objects.filter(matching_pass=current, offer__in=ranks).only("pk", "offer_id", "need_id", "rank"):
        rank = min(ranks[row.offer_id].get((row.offer_id, row.need_id), BEYOND), BEYOND)
        if rank != row.rank:
            row.rank = rank
            moved.append(row)
    Match.objects.bulk_update(moved, ["rank"], batch_size=BATCH)


def _sync_around(
    demarche,
    current: MatchingPass,
    flow: Flow,
    known: Flow | None,
    pairs: Sequence[MatchRow],
    ranked: dict[int, list[MatchRow]],
    ranks: dict[int, dict[Pair, int]],
    today: date,
) -> None:
    """Leads of the flow, and of the pairs that it pushes out of a list or lets back in: those about the last place."""
    nearby = {_pair(row): row for rows in ranked.values() for row in rows[: LEADS_PER_FLOW + 1]}
    others = {pk for pair in nearby for pk in pair} - ranks.keys()
    for pk, rows in _lists(current, others).items():
        rows.sort(key=lambda row, pk=pk: _order(pk, row))
        ranks[pk] = {_pair(row): rank for rank, row in enumerate(rows, 1)}
    judged = nearby | {_pair(row): row for row in pairs}
    shown = [row for row in (_with_ranks(row, ranks) for row in judged.values()) if is_shown(row)]
    groups, group_flows = _groups_around(demarche, flow, known, today)
    wanted = {pk for row in shown for pk in _pair(row)} - group_flows.keys()
    flows = matchable_flows(demarche).in_bulk(wanted) | group_flows
    proposals = [of_pair(row, flows) for row in shown]
    proposals += [of_group(group, flows) for group in groups if is_shown_group(group)]
    lead_sync.sync(
        demarche,
        proposals,
        today=today,
        scope=lead_sync.Scope(flow_id=flow.pk, keys={pair_key(*pair) for pair in judged}, resources=_shared_with(flow, known)),
    )


def _shared_with(flow: Flow, known: Flow | None) -> set[tuple[str, str]]:
    """Direction and resource of the groups that the flow is in, or may enter."""
    found = {(known.direction, known.resource_id)} if known else set()
    kept = LeadFlow.objects.filter(demarche=flow.demarche, flow=flow, lead__kind="mutualisation")
    found |= {(parts["direction"], parts["resource"]) for parts in kept.values_list("lead__parts", flat=True) if parts}
    return found


def _groups_around(demarche, flow: Flow, known: Flow | None, today: date) -> tuple[list[GroupRow], dict[int, Flow]]:
    """The groups of the resources that the flow shares or shared, with their flows."""
    shared = _shared_with(flow, known)
    if not shared:
        return [], {}
    condition = Q()
    for direction, resource in shared:
        condition |= Q(direction=direction, resource_id=resource)
    flows = {row.pk: row for row in matchable_flows(demarche).filter(condition)}
    return mutualisation(flow_rows(flows.values(), today=today), resource_rows(), today=today), flows
