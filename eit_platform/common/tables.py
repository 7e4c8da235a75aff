"""Shipped tables: comma-separated UTF-8 files with a header, read as text."""

import csv
from collections.abc import Iterator
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]


def rows(path: str) -> Iterator[dict[str, str]]:
    """The rows of a shipped table, by its path from the root of the project."""
    with (REPOSITORY / path).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def split(text: str, separator: str = "|") -> list[str]:
    """The non-empty parts of a cell."""
    return [part.strip() for part in text.split(separator) if part.strip()]
