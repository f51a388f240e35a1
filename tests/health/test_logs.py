"""Lines of the log say which page, how long and for whom, and nothing of anybody's own."""

import io
import json
import logging

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from common.ids import uuid7
from common.logs import logging_config
from common.scope import acting_as
from inspections.models import MeetingAttendance
from tests import county as counties
from tests import world

pytestmark = pytest.mark.django_db
NUMBER = "13405461647"


@pytest.fixture
def log():
    """What the JSON handler of production writes meanwhile, as text."""
    config, out = logging_config(as_json=True), io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(made(config["formatters"]["anfu"]))
    ours, level = logging.getLogger("anfu"), logging.getLogger("anfu").level
    ours.setLevel(config["loggers"]["anfu"]["level"])
    logging.getLogger().addHandler(handler)
    yield out
    logging.getLogger().removeHandler(handler)
    ours.setLevel(level)


def made(said: dict) -> logging.Formatter:
    """A formatter as the standard library makes it of LOGGING."""
    return said["()"](**{key: value for key, value in said.items() if key != "()"})


def lines(log) -> list[dict]:
    return [json.loads(line) for line in log.getvalue().splitlines()]


def test_a_request_is_one_line_with_ids(log, client):
    county = counties.build()
    world.sign_in(client, county.officer)
    client.get("/enterprises/", headers={"x-request-id": "from-the-proxy-1"})
    [line] = [entry for entry in lines(log) if entry.get("view") == "enterprises:list"]
    assert line["request"] == "from-the-proxy-1"
    assert (line["org"], line["member"]) == (county.zone.pk, county.officer.member)
    assert (line["method"], line["status"], line["level"]) == ("GET", 200, "info")
    assert line["ms"] >= 0
    assert line["at"].endswith("Z")


def test_a_refusal_is_one_line_without_a_trace(log, client):
    county = counties.build()
    world.sign_in(client, county.inspector)
    assert client.get("/enterprises/import/").status_code == 403
    [line] = [entry for entry in lines(log) if entry["logger"] == "django.request"]
    assert "/enterprises/import/" in line["event"]
    assert "exception" not in line


def test_ids_of_one_request_do_not_stay_for_the_next(log, client):
    county = counties.build()
    world.sign_in(client, county.officer)
    client.get("/enterprises/")
    Client().get("/accounts/login/")
    [line] = [entry for entry in lines(log) if entry.get("view") == "account_login"]
    assert "member" not in line


def test_numbers_in_query_body_path_and_errors_are_in_no_line(log, client, monkeypatch):
    county = counties.build()
    world.sign_in(client, county.officer)
    client.raise_request_exception = False
    client.get(f"/enterprises/?q={NUMBER}")
    client.get(f"/no-such-page/{NUMBER}/?name=张立新")
    client.post("/providers/new/", {"phone": NUMBER, "name": "张立新"})
    client.post(f"/personal/enterprises.enterprise/{county.enterprises[0].pk}/phone/")

    def fail(*args, **kwargs):
        raise RuntimeError(f"could not dial {NUMBER}")

    monkeypatch.setattr("enterprises.views.file_for", fail)
    assert client.get(f"/enterprises/{county.enterprises[0].pk}/").status_code == 500
    text = log.getvalue()
    assert NUMBER not in text
    assert "张立新" not in text
    failed = [entry for entry in lines(log) if entry["level"] == "error"]
    assert any("RuntimeError: could not dial 134****1647" in e.get("exception", "") for e in failed)
    assert all(entry["request"] for entry in lines(log))


def test_what_postgresql_says_of_a_rows_values_is_left_out(log):
    county = counties.build()
    with acting_as(county.lead):
        row = MeetingAttendance.objects.first()
        row.pk = uuid7()
        try:
            with transaction.atomic():
                row.save(force_insert=True)
        except IntegrityError:
            logging.getLogger("anfu.test").exception("not saved")
    [line] = lines(log)
    assert "attendance_once" in line["exception"]
    assert "张立新" not in log.getvalue()


def test_the_terminals_lines_have_stars_as_well():
    formatter = made(logging_config(as_json=False)["formatters"]["anfu"])
    record = logging.LogRecord("a", logging.WARNING, "", 0, "call %s", (NUMBER,), None)
    assert "134****1647" in formatter.format(record)
    assert NUMBER not in formatter.format(record)
