"""A signed visit opened again: who allows it, what is kept, how it is signed anew."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.urls import reverse

from common.errors import DomainError
from common.scope import acting_as
from documents.models import Document
from inspections.field.bundle import bundle_for
from inspections.models import Answer, Hazard, Visit, VisitReopening
from inspections.selectors import checklist_items
from inspections.services import (
    answers_save,
    correction_ask,
    hazard_add,
    hazard_remove,
    hazards_confirm,
    reopening_allow,
    reopening_ask,
    reopening_drop,
    reopening_refuse,
    visit_note,
    visit_refuse,
    visit_sign,
    visit_start,
)
from tests import county as counties
from tests import world
from workflow.models import WorkTask

pytestmark = pytest.mark.django_db


@pytest.fixture
def county():
    return counties.build()


def fresh(county, visit):
    with acting_as(county.admin):
        return Visit.objects.select_related("assignment").get(pk=visit.pk)


def ask(actor, visit, reason="漏查了配电室"):
    with acting_as(actor):
        return reopening_ask(actor=actor, visit=Visit.objects.get(pk=visit.pk), reason=reason)


def reopened(county, visit, reason="漏查了配电室"):
    asked = ask(county.lead, visit, reason)
    with acting_as(county.officer):
        return reopening_allow(actor=county.officer, reopening=asked, answer="同意")


def sign(county, visit, name="李四", **more):
    actor = county.inspector
    with acting_as(actor):
        return visit_sign(
            actor=actor, visit=Visit.objects.get(pk=visit.pk), representative_name=name,
            representative_post="副厂长", signature=counties.picture((9, 9, 9), "PNG"), **more,
        )  # fmt: skip


def records(county, visit):
    with acting_as(county.admin):
        rows = Document.objects.filter(kind="service_record", subject_id=str(visit.pk))
        return list(rows.order_by("issued_at", "pk"))


def test_what_was_signed_is_kept_whole_and_the_visit_is_open(county):
    visit = counties.visit(county, hazards=2)
    was = fresh(county, visit)
    asked = ask(county.lead, visit)
    with acting_as(county.officer):
        task = WorkTask.objects.get(kind="visit_reopening")
        allowed = reopening_allow(actor=county.officer, reopening=asked)
        task.refresh_from_db()
    assert task.done_at is not None
    now = fresh(county, visit)
    assert (now.state, now.left_at, now.signed_at, now.representative_name) == (
        "open", None, None, "",
    )  # fmt: skip
    former = allowed.former
    assert (former["representative_name"], former["state"]) == ("张立新", "signed")
    assert former["left_at"] == was.left_at.isoformat()
    with acting_as(county.admin):
        assert len(former["answers"]) == Answer.objects.filter(visit=visit).count()
    assert [h["number"] for h in former["hazards"]] == sorted(
        h["number"] for h in former["hazards"]
    )
    assert len(former["hazards"]) == 2
    assert [p["number"] for p in former["papers"]] == [records(county, visit)[0].number]
    assert [p["purpose"] for p in former["photos"]] == ["signature"]


def test_the_record_holds_until_it_is_signed_anew_and_is_then_voided(county):
    visit = counties.visit(county)
    left = fresh(county, visit).left_at
    reopened(county, visit)
    [record] = records(county, visit)
    assert record.state == "issued"
    with acting_as(county.inspector):
        visit_note(visit=Visit.objects.get(pk=visit.pk), process_note="补查配电室")
    county.later(days=2)
    sign(county, visit)
    now = fresh(county, visit)
    assert (now.state, now.left_at, now.representative_name) == ("signed", left, "李四")
    assert now.signed_at > left + timedelta(days=1)
    old, new = records(county, visit)
    assert (old.state, new.state, new.replaces_id) == ("voided", "issued", old.pk)
    assert old.number in new.content["correction"]
    assert "漏查了配电室" in new.content["correction"]
    with acting_as(county.admin):
        assert VisitReopening.objects.get().closed_at is not None


def test_it_may_be_opened_a_second_time_and_be_refused_the_signature(county):
    visit = counties.visit(county)
    reopened(county, visit)
    sign(county, visit)
    reopened(county, visit, "还漏了消防")
    with acting_as(county.inspector):
        visit_refuse(
            actor=county.inspector, visit=Visit.objects.get(pk=visit.pk),
            refusal_reason="不认可", witness_name="王五",
        )  # fmt: skip
    assert [p.state for p in records(county, visit)] == ["voided", "voided", "issued"]


def test_issued_hazards_stay_and_new_ones_get_a_paper_of_their_own(county):
    [first] = counties.issued(county)
    visit = first.visit_id
    with acting_as(county.admin):
        row = Visit.objects.get(pk=visit)
    reopened(county, row)
    with acting_as(county.inspector):
        open_visit = Visit.objects.get(pk=visit)
        with pytest.raises(DomainError):
            hazard_remove(actor=county.inspector, hazard=first)
        answers_save(actor=county.inspector, visit=open_visit, answers={first.item_id: ("ok", "")})
    with pytest.raises(DomainError, match="已经交底"):
        sign(county, row)
    with acting_as(county.inspector):
        answers_save(
            actor=county.inspector, visit=open_visit, answers={first.item_id: ("fail", "")}
        )
        hazard_add(
            actor=county.inspector, visit=open_visit, item=checklist_items(open_visit)[5],
            place="配电室", description="无绝缘垫", severity="general", category="现场管理",
            measure="铺设", photos=[counties.picture((7, 7, 7))],
        )  # fmt: skip
    sign(county, row)
    with acting_as(county.lead):
        hazards_confirm(actor=county.lead, visit=Visit.objects.get(pk=visit))
        states = Hazard.objects.filter(visit=visit).values_list("state", flat=True)
        assert list(states) == ["issued", "issued"]
        suggestions = Document.objects.filter(kind="suggestion").order_by("issued_at", "pk")
        assert [len(paper.content["hazards"]) for paper in suggestions] == [1, 1]
        assert {paper.state for paper in suggestions} == {"issued"}


@pytest.mark.parametrize("who", ["inspector", "officer", "principal"])
def test_only_the_providers_lead_asks(county, who):
    visit = counties.visit(county)
    actor = getattr(county, who)
    if who == "principal":
        with pytest.raises(Visit.DoesNotExist):
            ask(actor, visit)
        return
    with pytest.raises(DomainError, match="项目负责人"):
        ask(actor, visit)


def test_what_cannot_be_opened_again_says_why(county):
    open_visit = counties.visit(county, hazards=0, sign=False)
    with pytest.raises(DomainError, match="还没有签字"):
        ask(county.lead, open_visit)
    sign(county, open_visit)
    with pytest.raises(DomainError, match="为什么") as error:
        ask(county.lead, open_visit, " ")
    assert error.value.field == "reason"
    asked = ask(county.lead, open_visit)
    with pytest.raises(DomainError, match="已有一个"):
        ask(county.lead, open_visit)
    with acting_as(county.inspector):
        visit_start(actor=county.inspector, assignment=county.assignment)
    with acting_as(county.officer), pytest.raises(DomainError, match="还没有签字"):
        reopening_allow(actor=county.officer, reopening=asked)


def test_after_acceptance_it_stays_closed(county):
    counties.accepted(county)
    with acting_as(county.lead):
        visit = Visit.objects.first()
    with pytest.raises(DomainError, match="复查验收已完成"):
        ask(county.lead, visit)


def test_refused_or_dropped_the_record_stays(county):
    visit = counties.visit(county)
    asked = ask(county.lead, visit)
    with acting_as(county.officer):
        with pytest.raises(DomainError) as error:
            reopening_refuse(actor=county.officer, reopening=asked, answer="")
        assert error.value.field == "answer"
        reopening_refuse(actor=county.officer, reopening=asked, answer="没有必要")
    again = ask(county.lead, visit)
    with acting_as(county.lead):
        reopening_drop(actor=county.lead, reopening=again)
    assert fresh(county, visit).state == "signed"
    with acting_as(county.officer), pytest.raises(DomainError):
        reopening_allow(actor=county.officer, reopening=again)


def test_the_phone_gets_it_back_with_the_reason(county):
    visit = counties.visit(county)
    with acting_as(county.inspector):
        place = bundle_for(county.inspector)["places"][0]
        assert place["open_visit"] is None
    reopened(county, visit)
    with acting_as(county.inspector):
        place = next(p for p in bundle_for(county.inspector)["places"] if p["open_visit"])
    assert place["open_visit"]["id"] == str(visit.pk)
    assert place["open_visit"]["reopened"] == "漏查了配电室"


# pages


def test_lead_asks_officer_allows_and_both_see_what_was_signed(county, client):
    visit = counties.visit(county)
    world.sign_in(client, county.lead)
    url = reverse("inspections:visit-reopen", args=[visit.pk])
    assert (
        "申请重新打开" in client.get(reverse("inspections:visit", args=[visit.pk])).content.decode()
    )
    assert client.post(url, {"reason": ""}).status_code == 422
    answer = client.post(url, {"reason": "漏查"})
    page = answer.url
    assert client.post(page, {"decision": "allow"}).status_code == 403
    world.sign_in(client, county.officer)
    assert client.post(page, {"decision": "refuse", "answer": ""}).status_code == 422
    shown = client.post(page, {"decision": "allow"}, follow=True).content.decode()
    assert "原来签字的版本" in shown
    assert "张立新" in shown
    world.sign_in(client, county.inspector)
    assert (
        "已重新打开：漏查"
        in client.get(reverse("inspections:visit", args=[visit.pk])).content.decode()
    )


def test_another_tenants_reopening_is_not_found(county, client):
    visit = counties.visit(county)
    asked = ask(county.lead, visit)
    other = counties.build("130372", base=50)
    for actor, code in ((other.lead, 404), (other.officer, 403)):
        world.sign_in(client, actor)
        assert client.get(reverse("inspections:reopening", args=[asked.pk])).status_code == 404
        url = reverse("inspections:visit-reopen", args=[visit.pk])
        assert client.get(url).status_code == code
    world.sign_in(client, county.principal)
    assert client.get(reverse("inspections:reopening", args=[asked.pk])).status_code == 403


# at once


@pytest.mark.django_db(transaction=True)
def test_two_who_correct_one_hazard_at_once_leave_one_version(county):
    [hazard] = counties.issued(county)

    def act(number):
        with acting_as(county.lead):
            row = Hazard.objects.get(pk=hazard.pk)
            correction_ask(actor=county.lead, hazard=row, kind="withdraw", reason=f"错{number}")

    assert sorted(_at_once(act)) == ["done", "refused"]


@pytest.mark.django_db(transaction=True)
def test_two_who_allow_one_reopening_at_once_open_it_once(county):
    visit = counties.visit(county)
    asked = ask(county.lead, visit)

    def act(number):
        with acting_as(county.officer):
            reopening_allow(actor=county.officer, reopening=asked)

    assert sorted(_at_once(act)) == ["done", "refused"]


@pytest.mark.django_db(transaction=True)
def test_a_reopening_and_an_answer_at_once_never_lose_the_answer(county):
    """Either the answer came first and is refused as signed, or it follows and stands."""
    visit = counties.visit(county)
    asked = ask(county.lead, visit)
    item = 0

    def act(number):
        nonlocal item
        if number:
            with acting_as(county.officer):
                reopening_allow(actor=county.officer, reopening=asked)
            return
        with acting_as(county.inspector):
            row = Visit.objects.get(pk=visit.pk)
            item = checklist_items(row)[3].pk
            answers_save(actor=county.inspector, visit=row, answers={item: ("na", "停用")})

    outcome = _at_once(act)
    assert outcome[1] == "done"
    with acting_as(county.inspector):
        standing = Answer.objects.get(visit=visit, item=item)
    assert (standing.note == "停用") == (outcome[0] == "done")


def _at_once(act):
    said = [""] * 2
    gate = threading.Barrier(2)

    def run(number):
        try:
            gate.wait()
            act(number)
            said[number] = "done"
        except DomainError:
            said[number] = "refused"
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return said
