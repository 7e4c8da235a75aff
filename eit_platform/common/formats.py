"""Numbers, amounts, dates and distances as French typography writes them, for pages, mails and reports.

Pure: no template, no clock. A missing value gives « – », never an empty cell that could read as zero.
"""

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

NBSP = "\u00a0"
NARROW = "\u202f"
MINUS = "\u2212"
MISSING = "–"

DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
MONTHS = (
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
)
_UNIT_SIGNS = (("CO2", "CO₂"), ("m3", "m³"), ("m2", "m²"))
# Units that are words: they take an accent and the plural.
_UNIT_WORDS = {
    "piece": ("pièce", "pièces"),
    "palette": ("palette", "palettes"),
    "benne": ("benne", "bennes"),
    "ibc": ("GRV", "GRV"),
    "fut": ("fût", "fûts"),
    "big_bag": ("big-bag", "big-bags"),
    "citerne": ("citerne", "citernes"),
    "jour": ("journée", "journées"),
}


def as_decimal(value) -> Decimal | None:
    """The value as a Decimal; None for what is missing, not a number, or not finite."""
    if value is None or value == "" or isinstance(value, bool):
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def number(value, digits: int | None = None) -> str:
    """1240.5 gives « 1 240,5 ».

    With `digits`, exactly that many decimals, rounded half up. Without, as many as a reader needs:
    none from 100 up, at most two below, trailing zeros dropped.
    """
    amount = as_decimal(value)
    if amount is None:
        return MISSING
    places = digits if digits is not None else (0 if abs(amount) >= 100 else 2)
    amount = amount.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    whole, _, decimals = f"{abs(amount):,f}".partition(".")
    if digits is None:
        decimals = decimals.rstrip("0")
    sign = MINUS if amount < 0 else ""
    return sign + whole.replace(",", NARROW) + (f",{decimals}" if decimals else "")


def unit(code) -> str:
    """A unit as it is printed alone: « m3 » gives « m³ », « tCO2e » gives « tCO₂e », « piece » gives « pièces »."""
    text = str(code or "")
    if text in _UNIT_WORDS:
        return _UNIT_WORDS[text][1]
    for typed, printed in _UNIT_SIGNS:
        text = text.replace(typed, printed)
    return text


def quantity(value, unit_code="", digits: int | None = None) -> str:
    """A number and its unit, kept on one line: « 1 240 t/an », « 1 pièce », « 440 pièces »."""
    written = number(value, digits)
    printed = unit(unit_code)
    amount = as_decimal(value)
    if unit_code in _UNIT_WORDS and amount is not None and abs(amount) < 2:  # French counts from two on
        printed = _UNIT_WORDS[unit_code][0]
    return f"{written}{NBSP}{printed}" if printed and written != MISSING else written


def money(value, scale: str = "") -> str:
    """Euros: « 8 400 € », « 12,50 € » when there are cents; with `scale="k"`, « 96 k€ »."""
    amount = as_decimal(value)
    if amount is None:
        return MISSING
    if scale == "k":
        return f"{number(amount / 1000)}{NBSP}k€"
    rounded = amount.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
    return f"{number(rounded, 0 if rounded == rounded.to_integral_value() else 2)}{NBSP}€"


def distance(value) -> str:
    """Kilometres: metres under 1 km, one decimal under 10 km, none above."""
    kilometres = as_decimal(value)
    if kilometres is None:
        return "distance inconnue"
    if kilometres < 1:
        metres = (kilometres * 100).quantize(Decimal(1), rounding=ROUND_HALF_UP) * 10
        return "1" + NBSP + "km" if metres >= 1000 else f"{number(metres, 0)}{NBSP}m"
    if kilometres < 10:
        kilometres = kilometres.quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)
        return f"{number(kilometres)}{NBSP}km"
    return f"{number(kilometres, 0)}{NBSP}km"


def long_date(day: date, *, weekday: bool = False, year: bool = True) -> str:
    """« 23 novembre 2026 », « 1er mars 2026 »; `weekday` puts « lundi » first."""
    written = f"{'1er' if day.day == 1 else day.day}{NBSP}{MONTHS[day.month - 1]}"
    if year:
        written += f" {day.year}"
    return f"{DAYS[day.weekday()]} {written}" if weekday else written


def short_date(day: date) -> str:
    """« 23/11/2026 », for tables."""
    return f"{day.day:02d}/{day.month:02d}/{day.year}"


def clock(moment: datetime) -> str:
    """« 9 h 05 », « 14 h »."""
    minutes = f"{NBSP}{moment.minute:02d}" if moment.minute else ""
    return f"{moment.hour}{NBSP}h{minutes}"


def count(amount: int, singular: str, plural: str = "") -> str:
    """« 1 jour », « 24 jours »: French keeps the singular below two."""
    return f"{number(amount, 0)}{NBSP}{singular if abs(amount) < 2 else plural or singular + 's'}"


def from_today(day: date, today: date) -> str:
    """« aujourd’hui », « hier », « il y a 24 jours », « dans 3 jours »."""
    days = (today - day).days
    near = {0: "aujourd’hui", 1: "hier", -1: "demain"}
    if days in near:
        return near[days]
    return f"il y a {count(days, 'jour')}" if days > 0 else f"dans {count(-days, 'jour')}"


# The first mark found wins: Edge and Opera also call themselves Chrome, Chrome also calls itself Safari.
_BROWSERS = (("Edg", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)


def browser(user_agent: str) -> str:
    """« Firefox sur Windows » from what a browser says of itself; « Navigateur inconnu » when it says nothing known."""
    text = str(user_agent or "")
    name = next((label for mark, label in _BROWSERS if mark in text), "")
    system = next((label for mark, label in _SYSTEMS if mark in text), "")
    if name and system:
        return f"{name} sur {system}"
    return name or system or "Navigateur inconnu"
