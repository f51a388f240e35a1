"""What a page needs, each asked for in the least that proves it."""

import logging
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import redis
from django.conf import settings
from django.core.files.storage import FileSystemStorage, default_storage
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

CLOCKS_AGREE = 5  # seconds between this machine and the database
FREE_MB = 500
PATIENCE = 2  # seconds for Redis to answer
logger = logging.getLogger(__name__)


class Unready(Exception):
    """Why something is not as a page needs it."""


def database() -> None:
    """The runtime role is let in and answers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def clock() -> None:
    """The database's clock and ours agree: deadlines, links and sign-ins go by them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT extract(epoch FROM clock_timestamp())::float8")
        apart = abs(cursor.fetchone()[0] - time.time())
    if apart > CLOCKS_AGREE:
        raise Unready(f"the database's clock is {apart:.0f} s off")


def migrations() -> None:
    """The tables are those of this release."""
    executor = MigrationExecutor(connection)
    owed = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if owed:
        raise Unready(f"{len(owed)} migrations are not applied, the first is {owed[0][0]}")


def broker() -> None:
    """Redis takes what workers shall do."""
    with redis.Redis.from_url(settings.REDIS_URL, socket_timeout=PATIENCE) as client:
        client.ping()


def storage() -> None:
    """Files can be kept: the folder takes one and has room, or the store answers."""
    if not isinstance(default_storage, FileSystemStorage):
        default_storage.exists("readyz")
        return
    folder = Path(default_storage.location)
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=folder):
        free = shutil.disk_usage(folder).free // 2**20
    if free < FREE_MB:
        raise Unready(f"only {free} MB free for files")


PROBES: dict[str, Callable[[], None]] = {
    "database": database,
    "clock": clock,
    "migrations": migrations,
    "redis": broker,
    "storage": storage,
}


def examine() -> dict[str, str]:
    """Return {probe: what is wrong, '' if nothing}; each problem is a line in the log."""
    found = {}
    for name, probe in PROBES.items():
        try:
            probe()
            found[name] = ""
        except Exception as error:  # whatever it is, it is not ready
            logger.warning("not ready: %s: %s", name, error)
            found[name] = str(error) or type(error).__name__
    return found
