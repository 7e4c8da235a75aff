"""A page costs the same number of queries whether a list has a few rows or fifty more, and few of them."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.permission_table import INSIDERS, ROWS, Row
from tests.stage import Stage, address_of, ask
from tests.world import crowd

pytestmark = pytest.mark.django_db

PAGE_BUDGET = 12
API_LIST_BUDGET = 3
SIGNING_IN = 2  # the session, then the person
MORE_ROWS = 50
# What a transaction costs is not the page's doing.
UNCOUNTED = ("SAVEPOINT", "RELEASE", "ROLLBACK", "SET LOCAL", "SELECT set_config('pghistory")


def measured_rows() -> list[Row]:
    return [row for row in ROWS if row.scoped and any(row.expected("GET", person) == 200 for person in INSIDERS)]


def cost(stage: Stage, row: Row, person: str) -> list[str]:
    """The queries of one answer."""
    with CaptureQueriesContext(
        connection,
    ) as captured:
        response = ask(stage.clients[person], "GET", address_of(row, stage.a, stage.a), {}, {})
        assert response.status_code == 200, f"{person} {row.label}: {response.status_code}"
    return [query["sql"] for query in captured if not query["sql"].startswith(UNCOUNTED)]


@pytest.fixture(scope="module")
def costs(stage) -> dict[tuple[str, str], tuple[list[str], list[str]]]:
    """The queries of each page for each person, before and after the crowd."""
    asked = [(row, person) for row in measured_rows() for person in INSIDERS if row.expected("GET", person) == 200]
    for row, person in asked:
        cost(stage, row, person)  # what the process reads once and keeps is not counted
    few = [cost(stage, row, person) for row, person in asked]
    crowd(stage.a, stage.cast.alice, MORE_ROWS)
    many = [cost(stage, row, person) for row, person in asked]
    return {(row.label, person): pair for (row, person), *pair in zip(asked, few, many, strict=True)}


@pytest.mark.parametrize("row", measured_rows(), ids=lambda row: row.label)
def test_its_cost_is_low_and_does_not_grow_with_its_rows(row, costs, figures):
    for person in INSIDERS:
        if row.expected("GET", person) != 200:
            continue
        few, many = costs[row.label, person]
        figures["pages dont les requêtes sont comptées"] += 1
        assert len(many) == len(few), f"{person}: {len(few)} puis {len(many)}\n" + "\n".join(only_in(many, few))
        budget = SIGNING_IN + API_LIST_BUDGET if row.api and row.name.endswith("_list") else PAGE_BUDGET
        assert len(many) <= budget, f"{person}: {len(many)} requêtes pour {budget}\n" + "\n".join(sql[:200] for sql in many)


def only_in(many: list[str], few: list[str]) -> list[str]:
    """The queries that came with the rows, shortened; the first twenty."""
    known = {sql[:120] for sql in few}
    grown = [sql[:240] for sql in many if sql[:120] not in known]
    return (grown or [sql[:240] for sql in many])[:20]
