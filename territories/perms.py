"""Rights on people and on the démarche itself."""

from territories.access import Access
from territories.enums import Role


def manage_members(access: Access) -> bool:
    """Only the chargé(e) de mission invites and removes: he or she answers for who reads the companies' data."""
    return access.is_manager


def read_members(access: Access) -> bool:
    """The team, the élu(e) and the partners know who works on the démarche; a company doesn't need to."""
    return access.has(Role.MANAGER, Role.COLLEAGUE, Role.ELECTED, Role.PARTNER)


def change_demarche(access: Access) -> bool:
    """Perimeter, objectives and due dates commit the démarche: the chargé(e) de mission sets them."""
    return access.is_manager


def import_companies(access: Access) -> bool:
    """An import writes hundreds of rows at once: the chargé(e) de mission only."""
    return access.is_manager


def open_demarches(user) -> bool:
    """Opening démarches is the operator's work, and the only thing an operator sees of them."""
    return bool(user.is_authenticated and user.is_operator)
