"""Where the embedded services keep their data, sockets and logs.

As root the folder is a system data directory: the servers run as an unprivileged user, who cannot enter a clone kept
in a closed home. Otherwise it is the user's data directory. ``.run/data`` in the checkout points at it.
"""

import fcntl
import hashlib
import os
import pwd
import re
import secrets
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

CHECKOUT = Path(__file__).resolve().parents[2]
THROWAWAY_PREFIX = "boucles-test-"
UNPRIVILEGED_USER = "nobody"

# A socket path is limited to 107 bytes by the kernel, and dj-database-url only decodes %2F in a host name.
_SOCKET_FOLDER_LENGTH = 85
_PLAIN_PATH = re.compile(r"[A-Za-z0-9._/-]+")
_ABANDONED_AFTER_SECONDS = 60


def running_as_root() -> bool:
    return os.geteuid() == 0


def service_user() -> pwd.struct_passwd | None:
    """Return the account the servers run as, or None to run them as the current user."""
    return pwd.getpwnam(UNPRIVILEGED_USER) if running_as_root() else None


def _checkout_token() -> str:
    """Return a word drawn once per clone, so that a new clone at the same path does not meet the old one's data."""
    file = CHECKOUT / ".run" / "instance"
    with suppress(OSError):
        file.parent.mkdir(exist_ok=True)
        with suppress(FileExistsError):
            draft = file.with_name(f"instance.{os.getpid()}")
            draft.write_text(secrets.token_hex(8), encoding="ascii")
            try:
                os.link(draft, file)
            finally:
                draft.unlink()
    try:
        return file.read_text(encoding="ascii")
    except OSError:
        return ""


def persistent_run_directory() -> Path:
    """Return the folder that keeps the demonstration's data between runs, created when missing.

    ``BOUCLES_RUN_DIR`` in the environment takes its place.
    """
    configured = os.environ.get("BOUCLES_RUN_DIR")
    if configured:
        folder = Path(configured).absolute()
    else:
        digest = hashlib.sha256(f"{CHECKOUT}\n{_checkout_token()}".encode()).hexdigest()[:10]
        if running_as_root():
            parent = Path("/var/lib")
        else:
            parent = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local/share")
        folder = parent / f"boucles-{digest}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        folder = CHECKOUT / ".run" / "services"
        folder.mkdir(parents=True, exist_ok=True)
    prepare_folder(folder)
    if not configured:
        _point_at(folder)
    return folder


def _point_at(folder: Path) -> None:
    link = CHECKOUT / ".run" / "data"
    with suppress(OSError):
        if not link.is_symlink() or Path(os.readlink(link)) != folder:
            link.unlink(missing_ok=True)
            link.symlink_to(folder)


def prepare_folder(folder: Path) -> None:
    """Let the servers' account pass through a run folder without listing it."""
    if folder.stat().st_uid == os.geteuid():
        folder.chmod(0o711 if running_as_root() else 0o700)
    logs = folder / "logs"
    logs.mkdir(mode=0o700, exist_ok=True)


def own_folder(folder: Path) -> Path:
    """Create a folder that only the servers' account (and root) can enter."""
    folder.mkdir(mode=0o700, exist_ok=True)
    user = service_user()
    if user:
        os.chown(folder, user.pw_uid, user.pw_gid)
    return folder


@contextmanager
def socket_folder(run_directory: Path) -> Iterator[Path]:
    """Give a folder whose path is short and plain enough for a Unix socket and for a database URL."""
    folder = run_directory / "socket"
    if len(str(folder)) <= _SOCKET_FOLDER_LENGTH and _PLAIN_PATH.fullmatch(str(folder)):
        yield own_folder(folder)
        return
    short = Path(tempfile.mkdtemp(prefix="boucles-socket-", dir="/tmp"))
    try:
        yield own_folder(short)
    finally:
        shutil.rmtree(short, ignore_errors=True)


@contextmanager
def throwaway_run_directory() -> Iterator[Path]:
    """Give a run folder that disappears with the block; folders left behind by killed runs are removed first."""
    temporary = Path("/tmp")  # TMPDIR may be too long or closed to the servers
    _remove_abandoned(temporary)
    folder = Path(tempfile.mkdtemp(prefix=THROWAWAY_PREFIX, dir=temporary))
    alive = open_lock(folder / "alive")
    fcntl.flock(alive, fcntl.LOCK_EX)
    try:
        prepare_folder(folder)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        alive.close()


def _remove_abandoned(temporary: Path) -> None:
    for folder in temporary.glob(f"{THROWAWAY_PREFIX}*"):
        with suppress(OSError):
            status = folder.stat()
            if status.st_uid != os.geteuid() or time.time() - status.st_mtime < _ABANDONED_AFTER_SECONDS:
                continue
            with open_lock(folder / "alive") as alive:
                fcntl.flock(alive, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder, ignore_errors=True)


def open_lock(file: Path) -> IO[bytes]:
    """Open a lock file for flock: the kernel frees such a lock when its holder dies, whatever the way."""
    return open(file, "ab")
