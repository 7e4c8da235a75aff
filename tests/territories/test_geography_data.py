"""The shipped communes, EPCI and départements of Grand Est are complete, consistent and correctly placed."""

import csv
import math
from collections import Counter
from pathlib import Path

import pytest
from stdnum.fr import siren

ROOT = Path(__file__).parents[2]
DATA = ROOT / "territories" / "data"
REFERENCE = ROOT.parent / "shared" / "reference" / "geo"


def read(path):
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.fixture(scope="module")
def communes():
    return read(DATA / "communes_grand_est.csv")


@pytest.fixture(scope="module")
def epci():
    return read(DATA / "epci_grand_est.csv")


@pytest.fixture(scope="module")
def departments():
    return read(DATA / "departments_grand_est.csv")


@pytest.fixture(scope="module")
def located(communes):
    return [c for c in communes if c["latitude"]]


@pytest.fixture(scope="module")
def reference():
    path = REFERENCE / "communes_grand_est_2026.csv"
    if not path.exists():
        pytest.skip("the comparison file of communes is not part of the project and is absent here")
    return {row["code_insee"]: row for row in read(path)}


def kilometres(a, b):
    dx = (a[1] - b[1]) * math.cos(math.radians(a[0]))
    return 111.2 * math.hypot(a[0] - b[0], dx)


def point(row, latitude="latitude", longitude="longitude"):
    return float(row[latitude]), float(row[longitude])


def test_the_region_has_its_5115_communes_150_epci_and_10_departments(communes, epci, departments):
    assert (len(communes), len(epci), len(departments)) == (5115, 150, 10)


def test_each_file_is_sorted_by_a_unique_code(communes, epci, departments):
    for rows, column in ((communes, "code"), (epci, "siren"), (departments, "code")):
        codes = [row[column] for row in rows]
        assert codes == sorted(set(codes))


def test_every_commune_belongs_to_a_shipped_epci_and_every_epci_has_a_commune(communes, epci):
    assert {c["epci_siren"] for c in communes} == {e["siren"] for e in epci}


def test_every_commune_is_in_the_department_its_code_starts_with(communes, departments):
    assert {c["department"] for c in communes} == {d["code"] for d in departments}
    assert [c["code"] for c in communes if c["code"][:2] != c["department"]] == []


def test_epci_have_a_valid_siren_a_name_and_a_known_kind(epci):
    assert [e["siren"] for e in epci if not siren.is_valid(e["siren"]) or not e["name"]] == []
    assert Counter(e["kind"] for e in epci) == {
        "CC": 126,
        "CA": 20,
        "METRO": 3,
        "CU": 1,
    }


def test_every_commune_has_a_name_postal_codes_and_a_population(communes):
    for commune in communes:
        assert commune["name"].strip() == commune["name"] != ""
        assert all(len(code) == 5 and code.isdigit() for code in commune["postal_codes"].split(" "))
        assert int(commune["population"]) >= 0
    assert 5_400_000 < sum(int(c["population"]) for c in communes) < 5_700_000


def test_names_use_the_typographic_apostrophe(communes, epci, departments):
    assert [row["name"] for row in communes + epci + departments if "'" in row["name"]] == []


def test_a_point_has_both_coordinates_and_lies_inside_the_region(communes, located):
    assert [c["code"] for c in communes if bool(c["latitude"]) != bool(c["longitude"])] == []
    for commune in located:
        latitude, longitude = point(commune)
        assert 47.4 < latitude < 50.2, commune["name"]
        assert 3.35 < longitude < 8.25, commune["name"]


def test_most_inhabitants_live_in_a_located_commune(communes, located):
    assert len(located) >= 1500
    inhabitants = sum(int(c["population"]) for c in communes)
    assert sum(int(c["population"]) for c in located) / inhabitants > 0.75


def test_no_two_communes_share_a_point(located):
    assert max(Counter(point(c) for c in located).values()) == 1


def test_known_cities_are_where_they_should_be(communes):
    known = {
        "67482": (48.58, 7.75),
        "51454": (49.26, 4.03),
        "57463": (49.12, 6.18),
        "68224": (47.75, 7.34),
    }
    found = {c["code"]: point(c) for c in communes if c["code"] in known}
    assert found.keys() == known.keys()
    assert [code for code in known if kilometres(found[code], known[code]) > 3] == []


def test_communes_of_the_same_name_are_told_apart(communes):
    named = {c["code"]: c for c in communes if c["name"] in {"Saint-Louis", "Avricourt"}}
    # Two Saint-Louis, 140 km apart: both sides of the Vosges have their own point.
    assert kilometres(point(named["68297"]), (47.59, 7.56)) < 3
    assert kilometres(point(named["57618"]), (48.72, 7.19)) < 3
    # Two neighbouring Avricourt and one point in the source: none is better than a wrong one.
    assert named["54035"]["latitude"] == named["57042"]["latitude"] == ""


def test_codes_equal_the_reference(communes, reference):
    assert {c["code"] for c in communes} == reference.keys()


def test_epci_equal_the_reference_for_almost_all_communes(communes, reference):
    same = sum(c["epci_siren"] == reference[c["code"]]["epci_siren"] for c in communes)
    assert same / len(communes) >= 0.995


def test_points_are_within_6_km_of_the_reference_centroid(located, reference):
    near = sum(kilometres(point(c), point(reference[c["code"]], "lat", "lon")) <= 6 for c in located)
    assert near / len(located) >= 0.99
    # Farther than any commune of the region is wide: such a point would be another place.
    assert [c["name"] for c in located if kilometres(point(c), point(reference[c["code"]], "lat", "lon")) > 10] == []
