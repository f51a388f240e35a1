"""A host that takes a connection and says nothing more keeps nobody waiting."""

import socket
import threading
import time

import psycopg2
import pytest
from celery import Celery
from django.conf import settings as ours
from kombu.exceptions import OperationalError

from config import settings as written

LONG = 25.0  # seconds after which the silent host hangs up, so that a test that waits ends
BROKER = ("CELERY_BROKER_TRANSPORT_OPTIONS", "CELERY_TASK_PUBLISH_RETRY_POLICY")


@pytest.fixture
def silent():
    """The port of a host that says nothing."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(50)
        hangs_up = threading.Timer(LONG, listening.close)
        hangs_up.start()
        yield listening.getsockname()[1]
        hangs_up.cancel()


@pytest.fixture
def quickly():
    """Fails what took as long as a page's patience."""
    began = time.monotonic()
    yield
    assert time.monotonic() - began < 15


@pytest.mark.django_db
def test_pages_are_served_while_the_cache_is_silent(client, settings, silent, quickly):
    redis = {**written.CACHES["default"], "LOCATION": f"redis://127.0.0.1:{silent}"}
    settings.CACHES, settings.RATELIMIT_ENABLE = {"default": redis}, True
    assert client.get("/accounts/login/").status_code == 200


def test_publishing_to_a_silent_queue_is_given_up(silent, quickly):
    app = Celery("silent", set_as_current=False)
    app.conf.update({name.removeprefix("CELERY_").lower(): getattr(ours, name) for name in BROKER})
    app.conf.broker_url = f"redis://127.0.0.1:{silent}"
    with pytest.raises(OperationalError):
        app.send_task("any")


def test_connecting_to_a_silent_database_is_given_up(silent, quickly):
    options = written.DATABASES["default"]["OPTIONS"]
    with pytest.raises(psycopg2.OperationalError):
        psycopg2.connect(host="127.0.0.1", port=silent, dbname="anfu", **options)
