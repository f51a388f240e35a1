"""payment_plan_set · payment_propose · payment_approve · payment_return · payment_withdraw"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.urls import reverse

from agencies.models import PaymentDecision, PaymentStage, ServiceContract
from agencies.payment_paper import payment_sheet
from agencies.payment_state import reached_of
from agencies.payments import CENT, Basis, Share, amounts_of, basis_for
from audit.services import record
from common.errors import DomainError
from documents.models import Document
from documents.services import Issuer, document_issue
from evidence.services import attachment_add
from notifications.services import Message, notify, notify_many
from tenancy import clock
from tenancy.actors import Actor
from tenancy.models import Agency, Membership
from tenancy.perms import PERMS
from tenancy.selectors import is_same_user
from workflow.services import transition, work_task_close, work_task_open

Outcome, State = PaymentDecision.Outcome, PaymentDecision.State
WAITS = "payment_approve"
ZERO = Decimal("0.00")
Files = Sequence[tuple[str, bytes]]  # name, content


@dataclass(frozen=True, slots=True)
class Deduction:
    """One thing that is taken off, by which rule, and how much."""

    label: str
    rule: str
    amount: Decimal


@transaction.atomic
def payment_plan_set(
    *, actor: Actor, contract: ServiceContract, shares: Sequence[Share], reason: str = ""
) -> list[PaymentStage]:
    """Set what a contract is paid for, in stages whose shares make 100.

    Freely while it is a draft, afterwards with a reason. Stages with a decision stand: `shares` are
    the others. What they were before is superseded and kept. DomainError names the field.
    """
    locked = _lock(contract)
    if not locked.amount:
        raise DomainError("合同没有金额，不能分阶段付款")
    if locked.state != ServiceContract.State.DRAFT and not reason.strip():
        raise DomainError("合同已生效，请写明登记或者变更付款阶段的理由", field="reason")
    standing = list(locked.payment_stages.filter(superseded_at=None).order_by("position"))
    kept = [stage for stage in standing if stage.pk in _decided(standing)]
    _check_shares(shares, kept)
    fixed = sum((stage.amount for stage in kept), ZERO)
    amounts = amounts_of(locked.amount, [one.share for one in shares], fixed)
    now = clock.now(locked.owner_agency_id)
    gone = locked.payment_stages.filter(superseded_at=None).exclude(pk__in=[k.pk for k in kept])
    gone.update(superseded_at=now)
    first = max((stage.position for stage in kept), default=0) + 1
    made = PaymentStage.objects.bulk_create(
        PaymentStage(
            **locked.tenant, contract=locked, position=position, name=one.name.strip(),
            share=one.share, amount=amount, condition=one.condition,
            condition_words=one.condition_words.strip(), is_retention=one.is_retention,
            created_at=now, created_by_name=actor.display[:80], reason=reason.strip(),
        )
        for position, (one, amount) in enumerate(zip(shares, amounts, strict=True), start=first)
    )  # fmt: skip
    record(
        actor=actor, act="paymentstage.set", subject=locked, summary=reason.strip(), at=now,
        data={"stages": [[s.name, str(s.share), str(s.amount)] for s in (*kept, *made)]},
    )  # fmt: skip
    return [*kept, *made]


def _lock(contract: ServiceContract) -> ServiceContract:
    return ServiceContract.objects.select_for_update(of=("self",), no_key=True).get(pk=contract.pk)


def _decided(stages: Sequence[PaymentStage]) -> set[int]:
    """Return the stages that a decision stands or waits for."""
    rows = PaymentDecision.objects.filter(
        stage__in=stages, superseded_at=None, state__in=(State.PROPOSED, State.APPROVED)
    )
    return set(rows.values_list("stage", flat=True))


def _check_shares(shares: Sequence[Share], kept: Sequence[PaymentStage]) -> None:
    if not shares:
        raise DomainError("请至少填写一个付款阶段")
    for one in shares:
        if not one.name.strip():
            raise DomainError("请填写阶段名称")
        if one.condition not in PaymentStage.Condition.values:
            raise DomainError(f"请选择“{one.name}”的付款条件")
        if one.condition == PaymentStage.Condition.OTHER and not one.condition_words.strip():
            raise DomainError(f"请写明“{one.name}”的付款条件")
        if one.share <= 0:
            raise DomainError(f"“{one.name}”的比例应大于 0")
    total = sum((one.share for one in shares), ZERO) + sum((s.share for s in kept), ZERO)
    if total != 100:
        raise DomainError(f"各阶段比例合计应为 100%，现在是 {total.normalize():f}%")


@transaction.atomic
def payment_propose(
    *,
    actor: Actor,
    stage: PaymentStage,
    outcome: str,
    reason: str,
    deductions: Sequence[Deduction] = (),
    files: Files = (),
) -> PaymentDecision:
    """An officer works out what of a stage is paid; it waits for somebody else's approval.

    Where the stage has a decision already, this one is to correct it. DomainError names the field.
    """
    contract = _lock(stage.contract)
    row = PaymentStage.objects.get(pk=stage.pk)
    _check_payable(contract, row, outcome)
    if not reason.strip():
        raise DomainError("请写明理由", field="reason")
    cut = _cut(row, outcome, deductions)
    now = clock.now(contract.owner_agency_id)
    basis = basis_for(contract, row)
    decision = PaymentDecision(
        **contract.tenant, contract=contract, stage=row, outcome=outcome, reason=reason.strip(),
        amount_due=row.amount, amount_cut=cut, amount_paid=row.amount - cut,
        deductions=_lines(row, outcome, deductions), basis=basis.frozen() if basis else {},
        proposed_at=now, proposed_by_id=_person(actor), proposed_by_name=actor.display[:80],
        supersedes=decision_in_force(row),
    )  # fmt: skip
    try:
        with transaction.atomic():
            decision.save(force_insert=True)
    except IntegrityError:
        raise DomainError("这一阶段已有一份待批准的付款意见") from None
    for name, content in files:
        # The provider sees what is decided and why, not what officers worked with.
        attachment_add(
            actor=actor, subject=decision, filename=name, content=content, provider_org_id=None
        )
    record(
        actor=actor, act="paymentdecision.propose", subject=decision, summary=str(decision), at=now
    )
    _ask(actor, decision)
    return decision


def _person(actor: Actor) -> int:
    """Return the person, whichever of his roles he acts in."""
    assert actor.user_id is not None  # people decide on money, no task does
    return actor.user_id


def _check_payable(contract: ServiceContract, stage: PaymentStage, outcome: str) -> None:
    if contract.state == ServiceContract.State.DRAFT:
        raise DomainError("合同还没有生效")
    if stage.superseded_at is not None:
        raise DomainError("付款阶段已变更，请按新的阶段提出")
    if outcome not in Outcome.values:
        raise DomainError("请选择付款意见", field="outcome")
    reached = reached_of(contract, [stage])[stage.pk]
    if outcome != Outcome.WITHHELD and not reached.is_reached and reached.is_measured:
        raise DomainError(f"付款条件还没有达到：{reached.words}", field="outcome")


def _cut(stage: PaymentStage, outcome: str, deductions: Sequence[Deduction]) -> Decimal:
    if outcome == Outcome.WITHHELD:
        return stage.amount
    if outcome == Outcome.FULL:
        if deductions:
            raise DomainError("全额支付不能有扣减，请改选“扣减后支付”", field="outcome")
        return ZERO
    for one in deductions:
        if not one.label.strip() or not one.rule.strip():
            raise DomainError("每项扣减都要写明事项和依据", field="outcome")
        if one.amount <= 0 or one.amount != one.amount.quantize(CENT):
            raise DomainError(f"“{one.label}”的金额应大于 0，精确到分", field="outcome")
    total = sum((one.amount for one in deductions), ZERO)
    if not 0 < total < stage.amount:
        raise DomainError(
            f"扣减合计 {total} 元，应大于 0、小于应付的 {stage.amount} 元；全部不付请选“暂不支付”",
            field="outcome",
        )
    return total


def _lines(
    stage: PaymentStage, outcome: str, deductions: Sequence[Deduction]
) -> list[dict[str, str]]:
    if outcome == Outcome.WITHHELD:
        deductions = [Deduction("暂不支付", "见理由", stage.amount)]
    return [
        {"label": one.label.strip(), "rule": one.rule.strip(), "amount": f"{one.amount:.2f}"}
        for one in deductions
    ]


def decision_in_force(stage: PaymentStage) -> PaymentDecision | None:
    """Return what counts for a stage, None while nothing does."""
    rows = PaymentDecision.objects.filter(stage=stage, state=State.APPROVED, superseded_at=None)
    return rows.first()


def proposal_from(basis: Basis | None, stage: PaymentStage) -> tuple[str, list[Deduction]]:
    """Return the outcome and the lines that an evaluation leads to, to begin a proposal with."""
    if basis is None:
        return "", []
    paid = basis.paid_of(stage.amount)
    if paid == stage.amount:
        return Outcome.FULL, []
    if paid == 0:
        return Outcome.WITHHELD, []
    rule = f"{basis.words}，按 {basis.factor:%} 支付"
    return Outcome.CUT, [Deduction("按考评结果扣减", rule, stage.amount - paid)]


def _ask(actor: Actor, decision: PaymentDecision) -> None:
    """Put the proposal before those who may approve it."""
    url = reverse("agencies:payment", args=[decision.pk])
    title = f"付款待批准：{decision.contract}，{decision.stage}，实付 {decision.amount_paid:,} 元"
    people = Membership.objects.filter(
        org_id=decision.owner_agency_id, role__in=PERMS["payment_approve"], ended_at=None
    ).exclude(user_id=_person(actor))
    org = decision.owner_agency_id
    messages = [Message(org, title, url, pk) for pk in people.values_list("pk", flat=True)]
    notify_many(messages, kind="payment.proposed", at=decision.proposed_at)
    work_task_open(row=decision, org_id=org, kind=WAITS, title=title, url=url)


@transaction.atomic
def payment_approve(*, actor: Actor, decision: PaymentDecision, note: str = "") -> Document:
    """Somebody else agrees: the money counts as decided, and the calculation sheet is issued.

    The contract is locked, so that nothing beyond its price is ever approved. A decision that this
    one corrects stops counting in the same step.
    """
    contract = _lock(decision.contract)
    _check_another(actor, decision)
    now = clock.now(contract.owner_agency_id)
    row = PaymentDecision.objects.select_related("stage").get(pk=decision.pk)
    in_force = decision_in_force(row.stage)
    if row.stage.superseded_at is not None or in_force != row.supersedes:
        raise DomainError("提出之后情况已有变化，请退回重新计算")
    if in_force is not None:
        in_force.superseded_at = now
        in_force.save(update_fields=["superseded_at"])
    paid = paid_of(contract)
    if paid + row.amount_paid > (contract.amount or 0):
        raise DomainError(
            f"合同金额 {contract.amount} 元，已批准支付 {paid} 元，再付 {row.amount_paid} 元就超出了"
        )
    moved = transition(
        actor=actor, row=row, name="approve", decided_at=now, decided_by_id=actor.user_id,
        decided_by_name=actor.display[:80], decision_note=note.strip(),
    )  # fmt: skip
    work_task_close(actor=actor, row=moved, kind=WAITS)
    paper = _issue(actor, contract, moved)
    _tell_decided(contract, moved, "已批准")
    return paper


def paid_of(contract: ServiceContract) -> Decimal:
    """Return what decisions in force pay of a contract."""
    rows = PaymentDecision.objects.filter(
        contract=contract, state=State.APPROVED, superseded_at=None
    )
    return rows.aggregate(sum=Sum("amount_paid"))["sum"] or ZERO


def _check_another(actor: Actor, decision: PaymentDecision) -> None:
    if is_same_user(actor, decision.proposed_by_id):
        raise DomainError("自己提出的付款意见由另一人批准")


def _issue(actor: Actor, contract: ServiceContract, decision: PaymentDecision) -> Document:
    """付款核定表; a correction's takes the place of the one before."""
    agency = Agency.objects.select_related("org").get(pk=contract.owner_agency_id)
    before = payment_paper(decision.supersedes_id)
    if before is not None and before.state == Document.State.VOIDED:
        before = None
    return document_issue(
        actor=actor, kind="payment_sheet", subject=decision, replaces=before,
        content=payment_sheet(contract, decision, agency),
        title=f"{contract.title}付款核定表（{decision.stage}）",
        issuer=Issuer(agency.pk, agency.short_name),
    )  # fmt: skip


def payment_paper(decision_id: object) -> Document | None:
    """Return the sheet that was issued for a decision; None of none."""
    rows = Document.objects.filter(
        kind="payment_sheet",
        subject_type=PaymentDecision._meta.label_lower,
        subject_id=str(decision_id),
    )
    return rows.first()


@transaction.atomic
def payment_return(*, actor: Actor, decision: PaymentDecision, note: str) -> PaymentDecision:
    """Somebody else does not agree; why is on record, and a new proposal may follow."""
    if not note.strip():
        raise DomainError("请写明退回意见", field="note")
    _check_another(actor, decision)
    now = clock.now(decision.owner_agency_id)
    moved = transition(
        actor=actor, row=decision, name="send_back", summary=note.strip(), decided_at=now,
        decided_by_id=actor.user_id, decided_by_name=actor.display[:80], decision_note=note.strip(),
    )  # fmt: skip
    work_task_close(actor=actor, row=moved, kind=WAITS)
    _tell_proposer(moved, "已退回")
    return moved


@transaction.atomic
def payment_withdraw(*, actor: Actor, decision: PaymentDecision) -> PaymentDecision:
    """Who proposed it takes it back before anybody decided."""
    if actor.user_id != decision.proposed_by_id:
        raise DomainError("只有提出人才能撤回")
    moved = transition(actor=actor, row=decision, name="withdraw")
    work_task_close(actor=actor, row=moved, kind=WAITS)
    return moved


def _tell_proposer(decision: PaymentDecision, word: str) -> None:
    people = Membership.objects.filter(
        org_id=decision.owner_agency_id, user_id=decision.proposed_by_id, ended_at=None
    )
    url = reverse("agencies:payment", args=[decision.pk])
    org, title = decision.owner_agency_id, f"付款意见{word}：{decision.contract}，{decision.stage}"
    notify_many(
        [Message(org, title, url, pk) for pk in people.values_list("pk", flat=True)],
        kind="payment.decided", at=clock.now(org),
    )  # fmt: skip


def _tell_decided(contract: ServiceContract, decision: PaymentDecision, word: str) -> None:
    """Tell who proposed it, and the provider whose money it is."""
    _tell_proposer(decision, word)
    notify(
        org_id=int(contract.provider_org_id or 0), kind="payment.decided",
        at=clock.now(contract.owner_agency_id),
        title=f"{contract.title}“{decision.stage}”：{decision.get_outcome_display()}",
        url=reverse("agencies:payment", args=[decision.pk]),
    )  # fmt: skip
