"""Figures of a synergy through their page: worked by hand beside, every term led back to its input and factor."""

import re
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from eit_platform.common.exceptions import BusinessError, StaleVersion
from synergies.enums import ImpactIndicator
from synergies.models import EmissionFactor, Impact, JournalEntry
from synergies.services import impacts as services
from synergies.services.impact_calculation import Co2Inputs, co2, declared
from tests.synergies.sheets import grains, synergy_of

pytestmark = pytest.mark.django_db
YEAR = timezone.localdate().year


def factor(code: str, category: str, value: str, unit: str, **values) -> EmissionFactor:
    values = {"version": "V-test", "source": "Source d’essai", "label": f"Facteur {code}", "validity": "2024-01-01"} | values
    return EmissionFactor.objects.create(code=code, category=category, value=Decimal(value), unit=unit, **values)


@pytest.fixture
def synergy(cast):
    return synergy_of(*grains(cast), yearly_quantity=300, yearly_unit="t")


@pytest.fixture
def factors(db) -> dict:
    return {
        "avoided_treatment": factor("test.enfouissement", "treatment_landfill", "40", "kgCO2e/t", uncertainty_pct=30),
        "avoided_production": factor("test.vierge", "material_virgin", "500", "kgCO2e/t", uncertainty_pct=20),
        "transport": factor("test.camion", "transport", "0.1", "kgCO2e/tkm", uncertainty_pct=10),
        "new_treatment": factor("test.tri", "treatment_recycling", "20", "kgCO2e/t", uncertainty_pct=50),
    }


def page(synergy, indicator: str = "", name: str = "impact_create", **more) -> str:
    base = reverse(f"synergies:{name}", kwargs={"slug": "demarche-a", "uuid": synergy.uuid, **more})
    return f"{base}?indicateur={indicator}" if indicator else base


def typed(**values) -> dict:
    return {"action": "save", "state": "expected", "year": YEAR, "share_pct": "100", "is_recurrent": "on"} | values


def co2_form(factors: dict, **values) -> dict:
    chosen = {name: f"{row.code}@{row.version}" for name, row in factors.items()}
    return typed(quantity="300", unit="t", distance_km="10", by_road="", **chosen) | values


class TestCo2:
    def test_the_four_terms_add_up_as_by_hand(self, cast, sign_in, synergy, factors):
        # 300 t × 40 kg = 12 t; 300 t × 500 kg = 150 t; 300 t × 10 km × 1.3 × 0.1 kg = 0.39 t; 300 t × 20 kg = 6 t.
        answer = sign_in(cast.alice).post(page(synergy, "co2_avoided"), co2_form(factors, share_pct="50"))
        assert answer.status_code == 302
        impact = Impact.objects.get()
        assert impact.value == Decimal("155.61")
        assert (impact.unit, impact.state, impact.attributed_share) == ("tCO2e", "expected", Decimal("0.5"))
        # √((12 × 0.3)² + (150 × 0.2)² + (0.39 × 0.1)² + (6 × 0.5)² + (0.39 × 0.1)²) = 30.3645…, detour and truck at 10 %.
        assert impact.high - impact.value == pytest.approx(Decimal("30.3645"), abs=Decimal("0.001"))
        signed = {term["id"]: Decimal(term["signed"]) for term in impact.terms}
        assert signed == {
            "avoided_treatment": 12,
            "avoided_production": 150,
            "new_treatment": -6,
            "new_transport": Decimal("-0.39"),
        }

    def test_each_term_keeps_its_input_and_its_factor(self, cast, sign_in, synergy, factors):
        sign_in(cast.alice).post(page(synergy, "co2_avoided"), co2_form(factors))
        terms = {term["id"]: term for term in Impact.objects.get().terms}
        kept = terms["avoided_treatment"]
        assert kept["input"] == {"value": "300", "unit": "t", "uncertainty_pct": ""}
        assert kept["factor"] == {
            "code": "test.enfouissement", "label": "Facteur test.enfouissement", "value": "40", "unit": "kgCO2e/t",
            "uncertainty_pct": "30", "version": "V-test", "source": "Source d’essai", "validity": "2024-01-01",
            "provisional": False,
        }  # fmt: skip
        assert terms["new_transport"]["input"]["distance_km"] == "10"
        assert terms["new_transport"]["input"]["detour"] == "1.3"
        text = sign_in(cast.alice).get(reverse("synergies:synergy_detail", args=["demarche-a", synergy.uuid])).content.decode()
        for words in ("test.enfouissement", "Source d’essai", "V-test", "à vol d’oiseau"):
            assert words in text
        assert "156" in text

    def test_a_distance_by_road_is_not_lengthened_and_a_tonnage_replaces_the_quantity(self, cast, factors):
        inputs = Co2Inputs(
            quantity=Decimal(300),
            unit="t",
            transport=factors["transport"],
            distance_km=Decimal(10),
            by_road=True,
            tonnage=Decimal(100),
        )
        assert co2(inputs, state="potential").result.value == Decimal("-0.1")

    def test_energy_needs_a_tonnage_to_be_carried(self, factors):
        inputs = Co2Inputs(quantity=Decimal(300), unit="MWh", transport=factors["transport"], distance_km=Decimal(10))
        with pytest.raises(BusinessError, match="tonnage"):
            co2(inputs, state="potential")

    def test_recycled_worse_than_virgin_is_negative_and_said(self, cast, sign_in, synergy):
        pair = {
            "avoided_production": factor("vierge.essai", "material_virgin", "390", "kgCO2e/t"),
            "new_treatment": factor("recycle.essai", "material_recycled", "670", "kgCO2e/t"),
        }
        client = sign_in(cast.alice)
        answer = client.post(page(synergy, "co2_avoided"), co2_form(pair, distance_km=""))
        assert answer.status_code == 302, answer.context["form"].errors
        impact = Impact.objects.get()
        assert impact.value == Decimal(-84)
        assert "émet plus" in impact.warning
        text = client.get(reverse("synergies:synergy_detail", args=["demarche-a", synergy.uuid])).content.decode()
        assert "\u221284" in text
        assert "émet plus que" in text

    def test_a_double_count_is_refused_with_its_reason(self, cast, sign_in, synergy):
        pair = {
            "avoided_production": factor("evite.x", "avoided_emissions", "-100", "kgCO2e/t"),
            "new_treatment": factor("recycle.x", "material_recycled", "10", "kgCO2e/t"),
        }
        answer = sign_in(cast.alice).post(page(synergy, "co2_avoided"), co2_form(pair))
        assert answer.status_code == 422
        assert "Double compte" in answer.content.decode()
        assert not Impact.objects.exists()

    @pytest.mark.parametrize(
        ("change", "words"),
        [
            ({"quantity": "-3"}, "supérieure ou égale à"),
            ({"quantity": "abc"}, "nombre"),
            ({"distance_km": ""}, "distance"),
            ({"unit": "m3"}, "tonnage"),
            ({"unit": "m3", "tonnage": "300"}, "s’applique à des"),
            ({"year": YEAR + 1, "state": "realised"}, "à venir"),
            ({"share_pct": "120"}, "100"),
            ({"avoided_treatment": "inconnu@V1"}, "choix"),
        ],
    )
    def test_what_makes_no_sense_is_told_and_nothing_is_written(self, cast, sign_in, synergy, factors, change, words):
        answer = sign_in(cast.alice).post(page(synergy, "co2_avoided"), co2_form(factors) | change)
        assert answer.status_code == 422
        assert words in answer.content.decode()
        assert not Impact.objects.exists()

    def test_without_any_factor_there_is_nothing_to_compute(self, cast, sign_in, synergy):
        answer = sign_in(cast.alice).post(page(synergy, "co2_avoided"), co2_form({}))
        assert "au moins un facteur" in answer.content.decode()

    def test_calculating_writes_nothing_and_htmx_gets_the_calculation_alone(self, cast, sign_in, synergy, factors):
        client = sign_in(cast.alice)
        whole = client.post(page(synergy, "co2_avoided"), co2_form(factors, action="preview"))
        assert whole.status_code == 200
        assert "156" in whole.content.decode()
        part = client.post(page(synergy, "co2_avoided"), co2_form(factors), HTTP_HX_REQUEST="true")
        assert part.content.decode().lstrip().startswith("<section")
        assert "156" in part.content.decode()
        wrong = client.post(page(synergy, "co2_avoided"), co2_form(factors, quantity=""), HTTP_HX_REQUEST="true")
        assert "Le calcul attend" in wrong.content.decode()
        assert not Impact.objects.exists()

    def test_the_form_knows_the_quantity_and_offers_the_shipped_factors(
        self, cast, sign_in, synergy, django_assert_max_num_queries
    ):
        client = sign_in(cast.alice)
        client.get(page(synergy, "co2_avoided"))
        with django_assert_max_num_queries(12):
            text = client.get(page(synergy, "co2_avoided")).content.decode()
        assert 'value="300"' in text
        assert text.count("<option") > 100


class TestDeclared:
    @pytest.mark.parametrize(
        ("indicator", "sent", "value", "unit"),
        [
            ("waste_avoided", {"value": "1 200,5", "unit": "kg"}, "1.2005", "t"),
            ("energy_saved", {"value": "2", "unit": "GWh"}, "2000", "MWh"),
            ("water_saved", {"value": "5000", "unit": "L"}, "5", "m3"),
            ("waste_diverted", {"value": "3", "unit": "t", "former_outlet": "methanisation"}, "3", "t"),
            ("investment_public", {"value": "40000", "unit": "EUR"}, "40", "k€"),
            ("jobs", {"value": "0,5", "unit": "ETP"}, "0.5", "ETP"),
            ("transport", {"value": "12", "unit": "km"}, "12", "km"),
        ],
    )
    def test_a_quantity_is_brought_to_the_unit_of_its_indicator(self, cast, sign_in, synergy, indicator, sent, value, unit):
        answer = sign_in(cast.alice).post(page(synergy, indicator), typed(**sent))
        assert answer.status_code == 302, answer.content.decode()[-1]
        impact = Impact.objects.get()
        assert (impact.value, impact.unit) == (Decimal(value), unit)
        assert impact.declared_by == "Alice Test"

    def test_savings_are_those_of_a_party_and_may_be_a_loss(self, cast, sign_in, synergy):
        client = sign_in(cast.alice)
        assert client.post(page(synergy, "savings"), typed(value="-8", unit="kEUR")).status_code == 422
        sent = typed(value="-8", unit="kEUR", beneficiary=str(cast.farm.uuid))
        assert client.post(page(synergy, "savings"), sent).status_code == 302
        impact = Impact.objects.get()
        assert (impact.value, impact.beneficiary) == (Decimal(-8), cast.farm)
        assert "perte" in impact.warning

    def test_an_uncertainty_makes_an_interval(self, cast):
        found = declared(indicator="waste_avoided", value=Decimal(200), unit="t", state="realised", uncertainty_pct=Decimal(10))
        assert (found.result.low, found.result.high) == (180, 220)

    @pytest.mark.parametrize("indicator", [code for code in ImpactIndicator.values if code != "co2_avoided"])
    def test_each_indicator_has_its_page(self, cast, sign_in, synergy, indicator):
        assert sign_in(cast.alice).get(page(synergy, indicator)).status_code == 200

    def test_an_unknown_indicator_asks_which(self, cast, sign_in, synergy):
        text = sign_in(cast.alice).get(page(synergy, "rien")).content.decode()
        assert "Que voulez-vous chiffrer" in text
        assert 'id="calcul"' not in text


class TestExpected:
    def test_the_yearly_quantity_becomes_waste_avoided_and_virgin_matter_once(self, cast, sign_in, synergy):
        client = sign_in(cast.alice)
        for _turn in range(2):
            assert client.post(page(synergy, name="impact_expect")).status_code == 302
        assert set(Impact.objects.values_list("indicator", "value", "state", "year")) == {
            ("waste_avoided", 300, "expected", YEAR),
            ("virgin_substituted", 300, "expected", YEAR),
        }
        assert JournalEntry.objects.filter(kind="impact").count() == 2

    def test_a_skill_gives_no_tonne(self, cast):
        synergy = synergy_of(*grains(cast), family="skill", yearly_quantity=10, yearly_unit="h")
        with pytest.raises(BusinessError):
            services.expect_quantities(actor=cast.alice, synergy=synergy)


class TestCorrecting:
    def test_the_form_comes_back_with_what_was_typed(self, cast, sign_in, synergy, factors):
        client = sign_in(cast.alice)
        client.post(page(synergy, "co2_avoided"), co2_form(factors, distance_km="12,5", by_road="1"))
        impact = Impact.objects.get()
        form = client.get(page(synergy, name="impact_edit", impact_uuid=impact.uuid)).context["form"]
        assert form.initial["distance_km"] == Decimal("12.5")
        assert form.initial["by_road"] == "1"
        assert form.initial["avoided_production"] == "test.vierge@V-test"
        assert form.initial["quantity"] == 300

    def test_a_newer_factor_does_not_change_a_stored_figure(self, cast, sign_in, synergy, factors):
        client = sign_in(cast.alice)
        client.post(page(synergy, "co2_avoided"), co2_form(factors))
        factor("test.vierge", "material_virgin", "999", "kgCO2e/t", version="V-test-2")
        impact = Impact.objects.get()
        assert impact.value == Decimal("155.61")
        text = client.get(page(synergy, name="impact_edit", impact_uuid=impact.uuid)).content.decode()
        assert 'value="test.vierge@V-test"' in text
        assert 'value="test.vierge@V-test-2"' in text

    def test_correcting_works_it_out_again_and_drops_the_verification(self, cast, sign_in, synergy):
        client = sign_in(cast.alice)
        client.post(page(synergy, "waste_avoided"), typed(value="10", unit="t"))
        Impact.objects.update(verified_by="Bureau Témoin", verified_on=timezone.localdate())
        impact = Impact.objects.get()
        where = page(synergy, name="impact_edit", impact_uuid=impact.uuid)
        assert client.post(where, typed(version=1, value="12", unit="t")).status_code == 302
        impact.refresh_from_db()
        assert (impact.value, impact.verified_by, impact.version) == (12, "", 2)
        stale = client.post(where, typed(version=1, value="15", unit="t"))
        assert stale.status_code == 409
        assert "Version enregistrée entre-temps" in stale.content.decode()
        assert 'value="15"' in stale.content.decode()

    def test_a_figure_is_taken_away_once(self, cast, sign_in, synergy):
        client = sign_in(cast.alice)
        client.post(page(synergy, "waste_avoided"), typed(value="10", unit="t"))
        impact = Impact.objects.get()
        where = page(synergy, name="impact_remove", impact_uuid=impact.uuid)
        assert client.post(where, {"version": 7}).status_code == 302
        assert Impact.objects.exists()
        client.post(where, {"version": 1})
        assert not Impact.objects.exists()
        assert client.post(where, {"version": 1}).status_code == 404

    def test_a_stale_removal_is_refused(self, cast, synergy):
        impact = services.expect_quantities(actor=cast.alice, synergy=synergy)[0]
        with pytest.raises(StaleVersion):
            services.remove_impact(actor=cast.alice, impact=impact, version=9)

    def test_states_are_shown_apart_and_never_added(self, cast, sign_in, synergy):
        client = sign_in(cast.alice)
        for state, value in (("expected", "111"), ("realised", "222")):
            client.post(page(synergy, "waste_avoided"), typed(state=state, value=value, unit="t"))
        text = client.get(reverse("synergies:synergy_detail", args=["demarche-a", synergy.uuid])).content.decode()
        text = re.sub(r"<[^>]+>", " ", text)  # what is read: addresses and keys hold random digits
        assert "111" in text
        assert "222" in text
        assert "333" not in text
