"""The shipped NAF rév. 2 and headcount bands are complete, consistent and typographically right."""

import csv
import json
import re
from collections import Counter
from pathlib import Path

import pytest
from rapidfuzz import fuzz

ROOT = Path(__file__).parents[2]
DATA = ROOT / "actors" / "data"
REFERENCE = ROOT.parent / "shared" / "reference"
BAND_CODES = ["NN", "00", "01", "02", "03", "11", "12", "21", "22", "31", "32", "41", "42", "51", "52", "53"]


def read(name):
    with (DATA / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def reference(path):
    path = REFERENCE / path
    if not path.exists():
        pytest.skip("this comparison file is not part of the project and is absent here")
    return json.loads(path.read_text("utf-8"))


def plain(label):
    """Label without what typography alone changes: apostrophes, kinds of space, case."""
    return re.sub(r"\s+", " ", label.replace("’", "'")).casefold().strip()


@pytest.fixture(scope="module")
def activities():
    return read("naf_rev2.csv")


@pytest.fixture(scope="module")
def divisions():
    return read("naf_divisions.csv")


@pytest.fixture(scope="module")
def sections():
    return read("naf_sections.csv")


@pytest.fixture(scope="module")
def bands():
    return read("headcount_bands.csv")


def test_there_are_732_activities_88_divisions_and_21_sections(activities, divisions, sections):
    assert (len(activities), len(divisions), len(sections)) == (732, 88, 21)


def test_each_table_is_sorted_by_a_unique_code(activities, divisions, sections):
    for rows, column in (
        (activities, "code"),
        (divisions, "division"),
        (sections, "section"),
    ):
        codes = [row[column] for row in rows]
        assert codes == sorted(set(codes))


def test_an_activity_code_has_the_form_of_the_nomenclature(activities):
    assert [a["code"] for a in activities if not re.fullmatch(r"\d\d\.\d\d[A-Z]", a["code"])] == []
    assert [a["code"] for a in activities if a["code"][:2] != a["division"]] == []


def test_every_level_is_used_by_the_level_below(activities, divisions, sections):
    assert {a["division"] for a in activities} == {d["division"] for d in divisions}
    assert {d["section"] for d in divisions} == {s["section"] for s in sections}
    by_division = {d["division"]: d["section"] for d in divisions}
    assert [a["code"] for a in activities if a["section"] != by_division[a["division"]]] == []


def test_sections_hold_the_known_number_of_divisions(divisions):
    counts = Counter(d["section"] for d in divisions)
    assert counts == dict(
        zip(
            "ABCDEFGHIJKLMNOPQRSTU",
            [3, 5, 24, 1, 4, 3, 3, 5, 2, 6, 3, 1, 7, 6, 1, 1, 3, 4, 3, 2, 1],
            strict=True,
        )
    )


def test_activities_of_the_region_have_their_label_and_section(activities):
    known = {a["code"]: (a["label"], a["section"]) for a in activities}
    assert known["10.81Z"] == ("Fabrication de sucre", "C")
    assert known["38.21Z"] == (
        "Traitement et élimination des déchets non dangereux",
        "E",
    )
    assert known["35.30Z"] == (
        "Production et distribution de vapeur et d’air conditionné",
        "D",
    )


def test_labels_follow_french_typography(activities, divisions, sections, bands):
    for row in activities + divisions + sections + bands:
        label = row["label"]
        assert label == label.strip() != ""
        assert not re.search(r"'|  |(?<!\u202f);|m2", label), label
        assert label[0].isdigit() or label[0].isupper(), label


def test_headcount_bands_follow_each_other_without_gap(bands):
    assert [b["code"] for b in bands] == BAND_CODES
    limits = [(int(b["minimum"]), int(b["maximum"])) for b in bands[1:-1]]
    assert all(low <= high for low, high in limits)
    assert [low for low, _high in limits[1:]] == [high + 1 for _low, high in limits[:-1]]
    assert (bands[-1]["minimum"], bands[-1]["maximum"]) == ("10000", "")
    assert (bands[0]["minimum"], bands[0]["maximum"]) == ("0", "0")


def test_the_label_of_a_band_states_its_limits(bands):
    assert {b["code"]: b["label"] for b in bands}["12"] == "20 à 49\u00a0salariés"
    for band in bands[2:]:
        numbers = [int(re.sub(r"\s", "", n)) for n in re.findall(r"\d[\d\u202f]*", band["label"])]
        assert numbers == [int(limit) for limit in (band["minimum"], band["maximum"]) if limit]


def test_activities_equal_the_reference(activities):
    expected = reference("naf/naf_rev2.json")
    assert {a["code"] for a in activities} == expected.keys()
    # The reference has stray commas and the package a few small words of its own: near-equality for each label.
    unlike = [a["code"] for a in activities if fuzz.ratio(plain(a["label"]), plain(expected[a["code"]])) < 95]
    assert unlike == []


def test_headcount_bands_equal_the_reference(bands):
    expected = reference("recherche_entreprises/tranches-effectifs.json")
    assert {b["code"] for b in bands} == expected.keys()
    # NN and 00 are explained in a sentence there, in a few words here.
    assert [b["code"] for b in bands[2:] if plain(b["label"]) != plain(expected[b["code"]])] == []
