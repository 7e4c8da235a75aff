"""Numbers without gaps, and files kept in the database."""

import hashlib

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import DatabaseError, transaction

from operations import health
from operations.models import AuditEntry, Job, OutboxMessage, StoredFile
from operations.numbering import next_number, next_numbers
from operations.storage import store_bytes


def test_each_demarche_counts_for_itself(cast):
    assert [next_number(cast.a, "lead") for _ in range(3)] == [1, 2, 3]
    assert next_number(cast.b, "lead") == 1
    assert next_number(cast.a, "synergy") == 1
    assert list(next_numbers(cast.a, "lead", 3)) == [4, 5, 6]


def test_work_that_is_undone_leaves_no_gap(cast):
    next_number(cast.a, "lead")
    with transaction.atomic():
        next_number(cast.a, "lead")
        transaction.set_rollback(True)
    assert next_number(cast.a, "lead") == 2


def test_a_file_comes_back_as_it_was(db):
    data = bytes(range(256)) * 4
    name = default_storage.save("photo.jpg", ContentFile(data))
    kept = StoredFile.objects.get(uuid=name)
    assert default_storage.open(name).read() == data
    assert (kept.name, kept.content_type, kept.size) == ("photo.jpg", "image/jpeg", 1024)
    assert kept.sha256 == hashlib.sha256(data).hexdigest()
    assert default_storage.size(name) == 1024
    default_storage.delete(name)
    assert not StoredFile.objects.exists()


def test_two_files_of_the_same_name_are_two_files(db):
    first, second = (default_storage.save("a.txt", ContentFile(text)) for text in (b"1", b"2"))
    assert first != second
    assert default_storage.open(first).read() == b"1"


def test_a_file_has_no_public_address(db):
    with pytest.raises(ValueError, match="contrôle des droits"):
        default_storage.url(str(store_bytes(name="a", data=b"x").uuid))


def test_each_row_names_itself(db):
    rows = [Job(title="Rapport"), StoredFile(name="a.pdf"), OutboxMessage(subject="Objet"), AuditEntry(summary="Fait")]
    assert [str(row) for row in rows] == ["Rapport", "a.pdf", "Objet", "Fait"]


class TestWhoSees:
    @pytest.mark.parametrize("model", [Job, OutboxMessage, AuditEntry])
    def test_somebody_without_account_sees_no_row(self, cast, model):
        from django.contrib.auth.models import AnonymousUser

        assert list(model.objects.visible_to(AnonymousUser())) == []

    @pytest.mark.parametrize(("name", "count"), [("alice", 1), ("gaelle", 0), ("bob", 0), ("chloe", 0), ("omar", 0)])
    def test_mails_of_a_demarche_are_its_managers(self, cast, name, count):
        OutboxMessage.objects.create(key="k", demarche=cast.a, recipient="x@exemple.test", subject="Objet", body="Texte")
        assert OutboxMessage.objects.visible_to(cast.people[name]).count() == count


def test_a_database_that_does_not_answer_is_seen(db, monkeypatch):
    class Gone:
        def cursor(self):
            raise DatabaseError("gone")

    monkeypatch.setattr(health, "connection", Gone())
    found = health.state()
    assert (found["status"], found["database"], found["workers"]) == ("down", "down", "unknown")
