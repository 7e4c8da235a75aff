"""What a person reads of a match: French sentences, French numbers, and nothing of the other side when it is masked."""

import re

import pytest

from synergies.matching.engine import match, why_not
from synergies.matching.explanation import ExplainedPart, Tone, explain, explain_reason, questions
from synergies.matching.french import age, celsius, enumeration, kilometres, month_ranges, number, percent
from synergies.matching.types import CheckCode, CheckStatus, FlowRow, MatchRow, MissingCode, PartCode, Reason, ReasonCode, Side
from synergies.matching.wording import ASKED, CHECK_WORDS, PART_OF, REASONS, SUBJECTS, TITLES
from tests.synergies.matching.builders import COMPATIBILITIES, RESOURCES, months, need, north, offer, territory

THIN, FIXED = "\u202f", "\u00a0"
LABELS = {"offer_label": "palettes", "need_label": "panneaux"}


def plain(text: str) -> str:
    """The sentence with ordinary spaces, easier to compare."""
    return text.replace(THIN, " ").replace(FIXED, " ")


def row_of(one: FlowRow, other: FlowRow) -> MatchRow:
    (row,) = match([one, other], RESOURCES, COMPATIBILITIES)
    return row


def told(code: str, one: FlowRow, other: FlowRow, *, masked: bool = False) -> ExplainedPart:
    return next(part for part in explain(row_of(one, other), **LABELS, masked=masked) if part.code == code)


SENTENCES: list[tuple[str, FlowRow, FlowRow, str]] = [
    ("resource", offer(), need(), "Même ressource : « palettes »."),
    (
        "resource",
        offer("sawdust"),
        need("heat"),
        "Ressource proche, « palettes » pour « panneaux » : usage connu, à prévoir : chaudière à bois.",
    ),
    (
        "resource",
        offer("sawdust"),
        need("panel"),
        "Ressource proche, « palettes » pour « panneaux » : usage connu, sans transformation.",
    ),
    (
        "resource",
        offer(),
        need("panel"),
        "Ressources voisines, du même groupe, « palettes » pour « panneaux » : l’usage est à vérifier.",
    ),
    (
        "resource",
        offer("wood"),
        need(),
        "Sans doute la même ressource, « palettes » pour « panneaux » : l’un des deux est décrit largement, à préciser.",
    ),
    ("quantity", offer(quantity=62), need(quantity=100), "L’offre couvre 62 % du besoin."),
    ("quantity", offer(quantity=0.1), need(quantity=100), "L’offre couvre moins de 1 % du besoin."),
    ("quantity", offer(quantity=105), need(quantity=100), "L’offre couvre tout le besoin."),
    ("quantity", offer(quantity=160), need(quantity=100), "L’offre couvre tout le besoin, qui en absorbe 63 %."),
    ("quantity", offer(quantity=250), need(quantity=100), "L’offre vaut 2,5 fois le besoin, qui n’en absorbe qu’une partie."),
    ("quantity", offer(), need(quantity=100), "Quantité à préciser."),
    (
        "quantity",
        offer("sawdust", quantity=3),
        need("heat", quantity=3),
        "Quantités à rapprocher : elles ne sont pas dans la même unité.",
    ),
    ("distance", offer(), need(**north(11)), "À 11 km, bien en deçà des 100 km habituels pour cette ressource."),
    ("distance", offer(), need(**north(60)), "À 60 km, en deçà des 100 km habituels pour cette ressource."),
    ("distance", offer(), need(**north(160)), "À 160 km, au-delà des 100 km habituels pour cette ressource."),
    (
        "distance",
        offer("steam"),
        need("steam", **north(0.8)),
        "À 800 m, en deçà de la distance habituelle (1 km) pour cette ressource.",
    ),
    ("distance", offer(latitude=None), need(), "Position inconnue."),
    ("fitness", offer(), need(), "Aucune exigence de forme ou de qualité n’est déclarée."),
    ("fitness", offer(physical_state="gas"), need(physical_state="gas"), "Même forme."),
    (
        "fitness",
        offer("heat"),
        need("heat", temperature_c=60, physical_state="liquid"),
        "La forme (solide, liquide…) n’est pas connue : à demander à l’offreur ; "
        "la température n’est pas connue : à demander à l’offreur.",
    ),
    ("season", offer(), need(profile=months(1)), "Saison à préciser."),
    ("season", offer(profile=months(1)), need(profile=months(2)), "Aucun mois en commun."),
    (
        "season",
        offer(profile=months(*range(1, 13))),
        need(profile=months(*range(3, 12))),
        "9 mois sur 12 en commun, de mars à novembre.",
    ),
    (
        "season",
        offer(profile=months(*range(1, 13))),
        need(profile=months(*range(1, 13))),
        "Les deux activités tournent toute l’année.",
    ),
    (
        "season",
        offer(profile=(0.9, *[0.1 / 11] * 11)),
        need(profile=(*[0.1 / 11] * 11, 0.9)),
        "Les deux activités tournent toute l’année, mais pas avec les mêmes pointes.",
    ),
    ("freshness", offer(), need(), "Données de précision non indiquée, de date inconnue."),
    (
        "freshness",
        offer(certainty="measured", age_days=425),
        need(certainty="estimated", age_days=3),
        "Données estimées, la plus ancienne a 14 mois.",
    ),
    (
        "freshness",
        offer(certainty="measured", age_days=0),
        need(certainty="measured", age_days=0),
        "Données mesurées, du jour.",
    ),
]


@pytest.mark.parametrize(("code", "one", "other", "expected"), SENTENCES)
def test_the_sentence_says(code: str, one: FlowRow, other: FlowRow, expected: str) -> None:
    assert plain(told(code, one, other).sentence) == expected


@pytest.mark.parametrize(
    ("code", "one", "other", "tone"),
    [
        ("distance", offer(), need(**north(11)), Tone.GOOD),
        ("distance", offer(), need(**north(200)), Tone.WARN),
        ("distance", offer(latitude=None), need(), Tone.NEUTRAL),
        ("resource", offer(), need("panel"), Tone.NEUTRAL),
        ("season", offer(profile=months(1)), need(profile=months(2)), Tone.WARN),
        ("fitness", offer(physical_state="gas"), need(), Tone.NEUTRAL),
        ("freshness", offer(), need(), Tone.WARN),
    ],
)
def test_the_tone_follows_the_worth_and_an_unknown_is_neutral(code: str, one: FlowRow, other: FlowRow, tone: Tone) -> None:
    assert told(code, one, other).tone == tone


def test_the_parts_come_in_their_order_with_titles() -> None:
    parts = explain(row_of(offer(), need()), **LABELS)
    assert [part.code for part in parts] == list(PartCode)
    assert [part.title for part in parts] == list(TITLES.values())


def test_questions_say_who_to_ask_and_how_far_the_score_can_move() -> None:
    row = row_of(offer("heat", quantity=10), need("heat", quantity=10, temperature_c=60))
    asked = {question.code: question for question in questions(row)}
    temperature = asked["temperature"]
    assert plain(temperature.sentence) == "La température n’est pas connue : à demander à l’offreur."
    assert temperature.side == Side.OFFER
    assert temperature.low == pytest.approx(row.score - 0.07)
    assert temperature.high == pytest.approx(row.score + 0.07)
    widths = [question.high - question.low for question in questions(row)]
    assert widths == sorted(widths, reverse=True)


def test_no_question_remains_when_all_is_known() -> None:
    known = {"quantity": 5.0, "profile": months(1)}
    assert questions(row_of(offer(**known), need(**known))) == []


REFUSALS: list[tuple[FlowRow, FlowRow, str]] = [
    (
        offer("heat", temperature_c=45),
        need("heat", temperature_c=80.5),
        "L’offre est à 45 °C et le besoin à 80,5 °C : sans transformation, la chaleur ne remonte pas.",
    ),
    (
        offer("chill", temperature_c=12),
        need("chill", temperature_c=7),
        "L’offre est à 12 °C et le besoin à 7 °C : le froid offert ne suffit pas.",
    ),
    (
        offer(physical_state="gas"),
        need(physical_state="solid"),
        "L’offre est à l’état gazeux, le besoin à l’état solide, et aucune transformation n’est connue.",
    ),
    (
        offer(),
        need(**north(301)),
        "La distance est de 301 km, au-delà de ce qui est raisonnable pour cette ressource (300 km).",
    ),
    (
        offer(max_distance_km=20),
        need(**north(21)),
        "La distance est de 21 km, au-delà de la limite fixée par l’offreur (20 km).",
    ),
    (offer("soda"), need("acid"), "« palettes » ne peut pas servir de « panneaux » : aucun usage connu."),
    (offer(hazardous=True), need(hazardous=False), "L’offre est dangereuse et le besoin n’accepte rien de dangereux."),
]


@pytest.mark.parametrize(("one", "other", "expected"), REFUSALS)
def test_a_refusal_is_told_in_one_sentence(one: FlowRow, other: FlowRow, expected: str) -> None:
    (reason,) = why_not(one, other, RESOURCES, COMPATIBILITIES)
    assert plain(explain_reason(reason, **LABELS)) == expected


@pytest.mark.parametrize(("one", "other", "_"), REFUSALS)
def test_a_masked_refusal_tells_no_figure(one: FlowRow, other: FlowRow, _: str) -> None:
    (reason,) = why_not(one, other, RESOURCES, COMPATIBILITIES)
    assert not re.search(r"\d", explain_reason(reason, masked=True))


def test_a_masked_explanation_is_the_same_for_all_figures_of_a_band() -> None:
    def seen(quantity: float, km: float) -> list[ExplainedPart]:
        row = row_of(offer(quantity=100.0), need(quantity=quantity, **north(km)))
        return explain(row, **LABELS, masked=True)

    assert seen(150.0, 12.0) == seen(190.0, 19.0)
    assert seen(10.0, 12.0) == seen(90.0, 12.0)
    assert seen(150.0, 12.0) != seen(900.0, 12.0)
    assert plain(seen(150.0, 12.0)[2].sentence) == "À moins de 20 km."
    assert plain(seen(150.0, 280.0)[2].sentence) == "À plus de 200 km."
    assert seen(150.0, 280.0)[2].figure == 0


def test_a_masked_season_tells_no_month() -> None:
    part = told("season", offer(profile=months(*range(1, 13))), need(profile=months(*range(3, 12))), masked=True)
    assert (part.sentence, part.figure) == ("La plus grande partie de l’année en commun.", 1.0)
    part = told("freshness", offer(age_days=400), need(age_days=3), masked=True)
    assert part.sentence == "Données de précision non indiquée, de plus d’un an."
    assert told("distance", offer(latitude=None), need(), masked=True).sentence == "Position inconnue."


def test_every_word_that_the_engine_can_say_has_a_french_form() -> None:
    assert set(SUBJECTS) == set(PART_OF) == set(MissingCode)
    assert set(REASONS) == set(ReasonCode)
    assert set(ASKED) == set(Side)
    assert set(TITLES) == set(PartCode)
    assert all(explain_reason(Reason(code)) for code in ReasonCode)
    assert explain_reason(Reason(ReasonCode.RESOURCE, "soda", "acid")) == REASONS[ReasonCode.RESOURCE]
    assert {code for code, _ in CHECK_WORDS} == set(CheckCode)
    assert {status for _, status in CHECK_WORDS} == {CheckStatus.MET, CheckStatus.CLOSE, CheckStatus.TRANSFORMATION}


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("masked", [False, True])
def test_any_match_can_be_told_in_clean_french(seed: int, masked: bool) -> None:
    for row in match(territory(seed, 80), RESOURCES, COMPATIBILITIES):
        for part in explain(row, **LABELS, masked=masked):
            assert part.sentence[0].isupper() or part.sentence[0].isdigit()
            assert part.sentence.endswith(".")
            assert not re.search(r"nan|None|\d\.\d|'| [:;!?%»]|« ", part.sentence)
            assert 0 <= part.figure <= 1
        for question in questions(row):
            assert 0 <= question.low <= row.score <= question.high <= 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (number(1234567.891, 1), f"1{THIN}234{THIN}567,9"),
        (number(12.0, 2), "12"),
        (number(-0.04, 1), "0"),
        (number(-1200), f"\u22121{THIN}200"),
        (number(100), "100"),
        (percent(0.625), f"63{FIXED}%"),
        (kilometres(0.0), f"100{FIXED}m"),
        (kilometres(0.55), f"600{FIXED}m"),
        (kilometres(0.97), f"1{FIXED}km"),
        (kilometres(2.54), f"2,5{FIXED}km"),
        (kilometres(9.96), f"10{FIXED}km"),
        (kilometres(1250), f"1{THIN}250{FIXED}km"),
        (celsius(82.5), f"82,5{FIXED}°C"),
        (age(1), f"1{FIXED}jour"),
        (age(45), f"45{FIXED}jours"),
        (age(425), f"14{FIXED}mois"),
        (age(1100), f"3{FIXED}ans"),
        (month_ranges((1, 2, 12)), "de décembre à février"),
        (month_ranges((4, 5, 8, 10)), "d’avril à mai, en août et en octobre"),
        (month_ranges(tuple(range(1, 13))), "toute l’année"),
        (month_ranges(()), ""),
        (enumeration([]), ""),
        (enumeration(["a"]), "a"),
    ],
)
def test_numbers_and_months_are_written_as_french_does(text: str, expected: str) -> None:
    assert text == expected
