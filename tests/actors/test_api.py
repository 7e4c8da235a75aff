"""API of the actors: scope, rights, cost, and the same answer to the same sending."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from drf_spectacular.generators import SchemaGenerator

from actors.models import Contact, Establishment
from actors.reference import load
from tests.actors.sirene_files import siret
from tests.cast import establishment

ROOT = "/api/v1/demarches/demarche-a"


@pytest.fixture
def scene(cast):
    load()
    for site in (cast.bakery, cast.brewery):
        Contact.objects.create(
            demarche=cast.a, organisation=site.organisation, establishment=site, last_name=site.name, email="x@e.test"
        )
    return cast


def test_the_list_gives_the_sites_of_the_demarche(scene, sign_in):
    answer = sign_in(scene.alice).get(f"{ROOT}/establishments/")
    assert {site["name"] for site in answer.json()["results"]} == {"Boulangerie Fictive", "Brasserie Exemple", "Élevage Modèle"}
    found = sign_in(scene.edith).get(f"{ROOT}/establishments/?q=brass").json()["results"]
    assert [site["name"] for site in found] == ["Brasserie Exemple"]
    assert found[0]["organisation"]["siren"] == "000000002"


@pytest.mark.parametrize(
    ("person", "path", "status"),
    [
        ("alice", "establishments/", 200),
        ("denis", "establishments/", 200),
        ("bob", "establishments/", 403),
        ("chloe", "establishments/", 404),
        ("omar", "establishments/", 404),
        ("gaelle", "contacts/", 200),
        ("bob", "contacts/", 200),
        ("edith", "contacts/", 403),
        ("denis", "contacts/", 403),
        ("farid", "contacts/", 404),
    ],
)
def test_each_role_reads_what_it_may(scene, sign_in, person, path, status):
    assert sign_in(scene.people[person]).get(f"{ROOT}/{path}").status_code == status


def test_nobody_reads_without_signing_in(scene, client):
    answer = client.get(f"{ROOT}/establishments/")
    assert (answer.status_code, set(answer.json())) == (401, {"code", "message", "errors"})


def test_a_company_reads_its_own_site_and_people_only(scene, sign_in):
    client = sign_in(scene.bob)
    assert client.get(f"{ROOT}/establishments/{scene.bakery.uuid}/").json()["name"] == "Boulangerie Fictive"
    assert client.get(f"{ROOT}/establishments/{scene.brewery.uuid}/").status_code == 404
    assert [row["last_name"] for row in client.get(f"{ROOT}/contacts/").json()["results"]] == ["Boulangerie Fictive"]


def test_the_list_costs_three_queries_whatever_its_size(scene, sign_in):
    client = sign_in(scene.alice)
    client.get(f"{ROOT}/establishments/")
    for number in range(60):
        establishment(scene.a, f"Fabrique {number}", siret=siret(100 + number), commune=scene.bakery.commune)
    for path in ("establishments/", "contacts/"):
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(f"{ROOT}/{path}")
        business = [query for query in queries if "territories_membership" in query["sql"] or "actors_" in query["sql"]]
        assert answer.status_code == 200
        assert len(business) <= 3


def test_a_company_is_added_once_for_one_key(scene, sign_in):
    client = sign_in(scene.alice)
    body = {"siret": siret(11), "name": "Fabrique", "naf": "10.81Z", "commune": "51043", "headcount": "12"}
    answers = [
        client.post(f"{ROOT}/establishments/", body, content_type="application/json", headers={"Idempotency-Key": "one"})
        for _sending in range(2)
    ]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json()["uuid"] == answers[1].json()["uuid"]
    site = Establishment.objects.get(siret=siret(11))
    assert (site.naf_id, site.headcount_id, site.position_source) == ("10.81Z", "12", "commune")


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({"siret": "12", "name": "X"}, 400, "siret"),
        ({}, 400, "name"),
        ({"name": "X", "naf": "zz"}, 400, "naf"),
        ({"name": "X", "naf": "99.99Z"}, 400, "naf"),
        ({"name": "X", "commune": "99999"}, 400, "commune"),
        ({"name": "X", "headcount": "77"}, 400, "headcount"),
        ({"name": "X", "latitude": 49}, 400, "longitude"),
        ({"name": "X", "siret": siret(20)}, 422, "siret"),
    ],
)
def test_a_wrong_body_is_refused_on_its_field(scene, sign_in, body, status, field):
    establishment(scene.a, "Connue", siret=siret(20))
    before = Establishment.objects.count()
    answer = sign_in(scene.alice).post(f"{ROOT}/establishments/", body, content_type="application/json")
    assert answer.status_code == status
    assert field in answer.json()["errors"]
    assert Establishment.objects.count() == before


@pytest.mark.parametrize(("person", "status"), [("denis", 403), ("edith", 403), ("bob", 403), ("chloe", 404)])
def test_only_the_team_adds(scene, sign_in, person, status):
    answer = sign_in(scene.people[person]).post(f"{ROOT}/establishments/", {"name": "X"}, content_type="application/json")
    assert answer.status_code == status


def test_every_refusal_is_declared(db):
    paths = SchemaGenerator().get_schema(public=True)["paths"]
    for path in ("establishments/", "establishments/{uuid}/", "contacts/"):
        for operation in paths[f"/api/v1/demarches/{{slug}}/{path}"].values():
            assert {"400", "401", "403", "404", "409", "412", "422", "429"} <= set(operation["responses"])
