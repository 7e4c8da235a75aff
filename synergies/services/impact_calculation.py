"""Working out a figure of a synergy: what was typed, the factors chosen, the result with every term."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from eit_platform.common.exceptions import BusinessError
from synergies.enums import ImpactIndicator
from synergies.impact.calculator import Amount, Emission, Haul, co2_avoided, total, transport_emission
from synergies.impact.factors import ROAD_DETOUR
from synergies.impact.types import Category, Factor, ImpactError, ImpactResult, Indicator, Quantity, Role, State, Term
from synergies.models import EmissionFactor

LIMIT = Decimal(10) ** 14
_CALCULATED: Mapping[str, tuple[Indicator, str]] = MappingProxyType(
    {
        ImpactIndicator.INVESTMENT_PRIVATE: (Indicator.INVESTMENT, "private"),
        ImpactIndicator.INVESTMENT_PUBLIC: (Indicator.INVESTMENT, "public"),
        ImpactIndicator.TRANSPORT: (Indicator.TRANSPORT_DISTANCE, ""),
    }
)
_PRINTED_UNITS = {"kEUR": "k€"}
_ROLE_LABELS = {
    Role.AVOIDED_TREATMENT: gettext_lazy("Traitement évité"),
    Role.AVOIDED_PRODUCTION: gettext_lazy("Production vierge évitée"),
    Role.NEW_TRANSPORT: gettext_lazy("Nouveau transport"),
    Role.NEW_TREATMENT: gettext_lazy("Nouveau traitement"),
}


@dataclass(frozen=True, slots=True)
class Calculation:
    """A figure worked out and not yet stored."""

    indicator: str
    result: ImpactResult
    inputs: Mapping[str, dict]
    factor: EmissionFactor | None = None
    former_outlet: str = ""
    beneficiary: object = None

    @property
    def unit(self) -> str:
        return _PRINTED_UNITS.get(self.result.unit, self.result.unit)

    @property
    def terms(self) -> list[dict]:
        """Every term with its input and its factor, as JSON: what leads a figure back to its origin."""
        return [_as_json(term, self.inputs.get(term.id, {})) for term in self.result.terms]


@dataclass(frozen=True, slots=True)
class Co2Inputs:
    """What a CO2 balance is made of; each factor is optional, one at least is needed.

    `quantity` per year in `unit`; `distance_km` is as the crow flies unless `by_road`; `tonnage` t per year carried, the
    quantity itself when it is a mass.
    """

    quantity: Decimal
    unit: str
    uncertainty_pct: Decimal | None = None
    avoided_treatment: EmissionFactor | None = None
    avoided_production: EmissionFactor | None = None
    new_treatment: EmissionFactor | None = None
    transport: EmissionFactor | None = None
    distance_km: Decimal | None = None
    by_road: bool = False
    tonnage: Decimal | None = None


def declared(
    *,
    indicator: str,
    value: Decimal,
    unit: str,
    state: str,
    share: Decimal = Decimal(1),
    uncertainty_pct: Decimal | None = None,
    former_outlet: str = "",
    beneficiary=None,
) -> Calculation:
    """A quantity declared, brought to the unit of its indicator. Raises BusinessError when it makes no sense."""
    target, group = _CALCULATED.get(indicator, (None, ""))
    target = target or Indicator(indicator)
    group = group or former_outlet or (beneficiary.name if beneficiary is not None else "")
    label = str(ImpactIndicator(indicator).label)
    try:
        amount = Amount("declared", label.capitalize(), Quantity(value, unit), group, uncertainty_pct)
        result = total(target, [amount], state=State(state), attributed_share=share)
    except ImpactError as refusal:
        raise BusinessError(str(refusal), code="impact", field="value") from None
    inputs = {"declared": {"value": str(value), "unit": unit, "uncertainty_pct": _text(uncertainty_pct)}}
    return Calculation(indicator, _checked(result), inputs, None, former_outlet, beneficiary)


def co2(inputs: Co2Inputs, *, state: str, share: Decimal = Decimal(1)) -> Calculation:
    """The CO2 balance of the exchange, in tCO2e per year. Raises BusinessError, in French, for what does not add up."""
    try:
        emissions = _emissions(inputs)
        result = co2_avoided(emissions, state=State(state), attributed_share=share)
    except ImpactError as refusal:
        raise BusinessError(str(refusal), code="impact") from None
    typed = {"value": str(inputs.quantity), "unit": inputs.unit, "uncertainty_pct": _text(inputs.uncertainty_pct)}
    by_term = {emission.id: typed for emission in emissions}
    if Role.NEW_TRANSPORT in by_term:
        by_term[Role.NEW_TRANSPORT] = {
            "tonnage": str(_tonnage(inputs)),
            "distance_km": str(inputs.distance_km),
            "by_road": inputs.by_road,
            "detour": "" if inputs.by_road else str(ROAD_DETOUR.value),
            "detour_source": "" if inputs.by_road else ROAD_DETOUR.source,
        }
    main = inputs.avoided_production or inputs.avoided_treatment or inputs.new_treatment or inputs.transport
    return Calculation(ImpactIndicator.CO2_AVOIDED, _checked(result), by_term, main)


def factor_of(row: EmissionFactor) -> Factor:
    """The row of the table as the calculator takes it."""
    return Factor(
        code=row.code,
        label=row.label,
        category=Category(row.category),
        value=_plain(row.value),
        unit=row.unit,
        uncertainty_pct=None if row.uncertainty_pct is None else _plain(row.uncertainty_pct),
        source=row.source,
        version=row.version,
        validity=row.validity,
        ademe_id=row.ademe_id,
        resource_hint=row.resource_hint,
        provisional=row.is_provisional,
    )


def _emissions(inputs: Co2Inputs) -> list[Emission]:
    exchanged = Quantity(inputs.quantity, inputs.unit)
    chosen = (
        (Role.AVOIDED_TREATMENT, inputs.avoided_treatment),
        (Role.AVOIDED_PRODUCTION, inputs.avoided_production),
        (Role.NEW_TREATMENT, inputs.new_treatment),
    )
    lines = [
        Emission(role.value, str(_ROLE_LABELS[role]), role, exchanged, factor_of(row), inputs.uncertainty_pct, "quantity")
        for role, row in chosen
        if row is not None
    ]
    if inputs.transport is not None:
        if inputs.distance_km is None:
            raise ImpactError(_("Indiquez la distance du nouveau transport."))
        haul = Haul(
            id=Role.NEW_TRANSPORT.value,
            label=str(_ROLE_LABELS[Role.NEW_TRANSPORT]),
            distance=Quantity(inputs.distance_km, "km"),
            mass=Quantity(_tonnage(inputs), "t"),
            detour=None if inputs.by_road else ROAD_DETOUR,
            uncertainty_pct=inputs.uncertainty_pct,
        )
        lines.append(transport_emission(haul, factor_of(inputs.transport)))
    if not lines:
        raise ImpactError(_("Choisissez au moins un facteur : sans lui, il n’y a rien à calculer."))
    return lines


def _tonnage(inputs: Co2Inputs) -> Decimal:
    if inputs.tonnage is not None:
        return inputs.tonnage
    exchanged = Quantity(inputs.quantity, inputs.unit)
    if exchanged.dimension != "mass":
        raise ImpactError(_("Indiquez le tonnage transporté : la quantité n’est pas une masse."))
    return exchanged.to("t").value


def _checked(result: ImpactResult) -> ImpactResult:
    if abs(result.value) >= LIMIT:
        raise BusinessError(_("Ce chiffre est trop grand : vérifiez l’unité."), code="too_big", field="value")
    return result


def _as_json(term: Term, typed: dict) -> dict:
    factor = term.factor
    return {
        "id": term.id,
        "label": term.label,
        "group": term.group,
        "quantity": str(term.quantity.value),
        "unit": term.quantity.unit,
        "input": typed,
        "factor": None
        if factor is None
        else {
            "code": factor.code,
            "label": factor.label,
            "value": str(factor.value),
            "unit": factor.unit,
            "uncertainty_pct": _text(factor.uncertainty_pct),
            "version": factor.version,
            "source": factor.source,
            "validity": factor.validity,
            "provisional": factor.provisional,
        },
        "result": str(term.result.value),
        "result_unit": term.result.unit,
        "signed": str(term.signed),
        "sign": term.sign,
    }


def _text(value: Decimal | None) -> str:
    return "" if value is None else str(value)


def _plain(value: Decimal) -> Decimal:
    """Without the zeros that the column adds: 40, not 40.000000 nor 4E+1."""
    return Decimal(f"{Decimal(value).normalize():f}")
