"""Leads: who sees which, why, and what deciding does."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from eit_platform.common.exceptions import BusinessError, StaleVersion
from operations.models import AuditEntry, Job
from synergies.enums import LeadState, PartyRole
from synergies.models import Flow, Lead, MatchingPass, Synergy
from synergies.services import leads as services
from synergies.services.matching import run_pass
from tests.cast import establishment
from tests.synergies.sheets import flow_at, grains, group_of_needs, lead_of

pytestmark = pytest.mark.django_db
SECRET = "Solvant rarissime"


def url(name, lead=None, slug="demarche-a") -> str:
    return reverse(f"synergies:{name}", args=[slug, lead.uuid] if lead else [slug])


@pytest.fixture
def lead(cast) -> Lead:
    grains(cast)
    run_pass(demarche=cast.a)
    return Lead.objects.get()


class TestWhoSees:
    @pytest.mark.parametrize(
        ("name", "status"), [("alice", 200), ("gaelle", 200), ("bob", 403), ("denis", 403), ("edith", 403), ("chloe", 404)]
    )
    def test_leads_are_the_teams(self, cast, sign_in, lead, name, status):
        client = sign_in(cast.people[name])
        assert client.get(url("lead_list")).status_code == status
        assert client.get(url("lead_detail", lead)).status_code == status

    @pytest.mark.parametrize("name", ["gaelle", "bob", "denis", "edith", "chloe"])
    def test_only_the_manager_decides_searches_and_notes(self, cast, sign_in, lead, name):
        client = sign_in(cast.people[name])
        refusal = 404 if name == "chloe" else 403
        assert client.post(url("lead_decide", lead), {"decision": "keep", "version": 1}).status_code == refusal
        assert client.post(url("lead_search")).status_code == refusal
        assert client.post(url("lead_create"), {"title": "x"}).status_code == refusal
        assert not Synergy.objects.exists()
        assert not Job.objects.exists()

    def test_a_lead_of_another_demarche_is_not_found_under_ours(self, cast, sign_in, lead):
        assert sign_in(cast.chloe).get(url("lead_detail", lead, slug="demarche-b")).status_code == 404

    def test_a_lead_on_a_private_flow_is_neither_shown_nor_counted_to_a_colleague(self, cast, sign_in, lead):
        Flow.objects.filter(direction="offer").update(confidentiality="private", label=SECRET)
        client = sign_in(cast.gaelle)
        text = client.get(url("lead_list")).content.decode()
        assert lead.title not in text
        assert "Aucune piste à trier" in text
        assert client.get(url("lead_detail", lead)).status_code == 404
        assert lead.title in sign_in(cast.alice).get(url("lead_list")).content.decode()


class TestList:
    def test_what_is_to_sort_comes_first_and_filters_narrow_it(self, cast, sign_in, lead):
        group_of_needs(cast, 3)
        run_pass(demarche=cast.a)
        client = sign_in(cast.alice)
        assert "2 pistes à trier" in client.get(url("lead_list")).content.decode().replace("\xa0", " ")
        only = client.get(url("lead_list"), {"kind": "mutualisation"}).content.decode()
        assert lead.title not in only
        assert "3 établissements" in only
        assert lead.title not in client.get(url("lead_list"), {"etat": "gardees"}).content.decode()
        nothing = client.get(url("lead_list"), {"family": "land", "score": "75"}).content.decode()
        assert "Aucune piste ne répond à ces filtres" in nothing

    def test_a_postponed_lead_whose_day_has_come_is_to_sort_again(self, cast, sign_in, lead):
        Lead.objects.update(state=LeadState.POSTPONED, postponed_until=timezone.localdate())
        assert lead.title in sign_in(cast.alice).get(url("lead_list")).content.decode()
        Lead.objects.update(postponed_until=timezone.localdate() + timedelta(days=1))
        assert lead.title not in sign_in(cast.alice).get(url("lead_list")).content.decode()

    def test_htmx_gets_the_list_alone(self, cast, sign_in, lead):
        page = sign_in(cast.alice).get(url("lead_list"), HTTP_HX_REQUEST="true").content.decode()
        assert page.lstrip().startswith('<div id="pistes"')

    def test_fifty_leads_cost_what_two_do(self, cast, sign_in, django_assert_max_num_queries):
        offer, need = grains(cast)
        client = sign_in(cast.alice)
        for rank in range(60):
            lead_of(offer, need, title=f"Piste témoin {rank}", score=rank / 100)
            if rank in (1, 59):
                client.get(url("lead_list"))
                with django_assert_max_num_queries(12):
                    page = client.get(url("lead_list"))
        text = page.content.decode()
        assert "Piste témoin 59" in text
        assert "Piste témoin 3<" not in text
        following = page.context["page"].next_cursor
        assert "Piste témoin 3<" in client.get(url("lead_list"), {"page": following}).content.decode()

    def test_the_search_is_asked_once_and_shown(self, cast, sign_in):
        client = sign_in(cast.alice)
        for _turn in range(2):
            assert client.post(url("lead_search")).status_code == 302
        assert Job.objects.get().kind == "synergies.run_matching"
        assert "Recherche en cours" in client.get(url("lead_list")).content.decode()


class TestPage:
    def test_every_part_of_the_score_is_told_with_its_points(self, cast, sign_in, lead, django_assert_max_num_queries):
        client = sign_in(cast.alice)
        client.get(url("lead_detail", lead))
        with django_assert_max_num_queries(12):
            text = client.get(url("lead_detail", lead)).content.decode()
        for words in ("Ressource", "Quantité", "Distance", "Saison", "Fiabilité des données", "Forme et qualité"):
            assert words in text
        for words in ("Même ressource", "420", "Brasserie Exemple", "Élevage Modèle", "Drêches du brassin"):
            assert words in text
        assert 'role="img"' in text, "l’image des douze mois"
        assert f"<strong>{round(100 * lead.score)}</strong>" in text

    def test_what_is_missing_leads_to_the_flow_to_complete(self, cast, sign_in):
        flow_at(cast.brewery, "offer", "matter.beverage.brewers_grains")
        need = flow_at(cast.farm, "need", "matter.beverage.brewers_grains")
        run_pass(demarche=cast.a)
        text = sign_in(cast.alice).get(url("lead_detail", Lead.objects.get())).content.decode()
        assert "Ce qui manque pour se décider" in text
        assert reverse("synergies:flow_edit", args=["demarche-a", need.uuid]) in text

    def test_a_group_shows_its_members_and_its_own_parts(self, cast, sign_in):
        group_of_needs(cast, 4)
        run_pass(demarche=cast.a)
        text = sign_in(cast.alice).get(url("lead_detail", Lead.objects.get())).content.decode()
        for words in ("Atelier 0", "Atelier 3", "Proximité", "Volume", "400"):
            assert words in text

    def test_a_lead_noted_by_hand_says_that_it_has_no_score(self, cast, sign_in):
        lead = services.note_lead(actor=cast.alice, demarche=cast.a, title="Partager un local", family="land", note="Vu lundi")
        text = sign_in(cast.alice).get(url("lead_detail", lead)).content.decode()
        assert "Pas encore de note" in text
        assert "Vu lundi" in text


class TestKeeping:
    def test_keeping_opens_a_synergy_with_giver_and_taker_a_journal_line_and_a_trail(self, cast, lead):
        synergy = services.keep_lead(actor=cast.alice, lead=lead, version=lead.version)
        assert (synergy.stage, synergy.number, synergy.title) == ("lead", 1, lead.title)
        assert synergy.yearly_quantity == 300
        assert {(p.role, p.establishment.name) for p in synergy.parties.all()} == {
            (PartyRole.GIVER, "Brasserie Exemple"),
            (PartyRole.TAKER, "Élevage Modèle"),
        }
        assert synergy.journal.get().author == cast.alice
        assert AuditEntry.objects.filter(verb="synergy.opened").count() == 1
        assert Lead.objects.get().state == LeadState.KEPT

    def test_keeping_twice_gives_the_same_synergy(self, cast, lead):
        first = services.keep_lead(actor=cast.alice, lead=lead, version=lead.version)
        assert services.keep_lead(actor=cast.alice, lead=lead, version=1) == first
        assert Synergy.objects.count() == 1

    def test_a_group_makes_sharers_each_site_once(self, cast):
        sites = group_of_needs(cast, 3)
        flow_at(sites[0], "need", "purchase.group_energy.electricity", yearly_quantity=5, yearly_unit="MWh")
        run_pass(demarche=cast.a)
        synergy = services.keep_lead(actor=cast.alice, lead=Lead.objects.get())
        assert [party.role for party in synergy.parties.all()] == [PartyRole.SHARER] * 3

    def test_the_same_form_sent_twice_leads_to_the_same_place(self, cast, sign_in, lead):
        client = sign_in(cast.alice)
        sent = {"decision": "keep", "version": lead.version, "idempotency_key": "abc"}
        answers = [client.post(url("lead_decide", lead), sent) for _turn in range(2)]
        assert [answer.status_code for answer in answers] == [302, 302]
        assert (
            answers[0].url
            == answers[1].url
            == reverse("synergies:synergy_detail", args=["demarche-a", Synergy.objects.get().uuid])
        )

    def test_keeping_over_somebody_elses_decision_shows_it(self, cast, sign_in, lead):
        services.refuse_lead(actor=cast.gaelle, lead=lead, reason="trust", note="Brouille ancienne")
        answer = sign_in(cast.alice).post(url("lead_decide", lead), {"decision": "keep", "version": 1})
        assert answer.status_code == 409
        assert "écartée" in answer.content.decode()
        assert "Gaëlle" in answer.content.decode()
        assert not Synergy.objects.exists()


class TestPuttingAside:
    def test_refusing_asks_for_one_of_the_eight_reasons_and_keeps_what_was_typed(self, cast, sign_in, lead):
        client = sign_in(cast.alice)
        answer = client.post(url("lead_decide", lead), {"decision": "refuse", "version": 1, "note": "Trop humide"})
        assert answer.status_code == 422
        assert "huit raisons" in answer.content.decode()
        assert "Trop humide" in answer.content.decode()
        sent = {"decision": "refuse", "version": 1, "reason": "technical", "note": "Trop humide"}
        assert client.post(url("lead_decide", lead), sent).status_code == 302
        lead.refresh_from_db()
        assert (lead.state, lead.refusal_reason, lead.refusal_note, lead.decided_by) == (
            LeadState.REFUSED, "technical", "Trop humide", cast.alice,
        )  # fmt: skip

    @pytest.mark.parametrize("days", [0, -1])
    def test_postponing_needs_a_day_to_come(self, cast, lead, days):
        with pytest.raises(BusinessError, match="à venir"):
            services.postpone_lead(actor=cast.alice, lead=lead, until=timezone.localdate() + timedelta(days=days))

    def test_postponing_then_refusing_then_sorting_again_leaves_nothing_behind(self, cast, lead):
        until = timezone.localdate() + timedelta(days=30)
        services.postpone_lead(actor=cast.alice, lead=lead, until=until)
        refused = services.refuse_lead(actor=cast.alice, lead=lead, reason="economic")
        assert refused.postponed_until is None
        again = services.reopen_lead(actor=cast.alice, lead=lead)
        assert (again.state, again.refusal_reason) == (LeadState.NEW, "")
        assert AuditEntry.objects.filter(verb__startswith="lead.").count() == 3

    def test_the_same_refusal_twice_is_one(self, cast, lead):
        for _turn in range(2):
            services.refuse_lead(actor=cast.alice, lead=lead, reason="economic", version=1)
        assert AuditEntry.objects.filter(verb="lead.refused").count() == 1

    def test_a_stale_version_is_refused(self, cast, lead):
        services.postpone_lead(actor=cast.alice, lead=lead, until=timezone.localdate() + timedelta(days=3), version=1)
        with pytest.raises(StaleVersion):
            services.refuse_lead(actor=cast.alice, lead=lead, reason="economic", version=1)

    def test_a_kept_lead_is_refused_no_more(self, cast, lead):
        services.keep_lead(actor=cast.alice, lead=lead)
        with pytest.raises(BusinessError, match="déjà une synergie"):
            services.refuse_lead(actor=cast.alice, lead=lead, reason="economic")

    @pytest.mark.parametrize("version", ["", "x", "9" * 30])
    def test_a_broken_version_is_a_conflict_not_a_fault(self, cast, sign_in, lead, version):
        answer = sign_in(cast.alice).post(url("lead_decide", lead), {"decision": "keep", "version": version})
        assert answer.status_code == 409


class TestNotingByHand:
    def test_a_page_notes_a_lead_tied_to_flows_by_number(self, cast, sign_in):
        offer, need = grains(cast)
        sent = {
            "title": "Drêches fraîches",
            "kind": "substitution",
            "family": "matter",
            "detection": "empirical",
            "offer": offer.number,
            "need": need.number,
        }
        assert sign_in(cast.alice).post(url("lead_create"), sent).status_code == 302
        lead = Lead.objects.get()
        assert lead.lead_flows.count() == 2
        run_pass(demarche=cast.a)
        lead.refresh_from_db()
        assert (lead.title, lead.detection, Lead.objects.count()) == ("Drêches fraîches", "empirical", 1)
        assert lead.score > 0, "la recherche l’a reconnue et notée"

    @pytest.mark.parametrize("field", ["offer", "need"])
    def test_an_unknown_number_is_told_beside_its_field(self, cast, sign_in, field):
        sent = {"title": "x", "kind": "substitution", "family": "matter", "detection": "empirical", field: 99}
        answer = sign_in(cast.alice).post(url("lead_create"), sent)
        assert answer.status_code == 422
        assert "ne porte ce numéro" in answer.content.decode()

    def test_a_pair_already_found_is_named_instead(self, cast, lead):
        flows = tuple(link.flow for link in lead.lead_flows.select_related("flow"))
        with pytest.raises(BusinessError, match="piste 1"):
            services.note_lead(actor=cast.alice, demarche=cast.a, title="Encore", family="matter", flows=flows)

    def test_flows_of_another_demarche_are_refused(self, cast):
        flow = flow_at(cast.elsewhere, "offer", "matter.beverage.brewers_grains")
        with pytest.raises(BusinessError, match="pas de cette démarche"):
            services.note_lead(actor=cast.alice, demarche=cast.a, title="x", family="matter", flows=(flow,))

    @pytest.mark.parametrize("values", [{"title": " "}, {"family": "rien"}, {"kind": "rien"}, {"detection": "rien"}])
    def test_a_lead_says_what_and_of_which_kind(self, cast, values):
        with pytest.raises(BusinessError):
            services.note_lead(**{"actor": cast.alice, "demarche": cast.a, "title": "x", "family": "land"} | values)


def test_the_list_says_when_the_last_search_took_place(cast, sign_in):
    establishment(cast.a, "Seule")
    run_pass(demarche=cast.a)
    assert MatchingPass.objects.get().flow_count == 0
    assert "Tout est trié" in sign_in(cast.alice).get(url("lead_list")).content.decode()


def test_a_synergy_of_a_group_rests_on_the_private_flow_of_a_site_that_has_two(cast):
    """The party keeps one flow of the two: the other would open the synergy to colleagues."""
    shared = flow_at(cast.bakery, "need", "purchase.group_energy.electricity")
    hidden = flow_at(cast.bakery, "need", "purchase.group_energy.electricity", confidentiality="private")
    other = flow_at(cast.farm, "need", "purchase.group_energy.electricity")
    synergy = services.keep_lead(actor=cast.alice, lead=lead_of(shared, hidden, other, kind="mutualisation"))
    assert {party.establishment: party.flow for party in synergy.parties.all()} == {cast.bakery: hidden, cast.farm: other}
    assert not Synergy.objects.visible_to(cast.gaelle).exists()
    assert Synergy.objects.visible_to(cast.alice).get() == synergy
