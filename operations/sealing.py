"""The audit trail's hash chain: each seal covers an entry and the seal before it.

Entries are sealed by a periodic task, in the order of their ids, so that writers never wait for one another. An entry
whose transaction commits late is sealed by the next pass: its number follows the order of sealing.
The chain shows that an entry was changed, added between two others or removed. Keep the last seal elsewhere (the command
prints it) to show that the end was not cut off.
"""

import hashlib
from dataclasses import dataclass
from datetime import UTC

import orjson
from django.db import connection, transaction
from django.utils.translation import gettext as _

from operations.models import AuditEntry

_LOCK = 0x424F55434C4553  # « BOUCLES »: one sealer at a time
BATCH = 1000
GENESIS = "0" * 64


def seal_of(entry: AuditEntry, sequence: int, previous: str) -> str:
    """SHA-256 of the previous seal and of the entry in canonical JSON; the account's key is left out, it may be erased."""
    content = {
        "sequence": sequence,
        "id": entry.pk,
        "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "demarche": entry.demarche_id,
        "actor": entry.actor_label,
        "verb": entry.verb,
        "type": entry.object_type,
        "uuid": str(entry.object_uuid or ""),
        "summary": entry.summary,
        "data": entry.data,
    }
    return hashlib.sha256(previous.encode() + orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).hexdigest()


def seal_entries() -> int:
    """Seals every entry that is not; gives how many."""
    total = 0
    while done := _seal_batch():
        total += done
    return total


@transaction.atomic
def _seal_batch() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        last = AuditEntry.objects.exclude(sequence=None).order_by("-sequence").first()
        sequence, seal = (last.sequence, last.seal) if last else (0, GENESIS)
        rows = []
        for entry in AuditEntry.objects.filter(sequence=None).order_by("id")[:BATCH]:
            sequence += 1
            seal = seal_of(entry, sequence, seal)
            rows.append((sequence, seal, entry.pk))
        cursor.executemany("UPDATE operations_auditentry SET sequence = %s, seal = %s WHERE id = %s", rows)
    return len(rows)


@dataclass(frozen=True)
class Verification:
    """What the check found: entries read, entries not sealed yet, last seal, and the first break (empty when none)."""

    sealed: int
    waiting: int
    last_seal: str
    problem: str = ""


def verify() -> Verification:
    """Computes the chain again from its first entry."""
    waiting = AuditEntry.objects.filter(sequence=None).count()
    expected, previous = 0, GENESIS
    for entry in AuditEntry.objects.exclude(sequence=None).order_by("sequence").iterator(chunk_size=BATCH):
        expected += 1
        if entry.sequence != expected:
            problem = _("la trace n° %(number)s manque") % {"number": expected}
            return Verification(expected - 1, waiting, previous, problem)
        if seal_of(entry, expected, previous) != entry.seal:
            problem = _("la trace n° %(number)s du %(date)s (%(summary)s) ne correspond plus à son sceau") % {
                "number": expected,
                "date": entry.at.isoformat(timespec="seconds"),
                "summary": entry.summary,
            }
            return Verification(expected - 1, waiting, previous, problem)
        previous = entry.seal
    return Verification(expected, waiting, previous)
