"""What has served its time is removed: it protects nobody any more, and may say something about somebody."""

from datetime import timedelta

from django.conf import settings
from django.contrib.sessions.models import Session
from django.utils import timezone

from operations.models import AttemptCounter, IdempotencyKey

KEEP_KEYS = timedelta(days=7)
KEEP_COUNTERS = timedelta(days=30)


def clean_up() -> dict[str, int]:
    """Removes expired sessions, idempotency keys over 7 days old, attempt counters over 30 days old; gives the counts."""
    now = timezone.now()
    counters = AttemptCounter.objects.using(settings.ATTEMPTS_DATABASE)
    return {
        "sessions": Session.objects.filter(expire_date__lt=now).delete()[0],
        "idempotency_keys": IdempotencyKey.objects.filter(created_at__lt=now - KEEP_KEYS).delete()[0],
        "attempt_counters": counters.filter(window_started_at__lt=now - KEEP_COUNTERS).delete()[0],
    }
