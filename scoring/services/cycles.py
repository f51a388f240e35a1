"""point_event_add · cycle_lock · cycle_recompute: what happened, and what it adds up to."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from audit.services import record
from documents.models import Document
from documents.services import Issuer, document_issue
from enterprises.models import Enterprise
from scoring import papers
from scoring.models import PointCycle, PointEvent, PublishedGrade, ThresholdEvent
from scoring.points import Total
from scoring.selectors import cycle_total_of, entries_of, hold_until
from tenancy import clock
from tenancy.actors import Actor
from tenancy.models import Agency

COLOURS = {"绿": "green", "黄": "yellow", "橙": "orange", "红": "red"}
State = ThresholdEvent.State
REPORTS: dict[str, str] = {
    ThresholdEvent.Kind.REACHED_12: "points_report",
    ThresholdEvent.Kind.REACHED_18: "points_veto",
}


def tenant_of(enterprise: Enterprise) -> dict[str, Any]:
    """Whose points are: the enterprise's agency and the enterprise, never a provider."""
    return {
        "owner_agency_id": enterprise.owner_agency_id,
        "region_code": enterprise.region_code,
        "provider_org_id": None,
        "enterprise_org_id": enterprise.enterprise_org_id,
    }


def cycle_lock(enterprise: Enterprise, year: int) -> PointCycle:
    """Return the enterprise's cycle of the year, locked; two officers at once wait here."""
    whose = tenant_of(enterprise)
    agency_id = whose.pop("owner_agency_id")
    PointCycle.objects.get_or_create(
        owner_agency_id=agency_id, enterprise=enterprise, year=year, defaults=whose
    )
    return PointCycle.objects.select_for_update(of=("self",), no_key=True).get(
        owner_agency_id=enterprise.owner_agency_id, enterprise=enterprise, year=year
    )


def year_of(moment: datetime) -> int:
    """Return the local year of a moment."""
    return timezone.localtime(moment).year


def cycle_lock_again(cycle_id: int) -> PointCycle:
    """Return a cycle that is there, locked."""
    return PointCycle.objects.select_for_update(of=("self",), no_key=True).get(pk=cycle_id)


def point_event_add(
    *, actor: Actor, cycle: PointCycle, kind: str, at: datetime, reason: str = "", **about: Any
) -> PointEvent | None:
    """Add what happened to points that were given; None if it stands there already.

    `about` names the entry, sheet, recheck, training or appeal. The cycle is locked by the caller.
    """
    same = {name: value for name, value in about.items() if name != "appeal"}
    if PointEvent.objects.filter(cycle=cycle, kind=kind, **same).exists():
        return None
    return PointEvent.objects.create(
        **cycle.tenant, cycle=cycle, kind=kind, happened_at=at, issued_at=at,
        by_name=actor.display[:120], reason=reason[:300], **about,
    )  # fmt: skip


@transaction.atomic
def cycle_recompute(*, actor: Actor, cycle_id: int) -> PointCycle:
    """Add one cycle up anew from its entries and events."""
    cycle = cycle_lock_again(cycle_id)
    recompute(actor, cycle)
    return cycle


def recompute(actor: Actor, cycle: PointCycle) -> Total:
    """Add a locked cycle up, store the total, and note what it crosses (domain.md 2.4.6).

    One that counts in another is added up there.
    """
    if cycle.counts_in_id is not None:
        cycle = cycle_lock_again(cycle.counts_in_id)
    total = cycle_total_of(cycle)
    now = clock.now(cycle.owner_agency_id)
    cycle.total, cycle.gross = total.net, total.gross
    cycle.colour = COLOURS[total.colour]
    cycle.computed_at = now
    cycle.save(update_fields=["total", "gross", "colour", "computed_at"])
    if year_of(now) == cycle.year:
        files = Enterprise.objects.files_of(cycle.enterprise_id).values("pk")
        published = PublishedGrade.objects.filter(enterprise_id__in=files)
        published.exclude(colour=cycle.colour, year=cycle.year).update(
            colour=cycle.colour, year=cycle.year, graded_on=timezone.localdate(now)
        )
    reached: dict[str, bool] = {
        ThresholdEvent.Kind.REACHED_12: total.has_reached_report,
        ThresholdEvent.Kind.REACHED_18: total.has_reached_veto,
    }
    _note_events(actor, cycle, reached, total.net, now)
    return total


def _note_events(
    actor: Actor, cycle: PointCycle, reached: Mapping[str, bool], net: Decimal, now: datetime
) -> None:
    """At most one event of a kind in a cycle; one not sent yet is cancelled when points fall."""
    # What was reported of a file before it was merged into this one is not reported again.
    rows = ThresholdEvent.objects.filter(
        Q(cycle=cycle) | Q(cycle__counts_in=cycle, state=State.SENT)
    )
    rows = rows.select_for_update(of=("self",), no_key=True).order_by(
        F("cycle__counts_in").desc(nulls_last=True)
    )
    events = {event.kind: event for event in rows}
    held = None
    for kind, is_reached in reached.items():
        event = events.get(kind)
        if is_reached and (event is None or event.state in (State.CANCELLED, State.CORRECTED)):
            held = held or hold_until(cycle)
            event = event or ThresholdEvent(
                **cycle.tenant, cycle=cycle, enterprise_id=cycle.enterprise_id, kind=kind
            )
            _draft(event, net, now, held)
        elif not is_reached and event is not None and event.state == State.DRAFTED:
            event.state, event.note = State.CANCELLED, f"累计降为{net}分"
        elif not is_reached and event is not None and (why := _taken_back(event)):
            event.state, event.note = State.CORRECTED, f"抄报后累计更正为{net}分"
            event.corrected_at = now
            _correct(actor, cycle, event, why)
        else:
            continue
        event.save()
        _record(actor, event, net, now)


def _taken_back(event: ThresholdEvent) -> str:
    """Why points of an event that was sent were wrong, '' where they only were reduced.

    To mend in time after a report does not make the report wrong (domain.md 2.4.6).
    """
    if event.state != State.SENT:
        return ""
    rows = event.cycle.point_events.filter(
        kind=PointEvent.Kind.REVOKED, issued_at__gte=event.sent_at
    )
    return "；".join(f"第{e.entry.code}款记分撤销" for e in rows.select_related("entry") if e.entry)


def _correct(actor: Actor, cycle: PointCycle, event: ThresholdEvent, why: str) -> None:
    """Tell whoever was told: the report stays, a letter corrects it (更正函)."""
    agency = Agency.objects.select_related("org").get(pk=event.owner_agency_id)
    sent = Document.objects.filter(
        kind=REPORTS[event.kind], subject_type=event._meta.label_lower, subject_id=str(event.pk)
    )
    content = papers.correction(
        event, agency, entries_of(cycle), cycle_total_of(cycle), sent.order_by("-issued_at").first(),
        why,
    )  # fmt: skip
    document_issue(
        actor=actor, kind="points_correction", subject=event, content=content,
        title=f"关于更正{event.enterprise.name}记分抄报情况的函",
        issuer=Issuer(agency.pk, agency.short_name),
        issue_key=f"points_correction:{event.pk}:{event.corrected_at:%Y%m%d%H%M%S}",
    )  # fmt: skip


def _draft(event: ThresholdEvent, net: Decimal, now: datetime, held: date | None) -> None:
    event.state, event.note = State.DRAFTED, ""
    event.total, event.reached_at, event.hold_until = net, now, held


def _record(actor: Actor, event: ThresholdEvent, net: Decimal, now: datetime) -> None:
    record(
        actor=actor,
        act=f"points.{event.kind}",
        subject=event,
        summary=f"{event.get_kind_display()}：{event.get_state_display()}",
        data={"total": str(net)},
        at=now,
    )
