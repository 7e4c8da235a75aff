"""The directory counts and filters the flows each person may see, told by the app that holds them."""

import datetime
import re

import pytest
from django.urls import reverse

from actors import flow_figures
from synergies.models import Flow

LIST = "actors:list"
TODAY = datetime.date(2026, 1, 15)


@pytest.fixture
def scene(cast):
    Flow.objects.create(
        demarche=cast.a, establishment=cast.bakery, number=1, provenance_on=TODAY, direction="offer", label="Pain rassis"
    )
    Flow.objects.create(
        demarche=cast.a,
        establishment=cast.brewery,
        number=2,
        provenance_on=TODAY,
        direction="offer",
        label="Drêche",
        confidentiality="private",
    )
    return cast


def shown(client, query: str) -> set[str]:
    page = client.get(f"{reverse(LIST, args=['demarche-a'])}?{query}").content.decode()
    return set(re.findall(r'class="table__lead"><a href="[^"]+">([^<]+)</a>', page))


@pytest.mark.parametrize(
    ("person", "with_flows"),
    [
        ("alice", {"Boulangerie Fictive", "Brasserie Exemple"}),
        ("gaelle", {"Boulangerie Fictive"}),
        ("denis", set()),
        ("edith", set()),
    ],
)
def test_a_flow_that_one_may_not_see_is_not_betrayed_by_the_filter(scene, sign_in, person, with_flows):
    client = sign_in(scene.people[person])
    everybody = {"Boulangerie Fictive", "Brasserie Exemple", "Élevage Modèle"}
    assert shown(client, "flows=yes") == with_flows
    assert shown(client, "flows=no") == everybody - with_flows


def test_an_archived_flow_no_longer_counts(scene, sign_in):
    Flow.objects.filter(number=1).update(state="archived")
    assert shown(sign_in(scene.gaelle), "flows=yes") == set()


def test_without_the_app_of_flows_the_directory_does_without(scene, sign_in, monkeypatch):
    monkeypatch.setattr(flow_figures, "_lookup", None)
    assert len(shown(sign_in(scene.alice), "flows=yes")) == 3
    with pytest.raises(LookupError):
        flow_figures.has_flows(scene.alice)
