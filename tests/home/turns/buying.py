"""Acts that wait while an agency buys services."""

from collections.abc import Callable
from decimal import Decimal

from django.urls import reverse

from agencies.models import (
    Assignment,
    PaymentDecision,
    PaymentStage,
    ServiceContract,
)
from agencies.payments import Share
from agencies.services import (
    contract_activate,
    payment_plan_set,
    payment_propose,
    payment_return,
    plan_approve,
    plan_budget,
    procurement_announce,
    procurement_close,
    procurement_fail,
    round_cancel,
)
from common.scope import acting_as
from inspections.services import (
    obligation_accept,
)
from scoring.services import (
    appraisal_decide,
    objection_answer,
    objection_file,
)
from tests import county as counties
from tests import purchases
from tests.county import County
from tests.home.turns.base import (
    DAY,
    NOW,
    TODAY,
    Story,
    counts,
    deliver_it,
    draft_contract,
    drafted_result,
    leader,
    opened_round,
    owed,
)
from tests.scoring import evaluated


def obligation(c: County) -> Story:
    found = owed(c)
    deliver_it(c, found)
    yield c.admin, reverse("inspections:obligation-accept", args=[found.pk])
    with acting_as(c.admin):
        obligation_accept(actor=c.admin, obligation=found, quantity=1, results={"technical": True})


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


STORIES: dict[str, Callable[[County], Story]] = {
    "purchase_plan": purchase_plan, "budget": budget, "offers": offers, "award": award,
    "contract": contract, "round": round_, "obligation": obligation, "stage": stage,
    "payment": payment, "appraisal": appraisal, "objection": objection, "result": result,
}  # fmt: skip
