"""The API does what its committed description says, and nothing that is sent to it makes it fail."""

import io
import os
from pathlib import Path

import pytest
import requests
import schemathesis
import yaml
from django.conf import settings
from django.core.management import call_command
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis_settings
from schemathesis.checks import not_a_server_error
from schemathesis.core.transport import Response
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from territories.services import create_api_token
from tests.stage import Stage

pytestmark = pytest.mark.django_db

DESCRIPTION = Path(settings.BASE_DIR) / "docs" / "openapi.yaml"
EXAMPLES = 80 if os.environ.get("BOUCLES_FULL") else 8
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
VERBS = {"get", "post", "put", "patch", "delete"}
# Which object of the furnished démarche stands behind the `uuid` of a path.
OBJECTS = {
    "establishments": "establishment",
    "reports": "report",
    "flows": "flow",
    "leads": "lead",
    "synergies": "synergy",
}


def description() -> str:
    """The description as the code gives it now; a warning of the generator is a fault."""
    written, said = io.StringIO(), io.StringIO()
    call_command("spectacular", validate=True, fail_on_warn=True, stdout=written, stderr=said)
    return written.getvalue()


def operations() -> list[tuple[str, str]]:
    if not DESCRIPTION.exists():
        return []
    paths = yaml.safe_load(DESCRIPTION.read_text(encoding="utf-8"))["paths"]
    return sorted((path, verb) for path, item in paths.items() for verb in item if verb in VERBS)


def test_the_committed_description_is_that_of_the_code():
    """Written by: bin/manage spectacular --file docs/openapi.yaml"""
    assert DESCRIPTION.read_text(encoding="utf-8") == description()


@pytest.fixture(scope="module")
def described():
    return schemathesis.openapi.from_path(DESCRIPTION)


@pytest.fixture
def as_alice(stage: Stage) -> dict[str, str]:
    _token, secret = create_api_token(user=stage.cast.alice, name="Contrat", scopes=["read", "write"])
    return {"Authorization": f"Bearer {secret}"}


def answer_to(case, headers: dict[str, str]) -> Response:
    """What the site answers to a generated call, which is then undone."""
    asked = requests.Request(**case.as_transport_kwargs(base_url="http://testserver", headers=headers)).prepare()
    sent = {name: value for name, value in asked.headers.items() if name.lower() not in ("content-type", "content-length")}
    body = asked.body.encode() if isinstance(asked.body, str) else asked.body or b""
    point = transaction.savepoint()
    try:
        answered = Client(raise_request_exception=False).generic(
            asked.method, asked.path_url, body, asked.headers.get("Content-Type", ""), headers=sent
        )
    finally:
        transaction.savepoint_rollback(point)
    return Response(
        status_code=answered.status_code,
        headers={name: [value] for name, value in answered.items()},
        content=answered.content,
        request=asked,
        elapsed=0,
        verify=False,
    )


@pytest.mark.parametrize(("path", "verb"), operations(), ids=lambda part: part)
def test_whatever_is_sent_the_answer_is_one_that_the_description_tells(path, verb, described, stage, as_alice, figures):
    operation = described[path][verb]

    @hypothesis_settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def answers_as_described(case):
        if "slug" in case.path_parameters:
            case.path_parameters["slug"] = stage.cast.a.slug
        if "uuid" in case.path_parameters:
            kind = path.partition("{slug}/")[2].partition("/")[0]
            case.path_parameters["uuid"] = stage.a.uuid(OBJECTS[kind])
        figures["appels de l’API d’après sa description"] += 1
        case.validate_response(answer_to(case, as_alice), checks=CHECKS)

    answers_as_described()


def test_the_page_of_the_api_tells_every_operation_in_french(client):
    page = client.get("/api/v1/docs/").content.decode()
    for path, verb in operations():
        assert f'<span class="tag">{verb.upper()}</span> <code>{path}</code>' in page


def test_a_route_is_described_only_when_it_exists_and_the_other_way_round():
    from tests.permission_table import ROWS

    described = {path for path, _verb in operations()}
    routes = {row.name for row in ROWS if row.api}
    assert len({path for path in described if path != "/api/v1/schema/"}) == len(routes)
