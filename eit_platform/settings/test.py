"""Tests: strict templates, fast hashing, no network, every task run by the test that wants it."""

import copy
import os

os.environ.setdefault("BOUCLES_INSECURE_KEY", "1")
os.environ["BOUCLES_DB_ROLE"] = "owner"

from .dev import *  # noqa: F403 – settings are layered, the environment variables must come first
from .dev import DATABASES, LOGGING, TEMPLATES

DEBUG = False
STYLEGUIDE = True
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
DATABASES = {"default": copy.deepcopy(DATABASES["default"])}
DATABASES["default"]["OPTIONS"].pop("pool", None)
ATTEMPTS_DATABASE = "default"  # a test's transaction is seen by its own connection only
CELERY_TASK_ALWAYS_EAGER = False
CELERY_BROKER_URL = "memory://"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
COMPANY_API_URL = "http://127.0.0.1:9"  # discard port: a test that needs the register starts its own loopback server
WHITENOISE_AUTOREFRESH = False
LOGGING = LOGGING | {"root": {"handlers": ["console"], "level": "WARNING"}}


class UndefinedVariable(str):
    """Fails the page that shows a variable nobody gave it."""

    def __mod__(self, name):
        raise AssertionError(f"Variable de gabarit inconnue : {name}")


TEMPLATES = copy.deepcopy(TEMPLATES)
TEMPLATES[0]["OPTIONS"]["string_if_invalid"] = UndefinedVariable("%s")
