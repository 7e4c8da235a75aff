"""Each rule on its own: what excludes a pair, what each part is worth, what is reported missing."""

from datetime import date
from typing import Any

import pytest

from synergies.matching.columns import effective_profile, known_quantity, reliability
from synergies.matching.engine import match, why_not
from synergies.matching.types import CheckStatus, FlowRow, MatchRow, MissingCode, Side
from tests.synergies.matching.builders import COMPATIBILITIES, RESOURCES, flow, months, need, north, offer

TODAY = date(2026, 11, 23)
FOOD = frozenset({"food_grade"})
ALL_YEAR = months(*range(1, 13))


def judged(one: FlowRow, other: FlowRow) -> MatchRow:
    (row,) = match([one, other], RESOURCES, COMPATIBILITIES, today=TODAY)
    return row


EXCLUSIONS: list[tuple[str, FlowRow, FlowRow, list[str]]] = [
    ("two offers", offer(), offer(number=2), ["direction"]),
    ("a need in the place of the offer", need(number=1), offer(number=2), ["direction"]),
    ("one establishment", offer(establishment_id=7), need(establishment_id=7), ["same_establishment"]),
    ("resources of other groups", offer("sawdust"), need("acid"), ["resource"]),
    ("a pair that the table forbids", offer("soda"), need("acid"), ["resource"]),
    ("a family against itself", offer("matter"), need("matter"), ["resource"]),
    ("a family against its leaf", offer("matter"), need("pallet"), ["resource"]),
    ("the table read backwards", offer("heat"), need("sawdust"), ["resource"]),
    ("beyond the maximum of the resource", offer(), need(**north(301)), ["too_far"]),
    ("heat at 6 km", offer("heat"), need("heat", **north(6)), ["too_far"]),
    ("beyond what the offer accepts", offer(max_distance_km=20), need(**north(21)), ["beyond_offer_limit"]),
    ("beyond what the need accepts", offer(), need(max_distance_km=20, **north(21)), ["beyond_need_limit"]),
    ("solid for liquid", offer(physical_state="solid"), need(physical_state="liquid"), ["state"]),
    ("paste for gas", offer(physical_state="paste"), need(physical_state="gas"), ["state"]),
    ("a state of another word", offer(physical_state="powder"), need(physical_state="paste"), ["state"]),
    ("heat uphill", offer("heat", temperature_c=45), need("heat", temperature_c=80), ["temperature"]),
    (
        "heat uphill through a mere exchanger",
        offer("steam", temperature_c=110),
        need("heat", temperature_c=150),
        ["temperature"],
    ),
    ("cold too warm", offer("chill", temperature_c=12), need("chill", temperature_c=7), ["temperature"]),
    ("matter too cold", offer(temperature_c=10), need(temperature_c=30), ["temperature"]),
    ("a hazard refused", offer(hazardous=True), need(hazardous=False), ["hazard"]),
    ("a starred code refused", offer(waste_code="06 02 04*"), need(hazardous=False), ["hazard"]),
    ("waste for food", offer(waste_code="03 01 05"), need(qualities=FOOD), ["food_grade"]),
    ("waste for food, even transformed", offer("heat", waste_code="x"), need("steam", qualities=FOOD), ["food_grade"]),
    (
        "dates apart",
        offer(available_to=date(2027, 3, 31)),
        need(available_from=date(2027, 4, 1)),
        ["dates"],
    ),
    ("an offer that is over", offer(available_to=date(2026, 11, 22)), need(), ["expired"]),
    ("a need that is over", offer(), need(available_to=date(2026, 11, 22)), ["expired"]),
    ("another démarche, not shared", offer(), need(demarche_id=2, confidentiality="network"), ["confidentiality"]),
    ("another démarche, private", offer(confidentiality="private"), need(demarche_id=2), ["confidentiality"]),
    (
        "several reasons at once",
        offer(establishment_id=3, physical_state="gas", hazardous=True),
        need(establishment_id=3, physical_state="solid", hazardous=False),
        ["same_establishment", "state", "hazard"],
    ),
]


@pytest.mark.parametrize(("one", "other", "expected"), [case[1:] for case in EXCLUSIONS], ids=[case[0] for case in EXCLUSIONS])
def test_the_pair_is_excluded_with_its_reasons(one: FlowRow, other: FlowRow, expected: list[str]) -> None:
    assert [reason.code for reason in why_not(one, other, RESOURCES, COMPATIBILITIES, today=TODAY)] == expected
    assert "direction" in expected or match([one, other], RESOURCES, COMPATIBILITIES, today=TODAY) == []


ADMITTED: list[tuple[str, FlowRow, FlowRow]] = [
    ("just within the maximum", offer(), need(**north(299.9))),
    ("exactly at the limit of the offer", offer(max_distance_km=21), need(**north(21))),
    ("a position unknown in spite of limits", offer(max_distance_km=1), need(latitude=None)),
    ("paste for solid", offer(physical_state="paste"), need(physical_state="solid")),
    ("paste for liquid", offer(physical_state="liquid"), need(physical_state="paste")),
    ("heat uphill with a heat pump", offer("heat", temperature_c=45), need("steam", temperature_c=120)),
    ("heat into cold by absorption", offer("heat", temperature_c=90), need("chill", temperature_c=7)),
    ("another state with a transformation", offer("heat", physical_state="liquid"), need("steam", physical_state="gas")),
    ("heat at the very temperature", offer("heat", temperature_c=80), need("heat", temperature_c=80)),
    ("cold colder than asked", offer("chill", temperature_c=4), need("chill", temperature_c=7)),
    ("a hazard accepted", offer(hazardous=True), need(hazardous=True)),
    ("a declaration against the star", offer(waste_code="06 02 04*", hazardous=False), need(hazardous=False)),
    ("hazardous and food grade, not a waste", offer(hazardous=True, qualities=FOOD), need(qualities=FOOD)),
    ("dates that touch", offer(available_to=date(2027, 3, 31)), need(available_from=date(2027, 3, 31))),
    ("dates that touch the other way", offer(available_from=date(2027, 3, 31)), need(available_to=date(2027, 3, 31))),
    ("an offer that ends today", offer(available_to=TODAY), need()),
    ("private within its démarche", offer(confidentiality="private"), need(confidentiality="private")),
    ("two démarches, both open", offer(confidentiality="public"), need(demarche_id=2, confidentiality="network")),
]


@pytest.mark.parametrize(("one", "other"), [case[1:] for case in ADMITTED], ids=[case[0] for case in ADMITTED])
def test_the_pair_is_admitted(one: FlowRow, other: FlowRow) -> None:
    assert why_not(one, other, RESOURCES, COMPATIBILITIES, today=TODAY) == []
    assert judged(one, other).score > 0


def test_dates_do_not_expire_without_a_day_to_compare_with() -> None:
    assert why_not(offer(available_to=date(1999, 1, 1)), need(), RESOURCES, COMPATIBILITIES) == []


def test_a_reason_carries_the_figures_compared() -> None:
    (reason,) = why_not(offer("heat", temperature_c=45), need("heat", temperature_c=80), RESOURCES, COMPATIBILITIES)
    assert (reason.offer_value, reason.need_value) == (45, 80)
    (reason,) = why_not(offer(), need(max_distance_km=20, **north(21)), RESOURCES, COMPATIBILITIES)
    assert (reason.offer_value, reason.need_value) == (21.0, 20)


PARTS: list[tuple[str, str, FlowRow, FlowRow, float]] = [
    ("same leaf", "resource", offer(), need(), 1.0),
    ("entry of the table", "resource", offer("sawdust"), need("panel"), 0.8),
    ("one group", "resource", offer("pallet"), need("panel"), 0.4),
    ("a group for its leaf", "resource", offer("wood"), need("pallet"), 0.7),
    ("a leaf for its group", "resource", offer("pallet"), need("wood"), 0.7),
    ("two flows of the group", "resource", offer("wood"), need("wood"), 0.7),
    ("a group entry reaches its leaves", "resource", offer("panel"), need("soda"), 0.2),
    ("offer below need", "quantity", offer(quantity=62), need(quantity=100), 0.62),
    ("offer above need", "quantity", offer(quantity=200), need(quantity=50), 0.25),
    ("middle of the range", "quantity", offer(quantity=420), need(quantity_min=300, quantity_max=540), 1.0),
    ("quantity unknown", "quantity", offer(), need(quantity=3), 0.5),
    ("zero says nothing", "quantity", offer(quantity=0), need(quantity=3), 0.5),
    ("other base units", "quantity", offer("sawdust", quantity=3), need("heat", quantity=3), 0.5),
    ("other units of one family", "quantity", offer(quantity=3, unit="piece"), need(quantity=3, unit="t"), 0.5),
    ("one unit, two families", "quantity", offer("sawdust", quantity=3, unit="t"), need("heat", quantity=6, unit="t"), 0.5),
    ("one unit told, one family", "quantity", offer(quantity=3, unit="t"), need(quantity=4), 0.75),
    ("same place", "distance", offer(), need(), 1.0),
    ("at the usual distance", "distance", offer(), need(**north(100)), 0.5),
    ("at twice the usual distance", "distance", offer(), need(**north(200)), 0.25),
    ("heat at its usual 2 km", "distance", offer("heat"), need("heat", **north(2)), 0.5),
    ("place unknown", "distance", offer(longitude=None), need(), 0.5),
    ("nothing asked", "fitness", offer(), need(), 0.5),
    ("same state", "fitness", offer(physical_state="gas"), need(physical_state="gas"), 1.0),
    ("paste for solid", "fitness", offer(physical_state="paste"), need(physical_state="solid"), 0.5),
    ("state known on one side", "fitness", offer(physical_state="gas"), need(), 0.5),
    ("the worst demand counts", "fitness", offer(physical_state="gas"), need(physical_state="gas", hazardous=False), 0.5),
    ("quality held", "fitness", offer(qualities=FOOD), need(qualities=FOOD), 1.0),
    ("declared safe", "fitness", offer(hazardous=False), need(), 1.0),
    ("same season", "season", offer(profile=months(1, 2)), need(profile=months(1, 2)), 1.0),
    ("half the season", "season", offer(profile=months(1, 2)), need(profile=months(2, 3)), 0.5),
    ("opposite seasons", "season", offer(profile=months(1, 2)), need(profile=months(7, 8)), 0.0),
    ("season unknown", "season", offer(profile=ALL_YEAR), need(), 0.5),
    ("measured today", "freshness", offer(certainty="measured", age_days=0), need(certainty="measured", age_days=0), 1.0),
    ("the weaker sheet counts", "freshness", offer(certainty="measured", age_days=0), need(certainty="ratio", age_days=0), 0.4),
    ("two years old", "freshness", offer(certainty="measured", age_days=730), need(certainty="measured", age_days=0), 0.5),
    ("nothing known of the sheets", "freshness", offer(), need(), 0.25),
]


@pytest.mark.parametrize(
    ("part", "one", "other", "expected"), [case[1:] for case in PARTS], ids=[f"{case[1]}: {case[0]}" for case in PARTS]
)
def test_the_part_is_worth(part: str, one: FlowRow, other: FlowRow, expected: float) -> None:
    assert getattr(judged(one, other), part) == pytest.approx(expected, abs=1e-5)


MISSING: list[tuple[str, FlowRow, FlowRow, MissingCode, Side | None]] = [
    ("position of the offer", offer(latitude=None), need(), MissingCode.POSITION, Side.OFFER),
    ("position of both", offer(latitude=None), need(longitude=None), MissingCode.POSITION, Side.BOTH),
    ("position known", offer(), need(), MissingCode.POSITION, None),
    ("quantity of the need", offer(quantity=2), need(), MissingCode.QUANTITY, Side.NEED),
    ("yield between units", offer("sawdust", quantity=2), need("heat", quantity=1), MissingCode.YIELD, Side.BOTH),
    ("no yield before quantities", offer("sawdust"), need("heat", quantity=1), MissingCode.YIELD, None),
    ("season of both", offer(), need(), MissingCode.SEASON, Side.BOTH),
    ("state of the need", offer(physical_state="gas"), need(), MissingCode.STATE, Side.NEED),
    ("temperature of the heat offered", offer("heat"), need("heat", temperature_c=60), MissingCode.TEMPERATURE, Side.OFFER),
    ("temperature of any heat", offer("heat"), need("heat"), MissingCode.TEMPERATURE, Side.BOTH),
    ("temperature asked of matter", offer(), need(temperature_c=60), MissingCode.TEMPERATURE, Side.OFFER),
    ("temperature nobody asked", offer(temperature_c=60), need(), MissingCode.TEMPERATURE, None),
    ("danger not accepted yet", offer(hazardous=True), need(), MissingCode.HAZARD, Side.NEED),
    ("danger not declared", offer(), need(hazardous=False), MissingCode.HAZARD, Side.OFFER),
    ("quality not guaranteed", offer(), need(qualities=FOOD), MissingCode.QUALITY, Side.OFFER),
    ("offer too broad", offer("wood"), need(), MissingCode.RESOURCE, Side.OFFER),
    ("need too broad", offer(), need("wood"), MissingCode.RESOURCE, Side.NEED),
]


@pytest.mark.parametrize(("one", "other", "code", "side"), [case[1:] for case in MISSING], ids=[case[0] for case in MISSING])
def test_what_is_missing_is_told_with_who_can_answer(
    one: FlowRow, other: FlowRow, code: MissingCode, side: Side | None
) -> None:
    row = judged(one, other)
    assert {missing.code: missing.side for missing in row.missing}.get(code) == side
    assert row.is_missing(code) == (side is not None)


def test_a_transformation_shows_in_the_checks() -> None:
    row = judged(offer("heat", temperature_c=45), need("steam", temperature_c=120))
    assert row.transformation == "pompe à chaleur"
    assert [(check.code, check.status) for check in row.checks] == [("temperature", CheckStatus.TRANSFORMATION)]
    assert row.fitness == 0.5


def test_the_offer_side_decides_of_the_usual_distance() -> None:
    assert judged(offer("sawdust", **north(4)), need("heat")).reach_km == 80


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"available_from": date(2027, 6, 1), "available_to": date(2027, 8, 31)}, (6, 7, 8)),
        ({"available_from": date(2026, 12, 15), "available_to": date(2027, 1, 15)}, (1, 12)),
        ({"available_from": date(2027, 6, 1), "available_to": date(2027, 7, 1), "profile": months(5, 6)}, (6,)),
        ({"available_from": date(2027, 6, 1), "profile": months(5, 6)}, (5, 6)),
        ({"available_from": date(2026, 1, 1), "available_to": date(2029, 1, 1), "profile": months(5)}, (5,)),
    ],
)
def test_dates_cut_the_profile_to_their_months(values: dict[str, Any], expected: tuple[int, ...]) -> None:
    profile = effective_profile(offer(**values))
    assert tuple(month for month, share in enumerate(profile, 1) if share > 0) == expected
    assert sum(profile) == pytest.approx(1)


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"available_from": date(2027, 6, 1)},
        {"available_from": date(2026, 1, 1), "available_to": date(2026, 12, 31)},
        {"available_from": date(2027, 6, 1), "available_to": date(2027, 6, 30), "profile": months(1)},
        {"profile": (0.0,) * 12},
    ],
)
def test_a_season_can_stay_unknown(values: dict[str, Any]) -> None:
    assert str(effective_profile(offer(**values))[0]) == "nan"


def test_months_in_common_are_listed() -> None:
    row = judged(offer(profile=months(1, 2, 12)), need(profile=months(2, 3, 12)))
    assert row.common_months == (2, 12)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"quantity": 4, "quantity_min": 100}, 4.0),
        ({"quantity_min": 10, "quantity_max": 20}, 15.0),
        ({"quantity_max": 20}, 20.0),
        ({"quantity": -3}, None),
        ({}, None),
    ],
)
def test_the_quantity_compared(values: dict[str, Any], expected: float | None) -> None:
    assert known_quantity(flow(1, "offer", **values)) == expected


def test_an_older_sheet_is_never_more_reliable() -> None:
    ages = [reliability(offer(certainty="estimated", age_days=days)) for days in range(0, 4000, 100)]
    assert ages == sorted(ages, reverse=True)
    assert reliability(offer(certainty="estimated", age_days=-5)) == 0.7
