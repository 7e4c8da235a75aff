"""The trail: one entry per change, written in its transaction."""

from contextlib import contextmanager

from django.db import connection, transaction

from operations.models import AuditEntry


def record(*, verb: str, summary: str, actor=None, demarche=None, target=None, data: dict | None = None) -> AuditEntry:
    """Writes who did what. `verb` is stable for programs (`synergy.opened`), `summary` is in French for people.

    `actor` is a User, None for the platform itself or somebody without account (say who in `data`).
    """
    signed_in = actor if actor is not None and getattr(actor, "pk", None) else None
    return AuditEntry.objects.create(
        demarche=demarche,
        actor=signed_in,
        actor_label=str(actor) if actor else "",
        verb=verb,
        object_type=target._meta.label if target is not None else "",
        object_uuid=getattr(target, "uuid", None),
        summary=summary[:400],
        data=data or {},
    )


@contextmanager
def erasing():
    """Lets the entries of the block's transaction be removed, for the erasure of a whole démarche.

    Only the owner of the tables can: the application's role is refused by the trigger whatever it sets. The chain then
    shows the hole, and `verify_audit` says so: an erasure is not hidden.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL boucles.erasure = 'on'")
        yield
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL boucles.erasure = 'off'")
