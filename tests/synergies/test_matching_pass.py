"""A pass over a démarche: whole, repeatable, respectful of what people decided; and the same answer around one flow."""

import os
import random
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from operations import jobs
from operations.models import AuditEntry, Job
from operations.services import enqueue
from synergies.enums import Detection, LeadState, Provenance
from synergies.models import Flow, Lead, LeadFlow, Match, MatchingPass
from synergies.services import matching
from synergies.services.lead_proposals import LEADS_PER_FLOW, of_name, small
from synergies.services.matching import compute, publish, refresh_for_flow, run_pass
from tests.cast import establishment
from tests.synergies.sheets import flow_at, grains, group_of_needs

pytestmark = pytest.mark.django_db


def picture(demarche) -> dict:
    """Every lead of the engine as people see it."""
    leads = Lead.objects.in_demarche(demarche)
    return {lead.pair_key: (lead.state, lead.title, round(lead.score, 6), lead.kind) for lead in leads}


class TestPass:
    def test_an_offer_and_a_need_of_one_resource_become_a_numbered_lead_to_sort(self, cast):
        grains(cast)
        run_pass(demarche=cast.a)
        lead = Lead.objects.get()
        assert (lead.number, lead.state, lead.kind) == (1, LeadState.NEW, "substitution")
        assert lead.title == "Drêches de brasserie de Brasserie Exemple vers Élevage Modèle"
        assert lead.detection == Detection.SYSTEMATIC
        assert 0.45 <= lead.score <= 1
        assert lead.yearly_quantity == 300, "ce que les deux côtés permettent"
        assert lead.distance_km == pytest.approx(8.0, abs=0.5)
        assert set(lead.lead_flows.values_list("flow__direction", flat=True)) == {"offer", "need"}

    def test_a_flow_estimated_by_sector_makes_a_deductive_lead(self, cast):
        offer, _need = grains(cast)
        Flow.objects.filter(pk=offer.pk).update(provenance=Provenance.SECTOR)
        run_pass(demarche=cast.a)
        assert Lead.objects.get().detection == Detection.DEDUCTIVE

    def test_two_flows_of_one_site_never_meet(self, cast):
        flow_at(cast.brewery, "offer", "matter.beverage.brewers_grains")
        flow_at(cast.brewery, "need", "matter.beverage.brewers_grains")
        run_pass(demarche=cast.a)
        assert not Lead.objects.exists()

    def test_flows_of_another_demarche_are_left_alone(self, cast):
        flow_at(cast.brewery, "offer", "matter.beverage.brewers_grains")
        flow_at(cast.elsewhere, "need", "matter.beverage.brewers_grains")
        run_pass(demarche=cast.a)
        assert not Lead.objects.exists()

    def test_drafts_archived_flows_and_closed_sites_are_left_aside(self, cast):
        _offer, need = grains(cast)
        Flow.objects.filter(pk=need.pk).update(state="draft")
        run_pass(demarche=cast.a)
        assert not Lead.objects.exists()
        Flow.objects.filter(pk=need.pk).update(state="active")
        type(cast.farm).objects.filter(pk=cast.farm.pk).update(closed_on=timezone.localdate())
        run_pass(demarche=cast.a)
        assert not Lead.objects.exists()

    def test_running_it_twice_changes_nothing(self, cast):
        grains(cast)
        group_of_needs(cast, 4)
        run_pass(demarche=cast.a)
        first = picture(cast.a)
        numbers = set(Lead.objects.values_list("number", flat=True))
        run_pass(demarche=cast.a)
        assert picture(cast.a) == first
        assert set(Lead.objects.values_list("number", flat=True)) == numbers
        assert MatchingPass.objects.filter(is_current=True).count() == 1
        assert set(Match.objects.values_list("matching_pass__is_current", flat=True)) == {True}

    def test_a_refused_pair_stays_refused_and_a_kept_one_kept(self, cast):
        grains(cast)
        run_pass(demarche=cast.a)
        for state in (LeadState.REFUSED, LeadState.KEPT):
            Lead.objects.update(state=state, refusal_reason="trust")
            run_pass(demarche=cast.a)
            assert Lead.objects.get().state == state

    def test_a_lead_whose_flow_went_is_put_aside_then_comes_back_with_its_number(self, cast):
        _offer, need = grains(cast)
        run_pass(demarche=cast.a)
        Flow.objects.filter(pk=need.pk).update(state="archived")
        run_pass(demarche=cast.a)
        assert Lead.objects.get().state == LeadState.GONE
        Flow.objects.filter(pk=need.pk).update(state="active")
        run_pass(demarche=cast.a)
        assert (Lead.objects.get().state, Lead.objects.get().number) == (LeadState.NEW, 1)

    def test_a_postponed_lead_comes_back_on_its_day_only(self, cast):
        grains(cast)
        run_pass(demarche=cast.a)
        today = timezone.localdate()
        Lead.objects.update(state=LeadState.POSTPONED, postponed_until=today + timedelta(days=1))
        run_pass(demarche=cast.a)
        assert Lead.objects.get().state == LeadState.POSTPONED
        Lead.objects.update(postponed_until=today)
        run_pass(demarche=cast.a)
        assert Lead.objects.get().state == LeadState.NEW

    def test_a_lead_noted_by_hand_is_never_put_aside(self, cast):
        Lead.objects.create(
            demarche=cast.a, number=7, kind="substitution", detection="empirical", title="Idée", family="matter", pair_key="h"
        )
        run_pass(demarche=cast.a)
        assert Lead.objects.get().state == LeadState.NEW

    def test_a_need_sought_by_forty_offers_shows_few_leads_per_flow(self, cast):
        flow_at(cast.farm, "need", "matter.beverage.brewers_grains")
        for rank in range(8):
            site = establishment(cast.a, f"Brasserie {rank}", latitude=49.3 + rank / 100, longitude=4.1)
            for _copy in range(5):
                flow_at(site, "offer", "matter.beverage.brewers_grains")
        for rank in range(5):
            site = establishment(cast.a, f"Ferme {rank}", latitude=49.35, longitude=4.2 + rank / 100)
            flow_at(site, "need", "matter.beverage.brewers_grains")
        run_pass(demarche=cast.a)
        pairs = Lead.objects.filter(kind="substitution").count()
        assert 0 < pairs <= (40 + 6) * LEADS_PER_FLOW
        assert pairs < 40 * 6

    def test_the_same_need_at_four_sites_is_one_lead_that_follows_its_members(self, cast):
        sites = group_of_needs(cast, 4)
        run_pass(demarche=cast.a)
        lead = Lead.objects.get()
        assert lead.kind == "mutualisation"
        assert lead.title.endswith("4 établissements")
        group_of_needs(cast, 1, start=len(sites))
        run_pass(demarche=cast.a)
        lead = Lead.objects.get()
        assert lead.title.endswith("5 établissements")
        assert lead.lead_flows.count() == 5

    def test_a_refused_group_does_not_return_with_one_member_more(self, cast):
        group_of_needs(cast, 4)
        run_pass(demarche=cast.a)
        Lead.objects.update(state=LeadState.REFUSED, refusal_reason="organisation")
        group_of_needs(cast, 1, start=4)
        run_pass(demarche=cast.a)
        assert Lead.objects.get().state == LeadState.REFUSED

    def test_a_failure_while_publishing_leaves_the_former_pass_whole(self, cast, monkeypatch):
        grains(cast)
        former = run_pass(demarche=cast.a)
        before, matches = picture(cast.a), set(Match.objects.values_list("pk", flat=True))
        group_of_needs(cast, 4)

        def broken(*args, **kwargs):
            raise RuntimeError("coupure")

        monkeypatch.setattr(matching, "record", broken)
        with pytest.raises(RuntimeError):
            run_pass(demarche=cast.a)
        assert picture(cast.a) == before
        assert set(Match.objects.values_list("pk", flat=True)) == matches
        assert MatchingPass.objects.get(is_current=True).pk == former.pk

    def test_a_flow_saved_while_the_pass_was_computed_is_not_forgotten(self, cast):
        _offer, need = grains(cast)
        found = compute(cast.a)
        Flow.objects.filter(pk=need.pk).update(state="archived", version=2)
        late = flow_at(cast.bakery, "need", "matter.beverage.brewers_grains")
        publish(demarche=cast.a, found=found)
        assert Lead.objects.get(lead_flows__flow=need).state == LeadState.GONE
        assert Lead.objects.get(lead_flows__flow=late).state == LeadState.NEW

    def test_the_pass_is_told_in_the_trail(self, cast):
        grains(cast)
        run_pass(demarche=cast.a, actor=cast.alice)
        entry = AuditEntry.objects.get(verb="matching.published")
        assert (entry.actor, entry.data["created"]) == (cast.alice, 1)


class TestAroundOneFlow:
    @pytest.mark.parametrize("seed", range(4) if os.environ.get("BOUCLES_FULL") else [1])
    def test_saving_flows_one_by_one_gives_the_leads_of_a_full_pass(self, cast, seed):
        chance = random.Random(seed)
        sites = [
            establishment(cast.a, f"Site {rank}", latitude=49 + chance.random(), longitude=4 + chance.random())
            for rank in range(9)
        ]
        flows = []
        for _turn in range(30):
            flow = flow_at(
                chance.choice(sites),
                chance.choice(["offer", "need"]),
                chance.choice(["matter.beverage.brewers_grains", "matter.beverage.ddgs"]),
                yearly_quantity=chance.randrange(10, 900),
                yearly_unit="t",
            )
            flows.append(flow)
            refresh_for_flow(flow)
        for flow in chance.sample(flows, 6):
            Flow.objects.filter(pk=flow.pk).update(state=chance.choice(["archived", "active"]), yearly_quantity=50)
            refresh_for_flow(Flow.objects.get(pk=flow.pk))
        alive = {key: seen for key, seen in picture(cast.a).items() if seen[0] == LeadState.NEW and key.startswith("sub")}
        groups = Lead.objects.filter(kind="mutualisation", state=LeadState.NEW)
        members = {frozenset(lead.lead_flows.values_list("flow_id", flat=True)) for lead in groups}
        ranks = set(Match.objects.values_list("offer_id", "need_id", "rank"))
        Lead.objects.all().delete()
        run_pass(demarche=cast.a)
        assert {key: seen for key, seen in picture(cast.a).items() if key.startswith("sub")} == alive
        groups = Lead.objects.filter(kind="mutualisation")
        assert {frozenset(lead.lead_flows.values_list("flow_id", flat=True)) for lead in groups} == members
        assert set(Match.objects.values_list("offer_id", "need_id", "rank")) == ranks

    def test_a_flow_put_away_takes_its_lead_with_it(self, cast):
        offer, _need = grains(cast)
        refresh_for_flow(offer)
        assert Lead.objects.get().state == LeadState.NEW
        Flow.objects.filter(pk=offer.pk).update(state="archived")
        refresh_for_flow(Flow.objects.get(pk=offer.pk))
        assert Lead.objects.get().state == LeadState.GONE
        assert not Match.objects.exists()

    def test_a_group_that_loses_its_third_member_is_put_aside(self, cast):
        group_of_needs(cast, 3)
        run_pass(demarche=cast.a)
        flow = LeadFlow.objects.first().flow
        Flow.objects.filter(pk=flow.pk).update(state="archived")
        refresh_for_flow(Flow.objects.get(pk=flow.pk))
        assert Lead.objects.get().state == LeadState.GONE

    def test_a_refused_pair_does_not_return_when_its_flow_is_saved(self, cast):
        offer, _need = grains(cast)
        refresh_for_flow(offer)
        Lead.objects.update(state=LeadState.REFUSED, refusal_reason="technical")
        refresh_for_flow(offer)
        assert Lead.objects.get().state == LeadState.REFUSED

    def test_it_asks_the_database_no_more_when_the_demarche_grows(self, cast, django_assert_max_num_queries):
        offer, _need = grains(cast)
        for rank in range(20):
            site = establishment(cast.a, f"Ferme {rank}", latitude=49.35, longitude=4.2 + rank / 100)
            flow_at(site, "need", "matter.beverage.brewers_grains")
        run_pass(demarche=cast.a)
        with django_assert_max_num_queries(30):
            refresh_for_flow(offer)


class TestAsWork:
    def test_the_job_publishes_and_leads_to_the_list(self, cast):
        grains(cast)
        job = enqueue(
            kind="synergies.run_matching", key="m", title="Recherche", arguments={}, actor=cast.alice, demarche=cast.a
        )
        assert jobs.run(job.pk)
        job = Job.objects.get(pk=job.pk)
        assert job.state == "done"
        assert job.result["url"] == "/d/demarche-a/pistes/"
        assert Lead.objects.count() == 1
        assert MatchingPass.objects.get(is_current=True).job == job

    @pytest.mark.parametrize("name", ["gaelle", "denis", "chloe"])
    def test_the_job_is_refused_to_who_has_lost_the_right(self, cast, name):
        grains(cast)
        job = enqueue(kind="synergies.run_matching", key="m", title="x", arguments={}, actor=cast.people[name], demarche=cast.a)
        assert not jobs.run(job.pk)
        assert not Lead.objects.exists()

    def test_the_command_runs_one_demarche(self, cast, capsys):
        grains(cast)
        call_command("run_matching", demarche="demarche-a")
        assert "2 flux, 1 rapprochements" in capsys.readouterr().out
        with pytest.raises(CommandError):
            call_command("run_matching", demarche="inconnue")


@pytest.mark.parametrize(
    ("label", "inside"), [("Big-bags", "big-bags"), ("GNR", "GNR"), ("CO2 liquide", "CO2 liquide"), ("Eau tiède", "eau tiède")]
)
def test_a_label_inside_a_sentence_starts_small_unless_it_is_an_acronym(label, inside):
    assert small(label) == inside


@pytest.mark.parametrize(
    ("name", "said"), [("Usine Témoin", "d’Usine Témoin"), ("Brasserie", "de Brasserie"), ("Élevage", "d’Élevage")]
)
def test_names_are_elided_as_french_asks(name, said):
    assert of_name(name) == said
