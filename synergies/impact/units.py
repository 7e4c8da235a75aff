"""Units of the impact calculation and their sizes. Pure: no Django, no I/O."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType

ONE = Decimal(1)

# Unit → (dimension, size in the base unit of the dimension). A tonne of nitrogen is not a tonne of fertiliser:
# nutrients have dimensions of their own, so that the two can never be added. Energy is based on the megajoule, so that
# conversions stay exact (1 MWh = 3.6 GJ by definition).
UNITS: Mapping[str, tuple[str, Decimal]] = MappingProxyType(
    {
        "g": ("mass", Decimal("0.000001")),
        "kg": ("mass", Decimal("0.001")),
        "t": ("mass", ONE),
        "kt": ("mass", Decimal(1000)),
        "kWh": ("energy", Decimal("3.6")),
        "MWh": ("energy", Decimal(3600)),
        "GWh": ("energy", Decimal(3600000)),
        "GJ": ("energy", Decimal(1000)),
        "L": ("volume", Decimal("0.001")),
        "m3": ("volume", ONE),
        "km": ("distance", ONE),
        "tkm": ("transport", ONE),
        "EUR": ("money", ONE),
        "kEUR": ("money", Decimal(1000)),
        "ETP": ("work", ONE),
        "kgCO2e": ("emissions", Decimal("0.001")),
        "tCO2e": ("emissions", ONE),
        "t_N": ("nitrogen", ONE),
        "t_P2O5": ("phosphate", ONE),
        "t_K2O": ("potash", ONE),
    }
)
_SPELLINGS: Mapping[str, str] = MappingProxyType(
    {"m³": "m3", "€": "EUR", "euro": "EUR", "k€": "kEUR", "l": "L", "t.km": "tkm", "tonne": "t"}
)


class ImpactError(ValueError):
    """A calculation refused; the message, in French, can be shown as it is."""


def canonical_unit(unit: str) -> str:
    """Our spelling of a unit; ImpactError when it is not one we know."""
    name = _SPELLINGS.get(unit, unit)
    if name not in UNITS:
        raise ImpactError(f"Unité inconnue : « {unit} ».")
    return name
