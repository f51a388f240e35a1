"""For each kind of act that waits, how it comes to wait, what its page shows, how it is done."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.urls import reverse

from agencies.models import (
    Assignment,
    ChoiceInvite,
    ChoiceOffer,
    ChoiceRound,
    PaymentDecision,
    PaymentStage,
    ServiceContract,
)
from agencies.payments import Share
from agencies.services import (
    contract_activate,
    contract_create,
    delivery_add,
    inspectors_assign,
    invites_add,
    library_class_save,
    library_enter,
    payment_plan_set,
    payment_propose,
    payment_return,
    plan_approve,
    plan_budget,
    procurement_announce,
    procurement_close,
    procurement_fail,
    provider_choose,
    round_cancel,
    round_create,
    round_offer_add,
    round_open,
)
from common.scope import acting_as
from documents.handing_over import receipt_give, receipt_record
from documents.models import Document
from documents.seals import approval_answer, approval_ask, seal_register
from enterprises.bringing import import_confirm, import_upload
from enterprises.entering import no_phone_note
from enterprises.models import EnterpriseImport
from home.waiting import counts_of
from inspections.field.refused import seen
from inspections.historical import historical_settle
from inspections.models import (
    FieldOperation,
    Hazard,
    HistoricalHazard,
    SpotCheckDraw,
)
from inspections.services import (
    complaint_handle,
    complaint_make,
    complaint_reject,
    correction_allow,
    correction_apply,
    correction_ask,
    disclosure_acknowledge,
    disclosure_make,
    draw_commit,
    draw_freeze,
    draw_number,
    enforcement_begin,
    expert_add,
    expert_review_close,
    expert_review_open,
    extension_ask,
    extension_grant,
    hazard_recheck,
    hazards_confirm,
    major_report,
    meeting_cancel,
    obligation_accept,
    opinion_give,
    opinion_issue,
    order_issue,
    plan_days_set,
    plan_make,
    plan_submit,
    rectification_submit,
    reopening_ask,
    reopening_refuse,
    spot_check_begin,
    spot_check_compare,
    team_confirm,
    team_name,
    visit_plan_begin,
    visit_sign,
)
from inspections.services import plan_approve as visit_plan_approve
from inspections.services.draws import findings_of, proposed_pairs
from inspections.services.enforcement import Rechecked
from providers.models import Provider, Qualification, StandingDecision
from providers.services import (
    credential_verify,
    cross_region_acknowledge,
    cross_region_file,
    qualification_add,
    report_begin,
    report_submit,
    staff_certificate_add,
    standing_decide,
    standing_draft,
    standing_drop,
    standing_keep,
    standing_notice,
    standing_repair,
    standing_state,
)
from scoring.models import PointCycle, PointSheet, RuleClause, ThresholdEvent
from scoring.services import (
    Given,
    appeal_make,
    appeal_waive,
    appeal_withdraw,
    appraisal_decide,
    event_send,
    interview_cancel,
    interview_plan,
    objection_answer,
    objection_file,
    points_give,
    self_check_begin,
    sheets_prepare,
    training_answer,
    training_begin,
)
from tenancy.actors import SYSTEM, Actor
from tenancy.enums import Role
from tenancy.models import Membership
from tests import county as counties
from tests import purchases, world
from tests.county import County
from tests.field.phone import Phone
from tests.scoring import evaluated
from workflow.models import WorkTask
from workflow.services import work_task_close

NOW, DAY = counties.NOW, timedelta(days=1)
TODAY = NOW.date()
PNG = counties.picture(kind="PNG")
Story = Iterator[tuple[Actor, str]]


def member(actor: Actor) -> Membership:
    return Membership.objects.select_related("user").get(pk=actor.member)


def own_provider(c: County) -> Provider:
    return Provider.objects.select_related("org", "registered_by").get(pk=c.lead.org_id)


def leader(c: County) -> Actor:
    return world.member(c.zone.org, Role.AGENCY_LEADER)


def counts(actor: Actor) -> dict[str, int]:
    """Only what waits."""
    with acting_as(actor):
        return {key: number for key, number in counts_of(actor).items() if number}


# an enterprise's


def rectify(c: County) -> Story:
    [hazard] = counties.issued(c)
    yield c.principal, reverse("inspections:submit", args=[hazard.pk])
    mend(c, hazard)


def mend(c: County, hazard: Hazard) -> None:
    with acting_as(c.principal):
        rectification_submit(
            actor=c.principal, hazard=hazard, text="已接地", responsible_person="张立新",
            done_on=hazard.found_on, photos=[counties.picture()],
        )  # fmt: skip


def opened_round(c: County, closes_on: date = date(2026, 12, 31)) -> ChoiceRound:
    other = draft_contract(c, provider_org_id=purchases.provider(c, 7))
    with acting_as(c.admin):
        contracts = [c.contract, contract_activate(actor=c.admin, contract=other)]
        kind = library_class_save(
            actor=c.admin, agency=c.zone, name="机械", industries=["机械"], risks=[],
            levels=["甲级"],
        )  # fmt: skip
        found = round_create(
            actor=c.admin, agency=c.zone, title="自主选择", code="XZ", kind="government_purchase",
            service="安全评估", opens_on=TODAY, closes_on=closes_on,
        )  # fmt: skip
        for one in contracts:
            library_enter(
                actor=c.admin, agency=c.zone, provider_org_id=one.provider_org_id, level="甲级",
                business_class=kind, from_on=TODAY, source="procurement", reason="采购入围",
            )  # fmt: skip
            round_offer_add(actor=c.admin, found=found, contract=one)
        invites_add(actor=c.admin, found=found, enterprise_ids=[c.enterprises[0].pk])
        return round_open(actor=c.admin, found=found)


def choice(c: County) -> Story:
    opened_round(c)
    yield c.principal, 'name="offer'
    with acting_as(c.principal):
        invite = ChoiceInvite.objects.select_related("round").get()
        provider_choose(actor=c.principal, invite=invite, offer_id=ChoiceOffer.objects.all()[0].pk)


def questionnaire(c: County) -> Story:
    evaluated.asking(c)
    yield c.principal, "提交"
    evaluated.answer(c, [8] * 10)


def paper(c: County) -> Story:
    counties.issued(c)
    yield c.principal, 'name="person_name"'
    with acting_as(c.principal):
        one = Document.objects.get(kind="suggestion")
        receipt_give(
            actor=c.principal, document=one, how="page", person_name="张", person_post="厂长"
        )


def given(c: County, code: str = "15.5") -> PointSheet:
    with acting_as(c.officer):
        return points_give(
            actor=c.officer, enterprise=c.enterprises[0], contract=c.contract,
            given=[Given(RuleClause.objects.get(code=code), fact="查见")], signature=PNG,
            second_officer=member(c.second_officer), representative_name="张立新",
        )  # fmt: skip


def sheet(c: County) -> Story:
    found = given(c)
    yield c.principal, reverse("scoring:appeal-new", args=[found.pk])
    with acting_as(c.principal):
        appeal_waive(actor=c.principal, sheet=found)


def training(c: County) -> Story:
    given(c)
    with acting_as(c.principal):
        found = training_begin(actor=c.principal, enterprise=c.enterprises[0], person_name="张")
    yield c.principal, 'type="radio"'
    with acting_as(c.principal):
        answers = {str(n): "x" for n in range(1, len(found.questions) + 1)}
        training_answer(actor=c.principal, training=found, answers=answers)


def self_check(c: County) -> Story:
    with acting_as(c.principal):
        found = self_check_begin(actor=c.principal, enterprise=c.enterprises[0])
    yield c.principal, 'method="post"'
    with acting_as(c.principal):
        type(found).objects.filter(pk=found.pk).update(finished_at=NOW)  # 76 clauses answered


# a provider's


def confirm(c: County) -> Story:
    visit = counties.visit(c)
    yield c.lead, "confirm"
    with acting_as(c.lead):
        hazards_confirm(actor=c.lead, visit=visit)


def major(c: County) -> Story:
    visit = counties.visit(c, severity="major")
    yield c.inspector, 'name="causes"'
    with acting_as(c.lead):
        major_report(
            actor=c.lead, hazard=Hazard.objects.get(visit=visit), causes="未设", harm="爆炸",
            treatment="改造", temporary_measures="停止作业",
        )  # fmt: skip


def visit(c: County) -> Story:
    yield c.inspector, reverse("inspections:visit-start", args=[c.assignment.pk])
    counties.visit(c)


def recheck(c: County) -> Story:
    [hazard] = counties.issued(c)
    mend(c, hazard)
    yield c.inspector, 'name="result"'
    with acting_as(c.inspector):
        hazard_recheck(actor=c.inspector, hazard=hazard, result="passed")


def asked_correction(c: County) -> Any:
    [hazard] = counties.issued(c)
    with acting_as(c.lead):
        return correction_ask(
            actor=c.lead, hazard=hazard, kind="withdraw", reason="写错了企业", values={}
        )


def correction(c: County) -> Story:
    found = asked_correction(c)
    yield c.officer, 'name="decision"'
    with acting_as(c.officer):
        correction_allow(actor=c.officer, correction=found)


def corrected(c: County) -> Story:
    found = asked_correction(c)
    with acting_as(c.officer):
        found = correction_allow(actor=c.officer, correction=found)
    yield c.lead, reverse("inspections:correction-apply", args=[found.pk])
    with acting_as(c.lead):
        correction_apply(actor=c.lead, correction=found)


def draft_contract(c: County, **fields: Any) -> ServiceContract:
    values = {
        "provider_org_id": c.lead.org, "number": "HT-2", "title": "第二份合同", "kind": "government_purchase",
        "signed_on": date(2026, 5, 28), "starts_on": date(2026, 6, 1),
        "ends_on": date(2026, 12, 31),
    } | fields  # fmt: skip
    with acting_as(c.admin):
        return contract_create(actor=c.admin, **values)


def team_named(c: County) -> Story:
    found = draft_contract(c)
    with acting_as(c.admin):
        found = contract_activate(actor=c.admin, contract=found)
    yield c.lead, 'name="membership"'
    with acting_as(c.lead):
        team_name(actor=c.lead, contract=found, membership=member(c.inspector), duty="inspector")


def team(c: County) -> Story:
    with acting_as(c.lead):
        person = world.member(own_provider(c).org, Role.INSPECTOR)
        named = team_name(
            actor=c.lead, contract=c.contract, membership=member(person), duty="inspector"
        )
    yield c.admin, reverse("inspections:team-confirm", args=[named.pk])
    with acting_as(c.admin):
        team_confirm(actor=c.admin, member=named)


def begun_plan(c: County) -> Any:
    with acting_as(c.lead):
        plan_days_set(actor=c.lead, batch=c.batch, days={a.pk: TODAY + DAY for a in c.assignments})
        return visit_plan_begin(actor=c.lead, batch=c.batch)


def visit_plan(c: County) -> Story:
    found = begun_plan(c)
    yield c.lead, reverse("inspections:plan-submit", args=[c.batch.pk])
    with acting_as(c.lead):
        plan_submit(actor=c.lead, plan=found)


def plan(c: County) -> Story:
    found = begun_plan(c)
    with acting_as(c.lead):
        found = plan_submit(actor=c.lead, plan=found)
    yield c.admin, reverse("inspections:plan-approve", args=[c.batch.pk])
    with acting_as(c.admin):
        visit_plan_approve(actor=c.admin, plan=found)


def inspectors(c: County) -> Story:
    with acting_as(c.lead):
        Assignment.objects.filter(pk=c.assignment.pk).update(inspector=None, inspector_name="")
    yield c.lead, 'method="post"'
    with acting_as(c.lead):
        inspectors_assign(actor=c.lead, batch=c.batch, plan={c.assignment.pk: c.inspector.member})


def frozen_draw(c: County) -> SpotCheckDraw:
    only = counties.second_batch(c, 2)
    with acting_as(c.admin):
        found = draw_commit(actor=c.admin, batch=only.batch)
    counties.accepted(only)
    with acting_as(c.admin):
        return draw_freeze(actor=c.admin, draw=found)


def draw_numbered(c: County) -> Story:
    found = frozen_draw(c)
    yield c.lead, 'name="number"'
    with acting_as(c.lead):
        draw_number(actor=c.lead, draw=found, number="20260831")


def draw(c: County) -> Story:
    only = counties.second_batch(c, 2)
    counties.rechecking(only)
    yield c.admin, reverse("inspections:draw-commit", args=[only.batch.pk])
    with acting_as(c.admin):
        draw_commit(actor=c.admin, batch=only.batch)


def reviewed(c: County) -> Any:
    only = counties.second_batch(c, 2)
    counties.accepted(only)
    with acting_as(c.admin):
        report = Document.objects.get(kind="enterprise_report")
        found = expert_review_open(actor=c.admin, document=report)
        opinion = expert_add(
            actor=c.admin, review=found, name="钱专家", unit="市安全工程学会", title="高级工程师"
        )
        opinion_give(actor=c.admin, opinion=opinion, conclusion="returned", points="漏写结论")
    return found


def review(c: County) -> Story:
    found = reviewed(c)
    yield c.admin, reverse("inspections:review-close", args=[found.pk])
    with acting_as(c.admin):
        expert_review_close(actor=c.admin, review=found)


def returned(c: County) -> Story:
    found = reviewed(c)
    with acting_as(c.admin):
        expert_review_close(actor=c.admin, review=found)
    yield c.lead, "退回修改"
    with acting_as(c.lead):
        Document.objects.filter(pk=found.document_id).update(
            state="voided", void_reason="更正", voided_at=NOW
        )


def owed(c: County) -> Any:
    return purchases.owe(c, c.contract, "other", 1, date(2026, 8, 1))


def delivery(c: County) -> Story:
    found = owed(c)
    yield c.lead, 'name="what"'
    deliver_it(c, found)


def deliver_it(c: County, found: Any) -> None:
    with acting_as(c.lead):
        delivery_add(
            actor=c.lead, obligation=found, quantity=1, delivered_on=TODAY, what="宣传册",
            files=[("宣传册.jpg", counties.picture())],
        )  # fmt: skip


def obligation(c: County) -> Story:
    found = owed(c)
    deliver_it(c, found)
    yield c.admin, reverse("inspections:obligation-accept", args=[found.pk])
    with acting_as(c.admin):
        obligation_accept(actor=c.admin, obligation=found, quantity=1, results={"technical": True})


def self_evaluation(c: County) -> Story:
    counties.accepted(c)
    evaluated.begun(c)
    yield c.lead, 'name="summary"'
    evaluated.self_evaluate(c)


def drafted_result(c: County) -> Any:
    row = evaluated.asking(c)
    evaluated.answer(c, [8] * 10)
    return evaluated.drafted(c, row)


def object_(c: County) -> Story:
    row = drafted_result(c)
    yield c.lead, reverse("scoring:objection-new", args=[row.pk])
    with acting_as(c.lead):
        objection_file(actor=c.lead, appraisal=row, code="B2", reason="没有信号")


def objection(c: County) -> Story:
    row = drafted_result(c)
    with acting_as(c.lead):
        found = objection_file(actor=c.lead, appraisal=row, code="B2", reason="没有信号")
    yield c.admin, 'name="answer"'
    with acting_as(c.admin):
        objection_answer(actor=c.admin, objection=found, is_granted=False, answer="已核对")


def result(c: County) -> Story:
    row = drafted_result(c)
    assert "result" not in counts(c.admin)  # the provider may object still
    c.later(days=40)
    yield c.admin, reverse("scoring:appraisal-decide", args=[row.pk])
    with acting_as(c.admin):
        appraisal_decide(actor=c.admin, appraisal=row)


def appraisal(c: County) -> Story:
    counties.accepted(c)
    row = evaluated.begun(c)
    evaluated.self_evaluate(c)
    yield c.officer, reverse("scoring:scoring-begin", args=[row.pk])
    with acting_as(c.officer):
        evaluated.scoring_begin(actor=c.officer, appraisal=row)


def measure(c: County) -> StandingDecision:
    with acting_as(c.officer):
        body = own_provider(c)
        return standing_draft(
            actor=c.officer, measure="reprimand", subject="service", name=body.org.name,
            credit_code=body.org.credit_code, ground="absent", facts="未到场", basis="合同",
            from_on=date(2026, 7, 1), until_on=date(2026, 12, 31),
            files=[("照片.jpg", counties.picture())],
        )  # fmt: skip


def noticed(c: County) -> StandingDecision:
    found = measure(c)
    with acting_as(c.officer):
        return standing_notice(actor=c.officer, decision=found)


def stated(c: County) -> StandingDecision:
    found = noticed(c)
    with acting_as(c.lead):
        standing_state(actor=c.lead, decision=found, text="已改期")
    return found


def standing_drafted(c: County) -> Story:
    found = measure(c)
    yield c.officer, reverse("providers:standing-notice", args=[found.pk])
    with acting_as(c.officer):
        standing_drop(actor=c.officer, decision=found, reason="查无此事")


def statement(c: County) -> Story:
    found = noticed(c)
    yield c.lead, reverse("providers:standing-state", args=[found.pk])
    with acting_as(c.lead):
        standing_state(actor=c.lead, decision=found, text="已改期")


def decide(c: County, found: StandingDecision) -> StandingDecision:
    with acting_as(c.admin):
        return standing_decide(
            actor=c.admin, decision=found, reason="属实", from_on=TODAY,
            until_on=date(2026, 12, 31),
        )  # fmt: skip


def standing(c: County) -> Story:
    assert "standing" not in counts(c.admin)
    found = stated(c)
    yield c.admin, reverse("providers:standing-decide", args=[found.pk])
    decide(c, found)


def repair(c: County) -> Story:
    found = decide(c, stated(c))
    with acting_as(c.lead):
        standing_repair(
            actor=c.lead, decision=found, text="已整改", files=[("照片.jpg", counties.picture())]
        )
    yield c.admin, reverse("providers:standing-keep", args=[found.pk])
    with acting_as(c.admin):
        standing_keep(actor=c.admin, decision=found, reason="尚未核实")


def credential(c: County, until: date = date(2027, 12, 31), number: str = "Q-1") -> Qualification:
    with acting_as(c.lead):
        return qualification_add(
            actor=c.lead, provider=own_provider(c), kind="安全评价", scope="机械", number=number,
            issued_by="应急管理部", valid_from=date(2025, 1, 1), valid_until=until,
            files=[("证书.jpg", counties.picture())],
        )  # fmt: skip


def qualification(c: County) -> Story:
    credential(c, TODAY + 59 * DAY)
    yield c.lead, reverse("providers:qualification-new", args=[c.lead.org])
    credential(c, number="Q-2")


def verify(c: County) -> Story:
    found = credential(c)
    yield c.officer, reverse("providers:qualification-verify", args=[found.pk])
    with acting_as(c.officer):
        credential_verify(actor=c.officer, credential=found)


def staff(c: County, until: date = date(2027, 12, 31), number: str = "E-1") -> Any:
    with acting_as(c.lead):
        return staff_certificate_add(
            actor=c.lead, provider=own_provider(c), kind="engineer", level="middle",
            specialty="other", membership=member(c.inspector), number=number,
            issued_by="应急管理部", valid_from=date(2025, 1, 1), valid_until=until,
            files=[("证书.jpg", counties.picture())],
        )  # fmt: skip


def certificate(c: County) -> Story:
    staff(c, TODAY - DAY)
    yield c.lead, reverse("providers:certificate-new", args=[c.lead.org])
    staff(c, number="E-2")


def verify_staff(c: County) -> Story:
    found = staff(c)
    yield c.officer, reverse("providers:certificate-verify", args=[found.pk])
    with acting_as(c.officer):
        credential_verify(actor=c.officer, credential=found)


def report(c: County) -> Story:
    with acting_as(c.lead):
        found = report_begin(actor=c.lead, provider=own_provider(c), year=2026, text="服务本区")
    yield c.lead, reverse("providers:report-submit", args=[found.pk])
    with acting_as(c.lead):
        report_submit(actor=c.lead, report=found)


def refused(c: County) -> Story:
    phone = Phone(c.inspector, c.assignments[1])
    phone.start()
    wrong = phone.do("answer", item=phone.items[0].pk, result="maybe")
    phone.send()
    yield c.inspector, reverse("field:refused-seen", args=[wrong.id])
    with acting_as(c.inspector):
        seen(actor=c.inspector, operation=FieldOperation.objects.get(pk=wrong.id), note="已补录")


# a regulator's


def extension(c: County) -> Story:
    [hazard] = counties.issued(c)
    with acting_as(c.principal):
        found = extension_ask(
            actor=c.principal, hazard=hazard, reason="配件未到", safeguard="停用",
            wanted_on=hazard.due_on + 9 * DAY,
        )  # fmt: skip
    yield c.officer, 'name="decision"'
    with acting_as(c.officer):
        extension_grant(actor=c.officer, extension=found, granted_on=found.wanted_on)


def reopening(c: County) -> Story:
    found = counties.visit(c)
    with acting_as(c.lead):
        asked = reopening_ask(actor=c.lead, visit=found, reason="漏查配电室")
    yield c.officer, 'name="decision"'
    with acting_as(c.officer):
        reopening_refuse(actor=c.officer, reopening=asked, answer="不必")


def left_behind(c: County) -> Story:
    [hazard] = counties.issued(c)
    mend(c, hazard)
    with acting_as(c.admin):
        Assignment.objects.filter(pk=c.assignment.pk).update(
            withdrawn_at=NOW, withdrawal="handed", withdrawn_reason="机构退出"
        )
    assert "recheck" not in counts(c.lead)
    yield c.officer, 'name="result"'
    with acting_as(c.officer):
        hazard_recheck(actor=c.officer, hazard=hazard, result="passed")


def by_hand(c: County) -> Document:
    given(c)
    with acting_as(c.officer):
        return Document.objects.get(kind="points_notice")


def deliver(c: County) -> Story:
    found = by_hand(c)
    assert "paper" not in counts(c.principal)  # nobody signs on a page for what comes by hand
    yield c.officer, 'name="person_name"'
    with acting_as(c.officer):
        receipt_record(actor=c.officer, document=found, person_name="张立新", person_post="厂长")


def disclosure(c: County) -> Story:
    counties.issued(c)
    with acting_as(c.lead):
        made = disclosure_make(actor=c.lead, batch=c.batch, assignment_ids=[c.assignment.pk])
    yield c.admin, reverse("inspections:disclosure-acknowledge", args=[made.pk])
    with acting_as(c.admin):
        disclosure_acknowledge(actor=c.admin, disclosure=made)


def spot_check(c: County) -> Story:
    only = counties.second_batch(c, 2)
    counties.drawn(only)
    with acting_as(c.officer):
        check = only.assignment.spot_check
    yield c.officer, reverse("inspections:spot-check-start", args=[check.pk])
    counties.officers_visit(
        only,
        lambda: spot_check_begin(
            actor=c.officer, spot_check=check, member_ids=[c.second_officer.member]
        ),
    )
    with acting_as(c.officer):
        check.refresh_from_db()
        pairs = proposed_pairs(*findings_of(check))
        spot_check_compare(actor=c.officer, spot_check=check, pairs=pairs, opinion="较好")


def referral(c: County) -> Story:
    found = counties.listed(c)
    yield c.officer, reverse("inspections:plan", args=[found.pk])
    officers = counties.pair(c)
    with acting_as(c.officer):
        plan_make(actor=c.officer, referral=found, **officers, **counties.PLAN)
    c.later(days=2)
    visit = counties.officers_visit(
        c,
        lambda: enforcement_begin(
            actor=c.officer, referral=found, member_ids=[c.second_officer.member]
        ),
    )
    with acting_as(c.officer):
        days = {str(one.pk): date(2026, 6, 20) for one in visit.hazards.all()}
        order_issue(actor=c.officer, visit=visit, deadlines=days, **officers)


def order(c: County) -> Story:
    found = counties.ordered(c)
    assert "referral" not in counts(c.officer)  # its recheck waits, once
    yield c.officer, 'name="representative_name"'
    with acting_as(c.officer):
        opinion_issue(
            actor=c.officer, order=found, representative_name="张立新", **counties.pair(c),
            results={str(h.pk): Rechecked("passed", "已改") for h in found.hazards.all()},
        )  # fmt: skip


def sheet_draft(c: County) -> Story:
    counties.issued(c)
    with acting_as(c.officer):
        sheets_prepare(actor=c.officer, pairs=[f"{c.contract.pk}:{c.enterprises[0].pk}"])
    yield c.officer, 'name="second_officer"'
    given(c)


def appeal(c: County) -> Story:
    found = given(c)
    with acting_as(c.principal):
        made = appeal_make(
            actor=c.principal, sheet=found, entries=[found.entries.get().pk], reason="已有"
        )
    assert "appeal" not in counts(c.officer)  # he gave them
    yield c.admin, 'name="answer"'
    with acting_as(c.principal):
        appeal_withdraw(actor=c.principal, appeal=made)


def twelve(c: County) -> None:
    with acting_as(c.officer):
        clauses = RuleClause.objects.filter(code__in=("9.3", "9.4", "12.3", "13.1"))
        points_give(
            actor=c.officer, enterprise=c.enterprises[0], contract=None, signature=PNG,
            given=[Given(one, fact="查见") for one in clauses], representative_name="张立新",
            second_officer=member(c.second_officer),
        )  # fmt: skip


def event(c: County) -> Story:
    twelve(c)
    with acting_as(c.principal):
        appeal_waive(actor=c.principal, sheet=PointSheet.objects.get())
    with acting_as(c.admin):
        found = ThresholdEvent.objects.get()
    yield c.admin, reverse("scoring:event-send", args=[found.pk])
    with acting_as(c.admin):
        event_send(actor=c.admin, event=found)


def interview(c: County) -> Story:
    twelve(c)
    with acting_as(c.admin):
        talk = interview_plan(
            actor=c.admin, cycle=PointCycle.objects.get(), planned_at=NOW + DAY, place="会议室",
            host_name="李主任", reason="累计满12分",
        )  # fmt: skip
    yield c.admin, 'name="content"'
    with acting_as(c.admin):
        interview_cancel(actor=c.admin, interview=talk, reason="改期")


def complaint(c: County) -> Story:
    with acting_as(c.principal):
        found = complaint_make(
            actor=c.principal, enterprise=c.enterprises[0], contract=c.contract, kind="extra_fee",
            text="另收资料费",
        )  # fmt: skip
    yield c.officer, reverse("inspections:complaint-handle", args=[found.pk])
    with acting_as(c.officer):
        taken = complaint_handle(actor=c.officer, complaint=found)
        complaint_reject(actor=c.officer, complaint=taken, finding="未收", answer="未收费")


def notice(c: County) -> Story:
    with acting_as(c.lead):
        found = cross_region_file(
            actor=c.lead, provider=own_provider(c), agency=c.zone, from_on=TODAY, until_on=TODAY,
            project="服务", qualification="无需资质", people="李工", served="厂", commitment="如实",
        )  # fmt: skip
    yield c.officer, reverse("providers:notice-acknowledge", args=[found.pk])
    with acting_as(c.officer):
        cross_region_acknowledge(actor=c.officer, notice=found)


def uploaded(c: County) -> EnterpriseImport:
    text = f"企业名称,排查日期,隐患描述\n{c.enterprises[0].name},2020-06-03,未接地\n"
    with acting_as(c.officer):
        return import_upload(
            actor=c.officer, agency=c.zone, content=text.encode(), filename="2020.csv",
            kind="hazards",
        )  # fmt: skip


def imported(c: County) -> Story:
    found = uploaded(c)
    yield c.officer, 'method="post"'
    with acting_as(c.officer):
        import_confirm(actor=c.officer, draft=found, valid_only=False)


def historical(c: County) -> Story:
    with acting_as(c.officer):
        import_confirm(actor=c.officer, draft=uploaded(c), valid_only=False)
        row = HistoricalHazard.objects.get()
    yield c.officer, 'name="note"'
    with acting_as(c.officer):
        historical_settle(actor=c.officer, row=row, note="已整改", hazard=None)


# a regulator's, as a buyer


def purchase_plan(c: County) -> Story:
    made = purchases.draft_plan(c)
    yield c.admin, reverse("agencies:plan-approve", args=[made.pk])
    with acting_as(c.admin):
        plan_approve(actor=c.admin, plan=made)


def budget(c: County) -> Story:
    made = purchases.draft_plan(c)
    with acting_as(c.admin):
        made = plan_approve(actor=c.admin, plan=made)
    yield c.admin, 'name="budget_number"'
    with acting_as(c.admin):
        plan_budget(actor=c.admin, plan=made, budget_number="财预8号", budgeted_on=TODAY)


def offers(c: County) -> Story:
    made = purchases.project(c)
    with acting_as(c.officer):
        made = procurement_announce(
            actor=c.officer, procurement=made, offers_due_on=TODAY + 20 * DAY
        )
    assert "offers" not in counts(c.officer)
    c.later(days=20)
    yield c.officer, reverse("agencies:procurement-close", args=[made.pk])
    with acting_as(c.officer):
        procurement_close(actor=c.officer, procurement=made)


def award(c: County) -> Story:
    lot = purchases.opened(c)
    yield c.admin, reverse("agencies:lot", args=[lot.pk])
    with acting_as(c.admin):
        procurement_fail(actor=c.admin, procurement=lot.procurement, reason="无人响应")


def contract(c: County) -> Story:
    made = draft_contract(c)
    yield c.admin, reverse("agencies:contract-activate", args=[made.pk])
    with acting_as(c.admin):
        contract_activate(actor=c.admin, contract=made)


def round_(c: County) -> Story:
    found = opened_round(c, TODAY + DAY)
    assert "round" not in counts(c.admin)
    c.later(days=3)
    yield c.admin, reverse("agencies:round-close", args=[found.pk])
    with acting_as(c.admin):
        round_cancel(actor=c.admin, found=found, reason="没有企业选择")


def payable(c: County, condition: str = "survey") -> PaymentStage:
    counties.rechecking(c)
    with acting_as(c.admin):
        Assignment.objects.exclude(pk=c.assignment.pk).update(
            withdrawn_at=NOW, withdrawal="closed", withdrawn_reason="关闭"
        )
        ServiceContract.objects.filter(pk=c.contract.pk).update(amount=Decimal(1000))
        found = ServiceContract.objects.get(pk=c.contract.pk)
        shares = [Share("首期款", Decimal(100), condition, "")]
        [stage] = payment_plan_set(actor=c.admin, contract=found, shares=shares, reason="补录")
    return stage


def stage(c: County) -> Story:
    found = payable(c)
    yield c.admin, 'name="outcome"'
    propose(c, found)


def propose(c: County, found: PaymentStage) -> PaymentDecision:
    with acting_as(c.admin):
        return payment_propose(actor=c.admin, stage=found, outcome="withheld", reason="未收发票")


def payment(c: County) -> Story:
    made = propose(c, payable(c))
    assert "payment" not in counts(c.admin)  # he proposed it
    other = leader(c)
    assert "task" not in counts(other)  # it waits once
    yield other, reverse("agencies:payment-approve", args=[made.pk])
    with acting_as(other):
        payment_return(actor=other, decision=made, note="金额不对")


# of more than one


def open_visit(c: County) -> Story:
    made = counties.visit(c, sign=False)
    yield c.inspector, reverse("inspections:visit-sign", args=[made.pk])
    with acting_as(c.inspector):
        visit_sign(
            actor=c.inspector, visit=made, representative_name="张立新",
            representative_post="厂长", signature=PNG,
        )  # fmt: skip


def meeting(c: County) -> Story:
    made = counties.plan_meeting(c)
    yield c.lead, reverse("inspections:attendance-add", args=[made.pk])
    with acting_as(c.lead):
        meeting_cancel(actor=c.lead, meeting=made)


def approval(c: County) -> Story:
    with acting_as(c.admin):
        seal = seal_register(actor=c.admin, name="公章", image=PNG)
        asked = approval_ask(
            actor=c.admin, seal=seal, kinds=["draw_notice"], reason="通报", valid_from=TODAY,
            valid_until=date(2026, 12, 31),
        )  # fmt: skip
    other = leader(c)
    yield other, reverse("documents:approval-approve", args=[asked.pk])
    with acting_as(other):
        approval_answer(actor=other, approval=asked, is_granted=False)


def task(c: County) -> Story:
    counties.visit(c, severity="major")
    with acting_as(c.officer):
        found = WorkTask.objects.get(kind="major_hazard")
    yield c.officer, "重大"
    with acting_as(c.officer):
        work_task_close(actor=c.officer, row=Hazard.objects.get(), kind=found.kind)


def no_phone(c: County) -> Story:
    [hazard] = counties.issued(c)
    with acting_as(SYSTEM):
        Membership.objects.filter(pk=c.principal.member).update(ended_at=NOW)
    with acting_as(c.officer):
        no_phone_note(
            actor=c.officer, enterprise=c.enterprises[0], enters="provider", reason="没有手机"
        )
    yield c.lead, reverse("inspections:submit", args=[hazard.pk])
    with acting_as(c.lead):
        rectification_submit(
            actor=c.lead, hazard=hazard, text="已接地", responsible_person="张立新",
            done_on=TODAY, photos=[counties.picture()], slip=counties.picture((1, 2, 3)),
        )  # fmt: skip


STORIES: dict[str, Callable[[County], Story]] = {
    "rectify": rectify, "choice": choice, "questionnaire": questionnaire, "paper": paper,
    "sheet": sheet, "training": training, "self_check": self_check, "confirm": confirm,
    "major": major, "visit": visit, "recheck": recheck, "corrected": corrected,
    "team_name": team_named, "visit_plan": visit_plan, "inspectors": inspectors,
    "draw_number": draw_numbered, "returned": returned, "delivery": delivery,
    "self_evaluation": self_evaluation, "object": object_, "statement": statement,
    "qualification": qualification, "certificate": certificate, "report": report,
    "extension": extension, "correction": correction, "reopening": reopening,
    "left_behind": left_behind, "deliver": deliver, "team": team, "plan": plan,
    "disclosure": disclosure, "review": review, "draw": draw, "spot_check": spot_check,
    "referral": referral, "order": order, "sheet_draft": sheet_draft, "appeal": appeal,
    "event": event, "interview": interview, "complaint": complaint, "verify": verify,
    "verify_staff": verify_staff, "standing_draft": standing_drafted, "standing": standing,
    "repair": repair, "notice": notice, "historical": historical, "import": imported,
    "purchase_plan": purchase_plan, "budget": budget, "offers": offers, "award": award,
    "contract": contract, "round": round_, "obligation": obligation, "stage": stage,
    "payment": payment, "appraisal": appraisal, "objection": objection, "result": result,
    "open_visit": open_visit, "refused": refused, "meeting": meeting, "approval": approval,
    "task": task, "no_phone": no_phone,
}  # fmt: skip
