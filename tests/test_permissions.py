"""Every address × person × verb answers what the table says: in one's démarche, in another, and across the two."""

import os
from dataclasses import dataclass

import pytest
from django.db import transaction
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests import cast as cast_module
from tests.conftest import ReadOnlyGetClient
from tests.permission_table import INSIDERS, PEOPLE, ROWS, UNTABLED, Row
from tests.world import Furnished, add_flow, furnish, invitation_token, link_token

pytestmark = pytest.mark.xdist_group("permissions")

FULL = bool(os.environ.get("BOUCLES_FULL"))
SIGN_IN = "/comptes/login/"
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


@dataclass
class Stage:
    """The two démarches furnished alike, and a client per person."""

    cast: cast_module.Cast
    a: Furnished
    b: Furnished
    clients: dict[str, ReadOnlyGetClient]


def set_up() -> Stage:
    cast = cast_module.assemble()
    hugo = cast_module.person("hugo@exemple.test", "Hugo")
    cast_module.Membership.objects.create(user=hugo, demarche=cast.b, role="elected")
    other = cast_module.establishment(cast.b, "Atelier Témoin", siret="00000000500016")
    a = furnish(cast.a, cast.alice, cast.brewery, cast.farm, seed=1)
    b = furnish(cast.b, cast.chloe, cast.elsewhere, other, seed=2)
    a.objects["own establishment"] = cast.bakery
    a.objects["flow:own"] = add_flow(a, cast.bakery, 20)
    clients = {}
    for name in PEOPLE:
        clients[name] = ReadOnlyGetClient(raise_request_exception=False)
        if name != "anonymous":
            clients[name].force_login(cast.people[name])
    return Stage(cast, a, b, clients)


@pytest.fixture(scope="module")
def stage(django_db_setup, django_db_blocker):
    """Built once: every cell is asked in a savepoint that is rolled back."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield set_up()
        transaction.set_rollback(True)


def asked_verbs(row: Row) -> list[str]:
    """The usual run asks pages by the two verbs browsers send, and the API by all; the full run asks everything by all."""
    return [verb for verb in row.statuses if FULL or row.api or verb in ("GET", "POST")]


def address_of(row: Row, place: Furnished, objects: Furnished) -> str | None:
    """The row's address under the démarche of `place` with the objects of `objects`; None when they lack there."""
    arguments = {"slug": place.demarche.slug} if row.scoped else {}
    for argument, name in row.objects.items():
        if name.startswith("="):
            arguments[argument] = name[1:]
        elif name == "link token":
            arguments[argument] = link_token(objects.demarche)
        elif name == "invitation token":
            arguments[argument] = invitation_token(objects.demarche)
        elif name not in objects.objects:
            return None
        else:
            arguments[argument] = objects.uuid(name)
    return reverse(row.name, kwargs=arguments) + row.query


def ask(client: ReadOnlyGetClient, verb: str, address: str, options: dict, headers: dict):
    """One request in a savepoint: what it changes is undone."""
    point = transaction.savepoint()
    cookies = client.cookies.copy()
    try:
        if verb == "GET":
            options = {}
        elif verb != "POST" and "content_type" not in options:
            options = {"content_type": "application/x-www-form-urlencoded", "data": "essai=1"}
        elif options.get("content_type") == "application/json":
            options = options | {"data": "{}"}
        return getattr(client, verb.lower())(address, headers=headers, **options)
    finally:
        client.cookies = cookies
        transaction.savepoint_rollback(point)


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
    wrong = {}
    for place, address, person, verb, expected in cells(row, stage):
        for kind, options, headers in (FOR_PROGRAMS if row.api else USUAL) + (VARIANTS if FULL else []):
            response = ask(stage.clients[person], verb, address, options, headers)
            figures["cellules de droits vérifiées"] += 1
            refused = expected in REFUSALS or (expected == 302 and person == "anonymous" and row.scoped and not row.api)
            if kind in ("form", "program") or refused:
                fine = response.status_code == expected
            else:
                fine = response.status_code < 500
            if fine and refused and expected == 302:
                fine = response["Location"].startswith(SIGN_IN)
            if not fine:
                figures["fuites"] += expected in REFUSALS and response.status_code < 400
                wrong.setdefault((place, verb, kind, address), {})[person] = (expected, response.status_code)
    assert wrong == {}, "\n".join(f"{' '.join(cell)}: {told(people)}" for cell, people in wrong.items())


def told(people: dict[str, tuple[int, int]]) -> str:
    """« alice 200→403 » : who got something else than what the table says."""
    return ", ".join(f"{person} {expected}→{received}" for person, (expected, received) in people.items())
