"""The calculator of impacts, against cases worked out by hand."""

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synergies.impact.calculator import (
    CO2_METHOD,
    Amount,
    Emission,
    Haul,
    co2_avoided,
    compare_recycled,
    french,
    road_distance,
    total,
    transport_distance,
    transport_emission,
    transport_work,
)
from synergies.impact.factors import parse_factors
from synergies.impact.types import (
    Category,
    Factor,
    ImpactError,
    Indicator,
    Quantity,
    Role,
    State,
)

D = Decimal
TABLE = parse_factors(
    (Path(__file__).resolve().parents[3] / "synergies" / "data" / "factors.csv").read_text(encoding="utf-8").splitlines()
)
LORRY = "transport.articule-40-a-44-tonnes-diesel-routier-incorporation-7-de-biodiesel"  # 0.0711 kgCO2e/tkm
GAINS = {Role.AVOIDED_TREATMENT, Role.AVOIDED_PRODUCTION}
TREATMENT, PRODUCTION, TRANSPORT, NEW = Role


def q(value, unit):
    return Quantity(D(value), unit)


def emission(role, value, unit, code, **more):
    factor = code if isinstance(code, Factor) else TABLE.get(code)
    more.setdefault("id", f"{role}-{factor.code}")
    return Emission(label=factor.label, role=role, quantity=q(value, unit), factor=factor, **more)


def made_up(code="essai", value="100", uncertainty="10", category=Category.MATERIAL_VIRGIN, unit="kgCO2e/t"):
    return Factor(
        code=code,
        label=code,
        category=category,
        value=D(value),
        unit=unit,
        uncertainty_pct=None if uncertainty is None else D(uncertainty),
        source="essai",
        version="1",
    )


def balance(*lines, **more):
    return co2_avoided(lines, state=more.pop("state", State.EXPECTED), **more)


CO2_CASES = {
    # name: (lines, tCO2e worked out by hand)
    "landfill of hazardous waste avoided: 100 × 128": ([(TREATMENT, "100", "t", "stockage.dis")], "12.8"),
    "incineration of hazardous waste avoided: 10 × 844": ([(TREATMENT, "10", "t", "incineration.dis")], "8.44"),
    "biowaste no longer landfilled but methanised: 50 × (692 − 173)": (
        [(TREATMENT, "50", "t", "stockage.dechets-putrescibles"), (NEW, "50", "t", "methanisation.dechets-de-cuisine")],
        "25.95",
    ),
    "biowaste composted instead of incinerated: 20 × (45 − 140)": (
        [
            (TREATMENT, "20", "t", "incineration.dechets-putrescibles"),
            (NEW, "20", "t", "compostage.dechets-de-cuisine-et-dechets-verts-industriel"),
        ],
        "-1.9",
    ),
    "new aluminium replaced by recycled: 3 × (7803 − 562)": (
        [(PRODUCTION, "3", "t", "neuf.aluminium"), (NEW, "3", "t", "recycle.aluminium")],
        "21.723",
    ),
    "new cardboard replaced by recycled, a loss: 180 × (390 − 670)": (
        [(PRODUCTION, "180", "t", "neuf.carton"), (NEW, "180", "t", "recycle.carton")],
        "-50.4",
    ),
    "paper pulp, a loss: 1000 × (297 − 317)": (
        [(PRODUCTION, "1000", "t", "neuf.pate-a-papier-moyen"), (NEW, "1000", "t", "recycle.pate-a-papier-moyen")],
        "-20",
    ),
    "nickel, nothing: 5 × (9167 − 9167)": (
        [(PRODUCTION, "5", "t", "neuf.nickel"), (NEW, "5", "t", "recycle.nickel")],
        "0",
    ),
    "kilograms count as kilograms: 2500 kg of PET, 2.5 × 3270": ([(PRODUCTION, "2500", "kg", "neuf.plastique-pet")], "8.175"),
    "published avoided emissions of recycled PET, less its recycling: 10 × (1627 − 548)": (
        [
            (PRODUCTION, "10", "t", "evite.plastique-rigide-pet-recyclage-granules"),
            (NEW, "10", "t", "recyclage.plastique-rigide-pet-granules"),
        ],
        "10.79",
    ),
    "heat recovered instead of gas: 900 × 227": (
        [(PRODUCTION, "900", "MWh", "energie.gaz-naturel-2015-mix-moyen-consommation")],
        "204.3",
    ),
    "kilowatt-hours count as such: 12000 kWh of electricity, 12 × 56.9": (
        [(PRODUCTION, "12000", "kWh", "energie.electricite-2021-mix-moyen-consommation")],
        "0.6828",
    ),
    "gigajoules count as such: 360 GJ of heating oil, 100 × 325": (
        [(PRODUCTION, "360", "GJ", "energie.fioul-domestique")],
        "32.5",
    ),
    "heat recovered with a pump that uses electricity: 900 × 227 − 30 × 56.9": (
        [
            (PRODUCTION, "900", "MWh", "energie.gaz-naturel-2015-mix-moyen-consommation"),
            (NEW, "30", "MWh", "energie.electricite-2021-mix-moyen-consommation"),
        ],
        "202.593",
    ),
    "water reused and not treated: 40000 × (0.132 + 0.262)": (
        [
            (PRODUCTION, "40000", "m3", "eau.eau-de-reseau-hors-infrastructure"),
            (TREATMENT, "40000", "m3", "eau.traitement-des-eaux-usees-hors-infrastructure"),
        ],
        "15.76",
    ),
    "transport alone: 300 t over 50 km, 15000 × 0.0711": ([(TRANSPORT, "15000", "tkm", LORRY)], "-1.0665"),
    "all four terms: 100 × 128 + 100 × 148 − 4000 × 0.0711 − 5 × 56.9": (
        [
            (TREATMENT, "100", "t", "stockage.dis"),
            (PRODUCTION, "100", "t", "neuf.acide-sulfurique"),
            (TRANSPORT, "4000", "tkm", LORRY),
            (NEW, "5", "MWh", "energie.electricite-2021-mix-moyen-consommation"),
        ],
        "27.0311",
    ),
    "nitrogen of a digestate: 8 t of N × 4267": ([(PRODUCTION, "8", "t_N", "neuf.engrais-azote-moyen")], "34.136"),
}


@pytest.mark.parametrize(("lines", "expected"), CO2_CASES.values(), ids=CO2_CASES)
def test_the_co2_balance_equals_the_hand_computation(lines, expected):
    result = balance(*(emission(*line) for line in lines))
    assert result.value == D(expected)
    assert (result.unit, result.indicator, result.method) == ("tCO2e", Indicator.CO2_AVOIDED, CO2_METHOD)
    assert sum(term.signed for term in result.terms) == result.value
    assert [term.signed > 0 for term in result.terms] == [line[0] in GAINS for line in lines]


TOTAL_CASES = {
    "waste avoided, mixed masses": (Indicator.WASTE_AVOIDED, [("1200", "kg", ""), ("3.5", "t", "")], "4.7", "t"),
    "waste diverted by former outlet": (
        Indicator.WASTE_DIVERTED,
        [("120", "t", "landfill"), ("30", "t", "incineration"), ("10", "t", "landfill")],
        "160",
        "t",
    ),
    "virgin matter substituted": (Indicator.VIRGIN_SUBSTITUTED, [("0.25", "kt", "")], "250", "t"),
    "hazardous waste": (Indicator.HAZARDOUS_WASTE, [("850", "kg", "")], "0.85", "t"),
    "energy saved, mixed units": (
        Indicator.ENERGY_SAVED,
        [("500", "kWh", ""), ("1", "GWh", ""), ("3.6", "GJ", "")],
        "1001.5",
        "MWh",
    ),
    "more energy used here than saved there": (Indicator.ENERGY_SAVED, [("10", "MWh", ""), ("-12", "MWh", "")], "-2", "MWh"),
    "water saved": (Indicator.WATER_SAVED, [("1500", "m³", ""), ("2000", "L", "")], "1502", "m3"),
    "savings of one party, loss of the other": (Indicator.SAVINGS, [("31000", "€", "a"), ("-4", "k€", "b")], "27", "kEUR"),
    "new sales": (Indicator.NEW_SALES, [("12500", "EUR", "")], "12.5", "kEUR"),
    "investment, private and public": (
        Indicator.INVESTMENT,
        [("80", "kEUR", "private"), ("20", "kEUR", "public")],
        "100",
        "kEUR",
    ),
    "jobs": (Indicator.JOBS, [("0.5", "ETP", ""), ("1.25", "ETP", "")], "1.75", "ETP"),
}


def amounts(rows):
    return [Amount(id=f"m{i}", label=f"mesure {i}", quantity=q(v, u), group=g) for i, (v, u, g) in enumerate(rows)]


@pytest.mark.parametrize(("indicator", "rows", "expected", "unit"), TOTAL_CASES.values(), ids=TOTAL_CASES)
def test_a_total_equals_the_hand_computation(indicator, rows, expected, unit):
    result = total(indicator, amounts(rows), state=State.REALISED)
    assert (result.value, result.unit) == (D(expected), unit)
    assert result.low is result.high is result.attributed_interval is None


def test_a_total_is_told_by_group():
    _, rows, _, _ = TOTAL_CASES["waste diverted by former outlet"]
    assert total(Indicator.WASTE_DIVERTED, amounts(rows), state=State.REALISED).by_group == {
        "landfill": 130,
        "incineration": 30,
    }


def test_a_party_that_loses_is_named():
    _, rows, _, _ = TOTAL_CASES["savings of one party, loss of the other"]
    result = total(Indicator.SAVINGS, amounts(rows), state=State.EXPECTED)
    assert result.by_group == {"a": 31, "b": -4}
    assert ["mesure 1" in warning and "perte" in warning for warning in result.warnings] == [True]


# Transport -----------------------------------------------------------------------------------------------------------


def haul(**more):
    return Haul(**{"id": "h", "label": "Sciures", "distance": q("12", "km"), "mass": q("310", "t")} | more)


@pytest.mark.parametrize(
    ("given_haul", "expected"),
    [
        (haul(), "4836"),  # 310 t × 12 km × 1.3
        (haul(detour=None), "3720"),  # 310 t × 12 km, the real distance
        (haul(mass=q("500", "kg"), distance=q("100", "km")), "65"),  # 0.5 t × 100 km × 1.3
        (haul(distance=q("0", "km")), "0"),  # next door
    ],
)
def test_transport_work_equals_the_hand_computation(given_haul, expected):
    assert transport_work([given_haul], state=State.EXPECTED).value == D(expected)


def test_vehicle_kilometres_equal_the_hand_computation():
    result = transport_distance([haul(trips=D(26), mass=None), haul(id="i", trips=D(4), detour=None)], state=State.EXPECTED)
    assert (result.value, result.unit) == (D("453.6"), "km")  # 26 × 12 × 1.3 + 4 × 12


def test_distance_by_road_is_the_straight_line_times_the_detour():
    assert road_distance(q("20", "km")) == q("26.0", "km")


def test_a_provisional_detour_is_said_and_a_real_distance_says_nothing():
    assert any("provisoire" in text and "1,3" in text for text in transport_work([haul()], state=State.EXPECTED).warnings)
    assert transport_work([haul(detour=None)], state=State.EXPECTED).warnings == ()


def test_a_haul_enters_the_balance_by_road_with_its_uncertainty_and_its_warning():
    line = transport_emission(haul(uncertainty_pct=D("24")), TABLE.get(LORRY))
    assert line.quantity == q("4836.0", "tkm")
    assert line.uncertainty_pct == D("26")  # sqrt(24² + 10²)
    result = balance(emission(TREATMENT, "310", "t", "incineration.emballages-bois"), line)
    assert result.value == D("21.0461604")  # 310 × 69 kg − 4836 × 0.0711 kg
    assert any("provisoire" in text for text in result.warnings)


def test_a_haul_of_known_length_keeps_its_own_uncertainty():
    line = transport_emission(haul(detour=None, uncertainty_pct=D(5)), TABLE.get(LORRY))
    assert (line.quantity, line.uncertainty_pct, line.notes) == (q("3720", "tkm"), D(5), ())


@pytest.mark.parametrize(
    ("function", "bad", "message"),
    [
        (transport_work, {"mass": None}, "tonnage transporté manque"),
        (transport_work, {"mass": q("-1", "t")}, "négatifs"),
        (transport_work, {"distance": q("-1", "km")}, "négatifs"),
        (transport_work, {"mass": q("3", "m3")}, "Unités incompatibles"),
        (transport_distance, {}, "nombre de trajets manque"),
        (transport_distance, {"trips": D(-1)}, "négatifs"),
    ],
)
def test_an_impossible_haul_is_refused(function, bad, message):
    with pytest.raises(ImpactError, match=message):
        function([haul(**bad)], state=State.EXPECTED)


# Recycled matter that is no better ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("new", "recycled", "figures"),
    [
        ("neuf.carton", "recycle.carton", "670 contre 390"),
        ("neuf.pate-a-papier-moyen", "recycle.pate-a-papier-moyen", "317 contre 297"),
    ],
)
def test_recycled_matter_worse_than_new_is_shown_negative_and_said(new, recycled, figures):
    result = balance(emission(PRODUCTION, "1", "t", new), emission(NEW, "1", "t", recycled))
    assert result.value < 0
    assert any("émet plus que" in text and figures in text and "V22.0" in text for text in result.warnings)
    assert any("bilan est négatif" in text for text in result.warnings)


@pytest.mark.parametrize("matter", ["nickel", "plomb", "zinc", "plastique-ps"])
def test_recycled_matter_equal_to_new_is_said_to_bring_nothing(matter):
    result = balance(emission(PRODUCTION, "7", "t", f"neuf.{matter}"), emission(NEW, "7", "t", f"recycle.{matter}"))
    assert result.value == 0
    assert any("aucun gain de CO2 calculable" in text for text in result.warnings)


def test_recycled_matter_better_than_new_needs_no_warning():
    assert compare_recycled(TABLE.get("neuf.verre"), TABLE.get("recycle.verre")) is None


def test_one_new_and_one_recycled_matter_are_compared_under_two_names():
    result = balance(
        emission(PRODUCTION, "1", "t", "neuf.granulats-sortie-carriere"), emission(NEW, "1", "t", "recycle.carton")
    )
    assert any("670 contre 4 " in text for text in result.warnings)


def test_several_matters_are_compared_each_with_its_own():
    result = balance(
        emission(PRODUCTION, "1", "t", "neuf.verre"),
        emission(PRODUCTION, "1", "t", "neuf.zinc"),
        emission(NEW, "1", "t", "recycle.carton"),
        emission(NEW, "1", "t", "recycle.verre"),
    )
    assert not any("émet plus que" in text for text in result.warnings)


# Double counts --------------------------------------------------------------------------------------------------------

EVITE = "evite.plastique-rigide-pet-recyclage-granules"


@pytest.mark.parametrize(
    "other", [(PRODUCTION, "neuf.plastique-pet"), (NEW, "recycle.plastique-pet")], ids=["new matter", "recycled matter"]
)
def test_published_avoided_emissions_never_add_to_new_minus_recycled(other):
    role, code = other
    with pytest.raises(ImpactError, match="Double compte"):
        balance(emission(PRODUCTION, "1", "t", EVITE), emission(role, "1", "t", code))


def test_the_same_input_and_factor_do_not_count_twice_in_a_role():
    line = {"input_id": "flux-12"}
    with pytest.raises(ImpactError, match="reprend la même donnée"):
        balance(
            emission(TREATMENT, "1", "t", "stockage.dis", id="a", **line),
            emission(TREATMENT, "1", "t", "stockage.dis", id="b", **line),
        )


def test_recycling_and_recycled_matter_together_are_questioned():
    result = balance(
        emission(PRODUCTION, "1", "t", "neuf.verre"),
        emission(NEW, "1", "t", "recycle.verre"),
        emission(NEW, "1", "t", "recyclage.emballages-verre"),
    )
    assert any("comprend déjà son recyclage" in text for text in result.warnings)


def test_taking_a_waste_away_from_recycling_is_questioned():
    result = balance(emission(TREATMENT, "1", "t", "recyclage.emballages-verre"))
    assert any("recyclait déjà" in text for text in result.warnings)


# Refusals -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "code", "unit"),
    [
        (TREATMENT, "neuf.carton", "t"),
        (PRODUCTION, "recycle.carton", "t"),
        (PRODUCTION, "stockage.dis", "t"),
        (TRANSPORT, "stockage.dis", "t"),
        (NEW, LORRY, "tkm"),
        (NEW, EVITE, "t"),
    ],
)
def test_a_factor_out_of_its_role_is_refused(role, code, unit):
    with pytest.raises(ImpactError, match="ne convient pas au rôle"):
        balance(emission(role, "1", unit, code))


@pytest.mark.parametrize(
    ("role", "code", "unit"),
    [
        (TREATMENT, "stockage.dis", "m3"),
        (PRODUCTION, "neuf.engrais-azote-moyen", "t"),  # a tonne of product is not a tonne of nitrogen
        (TRANSPORT, LORRY, "km"),
        (PRODUCTION, "energie.fioul-domestique", "L"),
    ],
)
def test_mixed_units_are_refused(role, code, unit):
    with pytest.raises(ImpactError, match="s’applique à des"):
        balance(emission(role, "1", unit, code))


def test_a_negative_quantity_is_refused_in_the_balance():
    with pytest.raises(ImpactError, match="négative"):
        balance(emission(TREATMENT, "-1", "t", "stockage.dis"))


@pytest.mark.parametrize(
    ("indicator", "rows", "message"),
    [
        (Indicator.WASTE_AVOIDED, [], "Aucune donnée"),
        (Indicator.WASTE_AVOIDED, [("1", "m3", "")], "Unités incompatibles"),
        (Indicator.WASTE_AVOIDED, [("-1", "t", "")], "n’a pas de sens"),
        (Indicator.WASTE_DIVERTED, [("1", "t", "")], "l’ancienne filière doit être indiquée"),
        (Indicator.WASTE_DIVERTED, [("1", "t", "dépôt sauvage")], "l’ancienne filière doit être indiquée"),
        (Indicator.INVESTMENT, [("1", "kEUR", "")], "privée ou publique, doit être indiquée"),
        (Indicator.SAVINGS, [("1", "kEUR", "")], "la partie concernée doit être indiquée"),
        (Indicator.CO2_AVOIDED, [("1", "tCO2e", "")], "ne se déclare pas"),
    ],
)
def test_an_impossible_total_is_refused(indicator, rows, message):
    with pytest.raises(ImpactError, match=message):
        total(indicator, amounts(rows), state=State.EXPECTED)


def test_two_terms_of_one_identifier_are_refused():
    with pytest.raises(ImpactError, match="même identifiant"):
        total(Indicator.JOBS, amounts([("1", "ETP", "")]) * 2, state=State.EXPECTED)


@pytest.mark.parametrize("value", [1.5, "3", None, True, D("NaN"), D("Infinity")])
def test_only_exact_finite_numbers_are_quantities(value):
    with pytest.raises(ImpactError):
        Quantity(value, "t")


def test_an_unknown_unit_is_refused():
    with pytest.raises(ImpactError, match="Unité inconnue"):
        q("1", "boisseau")


# Uncertainty ----------------------------------------------------------------------------------------------------------


def test_independent_uncertainties_add_in_quadrature():
    result = balance(
        emission(PRODUCTION, "30", "t", made_up("neuf.a", "1000", "10")),  # 30 ± 3
        emission(PRODUCTION, "40", "t", made_up("neuf.b", "1000", "10")),  # 40 ± 4
    )
    assert (result.value, result.low, result.high) == (70, 65, 75)


def test_a_factor_used_twice_is_one_source_of_error():
    same = made_up("neuf.a", "1000", "10")
    result = balance(emission(PRODUCTION, "30", "t", same, id="x"), emission(PRODUCTION, "40", "t", same, id="y"))
    assert (result.low, result.high) == (63, 77)


def test_an_input_in_a_gain_and_a_cost_errs_on_their_difference():
    mass = {"input_id": "flux-1", "uncertainty_pct": D(10)}
    result = balance(
        emission(PRODUCTION, "10", "t", made_up("neuf.a", "1000", "0"), **mass),
        emission(NEW, "10", "t", made_up("recycle.a", "400", "0", Category.MATERIAL_RECYCLED), **mass),
    )
    assert (result.value, result.low, result.high) == (6, D("5.4"), D("6.6"))


def test_quantity_and_factor_combine():
    result = balance(emission(PRODUCTION, "1000", "t", made_up("neuf.a", "1000", "4"), uncertainty_pct=D(3)))
    assert (result.low, result.high) == (950, 1050)


def test_an_unpublished_uncertainty_is_said():
    result = balance(
        emission(PRODUCTION, "1", "t", made_up("neuf.a")), emission(PRODUCTION, "1", "t", made_up("neuf.b", uncertainty=None))
    )
    assert any("neuf.b" in text and "minimum" in text for text in result.warnings)


def test_no_interval_is_shown_when_no_uncertainty_is_known():
    result = balance(emission(PRODUCTION, "1", "t", made_up(uncertainty=None)))
    assert (result.low, result.high, result.attributed_interval, result.warnings) == (None, None, None, ())


def test_a_negative_uncertainty_is_refused():
    with pytest.raises(ImpactError, match="ne peut pas être négative"):
        balance(emission(PRODUCTION, "1", "t", made_up(), uncertainty_pct=D(-1)))


# What a result carries ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", State)
def test_the_state_is_carried(state):
    assert balance(emission(TREATMENT, "1", "t", "stockage.dis"), state=state).state is state


def test_the_attributed_share_keeps_the_whole_beside_the_part():
    result = balance(emission(PRODUCTION, "10", "t", made_up("neuf.a", "1000", "10")), attributed_share=D("0.4"))
    assert (result.value, result.attributed) == (10, 4)
    assert result.attributed_interval == (D("3.6"), D("4.4"))


@pytest.mark.parametrize("bad", [D("-0.1"), D("1.01"), 0.5])
def test_a_share_outside_zero_to_one_is_refused(bad):
    with pytest.raises(ImpactError, match=r"[Pp]art attribuée"):
        balance(emission(TREATMENT, "1", "t", "stockage.dis"), attributed_share=bad)


def test_every_term_leads_back_to_its_factor_and_its_input():
    result = balance(
        emission(TREATMENT, "1", "t", "stockage.dis", id="t1", input_id="flux-7"),
        emission(TRANSPORT, "1", "tkm", LORRY, id="t2"),
    )
    assert [(term.id, term.input_id, term.factor.code) for term in result.terms] == [
        ("t1", "flux-7", "stockage.dis"),
        ("t2", "t2", LORRY),
    ]
    assert all(term.factor.apply(term.quantity).to("tCO2e") == term.result for term in result.terms)


@pytest.mark.parametrize(
    ("value", "text"),
    [("1240", "1\u202f240"), ("0.0711", "0,0711"), ("-2", "\u22122"), ("1234567.50", "1\u202f234\u202f567,5"), ("0", "0")],
)
def test_numbers_in_warnings_are_french(value, text):
    assert french(D(value)) == text


# Properties -----------------------------------------------------------------------------------------------------------

quantities = st.decimals(min_value=0, max_value=10**6, places=3)


@given(st.lists(quantities, min_size=1, max_size=8))
def test_the_balance_is_the_sum_of_its_terms_whatever_the_order(values):
    lines = [emission(PRODUCTION, v, "t", "neuf.verre", id=str(i)) for i, v in enumerate(values)]
    forward, backward = balance(*lines), balance(*reversed(lines))
    assert forward.value == backward.value == sum(values) * D("0.923")
    assert forward.low <= forward.value <= forward.high


@given(quantities, st.sampled_from([("t", "kg"), ("MWh", "kWh"), ("MWh", "GJ"), ("m3", "L"), ("kEUR", "EUR")]))
def test_a_conversion_there_and_back_changes_nothing(value, units):
    there, back = units
    assert abs(Quantity(value, there).to(back).to(there).value - value) < D("1e-15")
