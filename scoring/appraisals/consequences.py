"""What follows from an evaluation elsewhere: at the next purchase, and in what is paid (3.5)."""

from collections.abc import Iterable
from decimal import Decimal

from django.urls import reverse

from agencies.evaluations import Published
from agencies.models import PaymentStage, Publication, ServiceContract
from agencies.past import Past
from agencies.payments import Basis
from scoring.appraisals.parameters import GRADES
from scoring.appraisals.reading import rules_of
from scoring.models import Appraisal
from tenancy.models import Organization


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


def published_evaluations(provider_org_ids: Iterable[int], agency_id: int) -> dict[int, Published]:
    """Return {provider: its result in the agency's newest notice}; of published rows alone."""
    notices = Publication.objects.filter(
        owner_agency=agency_id, kind=Publication.Kind.APPRAISAL, state=Publication.State.PUBLISHED
    )
    newest = notices.order_by("-published_at", "code").first()
    if newest is None:
        return {}
    rows = Organization.objects.filter(pk__in=list(provider_org_ids))
    names = dict(rows.values_list("name", "pk"))
    url = reverse("portal:publication", args=[newest.code])
    return {
        names[line["provider_name"]]: Published(
            f"{newest.body['year']}年度{line['score']}分，{GRADES[line['grade']]}", url
        )
        for line in newest.body["lines"]
        if line["provider_name"] in names
    }
