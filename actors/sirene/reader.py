"""Reads a table of a Sirene stock file whatever wrote it: compression, encoding and separator are recognised.

Nothing is loaded whole: a first pass looks at the bytes to know the encoding, a second one gives the rows.
"""

import csv
import gzip
import io
import zlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

SEPARATORS = {",": "virgule", ";": "point-virgule", "\t": "tabulation"}
OTHER_SEPARATORS = "|:~^/ "
MAX_LINE = 64 * 1024
CHUNK = 1024 * 1024
WRONG_CHARACTER = "\ufffd"
MOST_FOUND = 80


class UnreadableFile(Exception):
    """The file cannot be read at all; the message says in French what was found and what is expected."""

    def __init__(self, message: str):
        super().__init__(message)
        self.message = message


@dataclass(frozen=True)
class Fault:
    """One thing to correct: line (from 1, the header being line 1), column, what was found, what was expected."""

    line: int
    column: str
    found: str
    expected: str

    def as_dict(self) -> dict:
        return {"line": self.line, "column": self.column, "found": self.found, "expected": self.expected}


def excerpt(text: str) -> str:
    """What was found, short enough for a table, control characters made visible."""
    visible = "".join(char if char.isprintable() else "·" for char in text[: MOST_FOUND + 1])
    return visible[:MOST_FOUND] + "…" if len(visible) > MOST_FOUND else visible


@dataclass
class Table:
    """A readable table: how it was written, its columns, and its rows one by one.

    `rows()` gives (line number, values in the order of `wanted`); what cannot be read as a row goes to `faults`.
    """

    stream: BinaryIO
    wanted: tuple[str, ...]
    encoding: str
    separator: str
    compression: str
    positions: tuple[int, ...]
    width: int
    faults: list[Fault] = field(default_factory=list)

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        lines = _Lines(_unpacked(self.stream, self.compression), self.encoding)
        reader = csv.reader(lines, delimiter=self.separator)
        next(reader)
        positions, width = self.positions, self.width
        while True:
            line = lines.number + 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error:
                self.faults.append(Fault(line, "–", "guillemet ouvert", "un guillemet refermé dans la même cellule"))
                continue
            if lines.too_long:
                self.faults.append(
                    Fault(lines.too_long, "–", f"plus de {MAX_LINE} caractères", "une ligne de taille raisonnable")
                )
                lines.too_long = 0
                continue
            if not cells:
                continue
            if len(cells) != width:
                self.faults.append(Fault(line, "–", f"{len(cells)} cellules", f"{width} cellules, comme l’en-tête"))
                continue
            if lines.number > line:
                self.faults.append(
                    Fault(line, "–", "une cellule sur plusieurs lignes", "un guillemet refermé dans la même cellule")
                )
                continue
            values = [cells[place].strip() if place >= 0 else "" for place in positions]
            unreadable = next(
                (index for index, value in enumerate(values) if WRONG_CHARACTER in value or "\x00" in value), None
            )
            if unreadable is not None:
                expected = f"du texte en {self.encoding}, comme les autres lignes"
                self.faults.append(Fault(line, self.wanted[unreadable], excerpt(values[unreadable]), expected))
                continue
            yield line, values


class _Lines:
    """Text lines with their number; a line longer than MAX_LINE is dropped and told, never held in memory."""

    def __init__(self, stream, encoding: str):
        # utf-8-sig also reads files without the mark
        name = "utf-8-sig" if encoding == "utf-8" else encoding
        self.text = io.TextIOWrapper(io.BufferedReader(stream, CHUNK), name, errors="replace", newline="")
        self.number = 0
        self.too_long = 0

    def __iter__(self):
        return self

    def __next__(self) -> str:
        line = self.text.readline(MAX_LINE)
        if not line:
            raise StopIteration
        self.number += 1
        if len(line) >= MAX_LINE and not line.endswith(("\n", "\r")):
            while line and not line.endswith(("\n", "\r")):
                line = self.text.readline(MAX_LINE)
            self.too_long = self.number
            return "\n"
        return line


def _unpacked(stream: BinaryIO, compression: str):
    stream.seek(0)
    if compression == "gzip":
        return gzip.GzipFile(fileobj=stream)
    return _Unclosed(stream)


class _Unclosed(io.RawIOBase):
    """Reads another stream without closing it at the end: the caller may read it again."""

    def __init__(self, stream: BinaryIO):
        self.stream = stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:
        data = self.stream.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)


def open_table(
    stream: BinaryIO, *, required: Collection[str], optional: Collection[str] = (), max_unpacked: int | None = None
) -> Table:
    """Recognises compression, encoding and separator of a seekable binary stream, and checks its columns.

    `max_unpacked` refuses what grows beyond that many bytes once unpacked. Raises UnreadableFile.
    """
    stream.seek(0)
    head = stream.read(8)
    compression = "gzip" if head.startswith(b"\x1f\x8b") else ""
    _refuse_other_formats(head)
    try:
        encoding = _encoding(_unpacked(stream, compression), max_unpacked)
        header = next(_Lines(_unpacked(stream, compression), encoding), "")
    except (OSError, EOFError, zlib.error) as error:
        raise UnreadableFile("Ce fichier compressé est abîmé ou incomplet : enregistrez-le de nouveau.") from error
    known = (*required, *optional)
    separator = _separator(header, known)
    try:
        cells = next(csv.reader([header], delimiter=separator, strict=True))
    except csv.Error as error:
        # An open quote would swallow the lines that follow as one name.
        raise UnreadableFile("Un guillemet de la première ligne n’est pas refermé à sa place.") from error
    names = [name.strip().strip('"') for name in cells]
    missing = [name for name in required if name not in names]
    if missing:
        word = "la colonne" if len(missing) == 1 else "les colonnes"
        raise UnreadableFile(f"Il manque {word} {', '.join(missing)}. La première ligne doit porter les noms de l’INSEE.")
    twice = sorted({name for name in known if names.count(name) > 1})
    if twice:
        raise UnreadableFile(f"La colonne {twice[0]} est écrite deux fois dans la première ligne.")
    positions = tuple(names.index(name) if name in names else -1 for name in known)
    return Table(stream, tuple(known), encoding, separator, compression, positions, len(names))


def _refuse_other_formats(head: bytes) -> None:
    if not head:
        raise UnreadableFile("Ce fichier est vide.")
    if head.startswith(b"PK\x03\x04"):
        raise UnreadableFile(
            "Ce fichier est une archive zip ou un classeur : décompressez-le ou enregistrez la feuille au format CSV."
        )
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise UnreadableFile("Ce fichier est codé en UTF-16 : enregistrez-le en « CSV UTF-8 ».")
    if head.startswith((b"%PDF", b"\xd0\xcf\x11\xe0", b"\x89PNG", b"PAR1")):
        raise UnreadableFile("Ce fichier n’est pas un tableau CSV : téléchargez le fichier StockEtablissement au format CSV.")


def _encoding(stream, max_unpacked: int | None) -> str:
    """utf-8 when most accented lines are valid UTF-8, else cp1252; lines are told apart one by one later."""
    good = bad = size = 0
    rest = b""
    while chunk := stream.read(CHUNK):
        size += len(chunk)
        if max_unpacked and size > max_unpacked:
            raise UnreadableFile(
                f"Ce fichier dépasse {max_unpacked // 1_000_000} Mo une fois décompressé : "
                "passez par la commande import_sirene, ou réduisez-le à vos communes."
            )
        if chunk.isascii() and rest.isascii():
            rest = b""
            continue
        *lines, rest = (rest + chunk).split(b"\n")
        rest = rest[-MAX_LINE:]
        for line in lines:
            if not line.isascii():
                good, bad = (good + 1, bad) if _is_utf8(line) else (good, bad + 1)
    if rest and not rest.isascii():
        good, bad = (good + 1, bad) if _is_utf8(rest) else (good, bad + 1)
    return "utf-8" if good >= bad else "cp1252"


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _separator(header: str, known: Collection[str]) -> str:
    counts = {}
    for separator in SEPARATORS:
        names = {name.strip().strip('"') for name in header.rstrip("\r\n").split(separator)}
        counts[separator] = len(names.intersection(known))
    best = max(counts, key=lambda separator: counts[separator])
    if counts[best] >= 2:
        return best
    found = next((mark for mark in OTHER_SEPARATORS if header.count(mark) >= 3 and any(n in header for n in known)), "")
    if found:
        raise UnreadableFile(
            f"Séparateur non reconnu : « {found} ». Les cellules doivent être séparées par des virgules, "
            "des points-virgules ou des tabulations."
        )
    raise UnreadableFile(
        f"La première ligne ne porte pas les noms de colonnes de l’INSEE ({', '.join(list(known)[:3])}…). "
        f"Elle commence par « {excerpt(header.strip())} »."
    )
