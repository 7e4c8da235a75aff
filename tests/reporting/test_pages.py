"""Dashboard and indicators: a page for each role, at a fixed price."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from reporting import queries
from reporting.models import Target
from synergies.models import Synergy
from tests.reporting import factories

BUDGET = 12


def url(name, slug="demarche-a", **more) -> str:
    return reverse(f"reporting:{name}", kwargs={"slug": slug, **more})


def text_of(client, address) -> str:
    page = client.get(address)
    assert page.status_code == 200
    return page.content.decode()


@pytest.fixture
def lived_in(cast):
    factories.populate(cast.a)
    return cast


class TestWhoReadsTheDashboard:
    @pytest.mark.parametrize("name", ["alice", "gaelle", "denis", "edith"])
    def test_team_elected_and_partner_have_one(self, lived_in, sign_in, name):
        assert sign_in(lived_in.people[name]).get(url("dashboard")).status_code == 200

    def test_a_company_has_not(self, cast, sign_in):
        assert sign_in(cast.bob).get(url("dashboard")).status_code == 403

    @pytest.mark.parametrize("name", ["chloe", "farid", "omar"])
    def test_outside_it_does_not_exist(self, cast, sign_in, name):
        assert sign_in(cast.people[name]).get(url("dashboard")).status_code == 404

    def test_nobody_enters_without_signing_in(self, cast, client):
        assert client.get(url("dashboard")).status_code == 302

    @pytest.mark.parametrize("name", ["alice", "denis", "edith"])
    def test_an_empty_demarche_has_its_page_too(self, cast, sign_in, name):
        assert sign_in(cast.people[name]).get(url("dashboard")).status_code == 200


class TestWhatItSays:
    def test_titles_conclude(self, lived_in, sign_in):
        text = text_of(sign_in(lived_in.alice), url("dashboard"))
        assert "8 établissements engagés sur 27" in text
        assert "Une synergie sur 4 va jusqu’à la mise en œuvre" in text

    def test_the_bottleneck_and_the_reasons_are_told(self, lived_in, sign_in):
        text = text_of(sign_in(lived_in.alice), url("dashboard"))
        assert "est le plus difficile" in text
        assert "5 synergies abandonnées, d’abord pour un motif économique" in text

    def test_every_chart_has_its_sentence_and_its_table(self, lived_in, sign_in):
        text = text_of(sign_in(lived_in.alice), url("dashboard"))
        assert text.count('role="img" aria-label=') >= text.count('<figure class="chart panel">') > 5
        assert text.count("Voir le tableau") == text.count('<figure class="chart panel">')

    def test_a_loss_is_shown_with_its_sign(self, cast, sign_in):
        exchange = factories.synergy(cast.a, [cast.bakery, cast.farm], "running")
        factories.impact(exchange, "co2_avoided", "-2")
        assert '<span class="lost">−2</span>' in text_of(sign_in(cast.alice), url("dashboard"))

    def test_states_are_never_added(self, cast, sign_in):
        exchange = factories.synergy(cast.a, [cast.bakery, cast.farm], "running")
        for state, value in (("realised", "111"), ("expected", "222"), ("potential", "333")):
            factories.impact(exchange, value=value, state=state)
        text = text_of(sign_in(cast.alice), url("dashboard"))
        assert all(f">{value}</td>" in text for value in ("111", "222", "333"))
        assert not any(f"{total}\u00a0t" in text for total in (444, 555, 666))

    def test_a_colleague_does_not_count_what_rests_on_a_private_flow(self, cast, sign_in):
        secret = factories.flow(cast.bakery, confidentiality="private")
        hidden = factories.synergy(cast.a, [cast.bakery, cast.farm], "running", flows=[secret])
        factories.impact(hidden, value="98765")
        assert "98 765" in text_of(sign_in(cast.alice), url("dashboard")).replace("\u202f", " ")
        assert "98 765" not in text_of(sign_in(cast.gaelle), url("dashboard")).replace("\u202f", " ")

    def test_the_elected_reads_one_sentence_three_figures_a_success_and_a_risk(self, lived_in, sign_in):
        lived_in.a.ends_on, lived_in.a.synergies_target = date(2026, 12, 31), 40
        lived_in.a.save()
        text = text_of(sign_in(lived_in.denis), url("dashboard"))
        assert "4 synergies fonctionnent sur 40 attendues" in text
        assert text.count('class="fig fig--l"') == 3
        assert "Sciures de menuiserie vers litière animale" in text
        assert "Synergies en fonctionnement\u00a0: 4, quand il en faudrait" in text

    def test_the_elected_never_sees_the_name_of_a_private_synergy(self, cast, sign_in):
        secret = factories.flow(cast.bakery, confidentiality="private")
        hidden = factories.synergy(
            cast.a, [cast.bakery, cast.farm], "running", flows=[secret], title="Canari secret", started_on=date(2026, 2, 1)
        )
        factories.journal(hidden, "running", date(2026, 2, 1))
        factories.impact(hidden, value="98765")
        text = text_of(sign_in(cast.denis), url("dashboard")).replace("\u202f", " ")
        assert "Canari secret" not in text
        assert "98 765" not in text

    def test_a_partner_reads_no_small_cell(self, cast, sign_in):
        exchange = factories.synergy(cast.a, [cast.bakery, cast.farm], "running")
        factories.impact(exchange, value="98765")
        text = text_of(sign_in(cast.edith), url("dashboard")).replace("\u202f", " ")
        assert "98 765" not in text
        assert "donnée protégée" in text

    def test_a_partner_reads_a_total_that_rests_on_enough_sites(self, lived_in, sign_in):
        text = text_of(sign_in(lived_in.edith), url("dashboard")).replace("\u202f", " ")
        assert "1 280" in text

    def test_figures_of_another_demarche_are_not_counted(self, cast, sign_in):
        for rank in range(4):
            exchange = factories.synergy(cast.b, [factories.site(cast.b, f"Ailleurs {rank}")], "running")
            factories.impact(exchange, value="77777")
        text = text_of(sign_in(cast.alice), url("dashboard"))
        assert "Aucune synergie suivie" in text
        assert "77777" not in text.replace("\u202f", "")
        assert "311108" not in text.replace("\u202f", "")  # four times 77,777


class TestPrice:
    @pytest.mark.parametrize("name", ["alice", "denis", "edith"])
    def test_the_dashboard_costs_the_same_at_2_and_60_sites(self, cast, sign_in, name):
        client = sign_in(cast.people[name])
        factories.populate(cast.a, sites=6)
        few = self._queries(client, url("dashboard"))
        factories.populate(cast.a, sites=60)
        many = self._queries(client, url("dashboard"))
        assert few == many
        assert many <= BUDGET

    @pytest.mark.parametrize("name", ["indicator_list", "report_list", "report_create"])
    def test_the_other_pages_are_within_the_budget(self, lived_in, sign_in, name):
        assert self._queries(sign_in(lived_in.alice), url(name)) <= BUDGET

    @staticmethod
    def _queries(client, address) -> int:
        client.get(address)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        return len([query for query in captured if "SAVEPOINT" not in query["sql"]])


class TestIndicators:
    def test_values_are_those_of_the_demarche(self, lived_in, sign_in):
        values = queries.indicator_values(demarche=lived_in.a, on=date(2026, 11, 23))
        assert values == {"operational_synergies": 4, "recurrent_synergies": 1, "engaged_companies": 8}
        assert "Aucune cible fixée" in text_of(sign_in(lived_in.alice), url("indicator_list"))

    def test_the_manager_sets_a_target_and_reads_the_score(self, lived_in, sign_in, time_machine):
        time_machine.move_to("2026-11-23 10:00:00+01:00")
        client = sign_in(lived_in.alice)
        answer = client.post(url("indicator_list"), {"code": "eci_18", "value": "5"})
        assert answer.status_code == 302
        text = text_of(client, url("indicator_list"))
        assert "score 0,80 sur 1" in text

    def test_a_target_may_be_removed(self, cast, sign_in):
        client = sign_in(cast.alice)
        client.post(url("indicator_list"), {"code": "eci_19", "value": "5"})
        client.post(url("indicator_list"), {"code": "eci_19", "value": ""})
        assert not Target.objects.exists()

    @pytest.mark.parametrize("value", ["-3", "0", "beaucoup"])
    def test_a_target_that_means_nothing_is_refused_and_kept_on_the_page(self, cast, sign_in, value):
        answer = sign_in(cast.alice).post(url("indicator_list"), {"code": "eci_18", "value": value})
        assert answer.status_code == 422
        assert f'value="{value}"' in answer.content.decode()
        assert not Target.objects.exists()

    def test_an_unknown_indicator_is_refused(self, cast, sign_in):
        assert sign_in(cast.alice).post(url("indicator_list"), {"code": "inconnu", "value": "3"}).status_code == 422

    @pytest.mark.parametrize("name", ["gaelle", "denis"])
    def test_others_read_without_setting(self, cast, sign_in, name):
        client = sign_in(cast.people[name])
        assert "Enregistrer" not in text_of(client, url("indicator_list"))
        assert client.post(url("indicator_list"), {"code": "eci_18", "value": "5"}).status_code == 403

    @pytest.mark.parametrize(("name", "status"), [("edith", 403), ("bob", 403), ("chloe", 404)])
    def test_some_do_not_read_them(self, cast, sign_in, name, status):
        assert sign_in(cast.people[name]).get(url("indicator_list")).status_code == status


def test_one_query_gives_the_same_funnel_as_the_funnel_alone(lived_in):
    synergies = Synergy.objects.in_demarche(lived_in.a)
    picture = queries.synergy_picture(synergies)
    assert picture.funnel == queries.stage_funnel(synergies)
    assert picture.by_stage == queries.stage_counts(synergies)
    assert picture.reasons == queries.stop_reasons(synergies)


def test_the_two_curves_are_the_same_read_together_or_apart(lived_in):
    period = {"demarche": lived_in.a, "start": date(2025, 1, 1), "end": date(2026, 11, 23)}
    assert queries.both_by_month(**period) == (queries.engaged_by_month(**period), queries.running_by_month(**period))
