from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eit_platform.common.units import (
    BASE_UNITS,
    CONTAINERS,
    PERIODS,
    REGISTRY,
    UNIT_CHOICES,
    UNITS_BY_BASE,
    UnitError,
    convert,
    french,
    to_yearly,
    unit_choices,
)

quantities = st.decimals(min_value=0, max_value=10**7, places=4)
densities = st.decimals(min_value=Decimal("0.01"), max_value=20, places=4)
MEASURES = {base: [unit for unit in units if unit not in CONTAINERS] for base, units in UNITS_BY_BASE.items()}
SAME_KIND = [
    (unit, other)
    for units in (("t", "kg"), ("m3", "L", "hL"), ("MWh", "kWh", "GWh", "tep"), ("m2", "ha"), ("h", "jour", "ETP"))
    for unit in units
    for other in units
]


def yearly(quantity, unit, period="year", **options):
    return to_yearly(Decimal(quantity), unit, period, **options)


@pytest.mark.parametrize(
    ("quantity", "unit", "period", "base", "expected"),
    [
        ("3", "t", "year", "t", "3"),
        ("1500", "kg", "year", "t", "1.5"),
        ("2", "t", "day", "t", "500"),
        ("2", "t", "week", "t", "104"),
        ("2", "t", "month", "t", "24"),
        ("40", "t", "once", "t", "40"),
        ("1", "GWh", "year", "MWh", "1000"),
        ("1", "tep", "year", "MWh", "11.63"),
        ("250", "kWh", "month", "MWh", "3"),
        ("12", "hL", "month", "m3", "14.4"),
        ("3000", "L", "year", "m3", "3"),
        ("2", "ha", "year", "m2", "20000"),
        ("0.5", "ETP", "year", "h", "803.5"),
        ("3", "jour", "month", "h", "252"),
        ("8", "piece", "week", "piece", "416"),
        ("0", "t", "day", "t", "0"),
    ],
)
def test_a_typed_quantity_becomes_a_yearly_one_in_the_base_unit(quantity, unit, period, base, expected):
    result = yearly(quantity, unit, period, base_unit=base)
    assert result.value == Decimal(expected)
    assert result.base_unit == base
    assert result.value.as_tuple().exponent == -6


def test_a_tonne_is_metric():
    assert convert(Decimal(1), "t", "kg") == 1000
    with pytest.raises(UnitError):
        convert(Decimal(1), "ton", "kg")


def test_money_climate_and_freight_have_their_units():
    assert convert(Decimal("1.5"), "kiloeuro", "euro") == 1500
    assert convert(Decimal("250"), "kgCO2e", "tCO2e") == Decimal("0.25")
    assert (REGISTRY.Quantity(Decimal(2), "t") * REGISTRY.Quantity(Decimal(30), "km")).to("tkm").magnitude == 60


def test_mass_and_volume_meet_through_the_density():
    result = yearly("10", "m3", base_unit="t", density=Decimal("0.25"))
    assert result.value == Decimal("2.5")
    assert "0,25\u00a0t/m³" in result.assumption
    assert yearly("2.5", "t", base_unit="m3", density=Decimal("0.25")).value == 10


def test_volume_without_density_is_refused_and_says_what_is_missing():
    with pytest.raises(UnitError, match="masse volumique"):
        yearly("10", "m3", base_unit="t")


@pytest.mark.parametrize("density", ["0", "-1", "NaN", "Infinity"])
def test_an_impossible_density_is_refused(density):
    with pytest.raises(UnitError, match="masse volumique"):
        yearly("10", "m3", base_unit="t", density=Decimal(density))


@pytest.mark.parametrize("density", ["0", "-1", "NaN"])
@pytest.mark.parametrize("unit", ["ibc", "benne"])
def test_an_impossible_density_is_refused_for_a_container_too(unit, density):
    with pytest.raises(UnitError, match="masse volumique"):
        yearly("10", unit, base_unit="t", density=Decimal(density))


@pytest.mark.parametrize(("unit", "base"), [("MWh", "t"), ("t", "MWh"), ("h", "t"), ("m2", "m3"), ("piece", "t"), ("m3", "h")])
def test_units_that_measure_other_things_are_refused(unit, base):
    with pytest.raises(UnitError, match="ne se convertit pas"):
        yearly("1", unit, base_unit=base, density=Decimal(1))


@pytest.mark.parametrize("unit", ["", "tonnes US", "kg/m3", "t**2", "MW", "__class__"])
def test_an_unknown_unit_is_refused_by_name(unit):
    with pytest.raises(UnitError, match="n’est pas connue"):
        yearly("1", unit, base_unit="t")


@pytest.mark.parametrize("quantity", ["-1", "NaN", "Infinity"])
def test_a_quantity_that_is_not_a_positive_number_is_refused(quantity):
    with pytest.raises(UnitError, match="positif"):
        yearly(quantity, "t", base_unit="t")


def test_a_quantity_that_does_not_fit_the_database_is_refused():
    assert yearly("99999999999999", "t", base_unit="t").value == Decimal("99999999999999")
    with pytest.raises(UnitError, match="trop grande"):
        yearly("100000000000000", "t", base_unit="t")
    with pytest.raises(UnitError, match="trop grande"):
        yearly("99999999999999", "t", "month", base_unit="t")


@pytest.mark.parametrize("options", [{"period": "fortnight"}, {"base_unit": "kg"}, {"working_days": 0}])
def test_an_unknown_period_base_unit_or_calendar_is_refused(options):
    arguments = {"period": "year", "base_unit": "t", **options}
    with pytest.raises(UnitError):
        to_yearly(Decimal(1), "t", arguments.pop("period"), **arguments)


def test_a_one_off_counts_once_and_says_so():
    assert "une seule fois" in yearly("40", "t", "once", base_unit="t").assumption


def test_a_daily_quantity_states_the_working_days_supposed():
    assert "250 jours" in yearly("1", "t", "day", base_unit="t").assumption
    continuous = yearly("1", "t", "day", base_unit="t", working_days=365)
    assert continuous.value == 365
    assert "365 jours" in continuous.assumption


def test_a_yearly_quantity_in_its_base_unit_supposes_nothing():
    assert yearly("3", "t", base_unit="t", density=Decimal("0.4")).assumption == ""


@pytest.mark.parametrize(
    ("unit", "base", "density", "expected", "said"),
    [
        ("palette", "t", None, "0.5", "0,5\u00a0t par palette"),
        ("palette", "t", "0.2", "0.5", "0,5\u00a0t par palette"),
        ("palette", "m3", None, "1.5", "1,5\u00a0m³ par palette"),
        ("benne", "m3", None, "15", "15\u00a0m³ par benne"),
        ("benne", "t", "0.25", "3.75", "15\u00a0m³ par benne, à 0,25\u00a0t/m³"),
        ("ibc", "t", None, "1", "1\u00a0t par GRV"),
        ("ibc", "t", "1.52", "1.52", "1,52\u00a0t/m³"),
        ("fut", "m3", None, "0.2", "0,2\u00a0m³ par fût"),
        ("big_bag", "t", "0.6", "0.6", "par big-bag"),
        ("citerne", "t", None, "25", "25\u00a0t par citerne"),
        ("palette", "piece", None, "1", ""),
    ],
)
def test_a_packaging_has_a_stated_conventional_size(unit, base, density, expected, said):
    result = yearly("1", unit, base_unit=base, density=Decimal(density) if density else None)
    assert result.value == Decimal(expected)
    assert said in result.assumption
    assert bool(result.assumption) == bool(said)


def test_the_weight_of_a_skip_is_not_guessed():
    with pytest.raises(UnitError, match="dépend de son contenu"):
        yearly("4", "benne", base_unit="t")


def test_a_tanker_of_liquefied_gas_is_not_weighed_with_the_density_of_the_gas():
    with pytest.raises(UnitError, match="dépend de son contenu"):
        yearly("1", "citerne", base_unit="t", density=Decimal("0.001964"))


@pytest.mark.parametrize("base", ["MWh", "m2", "h"])
def test_a_packaging_does_not_measure_energy_surface_or_time(base):
    with pytest.raises(UnitError, match="ne se convertit pas"):
        yearly("1", "palette", base_unit=base)


def test_full_time_posts_are_counted_by_the_year_only():
    assert "1\u202f607\u00a0h" in yearly("1", "ETP", base_unit="h").assumption
    with pytest.raises(UnitError, match="par an"):
        yearly("1", "ETP", "month", base_unit="h")


@pytest.mark.parametrize("base", BASE_UNITS)
def test_every_unit_offered_for_a_base_unit_converts_to_it(base):
    assert unit_choices(base)[0][0] == base
    for unit, label in unit_choices(base):
        assert str(label)
        assert yearly("1", unit, base_unit=base, density=Decimal("0.5")).value > 0


def test_units_offered_are_known_and_named_once():
    codes = [code for code, _label in UNIT_CHOICES]
    assert len(codes) == len(set(codes))
    assert {unit for units in UNITS_BY_BASE.values() for unit in units} == set(codes)
    with pytest.raises(UnitError):
        unit_choices("kg")


@given(quantities, st.sampled_from(SAME_KIND))
def test_converting_there_and_back_gives_the_same_quantity(quantity, pair):
    unit, other = pair
    assert abs(convert(convert(quantity, unit, other), other, unit) - quantity) < Decimal("1e-20")


@given(quantities, densities, st.sampled_from([("t", "m3"), ("kg", "L"), ("hL", "t"), ("m3", "kg")]))
def test_mass_to_volume_and_back_gives_the_same_quantity(quantity, density, pair):
    unit, other = pair
    there = convert(quantity, unit, other, density=density)
    assert abs(convert(there, other, unit, density=density) - quantity) < Decimal("1e-20")


@given(quantities, st.sampled_from(BASE_UNITS), st.data(), st.sampled_from(PERIODS))
def test_twice_the_quantity_gives_twice_the_yearly_value(quantity, base, data, period):
    unit = data.draw(st.sampled_from(UNITS_BY_BASE[base]))
    if unit == "ETP":
        period = "year"
    density = Decimal("0.8")
    one = to_yearly(quantity, unit, period, base_unit=base, density=density).value
    two = to_yearly(2 * quantity, unit, period, base_unit=base, density=density).value
    assert abs(two - 2 * one) <= Decimal("0.000002")


@given(quantities, quantities, st.sampled_from(BASE_UNITS), st.data())
def test_a_larger_quantity_never_gives_a_smaller_year(first, second, base, data):
    unit = data.draw(st.sampled_from(MEASURES[base]))
    small, large = sorted((first, second))
    density = Decimal("0.8")
    assert (
        to_yearly(small, unit, "year", base_unit=base, density=density).value
        <= to_yearly(large, unit, "year", base_unit=base, density=density).value
    )


@pytest.mark.parametrize(
    ("value", "written"),
    [("1.50", "1,5"), ("0.001964", "0,001964"), ("1607", "1\u202f607"), ("100", "100"), ("1E+2", "100"), ("0.0", "0")],
)
def test_a_decimal_is_written_as_french_readers_expect(value, written):
    assert french(Decimal(value)) == written
