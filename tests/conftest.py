"""What every test shares: the cast, a closed network, a client that refuses a GET that writes."""

import socket
from collections import Counter

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.test import Client, TransactionTestCase

from tests import cast as cast_module

LOOPBACK = {"127.0.0.1", "::1", "localhost"}
_connect = socket.socket.connect


def _loopback_only(self, address):
    if isinstance(address, tuple) and address[0] not in LOOPBACK:
        raise AssertionError(f"Un test a voulu joindre {address[0]} : seule la machine elle-même est permise.")
    return _connect(self, address)


@pytest.fixture(autouse=True, scope="session")
def closed_network():
    socket.socket.connect = _loopback_only
    yield
    socket.socket.connect = _connect


REFERENCE_MODELS = (
    "territories.Department",
    "territories.Epci",
    "territories.Commune",
    "actors.NafDivision",
    "actors.NafCode",
    "actors.HeadcountBand",
    "synergies.Resource",
    "synergies.Compatibility",
    "synergies.SectorProfile",
    "synergies.WasteCode",
    "synergies.EmissionFactor",
)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """The shipped tables are in the test database once and for all, as they are in production."""
    from eit_platform.management.commands.load_reference import load_all

    with django_db_blocker.unblock():
        load_all()


def _empty_all_but_reference(self):
    """Replaces Django's flush after a test that commits: the shipped tables stay."""
    kept = {apps.get_model(name)._meta.db_table for name in REFERENCE_MODELS} | {"django_migrations", "django_content_type"}
    tables = [name for name in connection.introspection.django_table_names(only_existing=True) if name not in kept]
    names = ", ".join(connection.ops.quote_name(name) for name in tables)
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {names} RESTART IDENTITY")


TransactionTestCase._fixture_teardown = _empty_all_but_reference


@pytest.fixture
def cast(db) -> cast_module.Cast:
    return cast_module.assemble()


def pytest_xdist_make_scheduler(config, log):
    """A file goes to one process, and all the browser's files to the same one: they share one running product."""
    from xdist.scheduler import LoadFileScheduling

    class OneProductForTheBrowser(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return "tests/e2e" if nodeid.startswith("tests/e2e/") else super()._split_scope(nodeid)

    return OneProductForTheBrowser(config, log) if config.getvalue("dist") == "loadfile" else None


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """The browser's tests come first and in their written order: they share one product, and their loop must be over
    before a test of the same process talks to the database."""
    browser = [item for item in items if item.get_closest_marker("e2e")]
    browser.sort(key=lambda item: (str(item.path), item.location[1]))
    others = [item for item in items if not item.get_closest_marker("e2e")]
    items[:] = browser + others


@pytest.fixture(scope="module")
def stage(django_db_setup, django_db_blocker):
    """Both démarches furnished, and everybody signed in: built once for a module, each test undoes what it changes."""
    from tests.stage import set_up

    with django_db_blocker.unblock(), transaction.atomic():
        yield set_up()
        transaction.set_rollback(True)


READS = ("SELECT", "SAVEPOINT", "RELEASE", "BEGIN", "ROLLBACK", "SET LOCAL", "DECLARE", "FETCH", "CLOSE", "WITH")
SESSION_TABLES = ("django_session", "operations_attemptcounter", "account_emailaddress", '"last_seen_at"', "usersessions")


def is_business_write(sql: str) -> bool:
    """Sessions, attempt counters and last-seen are the only things a GET may write."""
    return not sql.lstrip(" \n(").upper().startswith(READS) and not any(table in sql for table in SESSION_TABLES)


class ReadOnlyGetClient(Client):
    """Django's client, except that a GET that writes business data fails the test."""

    def get(self, *args, **kwargs):
        def guard(execute, sql, params, many, context):
            assert not is_business_write(sql), f"Un GET a écrit : {sql[:200]}"
            return execute(sql, params, many, context)

        with connection.execute_wrapper(guard):
            return super().get(*args, **kwargs)


@pytest.fixture
def client() -> ReadOnlyGetClient:
    return ReadOnlyGetClient()


@pytest.fixture
def sign_in(client):
    """`sign_in(user)` gives the client, signed in as that person."""

    def as_person(user) -> ReadOnlyGetClient:
        client.force_login(user)
        return client

    return as_person


FIGURES = pytest.StashKey[Counter]()


@pytest.fixture(scope="session")
def figures(pytestconfig) -> Counter:
    """What tests count – cells, pages, examples – printed once at the end, all processes together."""
    return pytestconfig.stash.setdefault(FIGURES, Counter())


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session):
    """A process of xdist hands its figures to the one that prints."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["figures"] = dict(session.config.stash.get(FIGURES, Counter()))


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node, error):
    node.config.stash.setdefault(FIGURES, Counter()).update(getattr(node, "workeroutput", {}).get("figures", {}))


def pytest_terminal_summary(terminalreporter, config):
    for name, count in sorted(config.stash.get(FIGURES, Counter()).items()):
        terminalreporter.write_line(f"{name} : {count}")
