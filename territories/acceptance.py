"""What else happens when an invitation is accepted: higher apps register it here, by role."""

from collections.abc import Callable

_HANDLERS: dict[str, Callable] = {}


def register_acceptance(role: str, handler: Callable) -> None:
    """`handler(membership, details)` runs in the transaction that gives `role`."""
    _HANDLERS[role] = handler


def run_acceptance(membership, details: dict) -> None:
    """Runs what was registered for the membership's role, if anything."""
    handler = _HANDLERS.get(membership.role)
    if handler is not None:
        handler(membership, details)
