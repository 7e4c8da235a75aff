"""CO2 balance: avoided treatment + avoided virgin production − new transport − new treatment, in tCO2e."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType

from .inputs import Emission
from .results import INTERVAL, build_result, build_term, french
from .types import INDICATOR_UNITS, ONE, ZERO, Category, Factor, ImpactError, ImpactResult, Indicator, Role, State

_TREATMENTS = frozenset(category for category in Category if category.is_treatment)
_ALLOWED: Mapping[Role, frozenset[Category]] = MappingProxyType(
    {
        Role.AVOIDED_TREATMENT: _TREATMENTS | {Category.WATER},
        Role.AVOIDED_PRODUCTION: frozenset(
            {Category.MATERIAL_VIRGIN, Category.ENERGY, Category.WATER, Category.AVOIDED_EMISSIONS}
        ),
        Role.NEW_TRANSPORT: frozenset({Category.TRANSPORT}),
        Role.NEW_TREATMENT: _TREATMENTS | {Category.MATERIAL_RECYCLED, Category.ENERGY, Category.WATER},
    }
)
_ROLE_NAMES: Mapping[Role, str] = MappingProxyType(
    {
        Role.AVOIDED_TREATMENT: "traitement évité",
        Role.AVOIDED_PRODUCTION: "production évitée",
        Role.NEW_TRANSPORT: "transport nouveau",
        Role.NEW_TREATMENT: "traitement nouveau",
    }
)
CO2_METHOD = "CO2 évité = traitement évité + production vierge évitée − transport nouveau − traitement nouveau. " + INTERVAL


def co2_avoided(emissions: Iterable[Emission], *, state: State, attributed_share: Decimal | int = ONE) -> ImpactResult:
    """CO2 balance of an exchange in tCO2e; negative when it emits more than it avoids, and said so.

    ImpactError for a double count ("new − recycled" with "avoided emissions", or the same input and factor twice in a
    role), a factor that does not fit its role, a unit of another kind, a negative quantity, no emission.
    """
    lines = list(emissions)
    _refuse_double_counts(lines)
    terms = []
    warnings: list[str] = []
    for line in lines:
        if line.factor.category not in _ALLOWED[line.role]:
            raise ImpactError(f"Le facteur « {line.factor.label} » ne convient pas au rôle « {_ROLE_NAMES[line.role]} ».")
        if line.quantity.value < ZERO:
            raise ImpactError(f"« {line.label} » : la quantité ne peut pas être négative.")
        result = line.factor.apply(line.quantity).to(INDICATOR_UNITS[Indicator.CO2_AVOIDED])
        # Published avoided emissions are negative values: the opposite sign makes a gain of them.
        sign = -line.role.sign if line.factor.category is Category.AVOIDED_EMISSIONS else line.role.sign
        terms.append(build_term(line.id, line.label, line.quantity, line.factor, result, sign, line, line.role.value))
        warnings.extend(line.notes)
    warnings.extend(_recycling_warnings(lines))
    if sum((term.signed for term in terms), ZERO) < ZERO:
        warnings.append("Le bilan est négatif : l’échange émet plus qu’il n’évite.")
    return build_result(Indicator.CO2_AVOIDED, terms, CO2_METHOD, warnings, state, attributed_share)


def compare_recycled(virgin: Factor, recycled: Factor) -> str | None:
    """What must be said when recycled matter does not emit less than new matter, None when it does."""
    if recycled.value < virgin.value:
        return None
    origin = f"{recycled.source}, version {recycled.version}"
    if recycled.value == virgin.value:
        return (
            f"« {recycled.label} » et « {virgin.label} » ont la même valeur ({french(virgin.value)} {virgin.unit}, "
            f"{origin}) : la substitution n’apporte aucun gain de CO2 calculable."
        )
    return (
        f"« {recycled.label} » émet plus que « {virgin.label} » ({french(recycled.value)} contre "
        f"{french(virgin.value)} {virgin.unit}, {origin}) : la substitution compte négativement, et reste affichée."
    )


def _refuse_double_counts(lines: Sequence[Emission]) -> None:
    categories = {line.factor.category for line in lines}
    if Category.AVOIDED_EMISSIONS in categories and categories & {Category.MATERIAL_VIRGIN, Category.MATERIAL_RECYCLED}:
        raise ImpactError(
            "Double compte : les « émissions évitées » publiées contiennent déjà l’écart entre matière vierge et "
            "matière recyclée. Gardez l’un ou l’autre."
        )
    seen = set()
    for line in lines:
        key = (line.role, line.input_id or line.id, line.factor.code)
        if key in seen:
            raise ImpactError(f"Double compte : « {line.label} » reprend la même donnée et le même facteur.")
        seen.add(key)


def _recycling_warnings(lines: Sequence[Emission]) -> list[str]:
    virgin = [line.factor for line in lines if line.factor.category is Category.MATERIAL_VIRGIN]
    recycled = [line.factor for line in lines if line.factor.category is Category.MATERIAL_RECYCLED]
    warnings: list[str] = []
    for factor in recycled:
        same = [other for other in virgin if other.subject == factor.subject]
        if not same and len(virgin) == len(recycled) == 1:
            same = virgin  # two names, one exchange: they are compared all the same
        warnings.extend(text for other in same if (text := compare_recycled(other, factor)))
    new_treatments = {line.factor.category for line in lines if line.role is Role.NEW_TREATMENT}
    if {Category.MATERIAL_RECYCLED, Category.TREATMENT_RECYCLING} <= new_treatments:
        warnings.append(
            "Le facteur de la matière recyclée comprend déjà son recyclage : vérifiez qu’il n’est pas compté deux fois."
        )
    if any(line.role is Role.AVOIDED_TREATMENT and line.factor.category is Category.TREATMENT_RECYCLING for line in lines):
        warnings.append(
            "L’ancienne filière recyclait déjà : la matière vierge qu’elle remplaçait n’est pas déduite, le gain est "
            "surestimé d’autant."
        )
    return warnings
