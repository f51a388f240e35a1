import os

import pytest

from stack import embedded, places, postgres

DATABASE = "postgres://anfu_app:secret@db.example/anfu"
OWNER = "postgres://anfu_owner:secret@db.example/anfu"


@pytest.fixture(autouse=True)
def nothing_configured(monkeypatch, tmp_path):
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("VAR_DIR", str(tmp_path / "var"))


def test_addresses_of_the_environment_win(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", DATABASE)
    monkeypatch.setenv("DATABASE_OWNER_URL", OWNER)
    monkeypatch.setenv("REDIS_URL", "redis://cache.example/3")
    urls = embedded.service_urls()
    assert (urls.database, urls.database_owner) == (DATABASE, OWNER)
    assert urls.redis == urls.broker == "redis://cache.example/3"


@pytest.mark.parametrize("name", ["DATABASE_URL", "DATABASE_OWNER_URL"])
def test_one_database_address_without_the_other_is_refused_in_one_line(monkeypatch, name):
    monkeypatch.setenv(name, DATABASE)
    with pytest.raises(SystemExit) as refused:
        embedded.service_urls()
    assert "set both or neither" in refused.value.code
    assert "\n" not in refused.value.code


def test_asking_for_addresses_starts_and_makes_nothing(tmp_path):
    first = embedded.service_urls()
    assert embedded.service_urls() == first
    assert not places.home().exists()
    assert not any(tmp_path.iterdir())


def test_two_checkouts_share_nothing(monkeypatch, tmp_path):
    first = embedded.service_urls()
    monkeypatch.setenv("VAR_DIR", str(tmp_path / "other"))
    second = embedded.service_urls()
    assert first.database != second.database
    assert first.redis != second.redis


def test_the_broker_of_the_embedded_redis_has_the_scheme_that_celery_knows():
    urls = embedded.service_urls()
    assert urls.redis.startswith("unix:///")
    assert urls.broker == "redis+socket://" + urls.redis.removeprefix("unix://")


@pytest.mark.parametrize("user", [0, 1000])
@pytest.mark.parametrize("depth", [1, 40])
def test_a_socket_fits_the_kernels_limit_however_deep_the_checkout_lies(
    monkeypatch, tmp_path, user, depth
):
    monkeypatch.setattr(os, "geteuid", lambda: user)
    monkeypatch.setenv("VAR_DIR", str(tmp_path.joinpath(*["deep"] * depth)))
    longest = places.sockets() / places.LONGEST_SOCKET
    assert len(os.fsencode(longest)) <= 107


def test_data_stay_in_the_checkout_for_all_but_root(monkeypatch, tmp_path):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert places.home() == tmp_path / "var" / "stack"


def test_starting_over_never_touches_a_database_given_from_outside(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", DATABASE)
    monkeypatch.setenv("DATABASE_OWNER_URL", OWNER)
    with pytest.raises(places.StackError, match="empty the database of DATABASE_URL yourself"):
        embedded.reset()


def test_what_the_system_refuses_is_one_line(monkeypatch, tmp_path):
    (tmp_path / "var").write_text("a file where a folder should be")
    monkeypatch.setattr(places, "home", lambda: tmp_path / "var" / "stack")
    for module in (embedded, postgres):
        monkeypatch.setattr(module, "home", places.home)
    with pytest.raises(places.StackError, match="Not a directory"):
        embedded.ensure_started()


@pytest.mark.parametrize(
    ("output", "line"),
    [
        (
            "2026-06-01 08:00:00.000 UTC [7] LOG:  starting\n"
            '2026-06-01 08:00:00.001 UTC [7] FATAL:  could not write "x": No space left on device\n'
            "2026-06-01 08:00:00.002 UTC [7] LOG:  database system is shut down\n",
            'could not write "x": No space left on device',
        ),
        (
            "1 FATAL:  files are incompatible\n1 DETAIL:  made by version 17\n",
            "files are incompatible. made by version 17",
        ),
        ("initdb: error: cannot be run as root\ninitdb: hint: log in\n", "cannot be run as root"),
        ("waiting for server\nstopped waiting\n", "stopped waiting"),
        ("", "no output"),
    ],
)
def test_a_failed_program_is_reported_by_the_line_that_says_why(output, line):
    assert postgres.telling_line(output) == line
