"""Values of the impact calculation: quantities with their unit, factors, terms, results. Pure: no Django, no I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType

from .units import ONE as ONE
from .units import UNITS, canonical_unit
from .units import ImpactError as ImpactError

ZERO = Decimal(0)
HUNDRED = Decimal(100)


class Indicator(StrEnum):
    """What is counted; the unit of each is in INDICATOR_UNITS."""

    WASTE_AVOIDED = "waste_avoided"
    WASTE_DIVERTED = "waste_diverted"
    VIRGIN_SUBSTITUTED = "virgin_substituted"
    HAZARDOUS_WASTE = "hazardous_waste"
    CO2_AVOIDED = "co2_avoided"
    ENERGY_SAVED = "energy_saved"
    WATER_SAVED = "water_saved"
    SAVINGS = "savings"
    NEW_SALES = "new_sales"
    INVESTMENT = "investment"
    JOBS = "jobs"
    TRANSPORT_WORK = "transport_work"
    TRANSPORT_DISTANCE = "transport_distance"


INDICATOR_UNITS: Mapping[Indicator, str] = MappingProxyType(
    {
        Indicator.WASTE_AVOIDED: "t",
        Indicator.WASTE_DIVERTED: "t",
        Indicator.VIRGIN_SUBSTITUTED: "t",
        Indicator.HAZARDOUS_WASTE: "t",
        Indicator.CO2_AVOIDED: "tCO2e",
        Indicator.ENERGY_SAVED: "MWh",
        Indicator.WATER_SAVED: "m3",
        Indicator.SAVINGS: "kEUR",
        Indicator.NEW_SALES: "kEUR",
        Indicator.INVESTMENT: "kEUR",
        Indicator.JOBS: "ETP",
        Indicator.TRANSPORT_WORK: "tkm",
        Indicator.TRANSPORT_DISTANCE: "km",
    }
)


class State(StrEnum):
    """How real a figure is: worked out, agreed upon, measured."""

    POTENTIAL = "potential"
    EXPECTED = "expected"
    REALISED = "realised"


class Outlet(StrEnum):
    """Where a waste went before the exchange."""

    LANDFILL = "landfill"
    INCINERATION = "incineration"
    RECYCLING = "recycling"
    METHANISATION = "methanisation"
    COMPOSTING = "composting"
    SPREADING = "spreading"
    STORED = "stored"
    UNKNOWN = "unknown"


class Funding(StrEnum):
    """Who invests."""

    PRIVATE = "private"
    PUBLIC = "public"


class Role(StrEnum):
    """Place of an emission in the balance; the first two are gains, the others costs."""

    AVOIDED_TREATMENT = "avoided_treatment"
    AVOIDED_PRODUCTION = "avoided_production"
    NEW_TRANSPORT = "new_transport"
    NEW_TREATMENT = "new_treatment"

    @property
    def sign(self) -> int:
        return 1 if self in (Role.AVOIDED_TREATMENT, Role.AVOIDED_PRODUCTION) else -1


class Category(StrEnum):
    """Kind of an emission factor, as in the column `category` of factors.csv."""

    MATERIAL_VIRGIN = "material_virgin"
    MATERIAL_RECYCLED = "material_recycled"
    TREATMENT_LANDFILL = "treatment_landfill"
    TREATMENT_INCINERATION = "treatment_incineration"
    TREATMENT_RECYCLING = "treatment_recycling"
    TREATMENT_METHANISATION = "treatment_methanisation"
    TREATMENT_COMPOSTING = "treatment_composting"
    TREATMENT_AVERAGE = "treatment_average"
    AVOIDED_EMISSIONS = "avoided_emissions"
    ENERGY = "energy"
    TRANSPORT = "transport"
    WATER = "water"
    RATIO = "ratio"

    @property
    def is_treatment(self) -> bool:
        return self.value.startswith("treatment_")


def _checked(value: object, what: str) -> Decimal:
    # A float would bring its binary noise into figures that are frozen in reports.
    if isinstance(value, bool) or not isinstance(value, Decimal | int):
        raise ImpactError(f"{what} : un nombre décimal exact est attendu, pas {type(value).__name__}.")
    number = Decimal(value)
    if not number.is_finite():
        raise ImpactError(f"{what} : la valeur doit être un nombre fini.")
    return number


def share(value: Decimal | int) -> Decimal:
    """Share attributed to the démarche, 0 to 1; ImpactError outside."""
    number = _checked(value, "Part attribuée à la démarche")
    if not ZERO <= number <= ONE:
        raise ImpactError("La part attribuée à la démarche doit être comprise entre 0 et 1.")
    return number


def percentage(value: Decimal | int | None, what: str) -> Decimal | None:
    """Relative uncertainty in per cent, 0 or more; None when unknown."""
    if value is None:
        return None
    number = _checked(value, what)
    if number < ZERO:
        raise ImpactError(f"{what} : l’incertitude ne peut pas être négative.")
    return number


@dataclass(frozen=True, slots=True)
class Quantity:
    """A decimal value and its unit (one of the units of this module, or an accepted spelling of it)."""

    value: Decimal
    unit: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "value", _checked(self.value, "Quantité"))
        object.__setattr__(self, "unit", canonical_unit(self.unit))

    @property
    def dimension(self) -> str:
        return UNITS[self.unit][0]

    def to(self, unit: str) -> Quantity:
        """The same quantity in another unit of the same dimension; ImpactError for any other."""
        target = canonical_unit(unit)
        if target == self.unit:
            return self
        dimension, size = UNITS[target]
        if dimension != self.dimension:
            raise ImpactError(f"Unités incompatibles : « {self.unit} » ne se convertit pas en « {unit} ».")
        return Quantity(self.value * UNITS[self.unit][1] / size, target)


@dataclass(frozen=True, slots=True)
class Factor:
    """A published ratio, such as an emission factor: value, unit "numerator/denominator", and where it comes from.

    `code` identifies it for good (results refer to it); `uncertainty_pct` is a relative uncertainty in per cent, None
    when its publisher gives none; `provisional` marks a value of common knowledge, to be shown as such.
    """

    code: str
    label: str
    category: Category
    value: Decimal
    unit: str
    uncertainty_pct: Decimal | None
    source: str
    version: str
    validity: str = ""
    ademe_id: str = ""
    resource_hint: str = ""
    provisional: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "value", _checked(self.value, f"Facteur « {self.label} »"))
        numerator, slash, denominator = self.unit.partition("/")
        if not slash:
            raise ImpactError(f"Facteur « {self.label} » : l’unité « {self.unit} » n’est pas un rapport.")
        object.__setattr__(self, "unit", f"{canonical_unit(numerator)}/{canonical_unit(denominator)}")
        percentage(self.uncertainty_pct, f"Facteur « {self.label} »")
        if not self.code:
            raise ImpactError(f"Facteur « {self.label} » : le code est obligatoire.")
        if not self.source:
            raise ImpactError(f"Facteur « {self.label} » : la source est obligatoire.")

    @property
    def numerator(self) -> str:
        return self.unit.partition("/")[0]

    @property
    def denominator(self) -> str:
        return self.unit.partition("/")[2]

    @property
    def subject(self) -> str:
        """What the factor speaks of: the same for new and recycled matter, so that the two can be compared."""
        return self.code.partition(".")[2] or self.code

    def apply(self, quantity: Quantity) -> Quantity:
        """Quantity × factor, in the numerator's unit; the quantity must be convertible into the denominator.

        A plain ratio (km/km) keeps the unit it is given: kilometres, or tonne-kilometres.
        """
        if self.category is Category.RATIO and quantity.dimension in ("distance", "transport"):
            return Quantity(quantity.value * self.value, quantity.unit)
        try:
            measured = quantity.to(self.denominator)
        except ImpactError as error:
            raise ImpactError(
                f"Le facteur « {self.label} » s’applique à des « {self.denominator} », pas à des « {quantity.unit} »."
            ) from error
        return Quantity(measured.value * self.value, self.numerator)


@dataclass(frozen=True, slots=True)
class Term:
    """One line of a result: input × factor, and its sign. `input_id` and `factor` lead back to both."""

    id: str
    label: str
    quantity: Quantity
    factor: Factor | None
    result: Quantity
    sign: int
    input_id: str
    group: str = ""
    uncertainty_pct: Decimal | None = None

    @property
    def signed(self) -> Decimal:
        """Contribution to the total, in the unit of `result`."""
        return self.result.value * self.sign


@dataclass(frozen=True, slots=True)
class ImpactResult:
    """A figure with its interval, its terms, the method in words, and what the reader must be warned of.

    `value`, `low` and `high` are those of the whole exchange; the `attributed` ones are multiplied by the share due to
    the démarche. `low` and `high` are None when no term has a known uncertainty: better none than a false one.
    """

    indicator: Indicator
    value: Decimal
    unit: str
    low: Decimal | None
    high: Decimal | None
    terms: tuple[Term, ...]
    method: str
    warnings: tuple[str, ...]
    state: State
    attributed_share: Decimal

    @property
    def attributed(self) -> Decimal:
        return self.value * self.attributed_share

    @property
    def attributed_interval(self) -> tuple[Decimal, Decimal] | None:
        if self.low is None or self.high is None:
            return None
        return self.low * self.attributed_share, self.high * self.attributed_share

    @property
    def by_group(self) -> dict[str, Decimal]:
        """Total of the terms of each group (party, former outlet, public or private), in order of appearance."""
        totals: dict[str, Decimal] = {}
        for term in self.terms:
            totals[term.group] = totals.get(term.group, ZERO) + term.signed
        return totals
