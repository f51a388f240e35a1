"""What is counted of contracts and assignments: over a year, and of acts entered for enterprises."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q

from agencies.models import Assignment, ServiceContract
from enterprises.models import EnteredAct
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


@dataclass(frozen=True, slots=True)
class Entered:
    """Acts that were entered for a contract's enterprises while it ran."""

    by_provider: int = 0
    by_agency: int = 0
    enterprises: int = 0

    @property
    def total(self) -> int:
        """By whomever."""
        return self.by_provider + self.by_agency


def entered_of(contract: ServiceContract) -> Entered:
    """Count what the contract's provider and the regulator entered for its enterprises."""
    firms = Assignment.objects.filter(batch__contract=contract).values("enterprise")
    rows = EnteredAct.objects.filter(
        enterprise__in=firms, entered_at__date__range=(contract.starts_on, contract.ends_on)
    )
    own = Q(provider_org=contract.provider_org_id)
    return Entered(
        **rows.aggregate(
            by_provider=Count("pk", filter=own),
            by_agency=Count("pk", filter=Q(provider_org=None)),
            enterprises=Count("enterprise", distinct=True, filter=own | Q(provider_org=None)),
        )
    )
