"""Django settings. Everything that differs between installations comes from `config.environment`."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from kombu import Queue

from config import environment, logs, media, secrets, sentry
from config.database import database
from distributor import embedded, paths
from distributor.broker_urls import broker_address
from distributor.domain.bounces import WINDOW

SITE_URL = environment.site_url()
MAIL_URL = environment.read("DISTRIBUTOR_MAIL_URL")
RETURN_DOMAIN = environment.return_domain()
RETURNS_URLS = environment.read("DISTRIBUTOR_RETURNS_URL").split()
LETTERS_URLS = environment.read("DISTRIBUTOR_LETTERS_URL").split()
RETURNS_DAYS = environment.read_number("DISTRIBUTOR_RETURNS_DAYS", 400, least=WINDOW.days)
WEBSUB_HUB = environment.web_address("DISTRIBUTOR_WEBSUB_HUB")
INDEXNOW_KEY = environment.indexnow_key()
INDEXNOW_URL = environment.web_address("DISTRIBUTOR_INDEXNOW_URL", "https://api.indexnow.org/indexnow")
ALLOWED_NETWORKS = environment.allowed_networks()
LEASE_SECONDS = environment.read_number("DISTRIBUTOR_LEASE_SECONDS", 60)
REDIS_URL = environment.read("REDIS_URL") or embedded.redis_url()

SECRET_KEY, *SECRET_KEY_FALLBACKS = secrets.keys()
DEBUG = environment.read("DISTRIBUTOR_DEBUG") == "1"
_site = urlsplit(SITE_URL)
ALLOWED_HOSTS = [
    host
    for host in (_site.hostname, "127.0.0.1", "localhost", *environment.read("DISTRIBUTOR_ALLOWED_HOSTS").split(","))
    if host
]
CSRF_TRUSTED_ORIGINS = [f"{_site.scheme}://{_site.netloc}"]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "axes",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "distributor.letters",
    "distributor.audience",
    "distributor.delivery",
    "distributor.insights",
    "distributor.people",
    "distributor.webhooks",
    "distributor.api",
    "distributor.newsroom",
    "distributor.notices",
    "distributor.desk",
    "distributor.reader",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "config.middleware.https_only",
    "config.middleware.content_security_policy",
    "config.middleware.without_nul",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "config.middleware.session_use",
    "config.middleware.desk_language",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "distributor.desk.factor_policy.SecondFactorPolicy",
    "allauth.account.middleware.AccountMiddleware",
]
ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [paths.templates(), paths.channels()],
        "APP_DIRS": False,
        "OPTIONS": {
            "environment": "config.jinja.environment",
            "context_processors": ["django.contrib.messages.context_processors.messages"],
        },
    },
]
PREPARED_STATEMENTS = environment.choice("DISTRIBUTOR_PREPARED_STATEMENTS", ("auto", "always", "never"))
DATABASES: dict[str, dict[str, Any]] = {
    "default": database(environment.read("DATABASE_URL"), prepares=PREPARED_STATEMENTS != "never")
}
# Of PostgreSQL's usual 100, most are left to workers, commands and backups.
WEB_CONNECTIONS = environment.read_number("DISTRIBUTOR_WEB_CONNECTIONS", 20)
WAITING_PER_CONNECTION = 10  # requests that wait for an answer; with more, the last would wait too long
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
# A name that fails ten times from one address has to wait there; from elsewhere its owner still gets in.
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_CALLABLE = "distributor.desk.logins.counted_name"
AXES_CLIENT_IP_CALLABLE = "distributor.client_limits.client_of"
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_SENSITIVE_PARAMETERS = ["username", "csrfmiddlewaretoken", "next"]
# Our own lines tell of logins (desk/logins), without a name that may be a password in the wrong field.
AXES_DISABLE_ACCESS_LOG = True
AXES_ENABLE_ADMIN = AXES_VERBOSE = False
SILENCED_SYSTEM_CHECKS = ["axes.W002"]  # the page of logging in asks itself whether somebody is locked out
# Logging in goes by allauth's stages; its own pages, mails and counters are not used (docs/decisions/sign-in.md).
ACCOUNT_ADAPTER = "distributor.desk.sign_in_adapters.AccountAdapter"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_RATE_LIMITS = False
ACCOUNT_LOGIN_TIMEOUT = 900  # seconds between the password and what comes after it
MFA_ADAPTER = "distributor.desk.sign_in_adapters.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_ALLOW_UNVERIFIED_EMAIL = True  # addresses are ours to confirm
MFA_TOTP_TOLERANCE = 1  # a code of the half minute before or after counts too: clocks differ
TWO_FACTOR = environment.choice("DISTRIBUTOR_TWO_FACTOR", ("optional", "admins", "everyone"))
PASSWORD_RESET_TIMEOUT = 3600  # seconds for which a link for a new password counts
LOGIN_URL = "desk:login"
LOGIN_REDIRECT_URL = "desk:home"
CSRF_FAILURE_VIEW = "config.error_pages.form_refused"
LOGOUT_REDIRECT_URL = "desk:login"

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("ko", "한국어")]  # of the desk; each by its own name
LOCALE_PATHS = [paths.catalogs()]
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True
STATIC_URL = "/static/"
# The files of the API's page. As an app, the package would be loaded by every worker and command, with 20 MB.
STATICFILES_DIRS = [("ninja", paths.package_folder("ninja") / "static" / "ninja")]
WHITENOISE_USE_FINDERS = True  # no collectstatic step: the few files are read from the apps

STORAGES = {
    "media": media.storage(),
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True  # forms carry the token themselves
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _site.scheme == "https"
if _site.scheme == "https":
    # No other host of the domain, and nobody on an unencrypted line, can set these (RFC 6265bis §4.1.3.2).
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
X_FRAME_OPTIONS = "SAMEORIGIN"  # the desk shows mail variants in frames of its own
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024  # the size limit of a source, see letters/intake

_broker = broker_address(REDIS_URL)
CELERY_BROKER_URL = _broker.url
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 3600,
    "queue_order_strategy": "priority",
    "socket_connect_timeout": 2,
    "socket_timeout": 5,
    **_broker.options,
}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_ENABLE_UTC = True
CELERY_TASK_DEFAULT_QUEUE = "distributor"
# Mail has a queue of its own, which a worker only looks at when the first one is empty: no mailing, however large,
# keeps ticks and posts waiting for longer than one turn of it. Workers for mail only: `celery -A tasks worker -Q mail`.
# Feeds of others, which may be slow, have one too, before mail: news wait for no mailing. So do webhooks: one turn at a
# time, for seconds (`webhooks.turns`). A worker for them alone: `celery -A tasks worker -Q webhooks --concurrency 1`.
# Transactional mail comes first among them: somebody waits for it.
CELERY_TASK_ROUTES = {
    "delivery.transactional_mail": {"queue": "transactional"},
    "delivery.mail": {"queue": "mail"},
    "insights.fetch_returns": {"queue": "mail"},
    "newsroom.look": {"queue": "intake"},
    "newsroom.hubs": {"queue": "intake"},
    "webhooks.turn": {"queue": "webhooks"},
    "newsroom.arrivals": {"queue": "intake"},
    "newsroom.fetch_mail": {"queue": "intake"},
}
CELERY_TASK_QUEUES = [
    Queue("distributor"),
    Queue("transactional"),
    Queue("intake"),
    Queue("webhooks"),
    Queue("mail"),
]
CELERY_WORKER_HIJACK_ROOT_LOGGER = False

LOG_LEVEL = environment.choice("DISTRIBUTOR_LOG_LEVEL", logs.LEVELS)
LOG_FORMAT = environment.choice("DISTRIBUTOR_LOG_FORMAT", logs.FORMATS)
LOGGING = logs.logging_settings(level=LOG_LEVEL, style=LOG_FORMAT)
METRICS_TOKEN = environment.metrics_token()
sentry.start(environment.read("DISTRIBUTOR_SENTRY_DSN"))
