"""rectification_submit · extension_ask · extension_grant · extension_refuse · extension_answer ·
hazard_recheck · hazard_find_unmended"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.urls import reverse
from django.utils import timezone

from audit.services import record
from common.errors import DomainError
from common.ids import uuid7
from documents.services import Issuer, document_issue
from enterprises.entering import act_entered, was_entered_by
from evidence.models import Photo
from evidence.services import photo_add
from inspections.entering import RECTIFICATION
from inspections.framing import Spot
from inspections.matching.tasks import compare_photos
from inspections.models import Extension, Hazard, Recheck, Rectification
from inspections.papers.deadlines import extension_notice
from inspections.services.signs import signs_due
from inspections.signals import hazard_moved
from notifications.services import notify
from providers.standing import barred_words, must_serve
from tenancy import clock
from tenancy.actors import Actor
from tenancy.models import Agency
from tenancy.selectors import is_same_person, work_calendar
from workflow.services import transition, work_task_close


def _lock(hazard: Hazard) -> Hazard:
    return Hazard.objects.select_for_update(of=("self",), no_key=True).get(pk=hazard.pk)


@transaction.atomic
def rectification_submit(
    *,
    actor: Actor,
    hazard: Hazard,
    text: str,
    responsible_person: str,
    done_on: date,
    cost: Decimal | None = None,
    photos: Sequence[bytes] = (),
    slip: bytes = b"",
    spots: Mapping[str, Spot] | None = None,
) -> Rectification:
    """The enterprise says that a hazard is mended, with photos and words.

    Whoever else enters it for him, the provider or an officer, is named as such, and then a photo of
    the slip he signed is needed. `spots`: {SHA-256 of a photo: where the page's camera took it}.
    DomainError names the field.
    """
    locked = _lock(hazard)
    now = clock.now(locked.owner_agency_id)
    _check_submission(actor, locked, text, responsible_person, done_on, photos, slip)
    last = locked.rectifications.aggregate(last=Max("round"))["last"] or 0
    submission = Rectification.objects.create(
        **locked.tenant,
        hazard=locked,
        round=last + 1,
        text=text.strip(),
        responsible_person=responsible_person.strip(),
        cost=cost,
        done_on=done_on,
        submitted_at=now,
        submitted_by_id=actor.member,
        submitted_by_name=actor.display,
        is_entered_for=not actor.is_enterprise,
    )
    _add_photos(actor, submission, photos, spots or {})
    if slip:
        photo_add(
            actor=actor, subject=submission, purpose=Photo.Purpose.SLIP, content=slip, issued_at=now
        )
    words = f"第{submission.round}次提交整改"
    if submission.is_entered_for:
        words += "（代企业录入）"
        act_entered(
            actor=actor, enterprise=locked.enterprise, kind=RECTIFICATION, subject=submission,
            title=f"{locked.number} 第{submission.round}次整改",
        )  # fmt: skip
    transition(
        actor=actor,
        row=locked,
        name="submit",
        summary=words,
        submitted_at=now,
        rectified_on=done_on,
        responsible_person=submission.responsible_person,
        cost=cost,
        is_overdue=False,
    )
    _tell_provider(locked, f"{locked.number} 已提交整改，请复查")
    signs_due(locked)
    compare_photos.send(locked.owner_agency_id, str(locked.pk))
    return submission


def _add_photos(
    actor: Actor, submission: Rectification, photos: Sequence[bytes], spots: Mapping[str, Spot]
) -> None:
    for content in photos:
        spot = spots.get(hashlib.sha256(content).hexdigest())
        photo_add(
            actor=actor,
            subject=submission,
            purpose=Photo.Purpose.AFTER,
            content=content,
            issued_at=submission.submitted_at,
            latitude=Decimal(f"{spot.latitude:.6f}") if spot else None,
            longitude=Decimal(f"{spot.longitude:.6f}") if spot else None,
            accuracy=spot.accuracy if spot else None,
        )


def _check_submission(
    actor: Actor,
    hazard: Hazard,
    text: str,
    person: str,
    done_on: date,
    photos: Sequence[bytes],
    slip: bytes,
) -> None:
    if not text.strip():
        raise DomainError("请写明怎样整改的", field="text")
    if not person.strip():
        raise DomainError("请填写责任人", field="responsible_person")
    if done_on < hazard.found_on:
        raise DomainError("完成日期不能早于排查日期", field="done_on")
    if done_on > clock.today(hazard.owner_agency_id):
        raise DomainError("完成日期不能晚于今天", field="done_on")
    if not photos:
        raise DomainError("请上传整改后的照片", field="photos")
    if not actor.is_enterprise and not slip:
        raise DomainError("代企业录入须上传企业签字的确认单照片", field="slip")


def _tell_provider(hazard: Hazard, title: str) -> None:
    """Tell who rechecks it: of a provider that may not serve any more, the agency's officers."""
    if hazard.provider_org_id is not None:
        today = clock.today(hazard.owner_agency_id)
        is_out = bool(barred_words(hazard.provider_org_id, today))
        notify(
            org_id=hazard.owner_agency_id if is_out else hazard.provider_org_id,
            kind="hazard.submitted",
            title=title,
            url=reverse("inspections:hazard", args=[hazard.pk]),
            at=clock.now(hazard.owner_agency_id),
        )


@transaction.atomic
def extension_ask(
    *, actor: Actor, hazard: Hazard, reason: str, safeguard: str, wanted_on: date
) -> Extension:
    """Ask for more time; one request at a time, and what protects people meanwhile is part of it."""
    locked = _lock(hazard)
    if locked.state not in Hazard.DUE_STATES:
        raise DomainError("该隐患不在整改中，不需要延期")
    if not reason.strip():
        raise DomainError("请填写延期理由", field="reason")
    if not safeguard.strip():
        raise DomainError("请写明延期期间的防控措施", field="safeguard")
    if wanted_on <= locked.due_on:
        raise DomainError(f"应晚于现在的期限{locked.due_on:%Y-%m-%d}", field="wanted_on")
    if locked.extensions.filter(state=Extension.State.ASKED).exists():
        raise DomainError("已有一个延期申请在等答复")
    now = clock.now(locked.owner_agency_id)
    extension = Extension.objects.create(
        **locked.tenant,
        hazard=locked,
        reason=reason.strip(),
        safeguard=safeguard.strip(),
        old_due_on=locked.due_on,
        wanted_on=wanted_on,
        asked_at=now,
        asked_by_name=actor.display,
    )
    record(actor=actor, act="extension.ask", subject=extension, summary=locked.number, at=now)
    notify(
        org_id=locked.owner_agency_id,
        kind="extension.asked",
        title=f"{locked.number} 申请延期至{wanted_on:%Y-%m-%d}",
        url=reverse("inspections:extension-answer", args=[extension.pk]),
        at=now,
    )
    return extension


@transaction.atomic
def extension_grant(
    *, actor: Actor, extension: Extension, granted_on: date, answer: str = ""
) -> Extension:
    """Agree, perhaps to an earlier day than wanted; the deadline moves and says why."""
    hazard = _lock(extension.hazard)
    now = clock.now(hazard.owner_agency_id)
    _check_other(actor, extension)
    if not extension.old_due_on < granted_on <= extension.wanted_on:
        raise DomainError(
            f"应在{extension.old_due_on:%Y-%m-%d}之后、{extension.wanted_on:%Y-%m-%d}以前",
            field="granted_on",
        )
    granted = transition(
        actor=actor,
        row=extension,
        name="grant",
        granted_on=granted_on,
        answer=answer.strip(),
        answered_at=now,
        answered_by_name=actor.display,
    )
    hazard.due_on, hazard.due_from, hazard.due_days = granted_on, None, None
    hazard.due_reason = f"{now:%Y-%m-%d}同意延期，原期限{extension.old_due_on:%Y-%m-%d}"
    hazard.is_overdue = hazard.is_overdue and granted_on < timezone.localdate(now)
    hazard.save()
    _issue_answer(actor, granted, timezone.localdate(now))
    _tell_answer(hazard, f"{hazard.number} 延期至{granted_on:%Y-%m-%d}")
    return granted


def _check_other(actor: Actor, extension: Extension) -> None:
    if was_entered_by(actor, extension):
        raise DomainError("这个申请由你代企业录入，请其他人员答复")


def extension_refuse(*, actor: Actor, extension: Extension, answer: str) -> Extension:
    """Do not agree; the answer says why and the deadline stays."""
    if not answer.strip():
        raise DomainError("请写明不同意的原因", field="answer")
    with transaction.atomic():
        hazard = _lock(extension.hazard)
        _check_other(actor, extension)
        refused = transition(
            actor=actor,
            row=extension,
            name="refuse",
            answer=answer.strip(),
            answered_at=clock.now(hazard.owner_agency_id),
            answered_by_name=actor.display,
        )
        _issue_answer(actor, refused, clock.today(hazard.owner_agency_id))
        _tell_answer(hazard, f"{hazard.number} 的延期申请未获同意")
    return refused


def extension_answer(
    *, actor: Actor, extension: Extension, decision: str, granted_on: date | None, answer: str
) -> Extension:
    """Agree, to the day asked for unless another is named, or not."""
    if decision != "grant":
        return extension_refuse(actor=actor, extension=extension, answer=answer)
    day = granted_on or extension.wanted_on
    return extension_grant(actor=actor, extension=extension, granted_on=day, answer=answer)


def _issue_answer(actor: Actor, extension: Extension, today: date) -> None:
    """The answer is a paper of its own (整改期限告知书)."""
    agency = Agency.objects.select_related("org").get(pk=extension.owner_agency_id)
    document_issue(
        actor=actor,
        kind="deadline_notice",
        subject=extension,
        content=extension_notice(extension, today),
        title=f"{extension.hazard.number}整改期限告知书",
        issuer=Issuer(agency.pk, agency.short_name),
    )


def _tell_answer(hazard: Hazard, title: str) -> None:
    if hazard.enterprise_org_id is not None:
        notify(
            org_id=hazard.enterprise_org_id,
            kind="extension.answered",
            title=title,
            url=reverse("inspections:hazard", args=[hazard.pk]),
            at=clock.now(hazard.owner_agency_id),
        )


@transaction.atomic
def hazard_recheck(
    *,
    actor: Actor,
    hazard: Hazard,
    result: str,
    reason: str = "",
    new_due_on: date | None = None,
    photos: Sequence[bytes] = (),
    id: UUID | None = None,
    begun_at: datetime | None = None,
) -> Recheck:
    """Look at a submitted hazard again: closed (销号), or back with the reason and a new deadline.

    Whoever entered the submission does not recheck it himself. Of a provider that may not serve any
    more it is frozen (`providers.standing`), but on a visit that began (`begun_at`) before.
    """
    locked = _lock(hazard)
    _check_frozen(actor, locked, begun_at)
    if locked.source in Hazard.OFFICIAL:
        raise DomainError("执法人员查出的隐患由执法人员复查")
    if locked.state != Hazard.State.SUBMITTED:
        raise DomainError("该隐患没有待复查的整改")
    submission = locked.rectifications.order_by("-round")[0]
    if is_same_person(actor, submission.submitted_by_id):
        raise DomainError("代为录入整改的人不能自己复查，请同事复查")
    now = clock.now(locked.owner_agency_id)
    today = timezone.localdate(now)
    passed = result == Recheck.Result.PASSED
    if not passed:
        _check_sent_back(reason, new_due_on, today)
    recheck = Recheck.objects.create(
        id=id or uuid7(),
        **locked.tenant,
        hazard=locked,
        rectification=submission,
        result=result,
        reason=reason.strip(),
        new_due_on=None if passed else new_due_on,
        is_late=locked.is_late_on(today),
        rechecked_at=now,
        rechecked_by_id=actor.member,
        rechecked_by_name=actor.user_name,
    )
    for content in photos:
        photo_add(
            actor=actor,
            subject=recheck,
            purpose=Photo.Purpose.RECHECK,
            content=content,
            issued_at=now,
        )
    _move(actor, locked, recheck, today)
    signs_due(locked)
    compare_photos.send(locked.owner_agency_id, str(locked.pk))
    return recheck


@transaction.atomic
def hazard_find_unmended(
    *,
    actor: Actor,
    hazard: Hazard,
    reason: str,
    new_due_on: date,
    is_refused: bool = False,
    photos: Sequence[bytes] = (),
    id: UUID | None = None,
    begun_at: datetime | None = None,
) -> Recheck:
    """A recheck of what was never handed in: not mended, or the enterprise refuses to mend it.

    Mended after all, the provider enters the rectification for the enterprise with its signed slip.
    """
    locked = _lock(hazard)
    _check_frozen(actor, locked, begun_at)
    if locked.state not in Hazard.DUE_STATES:
        raise DomainError("该隐患不在整改中")
    if locked.source in Hazard.OFFICIAL:
        raise DomainError("执法人员查出的隐患由执法人员复查")
    now = clock.now(locked.owner_agency_id)
    today = timezone.localdate(now)
    _check_sent_back(reason, new_due_on, today)
    recheck = Recheck.objects.create(
        id=id or uuid7(),
        **locked.tenant,
        hazard=locked,
        rectification=None,
        result=Recheck.Result.FAILED,
        reason=reason.strip(),
        new_due_on=new_due_on,
        is_late=locked.is_late_on(today),
        rechecked_at=now,
        rechecked_by_id=actor.member,
        rechecked_by_name=actor.user_name,
    )
    for content in photos:
        photo_add(
            actor=actor, subject=recheck, purpose=Photo.Purpose.RECHECK, content=content,
            issued_at=now,
        )  # fmt: skip
    words = "拒不整改" if is_refused else "未整改"
    transition(
        actor=actor,
        row=locked,
        name="find_unmended",
        summary=f"{words}：{recheck.reason}",
        return_count=locked.return_count + 1,
        is_refused=locked.is_refused or is_refused,
        rechecked_on=today,
        rechecked_by_name=actor.user_name,
        **_again(locked, today, new_due_on),
    )
    _tell_answer(locked, f"{locked.number} 复查：{words}。{recheck.reason}"[:200])
    hazard_moved.send(sender=Hazard, hazard=locked)
    return recheck


def _check_frozen(actor: Actor, hazard: Hazard, begun_at: datetime | None) -> None:
    if actor.is_provider:
        must_serve(actor.org, clock.today(hazard.owner_agency_id), at=begun_at)


def _again(hazard: Hazard, today: date, new_due_on: date) -> dict[str, Any]:
    """The deadline's columns after a recheck that failed: a person set the day."""
    left = work_calendar(hazard.owner_agency_id).between(today, new_due_on)
    return {
        "due_on": new_due_on,
        "due_reason": f"{today:%Y-%m-%d}复查未通过，再次限期{left}个工作日",
        "due_from": None,
        "due_days": None,
        "is_overdue": False,
    }


def _check_sent_back(reason: str, new_due_on: date | None, today: date) -> None:
    if not reason.strip():
        raise DomainError("请写明未整改到位的原因", field="reason")
    if new_due_on is None or new_due_on < today:
        raise DomainError("请给出今天以后的再次整改期限", field="new_due_on")


def _move(actor: Actor, hazard: Hazard, recheck: Recheck, today: date) -> None:
    seen: dict[str, Any] = {"rechecked_on": today, "rechecked_by_name": actor.user_name}
    if recheck.result == Recheck.Result.PASSED:
        closed = transition(
            actor=actor, row=hazard, name="close", closed_at=recheck.rechecked_at, **seen
        )
        work_task_close(actor=actor, row=closed, kind="major_hazard")
    else:
        assert recheck.new_due_on is not None  # checked before
        transition(
            actor=actor,
            row=hazard,
            name="send_back",
            summary=recheck.reason,
            return_count=hazard.return_count + 1,
            **_again(hazard, today, recheck.new_due_on),
            **seen,
        )
        _tell_answer(hazard, f"{hazard.number} 复查未通过：{recheck.reason}"[:200])
    hazard_moved.send(sender=Hazard, hazard=hazard)
