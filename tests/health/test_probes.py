"""Alive, ready, and how much waits: for balancers and Prometheus, and for nobody else."""

import json
import logging

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from audit.services import chain_seal
from common.scope import acting_as
from documents.models import Document
from documents.services import document_render
from health import probes
from tenancy.actors import SYSTEM
from tests import county as counties

pytestmark = pytest.mark.django_db


def figures(client) -> dict[str, float]:
    """Every figure without labels."""
    lines = client.get("/metrics").content.decode().splitlines()
    pairs = [line.split(" ") for line in lines if not line.startswith("#") and "{" not in line]
    return {name: float(value) for name, value in pairs}


def test_alive_asks_nothing_of_the_database(client):
    with CaptureQueriesContext(connection) as queries:
        response = client.get("/healthz")
    assert (response.status_code, response.json()) == (200, {"alive": True})
    assert "no-cache" in response["Cache-Control"]
    assert len(queries) == 0


def test_ready_says_of_each_thing_whether_it_is_there(client):
    response = client.get("/readyz")
    assert response.status_code == 200
    assert response.json() == {"ready": True, "checks": dict.fromkeys(probes.PROBES, True)}


@pytest.mark.parametrize("name", sorted(probes.PROBES))
def test_one_thing_amiss_is_503_and_why_stands_in_the_log_alone(client, monkeypatch, caplog, name):
    def amiss() -> None:
        raise probes.Unready("secret-host:5432 is away")

    monkeypatch.setitem(probes.PROBES, name, amiss)
    response = client.get("/readyz")
    assert response.status_code == 503
    assert [k for k, v in response.json()["checks"].items() if not v] == [name]
    assert "secret-host" not in response.content.decode()
    assert "secret-host" in caplog.text


def test_a_redis_that_is_away_a_full_disk_and_a_wrong_clock_are_noticed(settings, monkeypatch):
    settings.REDIS_URL = "unix:///nowhere/redis.sock"
    monkeypatch.setattr(probes, "FREE_MB", 10**9)
    monkeypatch.setattr(probes, "CLOCKS_AGREE", -1)
    found = probes.examine()
    assert {name for name, problem in found.items() if problem} == {"redis", "storage", "clock"}
    assert "MB free" in found["storage"]


def test_figures_are_for_this_machine_or_for_whoever_has_the_token(client, settings):
    assert client.get("/metrics").status_code == 200
    assert client.get("/metrics", REMOTE_ADDR="10.0.0.7").status_code == 403
    assert client.get("/metrics", headers={"x-forwarded-for": "10.0.0.7"}).status_code == 403
    settings.METRICS_TOKEN = "s3cret"
    assert client.get("/metrics").status_code == 403
    assert client.get("/metrics", headers={"authorization": "Bearer wrong"}).status_code == 403
    far = client.get("/metrics", REMOTE_ADDR="10.0.0.7", headers={"authorization": "Bearer s3cret"})
    assert far.status_code == 200


def test_what_waits_is_counted_over_all_agencies(client):
    first, second = counties.build(), counties.build("130400", base=500)
    for county in (first, second):
        counties.issued(county)
    found = figures(client)
    assert found["anfu_papers_waiting"] >= 4
    assert found["anfu_acts_unsealed"] > 20
    assert 0 < found["anfu_act_unsealed_seconds"] < 600
    assert found["anfu_paper_waiting_seconds"] > 0
    assert found["anfu_queue_length"] >= 0
    assert found["anfu_files_waiting_for_scan"] == found["anfu_job_parts_failed"] == 0
    with acting_as(SYSTEM):
        document_render(str(Document.objects.values_list("pk", flat=True)[0]))
        for agency_id in (0, first.zone.pk, second.zone.pk):
            chain_seal(agency_id=agency_id)
    later = figures(client)
    assert later["anfu_papers_waiting"] == found["anfu_papers_waiting"] - 1
    assert later["anfu_acts_unsealed"] == later["anfu_act_unsealed_seconds"] == 0


def test_every_request_is_counted_by_its_page_and_not_by_its_address(client):
    client.get("/accounts/login/?next=/enterprises/7/")
    text = client.get("/metrics").content.decode()
    assert 'anfu_request_seconds_count{status="2xx",view="account_login"}' in text
    assert "/enterprises/7/" not in text


def test_a_request_keeps_the_number_that_the_proxy_gave_it_and_gets_one_otherwise():
    client = Client()
    given = client.get("/healthz", headers={"x-request-id": "0199f3c2-aaaa-bbbb"})
    assert given["X-Request-ID"] == "0199f3c2-aaaa-bbbb"
    for bad in ("short", "x" * 65, "line\nbreak-12345"):
        made = client.get("/healthz", headers={"x-request-id": bad})["X-Request-ID"]
        assert made != bad
        assert len(made) == 36


def test_readiness_is_plain_json_for_machines(client, caplog):
    with caplog.at_level(logging.WARNING):
        assert json.loads(client.get("/readyz").content)["ready"] is True
    assert caplog.text == ""


def test_browsers_find_the_icon_that_they_ask_for_unasked(client):
    answer = client.get("/favicon.ico")
    assert answer.status_code == 200
    assert next(iter(answer.streaming_content)).startswith(b"\0\0\1\0")
