"""What a partner may read: no small cell, none that one establishment makes, none found by subtraction."""

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reporting.disclosure import Cell, cell, merged, protect_line

values = st.integers(min_value=-500, max_value=500)
contributions = st.lists(st.tuples(values, st.lists(st.integers(1, 8), min_size=1, max_size=2)), max_size=5)
lines = st.lists(contributions.map(cell), max_size=5)
# The drawing of examples is a matter of microseconds, but machines are shared: a pause of one of them is no fault of ours.
unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.mark.parametrize(
    ("rows", "safe"),
    [
        ([], True),
        ([(0, [1])], True),
        ([(10, [1])], False),
        ([(10, [1]), (10, [2])], False),
        ([(10, [1]), (10, [2]), (10, [3])], True),
        ([(85, [1]), (10, [2]), (5, [3])], True),
        ([(86, [1]), (9, [2]), (5, [3])], False),
        ([(-86, [1]), (9, [2]), (5, [3])], False),
        ([(10, [1, 2]), (10, [1, 3]), (10, [1, 4])], False),
        ([(10, [1, 2]), (10, [3, 4])], True),
        ([(10, []), (10, []), (10, [])], False),
    ],
)
def test_a_cell_needs_three_establishments_and_no_giant(rows, safe):
    assert cell(rows).is_safe is safe


def test_one_small_cell_takes_the_smallest_other_with_it():
    line = [cell([(1, [1])]), cell([(1, [rank]) for rank in range(10, 20)]), cell([(1, [rank]) for rank in range(30, 35)])]
    result = protect_line(line)
    assert result.hidden == {0, 2}
    assert not result.total_hidden


def test_two_small_cells_of_one_site_each_are_not_enough_to_protect_one_another():
    line = [cell([(1, [1])]), cell([(1, [2])]), cell([(1, [rank]) for rank in range(10, 20)])]
    assert protect_line(line).hidden == {0, 1, 2}


def test_the_total_goes_when_nothing_else_can():
    result = protect_line([cell([(1, [1])]), Cell()])
    assert result.hidden == {0}
    assert result.total_hidden


def test_without_a_total_only_the_unsafe_cells_go():
    line = [cell([(1, [1])]), cell([(1, [rank]) for rank in range(10, 20)])]
    assert protect_line(line, total_shown=False).hidden == {0}


@unhurried
@given(lines)
def test_every_shown_cell_is_safe(line):
    result = protect_line(line)
    assert all(each.is_safe for rank, each in enumerate(line) if rank not in result.hidden)


@unhurried
@given(lines)
def test_what_subtraction_gives_is_safe_too(line):
    result = protect_line(line)
    if result.hidden and not result.total_hidden:
        assert len(result.hidden) >= 2
        assert merged(line[rank] for rank in result.hidden).is_safe


@unhurried
@given(lines)
def test_an_empty_cell_is_never_hidden_and_a_safe_line_is_left_alone(line):
    result = protect_line(line)
    assert not any(line[rank].is_empty for rank in result.hidden)
    if all(each.is_safe for each in line):
        assert not result.hidden
        assert not result.total_hidden


@unhurried
@given(lines)
def test_the_choice_is_always_the_same(line):
    assert protect_line(line) == protect_line(list(line))


@unhurried
@given(st.lists(contributions, min_size=1, max_size=5))
def test_merging_cells_is_counting_their_contributions_together(parts):
    together = cell([row for part in parts for row in part])
    apart = merged(cell(part) for part in parts)
    assert together.weight == apart.weight
    assert dict(together.parts) == dict(apart.parts)


def test_the_weight_of_a_cell_counts_losses_as_much_as_gains():
    assert cell([(-5, [1]), (5, [2])]).weight == Decimal(10)
