"""Django's settings, from the environment described in `site_config.environment`."""

import os
from pathlib import Path
from typing import Any

import bokeh
import bootstrap
import django_stubs_ext
from django.utils.csp import CSP

from site_config.database.keepalive import with_tcp_keepalive
from site_config.environment import BASE_DIR, Environment
from site_config.server.kernel_cache import place_kernel_cache
from site_config.server.secret_key import kept_secret_key

django_stubs_ext.monkeypatch()

ENVIRONMENT = Environment()

DEBUG = ENVIRONMENT.django_debug
LOCAL_USER = ENVIRONMENT.opens_to_local_user
DATA_DIR = ENVIRONMENT.data_dir
place_kernel_cache(DATA_DIR)
SECRET_KEY = (
    ENVIRONMENT.django_secret_key.get_secret_value()
    if ENVIRONMENT.django_secret_key
    else kept_secret_key(DATA_DIR)
)
ALLOWED_HOSTS = list(ENVIRONMENT.allowed_hosts)

INSTALLED_APPS = [
    "dashboard",
    "strategies",
    "forecasting",
    "ingestion",
    "jobs",
    "core",
    "site_config",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_htmx",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_q",
    "ninja",
]

MIDDLEWARE = [
    "site_config.middleware.request_log.RequestLogMiddleware",
    "site_config.observability.metrics.MeasureMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    # Bodies are received first, as a place at the gate is held until the response is made.
    "site_config.middleware.request_bodies.RequestBodyMiddleware",
    "site_config.middleware.load_shedding.SheddingMiddleware",
    # Before the static files: on a developer's machine they come from their folders, uncompressed.
    "site_config.middleware.fast_gzip.QuickGZipMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "site_config.access.middleware.SameSiteMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "site_config.access.middleware.TokenMiddleware",
    "site_config.access.middleware.LocalUserMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "site_config.access.middleware.LoginMiddleware",
    "site_config.middleware.nul_bytes.PlainTextMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "site_config.errors.ErrorPageMiddleware",
]

ROOT_URLCONF = "site_config.urls"
WSGI_APPLICATION = "site_config.wsgi.application"
ADMIN_PATH = ENVIRONMENT.admin_path.strip("/")
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "/"

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
            ],
        },
    },
]
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

DATABASES: dict[str, dict[str, Any]] = {
    "default": {
        **with_tcp_keepalive(ENVIRONMENT.database()),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    },
}
# Values travel beside a statement, not written into it: a document of 150 KB is stored 2 ms sooner.
DATABASES["default"].setdefault("OPTIONS", {})["server_side_binding"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_PASSWORD_VALIDATORS: list[dict[str, Any]] = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
AUTH_PASSWORD_VALIDATORS.append(
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    }
)

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True

# Static files: our own, and single files out of installed packages. Whole folders of BokehJS and
# Bootstrap would add tens of megabytes and break the manifest.
STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "site_config.server.vendor_files.VendorFilesFinder",
]
_BOOTSTRAP = Path(bootstrap.__path__[0])
VENDOR_FILES = {
    "vendor/bootstrap.min.css": _BOOTSTRAP / "css/bootstrap.min.css",
    "vendor/bootstrap.min.css.map": _BOOTSTRAP / "css/bootstrap.min.css.map",
    "vendor/bokeh.min.js": Path(bokeh.__path__[0]) / "server/static/js/bokeh.min.js",
}
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if LOCAL_USER
        else "site_config.server.static_files.ModuleManifestStorage",
    },
}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = LOCAL_USER
# Besides what is compressed already: maps, which only a developer's browser loads.
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = ("map", "png", "gif", "woff", "woff2", "gz", "br")

# Pages' unchanging parts, some 70 KB each, in the memory of each process.
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
    "rendered": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "rendered",
        "TIMEOUT": None,
        "OPTIONS": {"MAX_ENTRIES": 400},
    },
}

# Bokeh sets styles from its script, hence 'unsafe-inline' for style elements. A nonce there would
# cancel it. Scripts come from our own files alone.
SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "style-src-elem": [CSP.SELF, CSP.UNSAFE_INLINE],
    "style-src-attr": [CSP.NONE],
    "img-src": [CSP.SELF, "data:"],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "manifest-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
    "object-src": [CSP.NONE],
}

# Transport and cookies. The `__Host-` and `__Secure-` names make the browser enforce the flags.
USES_TLS = ENVIRONMENT.uses_tls
SECURE_SSL_REDIRECT = USES_TLS
SECURE_REDIRECT_EXEMPT = [r"^livez$", r"^readyz$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if USES_TLS else None
SECURE_HSTS_SECONDS = 31_536_000 if USES_TLS else 0
# Other names under this one may not speak HTTPS: whoever owns them all says so by these two, not we.
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = False
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = USES_TLS
SESSION_COOKIE_NAME = "__Host-session" if USES_TLS else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if USES_TLS else "csrf"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "site_config.errors.csrf_failure"
# Asked to be remembered, a browser stays logged in for two weeks, otherwise for a working day.
SESSION_COOKIE_AGE = 14 * 24 * 3600
SESSION_SECONDS_UNREMEMBERED = 12 * 3600
X_FRAME_OPTIONS = "DENY"

# How many proxies stand between visitors and this process: each adds the address that it saw at the
# right of X-Forwarded-For. What stands further left is whatever the visitor wrote.
PROXY_HOPS = ENVIRONMENT.proxy_hops if ENVIRONMENT.proxy_hops is not None else int(USES_TLS)

# What a user may do in a minute, all at once if they like.
BUDGETS_PER_MINUTE = {
    "runs": ENVIRONMENT.runs_per_minute,
    "sweeps": ENVIRONMENT.sweeps_per_minute,
    "reports": ENVIRONMENT.reports_per_minute,
    "imports": ENVIRONMENT.imports_per_minute,
    "api": ENVIRONMENT.api_requests_per_minute,
}

# Seconds after which a web process prints a report itself that no worker has begun.
REPORTS_WAIT_FOR_A_WORKER = 3.0

# A message of django-q2 calls a worker and names no job, so that it does no harm to deliver one twice or to
# lose one: the Job model claims, counts attempts and decides what runs again. `timeout` ends a hanging task;
# `retry` is longer, so that a message is not delivered again while its worker lives; `max_attempts` bounds
# deliveries that fail before a job is claimed; a message that failed is not kept, as another one follows.
# No schedules and no results: they name functions and hold pickles, which would let who writes to the
# database run code (jobs/worker/allowed_functions.py).
TASK_BROKER_URL = ENVIRONMENT.task_broker_url.get_secret_value() if ENVIRONMENT.task_broker_url else None
Q_CLUSTER = {
    "name": "hindcast",
    **(
        {"broker_class": "jobs.worker.redis_broker.RedisBroker", "redis": TASK_BROKER_URL}
        if TASK_BROKER_URL
        else {"orm": "default"}
    ),
    "workers": 2,
    "timeout": 600,
    "retry": 720,
    "max_attempts": 5,
    "ack_failures": True,
    "scheduler": False,
    "save_limit": -1,
    "poll": 0.5,
    "label": "Background tasks",
}

JOB_LEASE_SECONDS = ENVIRONMENT.job_lease_seconds

ALPHA_VANTAGE_API_KEY = (
    ENVIRONMENT.alpha_vantage_api_key.get_secret_value() if ENVIRONMENT.alpha_vantage_api_key else None
)
ALPHA_VANTAGE_BASE_URL = ENVIRONMENT.alpha_vantage_base_url
ALPHA_VANTAGE_ALLOW_PRIVATE = (
    not USES_TLS
    if ENVIRONMENT.alpha_vantage_allow_private is None
    else ENVIRONMENT.alpha_vantage_allow_private
)
ALPHA_VANTAGE_REQUESTS_PER_DAY = ENVIRONMENT.alpha_vantage_requests_per_day
ALPHA_VANTAGE_SECONDS_BETWEEN_REQUESTS = ENVIRONMENT.alpha_vantage_seconds_between_requests
ALPHA_VANTAGE_TIMEOUT = ENVIRONMENT.alpha_vantage_timeout
ALPHA_VANTAGE_TRIES = ENVIRONMENT.alpha_vantage_tries
ALPHA_VANTAGE_RETRY_SECONDS = ENVIRONMENT.alpha_vantage_retry_seconds
ALPHA_VANTAGE_BURST_SECONDS = ENVIRONMENT.alpha_vantage_burst_seconds
ALPHA_VANTAGE_PROBE_MINUTES = ENVIRONMENT.alpha_vantage_probe_minutes
ALPHA_VANTAGE_ACTIONS_DAYS = ENVIRONMENT.alpha_vantage_actions_days
MARKET_DATA_PROVIDER = ENVIRONMENT.market_data_provider
TIINGO_API_KEY = ENVIRONMENT.tiingo_api_key.get_secret_value() if ENVIRONMENT.tiingo_api_key else None
TIINGO_BASE_URL = ENVIRONMENT.tiingo_base_url
TIINGO_REQUESTS_PER_DAY = ENVIRONMENT.tiingo_requests_per_day
TIINGO_SECONDS_BETWEEN_REQUESTS = ENVIRONMENT.tiingo_seconds_between_requests
IMPORT_MEGABYTES = ENVIRONMENT.import_megabytes
IMPORT_BAD_ROWS = ENVIRONMENT.import_bad_rows
IMPORT_BAD_FRACTION = ENVIRONMENT.import_bad_fraction
HISTORY_YEARS = ENVIRONMENT.history_years
REFRESH_MINUTES_AFTER_CLOSE = ENVIRONMENT.refresh_minutes_after_close
REFRESH_MINUTES_BETWEEN_TRIES = ENVIRONMENT.refresh_minutes_between_tries

# What one user may store (dashboard/usage.py); 0: no limit.
RUNS_OF_A_USER = ENVIRONMENT.runs_of_a_user
MEGABYTES_OF_A_USER = ENVIRONMENT.megabytes_of_a_user
ROOM_IS_KNOWN_FOR = 10
"""Seconds for which what was counted is believed, while there is much room."""

# How long what is kept (core/retention.py); 0: for ever.
RUNS_KEPT_DAYS = ENVIRONMENT.runs_kept_days
RECORDS_KEPT_DAYS = ENVIRONMENT.records_kept_days
AUDIT_KEPT_DAYS = ENVIRONMENT.audit_kept_days

# How many requests a web process works on at once, and how many more it lets wait: the rest are told to
# come again. deploy/gunicorn.conf.py has a thread for each of them.
REQUESTS_AT_ONCE = ENVIRONMENT.requests_at_once
REQUESTS_WAITING = ENVIRONMENT.requests_waiting

SENTRY_DSN = ENVIRONMENT.sentry_dsn.get_secret_value() if ENVIRONMENT.sentry_dsn else None
METRICS_TOKEN = ENVIRONMENT.metrics_token.get_secret_value() if ENVIRONMENT.metrics_token else None
if METRICS_TOKEN:
    # The web processes measure into one folder. The library reads this variable while it is imported.
    os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", str(DATA_DIR / "measurements"))
    Path(os.environ["PROMETHEUS_MULTIPROC_DIR"]).mkdir(parents=True, exist_ok=True)

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"context": {"()": "site_config.observability.log_formats.ContextFilter"}},
    "formatters": {
        "line": {"()": "site_config.observability.log_formats.LineFormatter"},
        "json": {"()": "site_config.observability.log_formats.JsonFormatter"},
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": ENVIRONMENT.log_format,
            "filters": ["context"],
        },
    },
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        name: {"level": ENVIRONMENT.log_level}
        for name in ("site_config", "dashboard", "strategies", "forecasting", "ingestion", "jobs")
    },
}
