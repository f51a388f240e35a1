"""One settings module; what differs between machines comes from the environment.

DATABASE_URL        runtime role (owns nothing, cannot bypass row-level security); default: embedded
DATABASE_OWNER_URL  the role that migrates; needed where DATABASE_URL is set
REDIS_URL           default: embedded
SECRET_KEY, SECRET_KEY_FALLBACKS, ALLOWED_HOSTS, CSRF_TRUSTED_ORIGINS, DEBUG, SITE_URL, VAR_DIR, MEDIA_FOLDER,
EMAIL_HOST, EMAIL_PORT, EMAIL_HOST_USER, EMAIL_HOST_PASSWORD, EMAIL_USE_TLS, EMAIL_USE_SSL,
EMAIL_BACKEND, DEFAULT_FROM_EMAIL   mail; without EMAIL_HOST letters go into VAR_DIR/mail (docs/messages.md)
SMS_URL             SMS gateway in apprise's form with {phone}; default: none (docs/messages.md)
ROBOT_HOSTS         hosts of chat robots beside the real services', with commas; may be inside
TRAINING_EMAIL_BACKEND  where letters of training organisations go, a file or the console; default: nowhere
STORAGE_BUCKET, STORAGE_ENDPOINT, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY  S3-compatible store
STORAGE_PUBLIC_ENDPOINT  the same store as browsers reach it; default: files pass through the web
BACKUP_RECIPIENTS   public keys that backups are encrypted for, with commas (docs/operations.md)
METRICS_TOKEN       who may read /metrics; default: only this machine
LOG_FORMAT          json or plain (default)
PERSONAL_KEYS       keys of personal data, newest first, with commas (docs/personal-data.md)
CLAMAV_URL          virus scanner, tcp://host:3310 or unix:///path; files are shown to others after
                    its word. Default: none, and nothing waits for it
TILE_URL            base map of the field app, https://…/{z}/{x}/{y}.png in WGS-84; default: none
TILE_ATTRIBUTION    what its owner wants to be named
ROUTING_URL         OSRM-compatible service for distances by road; default: straight lines
RATE_LIMITS         0 for no limits (load tests)
MFA_REQUIRED        0 lets training organisations off the second factor, and nobody else (default 1)
PASSWORD_MAX_DAYS   after how many days a password must be changed at sign-in, 0: never (default 90)
SESSION_IDLE_MINUTES, SESSION_HOURS  kind=number,… for agency, provider, enterprise: a session ends so
                    long after the last request, and so long after sign-in at the latest
TRUSTED_PROXY_COUNT how many proxies of ours stand in front and write X-Forwarded-For (default 0)
OUTSIDE_ALLOWED     hosts, addresses and networks inside one's own network that webhooks may be sent to
                    all the same, with commas, by http too (docs/webhooks.md). Default: none
OUTSIDE_PORTS       ports of all other receivers, with commas (default 443)
OIDC_PROVIDERS      JSON list of agencies' own identity providers (docs/security.md)
"""

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import dj_database_url
import rest_framework
from csp.constants import NONE, SELF

from common.environment import numbers_by_name, oidc_apps, origin
from common.logs import logging_config
from common.secret import secret_key
from stack.embedded import service_urls

BASE_DIR = Path(__file__).resolve().parents[2]
VAR_DIR = Path(os.environ.get("VAR_DIR", BASE_DIR / "var")).resolve()
URLS = service_urls()

DEBUG = os.environ.get("DEBUG", "0") == "1"
SECRET_KEY = os.environ.get("SECRET_KEY") or secret_key(VAR_DIR / "secret_key")
SECRET_KEY_FALLBACKS = [k for k in os.environ.get("SECRET_KEY_FALLBACKS", "").split(",") if k]
ALLOWED_HOSTS = os.environ.get("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1],testserver").split(",")
CSRF_TRUSTED_ORIGINS = [o for o in os.environ.get("CSRF_TRUSTED_ORIGINS", "").split(",") if o]
SITE_URL = os.environ.get("SITE_URL", "http://127.0.0.1:8000")
HTTPS = SITE_URL.startswith("https:")
TILE_URL = os.environ.get("TILE_URL", "")

INSTALLED_APPS = [
    "common",
    "audit",
    "accounts",
    "tenancy",
    "workflow",
    "evidence",
    "notifications",
    "documents",
    "chain",
    "enterprises",
    "providers",
    "agencies",
    "inspections",
    "scoring",
    "home",
    "portal",
    "health",
    "api",
    "webhooks",
    "config",
    "stack",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "axes",
    "csp",
    "django_fsm",
    "django_htmx",
    "drf_spectacular",
    "guardian",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "health.middleware.RequestMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "api.middleware.TokenMiddleware",
    "tenancy.middleware.ActorMiddleware",
    "tenancy.middleware.SignInGate",
    "common.limits.LimitMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "axes.middleware.AxesMiddleware",
    "api.middleware.IdempotencyMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
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
                "home.context.shell",
            ],
        },
    },
]

# A host that is gone says nothing: whoever waits for it must find out, and not in two hours.
_DATABASE: dict[str, Any] = {
    **dj_database_url.parse(URLS.database, engine="common.db", conn_max_age=60)
}
_NOTICED = {
    "connect_timeout": 5, "keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3,
    "tcp_user_timeout": 60_000,
}  # fmt: skip
DATABASES = {
    "default": {
        **_DATABASE,
        "OPTIONS": {**_NOTICED, **_DATABASE.get("OPTIONS", {})},
        "ATOMIC_REQUESTS": True,
        "CONN_HEALTH_CHECKS": True,
        "DISABLE_SERVER_SIDE_CURSORS": True,
        "TEST": {"NAME": os.environ.get("TEST_DATABASE_NAME", "test_anfu")},
    },
}
DATABASE_OWNER = dj_database_url.parse(URLS.database_owner)
RUNTIME_ROLE = DATABASES["default"]["USER"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": URLS.redis,
        "OPTIONS": {"socket_connect_timeout": 2, "socket_timeout": 2},
    },
}

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
    "guardian.backends.ObjectPermissionBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
_VALIDATION = "django.contrib.auth.password_validation"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "accounts.passwords.LengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "accounts.passwords.ThreeClassesValidator"},
    {
        "NAME": f"{_VALIDATION}.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "name", "email")},
    },
    {"NAME": "accounts.passwords.OwnWordsValidator"},
    {"NAME": f"{_VALIDATION}.CommonPasswordValidator"},
    {"NAME": "accounts.passwords.NotRecentValidator", "OPTIONS": {"count": 5}},
]
PASSWORD_MAX_DAYS = int(os.environ.get("PASSWORD_MAX_DAYS", "90"))
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home:front"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = "【安服】"
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_SESSION_REMEMBER = False
# By address, of which an office has one for all its people; a key is one person's second factor.
ACCOUNT_RATE_LIMITS = {
    "login": "120/m/ip",
    "password_failed": "60/15m/ip",
    "login_failed": "5/15m/key",
}
TRUSTED_PROXY_COUNT = int(os.environ.get("TRUSTED_PROXY_COUNT", "0"))

MFA_REQUIRED = os.environ.get("MFA_REQUIRED", "1") != "0"
MFA_ADAPTER = "accounts.adapter.MFAAdapter"
MFA_FORMS = {
    "authenticate": "accounts.forms.AuthenticateForm",
    "reauthenticate": "accounts.forms.ReauthenticateForm",
    "activate_totp": "accounts.forms.ActivateTOTPForm",
    "add_webauthn": "accounts.forms.AddWebAuthnForm",
    "edit_webauthn": "accounts.forms.EditWebAuthnForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_ISSUER = "安服"
MFA_TOTP_TOLERANCE = 1  # steps of 30 seconds: phones' clocks differ
MFA_ALLOW_UNVERIFIED_EMAIL = True  # accounts come from invitations, not from addresses
SOCIALACCOUNT_ADAPTER = "tenancy.identity.SocialAccountAdapter"
_OIDC_APPS = oidc_apps(os.environ.get("OIDC_PROVIDERS", ""))
SOCIALACCOUNT_PROVIDERS: dict[str, Any] = {
    "openid_connect": {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": _OIDC_APPS,
    }
}

AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = ["username"]
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_USERNAME_CALLABLE = "accounts.lockout.typed_name"
AXES_CLIENT_IP_CALLABLE = "common.net.client_ip"
AXES_LOCKOUT_CALLABLE = "accounts.lockout.locked_page"
AXES_DISABLE_ACCESS_LOG = True  # the audit has it
SILENCED_SYSTEM_CHECKS = [
    "axes.W006",  # addresses are limited by ACCOUNT_RATE_LIMITS
    "security.W021",  # whether a domain goes on the browsers' list is for its owner to say
]
GUARDIAN_MONKEY_PATCH_USER = False
ANONYMOUS_USER_NAME = None
GUARDIAN_RAISE_403 = False

REST_FRAMEWORK = {
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "EXCEPTION_HANDLER": "common.api.answer_error",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "安服接口",
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "COMPONENT_SPLIT_REQUEST": True,
    "SERVE_INCLUDE_SCHEMA": False,
    "ENUM_NAME_OVERRIDES": {
        "AnswerStandard": "inspections.forms.obligations.MET",
        "AppraisalPurpose": "scoring.models.Appraisal.Purpose",
        "AppraisalState": "scoring.models.Appraisal.State",
        "AssignmentState": "agencies.models.Assignment.Phase",
        "ContractKind": "agencies.models.ServiceContract.Kind",
        "ContractState": "agencies.models.ServiceContract.State",
        "CorrectionKind": "inspections.models.HazardCorrection.Kind",
        "CorrectionState": "inspections.models.HazardCorrection.State",
        "DisclosureState": "inspections.models.Disclosure.State",
        "DocumentState": "documents.models.Document.State",
        "ExtensionState": "inspections.models.Extension.State",
        "FileState": "inspections.models.FieldFile.State",
        "HazardState": "inspections.models.Hazard.State",
        "HistoricalState": "inspections.models.HistoricalHazard.State",
        "JobPartState": "workflow.models.JobPart.State",
        "JobState": "workflow.models.Job.State",
        "LibraryState": "agencies.models.LibraryProvider.State",
        "MeasureState": "providers.models.StandingDecision.State",
        "MeetingKind": "inspections.models.Meeting.Kind",
        "MeetingState": "inspections.models.Meeting.State",
        "ObligationKind": "agencies.models.Obligation.Kind",
        "OperationState": "inspections.models.FieldOperation.State",
        "OrgKind": "tenancy.enums.OrgKind",
        "PointEventKind": "scoring.models.ThresholdEvent.Kind",
        "PointEventState": "scoring.models.ThresholdEvent.State",
        "RecheckDecision": "inspections.forms.visits.RECHECK_RESULTS",
        "RecheckResult": "inspections.models.Recheck.Result",
        "ReviewState": "inspections.models.ExpertReview.State",
        "TeamMemberState": "inspections.models.TeamMember.State",
        "VisitKind": "inspections.models.Visit.Kind",
        "VisitPlanState": "inspections.models.VisitPlan.State",
        "VisitState": "inspections.models.Visit.State",
    },
}
# A desk is left alone; a phone on site is out of reach for hours and must still send what it has.
SESSION_IDLE_MINUTES = numbers_by_name(
    os.environ.get("SESSION_IDLE_MINUTES", "agency=30,provider=720,enterprise=120")
)
SESSION_HOURS = numbers_by_name(
    os.environ.get("SESSION_HOURS", "agency=12,provider=168,enterprise=12")
)
SESSION_COOKIE_AGE = max(SESSION_HOURS.values()) * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True  # scripts have the token from the page, programs from /field/api/me
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
X_FRAME_OPTIONS = "DENY"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz|metrics)$"]  # asked from within, where there is no TLS
SECURE_HSTS_SECONDS = 365 * 86400 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
_BUCKET = os.environ.get("STORAGE_BUCKET")
# Where browsers reach the store: files then come from there, by addresses that last a minute.
# Default: they are passed through the web.
STORAGE_PUBLIC_ENDPOINT = os.environ.get("STORAGE_PUBLIC_ENDPOINT", "") if _BUCKET else ""
# From elsewhere a page may load the base map and what lies in the store; a form may lead to an
# identity provider.
_STORE = [origin(STORAGE_PUBLIC_ENDPOINT)] if STORAGE_PUBLIC_ENDPOINT else []
_TILES = [origin(TILE_URL)] if TILE_URL else []
_PROVIDERS = [origin(app["settings"]["server_url"]) for app in _OIDC_APPS]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "font-src": [SELF],
        # data: Tabler's icons; blob: photos that are not sent yet.
        "img-src": [SELF, "data:", "blob:", *_TILES, *_STORE],
        "media-src": [SELF, "blob:", *_STORE],
        "connect-src": [SELF, *_TILES, *_STORE],
        "manifest-src": [SELF],
        "worker-src": [SELF],
        "form-action": [SELF, *_PROVIDERS],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
    }
}
PERMISSIONS_POLICY: dict[str, str | list[str]] = {
    "camera": "self", "geolocation": "self", "microphone": "self",
    "display-capture": [], "payment": [], "usb": [], "serial": [], "midi": [],
}  # fmt: skip
RATELIMIT_ENABLE = os.environ.get("RATE_LIMITS", "1") == "1"
RATE_LIMITS = {"public": "240/m", "member": "900/m", "heavy": "30/m", "rare": "10/h"}
# Codes that nobody has, typed from one address [proposal]; a hall full of owners shares one. There is
# no limit of all together: at 50 bits many addresses find nothing, but could lock everybody out.
RATE_LIMITS |= {"guess": "60/h"}

LANGUAGE_CODE = "zh-hans"
# DRF as an installed app would also serve the scripts of its browsable pages, which are off.
LOCALE_PATHS = [Path(rest_framework.__file__).parent / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_THOUSAND_SEPARATOR = False
DATE_FORMAT = "Y-m-d"
DATETIME_FORMAT = "Y-m-d H:i"

STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "common.static_files.NodeModulesFinder",
]
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
# An image has collected its files; a checkout serves them from where they lie.
WHITENOISE_USE_FINDERS = not any(STATIC_ROOT.iterdir())
WHITENOISE_AUTOREFRESH = False
WHITENOISE_ROOT = BASE_DIR / "platform/common/root"  # /favicon.ico, which browsers ask for unasked
NODE_MODULES = BASE_DIR / "node_modules"
# Custody of signing keys: docs/signing.md. Production gives the passphrase from outside.
SIGNING_KEYS_DIR = Path(os.environ.get("SIGNING_KEYS_DIR", VAR_DIR / "keys"))
SIGNING_PASSPHRASE = os.environ.get("SIGNING_PASSPHRASE", "")
# Custody of the keys of personal data: docs/personal-data.md. Newest first, separated by commas;
# where none is given, in a file made on first use.
PERSONAL_KEYS = tuple(filter(None, os.environ.get("PERSONAL_KEYS", "").split(",")))
PERSONAL_KEYS_FILE = VAR_DIR / "keys" / "personal"
# Public keys (age1…) that backups are encrypted for: docs/operations.md.
BACKUP_RECIPIENTS = tuple(filter(None, os.environ.get("BACKUP_RECIPIENTS", "").split(",")))
MEDIA_ROOT = Path(os.environ.get("MEDIA_FOLDER", VAR_DIR / "media"))
STORAGES = {
    "default": {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": _BUCKET,
            "endpoint_url": os.environ.get("STORAGE_ENDPOINT"),
            "file_overwrite": False,
        },
    }
    if _BUCKET
    else {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
if STORAGE_PUBLIC_ENDPOINT:
    STORAGES["links"] = {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": _BUCKET,
            "endpoint_url": STORAGE_PUBLIC_ENDPOINT,
            "signature_version": "s3v4",
            "addressing_style": "path",
        },
    }
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000
DATA_UPLOAD_MAX_NUMBER_FILES = 1_000  # forms take fewer, and say so beside the field
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

CLAMAV_URL = os.environ.get("CLAMAV_URL", "")
TILE_ATTRIBUTION = os.environ.get("TILE_ATTRIBUTION", "")
ROUTING_URL = os.environ.get("ROUTING_URL", "")

EMAIL_HOST = os.environ.get("EMAIL_HOST", "")
_BACKENDS = "django.core.mail.backends"
EMAIL_BACKEND = os.environ.get(
    "EMAIL_BACKEND", f"{_BACKENDS}.{'smtp' if EMAIL_HOST else 'filebased'}.EmailBackend"
)
EMAIL_PORT = int(os.environ.get("EMAIL_PORT", "25"))
EMAIL_HOST_USER = os.environ.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = os.environ.get("EMAIL_USE_TLS", "0") == "1"
EMAIL_USE_SSL = os.environ.get("EMAIL_USE_SSL", "0") == "1"
EMAIL_TIMEOUT = 15  # seconds
EMAIL_FILE_PATH = VAR_DIR / "mail"
# Messages outside the page: docs/messages.md. Nothing pretends to be sent where no server is named.
MAIL_IS_SET_UP = bool(EMAIL_HOST)
SMS_URL = os.environ.get("SMS_URL", "")
ROBOT_HOSTS = tuple(filter(None, os.environ.get("ROBOT_HOSTS", "").split(",")))
_TRAINING = os.environ.get("TRAINING_EMAIL_BACKEND", "")
TRAINING_EMAIL_BACKEND = f"{_BACKENDS}.{_TRAINING}.EmailBackend" if _TRAINING else ""
DEFAULT_FROM_EMAIL = os.environ.get("DEFAULT_FROM_EMAIL", "anfu@localhost")

OUTSIDE_ALLOWED = tuple(filter(None, os.environ.get("OUTSIDE_ALLOWED", "").split(",")))
OUTSIDE_PORTS = tuple(map(int, (os.environ.get("OUTSIDE_PORTS") or "443").split(",")))
# Seconds before each attempt at a delivery [proposal]; behind the last it has failed.
WEBHOOK_SCHEDULE = (0, 5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400)
WEBHOOK_REST_AFTER = 5  # failures in a row: then one probe at a time [proposal]
WEBHOOK_OFF_AFTER = timedelta(days=5)  # without success, though tried [proposal]
WEBHOOK_KEPT = timedelta(days=30)

CELERY_BROKER_URL = URLS.broker
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 2
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # Redis may be away for as long as it likes
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 1800, "socket_connect_timeout": 3, "socket_timeout": 3,
    "socket_keepalive": True,
}  # fmt: skip
# Somebody waits for the page meanwhile; what is owed beat sends again.
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0.2}
CELERY_TIMEZONE = TIME_ZONE
CELERY_BEAT_SCHEDULER = "config.beat:SteadyScheduler"
CELERY_BEAT_MAX_LOOP_INTERVAL = 30  # seconds until beat looks at the clock again

REDIS_URL = URLS.redis
# Who may read /metrics; empty: this machine only.
METRICS_TOKEN = os.environ.get("METRICS_TOKEN", "")
# json: a line for each request and for each task as well; plain: only what needs eyes.
LOGGING = logging_config(as_json=os.environ.get("LOG_FORMAT", "plain") == "json")
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
