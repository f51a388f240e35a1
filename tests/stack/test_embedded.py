"""A second PostgreSQL and Redis under a folder of their own, started, killed and stopped."""

import os
import shutil
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg2
import pytest
import redis

from stack import embedded, places, postgres, redis_server


@pytest.fixture
def second_pair(monkeypatch, tmp_path):
    ours = places.home()
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("VAR_DIR", str(tmp_path / "var"))
    assert places.home() != ours
    yield
    embedded.stop()
    assert not postgres.is_ready()
    assert not redis_server.is_ready()
    for folder in {places.home(), places.sockets()}:
        shutil.rmtree(folder, ignore_errors=True)


def ask(role, statement, database=postgres.DATABASE):
    connection = psycopg2.connect(
        host=str(places.sockets()), user=role, dbname=database, options="-c synchronous_commit=on"
    )
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()


def test_the_pair_starts_once_keeps_what_it_holds_and_stops(second_pair):
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: embedded.ensure_started(), range(4)))
    server = (postgres.data() / "postmaster.pid").read_text()
    embedded.ensure_started()
    assert (postgres.data() / "postmaster.pid").read_text() == server
    assert redis.Redis.from_url(embedded.service_urls().redis).ping()

    the_roles_can_do_what_they_should_and_no_more()
    starting_over_leaves_an_empty_database()
    a_killed_server_starts_again_with_what_was_committed()


def the_roles_can_do_what_they_should_and_no_more():
    roles = ask(
        "postgres",
        "SELECT rolname, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb FROM pg_roles "
        "WHERE rolname LIKE 'anfu%' ORDER BY rolname",
    )
    assert roles == [
        ("anfu_app", False, False, False, False),
        ("anfu_owner", False, False, False, True),
    ]
    ask("anfu_owner", "CREATE TABLE kept (n int)")
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        ask("anfu_app", "CREATE TABLE mine (n int)")
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        ask("anfu_app", "SELECT * FROM kept")
    assert ask("anfu_app", "SHOW statement_timeout") == [("1min",)]
    assert ask("anfu_app", "SHOW lock_timeout") == [("10s",)]
    # Tests make databases of their own, and pg_trgm must know that a Chinese character is a letter.
    ask("anfu_owner", "CREATE DATABASE test_second")
    extensions = "SELECT extname FROM pg_extension WHERE extname IN ('pg_trgm', 'btree_gist')"
    assert len(ask("anfu_owner", extensions, "test_second")) == 2
    assert ask("anfu_owner", "SELECT cardinality(show_trgm('叉车'))", "test_second") == [(3,)]


def starting_over_leaves_an_empty_database():
    embedded.reset()
    assert ask("anfu_app", "SELECT to_regclass('kept')") == [(None,)]
    ask("anfu_owner", "CREATE TABLE kept (n int)")


def a_killed_server_starts_again_with_what_was_committed():
    ask("anfu_owner", "INSERT INTO kept VALUES (7)")
    pid = int((postgres.data() / "postmaster.pid").read_text().splitlines()[0])
    os.kill(pid, signal.SIGKILL)
    deadline = time.monotonic() + 10
    while postgres.is_ready() and time.monotonic() < deadline:
        time.sleep(0.05)
    embedded.ensure_started()
    assert ask("anfu_owner", "SELECT n FROM kept") == [(7,)]

    # The number of the dead server now belongs to another program: this one.
    embedded.stop()
    left = Path(postgres.data() / "postmaster.pid")
    left.write_text(f"{os.getpid()}\n{postgres.data()}\n")
    os.chown(left, places.server_user().pw_uid, places.server_user().pw_gid)
    embedded.ensure_started()
    assert ask("anfu_owner", "SELECT n FROM kept") == [(7,)]
