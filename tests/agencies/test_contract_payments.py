"""A contract is paid in stages that make its price; each payment is decided by two people."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from agencies import payments
from agencies.access import payment_for, payment_stage_for
from agencies.grants import officer_grant
from agencies.models import Assignment, PaymentDecision, PaymentStage, ServiceContract
from agencies.payment_state import account_of
from agencies.payments import PROPOSED, Basis, Share, amounts_of
from agencies.services import (
    contract_activate,
    contract_create,
    payment_approve,
    payment_plan_set,
    payment_propose,
    payment_return,
    payment_withdraw,
)
from agencies.services.payments import Deduction, proposal_from
from common.errors import DomainError, Refused
from common.scope import acting_as
from documents.models import Document
from evidence.models import Attachment
from notifications.models import Notification
from tenancy.actors import SYSTEM, actor_for
from tenancy.enums import Role
from tenancy.models import Membership
from tests import county as counties
from tests import world
from workflow.models import WorkTask

pytestmark = pytest.mark.django_db
PRICE = Decimal("100000.01")
LATE = Deduction("到场不规范", "合同第八条", Decimal("500.50"))


@pytest.fixture
def county(county):
    """A county whose contract costs something; its officer has a hand in it, a leader approves."""
    with acting_as(county.admin):
        ServiceContract.objects.filter(pk=county.contract.pk).update(amount=PRICE)
        officer_grant(county.contract, Membership.objects.get(pk=county.officer.membership_id))
    county.leader = world.member(county.zone.org, Role.AGENCY_LEADER)
    return county


@pytest.fixture
def stages(county):
    return plan(county)


def plan(county, shares=PROPOSED, reason="补录合同约定"):
    with acting_as(county.admin):
        return payment_plan_set(
            actor=county.admin, contract=county.contract, shares=shares, reason=reason
        )


def reach(county, phase):
    """Every enterprise of the contract has come to a phase."""
    days = {"soft_checked_on": date(2026, 6, 9), "site_checked_on": date(2026, 6, 9),
            "guided_on": date(2026, 6, 9), "accepted_on": date(2026, 7, 9),
            "conclusion": "passed"}  # fmt: skip
    with acting_as(county.admin):
        Assignment.objects.filter(batch=county.batch).update(state=phase, **days)


def propose(county, stage, outcome="full", actor=None, **more):
    actor = actor or county.officer
    with acting_as(actor):
        return payment_propose(
            actor=actor, stage=PaymentStage.objects.get(pk=stage.pk), outcome=outcome,
            **{"reason": "阶段任务已完成，资料齐全", **more},
        )  # fmt: skip


def approve(county, decision, actor=None):
    actor = actor or county.leader
    with acting_as(actor):
        return payment_approve(actor=actor, decision=decision, note="同意")


def account(county, actor=None):
    with acting_as(actor or county.admin):
        contract = ServiceContract.objects.get(pk=county.contract.pk)
        return account_of(contract)


@given(
    price=st.decimals("1", "99999999.99", places=2),
    parts=st.lists(st.integers(1, 9999), min_size=1, max_size=8),
)
def test_amounts_are_cents_that_make_the_price_whatever_the_shares(price, parts):
    cuts = sorted({sum(parts[:n]) % 10000 for n in range(1, len(parts) + 1)} - {0})
    edges = [0, *cuts, 10000]
    shares = [Decimal(b - a) / 100 for a, b in zip(edges, edges[1:], strict=False)]
    assert sum(shares) == 100
    amounts = amounts_of(price, shares)
    assert sum(amounts) == price
    assert all(amount == amount.quantize(Decimal("0.01")) >= 0 for amount in amounts)
    for amount, share in zip(amounts, shares, strict=True):
        assert abs(amount - price * share / 100) < Decimal("0.01") * len(shares)


def test_the_last_stage_takes_the_rest(stages):
    assert [stage.amount for stage in stages] == [
        Decimal("30000.00"), Decimal("40000.00"), Decimal("30000.01"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("shares", "words"),
    [
        ([], "至少"),
        ([Share("一", Decimal(60), "survey"), Share("二", Decimal(39), "accepted")], "现在是 99%"),
        ([Share("一", Decimal(60), "survey"), Share("二", Decimal("40.01"), "survey")], "100.01%"),
        ([Share("一", Decimal(100), "other")], "写明"),
        ([Share(" ", Decimal(100), "survey")], "名称"),
        ([Share("一", Decimal(100), "someday")], "条件"),
        ([Share("一", Decimal(0), "survey"), Share("二", Decimal(100), "survey")], "大于 0"),
    ],
)
def test_a_bad_plan_is_refused_and_says_why(county, shares, words):
    with pytest.raises(DomainError, match=words):
        plan(county, shares)


def test_a_draft_is_planned_freely_and_a_live_contract_with_a_reason(county):
    with pytest.raises(DomainError) as caught:
        plan(county, reason=" ")
    assert caught.value.field == "reason"
    with acting_as(county.admin):
        draft = contract_create(
            actor=county.admin, provider_org_id=county.lead.org, number="HT-9", title="新合同",
            kind="government_purchase", signed_on=date(2026, 6, 1), starts_on=date(2026, 6, 1),
            ends_on=date(2026, 12, 31), amount=Decimal(1000),
        )  # fmt: skip
        made = payment_plan_set(actor=county.admin, contract=draft, shares=PROPOSED)
        draft.amount = None
        draft.save(update_fields=["amount"])
        with pytest.raises(DomainError, match="没有金额"):
            payment_plan_set(actor=county.admin, contract=draft, shares=PROPOSED)
        contract_activate(actor=county.admin, contract=draft)
    assert [str(stage) for stage in made] == ["首期款", "中期款", "尾款"]


def test_an_amendment_supersedes_what_is_undecided_and_keeps_what_is(county, stages):
    reach(county, "guidance")
    approve(county, propose(county, stages[0]))
    again = [Share("余款", Decimal(70), "other", "全部资料移交")]
    with pytest.raises(DomainError, match="130%"):
        plan(county, [*PROPOSED])
    made = plan(county, again, reason="补充协议")
    assert [(one.name, one.amount) for one in made] == [
        ("首期款", Decimal("30000.00")), ("余款", Decimal("70000.01")),
    ]  # fmt: skip
    assert made[0].pk == stages[0].pk
    with pytest.raises(DomainError, match="已变更"):
        propose(county, stages[1], "withheld")
    with acting_as(county.admin):
        gone = PaymentStage.objects.exclude(superseded_at=None)
        assert {one.pk for one in gone} == {stages[1].pk, stages[2].pk}
        standing = PaymentStage.objects.filter(superseded_at=None)
        assert sum(one.amount for one in standing) == PRICE


def test_conditions_are_counted_from_the_enterprises_of_the_batches(county, stages):
    first = account(county).stages[0].reached
    assert (first.is_reached, first.words) == (False, "摸底排查完成 0/2 家")
    with pytest.raises(DomainError, match="还没有达到") as caught:
        propose(county, stages[0])
    assert caught.value.field == "outcome"
    propose(county, stages[0], "withheld")  # not to pay needs no condition
    with acting_as(county.admin):
        Assignment.objects.filter(pk=county.assignments[1].pk).update(
            withdrawn_at=counties.NOW, withdrawal="closed", withdrawn_reason="注销"
        )
    reach(county, "guidance")
    reached = [one.reached for one in account(county).stages]
    assert [one.is_reached for one in reached] == [True, False, False]
    assert reached[0].words == "摸底排查完成 1/1 家"
    assert account(county).due == Decimal("30000.00")
    reach(county, "concluded")
    assert [one.reached.is_reached for one in account(county).stages] == [True, True, False]


def test_a_cut_is_calculated_proposed_by_one_and_approved_by_another(county, stages):
    reach(county, "guidance")
    made = propose(
        county, stages[0], "cut", deductions=[LATE], files=[("核查.jpg", counties.picture())]
    )
    assert [amount for _, _, amount in made.calculation] == [
        Decimal("30000.00"), Decimal("-500.50"), Decimal("-500.50"), Decimal("29499.50"),
    ]  # fmt: skip
    with acting_as(county.leader):
        told = Notification.objects.filter(kind="payment.proposed")
        assert county.leader.membership_id in {one.membership_id for one in told}
        assert WorkTask.objects.filter(kind="payment_approve", done_at=None).count() == 1
    paper = approve(county, made)
    assert paper.number.endswith("付核〔2026〕1号")
    assert paper.content["proposed_by"] == county.officer.display
    assert paper.content["approved_by"] == county.leader.display
    assert [line["label"] for line in paper.content["lines"]] == [
        "应付金额", "扣减：到场不规范", "应扣合计", "实付金额",
    ]  # fmt: skip
    now = account(county)
    assert (now.paid, now.cut, now.withheld) == (Decimal("29499.50"), Decimal("500.50"), 0)
    assert now.undecided == PRICE - Decimal("30000.00")
    with acting_as(county.leader):
        assert not WorkTask.objects.filter(kind="payment_approve", done_at=None).exists()
    with acting_as(county.lead):
        assert Notification.objects.filter(kind="payment.decided").count() == 1


def test_nobody_approves_what_he_proposed_in_whichever_of_his_roles(county, stages):
    reach(county, "guidance")
    made = propose(county, stages[0], actor=county.admin)
    with acting_as(SYSTEM):
        rows = Membership.objects.select_related("user", "org__agency")
        own = rows.get(pk=county.admin.membership_id)
        second = Membership.objects.create(user=own.user, org=own.org, role=Role.AGENCY_LEADER)
        again = actor_for(second)
    for actor in (county.admin, again):
        for act in (payment_approve, payment_return):
            with acting_as(actor), pytest.raises(DomainError, match="另一人"):
                act(actor=actor, decision=made, note="同意")
    with acting_as(county.officer), pytest.raises(PermissionDenied):
        payment_for(county.officer, made.pk, "payment_approve")
    with acting_as(county.admin), pytest.raises(DatabaseError), transaction.atomic():
        PaymentDecision.objects.filter(pk=made.pk).update(
            state="approved", decided_by=made.proposed_by, decided_at=counties.NOW
        )
    approve(county, made)


@pytest.mark.parametrize(
    ("outcome", "more"),
    [
        ("full", {"deductions": [LATE]}),
        ("cut", {}),
        ("cut", {"deductions": [Deduction("一", "二", Decimal("30000.00"))]}),
        ("cut", {"deductions": [Deduction("一", "二", Decimal("0.005"))]}),
        ("cut", {"deductions": [Deduction("一", "二", Decimal("-5"))]}),
        ("cut", {"deductions": [Deduction("一", " ", Decimal("5"))]}),
        ("later", {}),
    ],
)
def test_a_calculation_that_does_not_hold_is_refused(county, stages, outcome, more):
    reach(county, "guidance")
    with pytest.raises(DomainError) as caught:
        propose(county, stages[0], outcome, **more)
    assert caught.value.field == "outcome"


def test_one_proposal_waits_for_a_stage_and_may_be_returned_or_taken_back(county, stages):
    reach(county, "guidance")
    with pytest.raises(DomainError) as caught:
        propose(county, stages[0], reason=" ")
    assert caught.value.field == "reason"
    made = propose(county, stages[0])
    with pytest.raises(DomainError, match="已有一份待批准"):
        propose(county, stages[0])
    with acting_as(county.leader):
        with pytest.raises(DomainError) as caught:
            payment_return(actor=county.leader, decision=made, note=" ")
        assert caught.value.field == "note"
        payment_return(actor=county.leader, decision=made, note="缺签到表")
        with pytest.raises(DomainError, match="不能进行此操作"):
            payment_approve(actor=county.leader, decision=made)
    second = propose(county, stages[0])
    with acting_as(county.admin), pytest.raises(DomainError, match="提出人"):
        payment_withdraw(actor=county.admin, decision=second)
    with acting_as(county.officer):
        payment_withdraw(actor=county.officer, decision=second)
    assert account(county).undecided == PRICE


def test_a_correction_is_a_new_decision_that_takes_the_olds_place(county, stages):
    reach(county, "guidance")
    first = propose(county, stages[0], "withheld", reason="缺资料")
    old_paper = approve(county, first)
    assert account(county).withheld == Decimal("30000.00")
    second = propose(county, stages[0], reason="资料已补齐")
    assert second.supersedes == first
    assert account(county).withheld == Decimal("30000.00")  # until it is approved
    paper = approve(county, second)
    now = account(county)
    assert (now.withheld, now.paid) == (0, Decimal("30000.00"))
    with acting_as(county.leader):
        old_paper.refresh_from_db()
        assert (old_paper.state, paper.replaces) == (Document.State.VOIDED, old_paper)
        assert PaymentDecision.objects.get(pk=first.pk).superseded_at is not None


def test_what_was_decided_never_changes_and_is_never_removed(county, stages):
    reach(county, "guidance")
    approve(county, propose(county, stages[0]))
    with acting_as(county.admin), connection.cursor() as cursor:
        for sql in (
            "UPDATE agencies_paymentdecision SET reason = '改'",
            "UPDATE agencies_paymentdecision SET amount_paid = 1, amount_due = 1",
            "UPDATE agencies_paymentdecision SET state = 'proposed', decided_at = NULL",
            "DELETE FROM agencies_paymentdecision",
        ):
            with pytest.raises(DatabaseError, match="refuse|change"), transaction.atomic():
                cursor.execute(sql)


def test_more_than_the_contract_costs_is_never_approved(county, stages):
    reach(county, "accepted")
    one, two = propose(county, stages[0]), propose(county, stages[1])
    with acting_as(county.admin):  # the price was entered wrong and is put right
        ServiceContract.objects.filter(pk=county.contract.pk).update(amount=Decimal(65000))
    approve(county, one)
    with pytest.raises(DomainError, match="已批准支付 30000.00 元"):
        approve(county, two)
    with (
        acting_as(county.leader),
        pytest.raises(DatabaseError, match="more is paid"),
        transaction.atomic(),
    ):
        PaymentDecision.objects.filter(pk=two.pk).update(
            state="approved", decided_by=county.leader.user_id, decided_at=counties.NOW
        )


def test_an_evaluation_gives_the_ground_and_the_first_draft_of_the_sum(county, stages, monkeypatch):
    monkeypatch.setattr(payments, "_bases", [])
    basis = Basis(Decimal("0.72"), "2026年考评 72.00 分，合格", "/a/1/", (("得分", "72.00"),))
    payments.register_basis(lambda _, stage: basis if stage.is_retention else None)
    with acting_as(county.admin):
        outcome, [line] = proposal_from(basis, stages[2])
    assert (outcome, line.amount) == ("cut", Decimal("8400.00"))  # 30000.01 × 0.28, half up
    assert account(county).stages[2].reached.is_reached
    made = propose(county, stages[2], outcome, deductions=[line])
    assert made.basis["words"] == basis.words
    paper = approve(county, made)
    assert paper.content["basis_lines"] == [["得分", "72.00"]]
    assert made.amount_paid == Decimal("21600.01")
    assert proposal_from(Basis(Decimal(1), "优秀"), stages[2]) == ("full", [])
    assert proposal_from(Basis(Decimal(0), "不合格"), stages[2]) == ("withheld", [])
    assert proposal_from(None, stages[2]) == ("", [])
    with pytest.raises(ValueError, match="factor"):
        Basis(Decimal("1.01"), "错")


@given(due=st.decimals("0.01", "9999999.99", places=2), factor=st.decimals(0, 1, places=4))
def test_what_an_evaluation_leaves_is_never_more_than_due_nor_less_than_nothing(due, factor):
    paid = Basis(factor, "考评").paid_of(due)
    assert 0 <= paid <= due
    assert Basis(min(factor + Decimal("0.01"), Decimal(1)), "考评").paid_of(due) >= paid


def test_a_provider_sees_stages_and_what_was_approved_and_nothing_else(county, stages, client):
    reach(county, "guidance")
    made = propose(county, stages[0], files=[("内部.jpg", counties.picture())])
    with acting_as(county.lead):
        assert PaymentStage.objects.count() == 3
        assert PaymentDecision.objects.count() == Attachment.objects.filter(
            subject_id=str(made.pk)
        ).count() == 0  # fmt: skip
        with pytest.raises(Refused):
            payment_for(county.lead, made.pk)
    approve(county, made)
    world.sign_in(client, county.lead)
    page = client.get(reverse("agencies:payment", args=[made.pk]))
    assert page.status_code == 200
    assert "阶段任务已完成" in page.text
    assert "内部.jpg" not in page.text
    assert client.get(reverse("agencies:payment-propose", args=[stages[0].pk])).status_code == 403
    with acting_as(county.principal):
        assert PaymentStage.objects.count() == PaymentDecision.objects.count() == 0
    stranger = counties.build("130400", base=500)
    for actor in (stranger.admin, stranger.lead):
        with acting_as(actor), pytest.raises(Refused):
            payment_for(actor, made.pk)
    with acting_as(county.second_officer), pytest.raises(PermissionDenied):
        payment_stage_for(county.second_officer, stages[0].pk)  # no hand in this contract


def test_the_pages_keep_what_was_typed_and_lead_to_the_sheet(county, stages, client):
    reach(county, "guidance")
    world.sign_in(client, county.officer)
    url = reverse("agencies:payment-propose", args=[stages[0].pk])
    lines = {"form-TOTAL_FORMS": 1, "form-INITIAL_FORMS": 0, "form-0-label": "迟到"}
    page = client.post(url, {"outcome": "cut", "reason": "迟到两次", **lines})
    assert page.status_code == 422
    assert "请写明依据" in page.text
    assert "迟到两次" in page.text
    full = {**lines, "form-0-rule": "第八条", "form-0-amount": "100"}
    page = client.post(url, {"outcome": "cut", "reason": "迟到两次", **full}, follow=True)
    assert "等待另一名负责人" in page.text
    with acting_as(county.admin):
        made = PaymentDecision.objects.get()
    world.sign_in(client, county.leader)
    waiting = client.get(reverse("agencies:payment-list"))
    assert "共 1 项" in waiting.text
    page = client.post(reverse("agencies:payment-approve", args=[made.pk]), follow=True)
    assert "付款核定表" in page.text
    book = client.get(reverse("agencies:payment-export"))
    assert book.status_code == 200
    assert b"".join(book.streaming_content)[:2] == b"PK"
    account_page = client.get(reverse("agencies:payments", args=[county.contract.pk]))
    assert "29,900.00" in account_page.text


def test_a_plan_is_entered_on_its_page_and_a_wrong_sum_keeps_what_was_typed(county, client):
    world.sign_in(client, county.admin)
    url = reverse("agencies:payment-plan", args=[county.contract.pk])
    assert "是建议" in client.get(url).text
    lines = {"form-TOTAL_FORMS": 3, "form-INITIAL_FORMS": 0, "reason": "补录合同约定"}
    for number, share in enumerate(("50", "49")):
        lines |= {
            f"form-{number}-name": f"第{number + 1}期", f"form-{number}-share": share,
            f"form-{number}-condition": "survey",
        }  # fmt: skip
    page = client.post(url, lines)
    assert page.status_code == 422
    assert "现在是 99%" in page.text
    assert "第2期" in page.text
    page = client.post(url, lines | {"form-1-share": "50"}, follow=True)
    assert "50,000.01" in page.text
    with acting_as(county.admin):
        assert [str(stage) for stage in PaymentStage.objects.order_by("pk")] == ["第1期", "第2期"]
