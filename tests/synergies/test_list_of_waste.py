"""The shipped European list of waste has the codes, marks and French wording of Decision 2000/532/EC as amended."""

import csv
import re
from collections import Counter
from pathlib import Path

import pytest
from rapidfuzz import fuzz

ROOT = Path(__file__).parents[2]
DATA = ROOT / "synergies" / "data"
REFERENCE = ROOT.parent / "shared" / "reference" / "list_of_waste" / "list_of_waste_fr_en_de.csv"
NO_BREAK = "\u00a0"


def read(path):
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def plain(label):
    """Label without what typography alone changes: apostrophes, kinds of space, case."""
    return re.sub(r"\s+", " ", label.replace("’", "'")).casefold().strip()


def share_alike(labels, expected):
    """Share, from 0 to 1, of the expected codes whose label is at least 90 % the same."""
    return sum(fuzz.ratio(plain(labels[code]), plain(expected[code])) >= 90 for code in expected) / len(expected)


@pytest.fixture(scope="module")
def wastes():
    return read(DATA / "list_of_waste.csv")


@pytest.fixture(scope="module")
def chapters():
    return read(DATA / "list_of_waste_chapters.csv")


@pytest.fixture(scope="module")
def reference():
    if not REFERENCE.exists():
        pytest.skip("the comparison list of waste is not part of the project and is absent here")
    return read(REFERENCE)


def test_there_are_842_codes_of_which_408_are_hazardous(wastes):
    assert len(wastes) == 842
    assert Counter(w["hazardous"] for w in wastes) == {"1": 408, "0": 434}


def test_there_are_20_chapters_and_111_sub_chapters(chapters):
    assert Counter(len(c["code"]) for c in chapters) == {2: 20, 4: 111}
    assert [c["code"] for c in chapters if len(c["code"]) == 2] == [f"{n:02}" for n in range(1, 21)]


def test_codes_are_unique_sorted_and_made_of_digits(wastes, chapters):
    for rows in (wastes, chapters):
        codes = [row["code"] for row in rows]
        assert codes == sorted(set(codes))
        assert all(code.isdigit() for code in codes)
    assert {len(w["code"]) for w in wastes} == {6}


def test_every_waste_has_its_chapter_and_sub_chapter_and_none_is_empty(wastes, chapters):
    headings = {c["code"] for c in chapters}
    assert {w["code"][:4] for w in wastes} == {code for code in headings if len(code) == 4}
    assert {w["code"][:2] for w in wastes} == {code for code in headings if len(code) == 2}


def test_well_known_wastes_have_their_mark_and_wording(wastes):
    known = {w["code"]: (w["hazardous"], w["label"]) for w in wastes}
    assert known["150101"] == ("0", "Emballages en papier/carton")
    assert known["130502"] == ("1", "Boues provenant de séparateurs eau/hydrocarbures")
    assert known["020402"] == ("0", "Carbonate de calcium déclassé")
    assert known["160307"] == ("1", "Mercure métallique")
    assert known["010310"][0] == "1"


def test_labels_are_in_sentence_case_with_french_typography(wastes, chapters):
    for row in wastes + chapters:
        label = row["label"]
        assert label == label.strip() != ""
        assert label[0].isupper(), label
        assert not label.isupper(), label
        assert not re.search("'|  ", label), label
        assert not re.search(r"(?<![\u00a0\u202f])[:;!?]|\.$", label), label


def test_a_code_quoted_in_a_label_never_breaks_and_exists(wastes, chapters):
    codes = {row["code"] for row in wastes + chapters}
    for row in wastes + chapters:
        for quoted in re.findall(r"\d\d(?:\s\d\d)*", row["label"]):
            assert quoted.replace(NO_BREAK, "") in codes, row["label"]


def test_a_waste_defined_by_dangerous_substances_is_hazardous(wastes):
    dangerous = [w for w in wastes if w["label"].endswith("contenant des substances dangereuses")]
    assert len(dangerous) > 80
    assert [w["code"] for w in dangerous if w["hazardous"] != "1"] == []


def test_the_entries_a_non_hazardous_waste_excludes_are_hazardous_but_for_four_known_cases(wastes):
    marks = {w["code"]: w["hazardous"] for w in wastes}
    odd = set()
    for waste in wastes:
        excluded = re.search(r"autres? que (?:ceux|celles|celui) visée?s? .*", waste["label"])
        if waste["hazardous"] == "0" and excluded:
            quoted = re.findall(r"\d\d\s\d\d\s\d\d", excluded[0])
            odd |= {waste["code"] for code in quoted if marks[code.replace(NO_BREAK, "")] == "0"}
    # The decision itself makes these exclude a neighbour that is not hazardous either.
    assert odd == {"010412", "030311", "100119", "101311"}


def test_codes_and_marks_equal_the_reference(wastes, reference):
    expected = {row["code"]: row["dangereux"] for row in reference if row["niveau"] == "3"}
    assert {w["code"]: w["hazardous"] for w in wastes} == expected


def test_at_least_95_percent_of_labels_are_alike_the_reference(wastes, reference):
    expected = {row["code"]: row["label_fr"] for row in reference if row["niveau"] == "3"}
    assert share_alike({w["code"]: w["label"] for w in wastes}, expected) >= 0.95


def test_chapters_and_their_labels_are_alike_the_reference(chapters, reference):
    expected = {row["code"]: row["label_fr"] for row in reference if row["niveau"] != "3"}
    assert {c["code"] for c in chapters} == expected.keys()
    assert share_alike({c["code"]: c["label"] for c in chapters}, expected) >= 0.95
