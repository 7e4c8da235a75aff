"""French typography of figures: what is missing is said, what belongs together stays on one line."""

from datetime import date, datetime
from decimal import Decimal

import pytest

from eit_platform.common import formats


@pytest.mark.parametrize(
    ("value", "digits", "expected"),
    [
        (1240, None, "1\u202f240"),
        (1240.37, None, "1\u202f240"),
        (12.5, None, "12,5"),
        (12.0, None, "12"),
        (Decimal("0.125"), None, "0,13"),
        (3, 1, "3,0"),
        (2.45, 1, "2,5"),
        (-1240, None, "\u22121\u202f240"),
        (1234567, None, "1\u202f234\u202f567"),
        (0, None, "0"),
        ("12.5", None, "12,5"),
    ],
)
def test_a_number_is_written_the_french_way(value, digits, expected):
    assert formats.number(value, digits) == expected


@pytest.mark.parametrize("missing", [None, "", "douze", float("nan"), float("inf"), True])
def test_what_is_not_a_number_is_shown_as_missing_and_never_as_zero(missing):
    assert formats.number(missing) == "–"
    assert formats.quantity(missing, "t/an") == "–"
    assert formats.money(missing) == "–"


def test_a_quantity_does_not_part_from_its_unit():
    assert formats.quantity(1240, "t/an") == "1\u202f240\u00a0t/an"
    assert formats.quantity(12, "m3") == "12\u00a0m³"
    assert formats.quantity(12, "tCO2e") == "12\u00a0tCO₂e"
    assert formats.quantity(12) == "12"


def test_a_unit_that_is_a_word_takes_the_plural_from_two_on():
    assert formats.quantity(440, "piece") == "440\u00a0pièces"
    assert formats.quantity(Decimal("1.6"), "piece") == "1,6\u00a0pièce"
    assert formats.quantity(3, "fut") == "3\u00a0fûts"
    assert formats.unit("piece") == "pièces"


def test_money_shows_cents_only_when_there_are_some():
    assert formats.money(8400) == "8\u202f400\u00a0€"
    assert formats.money(Decimal("12.50")) == "12,50\u00a0€"
    assert formats.money(96000, "k") == "96\u00a0k€"


@pytest.mark.parametrize(
    ("kilometres", "expected"),
    [
        (0.8, "800\u00a0m"),
        (0.999, "1\u00a0km"),
        (3.42, "3,4\u00a0km"),
        (3.0, "3\u00a0km"),
        (11.4, "11\u00a0km"),
        (None, "distance inconnue"),
    ],
)
def test_a_distance_is_as_precise_as_a_driver_needs(kilometres, expected):
    assert formats.distance(kilometres) == expected


def test_the_first_of_the_month_is_an_ordinal():
    assert formats.long_date(date(2026, 3, 1)) == "1er\u00a0mars 2026"
    assert formats.long_date(date(2026, 11, 23), weekday=True) == "lundi 23\u00a0novembre 2026"
    assert formats.long_date(date(2026, 11, 23), weekday=True, year=False) == "lundi 23\u00a0novembre"


def test_hours_are_written_with_an_h():
    assert formats.clock(datetime(2026, 11, 23, 9, 5)) == "9\u00a0h\u00a005"
    assert formats.clock(datetime(2026, 11, 23, 14, 0)) == "14\u00a0h"


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 11, 23), "aujourd’hui"),
        (date(2026, 11, 22), "hier"),
        (date(2026, 11, 24), "demain"),
        (date(2026, 10, 30), "il y a 24\u00a0jours"),
        (date(2026, 11, 26), "dans 3\u00a0jours"),
    ],
)
def test_a_day_is_told_from_today(day, expected):
    assert formats.from_today(day, date(2026, 11, 23)) == expected


def test_french_keeps_the_singular_below_two():
    assert formats.count(0, "jour") == "0\u00a0jour"
    assert formats.count(1, "jour") == "1\u00a0jour"
    assert formats.count(2, "jour") == "2\u00a0jours"
    assert formats.count(3, "code restant", "codes restants") == "3\u00a0codes restants"


@pytest.mark.parametrize(
    ("user_agent", "expected"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0", "Firefox sur Windows"),
        (
            "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/123.0 Safari/537.36 Edg/123.0",
            "Edge sur Windows",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1 Version/17.5 Safari/604.1",
            "Safari sur iPhone",
        ),
        ("", "Navigateur inconnu"),
        ("curl/8", "Navigateur inconnu"),
    ],
)
def test_a_browser_is_named_as_people_call_it(user_agent, expected):
    assert formats.browser(user_agent) == expected
