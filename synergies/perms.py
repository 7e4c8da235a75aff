"""Rights on flows, campaigns, leads and synergies."""

from actors.models import CompanyAccess
from synergies.models import Flow
from territories.access import Access
from territories.enums import Role


def read_flows(access: Access) -> bool:
    """Every member of the démarche has a list of flows: `visible_to` says which rows are in it."""
    return access.has(Role.MANAGER, Role.COLLEAGUE, Role.ELECTED, Role.PARTNER, Role.COMPANY)


def declare_flows(access: Access) -> bool:
    """The team notes what it hears, a company declares its own; élus and partners read."""
    return access.is_team or access.has(Role.COMPANY)


def declare_flows_of(access: Access, establishment) -> bool:
    """The team for every site, a company for the sites it was given: nobody speaks for another company."""
    return access.is_team or _acts_for(access, establishment.pk)


def change_flow(access: Access, flow: Flow) -> bool:
    """Those who may declare it may correct it."""
    return access.is_team or _acts_for(access, flow.establishment_id)


def read_commercial_terms(access: Access, flow: Flow) -> bool:
    """Prices, outlets and ends of contracts are business secrets: the team and the site itself, whatever the sharing."""
    return change_flow(access, flow)


def sites_acted_for(access: Access) -> set[int]:
    """Primary keys of the sites the person was given as a company; empty for the others."""
    if not access.has(Role.COMPANY):
        return set()
    given = CompanyAccess.objects.filter(
        demarche=access.demarche, membership__user_id=access.user.pk, membership__ended_at=None
    )
    return set(given.values_list("establishment_id", flat=True))


def _acts_for(access: Access, establishment_pk: int) -> bool:
    if not access.has(Role.COMPANY):
        return False
    return CompanyAccess.objects.filter(
        demarche=access.demarche,
        establishment_id=establishment_pk,
        membership__user_id=access.user.pk,
        membership__ended_at=None,
    ).exists()


def read_campaigns(access: Access) -> bool:
    """Who answered and who refused is the team's working note."""
    return access.is_team


def send_campaigns(access: Access) -> bool:
    """A mail to companies commits the démarche: the chargé(e) de mission sends it."""
    return access.is_manager


def read_leads(access: Access) -> bool:
    """Leads name two sides that have agreed to nothing yet: the team only."""
    return access.is_team


def sort_leads(access: Access) -> bool:
    """Keeping or refusing a lead engages the démarche: the chargé(e) de mission decides, and runs the search."""
    return access.is_manager


def read_synergies(access: Access) -> bool:
    """The team, the élu(e) for those that run, a company for its own; partners read validated reports."""
    return access.is_team or access.has(Role.ELECTED, Role.COMPANY)


def follow_synergies(access: Access) -> bool:
    """Notes and next steps are the team's common work; nothing is added to a documentary démarche."""
    return access.is_team and not access.demarche.is_documentary


def decide_synergies(access: Access) -> bool:
    """Stages and impacts are what the funder reads: the chargé(e) de mission answers for them.

    Nothing is added to the published facts of a documentary démarche.
    """
    return access.is_manager and not access.demarche.is_documentary
