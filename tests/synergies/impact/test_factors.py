"""The table of emission factors: what it holds, how it is read, and that it says what the Base Carbone says."""

import csv
from decimal import Decimal
from pathlib import Path

import pytest

from synergies.impact.factors import ROAD_DETOUR, FactorTable, parse_factors
from synergies.impact.types import Category, ImpactError, Quantity

ROOT = Path(__file__).resolve().parents[3]
FACTORS = ROOT / "synergies" / "data" / "factors.csv"
TAXONOMY = ROOT / "synergies" / "data" / "taxonomy"
REFERENCE = ROOT.parent / "shared" / "reference" / "base_carbone" / "facteurs_eit_base_carbone_v22.csv"

HEADER = "code,ademe_id,label,category,value,unit,uncertainty_pct,source,version,validity,resource_hint"
GOOD = "neuf.carton,26737,Carton,material_virgin,390,kgCO2e/t,20,ADEME,V22.0,2021-12,matter.paper"


@pytest.fixture(scope="module")
def table() -> FactorTable:
    return parse_factors(FACTORS.read_text(encoding="utf-8").splitlines())


def test_the_shipped_table_has_the_size_that_a_person_can_choose_from(table):
    assert 150 <= len(table) <= 300


@pytest.mark.parametrize("category", [category for category in Category if category is not Category.RATIO])
def test_every_kind_of_factor_is_represented(table, category):
    assert table.of_category(category)


def test_every_factor_names_its_source_its_version_and_its_identifier(table):
    assert all(factor.source.startswith("ADEME, Base Carbone®") for factor in table)
    assert {factor.version for factor in table} == {"V22.0"}
    assert all(factor.ademe_id.isdigit() for factor in table)
    assert len({factor.ademe_id for factor in table}) == len(table)


def test_units_are_normalised_by_category(table):
    units = {category: {factor.unit for factor in table.of_category(category)} for category in Category}
    assert units[Category.ENERGY] == {"kgCO2e/MWh"}
    assert units[Category.TRANSPORT] == {"kgCO2e/tkm"}
    assert units[Category.WATER] == {"kgCO2e/m3"}
    assert units[Category.MATERIAL_RECYCLED] == {"kgCO2e/t"}
    assert units[Category.MATERIAL_VIRGIN] == {"kgCO2e/t", "kgCO2e/t_N", "kgCO2e/t_P2O5", "kgCO2e/t_K2O"}


def test_avoided_emissions_are_negative_and_everything_else_is_not(table):
    for factor in table:
        assert (factor.value < 0) == (factor.category is Category.AVOIDED_EMISSIONS), factor.code


@pytest.mark.parametrize(
    ("code", "value", "unit"),
    [
        ("neuf.carton", "390", "kgCO2e/t"),
        ("recycle.carton", "670", "kgCO2e/t"),
        ("neuf.pate-a-papier-moyen", "297", "kgCO2e/t"),
        ("recycle.pate-a-papier-moyen", "317", "kgCO2e/t"),
        ("neuf.fibre-de-verre", "2130", "kgCO2e/t"),  # published per kilogram
        ("energie.electricite-2021-mix-moyen-consommation", "56.9", "kgCO2e/MWh"),  # published per kWh
        ("stockage.dis", "128", "kgCO2e/t"),
        ("eau.eau-de-reseau-hors-infrastructure", "0.132", "kgCO2e/m3"),
    ],
)
def test_known_values_keep_their_code_and_their_unit(table, code, value, unit):
    assert (table.get(code).value, table.get(code).unit) == (Decimal(value), unit)


def test_recycled_matter_is_paired_with_the_same_new_matter(table):
    pairs = {new.subject: (new.value, recycled.value) for new, recycled in table.recycled_pairs()}
    assert pairs["carton"] == (390, 670)
    assert {subject for subject, (new, recycled) in pairs.items() if recycled > new} == {"carton", "pate-a-papier-moyen"}
    equal = {subject for subject, (new, recycled) in pairs.items() if recycled == new}
    assert equal == {"nickel", "plomb", "zinc", "plastique-ps", "fibre-de-verre"}
    assert len(pairs) == len(table.of_category(Category.MATERIAL_RECYCLED))


def test_factors_of_a_resource_come_closest_first(table):
    found = table.for_resource("matter.plastic.pet", Category.MATERIAL_VIRGIN)
    assert [factor.code for factor in found[:2]] == ["neuf.films-plastiques-pet-pas-recyclable", "neuf.plastique-pet"]
    assert found[-1].resource_hint == "matter.plastic"
    assert {factor.category for factor in found} == {Category.MATERIAL_VIRGIN}


def test_a_hint_is_a_whole_code_not_the_start_of_a_word(table):
    assert table.for_resource("matter.plastic.petfoam", Category.MATERIAL_RECYCLED) == table.for_resource(
        "matter.plastic", Category.MATERIAL_RECYCLED
    )


def test_a_resource_that_no_factor_speaks_of_gets_none(table):
    assert table.for_resource("skill.legal") == []


def test_every_hint_exists_in_the_taxonomy_of_resources(table):
    codes = set()
    for file in TAXONOMY.glob("*.csv"):
        with file.open(encoding="utf-8", newline="") as rows:
            codes.update(row["code"] for row in csv.DictReader(rows))
    assert codes
    groups = {code.rpartition(".")[0] for code in codes}
    assert {factor.resource_hint for factor in table if factor.resource_hint} <= codes | groups


def test_the_detour_by_road_is_marked_provisional():
    assert ROAD_DETOUR.provisional
    assert ROAD_DETOUR.value == Decimal("1.3")
    assert "sans source officielle" in ROAD_DETOUR.source


def test_an_unknown_code_is_refused_by_its_name(table):
    assert "neuf.carton" in table
    with pytest.raises(ImpactError, match=r"neuf\.kryptonite"):
        table.get("neuf.kryptonite")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (GOOD.replace("390", "trois"), "Ligne 2 : un nombre est illisible"),
        (GOOD.replace("390", ""), "Ligne 2 : un nombre est illisible"),
        (GOOD.replace("390", "NaN"), "nombre fini"),
        (GOOD.replace(",20,", ",-20,"), "ne peut pas être négative"),
        (GOOD.replace("material_virgin", "matière"), "catégorie inconnue « matière »"),
        (GOOD.replace("kgCO2e/t", "kgCO2e"), "n’est pas un rapport"),
        (GOOD.replace("kgCO2e/t", "kgCO2e/short ton"), "Unité inconnue"),
        (GOOD.replace("ADEME", ""), "la source est obligatoire"),
        (GOOD.replace("neuf.carton", ""), "le code est obligatoire"),
        ("neuf.carton,26737", "catégorie inconnue"),
        (f"{GOOD}\n{GOOD}", "figure deux fois"),
    ],
)
def test_a_faulty_line_is_refused_and_named(line, message):
    with pytest.raises(ImpactError) as refusal:
        parse_factors([HEADER, *line.split("\n")])
    assert message.replace(" :", "\u00a0:").replace("« ", "«\u00a0").replace(" »", "\u00a0»") in str(refusal.value)


def test_a_missing_column_is_named():
    with pytest.raises(ImpactError, match="colonne 'version' manque"):
        parse_factors([HEADER.replace("version", "edition"), GOOD])


def test_a_factor_without_published_uncertainty_has_none():
    table = parse_factors([HEADER, GOOD.replace(",20,", ",,")])
    assert table.get("neuf.carton").uncertainty_pct is None


@pytest.mark.skipif(not REFERENCE.exists(), reason="the reference extract of the Base Carbone is not beside the project")
def test_the_table_agrees_with_the_reference_extract(table):
    with REFERENCE.open(encoding="utf-8", newline="") as rows:
        reference = {row["id_ademe"]: row for row in csv.DictReader(rows)}
    compared = 0
    for factor in table:
        row = reference.get(factor.ademe_id)
        if row is None:
            continue
        basis = row["unite"].partition("/")[2].lower()
        per_thousand = basis in {"kg", "kgh2"} or basis.startswith("kwh")
        expected = Decimal(row["valeur"]) * (1000 if per_thousand else 1)
        assert factor.value == expected, factor.code
        uncertainty = Decimal(row["incertitude_pct"]) if row["incertitude_pct"] else None
        assert factor.uncertainty_pct == uncertainty, factor.code
        compared += 1
    # The extract leaves out what its maker found of no use here (animal feed, two heat networks…).
    assert compared >= 0.95 * len(table)


def test_a_factor_refuses_a_quantity_of_another_kind(table):
    with pytest.raises(ImpactError, match="s’applique à des «\u00a0t\u00a0», pas à des «\u00a0MWh\u00a0»"):
        table.get("neuf.carton").apply(Quantity(Decimal(3), "MWh"))
