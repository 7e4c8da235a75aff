"""A documentary démarche shows what its sources say, and lets nothing be added to it."""

import pytest
from django.urls import reverse

from synergies.models import Synergy
from tests.synergies.sheets import grains, synergy_of

pytestmark = pytest.mark.django_db
HOME = ["demarche-a"]


@pytest.fixture
def synergy(cast) -> Synergy:
    type(cast.a).objects.filter(pk=cast.a.pk).update(is_documentary=True)
    return synergy_of(*grains(cast), stage="running", source_note="Le Sillon, https://revue.example/article")


def test_the_list_tells_no_date_next_step_nor_delay_of_its_own(sign_in, cast, synergy):
    page = sign_in(cast.gaelle).get(reverse("synergies:synergy_list", args=HOME)).content.decode()
    assert "1 échange documenté" in page
    assert "depuis le" not in page
    assert "Prochaine action" not in page
    assert "En retard" not in page


def test_the_sheet_passes_no_stage_and_asks_for_nothing(sign_in, cast, synergy):
    page = sign_in(cast.gaelle).get(reverse("synergies:synergy_detail", args=[*HOME, synergy.uuid])).content.decode()
    assert "Fiche documentaire" in page
    assert 'href="https://revue.example/article"' in page
    for overstated in ("Étapes de la synergie", "accord à demander", "ouverte le", "Et maintenant", "Approche "):
        assert overstated not in page


def test_a_synergy_followed_here_keeps_its_stages_and_its_next_step(sign_in, cast):
    synergy = synergy_of(*grains(cast), stage="running")
    page = sign_in(cast.gaelle).get(reverse("synergies:synergy_detail", args=[*HOME, synergy.uuid])).content.decode()
    assert "Étapes de la synergie" in page
    assert "Et maintenant" in page


@pytest.mark.parametrize("name", ["synergy_note", "synergy_next_step", "synergy_stage"])
def test_nothing_is_added_to_it_even_by_the_charge_de_mission(sign_in, cast, synergy, name):
    answer = sign_in(cast.alice).post(reverse(f"synergies:{name}", args=[*HOME, synergy.uuid]), {"text": "Un mot"})
    assert answer.status_code == 403
    assert not synergy.journal.exists()
