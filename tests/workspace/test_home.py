"""Home answers « que dois-je faire cette semaine ? » before anything else."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from synergies.models import Synergy
from workspace.agenda import SHOWN, build_week

TODAY = datetime.date(2026, 11, 23)
HOME = ["demarche-a"]


def synergy(cast, number: int, **fields) -> Synergy:
    values = {
        "demarche": cast.a,
        "number": number,
        "kind": "substitution",
        "detection": "systematic",
        "title": f"Drêches {number}",
        "family": "matter",
        "stage": "study",
        "stage_since": TODAY,
        "opened_on": TODAY,
        "last_activity_on": TODAY,
    }
    return Synergy.objects.create(**values | fields)


def titles(tasks) -> list[str]:
    return [task.title for task in tasks]


def week_of(cast, user=None):
    return build_week(user=user or cast.alice, demarche=cast.a, today=TODAY)


def test_a_step_past_its_date_is_late_and_says_by_how_much(cast):
    synergy(cast, 1, next_step="Rappeler", next_step_due=TODAY - datetime.timedelta(days=6))
    week = week_of(cast)
    assert titles(week.late) == ["Rappeler"]
    assert week.late[0].side == "En retard de 6 jours"
    assert week.todo == []


def test_a_step_due_within_seven_days_is_for_this_week_and_a_later_one_is_not(cast):
    synergy(cast, 1, next_step="Demain", next_step_due=TODAY + datetime.timedelta(days=1))
    synergy(cast, 2, next_step="Dans un mois", next_step_due=TODAY + datetime.timedelta(days=30))
    assert titles(week_of(cast).todo) == ["Demain"]


def test_a_step_without_a_date_is_still_for_this_week(cast):
    synergy(cast, 1, next_step="Trouver un troisième participant")
    assert titles(week_of(cast).todo) == ["Trouver un troisième participant"]


def test_what_others_owe_is_shown_apart_with_the_days_waited(cast):
    since = TODAY - datetime.timedelta(days=7)
    synergy(cast, 1, next_step="Recevoir le devis", waiting_on="le bureau d’études", last_activity_on=since)
    week = week_of(cast)
    assert titles(week.waiting) == ["Recevoir le devis"]
    assert week.waiting[0].side == "Attendu, 7 j"


def test_silence_is_noticed_by_stage_and_a_stopped_synergy_rests(cast):
    long_ago = TODAY - datetime.timedelta(days=22)
    synergy(cast, 1, title="Muette", last_activity_on=long_ago)
    synergy(cast, 2, title="En service", stage="running", last_activity_on=long_ago)
    synergy(cast, 3, title="Abandonnée", stage="dropped", stop_reason="trust", last_activity_on=long_ago)
    assert titles(week_of(cast).todo) == ["Relancer : Muette"]


def test_a_long_week_is_read_at_a_glance_and_nothing_is_lost(cast):
    for number in range(1, 15):
        synergy(cast, number, next_step=f"Étape {number}", next_step_due=TODAY - datetime.timedelta(days=number))
    group = week_of(cast).groups[0]
    assert len(group["first"]) == SHOWN["late"]
    assert len(group["first"]) + len(group["rest"]) == 14
    assert group["first"][0].title == "Étape 14", "le plus ancien d’abord"


def test_another_demarche_s_week_stays_there(cast):
    synergy(cast, 1, demarche=cast.b, next_step="Chez les autres", next_step_due=TODAY)
    assert week_of(cast).is_empty


@pytest.mark.parametrize(
    ("person", "lands_on"),
    [("bob", "synergies:flow_list"), ("denis", "reporting:dashboard"), ("edith", "reporting:dashboard")],
)
def test_each_role_lands_on_its_own_page(sign_in, cast, person, lands_on):
    response = sign_in(cast.people[person]).get(reverse("workspace:home", args=HOME))
    assert response.url == reverse(lands_on, args=HOME)


def test_a_documentary_demarche_has_no_week_and_opens_on_its_published_synergies(sign_in, cast):
    type(cast.a).objects.filter(pk=cast.a.pk).update(is_documentary=True)
    response = sign_in(cast.gaelle).get(reverse("workspace:home", args=HOME))
    assert response.url == reverse("synergies:synergy_list", args=HOME)


def test_an_empty_demarche_says_what_to_do_first(sign_in, cast):
    page = sign_in(cast.alice).get(reverse("workspace:home", args=HOME)).content.decode()
    assert reverse("actors:import", args=HOME) in page
    assert "Aucune synergie suivie" in page


def test_the_home_page_costs_the_same_with_two_synergies_or_fifty(sign_in, cast):
    client, costs = sign_in(cast.alice), []
    client.get(reverse("workspace:home", args=HOME))  # the first visit writes "last seen"
    for first, last in ((1, 3), (3, 51)):
        for number in range(first, last):
            synergy(cast, number, next_step="Rappeler", next_step_due=TODAY, next_step_owner=cast.gaelle)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(reverse("workspace:home", args=HOME)).status_code == 200
        costs.append(sum("SAVEPOINT" not in query["sql"] for query in queries))
    assert costs[0] == costs[1] <= 12


def test_several_demarches_are_offered_and_one_is_opened_at_once(sign_in, cast):
    assert sign_in(cast.alice).get(reverse("workspace:start")).url == reverse("workspace:home", args=HOME)
    response = sign_in(cast.farid).get(reverse("workspace:start"), follow=True)
    assert "Démarche B" in response.content.decode()


def test_the_theme_is_kept_and_never_leads_elsewhere(client, db):
    response = client.post(reverse("workspace:theme"), {"theme": "dark", "next": "https://ailleurs.example/"})
    assert response.url == "/"
    assert response.cookies["theme"].value == "dark"


def test_the_running_synergies_of_the_home_are_those_of_the_dashboard(cast, sign_in):
    """One that started and was dropped since runs no more."""
    synergy(cast, 1, stage="running", furthest_stage="running", started_on=TODAY)
    synergy(cast, 2, stage="dropped", furthest_stage="running", started_on=TODAY, stop_reason="economic")
    goals = sign_in(cast.alice).get(reverse("workspace:home", args=HOME)).context["goals"]
    assert {str(goal["label"]): goal["value"] for goal in goals}["Synergies en fonctionnement"] == 1
