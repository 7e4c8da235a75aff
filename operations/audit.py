"""The trail: one entry per change, written in its transaction."""

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
