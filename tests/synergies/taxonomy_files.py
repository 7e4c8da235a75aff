"""The shipped tables of resources, read as plain rows for the tests."""

import csv
from pathlib import Path

from synergies.matching.vocabulary import ResourceTerm

DATA = Path(__file__).resolve().parents[2] / "synergies" / "data"
FAMILIES = ("matter", "energy", "water", "land", "equipment", "skill", "service", "logistics", "purchase")


def rows(name):
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def leaves():
    return [{**row, "family": family} for family in FAMILIES for row in rows(f"taxonomy/{family}.csv")]


def listed(cell):
    return [part for part in cell.split("|") if part]


def terms():
    return [ResourceTerm(row["code"], row["label"], tuple(listed(row["synonyms"])), row["family"]) for row in leaves()]
