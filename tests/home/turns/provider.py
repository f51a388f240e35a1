"""Acts that wait for a provider's people."""

from collections.abc import Callable
from typing import Any

from django.urls import reverse

from agencies.models import (
    Assignment,
)
from agencies.services import (
    contract_activate,
    inspectors_assign,
)
from common.scope import acting_as
from documents.models import Document
from inspections.models import (
    Hazard,
    SpotCheckDraw,
)
from inspections.services import (
    correction_allow,
    correction_apply,
    draw_commit,
    draw_freeze,
    draw_number,
    expert_add,
    expert_review_close,
    expert_review_open,
    hazard_recheck,
    hazards_confirm,
    major_report,
    opinion_give,
    plan_submit,
    team_name,
)
from providers.services import (
    report_begin,
    report_submit,
    standing_state,
)
from scoring.services import (
    objection_file,
)
from tests import county as counties
from tests.county import County
from tests.home.turns.base import (
    DAY,
    NOW,
    TODAY,
    Story,
    asked_correction,
    begun_plan,
    credential,
    deliver_it,
    draft_contract,
    drafted_result,
    member,
    mend,
    noticed,
    owed,
    own_provider,
    staff,
)
from tests.scoring import evaluated


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


def corrected(c: County) -> Story:
    found = asked_correction(c)
    with acting_as(c.officer):
        found = correction_allow(actor=c.officer, correction=found)
    yield c.lead, reverse("inspections:correction-apply", args=[found.pk])
    with acting_as(c.lead):
        correction_apply(actor=c.lead, correction=found)


def team_named(c: County) -> Story:
    found = draft_contract(c)
    with acting_as(c.admin):
        found = contract_activate(actor=c.admin, contract=found)
    yield c.lead, 'name="membership"'
    with acting_as(c.lead):
        team_name(actor=c.lead, contract=found, membership=member(c.inspector), duty="inspector")


def visit_plan(c: County) -> Story:
    found = begun_plan(c)
    yield c.lead, reverse("inspections:plan-submit", args=[c.batch.pk])
    with acting_as(c.lead):
        plan_submit(actor=c.lead, plan=found)


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


def returned(c: County) -> Story:
    found = reviewed(c)
    with acting_as(c.admin):
        expert_review_close(actor=c.admin, review=found)
    yield c.lead, "退回修改"
    with acting_as(c.lead):
        Document.objects.filter(pk=found.document_id).update(
            state="voided", void_reason="更正", voided_at=NOW
        )


def delivery(c: County) -> Story:
    found = owed(c)
    yield c.lead, 'name="what"'
    deliver_it(c, found)


def self_evaluation(c: County) -> Story:
    counties.accepted(c)
    evaluated.begun(c)
    yield c.lead, 'name="summary"'
    evaluated.self_evaluate(c)


def object_(c: County) -> Story:
    row = drafted_result(c)
    yield c.lead, reverse("scoring:objection-new", args=[row.pk])
    with acting_as(c.lead):
        objection_file(actor=c.lead, appraisal=row, code="B2", reason="没有信号")


def statement(c: County) -> Story:
    found = noticed(c)
    yield c.lead, reverse("providers:standing-state", args=[found.pk])
    with acting_as(c.lead):
        standing_state(actor=c.lead, decision=found, text="已改期")


def qualification(c: County) -> Story:
    credential(c, TODAY + 59 * DAY)
    yield c.lead, reverse("providers:qualification-new", args=[c.lead.org])
    credential(c, number="Q-2")


def certificate(c: County) -> Story:
    staff(c, TODAY - DAY)
    yield c.lead, reverse("providers:certificate-new", args=[c.lead.org])
    staff(c, number="E-2")


def report(c: County) -> Story:
    with acting_as(c.lead):
        found = report_begin(actor=c.lead, provider=own_provider(c), year=2026, text="服务本区")
    yield c.lead, reverse("providers:report-submit", args=[found.pk])
    with acting_as(c.lead):
        report_submit(actor=c.lead, report=found)


STORIES: dict[str, Callable[[County], Story]] = {
    "confirm": confirm, "major": major, "visit": visit, "recheck": recheck,
    "corrected": corrected, "team_name": team_named, "visit_plan": visit_plan,
    "inspectors": inspectors, "draw_number": draw_numbered, "returned": returned,
    "delivery": delivery, "self_evaluation": self_evaluation, "object": object_,
    "statement": statement, "qualification": qualification, "certificate": certificate,
    "report": report,
}  # fmt: skip
