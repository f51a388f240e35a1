"""One enterprise through the five phases: who may move it, what must be there, what it gives."""

from datetime import date, timedelta

import pytest

from agencies.models import Assignment, ServiceBatch
from agencies.services import assignment_withdraw
from common.errors import DomainError
from common.scope import acting_as
from documents.access import documents_of
from documents.keys import root_certificate
from documents.models import Document
from documents.services import document_render
from documents.signing import verify
from inspections.access import hazards_of, visits_of
from inspections.models import (
    EnforcementReferral,
    GuidanceTopic,
    Hazard,
    SpotCheck,
    SpotCheckDraw,
)
from inspections.selectors import checklist_items
from inspections.services import (
    answers_save,
    assignment_accept,
    criterion_find,
    draw_announce,
    draw_commit,
    draw_freeze,
    draw_number,
    draw_reveal,
    enforcement_begin,
    guidance_save,
    hazard_add,
    hazard_find_unmended,
    hazards_confirm,
    opinion_issue,
    order_issue,
    phase_advance,
    plan_make,
    referral_remove,
    referrals_list_due,
    spot_check_begin,
    spot_check_compare,
    visit_sign,
    visit_start,
)
from inspections.services.draws import findings_of, proposed_pairs
from inspections.services.enforcement import Rechecked
from tenancy.actors import system_for
from tenancy.models import Agency, Membership
from tests import county as counties

pytestmark = pytest.mark.django_db


def fresh(county, model=Assignment, pk=None):
    with acting_as(county.admin):
        return model.objects.get(pk=pk or county.assignment.pk)


def system(county):
    with acting_as(county.admin):
        return system_for(Agency.objects.select_related("org").get(pk=county.zone.pk))


def members(county):
    return list(counties.pair(county).values())


def test_papers_and_site_are_two_parts_and_both_are_needed(county):
    actor = county.inspector
    with acting_as(actor):
        visit = visit_start(actor=actor, assignment=county.assignment, part="soft")
        items = checklist_items(visit)
        assert {item.part for item in items} == {"soft"}
        answers_save(actor=actor, visit=visit, answers={i.pk: ("ok", "") for i in items})
    county.later(minutes=40)
    with acting_as(actor):
        visit_sign(
            actor=actor, visit=visit, representative_name="张立新", representative_post="",
            signature=counties.picture(kind="PNG"),
        )  # fmt: skip
    with acting_as(county.lead):
        hazards_confirm(actor=county.lead, visit=visit)
        with pytest.raises(DomainError, match="未做现场排查"):
            phase_advance(actor=county.lead, assignment=county.assignment)
    assert fresh(county).state == "survey"
    counties.issued(county)
    assert fresh(county).state == "guidance"


def test_without_a_kick_off_phase_one_is_not_left(county):
    other = counties.build("130400", base=500, kicked_off=False)
    counties.issued(other)
    assert fresh(other).state == "survey"
    with acting_as(other.lead), pytest.raises(DomainError, match="未召开动员会"):
        phase_advance(actor=other.lead, assignment=other.assignment)
    counties.meet(other)
    assert fresh(other).state == "guidance"


def test_guidance_needs_its_traces_before_the_recheck_begins(county):
    counties.issued(county)
    with acting_as(county.lead), pytest.raises(DomainError, match="指导还差"):
        phase_advance(actor=county.lead, assignment=county.assignment)
    counties.guide(county)
    with acting_as(county.inspector), pytest.raises(DomainError, match="项目负责人"):
        phase_advance(actor=county.inspector, assignment=county.assignment)
    with acting_as(county.lead):
        moved = phase_advance(actor=county.lead, assignment=county.assignment)
    assert (moved.state, moved.recheck_began_on) == ("recheck", date(2026, 6, 8))


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"done_on": None}, "完成日期"),
        ({"done_on": date(2026, 6, 9)}, "晚于今天"),
        ({"helped_by_name": ""}, "指导人员"),
        ({"note": ""}, "上传文件"),
        ({"state": "na", "note": ""}, "为什么不涉及"),
        ({"state": "great"}, "选择状态"),
        ({"files": [("a.exe", b"MZ" + b"0" * 99)]}, "只收"),
        ({"files": [("a.zip", b"PK\x03\x04" + b"0" * 99)]}, "解压"),
    ],
)
def test_a_trace_that_proves_nothing_is_refused_and_nothing_is_kept(county, fields, message):
    values = {
        "state": "done", "done_on": date(2026, 6, 8), "helped_by_name": "王工", "note": "见档案柜",
    }  # fmt: skip
    with acting_as(county.lead):
        topic = GuidanceTopic.objects.get(pk="TS-1")
        with pytest.raises(DomainError, match=message):
            guidance_save(
                actor=county.lead, assignment=county.assignment, topic=topic, **values | fields
            )
        assert not county.assignment.guidance.exists()


def test_phase_three_does_not_close_with_an_unchecked_hazard(county):
    hazards = counties.rechecking(county, hazards=2)
    counties.mend(county, hazards[0])
    with acting_as(county.lead), pytest.raises(DomainError, match="1项未复查"):
        assignment_accept(actor=county.lead, assignment=county.assignment)
    with acting_as(county.lead):
        assert not Document.objects.filter(kind="enterprise_report").exists()


def test_closing_gives_exactly_one_report_and_one_conclusion(county):
    accepted = counties.accepted(county)
    assert (accepted.state, accepted.conclusion) == ("accepted", "passed")
    with acting_as(county.lead):
        report = Document.objects.get(kind="enterprise_report")
        conclusion = Document.objects.get(kind="conclusion")
        assert conclusion.number == f"{report.number}-结"
        with pytest.raises(DomainError, match="验收完成"):
            assignment_accept(actor=county.lead, assignment=county.assignment)
        assert Document.objects.filter(kind__in=["enterprise_report", "conclusion"]).count() == 2
        document_render(str(report.pk))
        file = Document.objects.get(pk=report.pk)

    with file.file.open("rb") as pdf:
        assert verify(pdf.read(), root=root_certificate()).is_good


def test_what_is_found_unmended_closes_conditionally_and_refused_as_failed(county):
    [hazard] = counties.rechecking(county)
    with acting_as(county.lead):
        hazard_find_unmended(
            actor=county.lead, hazard=hazard, reason="未动", new_due_on=date(2026, 7, 3)
        )
        with pytest.raises(DomainError, match="不能“通过”"):
            assignment_accept(
                actor=county.lead, assignment=county.assignment, conclusion="passed", note="x"
            )
        accepted = assignment_accept(actor=county.lead, assignment=county.assignment)
    assert accepted.conclusion == "conditional"


def test_a_refusal_fails_the_enterprise_and_lists_it_for_enforcement(county):
    [hazard] = counties.rechecking(county)
    with acting_as(county.lead):
        hazard_find_unmended(
            actor=county.lead, hazard=hazard, reason="拒绝停机", is_refused=True,
            new_due_on=date(2026, 7, 3),
        )  # fmt: skip
        accepted = assignment_accept(actor=county.lead, assignment=county.assignment)
    assert accepted.conclusion == "failed"
    worker = system(county)
    with acting_as(worker):
        assert referrals_list_due(actor=worker, agency_id=county.zone.pk) == 1
        assert referrals_list_due(actor=worker, agency_id=county.zone.pk) == 0
    with acting_as(county.lead):
        assert not EnforcementReferral.objects.exists()
    with acting_as(county.officer):
        referral = EnforcementReferral.objects.get()
        with pytest.raises(DomainError, match="理由"):
            referral_remove(actor=county.officer, referral=referral, reason=" ")
        removed = referral_remove(actor=county.officer, referral=referral, reason="已当场停机整改")
    assert (removed.state, removed.removed_by_name != "") == ("removed", True)


def test_a_withdrawn_enterprise_leaves_the_batch_and_another_takes_its_place(county):
    spare = None
    with acting_as(county.admin):
        spare = counties.enterprise(county.zone, 77)
        with pytest.raises(DomainError, match="退出原因"):
            assignment_withdraw(
                actor=county.admin, assignment=county.assignment, withdrawal="moved", reason=""
            )
        gone = assignment_withdraw(
            actor=county.admin, assignment=county.assignment, withdrawal="stopped", reason="停产",
            replacement_id=spare.pk,
        )  # fmt: skip
        new = Assignment.objects.get(enterprise=spare)
    assert (new.replaces_id, gone.withdrawn_at is not None) == (gone.pk, True)
    with acting_as(county.lead), pytest.raises(DomainError, match="已退出"):
        visit_start(actor=county.lead, assignment=county.assignment)


def complete(county):
    """Phase 3 of the whole batch: one accepted, the other withdrawn."""
    with acting_as(county.admin):
        draw = draw_commit(actor=county.admin, batch=county.batch)
    counties.accepted(county, hazards=2, severity="general")
    with acting_as(county.admin):
        assignment_withdraw(
            actor=county.admin, assignment=county.assignments[1], withdrawal="closed", reason="注销"
        )
    return draw


def test_the_spot_check_is_due_twenty_working_days_after_the_last_enterprise(county):
    complete(county)
    batch = fresh(county, ServiceBatch, county.batch.pk)
    assert batch.recheck_completed_on == date(2026, 6, 8)
    assert batch.spot_check_due_on == date(2026, 7, 7)  # 19 June is 端午
    assert "放假06-19至06-21" in batch.spot_check_due_reason


def test_nothing_is_drawn_before_the_list_is_frozen(county):
    with acting_as(county.admin):
        draw = draw_commit(actor=county.admin, batch=county.batch)
        with pytest.raises(DomainError, match="没有全部完成"):
            draw_freeze(actor=county.admin, draw=draw)
        with pytest.raises(DomainError, match="不能进行"):
            draw_reveal(actor=county.admin, draw=draw)
    with acting_as(county.lead), pytest.raises(DomainError, match="不能进行"):
        draw_number(actor=county.lead, draw=draw, number="20260901")
    with acting_as(county.lead):
        assert SpotCheckDraw.objects.get().secret == ""


def test_the_commitment_comes_before_the_list(county):
    complete(county)
    with acting_as(county.admin):
        SpotCheckDraw.objects.get()
        with pytest.raises(DomainError, match="已经作出承诺"):
            draw_commit(actor=county.admin, batch=county.batch)


def drawn(county):
    draw = complete(county)
    with acting_as(county.admin):
        draw = draw_freeze(actor=county.admin, draw=draw)
        with pytest.raises(DomainError, match="可以在"):
            draw_reveal(actor=county.admin, draw=draw)
    with acting_as(county.lead):
        with pytest.raises(DomainError, match="4 到 40"):
            draw_number(actor=county.lead, draw=draw, number="7")
        draw_number(actor=county.lead, draw=draw, number="20260831")
    with acting_as(county.admin):
        return draw_reveal(actor=county.admin, draw=draw)


def test_officers_look_for_themselves_then_compare_then_the_result_is_announced(county):
    draw = drawn(county)
    with acting_as(county.lead):
        assert not SpotCheck.objects.exists()  # not before it is announced
    officer = county.officer
    with acting_as(officer):
        [check] = SpotCheck.objects.all()
        with pytest.raises(DomainError, match="两名"):
            spot_check_begin(actor=officer, spot_check=check, member_ids=[])
        visit = spot_check_begin(
            actor=officer, spot_check=check, member_ids=[county.second_officer.member]
        )
        items = checklist_items(visit)
        answers_save(actor=officer, visit=visit, answers={i.pk: ("ok", "") for i in items})
        for number in (0, 5):
            hazard_add(
                actor=officer, visit=visit, item=items[number], place="西库", severity="general",
                description="通道堵塞", category="现场管理", basis="安全生产法", measure="清理",
                photos=[counties.picture((1, 2, number))],
            )  # fmt: skip
    with acting_as(county.lead):
        assert not Hazard.objects.filter(source="spot_check").exists()
    county.later(minutes=50)
    with acting_as(officer):
        visit_sign(
            actor=officer, visit=visit, representative_name="张立新", representative_post="厂长",
            signature=counties.picture(kind="PNG"),
        )  # fmt: skip
        check = SpotCheck.objects.get()
        assert check.state == "submitted"
        assert Document.objects.get(kind="check_record").number == "（区130371）应急检记〔2026〕1号"
        pairs = proposed_pairs(*findings_of(check))
        with pytest.raises(DomainError, match="还没有比对"):
            spot_check_compare(actor=officer, spot_check=check, pairs=pairs[1:], opinion="较好")
        done = spot_check_compare(actor=officer, spot_check=check, pairs=pairs, opinion="较好")
        assert (done.found_both, done.missed, done.overstated) == (1, 1, 0)
    with acting_as(county.admin):
        notice = draw_announce(actor=county.admin, draw=draw, requirement="举一反三")
        assert notice.kind == "draw_notice"
        assert Document.objects.filter(kind="deadline_proof").count() == 1
    assert fresh(county).state == "concluded"
    with acting_as(county.lead):
        assert SpotCheck.objects.count() == 1


def test_a_plan_takes_two_officers_with_certificates_that_hold(county):
    referral = counties.listed(county)
    first, second = members(county)
    with acting_as(county.officer):
        with pytest.raises(DomainError, match="同一人|有效"):
            plan_make(
                actor=county.officer, referral=referral, first_officer=first, second_officer=first,
                **counties.PLAN,
            )  # fmt: skip
        late = counties.PLAN | {"planned_on": date(2028, 1, 4)}
        with pytest.raises(DomainError, match="没有2028-01-04有效的执法证件"):
            plan_make(
                actor=county.officer, referral=referral, first_officer=first, second_officer=second,
                **late,
            )  # fmt: skip
        assert not Document.objects.filter(kind="check_plan").exists()
        plan = plan_make(
            actor=county.officer, referral=referral, first_officer=first, second_officer=second,
            **counties.PLAN,
        )  # fmt: skip
        assert plan.document.number == "（区130371）应急检查〔2026〕1号"


def test_the_three_enforcement_papers_follow_one_another(county):
    referral = counties.listed(county)
    first, second = members(county)
    officer = county.officer
    with acting_as(officer):
        with pytest.raises(DomainError, match="方案"):
            enforcement_begin(actor=officer, referral=referral, member_ids=[second.pk])
        plan_make(
            actor=officer,
            referral=referral,
            first_officer=first,
            second_officer=second,
            **counties.PLAN,
        )
    county.later(days=2)
    with acting_as(officer):
        visit = enforcement_begin(actor=officer, referral=referral, member_ids=[second.pk])
        items = checklist_items(visit)
        answers_save(actor=officer, visit=visit, answers={i.pk: ("ok", "") for i in items})
        for number in range(2):
            hazard_add(
                actor=officer, visit=visit, item=items[number], place="配电室", severity="general",
                description="接线裸露", category="现场管理", basis="安全生产法", measure="整改",
                photos=[counties.picture((1, 2, number))],
            )  # fmt: skip
    county.later(minutes=50)
    with acting_as(officer):
        visit = visit_sign(
            actor=officer, visit=visit, representative_name="张立新", representative_post="厂长",
            signature=counties.picture(kind="PNG"),
        )  # fmt: skip
        hazards = list(visit.hazards.order_by("number"))
        days = {
            str(hazards[0].pk): date(2026, 6, 20), str(hazards[1].pk): date(2026, 7, 1),
        }  # fmt: skip
        with pytest.raises(DomainError, match="每一项"):
            order_issue(
                actor=officer, visit=visit, deadlines=dict([*days.items()][:1]),
                first_officer=first, second_officer=second,
            )  # fmt: skip
        order = order_issue(
            actor=officer, visit=visit, deadlines=days, first_officer=first, second_officer=second
        )
        assert order.recheck_due_on == date(2026, 7, 1) + timedelta(days=10)
        text = str(order.document.content)
        assert "本级人民政府申请行政复议" in text
        assert "上级" not in text
    with acting_as(county.principal):
        assert Hazard.objects.filter(source="enforcement").count() == 2
        assert Document.objects.filter(kind="rectify_order").count() == 1
    with acting_as(county.lead):
        assert not Document.objects.filter(kind="rectify_order").exists()
        assert not Hazard.objects.filter(source="enforcement").exists()
    county.later(days=5)
    with acting_as(officer):
        results = {
            str(hazards[0].pk): Rechecked("passed"),
            str(hazards[1].pk): Rechecked("partial", "还差一处", date(2026, 7, 8)),
        }
        paper = opinion_issue(
            actor=officer, order=order, results=results, first_officer=first,
            second_officer=second, representative_name="张立新",
        )  # fmt: skip
        assert paper.content["order_number"] == order.document.number
    county.later(days=20)
    with acting_as(officer):
        opinion_issue(
            actor=officer, order=order, results={str(hazards[1].pk): Rechecked("passed")},
            first_officer=first, second_officer=second, representative_name="张立新",
        )  # fmt: skip
        assert EnforcementReferral.objects.get().state == "closed"
        assert Document.objects.filter(kind="recheck_opinion").count() == 2


def test_a_lead_without_a_certificate_issues_no_conclusion(county):
    for hazard in counties.rechecking(county):
        counties.mend(county, hazard)
    with acting_as(county.lead):
        Membership.objects.filter(pk=county.lead.member).update(certificate_number="")
        with pytest.raises(DomainError, match="证号"):
            assignment_accept(actor=county.lead, assignment=county.assignment)


def test_a_person_overrules_data_only_with_a_reason(county):
    counties.issued(county)
    with acting_as(county.lead), pytest.raises(DomainError, match="依据"):
        criterion_find(
            actor=county.lead, assignment=county.assignment, number=7, result="ok", note=""
        )


def test_officers_do_not_see_what_the_provider_found_before_their_own_record_is_signed(county):

    draw = drawn(county)
    kinds = {"service_record", "suggestion", "enterprise_report", "conclusion"}
    with acting_as(county.officer):
        [check] = SpotCheck.objects.filter(draw=draw)
        assert not hazards_of(county.officer).filter(assignment=check.assignment).exists()
        assert not visits_of(county.officer).filter(assignment=check.assignment).exists()
        seen = set(documents_of(county.officer).values_list("kind", flat=True))
        assert not seen & kinds
    with acting_as(county.admin):  # who keeps the view of dangers
        assert hazards_of(county.admin).filter(assignment=check.assignment).exists()
    counties.officers_visit(
        county,
        lambda: spot_check_begin(
            actor=county.officer, spot_check=check, member_ids=[county.second_officer.member]
        ),
    )
    with acting_as(county.officer):
        assert hazards_of(county.officer).filter(assignment=check.assignment).exists()
        seen = set(documents_of(county.officer).values_list("kind", flat=True))
        assert kinds <= seen


def test_what_is_not_mended_may_be_handed_over_for_a_case_and_ends_the_file(county):
    order, officers = counties.ordered(county), counties.pair(county)
    county.later(days=20)
    with acting_as(county.officer):
        first, second = order.hazards.order_by("number")
        due_on = second.due_on
        results = {
            str(first.pk): Rechecked("passed"),
            str(second.pk): Rechecked("failed", "", is_case=True),
        }
        with pytest.raises(DomainError, match="写明意见"):
            opinion_issue(
                actor=county.officer, order=order, results=results, representative_name="张立新",
                **officers,
            )  # fmt: skip
        results[str(second.pk)] = Rechecked(
            "failed", "拒不整改", is_case=True, photo=counties.picture((7, 7, 7))
        )
        paper = opinion_issue(
            actor=county.officer, order=order, results=results, representative_name="张立新",
            **officers,
        )  # fmt: skip
        assert "1项已整改；1项未整改，移送立案，依法查处。" in str(paper.content)
        assert [len(item["photos"]) for item in paper.content["items"]] == [0, 1]
        referral = EnforcementReferral.objects.get()
        assert (referral.state, referral.closed_at is not None) == ("case", True)
        second.refresh_from_db()
        assert (second.due_on, second.state) == (due_on, "rectifying")  # it is still owed
        with pytest.raises(DomainError, match="全部办结"):
            opinion_issue(
                actor=county.officer, order=order, results={}, representative_name="张立新",
                **officers,
            )  # fmt: skip
