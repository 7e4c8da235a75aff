"""Impacts of an exchange, the way in: totals by indicator, CO2 balance, transport.

Every function takes values and gives back an ImpactResult (value, interval, terms with their factor and input, method,
warnings), or raises ImpactError with a message in French. The way the interval is worked out is told in results.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from types import MappingProxyType

from .co2 import CO2_METHOD, co2_avoided, compare_recycled
from .inputs import Amount, Emission, Haul
from .results import INTERVAL, build_result, build_term, french
from .transport import TRANSPORT_METHOD, road_distance, transport_distance, transport_emission, transport_work
from .types import INDICATOR_UNITS, ONE, ZERO, Funding, ImpactError, ImpactResult, Indicator, Outlet, State

__all__ = [
    "CO2_METHOD",
    "TOTAL_METHOD",
    "TRANSPORT_METHOD",
    "Amount",
    "Emission",
    "Haul",
    "co2_avoided",
    "compare_recycled",
    "french",
    "road_distance",
    "total",
    "transport_distance",
    "transport_emission",
    "transport_work",
]

# A party can lose on an exchange that gains on the whole, and a process can use more energy or water than before.
_MAY_BE_NEGATIVE = frozenset({Indicator.SAVINGS, Indicator.ENERGY_SAVED, Indicator.WATER_SAVED})
_GROUPS: Mapping[Indicator, frozenset[str]] = MappingProxyType(
    {
        Indicator.WASTE_DIVERTED: frozenset(outlet.value for outlet in Outlet),
        Indicator.INVESTMENT: frozenset(funding.value for funding in Funding),
    }
)
_GROUP_NAMES: Mapping[Indicator, str] = MappingProxyType(
    {
        Indicator.WASTE_DIVERTED: "l’ancienne filière",
        Indicator.INVESTMENT: "l’origine, privée ou publique,",
        Indicator.SAVINGS: "la partie concernée",
    }
)
TOTAL_METHOD = "Somme des quantités déclarées, ramenées à la même unité. " + INTERVAL


def total(
    indicator: Indicator, amounts: Iterable[Amount], *, state: State, attributed_share: Decimal | int = ONE
) -> ImpactResult:
    """Sum of declared quantities in the unit of the indicator.

    ImpactError for CO2 (co2_avoided does it), no amount, an id given twice, a unit of another kind, a missing or
    unknown group, a negative quantity where none makes sense.
    """
    if indicator is Indicator.CO2_AVOIDED:
        raise ImpactError("Le CO2 évité se calcule à partir de facteurs, il ne se déclare pas.")
    unit = INDICATOR_UNITS[indicator]
    terms = []
    warnings = []
    for amount in amounts:
        result = amount.quantity.to(unit)
        _check_group(indicator, amount)
        if result.value < ZERO:
            if indicator not in _MAY_BE_NEGATIVE:
                raise ImpactError(f"« {amount.label} » : une quantité négative n’a pas de sens ici.")
            warnings.append(f"« {amount.label} » est une perte : elle est déduite du total.")
        terms.append(build_term(amount.id, amount.label, amount.quantity, None, result, 1, amount, amount.group))
    return build_result(indicator, terms, TOTAL_METHOD, warnings, state, attributed_share)


def _check_group(indicator: Indicator, amount: Amount) -> None:
    name = _GROUP_NAMES.get(indicator)
    if name is None:
        return
    allowed = _GROUPS.get(indicator)
    if not amount.group or (allowed is not None and amount.group not in allowed):
        raise ImpactError(f"« {amount.label} » : {name} doit être indiquée.")
