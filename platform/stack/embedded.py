"""The PostgreSQL and the Redis that a checkout brings with it, on Unix sockets of its own.

Both come as wheels and are started only where DATABASE_URL and REDIS_URL name no others. They
outlive the command that started them, so that every command of the checkout finds them; `stop()`
ends them. This module imports no Django: the settings ask it for addresses.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import quote

from stack import postgres, redis_server
from stack.places import ROOT, StackError, home, make_folders, sockets, var_dir

__all__ = ["ROOT", "ServiceUrls", "StackError", "ensure_started", "reset", "service_urls", "stop",
           "var_dir"]  # fmt: skip


@dataclass(frozen=True, slots=True)
class ServiceUrls:
    """Where the services are: the runtime role, the role that migrates, Redis."""

    database: str
    database_owner: str
    redis: str

    @property
    def broker(self) -> str:
        """Return Redis's address as Celery writes it: a socket has a scheme of its own there."""
        return self.redis.replace("unix://", "redis+socket://", 1)


def service_urls() -> ServiceUrls:
    """Return the addresses from the environment, or those of the embedded services.

    :raises StackError: if only one of the two database addresses is set.
    """
    database = os.environ.get("DATABASE_URL")
    owner = os.environ.get("DATABASE_OWNER_URL")
    if bool(database) != bool(owner):
        raise StackError("DATABASE_URL and DATABASE_OWNER_URL go together: set both or neither")
    return ServiceUrls(
        database=database or _postgres_url(postgres.RUNTIME),
        database_owner=owner or _postgres_url(postgres.OWNER),
        redis=os.environ.get("REDIS_URL") or f"unix://{redis_server.socket_path()}",
    )


def _postgres_url(role: str) -> str:
    return f"postgres://{role}@{quote(str(sockets()), safe='')}/{postgres.DATABASE}"


def ensure_started() -> None:
    """Start what is embedded and not running; two callers at once start it once.

    :raises StackError: with what to do, if it cannot be started.
    """
    service_urls()
    with _explained():
        if _all_ready():
            return
    with _locked():
        if _has_postgres() and not postgres.is_ready():
            postgres.start()
        if _has_redis() and not redis_server.is_ready():
            redis_server.start()


def stop() -> None:
    """Stop the embedded services of this checkout."""
    with _explained():
        if not home().exists():
            return
    with _locked():
        postgres.stop()
        redis_server.stop()


def reset() -> None:
    """Drop the embedded database and empty Redis: a new beginning. Never touches other servers."""
    if not (_has_postgres() and _has_redis()):
        raise StackError(
            "FRESH=1 starts over with the embedded services only: empty the database of "
            "DATABASE_URL yourself, or unset DATABASE_URL and REDIS_URL"
        )
    ensure_started()
    with _locked():
        postgres.drop_database()
        redis_server.empty()
        postgres.start()


def _has_postgres() -> bool:
    return not os.environ.get("DATABASE_URL")


def _has_redis() -> bool:
    return not os.environ.get("REDIS_URL")


def _all_ready() -> bool:
    return (not _has_postgres() or postgres.is_ready()) and (
        not _has_redis() or redis_server.is_ready()
    )


@contextmanager
def _explained() -> Iterator[None]:
    """Turn what the operating system refuses into a StackError."""
    try:
        yield
    except OSError as error:
        raise StackError(f"The embedded services in {home()}: {error}") from error


@contextmanager
def _locked() -> Iterator[None]:
    """Let one process at a time start or stop."""
    with _explained():
        make_folders()
        with (home() / "lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield
