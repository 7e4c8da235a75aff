"""What goes into the matching engine and what comes out of it.

Rows are plain values: the caller reads them from the database, the engine never does. Quantities are yearly and in the
base unit of the family (t, MWh, m³, m², h, pièce), distances in kilometres, temperatures in °C, ages in days, parts and
scores between 0 and 1.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date
from enum import IntEnum, StrEnum
from typing import NamedTuple, Self

ENGINE_VERSION = "1.0"

MONTHS = 12
NEUTRAL = 0.5
FOOD_GRADE = "food_grade"


class Direction(StrEnum):
    OFFER = "offer"
    NEED = "need"


class Certainty(StrEnum):
    MEASURED = "measured"
    ESTIMATED = "estimated"
    RATIO = "ratio"


class PhysicalState(StrEnum):
    SOLID = "solid"
    LIQUID = "liquid"
    GAS = "gas"
    PASTE = "paste"


class Confidentiality(StrEnum):
    PUBLIC = "public"
    NETWORK = "network"
    DEMARCHE = "demarche"
    PRIVATE = "private"


class Thermal(StrEnum):
    """How the temperature of a resource is judged.

    Heat must be offered at least as hot as it is needed, cold at least as cold; both always ask for the two figures.
    Unstated, the rule of heat applies, to the figures that are there.
    """

    UNSTATED = ""
    HEAT = "heat"
    COLD = "cold"


class RelationKind(StrEnum):
    """How the resource offered and the resource needed are related, from the surest to the loosest."""

    SAME = "same"
    COMPATIBLE = "compatible"
    GENERAL = "general"
    GROUP = "group"


class PartCode(StrEnum):
    """The parts of a score, in the order in which they are shown."""

    RESOURCE = "resource"
    QUANTITY = "quantity"
    DISTANCE = "distance"
    FITNESS = "fitness"
    SEASON = "season"
    FRESHNESS = "freshness"


class MissingCode(StrEnum):
    """What would have to be known to judge a pair better. The order is part of the stored form: only append."""

    POSITION = "position"
    QUANTITY = "quantity"
    YIELD = "yield"
    SEASON = "season"
    STATE = "state"
    TEMPERATURE = "temperature"
    HAZARD = "hazard"
    QUALITY = "quality"
    RESOURCE = "resource"


class CheckCode(StrEnum):
    """The demands that make up the fitness part. The order is part of the stored form: only append."""

    STATE = "state"
    TEMPERATURE = "temperature"
    HAZARD = "hazard"
    QUALITY = "quality"


class CheckStatus(IntEnum):
    """Outcome of one demand; the three unknowns carry the side that should answer (see Side)."""

    NOT_ASKED = 0
    UNKNOWN_OFFER = 1
    UNKNOWN_NEED = 2
    UNKNOWN_BOTH = 3
    MET = 4
    TRANSFORMATION = 5
    CLOSE = 6


class Side(IntEnum):
    """Who can answer a question; BOTH is the union of the two bits."""

    OFFER = 1
    NEED = 2
    BOTH = 3


class ReasonCode(StrEnum):
    """Why a pair is never proposed. The order is part of the engine's bit masks: only append."""

    DIRECTION = "direction"
    SAME_ESTABLISHMENT = "same_establishment"
    CONFIDENTIALITY = "confidentiality"
    RESOURCE = "resource"
    TOO_FAR = "too_far"
    BEYOND_OFFER_LIMIT = "beyond_offer_limit"
    BEYOND_NEED_LIMIT = "beyond_need_limit"
    STATE = "state"
    TEMPERATURE = "temperature"
    HAZARD = "hazard"
    FOOD_GRADE = "food_grade"
    DATES = "dates"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowRow:
    """One flow as the engine sees it; everything that is not known is None or "".

    `establishment_id` identifies the place: a caller that mixes démarches gives the same id to the rows of one SIRET.
    `hazardous` on a need says whether it accepts hazardous matter. `qualities` are what an offer guarantees or what a
    need demands. `unit` is that of the quantities; two quantities compare when their units are the same, or, one
    being unstated, when their families are. `profile` is twelve shares, January first; they need not sum to 1.
    """

    id: int
    demarche_id: int
    establishment_id: int
    direction: str
    resource: str
    family: str
    quantity: float | None = None
    quantity_min: float | None = None
    quantity_max: float | None = None
    unit: str = ""
    certainty: str = ""
    profile: tuple[float, ...] | None = None
    available_from: date | None = None
    available_to: date | None = None
    physical_state: str = ""
    temperature_c: float | None = None
    hazardous: bool | None = None
    waste_code: str = ""
    qualities: frozenset[str] = frozenset()
    max_distance_km: float | None = None
    latitude: float | None = None
    longitude: float | None = None
    sector: str = ""
    confidentiality: str = Confidentiality.DEMARCHE
    age_days: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceRow:
    """One node of the taxonomy.

    `parent` is the code of the node above, "" at the top. `reach_km` is the usual distance (where the distance part is
    worth one half), `max_km` the distance beyond which nothing is proposed (None: no such limit). `sharing_threshold`
    is the yearly volume from which a shared solution usually pays, in the base unit of the family.
    """

    code: str
    family: str
    parent: str
    reach_km: float
    max_km: float | None = None
    thermal: str = Thermal.UNSTATED
    sharing_threshold: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Compatibility:
    """An offer of one resource can serve a need of another; value 0 forbids what the taxonomy would have allowed.

    Either code may name a group: the entry then holds for all that is below it, the most specific entry winning.
    `transformation` says in a few French words what has to be done in between ("" for nothing). `lifts_temperature`
    says whether it makes heat hotter, or cold colder; None leaves it to what the words name (see Knowledge).
    """

    offer: str
    need: str
    value: float
    transformation: str = ""
    lifts_temperature: bool | None = None


WEIGHT_BOUNDS: Mapping[str, tuple[float, float]] = {
    PartCode.RESOURCE: (0.15, 0.50),
    PartCode.QUANTITY: (0.05, 0.40),
    PartCode.DISTANCE: (0.05, 0.40),
    PartCode.FITNESS: (0.05, 0.30),
    PartCode.SEASON: (0.02, 0.30),
    PartCode.FRESHNESS: (0.02, 0.20),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """Relative importance of each part, each within WEIGHT_BOUNDS; ValueError outside of them."""

    resource: float = 0.30
    quantity: float = 0.18
    distance: float = 0.20
    fitness: float = 0.14
    season: float = 0.10
    freshness: float = 0.08

    def __post_init__(self) -> None:
        for code, (low, high) in WEIGHT_BOUNDS.items():
            value = getattr(self, code)
            if not low <= value <= high:
                raise ValueError(f"weight {code} is {value}, outside of [{low}, {high}]")

    def adjusted(self, changes: Mapping[str, float]) -> Self:
        """These weights with some parts changed, each brought back within its bounds."""
        unknown = set(changes) - {f.name for f in fields(self)}
        if unknown:
            raise ValueError(f"no such part: {', '.join(sorted(unknown))}")
        return replace(self, **{c: min(max(v, WEIGHT_BOUNDS[c][0]), WEIGHT_BOUNDS[c][1]) for c, v in sorted(changes.items())})

    def normalised(self) -> tuple[float, ...]:
        """The weights in the order of PartCode, summing to 1."""
        raw = [float(getattr(self, code)) for code in PartCode]
        total = math.fsum(raw)
        return tuple(value / total for value in raw)


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a score: what it is worth (0..1), how much it weighs (sum 1) and the figure behind it.

    `raw` is the compatibility (0..1), offer ÷ need, kilometres, None, the overlap of the profiles (0..1) or the age of
    the older datum in days; None when not known.
    """

    code: PartCode
    value: float
    weight: float
    raw: float | None


@dataclass(frozen=True, slots=True)
class Missing:
    """An unknown that held a part at its neutral value, and who can answer."""

    code: MissingCode
    side: Side


@dataclass(frozen=True, slots=True)
class Check:
    """One demand of the fitness part and its outcome."""

    code: CheckCode
    status: CheckStatus


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a pair is excluded, with the two figures or words compared (None when there are none)."""

    code: ReasonCode
    offer_value: float | str | None = None
    need_value: float | str | None = None


class MatchRow(NamedTuple):
    """A pair that can work, its score and all that explains it, in the flat form in which it is stored.

    A tuple rather than a dataclass because a pass builds tens of thousands of them. Ranks are 1..k within the list of
    that flow, None when the pair is beyond it (or, from `match_one`, for the other flow). Parts are 0..1 in millionths.
    """

    offer_id: int
    need_id: int
    score: float
    offer_rank: int | None
    need_rank: int | None
    kind: str
    transformation: str
    resource: float
    quantity: float
    distance: float
    fitness: float
    season: float
    freshness: float
    distance_km: float | None
    reach_km: float
    quantity_ratio: float | None
    months_mask: int
    checks_mask: int
    missing_mask: int
    oldest_days: int | None
    weakest_certainty: str
    weights: tuple[float, ...]

    @property
    def parts(self) -> tuple[Part, ...]:
        """The six parts in the order of PartCode."""
        raws: tuple[float | None, ...] = (
            self.resource,
            self.quantity_ratio,
            self.distance_km,
            None,
            None if self.is_missing(MissingCode.SEASON) else self.season,
            self.oldest_days,
        )
        values = (self.resource, self.quantity, self.distance, self.fitness, self.season, self.freshness)
        return tuple(
            Part(code, value, weight, raw)
            for code, value, weight, raw in zip(PartCode, values, self.weights, raws, strict=True)
        )

    @property
    def missing(self) -> tuple[Missing, ...]:
        """What is not known, in the order of MissingCode."""
        sides = ((code, self.missing_mask >> 2 * i & 3) for i, code in enumerate(MissingCode))
        return tuple(Missing(code, Side(side)) for code, side in sides if side)

    @property
    def checks(self) -> tuple[Check, ...]:
        """The demands that were looked at, in the order of CheckCode."""
        outcomes = ((code, self.checks_mask >> 4 * i & 15) for i, code in enumerate(CheckCode))
        return tuple(Check(code, CheckStatus(status)) for code, status in outcomes if status)

    @property
    def common_months(self) -> tuple[int, ...]:
        """Months (1..12) in which both flows run; empty when a season is not known."""
        return months_of(self.months_mask)

    def is_missing(self, code: MissingCode) -> bool:
        """Whether this unknown weighs on the score."""
        return bool(self.missing_mask >> 2 * list(MissingCode).index(code) & 3)

    def as_payload(self) -> dict[str, object]:
        """The row as JSON-ready values, with the version of the engine that made it."""
        return {**self._asdict(), "weights": list(self.weights), "engine_version": ENGINE_VERSION}

    @classmethod
    def from_payload(cls, payload: Mapping[str, object]) -> "MatchRow":
        """The row that `as_payload` stored; KeyError when a field is missing."""
        values = {name: payload[name] for name in cls._fields}
        values["weights"] = tuple(values["weights"])  # type: ignore[arg-type]  # JSON turned the tuple into a list
        return cls(**values)  # type: ignore[arg-type]  # JSON values are those written by as_payload


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupRow:
    """Establishments that have the same need, or the same offer, near one another.

    `centre_id` is the establishment from which distances are counted. `total_quantity` sums the known quantities only
    (`known_quantities` says of how many members). `common_months` are those in which every member whose season is known
    runs. `threshold_reached` is None without a threshold or any quantity.
    """

    direction: str
    resource: str
    family: str
    centre_id: int
    establishment_ids: tuple[int, ...]
    flow_ids: tuple[int, ...]
    score: float
    total_quantity: float | None
    known_quantities: int
    threshold_reached: bool | None
    common_months: tuple[int, ...]
    known_seasons: int
    radius_km: float
    mean_km: float
    parts: Mapping[str, float] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """How many establishments."""
        return len(self.establishment_ids)


def months_of(mask: int) -> tuple[int, ...]:
    """Months (1..12) whose bit is set, January being the lowest bit."""
    return tuple(month + 1 for month in range(MONTHS) if mask >> month & 1)
