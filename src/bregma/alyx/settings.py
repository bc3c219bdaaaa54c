"""Settings of the Django project, read from the installation's folder and a few environment variables."""

from __future__ import annotations

import os
from typing import Any
from urllib.parse import urlsplit

from django.templatetags.static import static

from bregma.alyx.access.environment import providers, second_factor_rule
from bregma.alyx.data.environment import key_readers, link_key, storage_secrets
from bregma.alyx.inbox.environment import mail_server
from bregma.alyx.watch.environment import throttle_rates
from bregma.services.home import Home
from bregma.services.postgres import connection_parameters

HOME = Home.default()
BREGMA_URL = os.environ.get("BREGMA_URL", "http://127.0.0.1:8000").rstrip("/")
BREGMA_VIEWER_URL = os.environ.get("BREGMA_VIEWER_URL", "")
DEBUG = os.environ.get("BREGMA_DEBUG", "") not in ("", "0", "false")
SECRET_KEY = HOME.secret_key()

_public = urlsplit(BREGMA_URL)
_is_https = _public.scheme == "https"
ALLOWED_HOSTS = sorted({_public.hostname or "localhost", "localhost", "127.0.0.1", "[::1]"})
CSRF_TRUSTED_ORIGINS = [f"{_public.scheme}://{_public.netloc}"]

INSTALLED_APPS = [
    "bregma.alyx.admin_site",  # before its theme, whose templates it changes
    "unfold",
    "unfold.contrib.filters",
    "unfold.contrib.import_export",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "pgtrigger",
    "pghistory",
    "django_filters",
    "django_htmx",
    "import_export",
    "rest_framework",
    "rest_framework.authtoken",
    "drf_spectacular",
    "bregma.alyx.misc",
    "bregma.alyx.access",  # before allauth, whose pages it draws
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.socialaccount.providers.orcid",
    "allauth.mfa",
    "bregma.alyx.subjects",
    "bregma.alyx.actions",
    "bregma.alyx.data",
    "bregma.alyx.experiments",
    "bregma.alyx.jobs",
    "bregma.alyx.colony",
    "bregma.alyx.inbox",
    "bregma.alyx.notebook",
    "bregma.alyx.today",
    "bregma.alyx.results",
    "bregma.alyx.web",
    "bregma.alyx.history",  # last: it watches the tables of the others
]

MIDDLEWARE = [
    "bregma.alyx.watch.requests.RequestWatch",
    "django.middleware.security.SecurityMiddleware",
    "bregma.alyx.web.gate.Gate",
    "bregma.alyx.api.anonymous_rate.AnonymousRate",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "bregma.alyx.access.middleware.RequestPolicy",
    "bregma.alyx.access.middleware.SecondFactor",
    "bregma.alyx.web.clock.LabClock",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "bregma.alyx.history.middleware.RequestHistory",
    "bregma.alyx.web.csp.ContentSecurityPolicy",
    "bregma.alyx.web.database.DatabaseRefusals",
    "bregma.alyx.api.unknown_parameters.UnknownParameters",
    "bregma.alyx.api.terms.time_limit.SearchTimeLimit",
]

ROOT_URLCONF = "bregma.alyx.urls"
WSGI_APPLICATION = "bregma.alyx.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "bregma.alyx.web.context.page",
            ],
        },
    },
]


def _database() -> dict[str, Any]:
    """Write libpq's keywords as Django names them; what Django has no name for stays an option."""
    names = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    given: dict[str, Any] = dict(connection_parameters(HOME))
    known = {names[key]: value for key, value in given.items() if key in names}
    options = {key: value for key, value in given.items() if key not in names}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
        **known,
    }


FORM_RENDERER = "bregma.alyx.web.forms.PageForms"

DATABASES = {"default": _database()}
PGHISTORY_MIDDLEWARE_METHODS = ("POST", "PUT", "PATCH", "DELETE")  # reading leaves no history
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Files that wait for their import lie where all web processes find them; api/rates.py counts for all of them.
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
    "shared": {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": str(HOME.run / "shared-cache"),
        "OPTIONS": {"MAX_ENTRIES": 10_000},
    },
}

AUTH_USER_MODEL = "misc.LabMember"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "/"
BREGMA_REQUIRE_TOTP = second_factor_rule()
ACCOUNT_ADAPTER = "bregma.alyx.access.adapters.AccountAdapter"
ACCOUNT_EMAIL_VERIFICATION = "none"  # addresses are entered by administrators; log-in is by name
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_PREVENT_ENUMERATION = True
SOCIALACCOUNT_ADAPTER = "bregma.alyx.access.adapters.ProviderAdapter"
SOCIALACCOUNT_PROVIDERS = providers()
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_LOGIN_ON_GET = True  # a form that leads to another site is refused by our form-action
MFA_ADAPTER = "bregma.alyx.access.adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_TOTP_TOLERANCE = 1  # clocks of phones are a little off

SESSION_COOKIE_SECURE = _is_https
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SECURE = _is_https
CSRF_COOKIE_SAMESITE = "Lax"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31_536_000 if _is_https else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _is_https else None
X_FRAME_OPTIONS = "DENY"
BREGMA_LINK_KEY = link_key(SECRET_KEY)  # signs the download links of files
BREGMA_STORAGE_SECRETS = storage_secrets()  # by the names of repositories; never in rows
BREGMA_STORAGE_KEY_READERS = key_readers()
BREGMA_MOST_BODY_BYTES = 32 * 1024**2  # thousands of files can be registered at once
BREGMA_SEARCH_SECONDS = float(os.environ.get("BREGMA_SEARCH_SECONDS", "20"))  # of django=, json= and extended_qc=
BREGMA_COUNT_QUERIES = os.environ.get("BREGMA_COUNT_QUERIES", "") not in ("", "0", "false")  # X-N-Queries
BREGMA_METRICS_TOKEN = os.environ.get("BREGMA_METRICS_TOKEN", "")  # of whoever reads /metrics from elsewhere

LANGUAGE_CODE = "en-us"
USE_I18N = True
USE_TZ = True
WEIGHT_THRESHOLD = 0.75  # of the expected weight: below it a water restriction must stop
TIME_ZONE = "UTC"  # datetimes without an offset, as the legacy wire writes them, are in UTC

STATIC_URL = "/static/"
STATIC_ROOT = HOME.static
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # WhiteNoise looks for it as soon as a server starts
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "bregma.alyx.web.finders.BundleFinder",
]
MEDIA_ROOT = str(HOME.root / "uploaded")  # pictures of notes: served to those who may read the note
MEDIA_URL = "/uploaded/"
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
WHITENOISE_USE_FINDERS = True
WHITENOISE_IMMUTABLE_FILE_TEST = r"/bregma-vega/"  # the version is in the name

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "rest_framework.authentication.SessionAuthentication",
        "bregma.alyx.access.authentication.AnyToken",
    ],
    "DEFAULT_PARSER_CLASSES": [
        "bregma.alyx.api.parsers.StrictJSONParser",
        "rest_framework.parsers.FormParser",
        "rest_framework.parsers.MultiPartParser",
    ],
    "DEFAULT_PERMISSION_CLASSES": [
        "bregma.alyx.access.authentication.TokenScopes",
        "bregma.alyx.api.permissions.PolicyPermission",
    ],
    "DEFAULT_PAGINATION_CLASS": "bregma.alyx.api.pagination.Pages",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_FILTER_BACKENDS": ["bregma.alyx.api.filters.DocumentedFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "bregma.alyx.api.schema.operations.WireSchema",
    "DEFAULT_THROTTLE_CLASSES": [
        "bregma.alyx.api.throttles.RequestThrottle",
        "bregma.alyx.api.throttles.SustainedThrottle",
    ],
    "DEFAULT_THROTTLE_RATES": throttle_rates(),
    "EXCEPTION_HANDLER": "bregma.alyx.api.errors.answer",
    "NUM_PROXIES": int(os.environ.get("BREGMA_PROXIES", "1" if _is_https else "0")),
    "DATETIME_FORMAT": "iso-8601",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Alyx",
    "DESCRIPTION": "The database of subjects, sessions and datasets.",
    "VERSION": "3.6.1",
    "OAS_VERSION": "3.0.3",
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": False,
    "COMPONENT_NO_READ_ONLY_REQUIRED": True,  # answers may leave columns out: those of one row, or by fields=
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "bregma.alyx.api.modern.hooks.describe_streams",
        "bregma.alyx.api.schema.hooks.describe_refusals",
        "bregma.alyx.api.schema.hooks.allow_overlaps",
    ],
}
PRIMARY = {
    "50": "#eef9f7",
    "100": "#d5f0ec",
    "200": "#aee1da",
    "300": "#7fd0c5",
    "400": "#4cb8aa",
    "500": "#239a8c",
    "600": "#0b7d72",
    "700": "#0b6b62",
    "800": "#08534c",
    "900": "#07423d",
    "950": "#032724",
}
UNFOLD = {
    "SITE_TITLE": "bregma",
    "SITE_HEADER": "bregma",
    "SITE_SYMBOL": "neurology",
    "SITE_URL": "/",
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": f"{STATIC_URL}bregma/mark.svg"}],
    "SITE_DROPDOWN": "bregma.alyx.admin_site.sidebar.dropdown",
    "SIDEBAR": {"show_search": True, "navigation": "bregma.alyx.admin_site.sidebar.navigation"},
    "DASHBOARD_CALLBACK": "bregma.alyx.admin_site.front_page.describe",
    "STYLES": [lambda request: static("admin_site/admin.css")],
    "SCRIPTS": [lambda request: static("admin_site/admin.js")],
    "COLORS": {"primary": PRIMARY},  # the accent of the pages
}

BREGMA_MAIL = mail_server()  # None: notices are read on the page only

LOG_LEVEL = os.environ.get("BREGMA_LOG_LEVEL", "INFO")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "bregma.alyx.logs.JsonFormatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": LOG_LEVEL},
    "loggers": {"django": {"handlers": ["stderr"], "level": LOG_LEVEL, "propagate": False}},
}
