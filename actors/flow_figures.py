"""How many flows an establishment has: known by the app above, which registers itself here.

The directory shows and filters on flows without knowing them; until somebody registers, it offers neither.
"""

from collections.abc import Callable, Iterable

from django.db.models import Count, Exists, OuterRef, QuerySet

_lookup: Callable[[object], QuerySet] | None = None


def register_flow_lookup(lookup: Callable[[object], QuerySet]) -> None:
    """`lookup(user)` gives the flows that person may see, with an `establishment_id`."""
    global _lookup
    _lookup = lookup


def are_known() -> bool:
    return _lookup is not None


def has_flows(user) -> Exists:
    """Condition on establishments: at least one flow that `user` may see."""
    if _lookup is None:
        raise LookupError("Aucune application n’a dit où sont les flux.")
    return Exists(_lookup(user).filter(establishment_id=OuterRef("pk")).order_by())


def counts(user, establishment_ids: Iterable[int]) -> dict[int, int]:
    """Number of flows `user` may see, by establishment; one query."""
    ids = list(establishment_ids)
    if _lookup is None or not ids:
        return {}
    found = _lookup(user).filter(establishment_id__in=ids).order_by().values("establishment_id").annotate(n=Count("pk"))
    return {row["establishment_id"]: row["n"] for row in found}
