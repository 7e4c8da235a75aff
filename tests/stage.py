"""The two démarches furnished alike, a client per person, and the way to ask an address of the permission table."""

from dataclasses import dataclass

from django.db import transaction
from django.urls import reverse

from tests import cast as cast_module
from tests.conftest import ReadOnlyGetClient
from tests.permission_table import PEOPLE, Row
from tests.world import Furnished, add_flow, furnish, invitation_token, link_token


@dataclass
class Stage:
    """Démarches A and B, each with its objects, and who asks."""

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
            clients[name].get("/accessibilite/")  # "last seen" is written now, and not at each request
    return Stage(cast, a, b, clients)


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
