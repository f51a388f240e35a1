"""What every test stands on: the runtime role, nobody acting, the enclosed content."""

import os
import pickle
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.test import TransactionTestCase, override_settings
from hypothesis import settings
from playwright.sync_api import Browser, sync_playwright

from common.scope import current
from stack import doctor
from stack.embedded import ensure_started
from tests import county as counties
from tests.emptying import content_hash, empty, fill, superuser
from tests.scene import Scene
from tests.template import template

ensure_started()
# What a test database commits may be lost: nobody waits for the disk.
os.environ.setdefault("PGOPTIONS", "-c synchronous_commit=off")
# Playwright's own loop runs in this thread; the database calls of the test itself are no async code.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
CHROMIUM = {
    "executable_path": doctor.browser(),
    "args": [
        "--no-sandbox", "--disable-gpu", "--disable-background-networking",
        "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream",  # a camera
    ],
}  # fmt: skip
# A promise about behaviour, not about this machine's pace.
settings.register_profile("anfu", deadline=None)
settings.load_profile("anfu")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix, django_db_blocker
) -> None:
    """A test database is a copy of one that is migrated already."""
    with django_db_blocker.unblock():
        connection.settings_dict["TEST"]["TEMPLATE"] = template()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker) -> Iterator[None]:
    """The content that comes with the software is there for all tests, as at an installation."""
    with django_db_blocker.unblock():
        fill()
        content = content_hash()
    TransactionTestCase._fixture_teardown = lambda self: empty(content)
    yield
    superuser().close()


@pytest.fixture(autouse=True)
def nobody_acts() -> Iterator[None]:
    """Each test begins and ends without an actor: what it sets, it takes back."""
    assert current.get() is None
    yield
    assert current.get() is None


SETTINGS = {
    "EMAIL_BACKEND": "django.core.mail.backends.locmem.EmailBackend",
    "MAIL_IS_SET_UP": True,  # as where a server is named; what is sent is kept in memory
    "MFA_REQUIRED": False,  # people of tests are of training organisations: tests/accounts
    "PASSWORD_HASHERS": ["django.contrib.auth.hashers.MD5PasswordHasher"],
    "RATELIMIT_ENABLE": False,
    "WHITENOISE_AUTOREFRESH": True,  # each client would read all static files before its first page
    "CACHES": {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}},
}


@pytest.fixture(autouse=True)
def files_in_a_folder_of_their_own(request, settings, tmp_path) -> None:
    """No test writes into the media of the installation."""
    for name, value in SETTINGS.items():
        setattr(settings, name, value)
    shared = "scenes" in request.fixturenames
    settings.MEDIA_ROOT = request.getfixturevalue("media") if shared else tmp_path / "media"


@pytest.fixture(scope="module")
def media(tmp_path_factory) -> Path:
    """Where the files of a module's scenes are."""
    return tmp_path_factory.mktemp("scenes")


@contextmanager
def kept_for_a_module(media: Path) -> Iterator[None]:
    """What is written within lies under every test of a module, and is taken back after the last."""
    with (
        override_settings(**SETTINGS, MEDIA_ROOT=media),
        pytest.MonkeyPatch.context() as patch,
        transaction.atomic(),
    ):
        patch.setattr("celery.app.task.Task.apply_async", lambda *args, **kwargs: None)
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def scenes(django_db_setup, django_db_blocker, media) -> Iterator[list[Scene]]:
    """Two counties with one of everything, strangers to one another, made once for a module.

    What a test does to them is taken back after it; other tests of the module have them beside them.
    """
    with django_db_blocker.unblock(), kept_for_a_module(media):
        yield [Scene("139901", 70_000), Scene("139902", 80_000)]


@pytest.fixture(scope="module")
def county_made(request, django_db_setup, django_db_blocker, media) -> Iterator[bytes]:
    """The county of a module, made once; `COUNTY` in the module says how."""
    with django_db_blocker.unblock(), kept_for_a_module(media):
        yield pickle.dumps(counties.build(**getattr(request.module, "COUNTY", {})))


@pytest.fixture
def county(county_made, db) -> counties.County:
    """A county as it was made: what a test does to it is taken back after it.

    Not beside tests that commit: those make their own.
    """
    cache.clear()  # what was counted of it for another test
    return pickle.loads(county_made)


@pytest.fixture(autouse=True)
def tasks_are_kept(monkeypatch) -> list[tuple[str, tuple, int]]:
    """No broker in tests: what is published is listed as (task name, arguments, agency)."""
    sent: list[tuple[str, tuple, int]] = []

    def keep(self, args=None, kwargs=None, headers=None, **options):
        sent.append((self.name, tuple(args or ()), (headers or {}).get("anfu_agency")))

    monkeypatch.setattr("celery.app.task.Task.apply_async", keep)
    return sent


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium of the system."""
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(**CHROMIUM)
        yield found
        found.close()
