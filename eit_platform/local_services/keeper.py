"""One PostgreSQL and one Valkey shared by every command of a checkout, gone when the last of them ends.

Each command holds ``users.lock`` shared. The first one starts a keeper, a process of its own that runs the servers
until it can take that lock alone. The kernel frees the locks of a killed process: a command killed with kill -9 counts
as gone, and the servers die with a killed keeper.
"""

import fcntl
import json
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg

from . import valkey
from .postgres import postgres
from .programs import find_programs
from .run_directory import CHECKOUT, open_lock, persistent_run_directory

READY_WITHIN_SECONDS = 90
STOPS_WITHIN_SECONDS = 30
LOOKS_EVERY_SECONDS = 0.25


def _state_file(run_directory: Path) -> Path:
    return run_directory / "services.json"


def _secret_key(run_directory: Path) -> str:
    """Return the signing key of this run folder, drawn once so that sessions survive a restart."""
    file = run_directory / "secret-key"
    with suppress(FileExistsError), open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as new:
        new.write(secrets.token_urlsafe(50))
    return file.read_text(encoding="ascii")


def keep() -> int:
    """Run the servers of this checkout until no command uses them any more; the keeper process's whole life."""
    run_directory = persistent_run_directory()
    state = _state_file(run_directory)
    with open_lock(run_directory / "keeper.lock") as alone, open_lock(run_directory / "users.lock") as users:
        try:
            fcntl.flock(alone, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return 0  # another keeper is at work
        state.unlink(missing_ok=True)
        programs = find_programs()
        with (
            postgres(run_directory, programs, throwaway=False) as database,
            valkey.valkey(run_directory, programs) as broker,
        ):
            draft = state.with_suffix(".draft")
            draft.touch(mode=0o600)
            draft.write_text(json.dumps({"keeper": os.getpid(), "environment": database | broker}), encoding="utf-8")
            draft.replace(state)
            while not _nobody_left(users):
                time.sleep(LOOKS_EVERY_SECONDS)
            state.unlink(missing_ok=True)
    return 0


def _nobody_left(users) -> bool:
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _answering(run_directory: Path) -> dict[str, str] | None:
    """Return the environment of the servers at work, or None when they do not answer."""
    try:
        environment = json.loads(_state_file(run_directory).read_text(encoding="utf-8"))["environment"]
        psycopg.connect(environment["DATABASE_URL"], connect_timeout=2).close()
    except (OSError, ValueError, psycopg.OperationalError):
        return None
    password, _, port = environment["REDIS_URL"].removeprefix("redis://:").removesuffix("/0").partition("@127.0.0.1:")
    return environment if valkey.answers(int(port), password) else None


def _start_keeper(run_directory: Path) -> subprocess.Popen[bytes]:
    environment = os.environ | {"PYTHONPATH": str(CHECKOUT), "BOUCLES_RUN_DIR": str(run_directory)}
    with open(run_directory / "logs" / "keeper.log", "wb") as log:
        return subprocess.Popen(
            [sys.executable, "-P", "-m", "eit_platform.local_services", "keep"],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=environment,
            cwd="/",
            start_new_session=True,  # outlives its starter when another command still needs the servers
        )


@contextmanager
def shared_services() -> Iterator[dict[str, str]]:
    """Join the servers of this checkout, started when nobody has, and give the environment that reaches them."""
    run_directory = persistent_run_directory()
    keeper = None
    with open_lock(run_directory / "users.lock") as users:
        fcntl.flock(users, fcntl.LOCK_SH)
        deadline = time.monotonic() + READY_WITHIN_SECONDS
        while not (environment := _answering(run_directory)):
            if keeper is None or keeper.poll() == 0:
                keeper = _start_keeper(run_directory)
            elif keeper.poll() is not None or time.monotonic() > deadline:
                reason = (run_directory / "logs" / "keeper.log").read_text(encoding="utf-8", errors="replace")
                raise RuntimeError(reason.strip().rpartition("RuntimeError: ")[2] or "Les services ne démarrent pas.")
            time.sleep(0.05)
        try:
            signing_key = os.environ.get("SECRET_KEY") or _secret_key(run_directory)
            yield environment | {"BOUCLES_RUN_DIR": str(run_directory), "SECRET_KEY": signing_key}
        finally:
            if keeper and _nobody_left(users):
                fcntl.flock(users, fcntl.LOCK_UN)
                with suppress(subprocess.TimeoutExpired):
                    keeper.wait(STOPS_WITHIN_SECONDS)
