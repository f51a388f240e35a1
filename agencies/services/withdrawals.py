"""assignments_withdraw · assignment_restore: several taken back for one reason, one brought back."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from agencies.models import Assignment, ServiceBatch, ServiceContract
from agencies.services.batches import assignment_withdraw, open_files
from agencies.services.contracts import provider_of
from audit.services import record
from common.errors import DomainError
from common.ids import uuid7
from enterprises.services import files_hold
from notifications.services import notify
from providers.standing import must_serve
from tenancy import clock
from tenancy.actors import Actor

MOST = 500  # at once
NAMED = 5


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """How many left their batch in one act, and who stayed for which reason."""

    group: UUID
    count: int
    refused: Sequence[tuple[Assignment, str]]


@transaction.atomic
def assignments_withdraw(
    *,
    actor: Actor,
    batch: ServiceBatch,
    assignment_ids: Sequence[int],
    withdrawal: str,
    reason: str,
    skips_refused: bool = False,
) -> Withdrawn:
    """Take several enterprises out of a batch for one reason, each by its own act of one group.

    All or none, unless `skips_refused`: then those that cannot leave stay and are named.
    """
    rows = Assignment.objects.filter(batch=batch, pk__in=assignment_ids, withdrawn_at=None)
    chosen = list(rows.select_related("enterprise").order_by("pk"))
    if not chosen:
        raise DomainError("请先选择企业", field="ids")
    if len(chosen) > MOST:
        raise DomainError(f"一次最多 {MOST} 家，请分次办理", field="ids")
    ServiceBatch.objects.select_for_update(of=("self",), no_key=True).get(pk=batch.pk)
    group, refused = uuid7(), []
    for row in chosen:
        try:
            assignment_withdraw(
                actor=actor, assignment=row, withdrawal=withdrawal, reason=reason, group=group
            )
        except DomainError as error:
            if error.field in ("withdrawal", "reason"):
                raise
            refused.append((row, error.message))
    if refused and not (skips_refused and len(refused) < len(chosen)):
        raise DomainError(_refused_words(refused), field="ids")
    return Withdrawn(group, len(chosen) - len(refused), refused)


def _refused_words(refused: Sequence[tuple[Assignment, str]]) -> str:
    named = "；".join(f"{row.enterprise.name}：{why}" for row, why in refused[:NAMED])
    more = f"等 {len(refused)} 家" if len(refused) > NAMED else ""
    return f"{named}{more}。一家也没有退出；请去掉这些企业，或者选择跳过"


@transaction.atomic
def assignment_restore(*, actor: Actor, assignment: Assignment, reason: str) -> Assignment:
    """Bring back, on the same day, an enterprise that was taken out of its batch by mistake.

    Everything that hangs on it is there as before; the acts of both stay. Its inspector's right
    ended with the withdrawal, so the provider's lead puts somebody on it again.
    """
    if not reason.strip():
        raise DomainError("请填写恢复原因", field="reason")
    batch = ServiceBatch.objects.select_for_update(of=("self",), no_key=True).select_related("contract").get(
        pk=assignment.batch_id
    )  # fmt: skip
    rows = Assignment.objects.select_for_update(of=("self",), no_key=True).select_related(
        "enterprise"
    )
    locked = rows.get(pk=assignment.pk)
    _check_restorable(batch, locked)
    files_hold([locked.enterprise_id])
    was = {"withdrawal": locked.withdrawal, "withdrawn_at": str(locked.withdrawn_at)}
    locked.withdrawn_at, locked.withdrawal, locked.withdrawn_reason = None, "", ""
    locked.inspector, locked.inspector_name = None, ""
    try:
        with transaction.atomic():
            locked.save()
    except IntegrityError:
        raise DomainError("该企业已重新指派到本批次，不需要恢复") from None
    open_files(batch, [locked.enterprise])
    now = clock.now(locked.owner_agency_id)
    record(
        actor=actor, act="assignment.restore", subject=locked, summary=reason.strip(), data=was,
        at=now,
    )  # fmt: skip
    notify(
        org_id=provider_of(batch),
        kind="assignment.restored",
        title=f"{batch.name}：{locked.enterprise.name}恢复到本批次，请重新安排评估人员",
        url=reverse("inspections:assignment", args=[locked.pk]),
        at=now,
    )
    return locked


def may_restore(batch: ServiceBatch, assignment: Assignment) -> bool:
    """Whether a withdrawal may still be undone, as a page asks before it offers it."""
    try:
        _check_restorable(batch, assignment)
    except DomainError:
        return False
    return True


def _check_restorable(batch: ServiceBatch, assignment: Assignment) -> None:
    if assignment.withdrawn_at is None:
        raise DomainError("该企业没有退出本批次")
    if assignment.withdrawal == Assignment.Withdrawal.HANDED_OVER:
        raise DomainError("已移交其他机构的不能恢复")
    today = clock.today(assignment.owner_agency_id)
    if timezone.localdate(assignment.withdrawn_at) != today:
        raise DomainError("只能在退出当天恢复；请重新指派")
    if Assignment.objects.filter(replaces=assignment).exists():
        raise DomainError("已有企业替换，不能恢复；请重新指派")
    if batch.contract.state != ServiceContract.State.ACTIVE:
        raise DomainError("合同不在履行中，不能恢复")
    if batch.recheck_completed_on is not None:
        raise DomainError("本批次的复查验收已经完成，不能恢复；请另建批次")
    must_serve(provider_of(batch), today)
