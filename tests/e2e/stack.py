"""The whole product as `bin/demo` runs it – servers, web, worker, beat – for the browser's tests, in its own folder."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from eit_platform.local_services import child_processes, register_stub, running
from eit_platform.local_services.run_directory import CHECKOUT

READY_WITHIN_SECONDS = 200
SUPERVISOR = [sys.executable, "-P", "-m", "eit_platform.local_services", "demo"]
# What the tests' own process was given must not reach the product: it has its own servers and settings.
FOREIGN = ("DATABASE_", "REDIS_", "BOUCLES_", "DJANGO_", "PYTEST_", "COV_")


@dataclass(frozen=True)
class Product:
    """A running product: its address, where its processes write, and the way to run a command on its data."""

    address: str
    logs: Path
    environment: dict[str, str]

    def script(self, name: str, *arguments: str) -> str:
        """Runs a script of this folder on the product's database and gives what it printed."""
        command = [sys.executable, "-P", str(Path(__file__).with_name(name)), *arguments]
        done = subprocess.run(command, env=self.environment, cwd=CHECKOUT, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout

    def manage(self, *arguments: str) -> str:
        """Runs a command of manage.py on the product's data and gives what it printed."""
        command = [sys.executable, "-P", "manage.py", *arguments]
        done = subprocess.run(command, env=self.environment, cwd=CHECKOUT, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def tails(logs: Path) -> str:
    """The last lines of every process, to read when the product did not start."""
    return "\n".join(f"--- {log.name}\n{log.read_text(errors='replace')[-3000:]}" for log in sorted(logs.glob("*.log")))


@contextmanager
def running_product() -> Iterator[Product]:
    """Starts the demonstration on a free port with a stand-in for the public register; stops everything afterwards."""
    with ExitStack() as stack:
        servers = stack.enter_context(running(ephemeral=True))
        register = stack.enter_context(register_stub.serving())
        environment = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
        environment |= servers | {
            "PYTHONPATH": str(CHECKOUT),
            "DJANGO_SETTINGS_MODULE": "eit_platform.settings.dev",
            "BOUCLES_DEMO": "1",
            "COMPANY_API_URL": register,
            "NO_PROXY": "*",
        }
        folder = Path(servers["BOUCLES_RUN_DIR"])
        logs = folder / "logs"
        logs.mkdir(exist_ok=True)
        supervisor = child_processes.spawn(
            [*SUPERVISOR, "--port", str(free_port())],
            log=logs / "supervisor.log",
            death_signal=signal.SIGTERM,
            env=environment,
            cwd=CHECKOUT,
        )
        stack.callback(child_processes.stop, supervisor, (signal.SIGTERM, 20))
        address = wait_for(folder / "address", supervisor, logs)
        yield Product(address, logs, environment | {"SITE_URL": address})


def wait_for(address_file: Path, supervisor: subprocess.Popen, logs: Path) -> str:
    """The address the supervisor says, once its page answers."""
    deadline = time.monotonic() + READY_WITHIN_SECONDS
    while time.monotonic() < deadline:
        if supervisor.poll() is not None:
            raise AssertionError(f"La démonstration s’est arrêtée.\n{tails(logs)}")
        if address_file.exists() and (address := address_file.read_text().strip()):
            return address
        time.sleep(0.2)
    raise AssertionError(f"La démonstration n’est pas prête après {READY_WITHIN_SECONDS} s.\n{tails(logs)}")
