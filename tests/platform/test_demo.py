"""The demonstration: loaded once for all these tests, inside a transaction that is taken back."""

import datetime
import io
from collections import Counter

import pytest
from allauth.account.models import EmailAddress
from django.apps import apps
from django.contrib.auth.password_validation import validate_password
from django.core.management import CommandError, call_command
from django.db import models, transaction
from django.urls import reverse
from django.utils import timezone
from stdnum.fr import siren as siren_number
from stdnum.fr import siret as siret_number

from actors.models import Contact, Engagement, Establishment, Interaction, Organisation
from eit_platform.common.text import fold
from eit_platform.common.units import to_yearly
from eit_platform.demonstration import accounts, exchanges, loading
from eit_platform.demonstration.days import Days
from eit_platform.demonstration.territory import BAZANCOURT, FICTITIOUS, STRASBOURG
from reporting import queries
from reporting.models import Report
from synergies.enums import ImpactState, LeadState, QuestionnaireState
from synergies.models import Flow, Impact, JournalEntry, Lead, MatchingPass, Questionnaire, Synergy, SynergyParty
from territories.models import Demarche, User

OURS = ("territories", "actors", "synergies", "reporting", "operations")
MARKS = ("exemple", "modele", "temoin", "fictif", "fictive", "imaginaire", "factice")
TO_COME = {"next_step_due", "postponed_until", "available_from", "available_to"}
WRITTEN_NOW = {"created_at", "updated_at"}


@pytest.fixture(scope="module")
def loaded(django_db_setup, django_db_blocker):
    """What the first load printed."""
    with django_db_blocker.unblock(), transaction.atomic():
        output = io.StringIO()
        call_command("demo", stdout=output)
        yield output.getvalue()
        transaction.set_rollback(True)


@pytest.fixture
def ours(loaded, db) -> Demarche:
    return Demarche.objects.get(slug=FICTITIOUS)


@pytest.fixture
def documentary(loaded, db):
    return Demarche.objects.filter(slug__in=[BAZANCOURT, STRASBOURG])


@pytest.fixture
def camille(loaded, db) -> User:
    return User.objects.get(email="camille.exemple@demo.example")


def counts() -> dict[str, int]:
    tables = [model for model in apps.get_models() if model._meta.app_label in OURS]
    return {model._meta.label: model._base_manager.count() for model in tables}


def test_a_second_load_changes_nothing(loaded, db):
    before = counts()
    output = io.StringIO()
    call_command("demo", stdout=output)
    assert counts() == before
    assert "rien n’a changé" in output.getvalue()


def test_every_screen_has_something_to_show(ours):
    def rows(model):
        return model.objects.filter(demarche=ours).count()

    def states(model, name="state"):
        return set(model.objects.filter(demarche=ours).values_list(name, flat=True))

    assert 390 <= rows(Establishment) <= 430
    assert 750 <= rows(Flow) <= 1000
    assert rows(Contact) > 150
    assert rows(Interaction) > 500
    assert rows(Synergy) == 62
    assert rows(JournalEntry) > 150
    assert states(Engagement, "stage") == {"to_contact", "contacted", "met", "engaged", "refused"}
    assert states(Questionnaire) == set(QuestionnaireState.values)
    assert states(Lead) >= {LeadState.NEW, LeadState.KEPT, LeadState.REFUSED, LeadState.POSTPONED}
    assert states(Impact) == set(ImpactState.values)
    assert MatchingPass.objects.filter(demarche=ours, is_current=True).count() == 1


def test_the_funnel_is_that_of_a_real_demarche(ours):
    funnel = queries.stage_funnel(Synergy.objects.filter(demarche=ours))
    assert [row.count for row in funnel] == [62, 30, 17, 9, 6, 2]
    assert [round(row.converted) for row in funnel[:-1]] == [48, 57, 53, 67, 33]
    reasons = Counter(Synergy.objects.filter(demarche=ours, stage="dropped").values_list("stop_reason", flat=True))
    assert len(reasons) >= 5
    assert reasons.most_common(1)[0][0] == "logistic"


def test_the_week_has_late_steps_steps_to_do_and_answers_awaited(ours):
    today = timezone.localdate()
    following = Synergy.objects.filter(demarche=ours).exclude(next_step="")
    assert following.filter(waiting_on="", next_step_due__lt=today).count() >= 3
    week = [today, today + datetime.timedelta(days=7)]
    assert following.filter(waiting_on="", next_step_due__range=week).count() >= 3
    assert following.exclude(waiting_on="").count() >= 3
    late = list(following.filter(waiting_on="", next_step_due__lt=today).values_list("next_step", flat=True))
    assert len(late) == len(set(late))


def test_no_running_exchange_is_forgotten(ours):
    running = Synergy.objects.filter(demarche=ours, stage="running")
    recent = timezone.localdate() - datetime.timedelta(days=90)
    assert running.count() == running.filter(last_activity_on__gte=recent).exclude(next_step="").count() == 4


def test_invented_companies_are_seen_to_be_invented(ours):
    organisations = Organisation.objects.filter(demarche=ours)
    for name in organisations.values_list("name", flat=True):
        assert any(mark in fold(name) for mark in MARKS), name
    numbers = [number for number in organisations.values_list("siren", flat=True) if number]
    assert len(numbers) > 350
    assert all(number.startswith("000") and siren_number.is_valid(number) for number in numbers)
    sirets = Establishment.objects.filter(demarche=ours).values_list("siret", flat=True)
    assert all(siret.startswith("000") and siret_number.is_valid(siret) for siret in sirets)
    assert all(email.endswith(".example") for email in Contact.objects.values_list("email", flat=True))


def test_nothing_is_invented_about_real_companies(documentary):
    assert documentary.count() == 2
    assert all(demarche.is_documentary and demarche.starts_on is None for demarche in documentary)
    for model in (Contact, Interaction, Engagement, Lead, Impact, Questionnaire, Report):
        assert not model.objects.filter(demarche__in=documentary).exists(), model.__name__
    assert not Organisation.objects.filter(demarche__in=documentary).exclude(siren="").exists()
    sites = Establishment.objects.filter(demarche__in=documentary)
    unknown = {"siret": "", "foreign_number": "", "address": "", "headcount": None, "opened_on": None, "surface_m2": None}
    assert sites.filter(**unknown).count() == sites.count() == 17
    flows = Flow.objects.filter(demarche__in=documentary)
    unknown = {"quantity": None, "monthly_profile": None, "waste_code": None, "present_cost": None, "temperature_c": None}
    assert flows.filter(provenance="public", **unknown).count() == flows.count() > 20
    synergies = Synergy.objects.filter(demarche__in=documentary)
    unknown = {"started_on": None, "ended_on": None, "yearly_quantity": None, "next_step": "", "stop_reason": ""}
    assert synergies.filter(**unknown).count() == synergies.count() == 20
    assert not SynergyParty.objects.filter(demarche__in=documentary, agreed_at__isnull=False).exists()


def test_documented_synergies_cite_their_source_and_say_when_they_were_entered(documentary):
    for synergy in Synergy.objects.filter(demarche__in=documentary):
        assert "http" in synergy.source_note, synergy.title
        assert synergy.opened_on == synergy.stage_since == timezone.localdate()
        assert "n’est pas documentée" in synergy.journal.get().text
        assert synergy.parties.exists(), synergy.title


def test_what_a_source_calls_a_project_is_not_shown_as_running(documentary):
    stages = dict(Synergy.objects.filter(demarche__in=documentary).values_list("title", "stage"))
    projects = {"Coproduits de malterie vers l’alimentation", "Pulpe résiduelle vers l’éthanol de deuxième génération"}
    assert {title for title, stage in stages.items() if stage == "lead"} == projects
    assert {stage for title, stage in stages.items() if title not in projects} == {"running"}


def test_every_quantity_gives_its_yearly_figure_by_the_rules_of_the_platform(ours):
    flows = Flow.objects.filter(demarche=ours, quantity__isnull=False).select_related("resource")
    assert flows.count() > 500
    for flow in flows:
        base, density = flow.resource.base_unit, flow.resource.density_t_per_m3
        yearly = to_yearly(flow.quantity, flow.unit, flow.period, base_unit=base, density=density)
        assert (flow.yearly_quantity, flow.yearly_unit) == (yearly.value, yearly.base_unit), flow
        assert flow.monthly_profile is None or abs(sum(flow.monthly_profile) - 1) < 0.001, flow


def test_a_guess_from_the_sector_is_only_a_draft(ours):
    guesses = Flow.objects.filter(demarche=ours, provenance="sector")
    assert guesses.count() > 80
    assert set(guesses.values_list("state", "certainty")) == {("draft", "ratio")}


def test_the_uncomfortable_figure_is_shown(ours):
    worse = Impact.objects.filter(demarche=ours, indicator="co2_avoided", value__lt=0)
    assert worse.exists()
    assert all("émet plus" in impact.warning for impact in worse)


def test_balances_lead_back_to_factors_of_the_table(ours):
    balances = Impact.objects.filter(demarche=ours, indicator="co2_avoided")
    assert balances.count() > 10
    for impact in balances:
        assert impact.factor is not None
        assert all(term["factor"]["source"] for term in impact.terms)


def test_the_report_of_last_year_is_frozen_and_the_draft_of_this_year_waits(ours):
    year = timezone.localdate().year
    frozen = Report.objects.get(demarche=ours, year=year - 1)
    assert (frozen.state, frozen.number) == ("frozen", 1), frozen.job and frozen.job.error
    assert bytes(frozen.pdf.content).startswith(b"%PDF")
    draft = Report.objects.get(demarche=ours, year=year)
    assert (draft.state, draft.origin) == ("draft", "calendar")


def business_days(demarche):
    """Every past date of the démarche, with the name of its column."""
    for model in (Engagement, Interaction, Flow, Synergy, JournalEntry, Contact, Lead, Questionnaire, Impact):
        dates = [field.name for field in model._meta.fields if isinstance(field, models.DateField)]
        names = [name for name in dates if name not in TO_COME | WRITTEN_NOW]
        for row in model.objects.filter(demarche=demarche).values(*names):
            for name, value in row.items():
                if value is not None:
                    day = timezone.localdate(value) if isinstance(value, datetime.datetime) else value
                    yield f"{model.__name__}.{name}", day


def test_all_dates_are_told_from_the_day_of_loading(ours):
    found = list(business_days(ours))
    assert len(found) > 2000
    for name, day in found:
        assert ours.starts_on <= day <= timezone.localdate(), name


def test_stages_follow_one_another(ours):
    for engagement in Engagement.objects.filter(demarche=ours):
        days = [engagement.contacted_on, engagement.met_on, engagement.engaged_on, engagement.driving_since]
        known = [day for day in days if day]
        assert known == sorted(known), engagement.establishment
    for synergy in Synergy.objects.filter(demarche=ours):
        assert synergy.opened_on <= synergy.stage_since <= timezone.localdate(), synergy
        assert synergy.started_on is None or synergy.opened_on <= synergy.started_on, synergy


def test_a_synergy_never_opens_before_its_flows_are_known(ours):
    links = SynergyParty.objects.filter(demarche=ours, synergy__kind="substitution", flow__isnull=False)
    assert links.count() > 90
    for party in links.select_related("synergy", "flow"):
        assert party.flow.provenance_on <= party.synergy.opened_on, party.synergy


@pytest.mark.parametrize("day", ["2024-02-29", "2027-01-01", "2026-08-31", "2026-11-22"])
def test_the_same_day_draws_the_same_companies(loaded, db, day):
    today = datetime.date.fromisoformat(day)

    def drawn():
        draft = loading.draw(Demarche(slug="essai"), Days(today))
        return [
            (site.name, site.establishment.siret, site.engagement.stage, site.engagement.engaged_on) for site in draft.sites
        ]

    first = drawn()
    assert first == drawn()
    assert all(engaged is None or engaged <= today for *_rest, engaged in first)


def test_written_exchanges_are_between_companies_of_the_directory(ours):
    names = set(Establishment.objects.filter(demarche=ours).values_list("name", flat=True))
    for exchange in exchanges.read():
        assert set(exchange.parties) <= names, exchange.key


def test_each_account_signs_in_with_the_printed_password(loaded, db, client):
    output = io.StringIO()
    call_command("demo", "--accounts", stdout=output)
    assert accounts.PASSWORD in output.getvalue()
    assert len(accounts.PASSWORD) >= 14
    validate_password(accounts.PASSWORD)
    for account in accounts.ACCOUNTS:
        assert account.email in output.getvalue()
        assert EmailAddress.objects.get(email=account.email).verified
        client.logout()
        answer = client.post(reverse("account_login"), {"login": account.email, "password": accounts.PASSWORD})
        assert answer.status_code == 302, account.email
        assert "_auth_user_id" in client.session


def test_the_manager_manages_the_fictitious_demarche_and_reads_the_documented_ones(camille):
    roles = dict(camille.memberships.values_list("demarche__slug", "role"))
    assert roles == {FICTITIOUS: "manager", BAZANCOURT: "colleague", STRASBOURG: "colleague"}


def test_the_company_sees_its_own_flows_and_the_synergy_it_agreed_to(ours):
    charlie = User.objects.get(email="charlie.imaginaire@demo.example")
    assert set(Flow.objects.visible_to(charlie).values_list("establishment__name", flat=True)) == {accounts.COMPANY}
    assert Synergy.objects.visible_to(charlie).exists()


def test_the_home_page_of_the_manager_tells_a_week(ours, camille, sign_in):
    page = sign_in(camille).get(reverse("workspace:home", args=[ours.slug])).content.decode()
    assert "actions sont en retard" in page
    assert "Rebuts de cuisson de Biscuiterie Exemple" in page


def test_it_never_loads_where_real_people_work(db, settings):
    settings.DEMO_MAILBOX = False
    with pytest.raises(CommandError, match="production"):
        call_command("demo")
