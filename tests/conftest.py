"""What every test shares: the cast, a closed network, a client that refuses a GET that writes."""

import socket

import pytest
from django.db import connection
from django.test import Client

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


@pytest.fixture
def cast(db) -> cast_module.Cast:
    return cast_module.assemble()


READS = ("SELECT", "SAVEPOINT", "RELEASE", "BEGIN", "ROLLBACK", "SET LOCAL", "DECLARE", "FETCH", "CLOSE", "WITH")
SESSION_TABLES = ("django_session", "operations_attemptcounter", "account_emailaddress", '"last_seen_at"', "usersessions")


def is_business_write(sql: str) -> bool:
    """Sessions, attempt counters and last-seen are the only things a GET may write."""
    return not sql.lstrip().upper().startswith(READS) and not any(table in sql for table in SESSION_TABLES)


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
