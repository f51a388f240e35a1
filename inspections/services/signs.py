"""signs_due · sign_dismiss · sign_restore · thresholds_save"""

from collections.abc import Mapping

from django.db import transaction

from audit.services import record
from common.errors import DomainError
from inspections.models import Hazard, Sign, SignThresholds, Visit
from inspections.signs.tasks import update_signs_of_agency, update_signs_soon
from inspections.signs.thresholds import ABOUT
from tenancy import clock
from tenancy.actors import Actor
from tenancy.models import Agency


def signs_due(row: Visit | Hazard) -> None:
    """Have the signs of a row's batch worked out again soon after this transaction is committed.

    The provider and the enterprise, who mostly act here, do not see signs: the system does it.
    """
    if row.assignment_id is not None:
        update_signs_soon.send(row.owner_agency_id, row.assignment_id)


@transaction.atomic
def sign_dismiss(*, actor: Actor, sign: Sign, reason: str) -> Sign:
    """An officer looked into it and it is nothing; the reason is on record. It counts no longer."""
    if not reason.strip():
        raise DomainError("请填写排除原因：核实了什么，怎样核实的", field="reason")
    if len(reason.strip()) > 200:
        raise DomainError("排除原因请写在200字以内", field="reason")
    locked = Sign.objects.select_for_update(of=("self",), no_key=True).get(pk=sign.pk)
    if locked.dismissed_at is not None:
        raise DomainError(f"已由{locked.dismissed_by_name}排除，请刷新页面", field="reason")
    locked.dismissed_at = clock.now(locked.owner_agency_id)
    locked.dismissed_by_name = actor.display[:80]
    locked.dismissed_reason = reason.strip()
    return _kept(actor, locked, "sign.dismiss", locked.dismissed_reason)


@transaction.atomic
def sign_restore(*, actor: Actor, sign: Sign) -> Sign:
    """Take a dismissal back: the sign stands again, if the figures still bear it out."""
    locked = Sign.objects.select_for_update(of=("self",), no_key=True).get(pk=sign.pk)
    if locked.dismissed_at is None:
        raise DomainError("这个疑点没有被排除，请刷新页面")
    summary = locked.dismissed_reason
    locked.dismissed_at, locked.dismissed_by_name, locked.dismissed_reason = None, "", ""
    return _kept(actor, locked, "sign.restore", summary)


def _kept(actor: Actor, sign: Sign, act: str, summary: str) -> Sign:
    sign.save(update_fields=["dismissed_at", "dismissed_by_name", "dismissed_reason"])
    now = clock.now(sign.owner_agency_id)
    record(actor=actor, act=act, subject=sign, summary=summary, data={"kind": sign.kind}, at=now)
    return sign


@transaction.atomic
def thresholds_save(*, actor: Actor, values: Mapping[str, int]) -> SignThresholds:
    """Keep the thresholds of the actor's own agency, and have its signs worked out by them.

    Kept is only what differs from the default, so that a better default reaches whoever has not
    decided. DomainError names the field.
    """
    for name, value in values.items():
        about = ABOUT[name]
        if not about.least <= value <= about.most:
            raise DomainError(f"应在{about.least}至{about.most}{about.unit}之间", field=name)
    own = {name: value for name, value in values.items() if value != ABOUT[name].default}
    agency, now = Agency.objects.get(pk=actor.org), clock.now(actor.org)
    row, _ = SignThresholds.objects.update_or_create(
        owner_agency=agency,
        defaults={
            "region_code": agency.region_code,
            "values": own,
            "changed_at": now,
            "changed_by_name": actor.display[:80],
        },
    )
    record(actor=actor, act="signs.thresholds", subject=row, data=own, at=now)
    update_signs_of_agency.send(agency.pk, agency.pk)
    return row
