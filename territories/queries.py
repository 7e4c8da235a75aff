"""Reads that are not one person's rows."""

from django.db.models import Count, Q

from territories.models import Demarche, Network


def demarches_for_operator():
    """Name, network, opening date and number of members of each démarche: no business data."""
    return (
        Demarche.objects.select_related("network")
        .annotate(member_count=Count("memberships", filter=Q(memberships__ended_at=None)))
        .order_by("name")
    )


def networks():
    """Every network, by name."""
    return Network.objects.order_by("name")
