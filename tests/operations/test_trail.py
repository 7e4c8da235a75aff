"""The trail: nothing in it changes, and it can be shown."""

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from operations import audit, sealing
from operations.models import AuditEntry


@pytest.fixture
def trail(cast):
    return [audit.record(verb="test", summary=f"Action {n}", actor=cast.alice, demarche=cast.a) for n in range(5)]


def without_trigger(statement: str, *parameters) -> None:
    """What somebody who owns the tables could do by hand."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE operations_auditentry DISABLE TRIGGER audit_is_append_only")
        cursor.execute(statement, parameters)
        cursor.execute("ALTER TABLE operations_auditentry ENABLE TRIGGER audit_is_append_only")


class TestAppendOnly:
    @pytest.mark.parametrize(
        "change",
        [
            lambda rows: rows.update(summary="Autre chose"),
            lambda rows: rows.update(actor_label="Personne"),
            lambda rows: rows.update(actor=None, summary="Autre chose"),
            lambda rows: rows.delete(),
        ],
    )
    def test_the_database_refuses_changes(self, trail, change):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change(AuditEntry.objects.filter(pk=trail[0].pk))
        assert AuditEntry.objects.filter(summary="Action 0", actor_label="Alice Test").exists()

    def test_a_seal_is_put_once(self, trail):
        sealing.seal_entries()
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            AuditEntry.objects.filter(pk=trail[0].pk).update(seal="0" * 64)

    def test_an_erased_account_leaves_its_name_in_the_trail(self, trail, cast):
        sealing.seal_entries()
        cast.alice.delete()
        trail[0].refresh_from_db()
        assert (trail[0].actor, trail[0].actor_label) == (None, "Alice Test")
        assert sealing.verify().problem == ""

    def test_a_demarche_with_a_trail_is_not_deleted_by_mistake(self, trail, cast):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            AuditEntry.objects.filter(demarche=cast.a).delete()

    def test_an_erasure_is_possible_on_purpose(self, trail, cast):
        with audit.erasing():
            AuditEntry.objects.filter(demarche=cast.a).delete()
        assert not AuditEntry.objects.exists()
        row = audit.record(verb="test", summary="Après")
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            row.delete()


class TestChain:
    def test_every_entry_is_sealed_after_the_one_before(self, trail):
        assert sealing.seal_entries() == 5
        assert sealing.seal_entries() == 0
        assert list(AuditEntry.objects.order_by("id").values_list("sequence", flat=True)) == [1, 2, 3, 4, 5]
        assert sealing.verify().sealed == 5

    def test_a_later_pass_goes_on_with_the_chain(self, trail, cast, monkeypatch):
        monkeypatch.setattr(sealing, "BATCH", 2)
        sealing.seal_entries()
        audit.record(verb="test", summary="Suite", demarche=cast.a, data={"b": 1, "a": [1.5, None, "é"]})
        assert sealing.verify().waiting == 1
        sealing.seal_entries()
        found = sealing.verify()
        assert (found.sealed, found.waiting, found.problem) == (6, 0, "")

    def test_a_changed_entry_is_found(self, trail, capsys):
        sealing.seal_entries()
        without_trigger("UPDATE operations_auditentry SET summary = 'Autre' WHERE id = %s", trail[2].pk)
        with pytest.raises(SystemExit) as end:
            call_command("verify_audit")
        assert end.value.code == 1
        assert "la trace n°\u00a03" in capsys.readouterr().err

    def test_a_removed_entry_is_found(self, trail):
        sealing.seal_entries()
        without_trigger("DELETE FROM operations_auditentry WHERE id = %s", trail[1].pk)
        assert sealing.verify().problem == "la trace n°\u00a02 manque"

    def test_an_entry_slipped_in_is_found(self, trail):
        sealing.seal_entries()
        AuditEntry.objects.create(verb="test", summary="Intruse", sequence=6, seal="f" * 64)
        assert "n°\u00a06" in sealing.verify().problem

    def test_the_command_prints_the_last_seal(self, trail, capsys):
        sealing.seal_entries()
        call_command("verify_audit")
        assert AuditEntry.objects.get(sequence=5).seal in capsys.readouterr().out
