"""What waits for a regulator as a buyer: plan, procurement, contract, acceptance, money, evaluation."""

from typing import Any

from django.db.models import Exists, F, OuterRef, Q, Sum
from django.db.models.functions import Coalesce

from agencies.models import (
    Assignment,
    ChoiceRound,
    Obligation,
    ObligationAcceptance,
    PaymentDecision,
    PaymentStage,
    Procurement,
    PurchasePlan,
    PurchasePlanItem,
    ServiceContract,
)
from agencies.payment_state import PAST
from home.sources.base import AGENCY, Rows, Source, in_hand, own
from scoring.models import Appraisal, AppraisalObjection, SelfEvaluation
from tenancy import clock
from tenancy.actors import Actor

Draft = ServiceContract.State.DRAFT


def _plans(actor: Actor) -> Rows:
    """Drafts with lines, for somebody who wrote none of it."""
    lines = PurchasePlanItem.objects.filter(plan=OuterRef("pk"))
    wrote = Q(drafted_by__in=actor.places) | Q(changed_by__in=actor.places)
    rows = own(PurchasePlan, actor, state=PurchasePlan.State.DRAFT).filter(Exists(lines))
    return rows.exclude(wrote)


def _offers_in(actor: Actor) -> Rows:
    rows = own(Procurement, actor, state=Procurement.State.ANNOUNCED)
    return rows.filter(offers_due_on__lte=clock.day_of_row())


def _contracts(actor: Actor) -> Rows:
    """Drafts, and what runs past its last day."""
    over = Q(state=ServiceContract.State.ACTIVE, ends_on__lt=clock.day_of_row())
    return in_hand(ServiceContract.objects.filter(Q(state=Draft) | over), actor, "pk")


def _rounds(actor: Actor) -> Rows:
    rows = own(ChoiceRound, actor, state=ChoiceRound.State.OPEN)
    return rows.filter(closes_on__lt=clock.day_of_row())


def _obligations(actor: Actor) -> Rows:
    """Lines of running contracts that are not accepted in full, whatever was amended of them."""
    of_line = Coalesce("obligation__first_id", "obligation_id")
    accepted = ObligationAcceptance.objects.filter(revoked_at=None).annotate(from_line=of_line)
    accepted = accepted.filter(from_line=OuterRef("from_line"))
    total = accepted.order_by().values("from_line").annotate(total=Sum("quantity")).values("total")
    rows = Obligation.objects.filter(
        superseded_at=None, contract__state=ServiceContract.State.ACTIVE
    )
    rows = rows.annotate(from_line=Coalesce("first_id", "pk"), done=Coalesce(total, 0))
    rows = rows.filter(~Exists(accepted.filter(is_final=True)), done__lt=F("quantity"))
    return in_hand(rows, actor, "contract")


def _stages(actor: Actor) -> Rows:
    """Stages whose condition is met and of which nobody has proposed anything that stands.

    What no record measures is asked for once the contract is over.
    """
    serving = Assignment.objects.filter(batch__contract=OuterRef("contract"), withdrawn_at=None)
    reached: Any = Q(condition="evaluation") & Exists(
        Appraisal.objects.filter(
            contract=OuterRef("contract"), purpose="final", state__in=Appraisal.STANDING
        )
    )
    for condition, phases in PAST.items():
        left = serving.exclude(state__in=phases)
        reached |= Q(condition=condition) & Exists(serving) & ~Exists(left)
    reached |= Q(condition="other", contract__ends_on__lt=clock.day_of_row())
    decided = PaymentDecision.objects.filter(
        stage=OuterRef("pk"), superseded_at=None, state__in=("proposed", "approved")
    )
    rows = PaymentStage.objects.filter(superseded_at=None).exclude(contract__state=Draft)
    return in_hand(rows.filter(reached).filter(~Exists(decided)), actor, "contract")


def _payments(actor: Actor) -> Rows:
    rows = own(PaymentDecision, actor, state=PaymentDecision.State.PROPOSED)
    return rows.exclude(proposed_by=actor.user_id)


def _appraisals(actor: Actor) -> Rows:
    """Those that go on by an officer's act: the provider has spoken, the forms' days are over."""
    filed = SelfEvaluation.objects.filter(appraisal=OuterRef("pk"), filed_at__isnull=False)
    over = Q(closed_at__isnull=False) | Q(scoring_due_on__lt=clock.day_of_row())
    step = (Q(state=Appraisal.State.FROZEN) & Exists(filed)) | (
        Q(state=Appraisal.State.SCORING) & over
    )
    return own(Appraisal, actor).filter(step)


def _results(actor: Actor) -> Rows:
    """Drafts whose objections are answered, or whose days for one are over."""
    said = AppraisalObjection.objects.filter(appraisal=OuterRef("pk"))
    rows = own(Appraisal, actor, state=Appraisal.State.DRAFTED)
    rows = rows.filter(~Exists(said.filter(state=AppraisalObjection.State.FILED)))
    return rows.filter(Exists(said) | Q(objection_until__lt=clock.day_of_row()))


def _objections(actor: Actor) -> Rows:
    rows = own(AppraisalObjection, actor, state=AppraisalObjection.State.FILED)
    return rows.exclude(appraisal__drafted_by__in=actor.places)


SOURCES = (
    Source(
        "purchase_plan", "待批准的购买计划", "plan_approve", (AGENCY,), _plans,
        "agencies:plan", words="title",
    ),
    Source(
        "budget", "要列入预算的购买计划", "plan_approve", (AGENCY,),
        lambda a: own(
            PurchasePlan, a, state=PurchasePlan.State.APPROVED, superseded_at=None
        ),
        "agencies:plan-budget", words="title",
    ),
    Source(
        "offers", "要开启的响应文件", "procurement_edit", (AGENCY,), _offers_in,
        "agencies:procurement", due="offers_due_on", words="title",
    ),
    Source(
        "award", "要定标的采购项目", "procurement_award", (AGENCY,),
        lambda a: own(Procurement, a, state=Procurement.State.CLOSED),
        "agencies:procurement", words="title",
    ),
    Source(
        "contract", "要生效或者办结的合同", "contract_edit", (AGENCY,), _contracts,
        "agencies:contract", due="ends_on", words="title",
    ),
    Source(
        "round", "要结束的企业选择", "choice_round_edit", (AGENCY,), _rounds,
        "agencies:round", due="closes_on", words="title",
    ),
    Source(
        "obligation", "待验收的服务事项", "obligation_accept", (AGENCY,), _obligations,
        "inspections:obligations", url_arg="contract_id", due="due_on", whose="contract__title",
        words="name",
    ),
    Source(
        "stage", "可以提出的付款", "payment_propose", (AGENCY,), _stages,
        "agencies:payment-propose", whose="contract__title", words="name",
    ),
    Source(
        "payment", "待批准的付款", "payment_approve", (AGENCY,), _payments,
        "agencies:payment", whose="contract__provider_org__name", words="contract__title",
    ),
    Source(
        "appraisal", "要推进的考评", "appraisal_manage", (AGENCY,), _appraisals,
        "scoring:appraisal", due="scoring_due_on", words="contract__title",
    ),
    Source(
        "objection", "待答复的考评异议", "appraisal_manage", (AGENCY,), _objections,
        "scoring:objection", whose="provider_org__name",
    ),
    Source(
        "result", "要决定的考评结果", "appraisal_decide", (AGENCY,), _results,
        "scoring:appraisal", due="decide_by", words="contract__title",
    ),
)  # fmt: skip
