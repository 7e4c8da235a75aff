"""API of leads and synergies: the same rights and the same masks as the pages."""

import pytest
from django.utils import timezone

from synergies.models import Lead, Synergy
from synergies.services.matching import run_pass
from tests.synergies.sheets import flow_at, grains, lead_of, synergy_of

pytestmark = pytest.mark.django_db
BASE = "/api/v1/demarches/demarche-a"


def send(client, path: str, data: dict, **headers):
    return client.post(f"{BASE}{path}", data, content_type="application/json", **headers)


def test_the_team_reads_leads_with_the_parts_of_their_score(cast, sign_in):
    grains(cast)
    run_pass(demarche=cast.a)
    client = sign_in(cast.gaelle)
    row = client.get(f"{BASE}/leads/?state=new").json()["results"][0]
    assert row["title"] == "Drêches de brasserie de Brasserie Exemple vers Élevage Modèle"
    assert client.get(f"{BASE}/leads/?kind=mutualisation").json()["results"] == []
    full = client.get(f"{BASE}/leads/{row['uuid']}/").json()
    assert set(full["parts"]) == {"resource", "quantity", "distance", "fitness", "season", "freshness"}
    assert {flow["establishment_name"] for flow in full["flows"]} == {"Brasserie Exemple", "Élevage Modèle"}


@pytest.mark.parametrize(("name", "status"), [("bob", 403), ("denis", 403), ("edith", 403), ("chloe", 404), (None, 401)])
def test_leads_are_refused_to_others(cast, sign_in, client, name, status):
    lead = lead_of(*grains(cast))
    caller = sign_in(cast.people[name]) if name else client
    assert caller.get(f"{BASE}/leads/").status_code == status
    assert caller.get(f"{BASE}/leads/{lead.uuid}/").status_code == status
    assert send(caller, f"/leads/{lead.uuid}/keep/", {"version": 1}).status_code == status


def test_keeping_is_the_managers_and_done_once(cast, sign_in):
    lead = lead_of(*grains(cast))
    assert send(sign_in(cast.gaelle), f"/leads/{lead.uuid}/keep/", {"version": 1}).status_code == 403
    client = sign_in(cast.alice)
    assert send(client, f"/leads/{lead.uuid}/keep/", {}).status_code == 400
    assert send(client, f"/leads/{lead.uuid}/keep/", {"version": 5}).status_code == 409
    first = send(client, f"/leads/{lead.uuid}/keep/", {"version": 1})
    again = send(client, f"/leads/{lead.uuid}/keep/", {"version": 1})
    assert first.json()["uuid"] == again.json()["uuid"] == str(Synergy.objects.get().uuid)
    assert Lead.objects.get().state == "kept"


def test_stage_and_next_step_move_through_the_api_with_versions(cast, sign_in):
    synergy = synergy_of(*grains(cast))
    client = sign_in(cast.alice)
    step = {"version": 1, "next_step": "Visiter", "next_step_owner": str(cast.gaelle.uuid), "next_step_due": "2030-01-01"}
    assert send(client, f"/synergies/{synergy.uuid}/next-step/", step).json()["version"] == 2
    stage = send(client, f"/synergies/{synergy.uuid}/stage/", {"version": 2, "stage": "qualified"})
    assert (stage.json()["stage"], stage.json()["version"]) == ("qualified", 3)
    assert send(client, f"/synergies/{synergy.uuid}/stage/", {"version": 2, "stage": "study"}).status_code == 409
    refused = send(client, f"/synergies/{synergy.uuid}/stage/", {"version": 3, "stage": "dropped"})
    assert (refused.status_code, refused.json()["code"]) == (422, "stage")
    stranger = {"version": 3, "next_step": "x", "next_step_owner": str(cast.chloe.uuid)}
    assert send(client, f"/synergies/{synergy.uuid}/next-step/", stranger).status_code == 400
    assert send(sign_in(cast.gaelle), f"/synergies/{synergy.uuid}/stage/", {"version": 3, "stage": "study"}).status_code == 403


def test_a_company_gets_the_masked_form(cast, sign_in):
    offer = flow_at(cast.bakery, "offer", "matter.beverage.brewers_grains")
    need = flow_at(cast.farm, "need", "matter.beverage.brewers_grains")
    synergy = synergy_of(offer, need, title="Vers Élevage Modèle", next_step="Appeler Élevage Modèle", yearly_quantity=3)
    synergy.parties.filter(establishment=cast.bakery).update(agreed_at=timezone.now())
    client = sign_in(cast.bob)
    for path in ("/synergies/", f"/synergies/{synergy.uuid}/"):
        text = client.get(f"{BASE}{path}").content.decode()
        assert "Modèle" not in text
        assert "Appeler" not in text
    row = client.get(f"{BASE}/synergies/").json()["results"][0]
    assert (row["title"].replace("\xa0", " "), row["yearly_quantity"]) == ("Synergie 1", None)


def test_lists_cost_the_same_at_two_and_at_fifty(cast, sign_in, django_assert_max_num_queries):
    flows = grains(cast)
    client = sign_in(cast.alice)
    for rank in range(55):
        lead_of(*flows)
        synergy_of(*flows)
        if rank in (1, 54):
            client.get(f"{BASE}/leads/")
            with django_assert_max_num_queries(6):
                client.get(f"{BASE}/leads/")
            with django_assert_max_num_queries(6):
                client.get(f"{BASE}/synergies/")
