"""Loads the nomenclatures shipped in actors/data; safe to run twice."""

from functools import cache

from django.db import transaction

from actors.models import HeadcountBand, NafCode, NafDivision
from eit_platform.common.tables import rows
from eit_platform.common.text import fold


@transaction.atomic
def load() -> dict[str, int]:
    """Writes the NAF rév. 2 divisions and codes, and the INSEE headcount bands; returns how many of each."""
    divisions = [
        NafDivision(code=row["division"], label=row["label"], section=row["section"])
        for row in rows("actors/data/naf_divisions.csv")
    ]
    NafDivision.objects.bulk_create(
        divisions, update_conflicts=True, unique_fields=["code"], update_fields=["label", "section"]
    )
    codes = [
        NafCode(code=row["code"], label=row["label"], folded_label=fold(row["label"])[:250], division_id=row["division"])
        for row in rows("actors/data/naf_rev2.csv")
    ]
    NafCode.objects.bulk_create(
        codes, update_conflicts=True, unique_fields=["code"], update_fields=["label", "folded_label", "division"]
    )
    bands = [
        HeadcountBand(
            code=row["code"],
            label=row["label"],
            minimum=int(row["minimum"]) if row["minimum"] else None,
            maximum=int(row["maximum"]) if row["maximum"] else None,
        )
        for row in rows("actors/data/headcount_bands.csv")
    ]
    HeadcountBand.objects.bulk_create(
        bands, update_conflicts=True, unique_fields=["code"], update_fields=["label", "minimum", "maximum"]
    )
    return {"divisions NAF": len(divisions), "codes NAF": len(codes), "tranches d’effectifs": len(bands)}


@cache
def division_labels() -> dict[str, str]:
    """The NAF rév. 2 divisions as shipped: code → label, in the order of the codes."""
    return {row["division"]: row["label"] for row in rows("actors/data/naf_divisions.csv")}


@cache
def section_labels() -> dict[str, str]:
    """The NAF sections: letter → label."""
    return {row["section"]: row["label"] for row in rows("actors/data/naf_sections.csv")}
