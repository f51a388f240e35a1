"""What is counted of contracts and assignments over a year."""

from datetime import date

from agencies.models import Assignment, ServiceContract
from providers.figures import Figure


def figures_of_year(provider_org_id: int, year: int) -> list[Figure]:
    """Return a provider's contracts that ran in a year, and the enterprises it served under them."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    ran = ServiceContract.objects.filter(
        provider_org=provider_org_id, starts_on__lte=last, ends_on__gte=first
    ).exclude(state=ServiceContract.State.DRAFT)
    served = Assignment.objects.filter(
        provider_org=provider_org_id, surveyed_on__range=(first, last)
    )
    done = Assignment.objects.filter(
        provider_org=provider_org_id, accepted_on__range=(first, last), withdrawn_at=None
    )
    return [
        Figure("履行中的合同", ran.count(), "份"),
        Figure("到场服务的企业", served.values("enterprise").distinct().count(), "家"),
        Figure("完成复查验收的企业", done.values("enterprise").distinct().count(), "家"),
    ]
