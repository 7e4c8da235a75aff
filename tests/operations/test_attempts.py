"""Failures are counted where a rolled-back request can't forget them, and without keeping the address."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from eit_platform.common.exceptions import TooManyAttempts
from operations import attempts
from operations.models import AttemptCounter


def test_nothing_is_refused_before_the_limit(db):
    for _ in range(4):
        attempts.fail("login", "bob@exemple.test")
    attempts.check("login", "bob@exemple.test", limit=5)


def test_the_limit_refuses_and_says_how_long(db):
    for _ in range(5):
        attempts.fail("login", "bob@exemple.test")
    with pytest.raises(TooManyAttempts) as refusal:
        attempts.check("login", "bob@exemple.test", limit=5)
    assert 890 <= refusal.value.retry_after <= 901
    assert refusal.value.message == "Trop d’essais. Réessayez dans 15\u00a0min."


def test_the_count_starts_again_after_the_window(db):
    for _ in range(5):
        attempts.fail("login", "bob@exemple.test")
    with time_machine.travel(timezone.now() + timedelta(minutes=16), tick=False):
        attempts.check("login", "bob@exemple.test", limit=5)
        assert attempts.fail("login", "bob@exemple.test") == 1


def test_success_clears_the_count(db):
    attempts.fail("login", "bob@exemple.test")
    attempts.clear("login", "bob@exemple.test")
    assert attempts.fail("login", "bob@exemple.test") == 1


def test_an_attempt_taken_above_the_limit_is_refused_before_it_is_judged(db):
    for _ in range(3):
        attempts.take("code", "lien-1", limit=3)
    with pytest.raises(TooManyAttempts):
        attempts.take("code", "lien-1", limit=3)


def test_scopes_and_values_do_not_mix(db):
    attempts.fail("login", "bob@exemple.test")
    assert attempts.fail("reset", "bob@exemple.test") == 1
    assert attempts.fail("login", "alice@exemple.test") == 1


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("192.0.2.1", "192.0.2.2", False),
        ("192.0.2.1", "::ffff:192.0.2.1", True),
        ("Bob@Exemple.test ", "bob@exemple.test", True),
    ],
)
def test_which_values_count_together(one, other, same):
    assert (attempts.hashed("s", one) == attempts.hashed("s", other)) is same


def test_the_value_is_not_stored(db):
    attempts.fail("login", "bob@exemple.test")
    counter = AttemptCounter.objects.get()
    assert "bob" not in counter.key
    assert len(counter.key) == 64


@pytest.mark.django_db(transaction=True)
def test_attempts_sent_at_the_same_instant_are_all_counted():
    def fail(_number):
        try:
            return attempts.fail("code", "lien-1")
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as pool:
        counts = list(pool.map(fail, range(40)))
    assert sorted(counts) == list(range(1, 41))
