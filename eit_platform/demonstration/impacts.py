"""Figures of the written exchanges, worked out by the product's own calculator: realised, expected, potential."""

from datetime import date
from decimal import Decimal

from eit_platform.demonstration.days import Days
from eit_platform.demonstration.history import Case
from synergies.enums import ImpactIndicator, ImpactState, LeadKind, SynergyStage
from synergies.models import EmissionFactor, Impact
from synergies.services.impact_calculation import Calculation, Co2Inputs, co2, declared

PLACES = Decimal("0.000001")
ROLES = ("avoided_treatment", "avoided_production", "new_treatment", "transport")
DEFAULT_KM = Decimal(15)
ONCE = (ImpactIndicator.INVESTMENT_PRIVATE, ImpactIndicator.INVESTMENT_PUBLIC, ImpactIndicator.JOBS)


def load(cases: list[Case], days: Days, people: dict) -> None:
    """Writes the figures of each exchange: realised year after year once it runs, expected or potential before."""
    codes = {case.exchange.co2.get(role) for case in cases if case.exchange and case.exchange.co2 for role in ROLES}
    factors = {factor.code: factor for factor in EmissionFactor.objects.filter(code__in=codes - {None})}
    rows = [row for case in cases if case.exchange for row in _of_case(case, factors, days, people)]
    Impact.objects.bulk_create(rows, batch_size=200)


def _of_case(case: Case, factors: dict[str, EmissionFactor], days: Days, people: dict) -> list[Impact]:
    synergy, rows = case.synergy, []
    for state, year, share in _periods(case, days):
        for calculation in _figures(case, factors, state, share, first=year == (synergy.started_on or days.today).year):
            rows.append(_row(case, calculation, year, days, people))
    return rows


def _periods(case: Case, days: Days) -> list[tuple[str, int, Decimal]]:
    """State, year, and the part of that year in which the exchange runs."""
    synergy, this_year = case.synergy, days.today.year
    if synergy.started_on:
        past = [
            (ImpactState.REALISED, year, _part(synergy.started_on, year)) for year in range(synergy.started_on.year, this_year)
        ]
        whole = _part(synergy.started_on, this_year)
        elapsed = max(Decimal(0), whole - Decimal(13 - days.today.month) / 12)
        present = [(ImpactState.REALISED, this_year, elapsed)] if elapsed else []
        return [*past, *present, (ImpactState.EXPECTED, this_year, whole)]
    if synergy.stage == SynergyStage.NEGOTIATION:
        return [(ImpactState.EXPECTED, this_year + 1, Decimal(1))]
    if synergy.stage == SynergyStage.STUDY:
        return [(ImpactState.POTENTIAL, this_year + 1, Decimal(1))]
    return []


def _part(start: date, year: int) -> Decimal:
    return Decimal(13 - start.month) / 12 if start.year == year else Decimal(1)


def _figures(case: Case, factors: dict[str, EmissionFactor], state: str, part: Decimal, *, first: bool) -> list[Calculation]:
    exchange = case.exchange
    quantity = exchange.quantity
    figures: list[Calculation] = []

    def add(indicator: str, value, unit: str, **details) -> None:
        scaled = value if indicator in ONCE else _scaled(Decimal(value), part)
        figures.append(declared(indicator=indicator, value=Decimal(scaled), unit=unit, state=state, **details))

    if exchange.kind == LeadKind.SUBSTITUTION and exchange.unit == "t" and quantity:
        if exchange.outlet:
            add(ImpactIndicator.WASTE_DIVERTED, quantity, "t", former_outlet=exchange.outlet)
        add(ImpactIndicator.VIRGIN_SUBSTITUTED, quantity, "t", uncertainty_pct=Decimal(10))
    if exchange.energy:
        add(ImpactIndicator.ENERGY_SAVED, exchange.energy, "MWh", uncertainty_pct=Decimal(15))
    if exchange.water:
        add(ImpactIndicator.WATER_SAVED, exchange.water, "m3")
    if exchange.savings:
        name, amount = exchange.savings
        add(ImpactIndicator.SAVINGS, amount, "kEUR", beneficiary=_party(case, name))
    if exchange.jobs and first:
        add(ImpactIndicator.JOBS, exchange.jobs, "ETP")
    if exchange.investment and first:
        add(ImpactIndicator.INVESTMENT_PRIVATE, exchange.investment[1], "kEUR")
    if exchange.co2:
        figures.append(co2(_balance(case, factors, part), state=state))
    return figures


def _balance(case: Case, factors: dict[str, EmissionFactor], part: Decimal) -> Co2Inputs:
    given = case.exchange.co2
    transported = "transport" in given
    # Energy is balanced in MWh, its fuel carried in tonnes.
    mass = case.exchange.quantity if case.exchange.unit == "t" else None
    return Co2Inputs(
        quantity=_scaled(Decimal(given["quantity"]), part),
        unit=given["unit"],
        uncertainty_pct=Decimal(10),
        avoided_treatment=factors.get(given.get("avoided_treatment")),
        avoided_production=factors.get(given.get("avoided_production")),
        new_treatment=factors.get(given.get("new_treatment")),
        transport=factors.get(given.get("transport")),
        distance_km=_distance(case) if transported else None,
        tonnage=_scaled(mass, part) if transported and mass is not None else None,
    )


def _distance(case: Case) -> Decimal:
    """As the crow flies, in km, as the matching engine measured it."""
    return DEFAULT_KM if case.lead.distance_km is None else Decimal(str(round(case.lead.distance_km, 1)))


def _scaled(value: Decimal, part: Decimal) -> Decimal:
    return (value * part).quantize(Decimal("0.1"))


def _party(case: Case, name: str):
    return next(flow.establishment for flow in case.flows if flow.establishment.name == name)


def _row(case: Case, calculation: Calculation, year: int, days: Days, people: dict) -> Impact:
    result = calculation.result
    realised = result.state == ImpactState.REALISED
    return Impact(
        demarche=case.synergy.demarche,
        synergy=case.synergy,
        indicator=calculation.indicator,
        state=result.state.value,
        year=year,
        value=result.value.quantize(PLACES),
        unit=calculation.unit,
        low=None if result.low is None else result.low.quantize(PLACES),
        high=None if result.high is None else result.high.quantize(PLACES),
        method=result.method[:300],
        terms=calculation.terms,
        factor=calculation.factor,
        former_outlet=calculation.former_outlet,
        beneficiary=calculation.beneficiary,
        attributed_share=result.attributed_share,
        is_recurrent=calculation.indicator not in ONCE,
        warning="\n".join(result.warnings),
        declared_by=case.flows[0].establishment.name,
        verified_by=people["manager"].full_name if realised else "",
        verified_on=min(days.ago(1), days.working(date(year + 1, 1, 20))) if realised else None,
        entered_by=people["manager"],
    )
