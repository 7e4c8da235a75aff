"""Loads the official geography shipped in territories/data; safe to run twice."""

from django.db import transaction

from eit_platform.common.tables import rows, split
from eit_platform.common.text import fold
from territories.models import Commune, Department, Epci


@transaction.atomic
def load() -> dict[str, int]:
    """Writes départements, EPCI and communes of Grand Est; returns how many of each."""
    departments = [Department(code=row["code"], name=row["name"]) for row in rows("territories/data/departments_grand_est.csv")]
    Department.objects.bulk_create(departments, update_conflicts=True, unique_fields=["code"], update_fields=["name"])
    epci = [Epci(siren=row["siren"], name=row["name"], kind=row["kind"]) for row in rows("territories/data/epci_grand_est.csv")]
    Epci.objects.bulk_create(epci, update_conflicts=True, unique_fields=["siren"], update_fields=["name", "kind"])
    communes = [
        Commune(
            code=row["code"],
            name=row["name"],
            folded_name=fold(row["name"]),
            postal_codes=split(row["postal_codes"], " "),
            population=int(row["population"]) if row["population"] else None,
            department_id=row["department"],
            epci_id=row["epci_siren"] or None,
            latitude=float(row["latitude"]) if row["latitude"] else None,
            longitude=float(row["longitude"]) if row["longitude"] else None,
        )
        for row in rows("territories/data/communes_grand_est.csv")
    ]
    fields = ["name", "folded_name", "postal_codes", "population", "department", "epci", "latitude", "longitude"]
    Commune.objects.bulk_create(communes, update_conflicts=True, unique_fields=["code"], update_fields=fields, batch_size=1000)
    return {"départements": len(departments), "EPCI": len(epci), "communes": len(communes)}
