"""Production settings, read from the environment; dev and test only override what they must."""

import os
from datetime import timedelta
from pathlib import Path

import dj_database_url
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parents[2]


def env(name: str, default: str | None = None) -> str:
    """The environment variable, or its default; without either, the process refuses to start."""
    value = os.environ.get(name, default)
    if value is None:
        raise ImproperlyConfigured(f"La variable d’environnement {name} est obligatoire (voir .env.example).")
    return value


def env_flag(name: str, default: str = "0") -> bool:
    return env(name, default).lower() in {"1", "true", "yes", "on", "oui"}


def env_list(name: str, default: str = "") -> list[str]:
    return [item.strip() for item in env(name, default).split(",") if item.strip()]


# --- Identity of the site -----------------------------------------------------------------------------------------
PRODUCT_NAME = "Boucles"
SECRET_KEY = env("SECRET_KEY", "" if os.environ.get("BOUCLES_INSECURE_KEY") else None) or "insecure-key-of-dev-and-tests"
DEBUG = False
SITE_URL = env("SITE_URL", "http://localhost:8000").rstrip("/")
ALLOWED_HOSTS = env_list("ALLOWED_HOSTS", "localhost")
CSRF_TRUSTED_ORIGINS = env_list("CSRF_TRUSTED_ORIGINS", SITE_URL)

# --- Applications ---------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "eit_platform",
    "eit_platform.common",
    "operations",
    "territories",
    "actors",
    "synergies",
    "reporting",
    "workspace",
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.usersessions",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_htmx",
    "template_partials",
    "pgtrigger",
    "pghistory",
    "csp",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "operations.middleware.MaskedPathMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "territories.middleware.SessionAgeMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "pghistory.middleware.HistoryMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "territories.middleware.SecondFactorMiddleware",
    "eit_platform.common.middleware.PageHeadersMiddleware",
    "eit_platform.common.middleware.BusinessErrorMiddleware",
]

ROOT_URLCONF = "eit_platform.urls"
WSGI_APPLICATION = "eit_platform.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "eit_platform.common.context.site",
                "workspace.context.navigation",
            ],
            "builtins": [
                "eit_platform.common.templatetags.boucles",
                "operations.templatetags.idempotency",
                "template_partials.templatetags.partials",
            ],
        },
    },
]

# --- Database: one engine everywhere --------------------------------------------------------------------------------
_database_url = env("DATABASE_OWNER_URL") if os.environ.get("BOUCLES_DB_ROLE") == "owner" else env("DATABASE_URL")
DATABASES = {"default": dj_database_url.parse(_database_url)}
DATABASES["default"].update(
    {
        "ATOMIC_REQUESTS": True,
        "CONN_MAX_AGE": 0,  # kept connections and threads exhaust PostgreSQL: psycopg's pool does that work
        "DISABLE_SERVER_SIDE_CURSORS": False,
    }
)
DATABASES["default"].setdefault("OPTIONS", {})
DATABASES["default"]["OPTIONS"]["pool"] = {"min_size": 1, "max_size": int(env("DATABASE_POOL_SIZE", "8")), "timeout": 20}
# Attempt counters commit apart from the request's transaction: a refused sign-in must be counted.
DATABASES["apart"] = DATABASES["default"] | {"ATOMIC_REQUESTS": False}
ATTEMPTS_DATABASE = "apart"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env("REDIS_URL")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "boucles",
    }
}

# --- Celery: the job is in PostgreSQL, the message only wakes a worker -----------------------------------------------
CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 270
CELERY_TASK_SOFT_TIME_LIMIT = 240
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 10.0
CELERY_WORKER_ENABLE_SOFT_SHUTDOWN_ON_IDLE = True
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# A request that wakes a worker must not wait for a broker that is gone: the beat wakes it again.
CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_connect_timeout": 2, "socket_timeout": 10}
CELERY_TASK_DEFAULT_QUEUE = "boucles"
CELERY_TIMEZONE = "Europe/Paris"
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_SCHEDULE = {
    "resume-jobs": {"task": "operations.tasks.resume_jobs", "schedule": timedelta(seconds=10)},
    "send-outbox": {"task": "operations.tasks.send_outbox", "schedule": timedelta(seconds=10)},
    "prepare-due-reports": {"task": "reporting.tasks.prepare_due_reports", "schedule": timedelta(hours=1)},
    "seal-audit": {"task": "operations.tasks.seal_audit", "schedule": timedelta(minutes=5)},
    "clean-up": {"task": "operations.tasks.clean_up", "schedule": timedelta(hours=6)},
}
PGHISTORY_INSTALL_CONTEXT_FUNC_ON_MIGRATE = True
JOB_LEASE = timedelta(seconds=300)

# --- People and sessions ----------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "territories.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 14}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "workspace:start"
ACCOUNT_ADAPTER = "territories.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_RATE_LIMITS = False  # territories.lockout counts in PostgreSQL: a cache can be lost, a lockout must not
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = PRODUCT_NAME
MFA_FORMS = {
    "authenticate": "territories.second_factor.SignInCodeForm",
    "reauthenticate": "territories.second_factor.ConfirmationCodeForm",
}
USERSESSIONS_TRACK_ACTIVITY = False  # last-seen is written at most every 5 minutes, by our own middleware
SOCIALACCOUNT_PROVIDERS: dict = {}
SECOND_FACTOR_ENFORCED = env_flag("SECOND_FACTOR_ENFORCED", "1")

SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_NAME = "__Host-session"
SESSION_COOKIE_SECURE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_IDLE_LIMIT = timedelta(hours=3)
SESSION_EXPIRE_AT_BROWSER_CLOSE = False
CSRF_COOKIE_NAME = "__Host-csrf"
CSRF_COOKIE_SECURE = True
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "eit_platform.common.errors.csrf_failure"

# --- Protections -------------------------------------------------------------------------------------------------------
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env_flag("BEHIND_PROXY") else None
TRUSTED_PROXY_COUNT = int(env("TRUSTED_PROXY_COUNT", "1" if env_flag("BEHIND_PROXY") else "0"))
SECURE_SSL_REDIRECT = True
SECURE_REDIRECT_EXEMPT = [r"^sante/$"]
SECURE_HSTS_SECONDS = 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
MAP_TILES_URL = env("MAP_TILES_URL", "")
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
    }
}

# --- Files, mail, outgoing calls ---------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = Path(env("STATIC_ROOT", str(BASE_DIR / "staticfiles")))
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "operations.storage.DatabaseStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 4000
FILE_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
UPLOAD_MAX_BYTES = 50 * 1024 * 1024

EMAIL_BACKEND = "operations.mail.OutboxBackend"  # every message passes by the outbox
OUTBOX_SMTP_URL = env("EMAIL_URL", "")
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", "Boucles <ne-pas-repondre@localhost>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
DEMO_MAILBOX = False
STYLEGUIDE = False  # its page has an address on a developer's machine only

COMPANY_API_URL = env("COMPANY_API_URL", "https://recherche-entreprises.api.gouv.fr").rstrip("/")
COMPANY_API_TIMEOUT = 6.0
OUTGOING_USER_AGENT = f"Boucles ({SITE_URL})"

# --- Language -----------------------------------------------------------------------------------------------------------
LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", "Français")]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
USE_THOUSAND_SEPARATOR = False
TIME_ZONE = "Europe/Paris"

# --- API -----------------------------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "territories.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["eit_platform.common.rendering.OrjsonRenderer"],
    "DEFAULT_PARSER_CLASSES": ["eit_platform.common.parsing.OrjsonParser"],
    "DEFAULT_PAGINATION_CLASS": "eit_platform.common.pagination.KeysetPagination",
    "EXCEPTION_HANDLER": "eit_platform.common.exceptions.api_exception_handler",
    "PAGE_SIZE": 50,
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "API de Boucles",
    "DESCRIPTION": "Animation territoriale de l’écologie industrielle : acteurs, flux, pistes, synergies, rapports.",
    "VERSION": "1.0.0",
    "SERVE_INCLUDE_SCHEMA": False,
    # Programs come with a token; the session's cookie is the pages' own.
    "AUTHENTICATION_WHITELIST": ["territories.authentication.TokenAuthentication"],
    "ENUM_NAME_OVERRIDES": {
        "CostUnitEnum": [("EUR/t", "€/t"), ("EUR/year", "€/an")],
        "FlowStateEnum": "synergies.enums.FlowState",
        "ImpactStateEnum": "synergies.enums.ImpactState",
        "JournalKindEnum": "synergies.models.JournalKind",
        "LeadKindEnum": "synergies.enums.LeadKind",
        "LeadStateEnum": "synergies.enums.LeadState",
        "ReportKindEnum": "reporting.enums.ReportKind",
        "ReportStateEnum": "reporting.enums.ReportState",
        "SynergyStageEnum": "synergies.enums.SynergyStage",
    },
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "SERVERS": [],
}

# --- Logs: never a personal link, never a body --------------------------------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"mask_links": {"()": "operations.logs.MaskLinks"}},
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["mask_links"]}},
    "root": {"handlers": ["console"], "level": env("LOG_LEVEL", "INFO")},
    "loggers": {"django.request": {"level": "ERROR"}, "weasyprint": {"level": "ERROR"}, "fontTools": {"level": "ERROR"}},
}

_insecure = SECRET_KEY.startswith("insecure-") or len(SECRET_KEY) < 40
if _insecure and not os.environ.get("BOUCLES_INSECURE_KEY"):
    raise ImproperlyConfigured("SECRET_KEY doit être une valeur secrète d’au moins 40 caractères.")
