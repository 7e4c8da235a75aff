"""The Celery application: it only wakes workers, PostgreSQL holds the work (see operations.services)."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "eit_platform.settings.base")
app = Celery("boucles")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
