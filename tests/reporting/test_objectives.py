"""Trajectories, scores and due dates: tables of cases."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reporting.due_dates import NOTICE, due_date, years_to_prepare
from reporting.indicators import score
from reporting.trajectory import Verdict, due_value, judged, monthly_targets

# Machines are shared: a pause while examples are drawn is no fault of ours.
unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
START, END = date(2025, 1, 1), date(2028, 1, 1)


@pytest.mark.parametrize(
    ("day", "due"), [(date(2024, 6, 1), 0), (START, 0), (END, 12), (date(2030, 1, 1), 12), (date(2026, 7, 2), 6)]
)
def test_the_line_goes_from_nothing_to_the_target(day, due):
    assert due_value(12, START, END, day) == pytest.approx(due, abs=0.01)


def test_a_demarche_of_no_length_owes_everything():
    assert due_value(12, START, START, START) == 12


@pytest.mark.parametrize(
    ("value", "target", "ends_on", "verdict"),
    [
        (12, 12, END, Verdict.REACHED),
        (6, 12, END, Verdict.ON_TRACK),
        (5.5, 12, END, Verdict.ON_TRACK),
        (5, 12, END, Verdict.BELOW),
        (5, None, END, Verdict.UNKNOWN),
        (5, 0, END, Verdict.UNKNOWN),
        (5, 12, None, Verdict.UNKNOWN),
        (12, 12, None, Verdict.REACHED),
    ],
)
def test_the_verdict_follows_the_line(value, target, ends_on, verdict):
    assert judged("x", "X", value, target, START, ends_on, date(2026, 7, 2)).verdict == verdict


def test_monthly_targets_rise_to_the_target():
    months = [date(2025, 12, 1), date(2026, 12, 1), date(2027, 12, 1)]
    assert monthly_targets(months, 12, START, END) == pytest.approx([4, 8, 12], abs=0.05)
    assert monthly_targets(months, None, START, END) == []


@pytest.mark.parametrize(
    ("value", "target", "expected"),
    [(4, 5, "0.8"), (5, 5, "1"), (9, 5, "1"), (0, 5, "0"), (-1, 5, "0"), (3, 0, None), (3, None, None)],
)
def test_the_score_is_one_at_most(value, target, expected):
    assert score(value, target) == (None if expected is None else Decimal(expected))


@pytest.mark.parametrize(
    ("year", "month", "day", "expected"),
    [
        (2026, 1, 31, date(2027, 1, 31)),
        (2026, 2, 31, date(2027, 2, 28)),
        (2027, 2, 29, date(2028, 2, 29)),
        (2027, 2, 31, date(2028, 2, 29)),
        (2026, 4, 31, date(2027, 4, 30)),
    ],
)
def test_a_day_the_month_does_not_have_is_its_last(year, month, day, expected):
    assert due_date(year, month, day) == expected


@pytest.mark.parametrize(
    ("today", "years"),
    [
        (date(2026, 12, 16), [2025]),
        (date(2026, 12, 17), [2025, 2026]),
        (date(2027, 1, 31), [2025, 2026]),
        (date(2027, 2, 1), [2026]),
    ],
)
def test_the_draft_is_prepared_45_days_before(today, years):
    assert years_to_prepare(today, 1, 31) == years


@unhurried
@given(st.dates(date(2024, 1, 1), date(2040, 12, 31)), st.integers(1, 12), st.integers(1, 31))
def test_on_any_day_the_last_due_report_and_those_to_come_are_prepared(today, month, day):
    years = years_to_prepare(today, month, day)
    assert years == sorted(set(years))
    due = [due_date(year, month, day) for year in years]
    assert all(moment <= today + NOTICE for moment in due)
    assert sum(moment < today for moment in due) <= 1
    assert any(moment < today for moment in due)


@unhurried
@given(st.integers(2024, 2040), st.integers(1, 12), st.integers(1, 31), st.integers(0, 45))
def test_every_report_is_prepared_on_each_of_its_last_45_days(year, month, day, before):
    assert year in years_to_prepare(due_date(year, month, day) - timedelta(days=before), month, day)
