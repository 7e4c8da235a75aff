"""Which resource serves which, and what a malformed taxonomy is told."""

from dataclasses import replace

import pytest

from synergies.matching.knowledge import Knowledge, thermal_of
from synergies.matching.types import Compatibility, RelationKind, ResourceRow, Side
from tests.synergies.matching.builders import COMPATIBILITIES, RESOURCES

KNOWLEDGE = Knowledge(RESOURCES, COMPATIBILITIES)


def entry(offer: str, need: str, value: float, transformation: str = "") -> Compatibility:
    return Compatibility(offer=offer, need=need, value=value, transformation=transformation)


def test_the_four_kinds_of_relation() -> None:
    def kind(offer: str, need: str) -> RelationKind:
        found = KNOWLEDGE.relation(offer, need)
        assert found is not None
        return found.kind

    assert kind("pallet", "pallet") == RelationKind.SAME
    assert kind("sawdust", "heat") == RelationKind.COMPATIBLE
    assert kind("wood", "pallet") == RelationKind.GENERAL
    assert kind("pallet", "panel") == RelationKind.GROUP


def test_who_was_too_vague_is_known() -> None:
    sides = {pair: KNOWLEDGE.relation(*pair) for pair in (("wood", "pallet"), ("pallet", "wood"), ("wood", "wood"))}
    assert [found.vague for found in sides.values() if found] == [Side.OFFER, Side.NEED, Side.BOTH]


def test_the_table_is_read_from_offer_to_need() -> None:
    assert KNOWLEDGE.relation("sawdust", "heat") is not None
    assert KNOWLEDGE.relation("heat", "sawdust") is None


def test_the_most_specific_entry_wins_whatever_the_order() -> None:
    table = [entry("wood", "chemistry", 0.2), entry("wood", "soda", 0.3), entry("sawdust", "soda", 0.9, "un lavage")]
    for entries in (table, table[::-1]):
        knowledge = Knowledge(RESOURCES, entries)
        values = [
            knowledge.relation("sawdust", "soda"),
            knowledge.relation("panel", "soda"),
            knowledge.relation("panel", "acid"),
        ]
        assert [found.value for found in values if found] == [0.9, 0.3, 0.2]


def test_between_equals_the_one_that_forbids_wins_then_the_highest() -> None:
    assert Knowledge(RESOURCES, [entry("soda", "heat", 0.3), entry("soda", "heat", 0)]).relation("soda", "heat") is None
    found = Knowledge(RESOURCES, [entry("soda", "heat", 0.3), entry("soda", "heat", 0.6)]).relation("soda", "heat")
    assert found is not None
    assert found.value == 0.6


@pytest.mark.parametrize(
    ("offer", "need", "words", "stated", "expected"),
    [
        ("heat", "steam", "échangeur", None, False),
        ("heat", "steam", "échangeur et Pompe à chaleur", None, True),
        ("heat", "steam", "compresseur de vapeur", True, True),
        ("heat", "chill", "machine à absorption", None, True),
        ("sawdust", "heat", "chaudière", None, True),
        ("sawdust", "heat", "", None, False),
        ("sawdust", "heat", "chaudière", False, False),
    ],
)
def test_a_transformation_settles_temperature_only_if_it_can(
    offer: str, need: str, words: str, stated: bool | None, expected: bool
) -> None:
    table = [Compatibility(offer=offer, need=need, value=0.5, transformation=words, lifts_temperature=stated)]
    found = Knowledge(RESOURCES, table).relation(offer, need)
    assert found is not None
    assert found.lifts_temperature is expected


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("energy.heat", "heat"),
        ("energy.heat.steam_lp", "heat"),
        ("energy.cold.chilled_water", "cold"),
        ("energy.heater", ""),
        ("matter.agri.straw", ""),
    ],
)
def test_heat_and_cold_are_known_by_their_branch(code: str, expected: str) -> None:
    assert thermal_of(code) == expected


def test_the_same_leaf_stays_whole_whatever_the_table_says() -> None:
    found = Knowledge(RESOURCES, [entry("soda", "soda", 0)]).relation("soda", "soda")
    assert found is not None
    assert found.value == 1


def test_a_family_that_is_a_plain_list_of_leaves_is_a_group() -> None:
    flat = [
        ResourceRow(code=code, family="skill", parent=parent, reach_km=50, max_km=200)
        for code, parent in (("skills", ""), ("welding", "skills"), ("law", "skills"))
    ]
    found = Knowledge(flat, []).relation("welding", "law")
    assert found is not None
    assert found.kind == RelationKind.GROUP


@pytest.mark.parametrize(
    ("resources", "table", "message"),
    [
        ([RESOURCES[0], RESOURCES[0]], [], "given twice"),
        ([replace(RESOURCES[0], reach_km=0)], [], "must be positive"),
        ([replace(RESOURCES[0], parent="wood"), RESOURCES[1]], [], "above itself"),
        (RESOURCES, [entry("soda", "heat", 1.2)], r"outside of \[0, 1\]"),
        (RESOURCES, [entry("soda", "gold", 0.2)], "unknown resource 'gold'"),
    ],
)
def test_a_malformed_taxonomy_is_refused(resources: list[ResourceRow], table: list[Compatibility], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Knowledge(resources, table)
