"""Rights on the actors. Rows are scoped by `visible_to`; these say which pages and verbs a role has."""

from territories.enums import Role
from territories.perms import import_companies, manage_members

__all__ = [
    "add_actors",
    "edit_actors",
    "export_directory",
    "import_companies",
    "invite_company",
    "read_contacts",
    "read_directory",
    "read_mobilisation",
    "read_sheet",
]


def read_directory(access) -> bool:
    """Team, élu(e) and partners know who is in the territory; a company only knows its own sites."""
    return access.has(Role.MANAGER, Role.COLLEAGUE, Role.ELECTED, Role.PARTNER)


def read_sheet(access) -> bool:
    """Every member may open a sheet; which ones is told by the scope of the establishments."""
    return bool(access.roles)


def read_mobilisation(access) -> bool:
    """Stages, notes and exchanges are the team's working notes: they were not written to be read by others."""
    return access.is_team


def read_contacts(access) -> bool:
    """Personal data: the team, and a company for its own people."""
    return access.is_team or access.has(Role.COMPANY)


def add_actors(access) -> bool:
    """The team brings companies in as it meets them."""
    return access.is_team


def edit_actors(access) -> bool:
    """The team keeps the sheets; a company tells its changes to the chargé(e) de mission."""
    return access.is_team


def export_directory(access) -> bool:
    """A whole list leaves the platform: for the team, which answers for what it does with it."""
    return access.is_team


def invite_company(access) -> bool:
    """Who acts for a company is decided by the chargé(e) de mission, as for every member."""
    return manage_members(access)
