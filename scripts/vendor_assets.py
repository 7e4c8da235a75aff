#!/usr/bin/env python3
"""Copy the front-end packages we ship from npm into the repository, with their hashes.

Run it after changing a version below: ``python scripts/vendor_assets.py``. It needs ``npm`` and the
registry npm is configured for; nothing else in the project does, so neither the demonstration nor
the tests need Node. The result is committed: files, licences and ``static/vendor/MANIFEST.json``.
"""

import base64
import hashlib
import json
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
MANIFEST = ROOT / "static" / "vendor" / "MANIFEST.json"


class Package(NamedTuple):
    """One npm package: pinned version, folder it goes to (from the root), files kept by their path in the package."""

    source: str
    version: str
    folder: str
    files: tuple[str, ...]


# Two subsets of each font: French needs latin, names of people and places across the border need latin-ext.
# A browser downloads the second only when a page has one of its characters.
PACKAGES = (
    Package(
        "@fontsource-variable/source-sans-3",
        "5.3.0",
        "static/vendor/source-sans-3",
        (
            "LICENSE",
            "files/source-sans-3-latin-wght-normal.woff2",
            "files/source-sans-3-latin-wght-italic.woff2",
            "files/source-sans-3-latin-ext-wght-normal.woff2",
        ),
    ),
    Package(
        "@fontsource-variable/bricolage-grotesque",
        "5.3.0",
        "static/vendor/bricolage-grotesque",
        (
            "LICENSE",
            "files/bricolage-grotesque-latin-wght-normal.woff2",
            "files/bricolage-grotesque-latin-ext-wght-normal.woff2",
        ),
    ),
    # With the .gz beside it, WhiteNoise sends 17 kB instead of 52, collected or not.
    Package("htmx.org", "2.0.11", "static/vendor/htmx", ("LICENSE", "dist/htmx.min.js", "dist/htmx.min.js.gz")),
    # Only the tests use it: it stays out of what the site serves.
    Package("axe-core", "4.14.1", "tests/e2e/vendor/axe-core", ("LICENSE", "axe.min.js")),
)


def pack(package: Package, into: Path) -> Path:
    """Download one package with npm and return its archive. Raises CalledProcessError when npm fails."""
    done = subprocess.run(
        [
            "npm",
            "pack",
            f"{package.source}@{package.version}",
            "--json",
            "--pack-destination",
            str(into),
        ],
        check=True,
        capture_output=True,
        text=True,
    )
    described = json.loads(done.stdout)
    # npm 11 answers with an object keyed by package, earlier ones with a list.
    entry = described[0] if isinstance(described, list) else next(iter(described.values()))
    return into / entry["filename"].replace("@", "").replace("/", "-")


def extract(package: Package, archive: Path) -> list[dict[str, str]]:
    """Write the kept files, flattened, and return their paths and sha256. Raises KeyError when one is missing."""
    folder = ROOT / package.folder
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    kept = []
    with tarfile.open(archive) as tar:
        for name in package.files:
            member = tar.extractfile(f"package/{name}")
            if member is None:
                raise KeyError(name)
            content = member.read()
            target = folder / Path(name).name
            target.write_bytes(content)
            kept.append(
                {
                    "path": str(target.relative_to(ROOT)),
                    "sha256": hashlib.sha256(content).hexdigest(),
                }
            )
    return kept


def main() -> int:
    """Vendor every package and rewrite the manifest."""
    entries = []
    with tempfile.TemporaryDirectory() as scratch:
        for package in PACKAGES:
            archive = pack(package, Path(scratch))
            digest = base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
            entries.append(
                {
                    "name": Path(package.folder).name,
                    "version": package.version,
                    "source": package.source,
                    "integrity": f"sha512-{digest}",
                    "files": extract(package, archive),
                }
            )
            print(f"{package.source} {package.version}")
    MANIFEST.write_text(json.dumps({"packages": entries}, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
