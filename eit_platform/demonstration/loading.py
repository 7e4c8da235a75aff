"""The whole load, in one transaction: either the demonstration is there, complete, or it is not."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction

from eit_platform.demonstration import (
    accounts,
    campaigns,
    companies,
    documentary,
    exchanges,
    flows,
    history,
    impacts,
    people,
    reports,
    territory,
)
from eit_platform.demonstration.days import Days
from operations.audit import record
from synergies.services.matching import run_pass
from territories.models import Demarche, User


@dataclass(frozen=True, slots=True)
class Draft:
    """The fictitious companies as they are drawn, before anything is written."""

    sites: list[companies.Site]
    exchanges: list[exchanges.Exchange]


def load(today: date) -> bool:
    """Writes the demonstration as of `today`; False, and nothing is changed, when it is already there."""
    days = Days(today)
    loaded = not Demarche.objects.filter(slug=territory.FICTITIOUS).exists()
    if loaded:
        _write(days)
    # Its job publishes its own transaction; taken up here when an earlier load was cut short after the first one.
    demarche = Demarche.objects.get(slug=territory.FICTITIOUS)
    if not is_reported(demarche):
        reports.load(demarche, User.objects.get(email=accounts.ACCOUNTS[0].email), days)
    return loaded


def is_reported(demarche: Demarche) -> bool:
    """Whether the report of the demonstration was asked for: nothing more is done after that."""
    return reports.Report.objects.in_demarche(demarche).filter(origin="asked").exists()


def draw(demarche: Demarche, days: Days) -> Draft:
    """The companies of the fictitious démarche, unsaved: the same day gives the same ones."""
    written = exchanges.read()
    sites = companies.build(demarche, territory.places(), days, exchanges.oldest_by_company(written))
    return Draft(sites, written)


@transaction.atomic
def _write(days: Days) -> None:
    region = territory.network()
    documented = territory.documentary_demarches(region)
    documentary.load(documented, days)
    demarche = territory.fictitious_demarche(region, days)
    staff = accounts.load(region, demarche, list(documented.values()), days.at(days.start - timedelta(days=20)))
    draft = draw(demarche, days)
    contacts, interactions = people.build(demarche, draft.sites, days, staff)
    declared = flows.build(demarche, draft.sites, draft.exchanges, days, staff)
    companies.save(draft.sites)
    companies.save_partners(demarche)
    accounts.open_company(demarche, staff, draft.sites)
    people.save(contacts, interactions)
    flows.save(demarche, declared)
    campaigns.load(demarche, draft.sites, contacts, days, staff)
    run_pass(demarche=demarche, actor=staff["manager"])
    cases = history.load(demarche, draft.exchanges, days, staff)
    impacts.load(cases, days, staff)
    reports.set_targets(demarche, staff["manager"], days)
    for each in (*documented.values(), demarche):
        record(verb="demonstration.loaded", summary=f"Données de démonstration chargées\u00a0: {each.name}", demarche=each)
