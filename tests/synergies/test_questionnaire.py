"""The questionnaire: the four flows of a company, kept at each step, resumed, finished or refused."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from actors.models import NafCode, NafDivision
from operations.models import AuditEntry
from synergies.models import AnswerDraft, Flow
from synergies.services.questionnaires import MAX_DRAFTS
from tests.conftest import ReadOnlyGetClient


class Person:
    """Somebody answering, who follows the buttons of the screens."""

    def __init__(self, browser, questionnaire):
        self.browser, self.home = browser, f"/questionnaire/{questionnaire.uuid}/"

    def see(self, path: str = "") -> str:
        answer = self.browser.get(self.home + path)
        assert answer.status_code == 200, (path, answer.status_code)
        return answer.content.decode()

    def post(self, path: str, **data):
        return self.browser.post(self.home + path, data)

    def say(self, section: str, words: str, direction: str = "offer") -> str:
        """Adds a line; gives the path of its next screen."""
        return self._next(self.post(f"{section}/", label=words, direction=direction))

    def fill(self, path: str, **data) -> str:
        return self._next(self.post(path, **data))

    def _next(self, answer) -> str:
        assert answer.status_code == 302, answer.content.decode()[-3000:]
        return answer.url.removeprefix(self.home)


@pytest.fixture
def paule(phone, sent) -> Person:
    """The bakery's person, on a phone, without any account."""
    person = Person(phone, sent)
    person.post("")
    return person


def season(**values) -> dict:
    return {"confidentiality": "demarche"} | values


def quantity(**values) -> dict:
    return {"certainty": "estimated"} | values


def test_the_four_flows_of_the_journey(cast, paule, sent):
    waste = paule.say("trop", "on jette des chutes de bois")
    assert "matter.wood.offcuts" in paule.see(waste)
    waste = paule.fill(waste, resource="matter.wood.offcuts")
    waste = paule.fill(
        waste, **quantity(quantity="3", unit="benne", period="month", waste_code="150103", physical_state="solid")
    )
    assert paule.fill(waste, **season()) == "trop/"

    heat = paule.fill(paule.say("trop", "eau chaude du four"), resource="energy.heat.hot_water_mt")
    assert "Température" in paule.see(heat)
    assert "Code déchet" not in paule.see(heat)
    heat = paule.fill(
        heat, **quantity(quantity="1 200,5", unit="MWh", period="year", temperature_c="85", hours_per_year="4000")
    )
    paule.fill(heat, **season(months=["11", "12", "1"], confidentiality="private"))

    training = paule.fill(paule.say("partage", "formation sécurité à plusieurs", "need"), resource="")
    paule.fill(paule.fill(training, **quantity(quantity="5", unit="jour", period="year")), **season())

    skill = paule.fill(paule.say("partage", "notre responsable énergie"), resource="skill.environment.energy_manager")
    paule.fill(paule.fill(skill, **quantity(quantity="40", unit="h", period="year")), **season(confidentiality="public"))

    wood, water, course, expert = Flow.objects.order_by("number")
    assert (wood.waste_code_id, wood.yearly_quantity, wood.provenance) == ("150103", Decimal("189"), "questionnaire")
    assert (water.temperature_c, water.yearly_quantity, water.hours_per_year) == (Decimal("85"), Decimal("1200.5"), 4000)
    assert [bool(share) for share in water.monthly_profile] == [True, *[False] * 9, True, True]
    assert water.confidentiality == "private"
    assert (course.direction, course.resource, course.yearly_quantity) == ("need", None, Decimal("35"))
    assert (expert.direction, expert.confidentiality, expert.entered_by) == ("offer", "public", None)
    assert {flow.establishment_id for flow in Flow.objects.all()} == {cast.bakery.pk}
    assert {flow.state for flow in Flow.objects.all()} == {"active"}

    assert "Terminer" in paule.see("relecture/")
    assert paule.fill("relecture/") == "merci/"
    assert "4 lignes" in paule.see("merci/").replace("\u00a0", " ")
    sent.refresh_from_db()
    assert sent.state == "finished"
    assert sent.finished_at


def test_each_step_is_kept_and_says_when(paule, sent):
    path = paule.say("trop", "sciure")
    assert "Enregistré à" in paule.see(path)
    paule.fill(path, resource="matter.wood.sawdust")
    draft = AnswerDraft.objects.get()
    assert (draft.values["label"], draft.values["resource"], draft.step) == ("sciure", "matter.wood.sawdust", "quantite")
    paule.fill("ligne/1/quantite/", **quantity(quantity="2,5", unit="t", period="year"))
    assert 'value="2,5"' in paule.see("ligne/1/quantite/")
    assert not Flow.objects.exists()
    sent.refresh_from_db()
    assert sent.state == "started"


def test_going_back_changes_the_same_flow(paule):
    paule.say("trop", "sciure")
    paule.fill("ligne/1/ressource/", resource="matter.wood.sawdust")
    paule.fill("ligne/1/quantite/", **quantity(quantity="2", unit="t", period="year"))
    paule.fill("ligne/1/saison/", **season())
    paule.fill("ligne/1/quantite/", **quantity(quantity="3", unit="t", period="year"))
    flow = Flow.objects.get()
    assert (flow.yearly_quantity, flow.version) == (Decimal(3), 2)
    paule.fill("ligne/1/mots/", label="sciure de chêne", direction="offer")
    assert Flow.objects.get().label == "sciure de chêne"


@pytest.mark.parametrize(
    ("step", "typed", "message"),
    [
        ("quantite", {"quantity": "beaucoup"}, "beaucoup"),
        (
            "quantite",
            {"quantity": "3", "unit": "t", "period": "year", "certainty": "estimated", "waste_code": "999999"},
            "n’existe pas",
        ),
        ("saison", {"months": ["13"], "confidentiality": "demarche"}, "Quels mois"),
        ("saison", {"confidentiality": ""}, "Qui peut voir"),
        ("mots", {"label": "", "direction": "offer"}, "même imprécis"),
        ("mots", {"label": "x" * 201, "direction": "offer"}, "x" * 201),
    ],
)
def test_a_refusal_keeps_what_was_typed_and_stores_nothing(paule, step, typed, message):
    paule.say("trop", "sciure")
    paule.fill("ligne/1/ressource/", resource="matter.wood.sawdust")
    before = AnswerDraft.objects.get().values
    answer = paule.post(f"ligne/1/{step}/", **typed)
    assert answer.status_code == 422
    assert message in answer.content.decode()
    assert 'role="alert"' in answer.content.decode()
    assert AnswerDraft.objects.get().values == before


def test_what_the_flow_would_refuse_is_told_on_the_screen_that_asks_it(paule):
    paule.say("trop", "sciure")
    paule.fill("ligne/1/ressource/", resource="matter.wood.sawdust")
    answer = paule.post("ligne/1/quantite/", **quantity(quantity="3"))
    assert answer.status_code == 422
    assert "Précisez l’unité" in answer.content.decode()
    assert AnswerDraft.objects.get().step == "quantite"


def test_searching_a_code_or_a_resource_needs_no_script_and_keeps_the_rest(paule):
    paule.say("trop", "sciure")
    page = paule.post("ligne/1/ressource/", q="eau chaude", chercher="1").content.decode()
    assert "energy.heat.hot_water" in page
    paule.fill("ligne/1/ressource/", resource="matter.wood.sawdust")
    page = paule.post(
        "ligne/1/quantite/", quantity="2,5", unit="t", period="month", waste_query="emballages bois", chercher="1"
    )
    assert page.status_code == 200
    text = page.content.decode()
    assert 'value="150103"' in text
    assert 'value="2,5"' in text
    assert '<option value="month" selected>' in text
    assert "150103" in paule.see("codes-dechet/?waste_query=150103")
    paule.fill("ligne/1/quantite/", **quantity(waste_code="", waste_query="15 01 03"))
    assert AnswerDraft.objects.get().values["waste_code"] == "15 01 03"


def test_the_same_screen_sent_twice_makes_one_line(paule):
    for _ in range(2):
        paule.post("trop/", label="sciure", direction="offer", idempotency_key="cle-de-cet-ecran")
    assert AnswerDraft.objects.count() == 1


def test_a_line_taken_back_archives_its_flow(paule):
    paule.say("trop", "sciure")
    paule.fill("ligne/1/ressource/", resource="")
    paule.fill("ligne/1/quantite/", **quantity())
    paule.fill("ligne/1/saison/", **season())
    assert paule.fill("ligne/1/retirer/") == "trop/"
    assert not AnswerDraft.objects.exists()
    assert Flow.objects.get().state == "archived"


def test_a_line_begun_counts_for_what_it_says(paule):
    paule.say("trop", "sciure")
    paule.fill("relecture/")
    flow = Flow.objects.get()
    assert (flow.label, flow.yearly_quantity, flow.state) == ("sciure", None, "active")


def test_an_empty_questionnaire_does_not_finish(paule, sent):
    answer = paule.post("relecture/")
    assert answer.status_code == 422
    assert "Rien n’est encore noté" in answer.content.decode()
    assert paule.browser.get(f"{paule.home}merci/").status_code == 302


@pytest.fixture
def carpentry(cast):
    """The bakery, for once, is a carpentry: its activity has a profile."""
    division, _ = NafDivision.objects.get_or_create(code="16", defaults={"label": "Bois", "section": "C"})
    code, _ = NafCode.objects.get_or_create(
        code="16.23Z", defaults={"label": "Menuiserie", "folded_label": "menuiserie", "division": division}
    )
    cast.bakery.naf = code
    cast.bakery.save()


def test_the_sector_proposes_and_nothing_counts_until_confirmed(carpentry, paule):
    page = paule.see("trop/")
    assert 'name="proposed" value="offer:matter.wood' in page
    code = page.split('name="proposed" value="')[1].split('"')[0]
    assert paule.fill("trop/", proposed=code) == "ligne/1/quantite/"
    assert AnswerDraft.objects.get().values["certainty"] == "estimated"
    assert f'value="{code}"' not in paule.see("trop/"), "already there, not proposed again"
    assert paule.post("relecture/").status_code == 422
    assert not Flow.objects.exists()
    paule.fill("ligne/1/quantite/", **quantity())
    paule.fill("ligne/1/saison/", **season())
    assert Flow.objects.get().resource_id == code.split(":")[1]


def test_a_proposal_nobody_made_is_not_added(paule):
    assert paule.post("trop/", proposed="offer:n.importe.quoi").status_code == 422
    assert paule.post("trop/", proposed="ailleurs:matter.wood.sawdust").status_code == 422
    assert not AnswerDraft.objects.exists()


def test_refusing_for_good_is_heard(paule, sent):
    assert "C’est noté" in paule.post("refus/", reason="pas le temps", for_good="on").content.decode()
    sent.refresh_from_db()
    sent.contact.refresh_from_db()
    assert (sent.state, sent.refusal_reason) == ("refused", "pas le temps")
    assert sent.contact.unsubscribed_at
    assert AuditEntry.objects.filter(verb="questionnaire.refused").count() == 1


def test_refusing_once_leaves_the_contact_alone_and_can_be_taken_back(paule, sent):
    paule.post("refus/", reason="")
    sent.contact.refresh_from_db()
    assert sent.contact.unsubscribed_at is None
    paule.post("")
    sent.refresh_from_db()
    assert (sent.state, sent.refused_at) == ("opened", None)


def test_sixty_lines_are_the_most(paule, sent):
    AnswerDraft.objects.bulk_create(
        AnswerDraft(demarche_id=sent.demarche_id, questionnaire=sent, position=rank, step="fini", values={})
        for rank in range(1, MAX_DRAFTS + 1)
    )
    answer = paule.post("trop/", label="une de plus", direction="offer")
    assert answer.status_code == 422
    assert "une de plus" in answer.content.decode()


@pytest.mark.parametrize("path", ["ailleurs/", "ligne/1/ailleurs/"])
def test_a_screen_that_does_not_exist_is_not_found(paule, path):
    paule.say("trop", "sciure")
    assert paule.browser.get(paule.home + path).status_code == 404


def test_screens_are_labelled_and_carry_no_inline_script_or_style(paule):
    paule.say("trop", "sciure")
    paule.fill("ligne/1/ressource/", resource="matter.wood.sawdust")
    steps = [f"ligne/1/{step}/" for step in ("mots", "ressource", "quantite", "saison")]
    for path in ("", "trop/", "besoins/", "partage/", "relecture/", "refus/", "code/", *steps):
        page = paule.see(path)
        assert page.count("<h1") == 1, path
        assert " style=" not in page
        assert "<style" not in page
        assert "<script>" not in page
        assert "onclick" not in page
        for part in page.split("<textarea ")[1:]:
            control = part.split('id="')[1].split('"')[0]
            assert f'for="{control}"' in page, (path, control)


def test_a_screen_costs_the_same_whatever_was_answered(paule, sent):
    paule.say("trop", "sciure")
    paule.say("trop", "copeaux")
    paule.see("trop/")

    def cost(path):
        with CaptureQueriesContext(connection) as queries:
            paule.see(path)
        return len(queries)

    few = {path: cost(path) for path in ("trop/", "relecture/", "")}
    for rank in range(40):
        paule.say("trop", f"lot {rank}")
    assert {path: cost(path) for path in few} == few
    assert max(few.values()) <= 12


def test_the_manager_sees_the_answers_in_the_campaign(cast, paule, sent, campaign):
    paule.say("trop", "sciure")
    paule.fill("relecture/")
    manager = ReadOnlyGetClient()
    manager.force_login(cast.alice)
    page = manager.get(f"/d/demarche-a/campagnes/{campaign.uuid}/").content.decode()
    assert "Terminé" in page
    assert "sciure" in manager.get(f"/d/demarche-a/flux/?etablissement={cast.bakery.uuid}").content.decode()
