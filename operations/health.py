"""Whether the platform can serve: what a supervisor asks every minute."""

import logging
from datetime import timedelta

from django.conf import settings
from django.db import DatabaseError, connection
from django.utils import timezone
from kombu import Connection

from operations.enums import JobState, OutboxState
from operations.models import Job, OutboxMessage

logger = logging.getLogger(__name__)
LATE_AFTER = timedelta(minutes=2)
BROKER_TIMEOUT_SECONDS = 2


def state() -> dict[str, str]:
    """State of the database, the broker and the workers, in words (`ok`, `down`, `late`, `unknown`), and the whole.

    The whole is `ok`, `degraded` (pages work, later work waits) or `down` (no database).
    """
    database = _database()
    broker = _broker()
    workers = _workers() if database == "ok" else "unknown"
    status = "down" if database != "ok" else "ok" if (broker, workers) == ("ok", "ok") else "degraded"
    return {"status": status, "database": database, "broker": broker, "workers": workers}


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        logger.exception("The database does not answer.")
        return "down"
    return "ok"


def _broker() -> str:
    try:
        with Connection(settings.CELERY_BROKER_URL, connect_timeout=BROKER_TIMEOUT_SECONDS) as broker:
            broker.ensure_connection(max_retries=1, interval_start=0, timeout=BROKER_TIMEOUT_SECONDS)
    except Exception as error:  # kombu and each transport raise their own
        logger.warning("The broker does not answer: %s", type(error).__name__)
        return "down"
    return "ok"


def _workers() -> str:
    since = timezone.now() - LATE_AFTER
    jobs = Job.objects.filter(state=JobState.QUEUED, run_after__lt=since).exists()
    mails = OutboxMessage.objects.filter(state=OutboxState.WAITING, run_after__lt=since).exists()
    return "late" if jobs or mails else "ok"
