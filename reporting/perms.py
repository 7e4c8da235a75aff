"""Rights on the dashboard, the indicators and the reports."""

from territories.access import Access
from territories.enums import Role


def read_dashboard(access: Access) -> bool:
    """The team, the élu(e) and the partners, each on a page of its own; a company has its own flows and synergies."""
    return access.has(Role.MANAGER, Role.COLLEAGUE, Role.ELECTED, Role.PARTNER)


def read_whole_dashboard(access: Access) -> bool:
    """The detailed figures are the team's working tool."""
    return access.is_team


def read_indicators(access: Access) -> bool:
    """The team and the élu(e) follow the score; a partner reads it in the reports, where it is validated."""
    return access.is_team or access.is_elected


def set_targets(access: Access) -> bool:
    """A target commits the démarche before its funders: the chargé(e) de mission sets it."""
    return access.is_manager


def read_reports(access: Access) -> bool:
    """Everybody but the companies; `visible_to` leaves the drafts to the team."""
    return access.has(Role.MANAGER, Role.COLLEAGUE, Role.ELECTED, Role.PARTNER)


def produce_reports(access: Access) -> bool:
    """A frozen report speaks for the démarche: the chargé(e) de mission writes, freezes and transmits it."""
    return access.is_manager
