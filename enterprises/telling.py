"""messages_for · owner_told: what an owner without a phone has to be told by word of mouth.

Nothing is sent to him; his messages lie in the enterprise's inbox, which nobody opens. His agency's
officers read them out or print them, and note that they did.
"""

from collections.abc import Sequence

from django.db import transaction

from audit.services import record
from common.errors import DomainError
from common.scope import acting_as
from enterprises.models import Enterprise
from notifications.models import Notification
from notifications.services import inbox, notifications_read
from tenancy.actors import Actor, entering_for

MOST = 50


def messages_for(actor: Actor, enterprise: Enterprise) -> list[Notification]:
    """Return what nobody of the enterprise has read, the newest first; a provider is shown none."""
    if not actor.is_agency or enterprise.enterprise_org_id is None:
        return []
    with acting_as(entering_for(actor, enterprise.enterprise_org_id)) as owner:
        return list(inbox(owner).filter(membership_id=None, read_at=None)[:MOST])


@transaction.atomic
def owner_told(*, actor: Actor, enterprise: Enterprise, ids: Sequence[str]) -> int:
    """Note that the owner was told of these messages; return how many. DomainError if of none."""
    assert enterprise.enterprise_org_id is not None  # every file has a body
    known = {str(row.pk) for row in messages_for(actor, enterprise)}
    if not known.intersection(ids):
        raise DomainError("这些消息已告知，或者已由企业自己读过")
    with acting_as(entering_for(actor, enterprise.enterprise_org_id)) as owner:
        told = notifications_read(actor=owner, ids=sorted(known.intersection(ids)))
    record(actor=actor, act="nophone.told", subject=enterprise, data={"messages": told})
    return told
