"""API of flows: the same rights as on pages, one shape, versions, idempotency."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from synergies.api.flows import FlowOut, flow_row
from synergies.models import Flow
from synergies.services.flows import create_flow

URL = "/api/v1/demarches/demarche-a/flows/"


def post(client, url=URL, key: str = "", **data):
    headers = {"Idempotency-Key": key} if key else {}
    return client.post(url, data, content_type="application/json", headers=headers)


def patch(client, flow, **data):
    return client.patch(f"{URL}{flow.uuid}/", data, content_type="application/json")


@pytest.fixture
def flow(cast, resources) -> Flow:
    return create_flow(
        actor=cast.alice,
        establishment=cast.brewery,
        direction="offer",
        label="drêche",
        resource=resources["matter.wood.sawdust"],
        waste_code="150103",
        confidentiality="public",
        present_counterpart="Éleveur Secret",
        present_cost="12.50",
        present_cost_unit="EUR/t",
    )


def test_the_answer_has_the_declared_fields(flow):
    assert set(flow_row(flow, with_terms=True)) == set(FlowOut().fields)


def test_a_flow_is_declared_and_its_yearly_quantity_derived(cast, sign_in):
    answer = post(
        sign_in(cast.alice),
        establishment=str(cast.bakery.uuid),
        direction="offer",
        resource="matter.wood.offcuts",
        quantity="3",
        unit="benne",
        period="month",
        waste_code="15 01 03",
        monthly_profile=["0.5", "0.5", *["0"] * 10],
    )
    body = answer.json()
    assert answer.status_code == 201, body
    assert (body["yearly_quantity"], body["yearly_unit"], body["waste_code"]) == ("189.000000", "t", "150103")
    assert (body["hazardous"], body["family"], body["number"]) == (False, "matter", 1)


@pytest.mark.parametrize(
    ("values", "status", "field"),
    [
        ({"direction": "sideways"}, 400, "direction"),
        ({"establishment": "00000000-0000-0000-0000-000000000000"}, 400, "establishment"),
        ({"resource": "n.importe.quoi"}, 400, "resource"),
        ({"quantity": -1}, 400, "quantity"),
        ({"quantity": "3"}, 422, "unit"),
        ({"waste_code": "999999"}, 422, "waste_code"),
        ({"label": ""}, 422, "label"),
        ({"monthly_profile": ["1"]}, 400, "monthly_profile"),
        ({"label": "a\x00b"}, 400, "label"),
    ],
)
def test_refusals_name_their_field(cast, sign_in, values, status, field):
    given = {"establishment": str(cast.bakery.uuid), "direction": "offer", "label": "copeaux"} | values
    answer = post(sign_in(cast.alice), **given)
    assert answer.status_code == status
    assert field in answer.json()["errors"]
    assert not Flow.objects.exists()


@pytest.mark.parametrize(("who", "count"), [("alice", 1), ("edith", 1), ("bob", 0)])
def test_each_role_reads_its_own_part(cast, flow, sign_in, who, count):
    assert len(sign_in(cast.people[who]).get(URL).json()["results"]) == count


@pytest.mark.parametrize(("who", "status"), [("chloe", 404), ("farid", 404), ("omar", 404)])
def test_outside_the_demarche_nothing_exists(cast, flow, sign_in, who, status):
    client = sign_in(cast.people[who])
    assert client.get(URL).status_code == status
    assert client.get(f"{URL}{flow.uuid}/").status_code == status
    assert post(client, establishment=str(cast.bakery.uuid), direction="offer", label="x").status_code == status


def test_prices_and_outlets_are_null_for_a_partner(cast, flow, sign_in):
    client = sign_in(cast.edith)
    for row in (client.get(URL).json()["results"][0], client.get(f"{URL}{flow.uuid}/").json()):
        assert (row["label"], row["present_counterpart"], row["present_cost"]) == ("drêche", None, None)
    assert sign_in(cast.alice).get(f"{URL}{flow.uuid}/").json()["present_cost"] == "12.50"


def test_a_partner_and_an_elected_member_only_read(cast, flow, sign_in):
    for person in (cast.edith, cast.denis):
        client = sign_in(person)
        assert patch(client, flow, version=1, label="x").status_code == 403
        assert post(client, f"{URL}{flow.uuid}/archive/", version=1).status_code == 403
        assert post(client, establishment=str(cast.brewery.uuid), direction="offer", label="x").status_code == 403


def test_a_correction_moves_the_version_and_a_stale_one_is_refused(cast, flow, sign_in):
    client = sign_in(cast.alice)
    assert patch(client, flow, version=1, label="drêche sèche").json()["version"] == 2
    assert patch(client, flow, version=1, label="autre").status_code == 409
    assert Flow.objects.get().label == "drêche sèche"


def test_archiving_takes_it_out_of_the_list(cast, flow, sign_in):
    client = sign_in(cast.alice)
    assert post(client, f"{URL}{flow.uuid}/archive/", version=1).json()["state"] == "archived"
    assert client.get(URL).json()["results"] == []


def test_the_same_call_repeated_declares_once(cast, sign_in):
    client = sign_in(cast.alice)
    given = {"establishment": str(cast.bakery.uuid), "direction": "offer", "label": "copeaux"}
    first, second = post(client, key="abc", **given), post(client, key="abc", **given)
    assert first.json()["uuid"] == second.json()["uuid"]
    assert Flow.objects.count() == 1


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("direction=offer", 1),
        ("direction=need", 0),
        ("family=matter", 1),
        ("q=DRECHE", 1),
        ("q=vapeur", 0),
        ("establishment=x", 0),
    ],
)
def test_filters(cast, flow, sign_in, query, count):
    assert len(sign_in(cast.alice).get(f"{URL}?{query}").json()["results"]) == count


def test_a_page_costs_the_same_at_2_and_50_rows(cast, resources, sign_in):
    client = sign_in(cast.bob)

    def add(count):
        for rank in range(count):
            create_flow(
                actor=cast.bob,
                establishment=cast.bakery,
                direction="offer",
                label=f"lot {rank}",
                resource=resources["matter.wood.sawdust"],
                waste_code="150103",
            )

    def cost():
        with CaptureQueriesContext(connection) as queries:
            client.get(URL)
        return len(queries)

    add(2)
    cost()
    few = cost()
    add(48)
    assert cost() == few <= 7, "session, person and two savepoints, then three"
