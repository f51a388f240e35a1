"""What every test stands on: the runtime role, nobody acting, the enclosed content."""

import os
from collections.abc import Iterator

import pytest
from django.test import TransactionTestCase
from hypothesis import settings
from playwright.sync_api import Browser, sync_playwright

from common.scope import current
from stack import doctor
from stack.embedded import ensure_started
from tests.emptying import content_hash, empty, fill, superuser

ensure_started()
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


@pytest.fixture(autouse=True)
def files_in_a_folder_of_their_own(settings, tmp_path) -> None:
    """No test writes into the media of the installation."""
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    settings.MFA_REQUIRED = False  # people of tests are of training organisations: tests/accounts
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.RATELIMIT_ENABLE = False
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}


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
