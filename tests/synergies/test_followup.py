"""Following a synergy: dates of stages, reasons of stops, journal, conflicts, and what each role reads."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from eit_platform.common.exceptions import BusinessError, StaleVersion
from operations.models import AuditEntry
from synergies.models import Impact, JournalEntry, Synergy, SynergyParty
from synergies.services import followup as services
from tests.synergies.sheets import flow_at, grains, synergy_of, yesterday

pytestmark = pytest.mark.django_db
BEER = "Drêches de Brasserie Exemple vers Élevage Modèle"


def url(name, synergy=None, slug="demarche-a") -> str:
    return reverse(f"synergies:{name}", args=[slug, synergy.uuid] if synergy else [slug])


@pytest.fixture
def synergy(cast) -> Synergy:
    month_ago = timezone.localdate() - timedelta(days=30)
    return synergy_of(
        *grains(cast), title=BEER, opened_on=month_ago, stage_since=month_ago, last_activity_on=month_ago,
        yearly_quantity=300, yearly_unit="t",
    )  # fmt: skip


def again(synergy: Synergy) -> Synergy:
    return Synergy.objects.get(pk=synergy.pk)


class TestStages:
    def test_moving_forward_dates_the_stage_and_the_journal(self, cast, synergy):
        services.move_stage(actor=cast.alice, synergy=synergy, version=1, stage="qualified", on=yesterday(), note="Visite")
        moved = again(synergy)
        assert (moved.stage, moved.stage_since, moved.furthest_stage, moved.version) == (
            "qualified", yesterday(), "qualified", 2,
        )  # fmt: skip
        assert moved.last_activity_on == timezone.localdate()
        line = moved.journal.get()
        assert (line.from_stage, line.to_stage, line.text, line.author) == ("lead", "qualified", "Visite", cast.alice)

    def test_running_is_the_first_exchange_and_going_back_keeps_the_furthest(self, cast, synergy):
        services.move_stage(actor=cast.alice, synergy=synergy, version=1, stage="running", on=yesterday())
        services.move_stage(actor=cast.alice, synergy=synergy, version=2, stage="study")
        moved = again(synergy)
        assert (moved.stage, moved.furthest_stage, moved.started_on) == ("study", "running", yesterday())
        services.move_stage(actor=cast.alice, synergy=moved, version=3, stage="sustained")
        assert again(synergy).started_on == yesterday()

    def test_jumping_to_sustained_also_starts_it(self, cast, synergy):
        services.move_stage(actor=cast.alice, synergy=synergy, version=1, stage="sustained")
        assert again(synergy).started_on == timezone.localdate()

    @pytest.mark.parametrize(
        ("stage", "days", "words"),
        [("dropped", 0, "six étapes"), ("rien", 0, "six étapes"), ("study", 1, "à venir"), ("study", -31, "a été ouverte")],
    )
    def test_impossible_moves_are_refused(self, cast, synergy, stage, days, words):
        on = timezone.localdate() + timedelta(days=days)
        with pytest.raises(BusinessError, match=words):
            services.move_stage(actor=cast.alice, synergy=synergy, version=1, stage=stage, on=on)
        assert again(synergy).version == 1

    def test_moving_to_the_stage_in_hand_writes_nothing(self, cast, synergy):
        services.move_stage(actor=cast.alice, synergy=synergy, version=1, stage="lead")
        assert not JournalEntry.objects.exists()


class TestStops:
    def test_dropping_needs_a_reason(self, cast, synergy, sign_in):
        with pytest.raises(BusinessError, match="huit raisons"):
            services.stop_synergy(actor=cast.alice, synergy=synergy, version=1, stage="dropped", reason="")
        answer = sign_in(cast.alice).post(url("synergy_stop", synergy), {"arret-version": 1, "arret-stop": "dropped"})
        assert answer.status_code == 422
        assert again(synergy).stage == "lead"

    def test_a_pause_comes_back_to_its_stage_and_a_drop_ends_it(self, cast, synergy):
        services.move_stage(actor=cast.alice, synergy=synergy, version=1, stage="negotiation")
        services.stop_synergy(actor=cast.alice, synergy=synergy, version=2, stage="paused", reason="calendar")
        services.stop_synergy(actor=cast.alice, synergy=synergy, version=3, stage="dropped", reason="economic", note="Prix")
        stopped = again(synergy)
        assert (stopped.stage, stopped.stop_reason, stopped.resume_stage) == ("dropped", "economic", "negotiation")
        assert stopped.ended_on == timezone.localdate()
        services.resume_synergy(actor=cast.alice, synergy=stopped, version=4)
        resumed = again(synergy)
        assert (resumed.stage, resumed.stop_reason, resumed.ended_on) == ("negotiation", "", None)
        assert "économique. Prix" in [line.text for line in resumed.journal.all()]

    def test_a_stopped_synergy_moves_only_once_resumed(self, cast, synergy):
        services.stop_synergy(actor=cast.alice, synergy=synergy, version=1, stage="dropped", reason="trust")
        with pytest.raises(BusinessError, match="reprenez"):
            services.move_stage(actor=cast.alice, synergy=synergy, version=2, stage="study")
        with pytest.raises(BusinessError, match="reprenez"):
            services.set_next_step(actor=cast.alice, synergy=synergy, version=2, text="Appeler")

    def test_what_runs_is_not_resumed_nor_stopped_otherwise(self, cast, synergy):
        with pytest.raises(BusinessError):
            services.resume_synergy(actor=cast.alice, synergy=synergy, version=1)
        with pytest.raises(BusinessError):
            services.stop_synergy(actor=cast.alice, synergy=synergy, version=1, stage="study", reason="trust")


class TestNextStep:
    def test_it_says_what_who_and_when(self, cast, synergy):
        due = timezone.localdate() + timedelta(days=7)
        services.set_next_step(
            actor=cast.alice, synergy=synergy, version=1, text="Visiter", owner=cast.gaelle, due=due, waiting_on="la brasserie"
        )
        kept = again(synergy)
        assert (kept.next_step, kept.next_step_owner, kept.next_step_due, kept.waiting_on) == (
            "Visiter", cast.gaelle, due, "la brasserie",
        )  # fmt: skip
        services.complete_next_step(actor=cast.alice, synergy=kept, version=2)
        done = again(synergy)
        assert (done.next_step, done.next_step_owner, done.next_step_due, done.waiting_on) == ("", None, None, "")
        assert "Fait\xa0: Visiter" in [line.text for line in done.journal.all()]

    @pytest.mark.parametrize("name", ["bob", "denis", "chloe"])
    def test_its_owner_is_of_the_team(self, cast, synergy, name):
        with pytest.raises(BusinessError, match="équipe"):
            services.set_next_step(actor=cast.alice, synergy=synergy, version=1, text="x", owner=cast.people[name])

    def test_nothing_is_done_when_nothing_was_to_do(self, cast, synergy):
        with pytest.raises(BusinessError):
            services.complete_next_step(actor=cast.alice, synergy=synergy, version=1)
        with pytest.raises(BusinessError):
            services.set_next_step(actor=cast.alice, synergy=synergy, version=1, text="  ")

    def test_the_second_writer_sees_both_versions_and_loses_nothing(self, cast, sign_in, synergy):
        services.set_next_step(actor=cast.gaelle, synergy=synergy, version=1, text="Appeler la brasserie")
        sent = {"version": 1, "next_step": "Écrire à l’éleveur"}
        client = sign_in(cast.alice)
        answer = client.post(url("synergy_next_step", synergy), sent)
        text = answer.content.decode()
        assert answer.status_code == 409
        assert "Appeler la brasserie" in text
        assert "Écrire à l’éleveur" in text
        assert again(synergy).next_step == "Appeler la brasserie"
        assert 'name="version" value="2"' in text, "envoyer de nouveau remplace en connaissance de cause"
        with pytest.raises(StaleVersion):
            services.move_stage(actor=cast.alice, synergy=again(synergy), version=1, stage="study")

    def test_the_same_form_sent_twice_writes_once(self, cast, sign_in, synergy):
        client = sign_in(cast.alice)
        sent = {"version": 1, "next_step": "Appeler", "idempotency_key": "k"}
        assert {client.post(url("synergy_next_step", synergy), sent).status_code for _turn in range(2)} == {302}
        assert synergy.journal.count() == 1


class TestPages:
    def test_the_manager_moves_a_synergy_through_its_page(self, cast, sign_in, synergy):
        client = sign_in(cast.alice)
        due = (timezone.localdate() + timedelta(days=5)).isoformat()
        step = {"version": 1, "next_step": "Visiter", "next_step_owner": str(cast.gaelle.uuid), "next_step_due": due}
        assert client.post(url("synergy_next_step", synergy), step).status_code == 302
        today = timezone.localdate().isoformat()
        stage = {"etape-version": 2, "etape-stage": "qualified", "etape-on": today, "etape-note": "Accord de principe"}
        assert client.post(url("synergy_stage", synergy), stage).status_code == 302
        note = {"note-text": "Bonne humeur", "note-on": today}
        assert client.post(url("synergy_note", synergy), note).status_code == 302
        assert client.post(url("synergy_next_step", synergy), {"version": 3, "action": "done"}).status_code == 302
        stop = {"arret-version": 4, "arret-stop": "paused", "arret-reason": "calendar"}
        assert client.post(url("synergy_stop", synergy), stop).status_code == 302
        assert client.post(url("synergy_resume", synergy), {"version": 5}).status_code == 302
        text = client.get(url("synergy_detail", synergy)).content.decode()
        for words in ("Accord de principe", "Bonne humeur", "Gaëlle Test", "Fait\xa0: Visiter", "Qualifiée"):
            assert words in text
        assert AuditEntry.objects.filter(verb__startswith="synergy.").count() == 6

    @pytest.mark.parametrize(
        ("verb", "sent"),
        [
            ("synergy_stage", {"etape-version": 1, "etape-stage": "study", "etape-on": "2999-01-01", "etape-note": "Gardé"}),
            ("synergy_note", {"note-text": "Gardé", "note-on": "2999-01-01"}),
            ("synergy_next_step", {"version": 1, "next_step": "", "waiting_on": "Gardé"}),
            ("synergy_stop", {"arret-version": 1, "arret-stop": "paused", "arret-note": "Gardé"}),
        ],
    )
    def test_a_refusal_keeps_what_was_typed(self, cast, sign_in, synergy, verb, sent):
        answer = sign_in(cast.alice).post(url(verb, synergy), sent)
        assert answer.status_code == 422
        assert "Gardé" in answer.content.decode()
        assert again(synergy).version == 1

    @pytest.mark.parametrize("verb", ["synergy_next_step", "synergy_resume"])
    def test_a_broken_version_is_told(self, cast, sign_in, synergy, verb):
        client = sign_in(cast.alice)
        services.set_next_step(actor=cast.alice, synergy=synergy, version=1, text="x")
        if verb == "synergy_resume":
            services.stop_synergy(actor=cast.alice, synergy=synergy, version=2, stage="paused", reason="trust")
        answer = client.post(url(verb, synergy), {"version": "abc", "action": "done"}, follow=True)
        assert "Quelqu’un a enregistré" in answer.content.decode()

    def test_what_a_stage_usually_knows_is_asked_not_imposed(self, cast, sign_in, synergy):
        Synergy.objects.update(yearly_quantity=None)
        services.move_stage(actor=cast.alice, synergy=again(synergy), version=1, stage="qualified")
        text = sign_in(cast.alice).get(url("synergy_detail", synergy)).content.decode()
        assert "Aucune prochaine action n’est notée." in text
        assert "Aucune quantité annuelle n’est connue." in text

    def test_the_list_filters_by_stage_family_words_and_lateness(self, cast, sign_in, synergy):
        flow = flow_at(cast.bakery, "offer", "matter.beverage.brewers_grains")
        synergy_of(flow, title="Pain rassis", stage="dropped", stop_reason="economic", furthest_stage="study")
        late = synergy_of(flow, title="Chaleur du four", family="energy", next_step="Chiffrer", next_step_due=yesterday())
        client = sign_in(cast.alice)

        def shown(**query) -> set[str]:
            text = client.get(url("synergy_list"), query).content.decode()
            return {title for title in (BEER, "Pain rassis", "Chaleur du four") if title in text}

        assert shown() == {BEER, "Chaleur du four"}
        assert shown(stage="toutes") == {BEER, "Pain rassis", "Chaleur du four"}
        assert shown(stage="dropped") == {"Pain rassis"}
        assert shown(family="energy") == {"Chaleur du four"}
        assert shown(late="on") == {"Chaleur du four"}
        assert shown(q="BRASSERIE") == {BEER}
        assert shown(q="zzz") == set()
        assert f"en retard, {late.next_step_due:%d/%m/%Y}" in client.get(url("synergy_list")).content.decode()

    def test_fifty_synergies_cost_what_two_do(self, cast, sign_in, django_assert_max_num_queries):
        offer, need = grains(cast)
        client = sign_in(cast.alice)
        for rank in range(60):
            synergy = synergy_of(offer, need, title=f"Synergie témoin {rank}.", next_step="x", next_step_owner=cast.alice)
            if rank in (1, 59):
                client.get(url("synergy_list"))
                with django_assert_max_num_queries(12):
                    page = client.get(url("synergy_list"))
        assert "témoin 59." in page.content.decode()
        assert "témoin 3." in client.get(url("synergy_list"), {"page": page.context["page"].next_cursor}).content.decode()
        with django_assert_max_num_queries(12):
            assert client.get(url("synergy_detail", synergy)).status_code == 200


class TestWhoReads:
    @pytest.mark.parametrize(
        ("name", "listed", "opened"),
        [
            ("alice", 200, 200),
            ("gaelle", 200, 200),
            ("denis", 200, 404),
            ("bob", 200, 404),
            ("edith", 403, 403),
            ("chloe", 404, 404),
        ],
    )
    def test_a_synergy_in_the_making_is_the_teams(self, cast, sign_in, synergy, name, listed, opened):
        client = sign_in(cast.people[name])
        answer = client.get(url("synergy_list"))
        assert answer.status_code == listed
        assert (BEER in answer.content.decode()) == (opened == 200)
        assert client.get(url("synergy_detail", synergy)).status_code == opened

    @pytest.mark.parametrize("verb", ["synergy_stage", "synergy_stop", "synergy_resume", "impact_create", "impact_expect"])
    @pytest.mark.parametrize("name", ["gaelle", "denis", "bob", "edith"])
    def test_only_the_manager_moves_it(self, cast, sign_in, synergy, name, verb):
        Synergy.objects.update(stage="running")
        assert sign_in(cast.people[name]).post(url(verb, synergy), {}).status_code == 403
        assert again(synergy).version == 1

    @pytest.mark.parametrize("name", ["denis", "bob", "edith"])
    def test_notes_and_next_steps_are_the_teams(self, cast, sign_in, synergy, name):
        for verb in ("synergy_note", "synergy_next_step"):
            assert sign_in(cast.people[name]).post(url(verb, synergy), {"note-text": "x"}).status_code == 403

    def test_the_elected_member_reads_what_runs_without_forms_nor_journal(self, cast, sign_in, synergy):
        Synergy.objects.update(stage="running", next_step="Secret de l’équipe")
        services.add_note(actor=cast.alice, synergy=synergy, text="Note interne")
        Impact.objects.create(
            demarche=cast.a,
            synergy=synergy,
            indicator="waste_avoided",
            state="realised",
            year=2025,
            value=280,
            unit="t",
            method="m",
        )
        client = sign_in(cast.denis)
        assert BEER in client.get(url("synergy_list")).content.decode()
        text = client.get(url("synergy_detail", synergy)).content.decode()
        assert "Élevage Modèle" in text
        assert "280" in text
        for words in ("Note interne", "Secret de l’équipe", "Changer d’étape", "Drêches du brassin", "impacts/nouveau"):
            assert words not in text
        assert not re.search(r"\b420\s*t\b", text), "la quantité du flux n’est pas celle d’un impact"

    def test_a_private_flow_hides_its_synergy_from_a_colleague_count_and_title_alike(self, cast, sign_in, synergy):
        synergy.parties.get(role="giver").flow.__class__.objects.filter(direction="offer").update(confidentiality="private")
        Synergy.objects.update(stage="running")
        for person in (cast.gaelle, cast.denis):
            client = sign_in(person)
            text = client.get(url("synergy_list")).content.decode()
            assert BEER not in text
            assert "Aucune synergie en service" in text
            assert client.get(url("synergy_detail", synergy)).status_code == 404

    def test_a_company_reads_its_own_after_its_agreement_the_other_side_masked_until_it_agrees(self, cast, sign_in):
        offer = flow_at(cast.bakery, "offer", "matter.beverage.brewers_grains", label="Pain de la veille")
        need = flow_at(cast.farm, "need", "matter.beverage.brewers_grains", label="Recherche discrète")
        title = "Pain de Boulangerie Fictive vers Élevage Modèle"
        synergy = synergy_of(offer, need, title=title, next_step="Appeler Élevage Modèle")
        client = sign_in(cast.bob)
        assert client.get(url("synergy_detail", synergy)).status_code == 404
        parties = SynergyParty.objects.filter(synergy=synergy)
        parties.filter(establishment=cast.bakery).update(agreed_at=timezone.now())
        for page in (url("synergy_list"), url("synergy_list") + "?q=lev", url("synergy_detail", synergy)):
            text = client.get(page).content.decode()
            assert "Élevage Modèle" not in text
            assert "Synergie\xa01" in text or "Synergie 1" in text
        assert "Boulangerie Fictive" in text
        assert "Recherche discrète" not in text
        parties.update(agreed_at=timezone.now())
        text = client.get(url("synergy_detail", synergy)).content.decode()
        assert title in text
        for words in ("Recherche discrète", "Appeler", "Journal", "Changer d’étape"):
            assert words not in text

    def test_a_company_cannot_sound_out_titles_by_searching(self, cast, sign_in):
        offer = flow_at(cast.bakery, "offer", "matter.beverage.brewers_grains")
        synergy = synergy_of(offer, title="Vers Élevage Modèle")
        synergy.parties.update(agreed_at=timezone.now())
        client = sign_in(cast.bob)
        assert client.get(url("synergy_list"), {"q": "zzz"}).context["page"].rows == [synergy]
        assert client.get(url("synergy_list"), {"late": "on"}).context["page"].rows == [synergy]
