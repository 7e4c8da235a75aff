"""Failures counted per account, per address, per link, so that a code or a password can't be tried for ever.

Counters live in PostgreSQL (a cache can be lost, a lockout must not) and commit apart from the request's transaction:
a refused request is rolled back, its count is not. What is counted is kept as a keyed hash, never in clear.
"""

import hashlib
import hmac
import ipaddress
from datetime import timedelta

from django.conf import settings
from django.db import connections, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from eit_platform.common.exceptions import TooManyAttempts
from operations.models import AttemptCounter

WINDOW = timedelta(minutes=15)


def check(scope: str, value: str, limit: int, window: timedelta = WINDOW) -> None:
    """Raises TooManyAttempts when `limit` failures were counted for `value` in the running window."""
    counter = (
        AttemptCounter.objects.using(settings.ATTEMPTS_DATABASE)
        .filter(scope=scope, key=hashed(scope, value), count__gte=limit)
        .first()
    )
    if counter is not None:
        _refuse_within(counter.window_started_at, window)


def fail(scope: str, value: str, window: timedelta = WINDOW) -> int:
    """Counts one failure and gives the count of the window; `window` is the one given to `check`."""
    return _count(scope, value, window)[0]


def take(scope: str, value: str, limit: int, window: timedelta = WINDOW) -> None:
    """Counts the attempt before it is judged, and raises TooManyAttempts above `limit`.

    For codes and passwords: attempts sent at the same instant are all counted, none slips between check and fail.
    Call `clear` when it succeeds.
    """
    count, started = _count(scope, value, window)
    if count > limit:
        _refuse_within(started, window)


def clear(scope: str, value: str) -> None:
    """Forgets the failures of `value`: it proved itself."""
    AttemptCounter.objects.using(settings.ATTEMPTS_DATABASE).filter(scope=scope, key=hashed(scope, value)).delete()


def hashed(scope: str, value: str) -> str:
    """The keyed SHA-256 of a value; an IPv6 address counts for its /64, since one person holds the whole of it."""
    return hmac.new(settings.SECRET_KEY.encode(), f"{scope}\n{_normal(value)}".encode(), hashlib.sha256).hexdigest()


def _normal(value: str) -> str:
    text = str(value).strip().casefold()
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return text
    if address.version == 4:
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((int(address) >> 64 << 64, 64)))


_COUNT = """
INSERT INTO operations_attemptcounter (scope, key, count, window_started_at) VALUES (%(scope)s, %(key)s, 1, %(now)s)
ON CONFLICT (scope, key) DO UPDATE SET
    count = CASE WHEN operations_attemptcounter.window_started_at < %(start)s
                 THEN 1 ELSE operations_attemptcounter.count + 1 END,
    window_started_at = CASE WHEN operations_attemptcounter.window_started_at < %(start)s
                 THEN %(now)s ELSE operations_attemptcounter.window_started_at END
RETURNING count, window_started_at
"""


def _count(scope: str, value: str, window: timedelta):
    now = timezone.now()
    database = settings.ATTEMPTS_DATABASE
    with transaction.atomic(using=database), connections[database].cursor() as cursor:
        cursor.execute(_COUNT, {"scope": scope, "key": hashed(scope, value), "now": now, "start": now - window})
        return cursor.fetchone()


def _refuse_within(started, window: timedelta) -> None:
    left = (started + window - timezone.now()).total_seconds()
    if left <= 0:
        return
    minutes = max(1, round(left / 60))
    raise TooManyAttempts(_("Trop d’essais. Réessayez dans %(minutes)s min.") % {"minutes": minutes}, retry_after=int(left) + 1)
