"""The embedded PostgreSQL: created when missing, started on a Unix socket, with the roles production has."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import psycopg

from . import child_processes
from .programs import Programs
from .run_directory import CHECKOUT, own_folder, service_user, socket_folder

DATABASE = "boucles"
SUPERUSER = "boucles_bootstrap"
ROLES_SQL = CHECKOUT / "deploy" / "postgres-roles.sql"
READY_WITHIN_SECONDS = 60

_COMMON = {"listen_addresses": "", "max_connections": "100", "jit": "off"}
# Nothing is kept: durability would only slow the tests down.
_THROWAWAY = _COMMON | {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
}


def _server_environment() -> dict[str, str]:
    """Return an environment without the caller's PG* variables nor a locale the machine may not have."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "LANG"))}
    return kept | {"LC_ALL": "C"}


def _create_cluster(programs: Programs, data: Path, log: Path, *, throwaway: bool) -> None:
    if (data / "PG_VERSION").exists() and not data.with_name("data-incomplete").exists():
        return
    shutil.rmtree(data, ignore_errors=True)
    unfinished = data.with_name("data-incomplete")  # told apart from a cluster cut short by a kill
    unfinished.touch()
    own_folder(data)
    # The C.UTF-8 of libc beside the builtin provider: pg_trgm asks libc which characters are letters, accents included.
    command = [
        *(programs.postgres_bin / "initdb", "-D", data, "-U", SUPERUSER, "-A", "trust", "-E", "UTF8"),
        *("--locale=C.UTF-8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--lc-messages=C"),
        *(["--no-sync"] if throwaway else []),
    ]
    child = child_processes.spawn(
        command, log=log, death_signal=signal.SIGKILL, env=_server_environment(), user=service_user(), cwd="/"
    )
    if child.wait() != 0:
        raise RuntimeError(f"initdb a échoué, voir {log}\n{_last_lines(log)}")
    unfinished.unlink()


def _forget_dead_server(data: Path, socket: Path) -> None:
    """Remove the lock files of a server that is gone; wait for one that is still shutting down.

    PostgreSQL refuses to start when the number in its lock file belongs to any process of the same account, which a
    machine started again easily gives to another program.
    """
    lock = data / "postmaster.pid"
    deadline = time.monotonic() + 30
    while lock.exists():
        try:
            pid = int(lock.read_text(encoding="ascii").split("\n", 1)[0])
            command_line = Path(f"/proc/{pid}/cmdline").read_bytes()
        except (FileNotFoundError, ProcessLookupError, ValueError):
            command_line = b""
        if os.fsencode(data) not in command_line or time.monotonic() > deadline:
            lock.unlink(missing_ok=True)
            for leftover in socket.glob(".s.PGSQL.*"):
                leftover.unlink(missing_ok=True)
            return
        time.sleep(0.05)


def _last_lines(log: Path) -> str:
    return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-8:])


def connect(socket: Path, database: str) -> psycopg.Connection:
    return psycopg.connect(host=str(socket), user=SUPERUSER, dbname=database, autocommit=True, connect_timeout=5)


def _wait_until_ready(process: subprocess.Popen[bytes], socket: Path, log: Path) -> None:
    deadline = time.monotonic() + READY_WITHIN_SECONDS
    while True:
        try:
            connect(socket, "template1").close()
            return
        except psycopg.OperationalError as error:
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"PostgreSQL ne démarre pas, voir {log}\n{_last_lines(log)}") from error
            time.sleep(0.03)


def _prepare_database(socket: Path) -> None:
    roles = ROLES_SQL.read_bytes()
    with connect(socket, "template1") as template:
        template.execute(roles)
    with connect(socket, "postgres") as maintenance:
        known = maintenance.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
        if known:
            with connect(socket, DATABASE) as database:
                database.execute(roles)
        else:  # created from template1, roles and extensions come with it
            maintenance.execute(f"CREATE DATABASE {DATABASE} OWNER boucles_owner")


def url(socket: Path, role: str) -> str:
    """Return the database URL of a role through the Unix socket."""
    return f"postgresql://{role}@{quote(str(socket), safe='')}/{DATABASE}"


@contextmanager
def postgres(run_directory: Path, programs: Programs, *, throwaway: bool) -> Iterator[dict[str, str]]:
    """Run the server for the length of the block and give the database URLs of the three roles."""
    log = run_directory / "logs" / "postgres.log"
    data = run_directory / "postgres"
    with socket_folder(run_directory) as socket:
        _create_cluster(programs, data, log, throwaway=throwaway)
        _forget_dead_server(data, socket)
        settings = _THROWAWAY if throwaway else _COMMON
        process = child_processes.spawn(
            [
                *(programs.postgres_bin / "postgres", "-D", data, "-k", socket),
                *(part for name, value in settings.items() for part in ("-c", f"{name}={value}")),
            ],
            log=log,
            death_signal=signal.SIGQUIT if throwaway else signal.SIGINT,
            env=_server_environment(),
            user=service_user(),
            cwd="/",
        )
        try:
            _wait_until_ready(process, socket, log)
            _prepare_database(socket)
            yield {
                "DATABASE_URL": url(socket, "boucles_app"),
                "DATABASE_OWNER_URL": url(socket, "boucles_owner"),
                "DATABASE_BACKUP_URL": url(socket, "boucles_backup"),
            }
        finally:
            fast = signal.SIGQUIT if throwaway else signal.SIGINT
            child_processes.stop(process, (fast, 20), (signal.SIGQUIT, 5))
