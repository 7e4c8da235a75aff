import random
import time

import pytest

from synergies.matching.vocabulary import ResourceTerm, Vocabulary, normalize, tokenize

from .taxonomy_files import terms

VOCABULARY = Vocabulary.build(terms())

# What people write in a questionnaire, with its plurals, missing accents, faults and padding.
PHRASINGS = [
    ("drèche", "matter.beverage.brewers_grains"),
    ("dreches", "matter.beverage.brewers_grains"),
    ("Drêches de bière humides", "matter.beverage.brewers_grains"),
    ("chutes de palettes bois", "matter.packaging.pallets_broken"),
    ("nous avons des palettes cassees", "matter.packaging.pallets_broken"),
    ("pallettes europe", "matter.packaging.pallets_reuse"),
    ("hydroxide de sodium", "matter.base.caustic_soda"),
    ("SOUDE CAUSTIQUE 30 %", "matter.base.caustic_soda"),
    ("naoh", "matter.base.caustic_soda"),
    ("acide chloridrique", "matter.acid.hydrochloric"),
    ("H2SO4", "matter.acid.sulphuric"),
    ("acide sulfurique usé", "matter.acid.sulphuric"),
    ("bains de decapage", "matter.acid.pickling"),
    ("CO₂", "matter.gas.co2"),
    ("gaz carbonique de fermentation", "matter.gas.co2"),
    ("hydrogene", "matter.gas.hydrogen"),
    ("petit lait", "matter.dairy_meat.whey"),
    ("lactoserum", "matter.dairy_meat.whey"),
    ("pulpes de betteraves surpressées", "matter.sugar_starch.beet_pulp_wet"),
    ("melasse", "matter.sugar_starch.molasses"),
    ("écumes de sucrerie", "matter.sugar_starch.sugar_lime"),
    ("touraillon", "matter.grain.malt_sprouts"),
    ("marc de raisins", "matter.beverage.grape_marc"),
    ("pain invendu", "matter.food.bread"),
    ("huiles de fritures usagees", "matter.food.used_cooking_oil"),
    ("restes de cantine", "matter.food.kitchen_biowaste"),
    ("fumier de chevaux", "matter.agri.manure"),
    ("pailles de blé", "matter.agri.straw"),
    ("sciures de bois propres", "matter.wood.sawdust"),
    ("plaquette forestière", "matter.wood.chips"),
    ("écorce", "matter.wood.bark"),
    ("bois de demolition", "matter.wood.wood_b"),
    ("cartons usagés", "matter.paper.cardboard"),
    ("vieux papiers de bureau", "matter.paper.office_paper"),
    ("rognures d'imprimeries", "matter.paper.printing_trim"),
    ("polyetylene haute densite", "matter.plastic.hdpe"),
    ("film etirable", "matter.plastic.film_stretch"),
    ("polystirene expansé", "matter.plastic.eps"),
    ("chutes de pvc", "matter.plastic.pvc"),
    ("pneus usés", "matter.rubber.tyres"),
    ("chutes de tissus", "matter.textile.cotton"),
    ("vetements de travail usagés", "matter.textile.workwear"),
    ("ferraile", "matter.metal.steel_scrap"),
    ("copeaux alu", "matter.metal.aluminium_turnings"),
    ("tournures acier", "matter.metal.steel_turnings"),
    ("inox 304L", "matter.metal.stainless"),
    ("sable de fonderies", "matter.mineral.foundry_sand"),
    ("béton concassé", "matter.mineral.concrete"),
    ("terres excavées", "matter.mineral.excavated_earth"),
    ("plaques de platre", "matter.mineral.gypsum"),
    ("verre brisé", "matter.glass.packaging_glass"),
    ("cendre volante", "matter.ash.fly_ash_coal"),
    ("machefers", "matter.ash.bottom_ash_msw"),
    ("boues de step", "matter.sludge.wwtp_sludge"),
    ("solvants usagés", "matter.solvent.mixed_solvents"),
    ("alcool isopropylique", "matter.solvent.isopropanol"),
    ("huile de vidange", "matter.oil.engine_oil"),
    ("bigbag", "matter.packaging.big_bags"),
    ("cuves 1000 litres", "matter.packaging.ibc"),
    ("DEEE", "matter.equipment_waste.weee"),
    ("vapeur basse pression", "energy.heat.steam_lp"),
    ("eau chaude à 70 °C", "energy.heat.hot_water_mt"),
    ("chaleur fatale de fumées", "energy.heat.flue_heat"),
    ("chaleur de datacentre", "energy.heat.datacentre_heat"),
    ("air comprimé", "energy.utility.compressed_air"),
    ("panneaux photovoltaique", "energy.electricity.solar_power"),
    ("eaux pluviales", "water.rain.rainwater"),
    ("eau de refroidissements", "water.process.cooling_water"),
    ("entrepot vide", "land.premises.warehouse"),
    ("salle de reunions", "land.premises.meeting_room"),
    ("places de parking", "land.outdoor.parking"),
    ("fenwick", "equipment.handling.forklift"),
    ("presse a balle", "equipment.waste_equipment.baler"),
    ("soudeurs", "skill.technical.welder"),
    ("comptable à temps partagé", "skill.support.accounting_finance"),
    ("gardienage", "service.maintenance_service.security_guard"),
    ("creche inter-entreprises", "service.people_service.nursery"),
    ("co-voiturage", "service.people_service.mobility_plan"),
    ("camions qui rentrent à vide", "logistics.transport.backhaul"),
    ("peniche", "logistics.transport.river"),
    ("achats groupés d'électricité", "purchase.group_energy.electricity"),
    ("achat groupe de gants EPI", "purchase.group_supply.ppe"),
]


def proposed(text, limit=3):
    return [suggestion.code for suggestion in VOCABULARY.search(text, limit=limit)]


def test_nine_phrasings_in_ten_find_their_resource_in_the_first_three():
    missed = {text: proposed(text) for text, code in PHRASINGS if code not in proposed(text)}
    assert len(PHRASINGS) >= 60
    assert len(missed) <= len(PHRASINGS) // 10, missed


def test_three_phrasings_in_four_find_their_resource_first():
    missed = {text: proposed(text, 1) for text, code in PHRASINGS if proposed(text, 1) != [code]}
    assert len(missed) <= len(PHRASINGS) // 4, missed


@pytest.mark.parametrize("term", VOCABULARY.terms, ids=lambda term: term.code)
def test_a_resource_is_found_first_by_its_own_label(term):
    first = VOCABULARY.search(term.label)[0]
    assert (first.code, first.score, first.matched_on) == (term.code, 1.0, term.label)


@pytest.mark.parametrize("text", ["", "   ", "!?", "de la", "zzzzqqqq", "12"])
def test_a_text_that_says_nothing_proposes_nothing(text):
    assert VOCABULARY.search(text) == []


def test_an_answer_says_which_words_matched():
    assert VOCABULARY.search("Fenwick")[0].matched_on == "Fenwick"
    assert VOCABULARY.search("lessive de soude")[0].matched_on == "lessive de soude"


def test_scores_are_between_zero_and_one_and_only_the_same_words_reach_one():
    for text, _code in PHRASINGS:
        suggestions = VOCABULARY.search(text)
        scores = [suggestion.score for suggestion in suggestions]
        assert scores == sorted(scores, reverse=True)
        assert len({suggestion.code for suggestion in suggestions}) == len(suggestions) <= 8
        for suggestion in suggestions:
            assert 0 < suggestion.score <= 1
            assert (suggestion.score == 1) == (tokenize(suggestion.matched_on) == tokenize(text))


def test_the_beginning_of_the_last_word_is_enough_while_typing():
    assert "matter.base.caustic_soda" in proposed("hydroxyde de sod")
    assert "matter.wood.sawdust" in proposed("sciu")


def test_the_answer_keeps_to_the_families_asked_for():
    everywhere = VOCABULARY.search("électricité")
    assert {suggestion.code.split(".")[0] for suggestion in everywhere} > {"purchase"}
    bought = VOCABULARY.search("électricité", families=("purchase",))
    assert bought
    assert {suggestion.code.split(".")[0] for suggestion in bought} == {"purchase"}


def test_the_limit_is_respected():
    assert len(VOCABULARY.search("boues", limit=2)) == 2
    assert VOCABULARY.search("boues", limit=0) == []


def test_the_order_of_the_terms_has_no_effect():
    shuffled = terms()
    random.Random(7).shuffle(shuffled)
    other = Vocabulary.build(shuffled)
    for text, _code in PHRASINGS:
        assert other.search(text) == VOCABULARY.search(text)


def test_formulas_bear_no_typing_error():
    vocabulary = Vocabulary.build(
        [ResourceTerm("m.a", "Dioxyde de soufre", ("SO2",), "m"), ResourceTerm("m.b", "Monoxyde d’azote", ("NO2",), "m")]
    )
    assert [suggestion.code for suggestion in vocabulary.search("SO2")] == ["m.a"]


def test_an_empty_vocabulary_proposes_nothing():
    assert Vocabulary.build([]).search("soude") == []


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("Métaux", "metal"),
        ("Eaux usées", "eau usee"),
        ("chutes d’œufs", "CHUTE OEUF"),
        ("CO₂", "co2"),
        ("gâteaux de filtre-presse", "gateau filtre presse"),
        ("l'huile", "huiles"),
    ],
)
def test_spellings_of_the_same_words_are_equal_once_normalised(text, other):
    assert normalize(text) == normalize(other)


@pytest.mark.parametrize(("text", "other"), [("chaux", "chal"), ("son de blé", "blé"), ("PE", "PET"), ("gaz", "ga")])
def test_different_words_stay_different_once_normalised(text, other):
    assert normalize(text) != normalize(other)


def test_a_search_takes_less_than_ten_milliseconds():
    texts = [text for text, _code in PHRASINGS]
    for text in texts:
        VOCABULARY.search(text)
    started = time.process_time()
    for text in texts:
        VOCABULARY.search(text)
    assert (time.process_time() - started) / len(texts) < 0.010
