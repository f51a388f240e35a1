"""What follows from an evaluation elsewhere: at the next purchase, and in what is paid (3.5)."""

from decimal import Decimal

from django.urls import reverse

from agencies.models import PaymentStage, ServiceContract
from agencies.past import Past
from agencies.payments import Basis
from scoring.appraisals.parameters import GRADES
from scoring.appraisals.reading import rules_of
from scoring.models import Appraisal


def standing_of(provider_org_id: int) -> list[Appraisal]:
    """Return a provider's decided evaluations that the actor sees, the newest first."""
    rows = Appraisal.objects.filter(
        provider_org=provider_org_id, purpose=Appraisal.Purpose.FINAL,
        state__in=Appraisal.STANDING,
    )  # fmt: skip
    return list(rows.select_related("contract").order_by("-decided_at", "-pk"))


def past_evaluations(provider_org_id: int) -> Past | None:
    """Return what a provider's evaluations of its newest year count for: their mean."""
    rows = standing_of(provider_org_id)
    if not rows:
        return None
    newest = [row for row in rows if row.year == rows[0].year]
    mean = sum((row.score for row in newest), Decimal(0)) / len(newest)
    words = "；".join(f"{row.contract.title}{row.score}分（{GRADES[row.grade]}）" for row in newest)
    return Past(
        score=mean.quantize(Decimal("0.01")),
        words=f"{rows[0].year}年度：{words}"[:300],
        url=reverse("scoring:appraisal", args=[newest[0].pk]),
    )


def payment_basis(contract: ServiceContract, stage: PaymentStage) -> Basis | None:
    """Return what the contract's decided evaluation means for a stage that waits for it."""
    if stage.condition != PaymentStage.Condition.EVALUATION:
        return None
    rows = Appraisal.objects.filter(
        contract=contract, purpose=Appraisal.Purpose.FINAL, state__in=Appraisal.STANDING
    )
    row = rows.select_related("scheme").order_by("-year", "-version").first()
    if row is None:
        return None
    factor = rules_of(row.scheme).parameters.paid_share(row.grade, row.score)
    words = f"{row.year}年度考评{row.score}分，{GRADES[row.grade]}（{row.grade}）"
    return Basis(
        factor=factor,
        words=words,
        url=reverse("scoring:appraisal", args=[row.pk]),
        lines=(
            ("考评得分", f"{row.score}"),
            ("考评等次", f"{row.grade}（{GRADES[row.grade]}）"),
            ("支付比例", f"{factor.normalize():f}"),
            *((("一票否决", row.veto_reason),) if row.veto_reason else ()),
        ),
    )
