"""
Settings, all of them, in one file. Every knob is an environment variable.

Each is read once, here, with a default that works on a laptop and is safe in production.
docs/configuration.md lists them; a test compares the two.
"""

from __future__ import annotations

import warnings
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from aimodels import paths
from aimodels.environment import Env, has_package
from aimodels.paths import HOME, RESOURCES
from core import contact
from core.program import command

BASE_DIR = paths.BASE_DIR  # child processes start there
env = Env()
Env.read_env(HOME / ".env")

# ── Core ────────────────────────────────────────────────────────────────────────────────────
SECRET_KEY = env.str("SECRET_KEY", default="")
if not SECRET_KEY:  # no default: a key that everyone knows signs nothing
    raise ImproperlyConfigured(
        "SECRET_KEY is not set. Put a long random text into the environment or into .env; "
        f"`{command('init')}` writes one into .env. If a service runs the portal, run commands "
        "with the service's variables: docs/deployment.md."
    )
DEBUG = env.bool("DEBUG", default=False)
DEFAULT_EXCEPTION_REPORTER_FILTER = "aimodels.debug.NoSettings"
HOST = env.str("HOST", default="127.0.0.1")
_LOOPBACK = ["localhost", "127.0.0.1", "[::1]"]
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[*dict.fromkeys([*_LOOPBACK, HOST])])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
PORT = env.int("PORT", default=8000)
LOG_LEVEL = env.str("LOG_LEVEL", default="INFO")
LOG_FORMAT = env.str("LOG_FORMAT", default="text")
if LOG_FORMAT not in ("text", "json"):
    raise ImproperlyConfigured("The variable LOG_FORMAT is not valid: it is text or json.")
PORTAL_CONTACT = env.str("PORTAL_CONTACT", default="")  # whom people ask: mail, URL or words
try:
    contact.read(PORTAL_CONTACT)
except ValueError as invalid:
    raise ImproperlyConfigured(
        f"The variable PORTAL_CONTACT is not valid: write {invalid}, a mail address, or a name."
    ) from None
VAR_DIR = Path(env.str("VAR_DIR", default=str(HOME / "var")))  # database, static files
DRAIN_SECONDS = env.float("DRAIN_SECONDS", default=20.0)
HUNG_SECONDS = env.float("HUNG_SECONDS", default=30.0)  # 0: a worker that hangs is not replaced

# ── The look ────────────────────────────────────────────────────────────────────────────────
PORTAL_NAME = env.name("PORTAL_NAME", default="AI models")
PORTAL_LOGO = env.logo("PORTAL_LOGO")
PORTAL_COLOR = env.colour("PORTAL_COLOR")

# ── The registry ────────────────────────────────────────────────────────────────────────────
MODELS_FILE = Path(env.str("MODELS_FILE", default=str(HOME / "models.yaml")))
RELOAD_SECONDS = env.float("RELOAD_SECONDS", default=0.5)  # 0: edits wait for a restart
REDIS_URL = env.str("REDIS_URL", default="")  # empty: one worker without shared state
STORE_SECONDS = env.float("STORE_SECONDS", default=0.5)
PROBE_SECONDS = env.float("PROBE_SECONDS", default=15.0)  # 0 turns health probes off
CONNECT_TIMEOUT = env.float("CONNECT_TIMEOUT", default=5.0)
FIRST_BYTE_TIMEOUT = env.float("FIRST_BYTE_TIMEOUT", default=120.0)
WHOLE_ANSWER_TIMEOUT = env.float("WHOLE_ANSWER_TIMEOUT", default=600.0)
IDLE_TIMEOUT = env.float("IDLE_TIMEOUT", default=60.0)
TOTAL_TIMEOUT = env.float("TOTAL_TIMEOUT", default=900.0)
MAX_ANSWER_BYTES = env.int("MAX_ANSWER_BYTES", default=64 * 1024 * 1024)
MAX_EMBEDDINGS_BYTES = env.int("MAX_EMBEDDINGS_BYTES", default=100 * 1024 * 1024)
PROVIDER_CONCURRENCY = env.int("PROVIDER_CONCURRENCY", default=256)
PROVIDER_QUEUE = env.int("PROVIDER_QUEUE", default=256)  # of which a person may have a quarter

# ── The HTTP API ────────────────────────────────────────────────────────────────────────────
# Pages of these origins may call the API with a token, from a browser.
CORS_ALLOWED_ORIGINS = frozenset(env.list("CORS_ALLOWED_ORIGINS", default=[]))
DJANGO_CONCURRENCY = env.int("DJANGO_CONCURRENCY", default=16)  # threads and connections
DJANGO_WAIT_SECONDS = env.float("DJANGO_WAIT_SECONDS", default=30.0)
MAX_BODY_BYTES = env.int("MAX_BODY_BYTES", default=8 * 1024 * 1024)
MAX_AUDIO_BYTES = env.int("MAX_AUDIO_BYTES", default=26 * 1024 * 1024)
MAX_JSON_VALUES = env.int("MAX_JSON_VALUES", default=500_000)  # of one request
MAX_CHOICES = env.int("MAX_CHOICES", default=16)  # answers to one request; 0 is no limit
MAX_ANSWER_TOKENS = env.int("MAX_ANSWER_TOKENS", default=1_000_000)
MAX_PROBABILITIES = env.int("MAX_PROBABILITIES", default=100)  # of each token
DATA_UPLOAD_MAX_MEMORY_SIZE = MAX_BODY_BYTES
HEAD_SECONDS = env.float("HEAD_SECONDS", default=20.0)  # for the head of a request to arrive
BODY_SECONDS = env.float("BODY_SECONDS", default=120.0)
RATE_LIMIT_PER_MINUTE = env.int("RATE_LIMIT_PER_MINUTE", default=600)  # a user; 0 is no limit
TOKENS_PER_MINUTE = env.int("TOKENS_PER_MINUTE", default=4_000_000)
PAGES_PER_MINUTE = env.int("PAGES_PER_MINUTE", default=1200)
_QUARTER = max(PROVIDER_CONCURRENCY // 4, 1)
ANSWERS_PER_PERSON = env.int("ANSWERS_PER_PERSON", default=_QUARTER)
PROVIDER_PLACES_PER_PERSON = env.int("PROVIDER_PLACES_PER_PERSON", default=_QUARTER)
BYTES_PER_PERSON = env.int("BYTES_PER_PERSON", default=64 * 1024 * 1024)  # in memory
SOCKETS_PER_PERSON = env.int("SOCKETS_PER_PERSON", default=100)
SQL_GATE_SECONDS = env.float("SQL_GATE_SECONDS", default=3.0)  # to check one query
SQL_GATE_WAIT_SECONDS = env.float("SQL_GATE_WAIT_SECONDS", default=15.0)  # for its turn
SOURCES_FILE = env.str("SOURCES_FILE", default="")  # data sources of the SQL workflow
MEANINGS_FILE = env.str("MEANINGS_FILE", default="")  # what words mean in the data sources
SOURCES_WAIT_SECONDS = env.float("SOURCES_WAIT_SECONDS", default=30.0)  # for a query's turn
SQL_REPAIRS = env.int("SQL_REPAIRS", default=2)  # retries after a wrong answer of the model
SQL_SCHEMA_CHARS = env.int("SQL_SCHEMA_CHARS", default=24_000)  # of a schema, in one prompt
MAX_CONVERSATION_CHARS = env.int("MAX_CONVERSATION_CHARS", default=2_000_000)
MAX_ATTACHMENT_BYTES = env.int("MAX_ATTACHMENT_BYTES", default=10 * 1024 * 1024)  # of one file
MAX_UPLOAD_BYTES = max(MAX_ATTACHMENT_BYTES + 64 * 1024, MAX_BODY_BYTES)  # with the form around it
ATTACHMENT_BYTES_PER_PERSON = env.int("ATTACHMENT_BYTES_PER_PERSON", default=200 * 1024 * 1024)
SCHEMAS_PER_PERSON = env.int("SCHEMAS_PER_PERSON", default=100)  # saved, of the SQL workflow
INQUIRIES_PER_PERSON = env.int("INQUIRIES_PER_PERSON", default=2000)
HEARTBEAT_SECONDS = env.float("HEARTBEAT_SECONDS", default=10.0)
AWAY_SECONDS = env.float("AWAY_SECONDS", default=300.0)  # an answer without its reader
READER_SECONDS = env.float("READER_SECONDS", default=30.0)
SIGNED_IN_SECONDS = env.float("SIGNED_IN_SECONDS", default=30.0)
AUTH_CACHE_SECONDS = env.float("AUTH_CACHE_SECONDS", default=5.0)
AUTH_GRACE_SECONDS = env.float("AUTH_GRACE_SECONDS", default=300.0)  # without the database
TOKEN_DAYS = env.int("TOKEN_DAYS", default=90)
TOKEN_SIGN_IN_DAYS = env.float("TOKEN_SIGN_IN_DAYS", default=0.0)  # 0: owners may stay away
SIGN_IN_LINK_MINUTES = env.int("SIGN_IN_LINK_MINUTES", default=15)
SIGN_IN_FAILURES = env.int("SIGN_IN_FAILURES", default=10)

INSTALLED_APPS = [
    "aimodels",
    "registry",
    "accounts",
    "chat",
    "workflow",
    "sharing",
    "ledger",
    "alerts",
    "aimodels.admin_config.PortalAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "knox",
    "rest_framework",
    "drf_spectacular",
    "django_htmx",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "aimodels.middleware.CompressPages",
    "aimodels.middleware.ContentSecurityPolicy",
    "aimodels.middleware.KeepErrorsPrivate",
    "aimodels.not_allowed.ExplainNotAllowed",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "aimodels.look.language.PageLanguage",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "aimodels.page_limits.LimitPages",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "accounts.sign_in.middleware.SignIn",
]

ROOT_URLCONF = "aimodels.urls"
ASGI_APPLICATION = "aimodels.asgi.application"
APPEND_SLASH = False  # nothing under /v1/ redirects
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("de", "Deutsch")]
LANGUAGE_COOKIE_NAME = "language"
FORMAT_MODULE_PATH = "aimodels.look.formats"  # where a language has others than Django's
LOCALE_PATHS = [RESOURCES / "locale"]
USE_TZ = True
TIME_ZONE = env.str("TIME_ZONE", default="UTC")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [RESOURCES / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "registry.pages.context_processors.state",
                "core.program.in_templates",
                "core.contact.in_templates",
            ]
        },
    }
]

# ── People's data ───────────────────────────────────────────────────────────────────────────
DATABASE_TIMEOUT = env.float("DATABASE_TIMEOUT", default=5.0)  # for one query
KEPT_ANSWER_BYTES = env.int("KEPT_ANSWER_BYTES", default=32 * 1024 * 1024)  # not stored yet
DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'db.sqlite3'}")}
if DATABASES["default"]["ENGINE"] == "django.db.backends.postgresql":
    DATABASES["default"]["ENGINE"] = "core.postgres"  # the same, with a deadline
    DATABASES["default"]["OPTIONS"] = {
        "connect_timeout": max(2, round(DATABASE_TIMEOUT)),  # libpq takes no less than 2 s
        "keepalives_idle": 10,
        "keepalives_interval": 5,
        "keepalives_count": 2,
        "tcp_user_timeout": max(1000, round(DATABASE_TIMEOUT * 1000)),
        **DATABASES["default"].get("OPTIONS", {}),
    }
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # Deferred transactions that read and then write fail with "database is locked" at once,
    # whatever the timeout; IMMEDIATE ones wait for their turn.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": DATABASE_TIMEOUT,
        # secure_delete overwrites what is deleted, also where SQLite was built without it.
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; "
        "PRAGMA secure_delete=ON",
    }
# Days after which each kind is deleted, counted from its last change. 0 keeps it.
CHAT_DAYS = env.int("CHAT_DAYS", default=0)  # conversations
UNSENT_DAYS = env.float("UNSENT_DAYS", default=1.0)  # files that were attached and not sent
INQUIRY_DAYS = env.int("INQUIRY_DAYS", default=0)  # questions to SQL
SCHEMA_DAYS = env.int("SCHEMA_DAYS", default=0)  # saved schemas
CHANGE_DAYS = env.int("CHANGE_DAYS", default=0)  # switches, runs of queries, the admin's record
LEDGER_DAYS = env.int("LEDGER_DAYS", default=400)  # what was used, by whom
LEDGER_SEAL_KEY = env.str("LEDGER_SEAL_KEY", default="")  # empty: derived from SECRET_KEY
LEDGER_SEAL_KEY_FALLBACKS = env.list("LEDGER_SEAL_KEY_FALLBACKS", default=[])  # former ones
LEDGER_SEAL_WEBHOOK = env.str("LEDGER_SEAL_WEBHOOK", default="")  # which gets each day's seal
ENDED_DAYS = env.int("ENDED_DAYS", default=0)  # tokens, links and sessions that have ended

# ── Signing in ──────────────────────────────────────────────────────────────────────────────
AUTHENTICATION_BACKENDS = [
    "accounts.sign_in.backends.PasswordBackend",  # before others that check passwords: it limits
    "accounts.sign_in.backends.SignInLinkBackend",
]
LOGIN_URL = "/sign-in"
LOGIN_REDIRECT_URL = "/"
SESSION_ENGINE = "accounts.sessions"
SESSION_HOURS = env.float("SESSION_HOURS", default=14 * 24.0)
SESSION_IDLE_HOURS = env.float("SESSION_IDLE_HOURS", default=3 * 24.0)  # a weekend, and a bit
OPERATOR_SESSION_HOURS = env.float("OPERATOR_SESSION_HOURS", default=12.0)
OPERATOR_IDLE_HOURS = env.float("OPERATOR_IDLE_HOURS", default=1.0)
CONFIRM_MINUTES = env.float("CONFIRM_MINUTES", default=30.0)  # then it asks again who one is
RECORD_DAYS = env.float("RECORD_DAYS", default=180.0)  # 0: rows are not deleted for their age
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator",
                 "CommonPasswordValidator", "NumericPasswordValidator")
]  # fmt: skip

# ── OpenTelemetry ───────────────────────────────────────────────────────────────────────────
OTEL_EXPORTER_OTLP_ENDPOINT = env.str("OTEL_EXPORTER_OTLP_ENDPOINT", default="")
if OTEL_EXPORTER_OTLP_ENDPOINT and not has_package("opentelemetry.exporter.otlp.proto.http"):
    raise ImproperlyConfigured(
        "OTEL_EXPORTER_OTLP_ENDPOINT is set, and OpenTelemetry is not installed. Run "
        "`pip install 'aimodels[otel]'`, or unset the variable."
    )

# ── Mail ────────────────────────────────────────────────────────────────────────────────────
SMTP_URL = env.smtp("SMTP_URL")  # of alerts; people get no mail
MAIL_FROM = env.str("MAIL_FROM", default="")

# ── Single sign-on ──────────────────────────────────────────────────────────────────────────
# Its apps, and so the package, are loaded only where an issuer is named.
OIDC_ISSUER = env.str("OIDC_ISSUER", default="")
OIDC_CLIENT_ID = env.str("OIDC_CLIENT_ID", default="")
OIDC_CLIENT_SECRET = env.str("OIDC_CLIENT_SECRET", default="")
OIDC_NAME = env.str("OIDC_NAME", default="single sign-on")  # as the button calls it
OIDC_SCOPES = env.list("OIDC_SCOPES", default=["openid", "profile", "email"])
OIDC_GROUPS_CLAIM = env.str("OIDC_GROUPS_CLAIM", default="groups")
OIDC_GROUPS = env.json("OIDC_GROUPS", default={})  # the provider's → the portal's
OIDC_OPERATORS = env.str("OIDC_OPERATORS", default="")  # the provider's group of operators
OIDC_LINK_BY_EMAIL = env.bool("OIDC_LINK_BY_EMAIL", default=False)
OIDC_TRUST_PROMPT = env.bool("OIDC_TRUST_PROMPT", default=False)  # where it says no auth_time
OIDC_SIGN_OUT = env.bool("OIDC_SIGN_OUT", default=False)  # at the provider as well
SECOND_FACTOR = env.bool("SECOND_FACTOR", default=False)  # people may add a code to a password
if OIDC_ISSUER or SECOND_FACTOR:
    INSTALLED_APPS.append("allauth.account")
    MIDDLEWARE.append("allauth.account.middleware.AccountMiddleware")
    ACCOUNT_EMAIL_VERIFICATION = "none"  # the portal sends no mail
if OIDC_ISSUER:
    INSTALLED_APPS += [
        "allauth.socialaccount",
        "allauth.socialaccount.providers.openid_connect",
        "accounts.sso",
    ]
    AUTHENTICATION_BACKENDS.append("accounts.sso.backend.SingleSignOn")
    SOCIALACCOUNT_ADAPTER = "accounts.sso.adapter.Adapter"
if SECOND_FACTOR:
    INSTALLED_APPS.append("allauth.mfa")
    ACCOUNT_ADAPTER = "accounts.second_factor.adapters.AccountAdapter"
    MFA_ADAPTER = "accounts.second_factor.adapters.SecretAdapter"
    MFA_REAUTHENTICATION_REQUIRED = False  # accounts.sign_in.confirm asks
    MFA_TOTP_ISSUER = PORTAL_NAME
    MFA_TOTP_TOLERANCE = 1  # steps of 30 s: clocks differ
    if REDIS_URL:  # workers count wrong codes together, and a code is taken once
        CACHES = {
            "default": {
                "BACKEND": "django.core.cache.backends.redis.RedisCache",
                "LOCATION": REDIS_URL,
                "KEY_PREFIX": "portal:cache",
            }
        }

# ── Behind a proxy that ends TLS ────────────────────────────────────────────────────────────
# Any caller can send such a header, so it is used only if the operator names it.
TRUSTED_ADDRESS_HEADER = env.str("TRUSTED_ADDRESS_HEADER", default="")
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=1)  # each appends the address that it saw
TRUSTED_SCHEME_HEADER = env.str("TRUSTED_SCHEME_HEADER", default="")
SECURE_COOKIES = env.bool("SECURE_COOKIES", default=bool(TRUSTED_SCHEME_HEADER))
if TRUSTED_SCHEME_HEADER:
    _name = "HTTP_" + TRUSTED_SCHEME_HEADER.upper().replace("-", "_")
    SECURE_PROXY_SSL_HEADER = (_name, "https")
CSRF_FAILURE_VIEW = "aimodels.errors.csrf_failure"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_COOKIES
# A browser takes a cookie of this prefix from this host only, over https, for all paths.
_prefix = "__Host-" if SECURE_COOKIES else ""
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME, DEVICE_COOKIE_NAME = (
    _prefix + name for name in ("sessionid", "csrftoken", "device")
)
SECURE_SSL_REDIRECT = bool(TRUSTED_SCHEME_HEADER)  # without one, redirects would loop
SECURE_REDIRECT_EXEMPT = [r"^v1/", r"^healthz$", r"^readyz$"]
_YEAR = 365 * 24 * 3600
SECURE_HSTS_SECONDS = env.int("HSTS_SECONDS", default=_YEAR if TRUSTED_SCHEME_HEADER else 0)
# Whether subdomains are served by https, too, is for who owns the domain.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# ── Static files ────────────────────────────────────────────────────────────────────────────
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [RESOURCES / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "aimodels.static_files.ModuleStaticFilesStorage"},
}

# ── REST framework ──────────────────────────────────────────────────────────────────────────
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["core.http.drf.PortalAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_THROTTLE_CLASSES": ["core.http.drf.PortalThrottle"],
    "DEFAULT_PARSER_CLASSES": ["core.http.drf.StrictJSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "core.http.drf.JSONOnly",
    "DEFAULT_METADATA_CLASS": None,
    "URL_FORMAT_OVERRIDE": None,
    "EXCEPTION_HANDLER": "core.http.drf.exception_handler",
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "AI models portal",
    "DESCRIPTION": "The models that this organisation uses, and their answers.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,  # the values are in the schema already
    "POSTPROCESSING_HOOKS": ["aimodels.openapi.add_asgi_routes"],
}
REST_KNOX = {"TOKEN_PREFIX": "aim_", "AUTH_TOKEN_CHARACTER_LENGTH": 64}
KNOX_TOKEN_MODEL = "accounts.ApiToken"  # noqa: S105 — a class's name

# ── Logs ────────────────────────────────────────────────────────────────────────────────────
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "text": {
            "class": "core.logs.LineFormatter",
            "format": "{asctime} {levelname} {process} {name}: {message}",
            "style": "{",
        },
        "json": {"class": "core.logs.JSONFormatter"},
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT}},
    "root": {"handlers": ["stderr"], "level": LOG_LEVEL},
    "loggers": {
        "django": {"level": LOG_LEVEL, "handlers": [], "propagate": True},
        "django.request": {"level": "ERROR"},  # a 404 is the caller's mistake
        # Any caller can cause these, and they hold what the caller sent, of any length.
        "django.security.DisallowedHost": {"level": "CRITICAL"},
        "django.security.csrf": {"level": "CRITICAL"},
        "daphne": {"level": "WARNING"},
        "mcp": {"level": "WARNING"},  # it logs the begin and the end of each request
        "uvicorn": {"level": "WARNING"},  # it logs addresses of sockets, which may contain secrets
    },
}

# Static files are read synchronously, in a few pieces, once per browser: hide the warning.
warnings.filterwarnings("ignore", "StreamingHttpResponse must consume synchronous iterators")
