"""Numbers and short enumerations as French writes them: narrow no-break space for thousands, comma, no-break space
before a unit."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

THIN = "\u202f"
FIXED = "\u00a0"
MONTH_NAMES = (
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
VOWELS = "aeiouyàâéèêëîïôöûüh"


def number(value: float, decimals: int = 0) -> str:
    """A number with at most `decimals` decimals, halves rounded up, useless zeros dropped: 12 345,6."""
    rounded = Decimal(str(value)).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    text = f"{rounded:,f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    text = "0" if text == "-0" else text
    return text.replace(",", THIN).replace(".", ",").replace("-", "\u2212")


def percent(share: float) -> str:
    """A share as a whole percentage: 0.62 → 62 %."""
    return f"{number(share * 100)}{FIXED}%"


def kilometres(km: float) -> str:
    """A distance: hundreds of metres below 1 km, one decimal below 10 km, whole kilometres above."""
    if km < 1:
        metres = max(100, round(km * 10) * 100)
        return f"{number(metres)}{FIXED}m" if metres < 1000 else f"1{FIXED}km"
    return f"{number(km, 1 if km < 10 else 0)}{FIXED}km"


def celsius(degrees: float) -> str:
    """A temperature: 82,5 °C."""
    return f"{number(degrees, 1)}{FIXED}°C"


def age(days: int) -> str:
    """An age in days, months (30.4 days) or years: « 12 jours », « 14 mois », « 3 ans »."""
    if days < 60:
        return f"{days}{FIXED}jour{'s' if days > 1 else ''}"
    months = round(days / 30.4)
    if months < 24:
        return f"{months}{FIXED}mois"
    years = round(days / 365.25)
    return f"{years}{FIXED}ans"


def month_ranges(months: Sequence[int]) -> str:
    """Months (1..12) as ranges, the year being a circle: (1, 2, 12) → « de décembre à février »."""
    wanted = set(months)
    if not wanted:
        return ""
    if len(wanted) == len(MONTH_NAMES):
        return "toute l’année"
    starts = [month for month in sorted(wanted) if (month - 2) % 12 + 1 not in wanted]
    spans = []
    for start in starts:
        end = start
        while end % 12 + 1 in wanted:
            end = end % 12 + 1
        spans.append(_span(start, end))
    return enumeration(spans)


def enumeration(words: Sequence[str]) -> str:
    """« a », « a et b », « a, b et c »."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} et {words[-1]}" if words else ""


def _span(start: int, end: int) -> str:
    if start == end:
        return f"en {MONTH_NAMES[start - 1]}"
    opening = "d’" if MONTH_NAMES[start - 1][0] in VOWELS else "de "
    return f"{opening}{MONTH_NAMES[start - 1]} à {MONTH_NAMES[end - 1]}"
