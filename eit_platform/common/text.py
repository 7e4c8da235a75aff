"""Text as people compare it: without accents, case or punctuation."""

import re
import unicodedata

_SPACES = re.compile(r"\s+")
_NOT_WORD = re.compile(r"[^a-z0-9]+")


def fold(text: str) -> str:
    """Lower case, without accents, one space between words; « Élevage  Modèle » gives « elevage modele ».

    The NUL character, which PostgreSQL refuses, is dropped.
    """
    text = text.replace("\x00", "")
    decomposed = unicodedata.normalize("NFKD", text.replace("œ", "oe").replace("Œ", "OE").replace("’", "'"))
    stripped = "".join(char for char in decomposed if not unicodedata.combining(char))
    return _SPACES.sub(" ", stripped).strip().lower()


def slug(text: str) -> str:
    """A slug without accents, for addresses and file names."""
    return _NOT_WORD.sub("-", fold(text)).strip("-")


def initials(text: str) -> str:
    """Up to two capitals: « Camille Exemple » gives « CE »."""
    words = [word for word in re.split(r"[\s\-.@]+", text) if word]
    return "".join(word[0] for word in words[:2]).upper()
