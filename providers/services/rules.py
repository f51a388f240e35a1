"""rules_set · rules_of: what an agency sets for its dealings with providers."""

from typing import Any

from django.db import transaction

from audit.services import record
from providers.models import ProviderRules
from tenancy import clock
from tenancy.actors import Actor
from tenancy.models import Agency


def rules_of(agency_id: int) -> ProviderRules:
    """Return an agency's rules, or the defaults where it has set none."""
    found = ProviderRules.objects.filter(owner_agency=agency_id).first()
    return found or ProviderRules(owner_agency_id=agency_id)


@transaction.atomic
def rules_set(*, actor: Actor, agency: Agency, **values: Any) -> ProviderRules:
    """Set an agency's own rules; what stood before is in the act."""
    before = rules_of(agency.pk)
    now = clock.now(agency.pk)
    rules, _ = ProviderRules.objects.update_or_create(
        owner_agency=agency,
        defaults={**values, "changed_at": now, "changed_by_name": actor.display[:80]},
        create_defaults={
            **agency.tenant, **values, "changed_at": now, "changed_by_name": actor.display[:80],
        },
    )  # fmt: skip
    was = {name: getattr(before, name) for name in values}
    record(
        actor=actor, act="providerrules.set", subject=rules, data={"before": was, "after": values},
        at=now,
    )  # fmt: skip
    return rules
