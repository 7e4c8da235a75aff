"""Quantities as people type them, brought to one yearly figure in the base unit of the resource.

The registry is our own and starts empty: « t » is always the metric tonne, never the US ton, and an unknown unit is
refused rather than guessed. All figures are `Decimal`.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext

import pint
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

PLACES = Decimal("0.000001")
# One more digit would not fit the numeric(20, 6) columns.
LIMIT = Decimal(10) ** 14
# Enough for 14 digits before the point, 6 after, and the factors between them.
_PRECISION = Context(prec=50, rounding=ROUND_HALF_UP)

WORKING_DAYS_PER_YEAR = 250
WEEKS_PER_YEAR = 52
MONTHS_PER_YEAR = 12

# Below this a « density » is that of a gas, which tells nothing about a liquefied load.
_GAS_DENSITY = Decimal("0.01")

_DEFINITIONS = """
kilogram = [mass] = kg
tonne = 1000 * kilogram = t
gram = 0.001 * kilogram = g
metre = [length] = m
kilometre = 1000 * metre = km
square_metre = metre ** 2 = m2
hectare = 10000 * square_metre = ha
cubic_metre = metre ** 3 = m3
litre = 0.001 * cubic_metre = L
hectolitre = 0.1 * cubic_metre = hL
megawatt_hour = [energy] = MWh
kilowatt_hour = 0.001 * megawatt_hour = kWh
gigawatt_hour = 1000 * megawatt_hour = GWh
tep = 11.63 * megawatt_hour
hour = [time] = h
jour = 7 * hour
ETP = 1607 * hour
piece = [count]
euro = [money] = EUR
kiloeuro = 1000 * euro = kEUR
kgCO2e = [climate]
tCO2e = 1000 * kgCO2e
tkm = tonne * kilometre
"""


def _registry() -> pint.UnitRegistry:
    registry = pint.UnitRegistry(None, non_int_type=Decimal)
    registry.load_definitions(_DEFINITIONS.strip().splitlines())
    return registry


REGISTRY = _registry()


class UnitError(ValueError):
    """A quantity that cannot be converted; the message says in French what is missing."""


@dataclass(frozen=True, slots=True)
class YearlyQuantity:
    """A quantity per year: 6 decimals, in `base_unit`; `assumption` tells in French what was supposed, or is empty."""

    value: Decimal
    base_unit: str
    assumption: str = ""


@dataclass(frozen=True, slots=True)
class Container:
    """A packaging counted as a unit: usual volume in m³, usual load in t (None when it depends on the contents)."""

    volume: Decimal
    load: Decimal | None
    by_density: bool = True


# Conventional sizes: usual commercial formats, common knowledge of the field. A load says what is supposed when the
# density is unknown (that of water for liquids); a pallet is limited by its stacking, not by its volume.
CONTAINERS: dict[str, Container] = {
    "palette": Container(Decimal("1.5"), Decimal("0.5"), by_density=False),
    "benne": Container(Decimal("15"), None),
    "ibc": Container(Decimal("1"), Decimal("1")),
    "fut": Container(Decimal("0.2"), Decimal("0.2")),
    "big_bag": Container(Decimal("1"), Decimal("1")),
    "citerne": Container(Decimal("25"), Decimal("25")),
}

BASE_UNITS: tuple[str, ...] = ("t", "MWh", "m3", "m2", "h", "piece")

UNIT_CHOICES = [
    ("t", gettext_lazy("tonne (t)")),
    ("kg", gettext_lazy("kilogramme (kg)")),
    ("m3", gettext_lazy("mètre cube (m³)")),
    ("L", gettext_lazy("litre (L)")),
    ("hL", gettext_lazy("hectolitre (hL)")),
    ("MWh", gettext_lazy("mégawattheure (MWh)")),
    ("kWh", gettext_lazy("kilowattheure (kWh)")),
    ("GWh", gettext_lazy("gigawattheure (GWh)")),
    ("tep", gettext_lazy("tonne équivalent pétrole (tep)")),
    ("m2", gettext_lazy("mètre carré (m²)")),
    ("ha", gettext_lazy("hectare (ha)")),
    ("h", gettext_lazy("heure (h)")),
    ("jour", gettext_lazy("journée de travail")),
    ("ETP", gettext_lazy("équivalent temps plein (ETP)")),
    ("piece", gettext_lazy("pièce")),
    ("palette", gettext_lazy("palette")),
    ("benne", gettext_lazy("benne")),
    ("ibc", gettext_lazy("GRV (IBC)")),
    ("fut", gettext_lazy("fût")),
    ("big_bag", gettext_lazy("big-bag")),
    ("citerne", gettext_lazy("citerne")),
]

# Units offered for each base unit, most usual first; mass and volume meet through a density.
UNITS_BY_BASE: dict[str, tuple[str, ...]] = {
    "t": ("t", "kg", "m3", "L", "hL", "palette", "big_bag", "benne", "ibc", "fut", "citerne"),
    "MWh": ("MWh", "kWh", "GWh", "tep"),
    "m3": ("m3", "L", "hL", "t", "kg", "benne", "ibc", "fut", "big_bag", "citerne", "palette"),
    "m2": ("m2", "ha"),
    "h": ("h", "jour", "ETP"),
    "piece": ("piece", "palette", "ibc", "fut", "big_bag", "benne"),
}

PERIOD_CHOICES = [
    ("once", gettext_lazy("une seule fois")),
    ("day", gettext_lazy("par jour")),
    ("week", gettext_lazy("par semaine")),
    ("month", gettext_lazy("par mois")),
    ("year", gettext_lazy("par an")),
]
PERIODS = tuple(code for code, _label in PERIOD_CHOICES)

_SIMPLE_UNITS = frozenset(code for code, _label in UNIT_CHOICES if code not in CONTAINERS) | {
    "g",
    "km",
    "tkm",
    "euro",
    "kiloeuro",
    "kgCO2e",
    "tCO2e",
}
_LABELS = dict(UNIT_CHOICES)


def unit_choices(base_unit: str) -> list[tuple[str, str]]:
    """(code, French label) pairs to offer for a resource counted in `base_unit`; UnitError when it is not one."""
    _check_base(base_unit)
    return [(code, _LABELS[code]) for code in UNITS_BY_BASE[base_unit]]


def convert(value: Decimal, unit: str, target: str, *, density: Decimal | None = None) -> Decimal:
    """Convert between measuring units, unrounded; `density` in t/m³ joins mass and volume.

    UnitError when a unit is unknown or when the two don't measure the same thing.
    """
    for code in (unit, target):
        if code not in _SIMPLE_UNITS:
            raise UnitError(_("L’unité « %(unit)s » n’est pas connue.") % {"unit": code})
    with localcontext(_PRECISION):
        quantity = REGISTRY.Quantity(value, unit)
        wanted = REGISTRY.Unit(target).dimensionality
        if quantity.dimensionality != wanted:
            quantity = _through_density(quantity, unit, target, density)
        return quantity.to(target).magnitude


def _through_density(quantity, unit: str, target: str, density: Decimal | None):
    mass, volume = REGISTRY.Unit("t").dimensionality, REGISTRY.Unit("m3").dimensionality
    pair = (quantity.dimensionality, REGISTRY.Unit(target).dimensionality)
    names = {"unit": _symbol(unit), "target": _symbol(target)}
    if pair not in ((mass, volume), (volume, mass)):
        raise UnitError(_("Une quantité en %(unit)s ne se convertit pas en %(target)s.") % names)
    if density is None:
        raise UnitError(
            _("Pour convertir des %(unit)s en %(target)s, il faut la masse volumique de la ressource (t/m³).") % names
        )
    _check_density(density)
    per_volume = REGISTRY.Quantity(density, "t/m3")
    return quantity * per_volume if pair[0] == volume else quantity / per_volume


def to_yearly(
    quantity: Decimal,
    unit: str,
    period: str,
    *,
    base_unit: str,
    density: Decimal | None = None,
    working_days: int = WORKING_DAYS_PER_YEAR,
) -> YearlyQuantity:
    """Bring a quantity typed by someone to a yearly one in `base_unit`, and say what was supposed to get there.

    `quantity` ≥ 0; `period` is one of `PERIODS` (a one-off counts once); `density` in t/m³; `working_days` from 1 to
    366. The result is rounded to 6 decimals, half up. UnitError when a unit, a period or a figure is refused.
    """
    _check_base(base_unit)
    if not quantity.is_finite() or quantity < 0:
        raise UnitError(_("La quantité doit être un nombre positif ou nul."))
    if density is not None:
        _check_density(density)
    if period not in PERIODS:
        raise UnitError(_("La période « %(period)s » n’est pas connue.") % {"period": period})
    if not 1 <= working_days <= 366:
        raise UnitError(_("Le nombre de jours d’activité par an va de 1 à 366."))
    if unit == "ETP" and period not in ("year", "once"):
        raise UnitError(_("Un équivalent temps plein (ETP) se compte par an."))

    if unit in CONTAINERS:
        amount, said_of_unit = _from_container(quantity, unit, base_unit, density)
    else:
        amount = convert(quantity, unit, base_unit, density=density)
        said_of_unit = _said_of_conversion(unit, base_unit, density)
    times, said_of_period = _times_per_year(period, working_days)
    with localcontext(_PRECISION):
        value = (amount * times).quantize(PLACES, rounding=ROUND_HALF_UP)
    if value >= LIMIT:
        raise UnitError(_("Cette quantité est trop grande pour être enregistrée : vérifiez l’unité."))
    return YearlyQuantity(value, base_unit, " ".join(part for part in (said_of_unit, said_of_period) if part))


def _check_density(density: Decimal) -> None:
    if not density.is_finite() or density <= 0:
        raise UnitError(_("La masse volumique doit être supérieure à zéro."))


def _check_base(base_unit: str) -> None:
    if base_unit not in BASE_UNITS:
        raise UnitError(_("L’unité de base « %(unit)s » n’est pas connue.") % {"unit": base_unit})


def _from_container(quantity: Decimal, unit: str, base_unit: str, density: Decimal | None) -> tuple[Decimal, str]:
    container = CONTAINERS[unit]
    name = str(_LABELS[unit])
    if base_unit == "piece" and unit in UNITS_BY_BASE["piece"]:
        return quantity, ""
    if base_unit == "m3":
        said = _("Volume habituel supposé : %(volume)s m³ par %(name)s.")
        return quantity * container.volume, said % {"volume": french(container.volume), "name": name}
    if base_unit != "t":
        raise UnitError(
            _("Une quantité comptée en « %(name)s » ne se convertit pas en %(target)s.")
            % {"name": name, "target": _symbol(base_unit)}
        )
    if density is not None and density >= _GAS_DENSITY and container.by_density:
        said = _("Volume habituel supposé : %(volume)s m³ par %(name)s, à %(density)s t/m³.")
        amount = convert(quantity * container.volume, "m3", "t", density=density)
        return amount, said % {"volume": french(container.volume), "name": name, "density": french(density)}
    if container.load is None or (density is not None and density < _GAS_DENSITY):
        raise UnitError(
            _("Le poids d’un chargement « %(name)s » dépend de son contenu : indiquez des tonnes ou des kilogrammes.")
            % {"name": name}
        )
    said = _("Poids habituel supposé : %(load)s t par %(name)s.")
    return quantity * container.load, said % {"load": french(container.load), "name": name}


def _said_of_conversion(unit: str, base_unit: str, density: Decimal | None) -> str:
    if unit == "ETP":
        return _("Un ETP est compté 1 607 h par an.")
    if unit == "jour":
        return _("Une journée de travail est comptée 7 h.")
    same_kind = REGISTRY.Unit(unit).dimensionality == REGISTRY.Unit(base_unit).dimensionality
    if same_kind or density is None:
        return ""
    return _("Masse volumique supposée : %(density)s t/m³.") % {"density": french(density)}


def _times_per_year(period: str, working_days: int) -> tuple[int, str]:
    if period == "once":
        return 1, _("Quantité ponctuelle, comptée une seule fois.")
    if period == "day":
        return working_days, _("%(days)s jours d’activité par an supposés.") % {"days": working_days}
    if period == "week":
        return WEEKS_PER_YEAR, _("%(weeks)s semaines par an supposées.") % {"weeks": WEEKS_PER_YEAR}
    if period == "month":
        return MONTHS_PER_YEAR, _("12 mois par an supposés.")
    return 1, ""


def french(value: Decimal) -> str:
    """A decimal with a comma, narrow no-break spaces between thousands and no useless zero: « 1 607,5 »."""
    text = f"{value:,f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return text.replace(",", "\u202f").replace(".", ",")


def _symbol(unit: str) -> str:
    signs = {"m3": "m³", "m2": "m²", "piece": _("pièces"), "euro": "€", "kiloeuro": "k€"}
    return signs.get(unit, unit)
