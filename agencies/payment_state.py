"""How far a contract has come for payment, and what has been decided of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Sum

from agencies.models import (
    Assignment,
    AssignmentTally,
    PaymentDecision,
    PaymentStage,
    ServiceContract,
)
from agencies.payments import Basis, basis_for

Phase, Condition = Assignment.Phase, PaymentStage.Condition
ZERO = Decimal("0.00")
# Phase 1 is over when what was found has been handed over, phase 3 when the recheck is accepted.
PAST = {
    Condition.SURVEY: (Phase.GUIDANCE, Phase.RECHECK, Phase.ACCEPTED, Phase.CONCLUDED),
    Condition.ACCEPTED: (Phase.ACCEPTED, Phase.CONCLUDED),
}


@dataclass(frozen=True, slots=True)
class Reached:
    """Whether the condition of a stage is met; only what is measured can be unmet."""

    is_reached: bool
    words: str
    is_measured: bool = True
    basis: Basis | None = None


def reached_of(contract: ServiceContract, stages: Iterable[PaymentStage]) -> dict[int, Reached]:
    """Return {stage: how its condition stands}, counted from the enterprises of all batches."""
    rows = AssignmentTally.objects.filter(batch__contract=contract).order_by()
    counted = dict(rows.values_list("state").annotate(sum=Sum("number")))
    return {stage.pk: _reached(contract, stage, counted) for stage in stages}


def _reached(contract: ServiceContract, stage: PaymentStage, counted: dict[str, int]) -> Reached:
    past = PAST.get(Condition(stage.condition))
    if past is not None:
        whole, done = sum(counted.values()), sum(counted.get(phase, 0) for phase in past)
        words = f"{stage.get_condition_display()} {done}/{whole} 家" if whole else "还没有指派企业"
        return Reached(bool(whole) and done == whole, words)
    basis = basis_for(contract, stage)
    if basis is not None:
        return Reached(True, basis.words, basis=basis)
    if stage.condition == Condition.EVALUATION:
        return Reached(False, "还没有考评结果，付款由经办人说明依据", is_measured=False)
    return Reached(False, f"{stage.condition_words}；由经办人说明是否达到", is_measured=False)


@dataclass(frozen=True, slots=True)
class StageState:
    """One stage with its condition, the decision that counts and the one that waits."""

    stage: PaymentStage
    reached: Reached
    in_force: PaymentDecision | None
    waiting: PaymentDecision | None
    earlier: tuple[PaymentDecision, ...]

    @property
    def is_due(self) -> bool:
        """Whether its condition is met; what nobody measures is so once somebody decided on it."""
        return self.reached.is_reached or (
            self.in_force is not None and not self.reached.is_measured
        )


@dataclass(frozen=True, slots=True)
class Account:
    """A contract's money: bought, due by what is reached, paid, withheld, cut."""

    bought: Decimal
    due: Decimal
    paid: Decimal
    withheld: Decimal
    cut: Decimal
    stages: tuple[StageState, ...]

    @property
    def undecided(self) -> Decimal:
        """What nobody has decided yet."""
        return self.bought - self.paid - self.withheld - self.cut


def account_of(contract: ServiceContract) -> Account:
    """Sum up a contract; the stages with every decision that the actor may see."""
    stages = list(
        PaymentStage.objects.filter(contract=contract, superseded_at=None).order_by("position")
    )
    reached = reached_of(contract, stages)
    decisions = list(
        PaymentDecision.objects.filter(stage__in=stages)
        .select_related("stage")
        .order_by("-proposed_at")
    )
    states = tuple(_state(stage, reached[stage.pk], decisions) for stage in stages)
    counting = [one.in_force for one in states if one.in_force]
    outcome = PaymentDecision.Outcome
    return Account(
        bought=contract.amount or ZERO,
        due=sum((s.stage.amount for s in states if s.is_due), ZERO),
        paid=sum((one.amount_paid for one in counting), ZERO),
        withheld=sum((d.amount_cut for d in counting if d.outcome == outcome.WITHHELD), ZERO),
        cut=sum((d.amount_cut for d in counting if d.outcome == outcome.CUT), ZERO),
        stages=states,
    )


def _state(
    stage: PaymentStage, reached: Reached, decisions: Iterable[PaymentDecision]
) -> StageState:
    own = [one for one in decisions if one.stage_id == stage.pk]
    in_force = next((one for one in own if one.is_in_force), None)
    waiting = next((one for one in own if one.state == PaymentDecision.State.PROPOSED), None)
    earlier = tuple(one for one in own if one not in (in_force, waiting))
    return StageState(stage, reached, in_force, waiting, earlier)
