"""A hazard from finding to closing: who may, what is needed, what each step leaves behind."""

import io
from datetime import date, timedelta

import pytest
from django.utils import timezone
from python_calamine import CalamineWorkbook

from agencies.models import Assignment
from audit.models import AuditEntry
from common.errors import DomainError
from common.ids import uuid7
from common.scope import acting_as
from evidence.models import Photo
from inspections.models import Extension, Hazard, Visit
from inspections.selectors import checklist_items, library_search
from inspections.services import (
    answers_save,
    extension_ask,
    extension_grant,
    hazard_add,
    hazard_recheck,
    hazard_remove,
    hazards_confirm,
    hazards_mark_overdue,
    rectification_submit,
    visit_refuse,
    visit_sign,
    visit_start,
)
from notifications.models import Notification
from tenancy.actors import system_for
from tests import county as counties
from tests import world
from workflow.models import WorkTask

pytestmark = pytest.mark.django_db


def submit(county, hazard, actor=None, **more):
    actor = actor or county.principal
    with acting_as(actor):
        fresh = Hazard.objects.get(pk=hazard.pk)
        return rectification_submit(
            actor=actor, hazard=fresh, text="已接地", responsible_person="张立新",
            done_on=fresh.found_on, **{"photos": [counties.picture()], **more},
        )  # fmt: skip


def recheck(county, hazard, actor=None, **more):
    actor = actor or county.inspector
    with acting_as(actor):
        fresh = Hazard.objects.get(pk=hazard.pk)
        return hazard_recheck(actor=actor, hazard=fresh, **{"result": "passed", **more})


def state(county, hazard):
    with acting_as(county.admin):
        return Hazard.objects.get(pk=hazard.pk).state


def phase(county):
    with acting_as(county.admin):
        return Assignment.objects.get(pk=county.assignment.pk).state


def overdue(county):
    with acting_as(county.admin):
        agency = county.contract.owner_agency.__class__.objects.select_related("org").get(
            pk=county.zone.pk
        )
    system = system_for(agency)
    with acting_as(system):
        return hazards_mark_overdue(actor=system, agency_id=county.zone.pk)


def test_the_enterprise_sees_nothing_before_the_lead_confirms(county):
    visit = counties.visit(county, hazards=2)
    with acting_as(county.principal):
        assert (Hazard.objects.count(), Photo.objects.count()) == (0, 0)
    with acting_as(county.lead):
        document = hazards_confirm(actor=county.lead, visit=visit)
    with acting_as(county.principal):
        assert Hazard.objects.count() == 2
        assert Photo.objects.filter(purpose="before").count() == 2
    assert document.kind == "suggestion"
    assert phase(county) == "guidance"


def test_an_inspector_does_not_confirm_his_own_findings(county):
    visit = counties.visit(county)
    with acting_as(county.inspector), pytest.raises(DomainError, match="项目负责人"):
        hazards_confirm(actor=county.inspector, visit=visit)


def test_closing_the_last_hazard_leaves_the_phase_to_the_lead(county):
    [hazard] = counties.issued(county)
    submit(county, hazard)
    recheck(county, hazard)
    assert (state(county, hazard), phase(county)) == ("closed", "guidance")


def test_what_is_not_mended_goes_back_with_reason_and_new_deadline(county):
    [hazard] = counties.issued(county)
    submit(county, hazard)
    with pytest.raises(DomainError, match="原因"):
        recheck(county, hazard, result="failed", new_due_on=date(2026, 7, 1))
    recheck(county, hazard, result="failed", reason="未固定", new_due_on=date(2026, 7, 1))
    with acting_as(county.principal):
        fresh = Hazard.objects.get(pk=hazard.pk)
    assert (fresh.state, fresh.due_on, fresh.return_count) == ("rectifying", date(2026, 7, 1), 1)
    submit(county, hazard)
    recheck(county, hazard)
    assert state(county, hazard) == "closed"


def test_two_people_who_recheck_at_once_close_it_once(county):
    [hazard] = counties.issued(county)
    submit(county, hazard)
    recheck(county, hazard)
    with pytest.raises(DomainError, match="没有待复查"):
        recheck(county, hazard, actor=county.lead)


def test_whoever_enters_for_an_owner_needs_the_slip_and_does_not_recheck(county):
    [hazard] = counties.issued(county)
    with pytest.raises(DomainError, match="确认单"):
        submit(county, hazard, actor=county.inspector)
    entered = submit(county, hazard, actor=county.inspector, slip=counties.picture((1, 2, 3)))
    assert entered.is_entered_for
    with pytest.raises(DomainError, match="不能自己复查"):
        recheck(county, hazard)
    recheck(county, hazard, actor=county.lead)
    assert state(county, hazard) == "closed"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"text": " "}, "text"),
        ({"responsible_person": ""}, "responsible_person"),
        ({"photos": []}, "photos"),
        ({"done_on": date(2026, 6, 1)}, "done_on"),
        ({"done_on": date(2026, 7, 30)}, "done_on"),
        ({"photos": [b"no picture"]}, "photos"),
        ({"photos": [b"x" * (21 * 2**20)]}, "photos"),
    ],
)
def test_a_submission_that_lacks_something_says_where_and_writes_nothing(county, wrong, field):
    [hazard] = counties.issued(county)
    values = {
        "text": "已接地", "responsible_person": "张立新", "done_on": hazard.found_on,
        "photos": [counties.picture()],
    } | wrong  # fmt: skip
    with acting_as(county.principal):
        with pytest.raises(DomainError) as caught:
            rectification_submit(actor=county.principal, hazard=hazard, **values)
        assert not hazard.rectifications.exists()
        assert Photo.objects.filter(purpose="after").count() == 0
    assert (caught.value.field, state(county, hazard)) == (field, "issued")


def test_overdue_is_flagged_once_and_stays_on_record(county):
    [hazard] = counties.issued(county)
    assert overdue(county) == 0
    county.at(counties.NOW + timedelta(days=60))
    assert (overdue(county), overdue(county)) == (1, 0)
    with acting_as(county.principal):
        fresh = Hazard.objects.get(pk=hazard.pk)
        assert (fresh.is_overdue, fresh.was_overdue) == (True, True)
        assert Notification.objects.filter(kind="hazard.overdue").count() == 1
    with acting_as(county.admin):
        assert AuditEntry.objects.filter(act="hazard.overdue").count() == 1
    submit(county, hazard)
    with acting_as(county.principal):
        fresh = Hazard.objects.get(pk=hazard.pk)
        assert (fresh.is_overdue, fresh.was_overdue) == (False, True)


def test_a_granted_extension_moves_the_deadline_and_says_why(county):
    [hazard] = counties.issued(county)
    wanted = hazard.due_on + timedelta(days=10)
    with acting_as(county.principal):
        asked = extension_ask(
            actor=county.principal,
            hazard=hazard,
            reason="配件未到",
            safeguard="停用",
            wanted_on=wanted,
        )
        with pytest.raises(DomainError, match="已有一个"):
            extension_ask(
                actor=county.principal, hazard=hazard, reason="再", safeguard="停", wanted_on=wanted
            )
    with acting_as(county.officer):
        with pytest.raises(DomainError, match="以前"):
            extension_grant(
                actor=county.officer, extension=asked, granted_on=wanted + timedelta(days=1)
            )
        extension_grant(actor=county.officer, extension=asked, granted_on=wanted)
    with acting_as(county.principal):
        fresh = Hazard.objects.get(pk=hazard.pk)
        assert fresh.due_on == wanted
        assert "原期限" in fresh.due_reason
        assert Extension.objects.get().state == "granted"


def test_a_major_hazard_reaches_the_regulator_at_once(county):
    counties.visit(county, severity="major", sign=False)
    with acting_as(county.admin):
        assert Notification.objects.get(kind="hazard.major").is_urgent
        assert WorkTask.objects.filter(kind="major_hazard", done_at=None).count() == 1
        assert Hazard.objects.get().major_noticed_at is not None


def test_a_major_hazard_without_its_criterion_is_refused(county):
    visit = counties.visit(county, hazards=0, sign=False)
    with acting_as(county.inspector), pytest.raises(DomainError) as caught:
        hazard_add(
            actor=county.inspector, visit=visit, place="焊接点", description="无证焊接",
            severity="major", category="现场管理", measure="停止作业",
        )  # fmt: skip
    assert caught.value.field == "basis"


def test_a_question_that_asks_for_a_photo_gets_one(county):
    visit = counties.visit(county, hazards=0, sign=False)
    with acting_as(county.inspector):
        item = next(i for i in checklist_items(visit) if i.is_photo_required)
        with pytest.raises(DomainError, match="须拍照"):
            hazard_add(
                actor=county.inspector, visit=visit, item=item, place="仓库", description="堵塞",
                severity="general", category="现场管理", measure="清理",
            )  # fmt: skip
        assert visit.hazards.count() == 0


def test_numbers_run_on_without_gaps_even_when_a_finding_is_taken_back(county):
    visit = counties.visit(county, hazards=2, sign=False)
    with acting_as(county.inspector):
        first = visit.hazards.order_by("number")[0]
        hazard_remove(actor=county.inspector, hazard=first)
        third = hazard_add(
            actor=county.inspector, visit=visit, place="仓库", description="通道堵塞", severity="general",
            category="现场管理", measure="清理",
        )  # fmt: skip
        numbers = list(visit.hazards.order_by("number").values_list("number", flat=True))
    assert numbers == [f"B130371-{n:04d}" for n in (1, 2, 3)]
    assert third.number == numbers[-1]


def test_the_same_id_sent_again_is_the_same_visit_and_hazard(county):

    visit_id, hazard_id = uuid7(), uuid7()
    with acting_as(county.inspector):
        for _ in range(2):
            visit = visit_start(actor=county.inspector, assignment=county.assignment, id=visit_id)
            hazard_add(
                actor=county.inspector, visit=visit, place="仓库", description="通道堵塞",
                severity="general", category="现场管理", measure="清理", id=hazard_id,
            )  # fmt: skip
        assert (Visit.objects.count(), Hazard.objects.count()) == (1, 1)


def test_nothing_is_signed_before_every_question_is_answered(county):
    with acting_as(county.inspector):
        visit = visit_start(actor=county.inspector, assignment=county.assignment)
        items = checklist_items(visit)
        answers_save(actor=county.inspector, visit=visit, answers={items[0].pk: ("ok", "")})
        with pytest.raises(DomainError, match=f"还有 {len(items) - 1} 项"):
            visit_sign(
                actor=county.inspector, visit=visit, representative_name="张立新",
                representative_post="", signature=counties.picture(kind="PNG"),
            )  # fmt: skip
        assert Visit.objects.get().state == "open"


def test_a_refusal_needs_a_reason_and_a_witness(county):
    visit = counties.visit(county, sign=False)
    with acting_as(county.inspector):
        with pytest.raises(DomainError, match="见证人"):
            visit_refuse(
                actor=county.inspector, visit=visit, refusal_reason="外出", witness_name=""
            )
        refused = visit_refuse(
            actor=county.inspector, visit=visit, refusal_reason="外出", witness_name="李强"
        )
    assert refused.state == "refused"


def test_answers_are_saved_in_a_fixed_number_of_statements(county, django_assert_max_num_queries):
    with acting_as(county.inspector):
        visit = visit_start(actor=county.inspector, assignment=county.assignment)
        answers = {item.pk: ("ok", "") for item in checklist_items(visit)}
        with django_assert_max_num_queries(9):
            answers_save(actor=county.inspector, visit=visit, answers=answers)


def test_the_library_is_searched_by_words_and_by_pinyin_initials(county):
    with acting_as(county.inspector):
        by_word, by_initials = library_search("配电箱"), library_search("pdx")

    assert {e.pk for e in by_word} & {e.pk for e in by_initials}


def test_names_with_markup_are_shown_as_text(county, client):

    visit = counties.visit(county, hazards=0, sign=False)
    with acting_as(county.inspector):
        hazard = hazard_add(
            actor=county.inspector, visit=visit, place="<script>alert(1)</script>",
            description="=1+1", severity="general", category="现场管理", measure="清理",
        )  # fmt: skip
    world.sign_in(client, county.officer)
    page = client.get(f"/hazards/{hazard.pk}/").content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


def test_the_export_holds_exactly_the_filter(county, client):

    counties.issued(county, hazards=4)
    world.sign_in(client, county.officer)
    response = client.get("/hazards/export/", {"q": "2号车间"})
    book = CalamineWorkbook.from_filelike(io.BytesIO(b"".join(response.streaming_content)))
    rows = book.get_sheet_by_index(0).to_python()
    data = [row for row in rows if str(row[1]).startswith("B130371-")]
    assert [row[1] for row in data] == ["B130371-0002"]
    assert len(data[0]) == 30


@pytest.mark.parametrize("number", [2, 40])
def test_the_ledger_page_asks_the_same_number_of_questions(
    county, client, number, django_assert_num_queries
):

    counties.issued(county, hazards=min(number, 30))
    if number > 30:
        county.assignments.reverse()
        counties.issued(county, hazards=number - 30)
    world.sign_in(client, county.officer)
    client.get("/hazards/")
    with django_assert_num_queries(16):
        assert f"共 {number} 项" in client.get("/hazards/").content.decode()


def test_times_come_from_the_agencys_own_clock(county):
    visit = counties.visit(county)
    assert timezone.localdate(visit.arrived_at) == date(2026, 6, 8)
