"""PostgreSQL backend whose cursor tells the database who is acting.

Before a statement the cursor compares the actor of the moment with what this transaction has been
told and, where they differ, puts one `SELECT set_config(…, true)` in front of the same message: no
extra round trip, nothing left behind on a pooled connection. Ways past it that would silently see
no rows (COPY or a named cursor outside a transaction) raise.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg2.extensions as pg
from django.conf import settings
from django.db.backends.postgresql import base
from django.db.backends.postgresql.creation import DatabaseCreation as PostgresCreation

from common.scope import KEYS, NOBODY, current, walking

UNKNOWN = ("?",)
# Statements that must stand alone, or that a prefix would turn into an error.
BARE = ("ROLLBACK", "COMMIT", "SET TRANSACTION", "BEGIN")
OWNER_KEYS = ("USER", "PASSWORD", "HOST", "PORT")


class ScopedConnection(pg.connection):
    """A connection that remembers which scope its open transaction has been told."""

    applied: tuple[str, ...] | None = None


class ScopedCursor(pg.cursor):
    """Sends the current scope with the first statement that needs it."""

    connection: ScopedConnection

    def _scope_sql(self) -> str:
        status = self.connection.info.transaction_status
        if status == pg.TRANSACTION_STATUS_INERROR:
            return ""
        if status == pg.TRANSACTION_STATUS_IDLE:
            self.connection.applied = None
        actor = current.get()
        if actor is None and self.connection.applied is None:
            return ""  # a fresh transaction has no settings, and no settings means no rows
        scope = actor.scope() if actor is not None else NOBODY
        wanted = (*scope, "off" if walking.get() else "on")
        if self.connection.applied == wanted:
            return ""
        self.connection.applied = wanted
        calls = ", ".join(
            f"set_config('{key}', '{_plain(value)}', true)"
            for key, value in zip(KEYS, scope, strict=True)
        )
        return f"SELECT {calls}, set_config('enable_bitmapscan', '{wanted[-1]}', true);"

    def execute(self, query: Any, vars: Any = None) -> None:
        """Run one statement as the current actor."""
        if not isinstance(query, str):
            query = query.decode() if isinstance(query, bytes) else query.as_string(self)
        head = query.lstrip()[:20].upper()
        if head.startswith(BARE):
            if self.connection.info.transaction_status == pg.TRANSACTION_STATUS_IDLE:
                self.connection.applied = None  # it opens a transaction that knows nothing yet
            super().execute(query, vars)
            if head.startswith("ROLLBACK"):
                self.connection.applied = UNKNOWN  # a savepoint takes set_config back with it
            return
        super().execute(self._scope_sql() + query, vars)

    def executemany(self, query: Any, vars_list: Any) -> None:
        """Run a statement for each set of values as the current actor."""
        for values in vars_list:
            self.execute(query, values)

    def _tell_scope(self) -> None:
        if self.connection.autocommit:
            raise RuntimeError("COPY and procedures need a transaction: open one with acting_as()")
        sql = self._scope_sql()
        if sql:
            super().execute(sql)

    def copy_expert(self, *args: Any, **kwargs: Any) -> None:
        """COPY as the current actor."""
        self._tell_scope()
        super().copy_expert(*args, **kwargs)

    def copy_from(self, *args: Any, **kwargs: Any) -> None:
        """COPY FROM as the current actor."""
        self._tell_scope()
        super().copy_from(*args, **kwargs)

    def copy_to(self, *args: Any, **kwargs: Any) -> None:
        """COPY TO as the current actor."""
        self._tell_scope()
        super().copy_to(*args, **kwargs)

    def callproc(self, *args: Any, **kwargs: Any) -> Any:
        """Call a procedure as the current actor."""
        self._tell_scope()
        return super().callproc(*args, **kwargs)


def _plain(value: str) -> str:
    if not all(c.isascii() and (c.isdigit() or c == ":") for c in value):
        raise ValueError(f"not a scope value: {value!r}")
    return value


class DatabaseCreation(PostgresCreation):
    """Test databases are made and dropped by the owner; tests run as the runtime role."""

    connection: "DatabaseWrapper"

    def create_test_db(self, *args: Any, **kwargs: Any) -> str:
        with self.connection.as_owner():
            return super().create_test_db(*args, **kwargs)

    def destroy_test_db(self, *args: Any, **kwargs: Any) -> None:
        with self.connection.as_owner():
            super().destroy_test_db(*args, **kwargs)

    def clone_test_db(self, *args: Any, **kwargs: Any) -> None:
        with self.connection.as_owner():
            super().clone_test_db(*args, **kwargs)


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's PostgreSQL wrapper over ScopedConnection, with a way to act as the owner."""

    creation_class = DatabaseCreation

    def get_connection_params(self) -> dict[str, Any]:
        """Return psycopg2's parameters with our connection class."""
        return {**super().get_connection_params(), "connection_factory": ScopedConnection}

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Open a connection whose cursors carry the scope."""
        connection = super().get_new_connection(conn_params)
        connection.cursor_factory = ScopedCursor
        return connection

    @contextmanager
    def as_owner(self) -> Iterator[None]:
        """Act as the role that owns the tables: migrations, flushes, operator's commands."""
        owner: Any = settings.DATABASE_OWNER
        if self.settings_dict["USER"] == owner["USER"]:
            yield
            return
        self.close()
        mine: dict[str, Any] = self.settings_dict  # type: ignore[assignment]
        kept = {key: mine[key] for key in OWNER_KEYS}
        mine.update({key: owner[key] for key in OWNER_KEYS})
        try:
            yield
        finally:
            self.close()
            mine.update(kept)


def applied_scope(wrapper: DatabaseWrapper) -> Sequence[str] | None:
    """Return what the open transaction has been told, for tests."""
    return None if wrapper.connection is None else wrapper.connection.applied
