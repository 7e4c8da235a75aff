"""The demonstration on one machine: servers, data, web, worker and beat, all stopped together."""

import argparse
import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from . import child_processes, register_stub, running
from .run_directory import CHECKOUT, open_lock, persistent_run_directory, prepare_folder

FIRST_PORT = 8000
PORTS_TRIED = 50
PAGE_WITHIN_SECONDS = 60
DATA = ("postgres", "valkey", "logs", "secret-key", "beat-schedule*")


class Services:
    """The demonstration's own processes, in the order they started."""

    def __init__(self, logs: Path, environment: Mapping[str, str]) -> None:
        self.logs = logs
        self.environment = environment
        self.processes: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str, *arguments: str, death_signal: signal.Signals, pass_fds: tuple[int, ...] = ()) -> None:
        self.processes[name] = child_processes.spawn(
            [sys.executable, "-m", *arguments],
            log=self.logs / f"{name}.log",
            death_signal=death_signal,
            env=self.environment,
            cwd=CHECKOUT,
            pass_fds=pass_fds,
        )

    def dead(self) -> str | None:
        """Return the name of a process that ended by itself, if any."""
        return next((name for name, process in self.processes.items() if process.poll() is not None), None)

    def stop(self) -> None:
        """Ask all to end at once, the last started first, and wait; a task cut short starts again with the next run."""
        for process in reversed(self.processes.values()):
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        for process in reversed(self.processes.values()):
            child_processes.stop(process, (signal.SIGTERM, 8), (signal.SIGQUIT, 3))


def listen(first_port: int) -> tuple[int, list[socket.socket]]:
    """Open the web port on loopback, the first free one from ``first_port``; return it with its sockets.

    Both address families are taken where the machine has them: a browser that goes to ``localhost`` may try either,
    and must not meet somebody else's server.
    """
    for port in [*range(first_port, first_port + PORTS_TRIED), 0]:
        sockets: list[socket.socket] = []
        try:
            for family, address in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
                if family == socket.AF_INET6 and not _has_ipv6_loopback():
                    continue
                opened = socket.socket(family, socket.SOCK_STREAM)
                sockets.append(opened)
                opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                opened.bind((address, port or (sockets[0].getsockname()[1] if len(sockets) > 1 else 0)))
                opened.listen(128)
        except OSError:
            for opened in sockets:
                opened.close()
            continue
        return sockets[0].getsockname()[1], sockets
    raise RuntimeError("Aucun port libre pour le site.")


def _has_ipv6_loopback() -> bool:
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_STREAM) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True


@contextmanager
def _only_one(run_directory: Path) -> Iterator[IO[bytes] | None]:
    """Give the demonstration's lock, or None when another one of this checkout is running."""
    with open_lock(run_directory / "demo.lock") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield None
            return
        yield lock


def _start_over(run_directory: Path) -> None:
    """Delete the demonstration's data once no command uses its servers."""
    with open_lock(run_directory / "users.lock") as users:
        for _ in range(40):
            with suppress(BlockingIOError):
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            time.sleep(0.25)
        else:
            raise RuntimeError("Une autre commande (bin/manage ?) utilise ces données : l’arrêter avant --fresh.")
        for entry in (found for pattern in DATA for found in run_directory.glob(pattern)):
            if entry.is_dir():
                shutil.rmtree(entry)
            else:
                entry.unlink()
    prepare_folder(run_directory)
    say("Données précédentes effacées.")


def say(message: str) -> None:
    print(message, flush=True)


def _manage(environment: Mapping[str, str], *arguments: str, log: Path | None = None) -> None:
    child = child_processes.spawn(
        [sys.executable, "manage.py", *arguments], log=log, death_signal=signal.SIGTERM, env=environment, cwd=CHECKOUT
    )
    try:
        code = child.wait()
    finally:
        child_processes.stop(child, (signal.SIGTERM, 5))
    if code:
        where = f", voir {log}" if log else ""
        raise RuntimeError(f"manage.py {' '.join(arguments)} a échoué (code {code}){where}.")


def _wait_for_page(address: str, services: Services) -> None:
    deadline = time.monotonic() + PAGE_WITHIN_SECONDS
    while time.monotonic() < deadline and not services.dead():
        try:
            urllib.request.urlopen(address, timeout=3).close()
            return
        except urllib.error.HTTPError as error:
            if error.code < 500:
                return
            raise RuntimeError(f"La page {address} répond {error.code}, voir {services.logs / 'web.log'}.") from error
        except OSError:
            time.sleep(0.1)
    name = services.dead() or "web"
    raise RuntimeError(f"Le site ne répond pas ({name}), voir {services.logs / f'{name}.log'}.")


def _start(services: Services, run_directory: Path, sockets: list[socket.socket]) -> None:
    memory = Path("/dev/shm")  # gunicorn's heartbeat must not wait for a busy disk
    services.start(
        "web",
        "gunicorn",
        "eit_platform.wsgi:application",
        *("--worker-class", "gthread", "--workers", "2", "--threads", "4", "--graceful-timeout", "4"),
        "--no-control-socket",  # no access log: it would keep the personal links
        *(part for opened in sockets for part in ("--bind", f"fd://{opened.fileno()}")),
        *(("--worker-tmp-dir", str(memory)) if memory.is_dir() else ()),
        death_signal=signal.SIGQUIT,
        pass_fds=tuple(opened.fileno() for opened in sockets),
    )
    celery = ("celery", "-A", "eit_platform.celery:app", "--quiet")
    # Killed at once with their parent: the work is in PostgreSQL, the next run takes it up again.
    services.start(
        "worker",
        *(*celery, "worker", "--pool", "threads", "--concurrency", "2", "--loglevel", "info"),
        *("--without-gossip", "--without-mingle"),
        death_signal=signal.SIGKILL,
    )
    schedule = str(run_directory / "beat-schedule")
    services.start(
        "beat",
        *(*celery, "beat", "--schedule", schedule, "--pidfile", "", "--loglevel", "info"),
        death_signal=signal.SIGKILL,
    )


def _watch(services: Services) -> None:
    while not (name := services.dead()):
        time.sleep(0.5)
    raise RuntimeError(f"{name} s’est arrêté, voir {services.logs / f'{name}.log'}. Tout est arrêté.")


def demonstrate(arguments: list[str]) -> int:
    """Run the demonstration until Ctrl-C, SIGTERM or the death of one of its processes; return the exit code."""
    parser = argparse.ArgumentParser(prog="bin/demo", description="Lance Boucles avec des données de démonstration.")
    parser.add_argument("--fresh", action="store_true", help="repart de données neuves")
    parser.add_argument("--port", type=int, default=int(os.environ.get("PORT") or FIRST_PORT), help="premier port essayé")
    options = parser.parse_args(arguments)
    run_directory = persistent_run_directory()
    address_file = run_directory / "address"
    with _only_one(run_directory) as lock:
        if lock is None:
            address = address_file.read_text(encoding="utf-8").strip() if address_file.exists() else ""
            say(f"La démonstration tourne déjà\u00a0: {address or 'elle est en train de démarrer.'}")
            return int(options.fresh)  # what --fresh asks was not done
        address_file.unlink(missing_ok=True)
        if options.fresh:
            _start_over(run_directory)
        try:
            _run(options.port, run_directory, address_file)
        except (KeyboardInterrupt, SystemExit):  # Ctrl-C, SIGTERM or SIGHUP: what was asked for
            say("Tout est arrêté, les données sont gardées.")
        finally:
            address_file.unlink(missing_ok=True)
    return 0


def _run(first_port: int, run_directory: Path, address_file: Path) -> None:
    say("Démarrage de PostgreSQL et de Valkey…")
    with running(ephemeral=False) as servers, register_stub.serving() as register:
        port, sockets = listen(first_port)
        address = f"http://localhost:{port}"
        environment = os.environ | servers | {"BOUCLES_DEMO": "1", "SITE_URL": address}
        environment.setdefault("BOUCLES_RUN_DIR", str(run_directory))
        environment.setdefault("COMPANY_API_URL", register)  # invented companies: the demonstration asks nobody outside
        logs = run_directory / "logs"
        services = Services(logs, environment)
        try:
            say("Mise à jour de la base…")
            _manage(environment | {"BOUCLES_DB_ROLE": "owner"}, "migrate", "--verbosity", "0")
            say("Chargement des données de démonstration…")
            _manage(environment, "demo")
            _start(services, run_directory, sockets)
            for opened in sockets:
                opened.close()
            _wait_for_page(address, services)
            address_file.write_text(f"{address}\n", encoding="utf-8")
            say(f"\nBoucles est prêt\u00a0: {address}")
            if port != first_port:
                say(f"(le port {first_port} est pris)")
            _manage(environment, "demo", "--accounts")
            say(f"Données et journaux\u00a0: {run_directory}\nCtrl-C pour arrêter.")
            _watch(services)
        finally:
            # A second Ctrl-C must not leave half of the processes behind.
            for request in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                signal.signal(request, signal.SIG_IGN)
            say("\nArrêt…")
            services.stop()
