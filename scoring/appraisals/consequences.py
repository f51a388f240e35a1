"""What follows from an evaluation elsewhere: at the next purchase, and in what is paid (3.5)."""

from decimal import Decimal

from django.urls import reverse

from agencies.past import Past
from scoring.appraisals.parameters import GRADES
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
