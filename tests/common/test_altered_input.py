"""What no browser would send – an altered cursor, a version in letters, a NUL character – never breaks a page."""

import base64

import orjson
import pytest
from django.urls import reverse

from eit_platform.common.text import fold
from synergies.models import Flow

VALUES = ["abc", None, {}, [1], 2**63, 1e308, "\x00", "2026-99-99", True]


def cursor(direction, values) -> str:
    return base64.urlsafe_b64encode(orjson.dumps([direction, *values])).decode().rstrip("=")


@pytest.fixture
def flow(cast) -> Flow:
    return Flow.objects.create(
        demarche=cast.a, establishment=cast.bakery, number=1, direction="offer", label="Levure", provenance_on="2026-03-02"
    )


@pytest.mark.parametrize("value", VALUES, ids=repr)
@pytest.mark.parametrize(("name", "width"), [("synergies:flow_list", 1), ("actors:list", 2), ("synergies:synergy_list", 3)])
def test_an_altered_cursor_gives_a_page(cast, sign_in, name, width, value):
    client = sign_in(cast.alice)
    for direction in "np":
        answer = client.get(reverse(name, args=["demarche-a"]), {"page": cursor(direction, [value] * width)})
        assert answer.status_code == 200


def test_an_unreadable_cursor_gives_the_first_page(cast, flow, sign_in):
    for text in ("é", "%%%", cursor("x", [1]), cursor("n", [1, 2]), cursor("p", ["abc"]), "W10", "e30", "Mw"):
        page = sign_in(cast.alice).get(reverse("synergies:flow_list", args=["demarche-a"]), {"page": text})
        assert "Levure" in page.content.decode()


@pytest.mark.parametrize("version", ["", "²", "-1", "zéro", "9" * 5000, "\x00"])
def test_an_altered_version_is_nobody_s(cast, flow, sign_in, version):
    answer = sign_in(cast.alice).post(reverse("synergies:flow_archive", args=["demarche-a", flow.uuid]), {"version": version})
    assert answer.status_code == 409
    assert Flow.objects.get().state == "active"


@pytest.mark.parametrize(
    ("name", "query"),
    [
        ("synergies:flow_list", {"q": "²"}),
        ("synergies:flow_list", {"q": "\x00"}),
        ("synergies:flow_create", {"q": "\x00"}),
        ("synergies:flow_suggest", {"label": "bois\x00", "resource": "\x00"}),
        ("synergies:flow_waste_codes", {"waste_query": "\x00", "waste_code": "\x00", "resource": "\x00"}),
        ("synergies:flow_waste_codes", {"waste_query": "²²", "waste_code": "²"}),
        ("synergies:campaign_create", {"q": "\x00"}),
        ("actors:list", {"q": "²²²"}),
        ("api:flow_list", {"direction": "\x00", "family": "\x00", "q": "\x00", "establishment": "\x00"}),
    ],
)
def test_a_nul_or_a_superscript_in_the_address_is_only_a_word_not_found(cast, sign_in, name, query):
    assert sign_in(cast.alice).get(reverse(name, args=["demarche-a"]), query).status_code == 200


def test_folded_text_holds_no_nul():
    assert fold("Éle\x00vage") == "elevage"


@pytest.mark.parametrize("filled", ["9" * 5000, "[" * 5000, "{", '{"siret": "00000000900019", "acronym": "\\u0000"}'])
def test_what_the_register_is_said_to_have_answered_may_be_altered(cast, sign_in, filled):
    typed = {"name": "Nouvelle", "siret": "00000000900019", "filled": filled, "commune": "\x00", "idempotency_key": "a\x00"}
    answer = sign_in(cast.alice).post(reverse("actors:add", args=["demarche-a"]), typed)
    assert answer.status_code == 422
    answer = sign_in(cast.alice).post(reverse("actors:add", args=["demarche-a"]), typed | {"commune": ""})
    assert answer.status_code in (302, 422)


@pytest.mark.parametrize(
    "body",
    [
        "",
        "[",
        "[" * 5000,
        "null",
        "[]",
        '"x"',
        '{"version": 1e400}',
        '{"label": "\\ud800"}',
        b"\xff",
        f'{{"version": {9**99}}}',
    ],
)
def test_a_body_that_is_no_flow_is_refused_by_the_api(cast, sign_in, body):
    client = sign_in(cast.alice)
    for headers in ({}, {"Idempotency-Key": "une-clé"}):
        answer = client.post(
            reverse("api:flow_list", args=["demarche-a"]), data=body, content_type="application/json", headers=headers
        )
        assert answer.status_code == 400
        assert answer.json()["message"]
