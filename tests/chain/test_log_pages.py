"""The log, the chain's state, a check as a job, exports: for managers of the agency, and its own only."""

import json
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from python_calamine import CalamineWorkbook

from audit import chain
from audit.models import AuditEntry
from audit.services import record
from chain import services
from chain.models import Verification
from chain.words import act_words
from common.scope import acting_as
from tenancy.actors import SYSTEM, system_for
from tenancy.enums import Role
from tests import world
from workflow.models import Job, WorkTask
from workflow.services import job_part_run

pytestmark = pytest.mark.django_db
LOG, CHAIN, VERIFY = reverse("chain:log"), reverse("chain:chain"), reverse("chain:verify")


@pytest.fixture
def manager(client, admin):
    world.sign_in(client, admin)
    return client


def page(client, url=LOG, **query) -> str:
    response = client.get(url, query)
    assert response.status_code == 200
    return response.content.decode()


def run(zone) -> None:
    """Do the parts of what is running, as workers would."""
    with acting_as(SYSTEM):
        parts = list(Job.objects.get(state=Job.State.RUNNING).parts.order_by("step", "pk"))
    for part in parts:
        with acting_as(system_for(zone)):
            job_part_run(part.pk)


def test_the_log_says_who_did_what_and_which_place_it_has(manager, admin, zone, acts):
    acts(2)
    with acting_as(admin):
        record(actor=admin, act="document.void", agency_id=zone.pk, summary="写错了")
    shown = page(manager)
    assert "登记隐患" in shown
    assert "王强" in shown
    assert "待封存" in shown
    assert "共 3 条" in shown


def test_the_log_is_filtered_by_text_kind_and_day(manager, admin, zone, acts):
    acts(1)
    with acting_as(admin):
        record(actor=admin, act="document.void", agency_id=zone.pk, summary="写错了")
    assert "共 1 条" in page(manager, q="写错")
    assert "共 1 条" in page(manager, kind="文书")
    assert "共 2 条" in page(manager, q="王强")
    assert "没有符合条件的记录" in page(manager, since="2099-01-01")
    assert "没有符合条件的记录" in page(manager, until="2020-01-01")
    assert "查到" in page(manager, q="写错")


def test_a_wrong_day_is_said_beside_the_filter(manager, acts):
    acts(1)
    assert "截止日期早于开始日期" in page(manager, since="2026-02-01", until="2026-01-01")
    assert "输入一个有效的日期" in page(manager, since="2026-02-31")


def test_an_empty_log_says_what_belongs_there(manager, admin):
    assert "还没有记录" in page(manager)


def test_pages_go_on_by_key(manager, acts):
    acts(60)
    first = page(manager)
    assert "下一页" in first
    after = first.split("after=")[1].split('"')[0].split("&")[0]
    second = manager.get(f"{LOG}?after={after}").content.decode()
    assert "上一页" in second
    assert "隐患9<" in second
    assert "隐患10<" not in second


def test_the_log_takes_the_same_statements_for_few_acts_as_for_many(manager, acts):
    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            page(manager)
        return len(captured)

    acts(2)
    few = statements()
    acts(45)
    assert statements() == few


def test_the_sheet_holds_exactly_the_filter(manager, admin, zone, acts):
    acts(3)
    with acting_as(admin):
        record(actor=admin, act="document.void", agency_id=zone.pk, summary="=1+1")
    content = b"".join(manager.get(reverse("chain:log-export"), {"kind": "文书"}).streaming_content)
    rows = CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_index(0).to_python()
    texts = [str(cell) for row in rows for cell in row]
    assert "=1+1" in texts
    assert "作废文书" in texts
    assert "登记隐患" not in texts


def test_the_chains_page_shows_where_it_stands(manager, acts):
    assert "还没有封存的记录" in page(manager, CHAIN)
    acts(3)
    shown = page(manager, CHAIN)
    assert "第 3 号" in shown
    assert "还没有核查过" in shown


def test_a_check_is_a_job_whose_result_stays_and_is_itself_an_act(manager, zone, acts, admin):
    acts(5)
    response = manager.post(VERIFY)
    run(zone)
    with acting_as(admin):
        done = Verification.objects.get()
        act = AuditEntry.objects.get(act="chain.verify")
        assert Job.objects.get().state == Job.State.DONE
    assert (done.until, done.acts, done.problem_count) == (5, 5, 0)
    assert act.data == {"until": 5, "hash": done.hash, "problems": 0}
    assert "看核查结果" in page(manager, response.url)
    result = page(manager, reverse("chain:verification", args=[done.pk]))
    assert "没有被改动、抽走、插入或调换" in result
    assert "没有问题" in page(manager, CHAIN)


def test_a_check_in_parts_finds_what_is_wrong_and_puts_it_before_the_agency(
    manager, zone, acts, admin, monkeypatch
):
    monkeypatch.setattr(services, "PLACES", 3)
    acts(8)
    real = chain.links

    def tampered(**asked):
        for link in real(**asked):
            wrong = link.text and link.text.replace("隐患6", "没有隐患")
            yield type(link)(link.sequence, link.hash, wrong)

    monkeypatch.setattr(chain, "links", tampered)
    manager.post(VERIFY)
    run(zone)
    with acting_as(admin):
        done = Verification.objects.get()
        task = WorkTask.objects.get(kind="chain_broken")
    assert done.problem_count == 1
    assert "第7号" in done.problems[0]
    assert task.url == reverse("chain:verification", args=[done.pk])
    assert "第7号" in page(manager, task.url)
    assert "1 处问题" in page(manager, CHAIN)


def test_two_clicks_are_one_check(manager, acts, admin):
    acts(2)
    assert manager.post(VERIFY).url == manager.post(VERIFY, {"with_files": "on"}).url
    with acting_as(admin):
        assert Verification.objects.count() == 1


def test_there_is_nothing_to_check_before_the_first_seal(manager, admin):
    response = manager.post(VERIFY, follow=True)
    assert "还没有封存的记录" in response.content.decode()
    with acting_as(admin):
        assert not Job.objects.exists()


def test_the_export_is_the_agencys_chain_line_by_line(manager, zone, acts):
    acts(3)
    lines = manager.get(reverse("chain:export")).getvalue().decode().splitlines()
    head, *places = map(json.loads, lines)
    assert (head["format"], head["agency"], head["sequence"]) == ("anfu-chain-1", zone.pk, 3)
    assert [place["sequence"] for place in places] == [1, 2, 3]
    assert places[0]["act"]["summary"] == "隐患0"


def test_another_agency_sees_and_takes_nothing_of_it(client, zone, acts, admin):
    acts(3)
    stranger = world.member(world.agency("130400").org, Role.AGENCY_ADMIN)
    world.sign_in(client, stranger)
    assert "还没有记录" in page(client)
    assert len(client.get(reverse("chain:export")).getvalue().splitlines()) == 1
    with acting_as(admin):
        services.verification_start(actor=admin, with_files=False)
        pk = Verification.objects.get().pk
    assert client.get(reverse("chain:verification", args=[pk])).status_code == 404


@pytest.mark.parametrize("role", [Role.OFFICER, Role.ASSISTANT])
def test_only_managers_read_the_log(client, zone, role):
    world.sign_in(client, world.member(zone.org, role))
    for name in ("log", "log-export", "chain", "export"):
        assert client.get(reverse(f"chain:{name}")).status_code == 403
    assert client.post(VERIFY).status_code == 403


def test_every_act_has_words_and_an_unknown_one_shows_itself():
    assert act_words("hazard.close") == "复查通过，销号"
    assert act_words("thing.unheard_of") == "thing.unheard_of"
