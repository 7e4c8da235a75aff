"""Which sites a person of a company acts for."""

from django.db import transaction

from actors.models import CompanyAccess, Establishment


@transaction.atomic
def grant_company_access(membership, details: dict) -> int:
    """Opens the establishments named by the invitation (`establishments`, UUIDs) to the new member; returns how many."""
    sites = Establishment.objects.in_demarche(membership.demarche).filter(uuid__in=details.get("establishments", []))
    rows = [CompanyAccess(demarche=membership.demarche, membership=membership, establishment=site) for site in sites]
    CompanyAccess.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)
