"""Flows, leads and synergies as the tests of this app need them, written without the services under test."""

import datetime
from decimal import Decimal

from django.utils import timezone

from synergies.enums import PartyRole
from synergies.models import Flow, Lead, LeadFlow, Synergy, SynergyParty
from tests.cast import Cast, establishment

GRAINS = "matter.beverage.brewers_grains"


def flow_at(site, direction: str, resource: str, **values) -> Flow:
    """An active flow of the site, declared today."""
    number = Flow.objects.filter(demarche=site.demarche).count() + 1
    values = {"provenance": "visit", "provenance_on": timezone.localdate(), "certainty": "estimated"} | values
    return Flow.objects.create(
        demarche=site.demarche, establishment=site, number=number, direction=direction, resource_id=resource, **values
    )


def grains(cast: Cast, **values) -> tuple[Flow, Flow]:
    """The brewery's spent grains and the farm's need of them, 8 km apart."""
    profile = [Decimal("0.05")] * 3 + [Decimal("0.12")] * 5 + [Decimal("0.0625")] * 4
    offer = flow_at(
        cast.brewery, "offer", GRAINS, label="Drêches du brassin", quantity=420, unit="t", period="year",
        yearly_quantity=420, yearly_unit="t", monthly_profile=profile, **values,
    )  # fmt: skip
    need = flow_at(
        cast.farm, "need", GRAINS, label="Protéines pour le troupeau", yearly_quantity=300, yearly_unit="t",
        monthly_profile=[Decimal("0.083333")] * 12,
    )  # fmt: skip
    return offer, need


def group_of_needs(cast: Cast, count: int, *, start: int = 0, resource: str = "purchase.group_energy.electricity") -> list:
    """The same need at neighbouring sites."""
    sites = []
    for rank in range(start, start + count):
        site = establishment(cast.a, f"Atelier {rank}", latitude=49.36 + rank / 500, longitude=4.17)
        flow_at(site, "need", resource, yearly_quantity=100, yearly_unit="MWh")
        sites.append(site)
    return sites


def lead_of(*flows: Flow, **values) -> Lead:
    """A lead by hand on these flows."""
    demarche = flows[0].demarche
    number = Lead.objects.filter(demarche=demarche).count() + 1
    values = {"kind": "substitution", "detection": "systematic", "family": "matter", "title": f"Piste {number}"} | values
    lead = Lead.objects.create(demarche=demarche, number=number, pair_key=f"hand:{number}", **values)
    LeadFlow.objects.bulk_create(LeadFlow(demarche=demarche, lead=lead, flow=flow) for flow in flows)
    return lead


def synergy_of(*flows: Flow, **values) -> Synergy:
    """A synergy whose parties are the sites of these flows."""
    demarche = flows[0].demarche
    number = Synergy.objects.filter(demarche=demarche).count() + 1
    today = timezone.localdate()
    values = {
        "kind": "substitution", "detection": "systematic", "family": "matter", "title": f"Synergie {number}",
        "stage_since": today, "opened_on": today, "last_activity_on": today,
    } | values  # fmt: skip
    synergy = Synergy.objects.create(demarche=demarche, number=number, **values)
    roles = {"offer": PartyRole.GIVER, "need": PartyRole.TAKER}
    for flow in flows:
        SynergyParty.objects.create(
            demarche=demarche, synergy=synergy, establishment=flow.establishment, role=roles[flow.direction], flow=flow
        )
    return synergy


def yesterday() -> datetime.date:
    return timezone.localdate() - datetime.timedelta(days=1)
