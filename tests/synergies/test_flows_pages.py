"""Pages of flows: who sees which, filters, declaration, correction, conflict."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from synergies.models import Flow
from synergies.services.flows import change_flow, create_flow

LIST = "/d/demarche-a/flux/"


@pytest.fixture
def flows(cast, resources) -> dict[str, Flow]:
    """One flow of the brewery per level of confidentiality, and one of Bob's bakery."""
    made = {
        level: create_flow(
            actor=cast.alice,
            establishment=cast.brewery,
            direction="offer",
            label=f"drêche {level}",
            confidentiality=level,
            present_counterpart="Éleveur Secret",
        )
        for level in ("public", "network", "demarche", "private")
    }
    made["bakery"] = create_flow(
        actor=cast.bob, establishment=cast.bakery, direction="need", label="palettes", resource=resources["matter.wood.offcuts"]
    )
    create_flow(actor=cast.chloe, establishment=cast.elsewhere, direction="offer", label="chaleur d’ailleurs")
    return made


@pytest.mark.parametrize(
    ("who", "seen"),
    [
        ("alice", {"public", "network", "demarche", "private", "bakery"}),
        ("gaelle", {"public", "network", "demarche", "bakery"}),
        ("denis", {"public"}),
        ("edith", {"public"}),
        ("bob", {"bakery"}),
    ],
)
def test_each_role_sees_its_own_part(cast, flows, sign_in, who, seen):
    client = sign_in(cast.people[who])
    page = client.get(LIST).content.decode()
    assert {name for name, flow in flows.items() if str(flow.uuid) in page} == seen
    assert "chaleur d’ailleurs" not in page
    for name, flow in flows.items():
        assert client.get(f"{LIST}{flow.uuid}/").status_code == (200 if name in seen else 404)


@pytest.mark.parametrize("who", ["chloe", "farid", "omar"])
def test_nobody_from_outside_learns_that_the_list_exists(cast, flows, sign_in, who):
    assert sign_in(cast.people[who]).get(LIST).status_code == 404


def test_anonymous_visitors_are_asked_to_sign_in(cast, client):
    assert client.get(LIST).status_code == 302


def test_prices_and_outlets_stay_with_the_team_and_the_site(cast, flows, sign_in):
    url = f"{LIST}{flows['public'].uuid}/"
    assert "Éleveur Secret" in sign_in(cast.alice).get(url).content.decode()
    assert "Éleveur Secret" not in sign_in(cast.edith).get(url).content.decode()


@pytest.mark.parametrize(
    ("query", "seen"),
    [
        ("sens=need", {"bakery"}),
        ("famille=matter", {"bakery"}),
        ("q=dreche+private", {"private"}),
        ("q=boulangerie", {"bakery"}),
        ("q=1", {"public"}),
        ("q=introuvable", set()),
        ("sens=ailleurs", {"public", "network", "demarche", "private", "bakery"}),
        ("etablissement=pas-un-identifiant", {"public", "network", "demarche", "private", "bakery"}),
        ("page=illisible", {"public", "network", "demarche", "private", "bakery"}),
    ],
)
def test_filters_narrow_the_list_and_unreadable_ones_do_nothing(cast, flows, sign_in, query, seen):
    page = sign_in(cast.alice).get(f"{LIST}?{query}").content.decode()
    assert {name for name, flow in flows.items() if str(flow.uuid) in page} == seen


def test_one_establishment_can_be_looked_at(cast, flows, sign_in):
    page = sign_in(cast.alice).get(f"{LIST}?etablissement={cast.bakery.uuid}").content.decode()
    assert "Les flux de Boulangerie Fictive" in page
    assert str(flows["public"].uuid) not in page


def test_the_list_costs_the_same_at_2_and_50_rows(cast, resources, sign_in):
    client = sign_in(cast.alice)

    def cost() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(LIST).status_code == 200
        return len(queries)

    def add(count):
        for rank in range(count):
            create_flow(
                actor=cast.alice,
                establishment=cast.brewery,
                direction="offer",
                label=f"lot {rank}",
                resource=resources["matter.wood.offcuts"],
                waste_code="150103",
            )

    add(2)
    client.get(LIST)
    with_two = cost()
    add(48)
    assert cost() == with_two <= 12


def declared(cast, **values) -> dict:
    return {"direction": "offer", "label": "chutes", "certainty": "estimated", "confidentiality": "demarche"} | values


def test_a_company_declares_for_its_own_site_only(cast, sign_in):
    client = sign_in(cast.bob)
    assert client.get(f"{LIST}nouveau/").content.decode().count("?etablissement=") == 1
    own = f"{LIST}nouveau/?etablissement={cast.bakery.uuid}"
    assert client.post(own, declared(cast)).status_code == 302
    assert client.post(f"{LIST}nouveau/?etablissement={cast.brewery.uuid}", declared(cast)).status_code == 404
    assert Flow.objects.get().entered_by == cast.bob


@pytest.mark.parametrize("who", ["denis", "edith"])
def test_an_elected_member_and_a_partner_only_read(cast, flows, sign_in, who):
    client = sign_in(cast.people[who])
    assert client.get(f"{LIST}nouveau/?etablissement={cast.bakery.uuid}").status_code == 403
    for page in ("corriger", "archiver"):
        assert client.post(f"{LIST}{flows['public'].uuid}/{page}/", declared(cast)).status_code == 403


def test_a_partner_who_is_also_a_company_cannot_correct_the_flow_of_another(cast, flows, sign_in):
    from territories.models import Membership

    Membership.objects.create(user=cast.bob, demarche=cast.a, role="partner")
    client = sign_in(cast.bob)
    assert client.get(f"{LIST}{flows['public'].uuid}/").status_code == 200
    assert client.post(f"{LIST}{flows['public'].uuid}/corriger/", declared(cast)).status_code == 403
    assert client.get(f"{LIST}nouveau/?etablissement={cast.brewery.uuid}").status_code == 403


def test_everything_typed_is_kept_when_a_field_is_refused(cast, sign_in):
    answer = sign_in(cast.alice).post(
        f"{LIST}nouveau/?etablissement={cast.bakery.uuid}",
        declared(cast, label="copeaux de hêtre", quantity="1 200,5", unit="", composition="sans colle"),
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Précisez l’unité" in page
    assert "copeaux de hêtre" in page
    assert "1 200,5" in page
    assert "sans colle" in page
    assert not Flow.objects.exists()


def test_the_search_button_proposes_resources_without_script_and_without_saving(cast, sign_in):
    answer = sign_in(cast.alice).post(
        f"{LIST}nouveau/?etablissement={cast.bakery.uuid}",
        declared(cast, label="chutes de bois", waste_query="emballages bois", chercher="1"),
    )
    page = answer.content.decode()
    assert answer.status_code == 200
    assert 'value="matter.wood.offcuts"' in page
    assert 'value="150103"' in page
    assert not Flow.objects.exists()


def test_suggestions_come_as_a_part_of_the_page(cast, sign_in):
    client = sign_in(cast.alice)
    assert "matter.wood.offcuts" in client.get(f"{LIST}ressources/?label=chutes+de+bois").content.decode()
    assert "15 01 03" in client.get(f"{LIST}codes-dechet/?waste_query=15+01+03").content.decode()


def test_six_digits_typed_in_the_search_are_the_code(cast, sign_in):
    sign_in(cast.alice).post(
        f"{LIST}nouveau/?etablissement={cast.bakery.uuid}", declared(cast, waste_code="", waste_query="07 07 08*")
    )
    flow = Flow.objects.get()
    assert flow.waste_code_id == "070708"
    assert "Déchet dangereux" in sign_in(cast.alice).get(f"{LIST}{flow.uuid}/").content.decode()


def test_a_form_sent_twice_makes_one_flow(cast, sign_in):
    client = sign_in(cast.alice)
    data = declared(cast, idempotency_key="cle-de-ce-formulaire")
    url = f"{LIST}nouveau/?etablissement={cast.bakery.uuid}"
    first, second = client.post(url, data), client.post(url, data)
    assert (first.status_code, first.url) == (302, second.url)
    assert Flow.objects.count() == 1


def test_a_correction_over_somebody_else_s_shows_both_versions(cast, flows, sign_in):
    flow = flows["bakery"]
    client = sign_in(cast.alice)
    url = f"{LIST}{flow.uuid}/corriger/"
    assert "palettes" in client.get(url).content.decode()
    change_flow(actor=cast.bob, flow=Flow.objects.get(pk=flow.pk), version=1, label="palettes Europe")
    mine = declared(cast, direction="need", label="palettes perdues", version="1")
    answer = client.post(url, mine)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "palettes Europe" in page
    assert "palettes perdues" in page
    assert 'name="version" value="2"' in page
    assert Flow.objects.get(pk=flow.pk).label == "palettes Europe"
    assert client.post(url, mine | {"version": "2"}).status_code == 302
    assert Flow.objects.get(pk=flow.pk).label == "palettes perdues"


def test_a_correction_keeps_what_the_form_showed(cast, resources, sign_in):
    flow = create_flow(
        actor=cast.alice,
        establishment=cast.bakery,
        direction="offer",
        label="sciure",
        resource=resources["matter.wood.sawdust"],
        waste_code="030105",
        quantity="12.5",
        unit="t",
        period="year",
        hazard_properties=["HP3"],
        monthly_profile=["0.5", "0.5", *["0"] * 10],
        available_from="2026-01-01",
    )
    client = sign_in(cast.alice)
    form = client.get(f"{LIST}{flow.uuid}/corriger/").context["form"]
    data = {bound.name: bound.value() for bound in form if bound.value() not in (None, "")}
    assert client.post(f"{LIST}{flow.uuid}/corriger/", data).status_code == 302
    after = Flow.objects.get(pk=flow.pk)
    assert after.version == 1, "nothing was changed, nothing must be written"


def test_archiving_takes_a_flow_out_of_the_list(cast, flows, sign_in):
    client = sign_in(cast.bob)
    flow = flows["bakery"]
    assert client.post(f"{LIST}{flow.uuid}/archiver/", {"version": "1"}).status_code == 302
    assert str(flow.uuid) not in client.get(LIST).content.decode()
    assert client.get(f"{LIST}{flow.uuid}/corriger/").status_code == 403


def test_archiving_what_somebody_changed_meanwhile_is_refused(cast, flows, sign_in):
    assert sign_in(cast.bob).post(f"{LIST}{flows['bakery'].uuid}/archiver/", {"version": "7"}).status_code == 409


@pytest.mark.parametrize("who", ["alice", "bob", "denis"])
def test_an_empty_list_says_what_to_do_next(cast, sign_in, who):
    page = sign_in(cast.people[who]).get(LIST)
    assert page.status_code == 200
    assert 'class="empty"' in page.content.decode()
