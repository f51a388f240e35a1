"""The database that every test database is a copy of: migrated once, for as long as no migration changes.

To migrate takes most of a minute, to copy what was migrated a second or two. So the two processes of
a run migrate once between them, and a run of one file not at all.
"""

import fcntl
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg2
from django.db import connection

from stack.places import ROOT, home, sockets

MINE = hashlib.sha256(str(ROOT).encode()).hexdigest()[:8]  # several checkouts may share a server
WRITTEN = (
    "*/migrations/*.py", "platform/*/migrations/*.py", "platform/common/**/*.py",
    "platform/tenancy/columns.py", "uv.lock",
)  # fmt: skip


def template() -> str:
    """Return the name of the migrated database, which is made if there is none of today's migrations."""
    name = f"template_{MINE}_{_digest()}"
    with _locked(), _server() as cursor:
        cursor.execute(
            "SELECT datname FROM pg_database WHERE datname LIKE %s", [f"template_{MINE}_%"]
        )
        there = {row[0] for row in cursor.fetchall()}
        if name not in there:
            for old in there:
                cursor.execute(f"DROP DATABASE {old} WITH (FORCE)")
            _migrate(f"{name}_made")  # its name says that it is whole only when it is
            cursor.execute(f"ALTER DATABASE {name}_made RENAME TO {name}")
    return name


def _digest() -> str:
    """Return what changes when a migration does, or what migrations are written with."""
    found = {path for pattern in WRITTEN for path in ROOT.glob(pattern)}
    hashed = hashlib.sha256()
    for path in sorted(found):
        hashed.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    return hashed.hexdigest()[:12]


def _migrate(name: str) -> None:
    mine = connection.settings_dict
    kept, mine["TEST"]["NAME"] = (mine["NAME"], mine["TEST"]["NAME"]), name
    try:
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    finally:
        connection.close()
        mine["NAME"], mine["TEST"]["NAME"] = kept


@contextmanager
def _server() -> Iterator[psycopg2.extensions.cursor]:
    link = psycopg2.connect(host=str(sockets()), user="postgres", dbname="postgres")
    link.autocommit = True
    try:
        with link.cursor() as cursor:
            yield cursor
    finally:
        link.close()


@contextmanager
def _locked() -> Iterator[None]:
    """One process makes it, the others wait."""
    with (home() / "template.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
