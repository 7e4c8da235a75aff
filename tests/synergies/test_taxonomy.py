import re
from collections import Counter
from decimal import Decimal

import pytest

from eit_platform.common.units import BASE_UNITS, to_yearly
from synergies.matching.vocabulary import Vocabulary, normalize

from .taxonomy_files import DATA, FAMILIES, leaves, listed, rows, terms

LEAVES = leaves()
GROUPS = rows("taxonomy/groups.csv")
CODES = {row["code"] for row in LEAVES}
COLUMNS = [
    "code",
    "parent",
    "label",
    "synonyms",
    "unit",
    "usual_units",
    "low_codes",
    "reach_km",
    "max_km",
    "density_t_per_m3",
    "density_source",
    "physical_state",
    "hazardous_possible",
]
by_code = pytest.mark.parametrize("row", LEAVES, ids=[row["code"] for row in LEAVES])


def repeated(values):
    return [value for value, count in Counter(values).items() if count > 1]


def test_the_taxonomy_is_large_enough_and_covers_every_family():
    assert len(LEAVES) >= 340
    assert {row["family"] for row in LEAVES} == set(FAMILIES) == {row["family"] for row in GROUPS}
    assert min(Counter(row["family"] for row in LEAVES).values()) >= 10


@pytest.mark.parametrize("family", FAMILIES)
def test_a_family_file_has_the_agreed_columns(family):
    assert list(rows(f"taxonomy/{family}.csv")[0]) == COLUMNS


def test_codes_and_labels_are_unique():
    assert repeated(row["code"] for row in LEAVES + GROUPS) == []
    assert repeated(normalize(row["label"]) for row in LEAVES) == []
    assert repeated(row["label"].lower() for row in LEAVES + GROUPS) == []


def test_every_group_has_leaves_and_every_leaf_a_group_of_its_family():
    groups = {row["code"]: row["family"] for row in GROUPS}
    assert {row["parent"] for row in LEAVES} == set(groups)
    for row in LEAVES:
        assert groups[row["parent"]] == row["family"]
        assert row["code"].startswith(f"{row['parent']}.")


def test_codes_are_stable_slugs_of_three_levels():
    for row in LEAVES:
        assert re.fullmatch(r"[a-z]+(\.[a-z][a-z0-9_]*){2}", row["code"]), row["code"]


def test_no_word_leads_to_two_resources():
    owners = {}
    for row in LEAVES:
        for text in (row["label"], *listed(row["synonyms"])):
            owners.setdefault(text.lower(), set()).add(row["code"])
    assert {text: codes for text, codes in owners.items() if len(codes) > 1} == {}


@by_code
def test_a_leaf_is_complete_and_its_figures_make_sense(row):
    assert row["label"][0].isupper() or row["label"][0].isdigit()
    assert len(listed(row["synonyms"])) >= 2
    assert "'" not in row["label"] + row["synonyms"]
    assert row["unit"] in BASE_UNITS
    assert Decimal("0.5") <= Decimal(row["reach_km"]) <= 500
    assert not row["max_km"] or Decimal(row["max_km"]) >= Decimal(row["reach_km"])
    assert row["physical_state"] in ("", "solid", "liquid", "gas", "paste")
    assert row["hazardous_possible"] in ("0", "1")
    assert bool(row["density_t_per_m3"]) == bool(row["density_source"])
    if row["density_t_per_m3"]:
        gas = row["physical_state"] == "gas"
        assert (Decimal("0.00005") if gas else Decimal("0.01")) <= Decimal(row["density_t_per_m3"]) <= 4


@by_code
def test_every_usual_unit_converts_to_the_base_unit(row):
    density = Decimal(row["density_t_per_m3"]) if row["density_t_per_m3"] else None
    units = listed(row["usual_units"])
    assert row["unit"] in units
    for unit in units:
        assert to_yearly(Decimal(1), unit, "year", base_unit=row["unit"], density=density).value > 0


def test_heat_stays_local_and_matter_travels():
    reach = {row["code"]: Decimal(row["reach_km"]) for row in LEAVES}
    assert all(reach[code] <= 5 for code in reach if code.startswith("energy.heat."))
    assert all(row["max_km"] for row in LEAVES if row["code"].startswith(("energy.heat.", "energy.cold.", "water.process.")))
    assert reach["matter.mineral.aggregates"] < reach["matter.plastic.pet"] < reach["matter.metal.copper"]


def test_low_codes_have_six_digits_and_are_in_the_list_of_waste():
    codes = {code for row in LEAVES for code in listed(row["low_codes"])}
    assert len(codes) >= 150
    assert all(re.fullmatch(r"\d{6}", code) for code in codes)
    if not (DATA / "list_of_waste.csv").exists():
        pytest.skip("the list of waste is not in this checkout: only the form of the codes is checked")
    official = {re.sub(r"\D", "", row["code"]): row for row in rows("list_of_waste.csv")}
    assert codes <= set(official)


def test_a_resource_with_a_hazardous_low_code_may_be_hazardous():
    if not (DATA / "list_of_waste.csv").exists():
        pytest.skip("the list of waste is not in this checkout: its hazard marks cannot be compared")
    marked = {
        re.sub(r"\D", "", row["code"]) for row in rows("list_of_waste.csv") if row["hazardous"].lower() in ("1", "true", "*")
    }
    assert marked
    for row in LEAVES:
        if marked & set(listed(row["low_codes"])):
            assert row["hazardous_possible"] == "1", row["code"]


@pytest.mark.parametrize("words", ["soude", "Hydroxyde de sodium", "NaOH", "lessive de soude"])
def test_the_names_of_one_substance_lead_to_one_resource(words):
    assert Vocabulary.build(terms()).search(words)[0].code == "matter.base.caustic_soda"


def test_compatibilities_join_known_resources_and_are_graded():
    table = rows("compatibilities.csv")
    assert list(table[0]) == ["offer", "need", "compatibility", "transformation", "source"]
    assert len(table) >= 120
    assert repeated((row["offer"], row["need"]) for row in table) == []
    for row in table:
        assert {row["offer"], row["need"]} <= CODES, row
        assert row["offer"] != row["need"]
        assert 0 < Decimal(row["compatibility"]) < 1
        assert row["source"]
        # What is far from usable as it is says what is missing.
        assert row["transformation"] or Decimal(row["compatibility"]) >= Decimal("0.8"), row


def test_sector_profiles_propose_known_resources_for_known_divisions():
    table = rows("sector_profiles.csv")
    assert list(table[0]) == ["naf", "direction", "resource", "weight", "source"]
    assert len({row["naf"] for row in table}) >= 40
    assert repeated((row["naf"], row["direction"], row["resource"]) for row in table) == []
    for row in table:
        assert re.fullmatch(r"\d{2}(\.\d{1,2})?", row["naf"])
        assert row["direction"] in ("offer", "need")
        assert row["resource"] in CODES, row
        assert 0 < Decimal(row["weight"]) <= 1
        assert row["source"]


def test_every_profiled_sector_has_an_offer_and_a_need():
    directions = {}
    for row in rows("sector_profiles.csv"):
        directions.setdefault(row["naf"], set()).add(row["direction"])
    assert {naf for naf, found in directions.items() if found != {"offer", "need"}} == set()
