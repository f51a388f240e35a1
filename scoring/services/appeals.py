"""appeal_make · appeal_waive · appeal_withdraw · appeal_decide · entry_revoke: points spoken against, taken back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from audit.services import record
from common.errors import DomainError
from documents.services import Issuer, document_issue
from enterprises.entering import was_entered_by
from evidence.models import Photo
from evidence.services import photo_add
from notifications.services import notify
from scoring import papers
from scoring.models import (
    GravityVariant,
    PointAppeal,
    PointAppealItem,
    PointCycle,
    PointEntry,
    PointEvent,
    PointSheet,
)
from scoring.points import Parameters
from scoring.selectors import cycle_total_of
from scoring.services.cycles import cycle_lock_again, point_event_add, recompute
from scoring.services.following import hazard_follow
from scoring.services.giving import Given, entry_of
from tenancy import clock
from tenancy.actors import Actor
from tenancy.models import Agency
from tenancy.selectors import is_same_person, work_calendar
from workflow.services import transition

Decision = PointAppealItem.Decision


@dataclass(frozen=True, slots=True)
class Ruling:
    """What is decided of one entry; a change says what counts instead."""

    decision: str
    note: str = ""
    units: int = 1
    variant: GravityVariant | None = None


@transaction.atomic
def appeal_make(
    *,
    actor: Actor,
    sheet: PointSheet,
    entries: Sequence[UUID],
    reason: str,
    photos: Sequence[bytes] = (),
) -> PointAppeal:
    """The enterprise speaks against entries of a sheet (陈述申辩), within its days, once.

    Until it is answered nothing of the cycle is reported. DomainError names the field.
    """
    now = clock.now(sheet.owner_agency_id)
    if not reason.strip():
        raise DomainError("请写明理由", field="reason")
    rows = list(sheet.entries.filter(pk__in=entries))
    if not rows or len(rows) != len(set(entries)):
        raise DomainError("请选择对哪些记分有异议", field="entries")
    rules = Parameters.of(sheet.book.parameters)
    last = work_calendar(sheet.owner_agency_id).add(timezone.localdate(now), rules.decision_days)
    appeal = _speak(actor, sheet, now, reason=reason.strip(), decide_by=last.date)
    PointAppealItem.objects.bulk_create(
        PointAppealItem(**sheet.tenant, appeal=appeal, entry=row) for row in rows
    )
    for content in photos:
        photo_add(
            actor=actor, subject=appeal, purpose=Photo.Purpose.BEFORE, content=content,
            issued_at=now,
        )  # fmt: skip
    notify(
        org_id=appeal.owner_agency_id, kind="points.appeal", at=now,
        url=reverse("scoring:appeal", args=[appeal.pk]),
        title=f"{appeal.enterprise.name}提出记分陈述申辩，{last.date:%Y-%m-%d}前答复",
    )  # fmt: skip
    return appeal


@transaction.atomic
def appeal_waive(*, actor: Actor, sheet: PointSheet) -> PointAppeal:
    """The enterprise has nothing to say against a sheet: nobody waits for it any longer."""
    now = clock.now(sheet.owner_agency_id)
    return _speak(actor, sheet, now, state=PointAppeal.State.WAIVED)


def _speak(actor: Actor, sheet: PointSheet, now: datetime, **words: Any) -> PointAppeal:
    if sheet.appeal_until is None or timezone.localdate(now) > sheet.appeal_until:
        raise DomainError(f"陈述申辩期已于{sheet.appeal_until:%Y-%m-%d}结束")
    if PointAppeal.objects.filter(sheet=sheet).exists():
        raise DomainError("这份记分表已提出过陈述申辩，或者已放弃")
    appeal = PointAppeal.objects.create(
        **sheet.tenant, sheet=sheet, enterprise_id=sheet.enterprise_id, cycle_id=sheet.cycle_id,
        asked_at=now, asked_by_name=actor.display[:40], **words,
    )  # fmt: skip
    record(
        actor=actor, act="pointappeal.make", subject=appeal, summary=appeal.get_state_display(),
        at=now,
    )  # fmt: skip
    return appeal


def appeal_withdraw(*, actor: Actor, appeal: PointAppeal) -> PointAppeal:
    """The enterprise takes its appeal back; everything stands as it was given."""
    return transition(actor=actor, row=appeal, name="withdraw")


@transaction.atomic
def appeal_decide(
    *, actor: Actor, appeal: PointAppeal, rulings: Mapping[UUID, Ruling], answer: str
) -> PointAppeal:
    """Decide every entry of an appeal; the decision is a paper, and the total follows it.

    Whoever gave the points does not decide. DomainError names the field.
    """
    sheet = appeal.sheet
    if is_same_person(actor, sheet.officer_id, sheet.second_officer_id):
        raise DomainError("记分人员不能复核自己的记分，请由其他人员复核")
    if was_entered_by(actor, appeal):
        raise DomainError("这份陈述申辩由你代企业录入，请其他人员复核")
    if not answer.strip():
        raise DomainError("请写明复核意见", field="answer")
    items = {item.entry_id: item for item in appeal.items.select_related("entry__clause")}
    if set(items) != set(rulings):
        raise DomainError("请对每一项作出决定", field="rulings")
    cycle = cycle_lock_again(sheet.cycle_id)
    before = cycle_total_of(cycle)
    now = clock.now(sheet.owner_agency_id)
    decided = transition(
        actor=actor, row=appeal, name="decide", decided_at=now, decided_by_id=actor.member,
        decided_by_name=actor.display[:40], answer=answer.strip(),
    )  # fmt: skip
    for entry_id, ruling in rulings.items():
        _rule(actor, cycle, decided, items[entry_id], ruling)
    for hazard_id in {item.entry.hazard_id for item in items.values() if item.entry.hazard_id}:
        hazard_follow(actor=actor, hazard_id=hazard_id)  # the new entry was mended too
    after = recompute(actor, cycle)
    agency = Agency.objects.select_related("org").get(pk=sheet.owner_agency_id)
    document_issue(
        actor=actor, kind="points_appeal", subject=decided,
        content=papers.appeal_decision(
            decided, agency, {line.key: line.net for line in before.lines}, before.net, after.net
        ),
        title=f"{appeal.enterprise.name}记分陈述申辩复核决定书",
        issuer=Issuer(agency.pk, agency.short_name),
    )  # fmt: skip
    _tell(decided)
    return decided


def _rule(
    actor: Actor, cycle: PointCycle, appeal: PointAppeal, item: PointAppealItem, ruling: Ruling
) -> None:
    if ruling.decision not in Decision.values:
        raise DomainError("请选择维持、变更或者撤销", field="rulings")
    if ruling.decision != Decision.UPHELD and not ruling.note.strip():
        raise DomainError(f"请写明第{item.entry.code}款变更或者撤销的原因", field="rulings")
    assert appeal.decided_at is not None  # decided
    item.decision, item.note = ruling.decision, ruling.note.strip()
    item.save(update_fields=["decision", "note"])
    if ruling.decision == Decision.UPHELD:
        return
    if ruling.decision == Decision.CHANGED:
        _replace(item.entry, cycle, appeal, ruling)
    point_event_add(
        actor=actor, cycle=cycle, kind=PointEvent.Kind.REVOKED, at=appeal.decided_at,
        entry=item.entry, appeal=appeal, reason=ruling.note.strip(),
    )  # fmt: skip


def _replace(
    entry: PointEntry, cycle: PointCycle, appeal: PointAppeal, ruling: Ruling
) -> PointEntry:
    """A correction is the old entry taken back and a new one that names it (2.4.9)."""
    rules = Parameters.of(appeal.sheet.book.parameters)
    given = Given(
        clause=entry.clause, hazard=entry.hazard, variant=ruling.variant, units=ruling.units,
        is_corrected_on_site=entry.is_corrected_on_site, fact=entry.fact, due_on=entry.due_on,
    )  # fmt: skip
    assert appeal.decided_at is not None  # decided
    new = entry_of(appeal.sheet, cycle, given, rules, appeal.decided_at)
    if new.base >= entry.base:
        raise DomainError("变更后的分值须低于原记分", field="rulings")
    new.replaces = entry
    new.save(force_insert=True)
    return new


def _tell(appeal: PointAppeal) -> None:
    if appeal.enterprise_org_id is not None and appeal.decided_at is not None:
        notify(
            org_id=appeal.enterprise_org_id, kind="points.appeal_decided",
            title=f"记分陈述申辩已答复：{appeal.answer}",
            url=reverse("scoring:appeal", args=[appeal.pk]), at=appeal.decided_at,
        )  # fmt: skip


@transaction.atomic
def entry_revoke(*, actor: Actor, entry: PointEntry, reason: str) -> PointEvent:
    """Take an entry back that was given by mistake; it stays on record, and says why."""
    if not reason.strip():
        raise DomainError("请写明撤销原因", field="reason")
    cycle = cycle_lock_again(entry.cycle_id)
    now = clock.now(entry.owner_agency_id)
    event = point_event_add(
        actor=actor, cycle=cycle, kind=PointEvent.Kind.REVOKED, at=now, entry=entry,
        reason=reason.strip(),
    )  # fmt: skip
    if event is None:
        raise DomainError("这项记分已经撤销")
    record(actor=actor, act="points.revoke", subject=entry, summary=reason.strip()[:300], at=now)
    recompute(actor, cycle)
    return event
