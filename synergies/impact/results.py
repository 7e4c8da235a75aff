"""Terms put together into a result: total, interval, warnings.

Uncertainty: first-order propagation, sources independent of one another, a source shared by several terms (same
factor, same input) counted once over their sum. With s_t the signed terms and u_k the relative uncertainty of source k,
half-width = sqrt(Σ_k (Σ_{t uses k} s_t × u_k)²). Ref.: JCGM 100:2008 (GUM), 5.1.2 and 5.2.2.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from .inputs import Amount, Emission, Haul
from .types import (
    HUNDRED,
    INDICATOR_UNITS,
    ZERO,
    Factor,
    ImpactError,
    ImpactResult,
    Indicator,
    Quantity,
    State,
    Term,
    percentage,
    share,
)

INTERVAL = (
    "Intervalle : somme quadratique des incertitudes relatives, une source commune à plusieurs termes "
    "(même facteur, même donnée) étant comptée une seule fois."
)


def french(value: Decimal) -> str:
    """Decimal number as French text: comma, narrow no-break space between thousands, real minus sign."""
    text = f"{value.normalize():,f}"
    return text.replace(",", "\u202f").replace(".", ",").replace("-", "\u2212")


def build_term(
    term_id: str,
    label: str,
    quantity: Quantity,
    factor: Factor | None,
    result: Quantity,
    sign: int,
    origin: Amount | Emission | Haul,
    group: str,
) -> Term:
    """A line of a result; ImpactError when the uncertainty of its quantity is negative."""
    return Term(
        id=term_id,
        label=label,
        quantity=quantity,
        factor=factor,
        result=result,
        sign=sign,
        input_id=origin.input_id or term_id,
        group=group,
        uncertainty_pct=percentage(origin.uncertainty_pct, f"« {label} »"),
    )


def build_result(
    indicator: Indicator,
    terms: Sequence[Term],
    method: str,
    warnings: Iterable[str],
    state: State,
    attributed_share: Decimal | int,
) -> ImpactResult:
    """The total of the terms with its interval; ImpactError for no term, two terms of one id, a share outside 0 to 1."""
    if not terms:
        raise ImpactError("Aucune donnée : un total vide n’est pas un zéro.")
    if len({term.id for term in terms}) != len(terms):
        raise ImpactError("Deux termes portent le même identifiant.")
    value = sum((term.signed for term in terms), ZERO)
    half = _half_width(terms)
    notes = [*warnings, *_uncertainty_warnings(terms, half)]
    return ImpactResult(
        indicator=indicator,
        value=value,
        unit=INDICATOR_UNITS[indicator],
        low=None if half is None else value - half,
        high=None if half is None else value + half,
        terms=tuple(terms),
        method=method,
        warnings=tuple(dict.fromkeys(notes)),
        state=state,
        attributed_share=share(attributed_share),
    )


def provisional_warnings(factors: Iterable[Factor]) -> list[str]:
    """What must be said of values of common knowledge, one sentence each."""
    return [
        f"Valeur provisoire : {factor.label.lower()}, {french(factor.value)} ({factor.source})."
        for factor in factors
        if factor.provisional
    ]


def _half_width(terms: Sequence[Term]) -> Decimal | None:
    """Half-width of the interval in the unit of the terms; None when no source has a known uncertainty."""
    contributions: dict[tuple[str, str], Decimal] = {}
    for term in terms:
        if term.uncertainty_pct is not None:
            key = ("input", term.input_id)
            contributions[key] = contributions.get(key, ZERO) + term.signed * term.uncertainty_pct / HUNDRED
        if term.factor is not None and term.factor.uncertainty_pct is not None:
            key = ("factor", term.factor.code)
            contributions[key] = contributions.get(key, ZERO) + term.signed * term.factor.uncertainty_pct / HUNDRED
    if not contributions:
        return None
    return sum((part * part for part in contributions.values()), ZERO).sqrt()


def _uncertainty_warnings(terms: Sequence[Term], half: Decimal | None) -> list[str]:
    if half is None:
        return []
    unknown = {t.factor.label for t in terms if t.factor is not None and t.factor.uncertainty_pct is None}
    warnings = [
        f"L’incertitude de « {label} » n’est pas publiée : l’intervalle affiché est un minimum." for label in sorted(unknown)
    ]
    if any(term.uncertainty_pct is None for term in terms):
        warnings.append("L’incertitude d’une quantité n’est pas connue : l’intervalle affiché est un minimum.")
    return warnings
