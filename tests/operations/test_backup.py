"""Backup and restoration: everything comes back, or nothing changes."""

import io
import json
import os
import stat
import time
import zipfile

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from operations import audit, backup, sealing
from operations.models import AuditEntry
from operations.storage import store_bytes

FRESH = "boucles_restored"


@pytest.fixture
def lived_in(transactional_db):
    """A database with people, binary files and a sealed trail, committed."""
    from tests import cast as cast_module

    cast = cast_module.assemble()
    store_bytes(name="é ’ 文.pdf", data=bytes(range(256)) * 50, demarche=cast.a, created_by=cast.alice)
    audit.record(verb="test", summary="Une « action » ; 50\u00a0%\tx", actor=cast.alice, demarche=cast.a, data={"x": [1, None]})
    sealing.seal_entries()
    return cast


def owner(database: str) -> dict:
    return conninfo_to_dict(os.environ["DATABASE_OWNER_URL"]) | {"dbname": database}


@pytest.fixture
def fresh():
    """An empty database beside the test's, as the installation leaves it."""
    with psycopg.connect(make_conninfo(**owner("postgres")), autocommit=True) as maintenance:
        maintenance.execute(f"DROP DATABASE IF EXISTS {FRESH} WITH (FORCE)")
        maintenance.execute(f"CREATE DATABASE {FRESH}")
        yield owner(FRESH)
        sessions = f"SELECT count(*) FROM pg_stat_activity WHERE datname = '{FRESH}'"
        for _ in range(100):  # the server ends a closed session a little later
            if maintenance.execute(sessions).fetchone() == (0,):
                break
            time.sleep(0.05)
        maintenance.execute(f"DROP DATABASE {FRESH}")


def rows_of(address: dict, query: str) -> list:
    with psycopg.connect(make_conninfo(**address)) as found:
        return found.execute(query).fetchall()


def everything(address: dict) -> dict:
    with psycopg.connect(make_conninfo(**address)) as found:
        return backup.fingerprints(found)


def here() -> dict:
    return owner(connection.settings_dict["NAME"])


def saved(tmp_path):
    path = tmp_path / "tout.sauvegarde"
    call_command("backup", str(path), stdout=io.StringIO())
    return path


def test_every_table_comes_back_by_count_and_hash(lived_in, fresh, tmp_path):
    before = everything(here())
    path = saved(tmp_path)
    backup.restore(path, fresh)
    assert everything(fresh) == before
    assert before["territories_user"][0] == 8
    assert before["operations_storedfile"][0] == 1
    counters = "SELECT sequencename, last_value FROM pg_sequences ORDER BY 1"
    assert rows_of(fresh, counters) == rows_of(here(), counters)
    parts = (
        "SELECT conname FROM pg_constraint UNION ALL SELECT indexname FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1"
    )
    assert rows_of(fresh, parts) == rows_of(here(), parts)


def test_what_is_restored_is_protected_as_before(lived_in, fresh, tmp_path):
    backup.restore(saved(tmp_path), fresh)
    with psycopg.connect(make_conninfo(**fresh)) as found, pytest.raises(psycopg.Error, match="append-only"):
        found.execute("DELETE FROM operations_auditentry")
    application = conninfo_to_dict(os.environ["DATABASE_URL"]) | {"dbname": FRESH}
    assert rows_of(application, "SELECT count(*) FROM territories_demarche") == [(2,)]


def test_the_same_database_is_brought_back_to_what_it_was(lived_in, tmp_path):
    path, before = saved(tmp_path), everything(here())
    lived_in.alice.first_name = "Autre"
    lived_in.alice.save()
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE added_since (id int GENERATED ALWAYS AS IDENTITY, who int REFERENCES territories_user)")
        cursor.execute("CREATE SEQUENCE counted_since")
        cursor.execute("CREATE TYPE kind_since AS ENUM ('one')")
        cursor.execute("CREATE VIEW seen_since AS SELECT who FROM added_since")
    try:
        call_command("restore", str(path), "--replace", stdout=io.StringIO())
        # Once more: the order of the system's tables is now another one.
        call_command("restore", str(path), "--replace", stdout=io.StringIO())
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP VIEW IF EXISTS seen_since")
            cursor.execute("DROP TABLE IF EXISTS added_since")
            cursor.execute("DROP SEQUENCE IF EXISTS counted_since")
            cursor.execute("DROP TYPE IF EXISTS kind_since")
    assert everything(here()) == before
    lived_in.alice.refresh_from_db()
    assert lived_in.alice.first_name == "Alice"
    assert sealing.verify().problem == ""


def test_a_database_that_holds_something_is_left_alone(lived_in, tmp_path):
    path, before = saved(tmp_path), None
    AuditEntry.objects.create(verb="test", summary="Écrite depuis")
    before = everything(here())
    with pytest.raises(CommandError, match="--replace"):
        call_command("restore", str(path))
    assert everything(here()) == before


def test_a_restoration_that_fails_half_way_changes_nothing(lived_in, tmp_path, monkeypatch):
    path, before = saved(tmp_path), everything(here())
    written = backup._script

    def broken(*arguments):
        script = written(*arguments)
        with script.open("a") as file:
            file.write("\nSELECT 1 / 0;\n")
        return script

    monkeypatch.setattr(backup, "_script", broken)
    with pytest.raises(CommandError, match="division by zero"):
        call_command("restore", str(path), "--replace")
    assert everything(here()) == before


def test_a_damaged_file_is_refused(lived_in, fresh, tmp_path):
    path = saved(tmp_path)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(content)
    with pytest.raises(backup.BackupError, match="abîmée"):
        backup.restore(path, fresh)


def test_a_file_that_is_no_backup_is_refused(db, fresh, tmp_path):
    path = tmp_path / "autre"
    path.write_bytes(b"PK")
    with pytest.raises(backup.BackupError, match="n’est pas une sauvegarde"):
        backup.restore(path, fresh)
    with pytest.raises(backup.BackupError, match="n’existe pas"):
        backup.restore(tmp_path / "absent", fresh)


def test_a_backup_of_a_later_version_is_refused(lived_in, fresh, tmp_path):
    path, later = saved(tmp_path), tmp_path / "plus-tard"
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(later, "w") as target:
        manifest = json.loads(source.read("manifest.json"))
        manifest["migrations"].append(["operations", "9999_later"])
        target.writestr("manifest.json", json.dumps(manifest))
        target.writestr("base.dump", source.read("base.dump"))
    with pytest.raises(backup.BackupError, match="version plus récente"):
        backup.restore(later, fresh)


def test_a_table_that_differs_afterwards_is_named(lived_in, fresh, tmp_path, monkeypatch):
    path = saved(tmp_path)
    true = backup.read_manifest

    def altered(path):
        manifest = true(path)
        manifest["tables"]["territories_user"][0] += 1
        return manifest

    monkeypatch.setattr(backup, "read_manifest", altered)
    with pytest.raises(backup.BackupError, match="territories_user"):
        backup.restore(path, fresh)


def test_the_file_is_closed_to_other_accounts_and_never_overwritten(lived_in, tmp_path):
    path = saved(tmp_path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]
    with pytest.raises(CommandError, match="existe déjà"):
        call_command("backup", str(path))
    with pytest.raises(CommandError, match="n’existe pas"):
        call_command("backup", str(tmp_path / "absent" / "x"))


def test_without_a_role_for_backups_the_owner_then_the_application_serve(db, monkeypatch):
    for name in ("BACKUP", "OWNER"):
        assert f"boucles_{name.lower()}" == backup.role_address("BACKUP", "OWNER")["user"]
        monkeypatch.delenv(f"DATABASE_{name}_URL")
    assert backup.role_address("BACKUP", "OWNER")["user"] == "boucles_app"
    monkeypatch.delenv("DATABASE_URL")
    with pytest.raises(backup.BackupError, match="DATABASE_URL"):
        backup.role_address("BACKUP", "OWNER")


def test_a_database_that_refuses_is_told_in_french(db, tmp_path):
    nowhere = owner("no_such_database")
    with pytest.raises(backup.BackupError, match="refuse la connexion"):
        backup.save(tmp_path / "x", nowhere)
    assert list(tmp_path.iterdir()) == []


def test_a_client_older_than_the_server_is_not_used(db):
    with pytest.raises(backup.BackupError, match="postgresql-client-99"):
        backup.programs(99)
