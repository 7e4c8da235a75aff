"""A match told to a person, in French and without jargon: what each part is worth and why, what is missing, why not.

With `masked=True` no figure of the other side can be worked out: sentences use words or bands, and the figure of each
part is that of the band.
"""

from dataclasses import dataclass
from enum import StrEnum

from synergies.matching.french import (
    FIXED,
    THIN,
    age,
    celsius,
    enumeration,
    kilometres,
    month_ranges,
    number,
    percent,
)
from synergies.matching.types import (
    MONTHS,
    CheckCode,
    CheckStatus,
    MatchRow,
    MissingCode,
    Part,
    PartCode,
    Reason,
    ReasonCode,
    RelationKind,
    Side,
)
from synergies.matching.wording import (
    ASKED,
    CERTAINTY_WORDS,
    CHECK_WORDS,
    COVER_BANDS,
    DISTANCE_BANDS_KM,
    FULL_COVER_RATIO,
    GOOD_FROM,
    LIMITS,
    MONTH_BANDS,
    PART_OF,
    REASONS,
    STATE_WORDS,
    SUBJECTS,
    TITLES,
    WARN_BELOW,
)


class Tone(StrEnum):
    GOOD = "good"
    NEUTRAL = "neutral"
    WARN = "warn"


@dataclass(frozen=True, slots=True)
class ExplainedPart:
    """One part of the score for a reader: a short title, a sentence, its worth (0..1) and how to colour it."""

    code: str
    title: str
    sentence: str
    figure: float
    tone: Tone


@dataclass(frozen=True, slots=True)
class ExplainedQuestion:
    """Something to ask: to whom, in a sentence, and the lowest and highest score (0..1) that the answer can give."""

    code: str
    side: Side
    sentence: str
    low: float
    high: float


def explain(row: MatchRow, *, offer_label: str, need_label: str, masked: bool = False) -> list[ExplainedPart]:
    """The six parts of a match in the order of PartCode; labels are the French names of the two resources."""
    sentences = {
        PartCode.RESOURCE: _resource(row, offer_label, need_label),
        PartCode.QUANTITY: _quantity(row, masked),
        PartCode.DISTANCE: _distance(row, masked),
        PartCode.FITNESS: _fitness(row),
        PartCode.SEASON: _season(row, masked),
        PartCode.FRESHNESS: _freshness(row, masked),
    }
    unknown = {PART_OF[missing.code] for missing in row.missing}
    explained = []
    for part in row.parts:
        figure = _masked_figure(row, part) if masked else part.value
        tone = Tone.NEUTRAL if part.code in unknown and part.value >= WARN_BELOW else _tone(figure)
        explained.append(ExplainedPart(part.code, TITLES[part.code], sentences[part.code], figure, tone))
    return explained


def questions(row: MatchRow) -> list[ExplainedQuestion]:
    """What is missing, the answer that can move the score most first; bounds assume that the rest stays as it is."""
    asked = []
    for missing in row.missing:
        part = next(part for part in row.parts if part.code == PART_OF[missing.code])
        low = max(0.0, row.score - part.weight * part.value)
        high = min(1.0, row.score + part.weight * (1 - part.value))
        sentence = _capital(f"{SUBJECTS[missing.code]}{FIXED}: {ASKED[missing.side]}.")
        asked.append(ExplainedQuestion(missing.code, missing.side, sentence, low, high))
    return sorted(asked, key=lambda question: question.low - question.high)


def explain_reason(reason: Reason, *, offer_label: str = "", need_label: str = "", masked: bool = False) -> str:
    """Why a pair is excluded, in one sentence; labels are the French names of the two resources."""
    left, right = reason.offer_value, reason.need_value
    if masked or left is None or right is None:
        return REASONS[reason.code]
    if reason.code == ReasonCode.RESOURCE and offer_label and need_label:
        return f"{_quoted(offer_label)} ne peut pas servir de {_quoted(need_label)}{FIXED}: aucun usage connu."
    if reason.code in LIMITS and isinstance(left, float | int) and isinstance(right, float | int):
        return f"La distance est de {kilometres(left)}, au-delà {LIMITS[reason.code]} ({kilometres(right)})."
    if reason.code == ReasonCode.TEMPERATURE and isinstance(left, float | int) and isinstance(right, float | int):
        return (
            f"L’offre est à {celsius(left)} et le besoin à {celsius(right)}{FIXED}: sans transformation, "
            "la chaleur ne remonte pas."
            if left < right
            else f"L’offre est à {celsius(left)} et le besoin à {celsius(right)}{FIXED}: le froid offert ne suffit pas."
        )
    if reason.code == ReasonCode.STATE:
        words = (STATE_WORDS.get(str(left), str(left)), STATE_WORDS.get(str(right), str(right)))
        return f"L’offre est à l’état {words[0]}, le besoin à l’état {words[1]}, et aucune transformation n’est connue."
    return REASONS[reason.code]


def _tone(figure: float) -> Tone:
    return Tone.GOOD if figure >= GOOD_FROM else Tone.WARN if figure < WARN_BELOW else Tone.NEUTRAL


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _quoted(label: str) -> str:
    return f"«{FIXED}{label}{FIXED}»"


def _resource(row: MatchRow, offer: str, need: str) -> str:
    pair = f"{_quoted(offer)} pour {_quoted(need)}"
    if row.kind == RelationKind.SAME:
        return f"Même ressource{FIXED}: {_quoted(offer)}."
    if row.kind == RelationKind.GENERAL:
        return f"Sans doute la même ressource, {pair}{FIXED}: l’un des deux est décrit largement, à préciser."
    if row.kind == RelationKind.GROUP:
        return f"Ressources voisines, du même groupe, {pair}{FIXED}: l’usage est à vérifier."
    if row.transformation:
        return f"Ressource proche, {pair}{FIXED}: usage connu, à prévoir{FIXED}: {row.transformation}."
    return f"Ressource proche, {pair}{FIXED}: usage connu, sans transformation."


def _quantity(row: MatchRow, masked: bool) -> str:
    ratio = row.quantity_ratio
    if ratio is None:
        if row.is_missing(MissingCode.YIELD):
            return f"Quantités à rapprocher{FIXED}: elles ne sont pas dans la même unité."
        return "Quantité à préciser."
    if masked:
        return next(words for floor, _, words in COVER_BANDS if ratio >= floor)
    if round(ratio, 2) < 1:
        share = percent(ratio) if ratio >= 0.01 else f"moins de {percent(0.01)}"
        return f"L’offre couvre {share} du besoin."
    if round(ratio, 2) <= FULL_COVER_RATIO:
        return "L’offre couvre tout le besoin."
    if ratio < 2:
        return f"L’offre couvre tout le besoin, qui en absorbe {percent(1 / ratio)}."
    return f"L’offre vaut {number(ratio, 1 if ratio < 10 else 0)} fois le besoin, qui n’en absorbe qu’une partie."


def _distance(row: MatchRow, masked: bool) -> str:
    if row.distance_km is None:
        return "Position inconnue."
    if masked:
        band = _distance_band(row.distance_km)
        if band is None:
            return f"À plus de {kilometres(DISTANCE_BANDS_KM[-1])}."
        return f"À moins de {kilometres(band)}."
    where, reach = f"À {kilometres(row.distance_km)}", kilometres(row.reach_km)
    usual = f"des {reach} habituels" if row.reach_km >= 2 else f"de la distance habituelle ({reach})"
    share = row.distance_km / row.reach_km
    if share <= 0.25:
        return f"{where}, bien en deçà {usual} pour cette ressource."
    if share <= 1:
        return f"{where}, en deçà {usual} pour cette ressource."
    return f"{where}, au-delà {usual} pour cette ressource."


def _distance_band(km: float) -> int | None:
    """Upper end of the band of this distance, None beyond the last."""
    return next((top for top in DISTANCE_BANDS_KM if km <= top), None)


def _masked_figure(row: MatchRow, part: Part) -> float:
    """The worth of a part as far as its masked sentence tells it: computed from the same band, never from the figure."""
    if part.raw is not None:
        if part.code == PartCode.DISTANCE:
            band = _distance_band(part.raw)
            return 0.0 if band is None else _quarter(2.0 ** (-band / row.reach_km))
        if part.code == PartCode.QUANTITY:
            return next(figure for floor, figure, _ in COVER_BANDS if part.raw >= floor)
        if part.code == PartCode.SEASON:
            return next(figure for floor, figure, _ in MONTH_BANDS if len(row.common_months) >= floor)
    return _quarter(part.value)


def _quarter(value: float) -> float:
    return round(value * 4) / 4


def _fitness(row: MatchRow) -> str:
    outcomes = [_check(check.code, check.status) for check in row.checks]
    if not outcomes:
        return "Aucune exigence de forme ou de qualité n’est déclarée."
    return _capital(f"{THIN}; ".join(outcomes)) + "."


def _check(code: CheckCode, status: CheckStatus) -> str:
    if status <= CheckStatus.UNKNOWN_BOTH:
        return f"{SUBJECTS[MissingCode(code.value)]}{FIXED}: {ASKED[Side(status)]}"
    return CHECK_WORDS[code, status]


def _season(row: MatchRow, masked: bool) -> str:
    if row.is_missing(MissingCode.SEASON):
        return "Saison à préciser."
    months = row.common_months
    if masked:
        return next(words for floor, _, words in MONTH_BANDS if len(months) >= floor)
    if not months:
        return "Aucun mois en commun."
    if len(months) == MONTHS:
        shared = "Les deux activités tournent toute l’année"
    else:
        shared = f"{len(months)} mois sur {MONTHS} en commun, {month_ranges(months)}"
    if row.season < GOOD_FROM and len(months) > 6:
        return f"{shared}, mais pas avec les mêmes pointes."
    return f"{shared}."


def _freshness(row: MatchRow, masked: bool) -> str:
    told = [CERTAINTY_WORDS[row.weakest_certainty]] if row.weakest_certainty in CERTAINTY_WORDS else []
    certainty = enumeration(told) or "de précision non indiquée"
    if row.oldest_days is None:
        return f"Données {certainty}, de date inconnue."
    if masked:
        when = "de moins d’un an" if row.oldest_days < 365 else "de plus d’un an"
        return f"Données {certainty}, {when}."
    if row.oldest_days == 0:
        return f"Données {certainty}, du jour."
    return f"Données {certainty}, la plus ancienne a {age(row.oldest_days)}."
