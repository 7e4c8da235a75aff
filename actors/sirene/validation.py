"""What a cell of a Sirene file must hold, and what we make of it. Pure: tables are arguments."""

import datetime
import re
from collections.abc import Collection

from stdnum import luhn
from stdnum.exceptions import InvalidChecksum, InvalidComponent, InvalidFormat, InvalidLength, ValidationError
from stdnum.fr import siret as stdnum_siret

UNKNOWN = "[ND]"
HIDDEN = {UNKNOWN, "[NON-DIFFUSIBLE]"}
COMMUNE = re.compile(r"^(?:[013-9]\d|2[\dAB])\d{3}$")
NAF = re.compile(r"^(\d{2})\.?(\d{2}[A-Z])$")
METROPOLITAN_X = (100_000.0, 1_250_000.0)
METROPOLITAN_Y = (6_000_000.0, 7_150_000.0)
CURRENT_ACTIVITY_VERSIONS = {"", "NAFREV2"}
NEXT_ACTIVITY_VERSIONS = {"NAF25", "NAF2025"}


class CellError(ValueError):
    """A cell that cannot be kept; the message says what was expected."""

    def __init__(self, expected: str):
        super().__init__(expected)
        self.expected = expected


def known(text: str) -> str:
    """The text, or nothing when the register hides it ([ND])."""
    return "" if text in HIDDEN else text


def clean_siret(text: str) -> str:
    """Fourteen digits with a valid key, spaces and points dropped; La Poste has its own rule.

    Raises CellError, which says whether the length, a character or the key is at fault.
    """
    try:
        return stdnum_siret.validate(text)
    except InvalidLength:
        digits = len(stdnum_siret.compact(text))
        raise CellError(f"un SIRET de 14 chiffres (il y en a {digits})") from None
    except InvalidFormat:
        if not text:
            raise CellError("un SIRET de 14 chiffres (la cellule est vide)") from None
        raise CellError("un SIRET fait seulement de chiffres") from None
    except (InvalidChecksum, InvalidComponent, ValidationError):
        compact = stdnum_siret.compact(text)
        part = "le SIREN (9 premiers chiffres)" if not luhn.is_valid(compact[:9]) else "le SIRET"
        raise CellError(f"une clé de contrôle juste : {part} comporte sans doute une faute de frappe") from None


def clean_commune(text: str) -> str:
    """A commune code of five characters (2A and 2B for Corse); empty abroad or hidden."""
    code = known(text).upper()
    if code and not COMMUNE.match(code):
        raise CellError("un code commune de 5 caractères, comme 51043")
    return code


def clean_naf(text: str) -> str:
    """A class of NAF with its point (10.81Z); empty when not given."""
    code = known(text).upper()
    if not code:
        return ""
    found = NAF.match(code)
    if not found:
        raise CellError("un code d’activité comme 10.81Z")
    return f"{found[1]}.{found[2]}"


def clean_date(text: str) -> datetime.date | None:
    """A date of the form AAAA-MM-JJ; None when not given."""
    text = known(text)
    if not text:
        return None
    try:
        return datetime.date.fromisoformat(text[:10] if len(text) == 19 else text)
    except ValueError:
        raise CellError("une date de la forme AAAA-MM-JJ") from None


def clean_year(text: str) -> int | None:
    text = known(text)
    if not text:
        return None
    if not (text.isdecimal() and len(text) == 4):
        raise CellError("une année de 4 chiffres")
    return int(text)


def clean_headcount(text: str, bands: Collection[str]) -> str:
    """A band of the INSEE nomenclature, or nothing."""
    code = known(text)
    if code and code not in bands:
        raise CellError("une tranche d’effectifs de l’INSEE, comme 12")
    return code


def clean_state(text: str) -> bool:
    """True for an active establishment (A), False for a closed one (F)."""
    if text not in ("A", "F"):
        raise CellError("A (actif) ou F (fermé)")
    return text == "A"


def clean_diffusion(text: str) -> bool:
    """True when everything may be shown (O or nothing), False for a partial diffusion (P, formerly N)."""
    if text not in ("", "O", "P", "N"):
        raise CellError("O (diffusible) ou P (diffusion partielle)")
    return text in ("", "O")


def clean_flag(text: str) -> bool:
    if text.lower() not in ("", "true", "false"):
        raise CellError("true ou false")
    return text.lower() == "true"


def clean_lambert(x: str, y: str) -> tuple[float, float] | None:
    """Coordinates in metres when they lie in metropolitan France (Lambert-93); None when missing, hidden or elsewhere."""
    x, y = known(x), known(y)
    if not x or not y:
        return None
    try:
        east, north = float(x), float(y)
    except ValueError:
        raise CellError("une coordonnée en mètres") from None
    if METROPOLITAN_X[0] <= east <= METROPOLITAN_X[1] and METROPOLITAN_Y[0] <= north <= METROPOLITAN_Y[1]:
        return east, north
    return None
