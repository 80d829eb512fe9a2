"""The shop's one settings file. Production is the default.

Everything that differs between machines comes from the environment or from the
file `.env` (docs/contract.md, "Environment"); `.env.example` names it all.
"""

from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import django_stubs_ext
import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent

# Lets annotations such as ModelAdmin[Product] run, not only be checked.
django_stubs_ext.monkeypatch()

env = environ.Env()
env.read_env(BASE_DIR / ".env")

# The machine ---------------------------------------------------------------

DEBUG = env.bool("DEBUG", default=False)
# The key of a shop to try. It is only accepted with DEBUG on.
SECRET_KEY = env.str("SECRET_KEY", default="") or ("only-to-try" * 5 if DEBUG else "")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
if not SECRET_KEY:
    raise ImproperlyConfigured(
        "SECRET_KEY is needed when DEBUG is off: see .env.example."
    )

ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[])
# What addresses in messages begin with: nobody's request says it there.
SHOP_URL = env.str("SHOP_URL", default="").rstrip("/")
if not SHOP_URL:
    _named = [host for host in ALLOWED_HOSTS if host and host[0] not in "*."]
    SHOP_URL = f"https://{_named[0]}" if _named else "http://127.0.0.1:8000"
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
TRUSTED_PROXIES = int(env.str("TRUSTED_PROXIES", default="") or 0)
CLOCK_OFFSET = int(env.str("CLOCK_OFFSET", default="") or 0) if DEBUG else 0
LOG_LEVEL = env.str("LOG_LEVEL", default="").upper() or "INFO"
WSGI_APPLICATION = "shop.wsgi.application"
ROOT_URLCONF = "shop.urls"

# The apps, floor by floor (docs/architecture.md) ----------------------------

INSTALLED_APPS = [
    # Before the admin, whose templates it replaces.
    "shop",
    "accounts",
    "catalog",
    "cart",
    "orders",
    "reviews",
    # The built-in admin, behind a door of our own.
    "accounts.apps.DeskConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "csp",
    "django_htmx",
    "django_otp",
    "phonenumber_field",
]

MIDDLEWARE = [
    "shop.middleware.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "shop.middleware.SlashMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "shop.middleware.LanguageMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "catalog.middleware.JoinedHistoryMiddleware",
    "shop.middleware.RefusalMiddleware",
]

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "shop.context_processors.shop",
                "catalog.context_processors.categories",
                "catalog.context_processors.shopper",
                "cart.context_processors.cart",
            ],
            "builtins": ["shop.templatetags.shop"],
        },
    }
]

# Two databases, one behaviour (docs/decisions/0002) -------------------------

_database_url = (
    env.str("DATABASE_URL", default="") or f"sqlite:///{BASE_DIR}/db.sqlite3"
)
DATABASES: dict[str, dict[str, Any]] = {"default": env.db_url_config(_database_url)}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"] |= {
        # Django's, but its writers wait in line.
        "ENGINE": "shop.database.sqlite3",
        "OPTIONS": {
            "timeout": 20,
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; "
            "PRAGMA foreign_keys=ON;",
        },
        "CONN_MAX_AGE": None,
        # A file, because threads cannot share a database in memory as they share this.
        "TEST": {"NAME": BASE_DIR / "test-db.sqlite3"},
    }
else:
    DATABASES["default"] |= {
        "OPTIONS": {
            "charset": "utf8mb4",
            "collation": "utf8mb4_unicode_520_ci",
            "isolation_level": "read committed",
            "init_command": "SET sql_mode='TRADITIONAL,ONLY_FULL_GROUP_BY'",
            "connect_timeout": 5,
        },
        "TEST": {"CHARSET": "utf8mb4", "COLLATION": "utf8mb4_unicode_520_ci"},
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
_cache_url = env.str("CACHE_URL", default="") or "locmemcache://"
CACHES: dict[str, dict[str, Any]] = {
    name: env.cache_url_config(_cache_url) for name in ("default", "pages")
}
CACHES["pages"]["KEY_PREFIX"] = CACHES["default"].get("KEY_PREFIX", "") + "pages"
if CACHES["pages"]["BACKEND"].endswith("LocMemCache"):
    # Of each process: some 80 kB a page.
    CACHES["pages"] |= {"LOCATION": "pages", "OPTIONS": {"MAX_ENTRIES": 500}}
#: Keep pages that are the same for everybody (docs/decisions/0012).
KEEP_PAGES = env.bool("KEEP_PAGES", default=True) and not DEBUG

# Who signs in ---------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.backends.PhoneOrEmailBackend"]
PASSWORD_HASHERS = ["shop.hashers.LightArgon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
AUTH_PASSWORD_VALIDATORS += [
    {"NAME": "accounts.validators.MinimumLengthValidator"},
    {"NAME": "accounts.validators.NoPhoneValidator"},
]
AUTH_PASSWORD_VALIDATORS[0]["OPTIONS"] = {"user_attributes": ("nickname", "email")}  # type: ignore[assignment]
SESSION_ENGINE = "accounts.sessions"
LOGIN_URL = "accounts:login"
LOGIN_REDIRECT_URL = "catalog:home"
PHONENUMBER_DEFAULT_REGION = "CN"
PHONENUMBER_DB_FORMAT = "E164"

# Messages -------------------------------------------------------------------

_email_url = env.str("EMAIL_URL", default="") or "consolemail://"
try:
    vars().update(env.email_url_config(_email_url))
except ValueError:  # whose own words quote a piece of the password
    raise ImproperlyConfigured(
        "EMAIL_URL cannot be read: percent-encode what is special in its password."
    ) from None
if _email_url.startswith("filemail:"):
    EMAIL_BACKEND = "shop.mail.FileBackend"
    EMAIL_FILE_PATH = unquote(urlsplit(_email_url).path)
# For one step of the talk. A message is sent inside the shopper's request.
EMAIL_TIMEOUT = 5
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.str("EMAIL_FROM", default="shop@localhost")
SMS_URL = env.str("SMS_URL", default="") or "console://"
#: Who is asked where parcels are.
TRACKING_URL = env.str("TRACKING_URL", default="") or "nobody://"

# Payment gateways (docs/decisions/0015) -------------------------------------


def _account(prefix: str, gateway: str, *names: str) -> dict[str, str]:
    """Read an account with a gateway; a key may have its line breaks as \\n."""
    said = {n: env.str(f"{prefix}_{n}", default="", multiline=True) for n in names}
    return said | {"GATEWAY": env.str(f"{prefix}_GATEWAY", default="") or gateway}


ALIPAY = _account(
    "ALIPAY",
    "https://openapi.alipay.com/gateway.do",
    "APP_ID",
    "SELLER_ID",
    "PRIVATE_KEY",
    "PUBLIC_KEY",
)
WECHAT_PAY = _account(
    "WECHAT_PAY",
    "https://api.mch.weixin.qq.com",
    "APP_ID",
    "MERCHANT_ID",
    "SERIAL",
    "PRIVATE_KEY",
    "API_V3_KEY",
    "PUBLIC_KEY_ID",
    "PUBLIC_KEY",
)

# Languages and time ---------------------------------------------------------

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = env.str("TIME_ZONE", default="") or "Asia/Shanghai"
USE_TZ = True
SHOP_NAME = env.str("SHOP_NAME", default="") or _("Sparkfair")
# Where buyers send goods back to, as it is read in each language.
# In a shop to try an address that nobody has, so that a return can be tried.
RETURN_ADDRESS_ZH = env.str("RETURN_ADDRESS_ZH", default="") or (
    "退货组（示例），400-000-0000，上海市浦东新区示例路 1 号" if DEBUG else ""
)
RETURN_ADDRESS_EN = env.str("RETURN_ADDRESS_EN", default="") or (
    "Returns (example), 400-000-0000, 1 Example Road, Pudong, Shanghai" if DEBUG else ""
)

# Files ----------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_URL = "/media/"
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", default="") or BASE_DIR / "media")
_manifest = "whitenoise.storage.CompressedManifestStaticFilesStorage"
_plain = "django.contrib.staticfiles.storage.StaticFilesStorage"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": _plain if DEBUG else _manifest},
}
# An upload is read into memory up to this size, else into a temporary file.
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

#: What a request may send in all, in bytes: a review's pictures, an import's file.
LARGEST_BODY = 64 * 1024 * 1024

# The web's dangers (docs/security.md) ---------------------------------------

SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not DEBUG
# Monitors ask over plain http from inside.
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 0 if DEBUG else 365 * 24 * 3600
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = not DEBUG
SECURE_REFERRER_POLICY = "same-origin"
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# A __Host- cookie cannot be planted by a sister domain; it needs https.
SESSION_COOKIE_NAME = "sessionid" if DEBUG else "__Host-sessionid"
CSRF_COOKIE_NAME = "csrftoken" if DEBUG else "__Host-csrftoken"
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
LANGUAGE_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SECURE = not DEBUG
LANGUAGE_COOKIE_NAME = "language" if DEBUG else "__Host-language"
#: Marks a browser that an account has signed in with (accounts.throttle).
DEVICE_COOKIE_NAME = "device" if DEBUG else "__Host-device"
#: What a visitor has looked at, and what anybody has picked to compare.
HISTORY_COOKIE_NAME = "history" if DEBUG else "__Host-history"
COMPARE_COOKIE_NAME = "compare" if DEBUG else "__Host-compare"
#: What this browser searched last (catalog.searches).
SEARCHES_COOKIE_NAME = "searches" if DEBUG else "__Host-searches"
#: What the next page says: signed, gone once it is shown (shop.flash).
MESSAGES_COOKIE_NAME = "messages" if DEBUG else "__Host-messages"
MESSAGE_STORAGE = "shop.flash.FlashStorage"
CSRF_FAILURE_VIEW = "shop.errors.csrf_failure"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

# Logs -----------------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request_id": {"()": "shop.logs.RequestIdFilter"}},
    "formatters": {"line": {"()": "shop.logs.OneLineFormatter"}},
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "filters": ["request_id"],
            "formatter": "line",
        }
    },
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    "loggers": {
        # Its own handlers would print a second time, without the request id.
        "django": {"handlers": [], "propagate": True},
        "django.server": {"handlers": [], "propagate": True},
    },
}
