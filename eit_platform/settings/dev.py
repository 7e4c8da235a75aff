"""The demonstration and a developer's machine: same engine, plain HTTP on loopback, messages read on a page."""

import os
import warnings

os.environ.setdefault("BOUCLES_INSECURE_KEY", "1")

from .base import *  # noqa: F403 – settings are layered, the environment variable must come first
from .base import BASE_DIR, STORAGES

DEBUG = os.environ.get("DJANGO_DEBUG", "1" if not os.environ.get("BOUCLES_DEMO") else "0") == "1"
STYLEGUIDE = True
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", "testserver"]
SECURE_SSL_REDIRECT = False
SECURE_HSTS_SECONDS = 0
SESSION_COOKIE_NAME = "boucles-session"
SESSION_COOKIE_SECURE = False
CSRF_COOKIE_NAME = "boucles-csrf"
CSRF_COOKIE_SECURE = False
SECOND_FACTOR_ENFORCED = False
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
DEMO_MAILBOX = True
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}

# Files are served by the finders here: nothing is collected, and the collected folder need not exist.
warnings.filterwarnings("ignore", message="No directory at", category=UserWarning)
