#!/usr/bin/env python3
"""Put French no-break spaces in templates: ``python scripts/french_spaces.py FILE…``, or ``--check`` to only say where.

Narrow (U+202F) before ; ! ? and inside « », full (U+00A0) before a colon and a per cent sign. Markup and template
tags are left alone: only a space between a word and its mark changes. Safe to run twice.
"""

import re
import sys
from pathlib import Path

NBSP = "\u00a0"
NARROW = "\u202f"
# After a word, a closing mark or the end of a tag or variable; before a space, a tag, a quote or the end of the line.
_BEFORE = r"(?<=[\w)»”…>}])"
_AFTER = r"(?=[\s<\"'{)]|$)"
RULES = (
    (re.compile(rf"{_BEFORE} ([;!?]){_AFTER}", re.M), rf"{NARROW}\1"),
    (re.compile(rf"{_BEFORE} :{_AFTER}", re.M), f"{NBSP}:"),
    (re.compile(r"« "), f"«{NARROW}"),
    (re.compile(r" »"), f"{NARROW}»"),
    (re.compile(r"(\d) %(?!})"), rf"\1{NBSP}%"),
)


def spaced(text: str) -> str:
    """The same text with its no-break spaces."""
    for pattern, replacement in RULES:
        text = pattern.sub(replacement, text)
    return text


def main(arguments: list[str]) -> int:
    """Rewrite the files, or with `--check` list those that would change and return 1 if there are any."""
    only_check = "--check" in arguments
    changed = []
    for name in arguments:
        if name == "--check":
            continue
        path = Path(name)
        before = path.read_text(encoding="utf-8")
        after = spaced(before)
        if after == before:
            continue
        changed.append(name)
        if not only_check:
            path.write_text(after, encoding="utf-8")
    for name in changed:
        print(name)
    return 1 if only_check and changed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
