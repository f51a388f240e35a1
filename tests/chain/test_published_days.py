"""Daily heads: published once, for good, each day naming the day before; read by anybody."""

import hashlib
import json
import shutil
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from audit import verify_chain
from audit.heads import stored_days_problems
from audit.models import DailyHead, PublishedDay, Seal
from chain.publication import days_publish
from chain.tasks import publish_days
from common.scope import acting_as
from config.management.commands.demo import _publish
from documents import keys
from tenancy.actors import SYSTEM
from tests import county as counties
from tests import world

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
YESTERDAY = TODAY - timedelta(days=1)


@pytest.fixture(scope="module")
def keys_of_the_module(tmp_path_factory):
    return tmp_path_factory.mktemp("keys")


@pytest.fixture(autouse=True)
def keys_of_our_own(settings, keys_of_the_module):
    settings.SIGNING_KEYS_DIR = keys_of_the_module
    settings.SIGNING_PASSPHRASE = "of-the-test"


@pytest.fixture
def on(monkeypatch):
    """Let the calendar stand at a day, and seal as if it were then."""

    real = timezone.now()

    def stand(day):
        monkeypatch.setattr("django.utils.timezone.now", lambda: real + (day - TODAY))

    yield stand
    monkeypatch.undo()


def publish() -> int:
    with acting_as(SYSTEM):
        return days_publish()


def published(client, **query) -> str:
    return client.get(reverse("portal:heads"), query).content.decode()


@pytest.fixture
def three_days(acts, on):
    """Acts on three days, each published in the night after it."""
    for back in (3, 2, 1):
        on(TODAY - timedelta(days=back))
        acts(back)
        on(TODAY - timedelta(days=back - 1))
        assert publish() == 1


def test_a_day_is_published_once_and_holds_every_chain_as_it_stood(zone, acts, on):
    on(YESTERDAY)
    acts(3)
    on(TODAY)
    acts(2)
    assert (publish(), publish()) == (1, 0)
    head = DailyHead.objects.get(agency_id=zone.pk)
    with acting_as(SYSTEM):
        seal = Seal.objects.get(agency_id=zone.pk, sequence=3)
    assert (head.day, head.sequence, head.hash, head.acts) == (YESTERDAY, 3, seal.hash, 3)


def test_nothing_is_published_before_there_is_a_seal():
    assert publish() == 0
    assert not PublishedDay.objects.exists()


def test_days_that_beat_missed_are_made_good_in_order(zone, acts, on):
    on(TODAY - timedelta(days=4))
    acts(2)
    on(TODAY - timedelta(days=3))
    publish()
    on(TODAY)
    assert publish_days() == 3
    days = list(PublishedDay.objects.order_by("day"))
    assert [row.day for row in days] == [TODAY - timedelta(days=n) for n in (4, 3, 2, 1)]
    assert [row.previous for row in days[1:]] == [row.sha256 for row in days[:-1]]
    assert set(DailyHead.objects.values_list("sequence", flat=True)) == {2}
    assert list(stored_days_problems()) == []


@pytest.mark.parametrize("table", ["audit_publishedday", "audit_dailyhead"])
def test_only_the_system_publishes(zone, admin, three_days, table):
    sql = f"INSERT INTO {table} SELECT * FROM {table} LIMIT 1"
    for actor in (admin, None):
        with (
            acting_as(actor),
            pytest.raises(DatabaseError, match="row-level security"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(sql)


def test_the_page_is_open_to_everybody_and_lists_days_and_chains(client, zone, three_days):
    page = published(client)
    assert page.count(zone.org.name) == 3
    assert PublishedDay.objects.get(day=YESTERDAY).sha256 in page
    assert reverse("portal:heads-signature", args=[YESTERDAY]) in page


def test_the_page_says_when_there_is_nothing(client, three_days):
    assert "没有符合条件的公布" in published(client, q="没有这个单位")


def test_the_page_is_empty_before_the_first_day(client):
    assert "还没有公布" in published(client)


def test_the_filter_is_in_the_url_and_a_wrong_one_is_said(client, zone, acts, three_days):
    other = world.agency("130400")
    assert other.org.name not in published(client)
    assert published(client, since=str(YESTERDAY)).count(zone.org.name) == 1
    assert published(client, q=zone.org.name[2:9], until=str(YESTERDAY)).count(zone.org.name) >= 3
    page = published(client, since=str(TODAY), until=str(YESTERDAY))
    assert "截止日期早于开始日期" in page
    url = reverse("portal:heads-range")
    assert client.get(url, {"since": "2026-99-99"}).status_code == 400


def test_a_days_file_is_what_its_hash_says_and_the_range_is_these_files(client, three_days):
    files = []
    for row in PublishedDay.objects.order_by("day"):
        content = client.get(reverse("portal:heads-json", args=[row.day])).content
        assert hashlib.sha256(content).hexdigest() == row.sha256
        assert json.loads(content)["previous"] == row.previous
        files.append(content)
    url = reverse("portal:heads-range")
    assert client.get(url).getvalue() == b"".join(file + b"\n" for file in files)
    part = client.get(url, {"since": str(YESTERDAY)}).getvalue()
    assert part == files[-1] + b"\n"


@pytest.mark.parametrize("day", ["2020-01-01", "2026-13-01", "latest"])
def test_a_day_that_was_not_published_is_not_found(client, three_days, day):
    assert client.get(reverse("portal:heads-json", args=[day])).status_code == 404
    assert client.get(reverse("portal:heads-signature", args=[day])).status_code == 404


@pytest.mark.skipif(shutil.which("openssl") is None, reason="needs openssl")
def test_openssl_says_that_the_platform_signed_a_days_file(client, three_days, tmp_path):
    content = client.get(reverse("portal:heads-json", args=[YESTERDAY])).content
    signature = client.get(reverse("portal:heads-signature", args=[YESTERDAY])).content
    (tmp_path / "day.json").write_bytes(content)
    (tmp_path / "day.p7s").write_bytes(signature)
    (tmp_path / "root.pem").write_bytes(keys.root_certificate())
    command = [
        "openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", "day.p7s", "-content",
        "day.json", "-CAfile", "root.pem", "-purpose", "any", "-out", "/dev/null",
    ]  # fmt: skip
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False)
    assert run.returncode == 0, run.stderr
    (tmp_path / "day.json").write_bytes(content.replace(b"1", b"2"))
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False)
    assert run.returncode != 0


def test_without_the_platforms_key_a_day_is_published_unsigned(client, acts, on, monkeypatch):
    def no_key(**_):
        raise keys.KeysError("根私钥不在本机")

    monkeypatch.setattr(keys, "signing_key", no_key)
    on(YESTERDAY)
    acts(1)
    on(TODAY)
    assert publish() == 1
    url = reverse("portal:heads-signature", args=[YESTERDAY])
    assert client.get(url).status_code == 404
    assert url not in published(client)


def test_the_verifier_on_the_page_runs_without_any_package(client, three_days, tmp_path):
    script = client.get(reverse("portal:heads-verifier")).content
    assert script == Path(verify_chain.__file__).read_bytes()
    (tmp_path / "verify_chain.py").write_bytes(script)
    run = subprocess.run(
        [sys.executable, "-I", "-S", tmp_path / "verify_chain.py", tmp_path / "nothing.jsonl"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (run.returncode, "读不懂" in run.stderr) == (2, True)


def test_the_page_takes_the_same_statements_for_few_as_for_many(
    client, zone, three_days, django_assert_num_queries
):
    with django_assert_num_queries(5):  # two of them the transaction's
        published(client)
    with django_assert_num_queries(5):
        published(client, since=str(YESTERDAY))


def test_two_copies_of_a_day_that_differ_and_days_that_do_not_hang_together_are_named(
    client, three_days
):
    lines = client.get(reverse("portal:heads-range")).getvalue().splitlines()
    changed = lines[1].replace(b'"sequence":', b'"sequence":1')
    days = verify_chain.read_days([lines[0], lines[1], changed])
    (problem,) = verify_chain.days_problems(days)
    assert "的公布有两份，内容不同" in problem.words
    days = verify_chain.read_days([lines[0], changed, lines[2]])
    (problem,) = verify_chain.days_problems(days)
    assert "接不上前一天的" in problem.words


def test_a_demonstration_has_published_heads_at_once_and_midnight_goes_on_from_them():
    counties.build()
    _publish()
    _publish()
    with acting_as(SYSTEM):
        [day] = PublishedDay.objects.all()
        assert day.day == timezone.localdate()
        assert DailyHead.objects.filter(day=day.day).count() > 1
        assert days_publish() == 0
        assert not list(stored_days_problems())
