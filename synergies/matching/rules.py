"""The rules: what excludes a pair of flows, and what each part of its score is worth.

Every function works on pairs given as two index arrays (offers, needs) into the same columns, so that one pair, one
flow against its candidates and the full pass go through the very same lines.

The score is a weighted sum of six parts between 0 and 1. A sum rather than a geometric mean, because each part is
then a number of points that a person can add up, because an unknown can be said to move the score from this to that,
and because a bound on some parts bounds the whole. What a sum would wrongly forgive (heat too cold, too far) is not a
low part here, it is an exclusion. Parts are whole millionths and distances whole metres: equal is equal, on any
processor.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np

from synergies.matching.columns import STATE_CODES, Bools, Columns, Floats, Ints
from synergies.matching.types import (
    NEUTRAL,
    CheckCode,
    CheckStatus,
    MissingCode,
    PartCode,
    PhysicalState,
    ReasonCode,
    Side,
)

EARTH_RADIUS_M = 6_371_008.8
UNKNOWN_M = -1
MILLION = 1_000_000
REASON_BITS = {code: 1 << number for number, code in enumerate(ReasonCode)}
MISSING_SHIFTS = {code: 2 * number for number, code in enumerate(MissingCode)}
CHECK_SHIFTS = {code: 4 * number for number, code in enumerate(CheckCode)}
CHECK_VALUES = np.array([np.nan, NEUTRAL, NEUTRAL, NEUTRAL, 1.0, 0.5, 0.5])


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs to judge: places of the offer and of the need in the columns, value of the relation of their resources,
    whether it states a transformation, whether that settles a difference of temperature, and who named the resource
    too vaguely (a Side, 0 for nobody)."""

    offer: Ints
    need: Ints
    value: Floats
    transforms: Bools
    lifts: Bools
    vague: Ints

    def only(self, keep: Bools) -> "Pairs":
        """The pairs that `keep` marks."""
        return Pairs(
            self.offer[keep],
            self.need[keep],
            self.value[keep],
            self.transforms[keep],
            self.lifts[keep],
            self.vague[keep],
        )


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the rules say of each pair: score and parts in millionths, with the figures they come from."""

    score: Ints
    parts: Ints
    metres: Ints
    ratio: Floats
    months: Ints
    checks: Ints
    missing: Ints


def distance_m(columns: Columns, offer: Ints, need: Ints) -> Ints:
    """Great-circle distance in whole metres, UNKNOWN_M when a position is not known.

    Haversine formula written with the chord between the two points of the unit sphere, sphere of mean radius 6,371 km.
    """
    gap = columns.xyz[offer] - columns.xyz[need]
    half_chord = np.sqrt(np.einsum("ij,ij->i", gap, gap)) / 2.0
    metres = np.rint(2.0 * EARTH_RADIUS_M * np.arcsin(np.minimum(half_chord, 1.0)))
    return np.where(np.isnan(metres), UNKNOWN_M, np.nan_to_num(metres)).astype(np.int64)


def exclusions_of_place(columns: Columns, pairs: Pairs, metres: Ints) -> Ints:
    """Reasons of place and access, as bits of REASON_BITS; the cheap ones, looked at first.

    A pair may cross two démarches only when both flows are public or open to the network. The resource that travels is
    the one offered, so its maximum distance counts; both sides' own limits hold too. An unknown position excludes
    nothing.
    """
    offer, need = pairs.offer, pairs.need
    same_demarche = columns.demarche[offer] == columns.demarche[need]
    may_meet = same_demarche | (columns.shareable[offer] & columns.shareable[need])
    return (
        _bit(ReasonCode.DIRECTION, ~columns.is_offer[offer] | columns.is_offer[need])
        | _bit(ReasonCode.SAME_ESTABLISHMENT, columns.establishment[offer] == columns.establishment[need])
        | _bit(ReasonCode.CONFIDENTIALITY, ~may_meet)
        | _bit(ReasonCode.RESOURCE, pairs.value <= 0)
        | _bit(ReasonCode.TOO_FAR, metres > columns.resource_max_km[offer] * 1000)
        | _bit(ReasonCode.BEYOND_OFFER_LIMIT, metres > columns.own_max_km[offer] * 1000)
        | _bit(ReasonCode.BEYOND_NEED_LIMIT, metres > columns.own_max_km[need] * 1000)
    )


def exclusions_of_nature(columns: Columns, pairs: Pairs, today: date | None) -> Ints:
    """Reasons of matter and calendar, as bits of REASON_BITS.

    A transformation stated by the relation settles a difference of state, and of temperature if it is of that kind. Paste
    stands between solid and liquid and excludes neither. A hazardous offer is excluded when the need refuses it; a
    waste when the need asks for food grade, whatever the transformation. Dates must overlap, and not be over on
    `today` when it is given.
    """
    offer, need = pairs.offer, pairs.need
    today_ordinal = -1 if today is None else today.toordinal()
    expired = (columns.end[offer] < today_ordinal) | (columns.end[need] < today_ordinal)
    apart = (columns.start[offer] > columns.end[need]) | (columns.start[need] > columns.end[offer])
    return (
        _bit(ReasonCode.STATE, ~pairs.transforms & _other_state(columns, offer, need) & ~_close_state(columns, offer, need))
        | _bit(ReasonCode.TEMPERATURE, ~pairs.lifts & _uphill(columns, offer, need))
        | _bit(ReasonCode.HAZARD, (columns.hazard[offer] == 1) & (columns.hazard[need] == 0))
        | _bit(ReasonCode.FOOD_GRADE, columns.waste[offer] & columns.wants_food_grade[need])
        | _bit(ReasonCode.DATES, apart)
        | _bit(ReasonCode.EXPIRED, expired)
    )


def judge(columns: Columns, pairs: Pairs, metres: Ints, weights: tuple[float, ...]) -> Judgement:
    """Parts and score of pairs that nothing excludes; `weights` in the order of PartCode, summing to 1.

    - resource: value of the relation;
    - quantity: min(offer, need) ÷ max, when both are in one unit;
    - distance: 2^(-distance ÷ reach of the offered resource), so one half at the usual distance;
    - fitness: the worst of the demands on state, temperature, hazard and quality;
    - season: overlap of the two monthly profiles, Σ min(share);
    - freshness: the less reliable of the two sheets (see columns.reliability).
    What is not known is worth one half, and is listed.
    """
    offer, need = pairs.offer, pairs.need
    quantity, ratio, missing_quantity = _quantity(columns, offer, need)
    season, months, missing_season = _season(columns, offer, need)
    fitness, checks, missing_fitness = _fitness(columns, pairs)
    positioned = metres != UNKNOWN_M
    distance = np.where(positioned, np.exp2(-metres / (columns.reach_km[offer] * 1000)), NEUTRAL)
    by_code = {
        PartCode.RESOURCE: pairs.value,
        PartCode.QUANTITY: quantity,
        PartCode.DISTANCE: distance,
        PartCode.FITNESS: fitness,
        PartCode.SEASON: season,
        PartCode.FRESHNESS: np.minimum(columns.reliability[offer], columns.reliability[need]),
    }
    parts = np.stack([np.rint(by_code[code] * MILLION) for code in PartCode])
    total = np.zeros(len(offer))
    for part, weight in zip(parts, weights, strict=True):
        total += part * weight
    missing = (
        _missing(MissingCode.POSITION, _unknown_sides(np.isnan(columns.xyz[:, 0]), offer, need))
        | _missing(MissingCode.RESOURCE, pairs.vague)
        | missing_quantity
        | missing_season
        | missing_fitness
    )
    return Judgement(
        score=np.rint(total).astype(np.int64),
        parts=parts.astype(np.int64),
        metres=metres,
        ratio=ratio,
        months=months,
        checks=checks,
        missing=missing,
    )


def reasons_of(mask: int) -> list[ReasonCode]:
    """The reasons whose bit is set, in the order of ReasonCode."""
    return [code for code, bit in REASON_BITS.items() if mask & bit]


def _bit(code: ReasonCode, where: Bools) -> Ints:
    return np.where(where, REASON_BITS[code], 0)


def _missing(code: MissingCode, sides: Ints) -> Ints:
    return sides << MISSING_SHIFTS[code]


def _unknown_sides(unknown: Bools, offer: Ints, need: Ints) -> Ints:
    """Side of each pair on which the datum is unknown, 0 for neither."""
    return unknown[offer] * int(Side.OFFER) + unknown[need] * int(Side.NEED)


def _quantity(columns: Columns, offer: Ints, need: Ints) -> tuple[Floats, Floats, Ints]:
    """Part, offer ÷ need (NaN when they cannot be compared) and what is missing."""
    one, other = columns.unit[offer], columns.unit[need]
    comparable = np.where((one != 0) & (other != 0), one == other, columns.family[offer] == columns.family[need])
    ratio = np.where(comparable, columns.quantity[offer] / columns.quantity[need], np.nan)
    part = np.where(np.isnan(ratio), NEUTRAL, np.minimum(ratio, 1.0 / ratio))
    unknown = _unknown_sides(np.isnan(columns.quantity), offer, need)
    other_unit = np.where(comparable | (unknown != 0), 0, int(Side.BOTH))
    return part, ratio, _missing(MissingCode.QUANTITY, unknown) | _missing(MissingCode.YIELD, other_unit)


def _season(columns: Columns, offer: Ints, need: Ints) -> tuple[Floats, Ints, Ints]:
    """Part, months in common as bits, and what is missing."""
    overlap = np.minimum(columns.profile[offer], columns.profile[need]).sum(axis=1)
    unknown = _unknown_sides(np.isnan(columns.profile[:, 0]), offer, need)
    part = np.where(unknown == 0, np.minimum(np.nan_to_num(overlap), 1.0), NEUTRAL)
    months = np.where(unknown == 0, columns.months[offer] & columns.months[need], 0)
    return part, months, _missing(MissingCode.SEASON, unknown)


def _fitness(columns: Columns, pairs: Pairs) -> tuple[Floats, Ints, Ints]:
    """Worst demand (one half when there is none), outcome of each packed four bits a demand, and what is missing."""
    statuses = {
        CheckCode.STATE: _check_state(columns, pairs),
        CheckCode.TEMPERATURE: _check_temperature(columns, pairs),
        CheckCode.HAZARD: _check_hazard(columns, pairs),
        CheckCode.QUALITY: _check_quality(columns, pairs),
    }
    part = np.full(len(pairs.offer), np.nan)
    checks = np.zeros(len(pairs.offer), np.int64)
    missing = np.zeros(len(pairs.offer), np.int64)
    for code, status in statuses.items():
        part = np.fmin(part, CHECK_VALUES[status])
        checks |= status << CHECK_SHIFTS[code]
        missing |= _missing(MissingCode(code.value), np.where(status <= CheckStatus.UNKNOWN_BOTH, status, 0))
    return np.where(np.isnan(part), NEUTRAL, part), checks, missing


def _other_state(columns: Columns, offer: Ints, need: Ints) -> Bools:
    left, right = columns.state[offer], columns.state[need]
    return np.asarray((left != 0) & (right != 0) & (left != right), np.bool_)


def _close_state(columns: Columns, offer: Ints, need: Ints) -> Bools:
    """Paste against solid or liquid."""
    left, right = columns.state[offer], columns.state[need]
    paste, gas = STATE_CODES[PhysicalState.PASTE], STATE_CODES[PhysicalState.GAS]
    known = (left > 0) & (right > 0) & (left <= paste) & (right <= paste)
    return np.asarray(known & ((left == paste) ^ (right == paste)) & (left != gas) & (right != gas), np.bool_)


def _uphill(columns: Columns, offer: Ints, need: Ints) -> Bools:
    """Heat offered colder than it is needed, or cold offered warmer; False when a temperature is not known."""
    gap = columns.temperature[offer] - columns.temperature[need]
    cold = columns.cold[offer] | columns.cold[need]
    return np.asarray(np.where(cold, gap > 0, gap < 0), np.bool_)


def _check_state(columns: Columns, pairs: Pairs) -> Ints:
    """Asked as soon as one side states it; paste facing solid or liquid is close, to be checked."""
    offer, need = pairs.offer, pairs.need
    unknown = _unknown_sides(columns.state == 0, offer, need)
    status = np.where(unknown == Side.BOTH, CheckStatus.NOT_ASKED, unknown)
    other = _other_state(columns, offer, need)
    close = other & _close_state(columns, offer, need)
    met = np.where(close, CheckStatus.CLOSE, np.where(other, CheckStatus.TRANSFORMATION, CheckStatus.MET))
    return np.where(unknown == 0, met, status).astype(np.int64)


def _check_temperature(columns: Columns, pairs: Pairs) -> Ints:
    """Asked for heat and cold always, for anything else when the need states a temperature."""
    offer, need = pairs.offer, pairs.need
    unknown = _unknown_sides(np.isnan(columns.temperature), offer, need)
    thermal = columns.heat | columns.cold
    asked = thermal[offer] | thermal[need] | (unknown <= Side.OFFER)
    met = np.where(_uphill(columns, offer, need), CheckStatus.TRANSFORMATION, CheckStatus.MET)
    return np.where(~asked, CheckStatus.NOT_ASKED, np.where(unknown == 0, met, unknown)).astype(np.int64)


def _check_hazard(columns: Columns, pairs: Pairs) -> Ints:
    """Asked when the offer is hazardous, when it is declared safe, or when the need says what it accepts."""
    held, accepted = columns.hazard[pairs.offer], columns.hazard[pairs.need]
    return np.select(
        [(held == 1) & (accepted == -1), (held == -1) & (accepted == 0), (held == -1) & (accepted == -1)],
        [int(CheckStatus.UNKNOWN_NEED), int(CheckStatus.UNKNOWN_OFFER), int(CheckStatus.NOT_ASKED)],
        int(CheckStatus.MET),
    ).astype(np.int64)


def _check_quality(columns: Columns, pairs: Pairs) -> Ints:
    """Asked when the need demands something; what the offer does not guarantee is to be asked to it."""
    wanted, held = columns.qualities[pairs.need], columns.qualities[pairs.offer]
    status = np.where(wanted & ~held, CheckStatus.UNKNOWN_OFFER, CheckStatus.MET)
    return np.where(wanted == 0, CheckStatus.NOT_ASKED, status).astype(np.int64)
