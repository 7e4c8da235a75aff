"""Loads what the field knows: taxonomy, list of waste, compatibilities, sector profiles, factors; safe to run twice."""

from decimal import Decimal

from django.db import transaction

from eit_platform.common.tables import REPOSITORY, rows, split
from eit_platform.common.text import fold
from synergies.enums import Family
from synergies.models import Compatibility, EmissionFactor, Resource, SectorProfile, WasteCode

FAMILY_UNITS = {
    Family.MATTER: "t",
    Family.ENERGY: "MWh",
    Family.WATER: "m3",
    Family.LAND: "m2",
    Family.EQUIPMENT: "h",
    Family.SKILL: "h",
    Family.SERVICE: "h",
    Family.LOGISTICS: "h",
    Family.PURCHASE: "piece",
}
RESOURCE_FIELDS = [
    "parent",
    "level",
    "family",
    "label",
    "folded_label",
    "synonyms",
    "base_unit",
    "usual_units",
    "waste_codes",
    "reach_km",
    "max_km",
    "density_t_per_m3",
    "density_source",
    "physical_state",
    "hazardous_possible",
]


def _decimal(text: str) -> Decimal | None:
    return Decimal(text) if text else None


def _resource(**fields) -> Resource:
    return Resource(folded_label=fold(fields["label"])[:120], **fields)


def _upsert(model, objects, unique: list[str], fields: list[str]) -> int:
    model.objects.bulk_create(objects, update_conflicts=True, unique_fields=unique, update_fields=fields, batch_size=500)
    return len(objects)


def _load_resources() -> int:
    nodes = [
        _resource(
            code=family.value, parent_id=None, level=1, family=family, label=str(family.label), base_unit=FAMILY_UNITS[family]
        )
        for family in Family
    ]
    nodes += [
        _resource(code=row["code"], parent_id=row["family"], level=2, family=row["family"], label=row["label"])
        for row in rows("synergies/data/taxonomy/groups.csv")
    ]
    _upsert(Resource, nodes, ["code"], RESOURCE_FIELDS)
    leaves = []
    for family in Family:
        path = f"synergies/data/taxonomy/{family.value}.csv"
        if not (REPOSITORY / path).exists():
            continue
        leaves += [
            _resource(
                code=row["code"],
                parent_id=row["parent"],
                level=3,
                family=family,
                label=row["label"],
                synonyms=split(row["synonyms"]),
                base_unit=row["unit"],
                usual_units=split(row["usual_units"]),
                waste_codes=split(row["low_codes"]),
                reach_km=float(row["reach_km"] or 50),
                max_km=float(row["max_km"]) if row["max_km"] else None,
                density_t_per_m3=_decimal(row["density_t_per_m3"]),
                density_source=row["density_source"],
                physical_state=row["physical_state"],
                hazardous_possible=row["hazardous_possible"] == "1",
            )
            for row in rows(path)
        ]
    return _upsert(Resource, leaves, ["code"], RESOURCE_FIELDS)


def _load_waste_codes() -> int:
    chapters = {row["code"]: row["label"] for row in rows("synergies/data/list_of_waste_chapters.csv")}
    codes = [
        WasteCode(
            code=row["code"],
            label=row["label"],
            folded_label=fold(row["label"])[:400],
            chapter=chapters.get(row["code"][:4], "")[:300],
            hazardous=row["hazardous"] == "1",
        )
        for row in rows("synergies/data/list_of_waste.csv")
    ]
    return _upsert(WasteCode, codes, ["code"], ["label", "folded_label", "chapter", "hazardous"])


def _load_compatibilities() -> int:
    pairs = [
        Compatibility(
            offer_id=row["offer"],
            need_id=row["need"],
            value=float(row["compatibility"]),
            transformation=row["transformation"],
            source=row["source"],
        )
        for row in rows("synergies/data/compatibilities.csv")
    ]
    return _upsert(Compatibility, pairs, ["offer", "need"], ["value", "transformation", "source"])


def _load_sector_profiles() -> int:
    lines = [
        SectorProfile(
            naf_prefix=row["naf"],
            direction=row["direction"],
            resource_id=row["resource"],
            weight=float(row["weight"]),
            source=row["source"],
        )
        for row in rows("synergies/data/sector_profiles.csv")
    ]
    return _upsert(SectorProfile, lines, ["naf_prefix", "direction", "resource"], ["weight", "source"])


def _load_factors() -> int:
    factors = [
        EmissionFactor(
            code=row["code"],
            version=row["version"],
            ademe_id=row["ademe_id"],
            label=row["label"],
            category=row["category"],
            value=Decimal(row["value"]),
            unit=row["unit"],
            uncertainty_pct=_decimal(row["uncertainty_pct"]),
            source=row["source"],
            validity=row["validity"],
            resource_hint=row["resource_hint"],
        )
        for row in rows("synergies/data/factors.csv")
    ]
    fields = ["ademe_id", "label", "category", "value", "unit", "uncertainty_pct", "source", "validity", "resource_hint"]
    return _upsert(EmissionFactor, factors, ["code", "version"], fields)


@transaction.atomic
def load() -> dict[str, int]:
    """Writes the shipped knowledge; returns how many rows of each table."""
    return {
        "ressources": _load_resources(),
        "codes déchet": _load_waste_codes(),
        "compatibilités": _load_compatibilities(),
        "profils sectoriels": _load_sector_profiles(),
        "facteurs": _load_factors(),
    }
