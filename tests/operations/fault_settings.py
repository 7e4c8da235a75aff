"""Settings of the workers that the fault test kills: the test's database, a real broker, short leases."""

import os
from datetime import timedelta

from eit_platform.settings.test import *  # noqa: F403 – settings are layered
from eit_platform.settings.test import DATABASES

DATABASES["default"]["NAME"] = os.environ["FAULT_DATABASE"]
CELERY_BROKER_URL = os.environ["REDIS_URL"]
CELERY_IMPORTS = ["tests.operations.fault_jobs"]
CELERY_TASK_DEFAULT_QUEUE = "fault-test"
CELERY_BEAT_SCHEDULE = {"resume-jobs": {"task": "operations.tasks.resume_jobs", "schedule": timedelta(seconds=0.5)}}
JOB_LEASE = timedelta(seconds=2)
