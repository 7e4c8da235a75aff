"""Groups that could share: who is in, who leads, what they total, and no one twice."""

import random
from collections import Counter
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synergies.matching.mutualisation import mutualisation
from synergies.matching.types import FlowRow, GroupRow
from tests.synergies.matching.builders import LATITUDE, LONGITUDE, RESOURCES, flow, months, need, north, offer, territory


def groups_of(*flows: FlowRow, **options: object) -> list[GroupRow]:
    return mutualisation(flows, RESOURCES, **options)  # type: ignore[arg-type]  # passed through


def line(*kilometres: float, resource: str = "pallet", first: int = 1, **values: object) -> list[FlowRow]:
    """Needs of one resource on a line northwards."""
    return [need(resource, number, **north(km), **values) for number, km in enumerate(kilometres, first)]


def test_three_neighbours_with_the_same_need_make_a_group_around_the_middle_one() -> None:
    (group,) = groups_of(*line(0, 10, 20, quantity=20.0, profile=months(*range(3, 12))))
    assert group.establishment_ids == (1, 2, 3)
    assert group.flow_ids == (1, 2, 3)
    assert group.size == 3
    assert group.centre_id == 2
    assert group.radius_km == group.mean_km == 10
    assert group.total_quantity == 60
    assert group.threshold_reached is True
    assert group.common_months == tuple(range(3, 12))
    assert 0 < group.score < 1


def test_two_neighbours_are_not_a_group_unless_asked() -> None:
    assert groups_of(*line(0, 1)) == []
    assert len(groups_of(*line(0, 1), min_members=2)) == 1


def test_offers_make_groups_too_but_not_with_needs() -> None:
    rows = [offer(number=number) for number in (1, 2, 3)]
    assert groups_of(*rows)[0].direction == "offer"
    assert groups_of(rows[0], rows[1], need(number=3)) == []


def test_resources_of_one_group_are_not_mixed() -> None:
    assert groups_of(need("pallet", 1), need("panel", 2), need("pallet", 3)) == []


def test_a_member_beyond_the_radius_stays_out() -> None:
    (group,) = groups_of(*line(0, 10, 20, 55))
    assert group.establishment_ids == (1, 2, 3)
    (group,) = groups_of(*line(0, 10, 20, 55), radius_km=36)
    assert group.size == 4


def test_the_reach_of_the_resource_bounds_the_radius() -> None:
    assert groups_of(*line(0, 1.5, 3, resource="heat"))[0].size == 3
    assert groups_of(*line(0, 2.5, 5, resource="heat")) == []


def test_several_flows_of_one_establishment_count_once() -> None:
    rows = [need(number=number, establishment_id=number % 2, quantity=5.0) for number in range(1, 7)]
    assert groups_of(*rows) == []
    (group,) = groups_of(*rows, need(number=9, establishment_id=9, quantity=5.0))
    assert (group.size, len(group.flow_ids), group.total_quantity) == (3, 7, 35)


def test_groups_of_one_resource_share_nobody() -> None:
    groups = groups_of(*line(0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100))
    members = [member for group in groups for member in group.establishment_ids]
    assert len(groups) > 1
    assert len(members) == len(set(members))


@pytest.mark.parametrize(("heavy", "expected"), [(1, (1, 2, 3)), (4, (2, 3, 4))])
def test_between_equal_counts_the_larger_known_volume_is_served_first(heavy: int, expected: tuple[int, ...]) -> None:
    rows = [need(number=n, quantity=90.0 if n == heavy else 1.0, **north(25 * n)) for n in (1, 2, 3, 4)]
    assert [group.flow_ids for group in groups_of(*rows)] == [expected]


def test_an_unknown_quantity_is_counted_as_unknown_not_as_zero() -> None:
    rows = [need(number=1, quantity=30.0), need(number=2), need(number=3)]
    (group,) = groups_of(*rows)
    assert (group.total_quantity, group.known_quantities, group.threshold_reached) == (30, 1, False)
    (group,) = groups_of(*[need(number=number) for number in (1, 2, 3)])
    assert (group.total_quantity, group.known_quantities, group.threshold_reached) == (None, 0, None)


def test_a_resource_without_a_threshold_says_nothing_of_it() -> None:
    (group,) = groups_of(*line(0, 1, 2, resource="panel", quantity=10.0))
    assert group.threshold_reached is None


def test_common_months_ignore_the_members_whose_season_is_unknown() -> None:
    rows = [need(number=1, profile=months(1, 2, 3)), need(number=2, profile=months(2, 3, 4)), need(number=3)]
    (group,) = groups_of(*rows)
    assert (group.common_months, group.known_seasons) == ((2, 3), 2)
    (group,) = groups_of(*[need(number=number) for number in (1, 2, 3)])
    assert (group.common_months, group.known_seasons) == ((), 0)


def test_a_flow_without_a_place_or_that_is_over_is_left_aside() -> None:
    today = date(2026, 11, 23)
    base = [need(number=1), need(number=2)]
    assert groups_of(*base, need(number=3, latitude=None)) == []
    over = need(number=3, available_to=date(2026, 1, 1))
    assert groups_of(*base, over, today=today) == []
    assert len(groups_of(*base, over)) == 1
    assert groups_of(*base, flow(3, "need", "")) == []


def test_a_group_stays_in_its_demarche_unless_all_its_flows_are_open() -> None:
    own = [need(number=1, confidentiality="private"), need(number=2)]
    assert groups_of(*own, need(number=3, demarche_id=2, confidentiality="public")) == []
    assert groups_of(*own, need(number=3, confidentiality="private"))[0].size == 3
    shared = [need(number=number, demarche_id=number, confidentiality="network") for number in (1, 2, 3)]
    assert groups_of(*shared)[0].size == 3


def test_more_members_rank_first_all_else_equal() -> None:
    groups = groups_of(*line(0, 1, 2, resource="panel"), *line(0, 1, 2, 1, resource="sawdust", first=10))
    assert [group.resource for group in groups] == ["sawdust", "panel"]


@pytest.mark.parametrize(("options", "message"), [({"min_members": 1}, "min_members"), ({"radius_km": 0}, "radius_km")])
def test_meaningless_options_are_refused(options: dict[str, int], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        groups_of(**options)


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_groups_are_disjoint_large_enough_near_their_centre_and_the_same_in_any_order(seed: int) -> None:
    flows = territory(seed, 90)
    found = mutualisation(flows, RESOURCES)
    used = Counter((group.resource, group.direction, member) for group in found for member in group.establishment_ids)
    assert all(count == 1 for count in used.values())
    for group in found:
        assert group.size >= 3
        assert group.centre_id in group.establishment_ids
        assert group.radius_km <= 30
        assert 0 <= group.score <= 1
    random.Random(seed).shuffle(flows)
    assert mutualisation(flows, RESOURCES[::-1]) == found


def test_no_group_is_missed_where_an_exhaustive_search_sees_one() -> None:
    dice = random.Random(11)
    rows = [
        need(number=n, latitude=LATITUDE + dice.uniform(-1, 1), longitude=LONGITUDE + dice.uniform(-1, 1)) for n in range(1, 60)
    ]
    found = mutualisation(rows, RESOURCES)
    taken = {member for group in found for member in group.establishment_ids}
    left = [row for row in rows if row.establishment_id not in taken]
    assert found
    assert mutualisation(left, RESOURCES) == []
