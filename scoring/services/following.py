"""hazard_follow · hazards_follow_missed · points_ask_again · entry_recheck: what becomes of points when
somebody looks again."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone

from audit.services import record
from common.errors import DomainError
from inspections.models import HazardCorrection, Recheck
from inspections.services.corrections import POINTS_OF_CORRECTED
from scoring.models import PointEntry, PointEvent
from scoring.services.cycles import cycle_lock_again, point_event_add, recompute
from tenancy import clock
from tenancy.actors import Actor
from workflow.services import work_task_open

Kind = PointEvent.Kind


@transaction.atomic
def hazard_follow(*, actor: Actor, hazard_id: str | UUID) -> int:
    """Add what the rechecks of a hazard mean for its points; return how many events are new.

    Any number of times, in any order: an event names the recheck that it comes from.
    """
    entries = PointEntry.objects.filter(hazard_id=hazard_id).order_by("cycle_id")
    return sum(_follow(actor, entry) for entry in entries)


def hazards_follow_missed(*, actor: Actor, agency_id: int) -> int:
    """Follow every hazard whose recheck nobody told its points of; return how many events are new."""
    told = PointEvent.objects.filter(recheck=OuterRef("pk"))
    passed = Q(result=Recheck.Result.PASSED)
    rows = (
        Recheck.objects.filter(owner_agency_id=agency_id, hazard__point_entries__isnull=False)
        .filter(passed | Q(is_late=True))
        .exclude(Exists(told))
    )
    ids = set(rows.values_list("hazard_id", flat=True))
    return sum(hazard_follow(actor=actor, hazard_id=pk) for pk in sorted(ids))


def points_ask_again(*, correction_id: str | UUID) -> bool:
    """Put a correction before officers where points were given for the hazard; return whether.

    The points themselves stay as they were given and signed: only an officer's own act moves them.
    """
    correction = HazardCorrection.objects.select_related("hazard").get(pk=correction_id)
    entries = PointEntry.objects.filter(hazard=correction.hazard_id, issued_at__isnull=False)
    standing = entries.exclude(events__kind=Kind.REVOKED)
    if not standing.exists():
        return False
    words = f"{correction.hazard.number} {correction.get_state_display()}，已给的记分是否仍成立"
    work_task_open(
        row=correction,
        org_id=correction.owner_agency_id,
        kind=POINTS_OF_CORRECTED,
        title=words,
        url=reverse("inspections:correction", args=[correction.pk]),
    )
    return True


def _follow(actor: Actor, entry: PointEntry) -> int:
    cycle = cycle_lock_again(entry.cycle_id)
    is_over = timezone.localtime(clock.now(cycle.owner_agency_id)).year > cycle.year
    added = 0
    for recheck in Recheck.objects.filter(hazard=entry.hazard_id).order_by("rechecked_at", "pk"):
        kind = _kind(recheck)
        if kind is None or (is_over and kind == Kind.OVERDUE):  # points lapsed with the year
            continue
        event = point_event_add(
            actor=actor, cycle=cycle, kind=kind, at=recheck.rechecked_at, entry=entry,
            recheck=recheck, reason=recheck.reason,
        )  # fmt: skip
        added += event is not None
    if added:
        recompute(actor, cycle)
    return added


def _kind(recheck: Recheck) -> str | None:
    if recheck.result == Recheck.Result.PASSED:
        return Kind.LATE if recheck.is_late else Kind.TIMELY
    return Kind.OVERDUE if recheck.is_late else None


@transaction.atomic
def entry_recheck(
    *, actor: Actor, entry: PointEntry, is_mended: bool, reason: str = ""
) -> PointEvent | None:
    """Officers look again at what they gave points for themselves, without a provider's finding.

    Mended by its deadline it may take points away; not mended after it, it adds some. Not mended
    before its deadline nothing happens: None. DomainError names the field.
    """
    if entry.hazard_id is not None:
        raise DomainError("该记分来自隐患，随隐患的复查结果减免或者加处")
    if not is_mended and not reason.strip():
        raise DomainError("请写明未整改的情况", field="reason")
    cycle = cycle_lock_again(entry.cycle_id)
    now = clock.now(entry.owner_agency_id)
    _check_open(entry, now)
    is_late = entry.due_on is not None and timezone.localdate(now) > entry.due_on
    if not is_mended and not is_late:
        record(actor=actor, act="points.recheck", subject=entry, summary=reason[:300], at=now)
        return None
    kind = (Kind.LATE if is_late else Kind.TIMELY) if is_mended else Kind.OVERDUE
    event = point_event_add(
        actor=actor, cycle=cycle, kind=kind, at=now, entry=entry, reason=reason.strip()
    )
    if event is None:
        raise DomainError("这次复查的结果已登记")
    record(
        actor=actor, act="points.recheck", subject=entry, summary=event.get_kind_display(), at=now
    )
    recompute(actor, cycle)
    return event


def _check_open(entry: PointEntry, now: datetime) -> None:
    kinds = set(entry.events.values_list("kind", flat=True))
    if Kind.REVOKED in kinds:
        raise DomainError("这项记分已经撤销")
    if kinds & {Kind.TIMELY, Kind.LATE}:
        raise DomainError("这项记分已经整改合格")
    if timezone.localtime(now).year > entry.cycle.year:
        raise DomainError(f"{entry.cycle.year}年度记分周期已结束")
