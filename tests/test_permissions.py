"""Every address × person × verb answers what the table says: in one's démarche, in another, and across the two."""

import os

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from tests.canary_net import Net, told
from tests.permission_table import INSIDERS, PEOPLE, ROWS, UNTABLED, Row
from tests.stage import Stage, address_of, ask

FULL = bool(os.environ.get("BOUCLES_FULL"))
SIGN_IN = "/comptes/login/"
DIALECTS = {"text"}
# The demonstration's mailbox shows every message to whoever runs it and exists nowhere else; an invitation is read by
# whoever holds its token.
OPEN_ON_PURPOSE = {"operations:mailbox", "operations:mailbox_message", "territories:accept_invitation"}
REFUSALS = {401, 403, 404, 405}
# What a request may carry: the usual form and page, then – in the full run – what programs and htmx send.
USUAL = [("form", {"data": {"essai": "1"}}, {})]
FOR_PROGRAMS = [("program", {"content_type": "application/json"}, {"Accept": "application/json"})]
VARIANTS = [
    ("json", {"content_type": "application/json"}, {"Accept": "application/json"}),
    ("htmx", {}, {"HX-Request": "true"}),
    ("text", {"content_type": "text/plain"}, {"Accept": "text/csv"}),
    ("boosted", {}, {"HX-Request": "true", "HX-Boosted": "true"}),
]


def addresses(patterns=None, namespace: str = "") -> list[str]:
    """The names of all the addresses of the site, with their namespaces; an unnamed one is told by its pattern."""
    found = []
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            found += addresses(pattern.url_patterns, inner)
        elif isinstance(pattern, URLPattern):
            found.append(f"{namespace}{pattern.name or pattern.pattern}")
    return found


def test_every_address_of_the_site_is_in_the_table():
    assert set(addresses()) - {row.name for row in ROWS} - set(UNTABLED) == set()


def test_every_row_of_the_table_is_an_address_of_the_site():
    assert ({row.name for row in ROWS} | set(UNTABLED)) - set(addresses()) == set()


def test_no_two_rows_are_the_same():
    labels = [row.label + row.query for row in ROWS]
    assert sorted(label for label in labels if labels.count(label) > 1) == []


def asked_verbs(row: Row) -> list[str]:
    """The full run asks everything by every verb; the usual one by those the row answers, and by one that it refuses."""
    answered = [verb for verb in row.statuses if set(row.statuses[verb].values()) - {405, 401}]
    refused = [verb for verb in row.statuses if verb not in answered]
    return list(row.statuses) if FULL else [*answered, *refused[:1]]


def cells(row: Row, stage: Stage):
    """(place, address, person, verb, expected status): A's own, B's objects under A's address, B's own."""
    own = address_of(row, stage.a, stage.a)
    if not row.scoped:
        for person in PEOPLE:
            for verb in asked_verbs(row):
                yield "hors démarche", own, person, verb, row.expected(verb, person)
        return
    crossed = address_of(row, stage.a, stage.b) if row.objects else None
    theirs = address_of(row, stage.b, stage.b)
    for person in PEOPLE:
        for verb in asked_verbs(row):
            usual = row.expected(verb, person)
            yield "A", own, person, verb, usual
            if crossed and crossed != own:
                yield "objets de B dans A", crossed, person, verb, usual if usual in REFUSALS or person == "anonymous" else 404
            if theirs:
                yield "B", theirs, person, verb, seen_from_elsewhere(row, verb, person)


def seen_from_elsewhere(row: Row, verb: str, person: str) -> int:
    """In démarche B: Chloé is its chargée de mission, A's people are nobody there."""
    if person == "chloe":
        return row.expected(verb, "alice")
    if person in INSIDERS:
        return row.expected(verb, "chloe")
    return row.expected(verb, person)


@pytest.mark.django_db
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.label + row.query)
def test_each_person_gets_what_the_table_says(row, stage, figures):
    wrong, leaks = {}, []
    net = Net(stage.a, stage.b)
    for place, address, person, verb, expected in cells(row, stage):
        for kind, options, headers in (FOR_PROGRAMS if row.api else USUAL) + (VARIANTS if FULL else []):
            response = ask(stage.clients[person], verb, address, options, headers)
            figures["cellules de droits vérifiées"] += 1
            if row.name not in OPEN_ON_PURPOSE:
                figures["réponses fouillées"] += 1
                leaks += [f"{person} {verb} {kind} {address} montre {what}" for what in net.caught(told(response), person)]
            refused = expected in REFUSALS or (expected == 302 and person == "anonymous" and row.scoped and not row.api)
            exact = refused or kind in ("form", "program")
            fine = response.status_code == expected if exact else response.status_code < 500
            # A form of answer or of body that the API does not speak is refused before anybody is looked at.
            fine = fine or (row.api and kind in DIALECTS and response.status_code in (406, 415))
            if fine and refused and expected == 302:
                fine = response["Location"].startswith(SIGN_IN)
            if not fine:
                figures["fuites"] += expected in REFUSALS and response.status_code < 400
                wrong.setdefault((place, verb, kind, address), {})[person] = (expected, response.status_code)
    assert leaks == []
    assert wrong == {}, "\n".join(f"{' '.join(cell)}: {received(people)}" for cell, people in wrong.items())


def received(people: dict[str, tuple[int, int]]) -> str:
    """« alice 200→403 » : who got something else than what the table says."""
    return ", ".join(f"{person} {expected}→{status}" for person, (expected, status) in people.items())
