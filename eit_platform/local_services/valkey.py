"""The embedded Valkey: memory only, on a loopback port of its own, behind a password drawn at each start."""

import secrets
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from . import child_processes
from .programs import Programs
from .run_directory import own_folder, service_user

READY_WITHIN_SECONDS = 10
ATTEMPTS = 5


def free_port() -> int:
    """Return a loopback port nobody listens on at this instant."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def answers(port: int, password: str) -> bool:
    """Tell whether our own server answers: another one would refuse the password."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
            connection.sendall(f"AUTH {password}\r\n".encode())
            return connection.recv(64).startswith(b"+OK")
    except OSError:
        return False


def _start(folder: Path, programs: Programs, log: Path, port: int, password: str) -> subprocess.Popen[bytes]:
    process = child_processes.spawn(
        [programs.valkey_server, "-"],
        log=log,
        death_signal=signal.SIGTERM,
        user=service_user(),
        stdin=subprocess.PIPE,
        cwd=folder,
    )
    lines = ["bind 127.0.0.1", f"port {port}", f"requirepass {password}", 'save ""', "appendonly no"]
    # By standard input: the password then stands neither in a file nor in the list of processes.
    process.stdin.write("\n".join(lines).encode())
    process.stdin.close()
    return process


@contextmanager
def valkey(run_directory: Path, programs: Programs) -> Iterator[dict[str, str]]:
    """Run the server for the length of the block and give its address; a port taken meanwhile is replaced."""
    log = run_directory / "logs" / "valkey.log"
    folder = own_folder(run_directory / "valkey")
    password = secrets.token_urlsafe(24)
    for _ in range(ATTEMPTS):
        port = free_port()
        process = _start(folder, programs, log, port, password)
        try:
            deadline = time.monotonic() + READY_WITHIN_SECONDS
            while process.poll() is None and time.monotonic() < deadline:
                if answers(port, password):
                    yield {"REDIS_URL": f"redis://:{password}@127.0.0.1:{port}/0"}
                    return
                time.sleep(0.01)
        finally:
            child_processes.stop(process, (signal.SIGTERM, 5))
    raise RuntimeError(f"Valkey ne démarre pas, voir {log}")
