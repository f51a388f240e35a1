"""meeting_plan · hold_refusal · meeting_hold · meeting_cancel · attendance_add · attendance_self ·
sides_of · sign_in_token · sign_in_refusal · sign_in · sheet_of_token"""

from base64 import b32decode, b32encode
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from agencies.models import Assignment, ServiceBatch
from audit.services import record
from common.errors import DomainError
from common.scope import acting_as
from documents.services import Issuer, document_issue
from evidence.services import attachment_add
from inspections.models import Meeting, MeetingAttendance
from inspections.papers.meetings import meeting_record
from inspections.services.phases import advance_if_ready
from notifications.services import notify
from providers.models import Provider
from tenancy import clock
from tenancy.actors import Actor
from tenancy.tasks import system_agency
from workflow.services import transition

SALT = "inspections.meeting"
OPENS, CLOSES = timedelta(hours=2), timedelta(hours=6)  # around the meeting's time
LIMIT = 1000  # names on one sheet; whoever floods it is stopped here


@transaction.atomic
def meeting_plan(
    *,
    actor: Actor,
    batch: ServiceBatch,
    kind: str,
    title: str,
    starts_at: datetime,
    place: str,
    host_name: str,
    agenda: str = "",
) -> Meeting:
    """Plan a meeting of a batch; its sign-in sheet opens two hours before it begins."""
    starts = batch.contract.starts_on
    if timezone.localdate(starts_at) < starts:
        raise DomainError(f"时间不能早于合同开始日期{starts:%Y-%m-%d}", field="starts_at")
    now = clock.now(batch.owner_agency_id)
    meeting = Meeting.objects.create(
        **batch.tenant,
        batch=batch,
        kind=kind,
        title=title.strip(),
        starts_at=starts_at,
        place=place.strip(),
        host_name=host_name.strip(),
        agenda=agenda.strip(),
        created_by_id=actor.member,
        created_at=now,
    )
    record(actor=actor, act="meeting.plan", subject=meeting, summary=meeting.title, at=now)
    other = batch.provider_org_id if actor.is_agency else batch.owner_agency_id
    assert other is not None  # a batch always names both
    notify(
        org_id=other,
        kind="meeting.planned",
        title=f"{meeting.get_kind_display()}：{meeting.title}",
        url=f"/meetings/{meeting.pk}/",
        at=now,
    )
    return meeting


def hold_refusal(meeting: Meeting, people: Collection[MeetingAttendance]) -> str:
    """Return why a planned meeting cannot be written down as held yet, or ''.

    Opinions are exchanged between the organizer, who has to be there (D2), and the provider.
    """
    if meeting.starts_at > clock.now(meeting.owner_agency_id):
        return "会议还没有开始，不能登记为已召开"
    if not people:
        return "还没有人签到；请先登记到会人员"
    sides = sides_of(meeting, people)
    if meeting.kind == Meeting.Kind.EXCHANGE:
        missing = [word for word in (ORGANIZER, SERVICE) if not sides[word]]
        if missing:
            return f"意见交换会须双方到会，还没有{'、'.join(missing)}的人员签到"
    return ""


ORGANIZER, SERVICE, FIRM, GUEST = "组织单位", "服务机构", "企业", "其他单位"


def sides_of(meeting: Meeting, people: Iterable[MeetingAttendance]) -> Counter[str]:
    """Count who of which side is there, by the unit under which each signed in."""
    organizer = meeting.owner_agency.org.name
    provider = meeting.provider_org.name if meeting.provider_org else ""
    words = {organizer: ORGANIZER, provider: SERVICE}
    return Counter(
        FIRM if row.assignment_id is not None else words.get(row.unit_name, GUEST) for row in people
    )


@transaction.atomic
def meeting_hold(
    *, actor: Actor, meeting: Meeting, minutes: str, files: Sequence[tuple[str, bytes]] = ()
) -> Meeting:
    """Write the minutes, keep the material, close the sheet, and make 会议记录 of it.

    A kick-off opens the gate of phase 1.
    """
    if not minutes.strip():
        raise DomainError("请填写会议纪要", field="minutes")
    if refusal := hold_refusal(meeting, list(meeting.attendances.all())):
        raise DomainError(refusal)
    now = clock.now(meeting.owner_agency_id)
    held = transition(actor=actor, row=meeting, name="hold", minutes=minutes.strip(), held_at=now)
    for filename, content in files:
        attachment_add(actor=actor, subject=held, filename=filename, content=content)
    document_issue(
        actor=actor,
        kind="meeting_record",
        subject=held,
        content=meeting_record(held, _sides_words(held)),
        title=f"{held.title}{'纪要' if held.kind == Meeting.Kind.EXCHANGE else '会议记录'}",
        issuer=Issuer(actor.org, ""),
    )
    if held.kind == Meeting.Kind.KICKOFF:
        for pk in held.batch.assignments.filter(
            state=Assignment.Phase.SURVEY, withdrawn_at=None
        ).values_list("pk", flat=True):
            advance_if_ready(actor=actor, assignment_id=pk)
    return held


def _sides_words(meeting: Meeting) -> str:
    counts = sides_of(meeting, meeting.attendances.all())
    words = [
        f"{side} {counts[side]} 人" for side in (ORGANIZER, SERVICE, FIRM, GUEST) if counts[side]
    ]
    return "，".join(words)


def meeting_cancel(*, actor: Actor, meeting: Meeting) -> Meeting:
    """It will not take place; who signed in stays on the sheet."""
    return transition(actor=actor, row=meeting, name="cancel")


def attendance_add(
    *, meeting: Meeting, unit_name: str, person_name: str, post: str = "", phone: str = ""
) -> MeetingAttendance:
    """Put somebody without a phone on the sheet, at the desk."""
    row, _ = _put(meeting, unit_name, person_name, post, phone, MeetingAttendance.How.DESK)
    return row


def attendance_self(*, actor: Actor, meeting: Meeting) -> MeetingAttendance:
    """Whoever has signed in to the platform puts himself on the sheet, under his own body's name."""
    how = MeetingAttendance.How.DESK
    row, _ = _put(meeting, actor.org_name, actor.user_name, actor.role_name, "", how)
    return row


@transaction.atomic
def _put(
    meeting: Meeting, unit_name: str, person_name: str, post: str, phone: str, how: str
) -> tuple[MeetingAttendance, bool]:
    """Return the line and whether it is new; the same person of the same unit is one line.

    A unit whose name or credit code is an enterprise's of the batch is tied to it; the short names
    of organizer and provider are written out.
    """
    rows = Meeting.objects.select_for_update(of=("self",), no_key=True)
    locked = rows.select_related("owner_agency__org", "provider_org").get(pk=meeting.pk)
    if locked.state != Meeting.State.PLANNED:
        raise DomainError("签到已经结束")
    unit, person = _written_out(locked, unit_name.strip()), person_name.strip()
    if not unit:
        raise DomainError("请填写单位", field="unit_name")
    if not person:
        raise DomainError("请填写姓名", field="person_name")
    if locked.attendances.count() >= LIMIT:
        raise DomainError("签到人数已达上限，请到现场登记")
    assignment = _assignment_of(locked, unit)
    return MeetingAttendance.objects.get_or_create(
        meeting=locked,
        unit_name=assignment.enterprise.name if assignment else unit,
        person_name=person,
        defaults={
            **locked.tenant,
            "assignment": assignment,
            "post": post.strip(),
            "phone": phone.strip(),
            "how": how,
            "signed_at": clock.now(locked.owner_agency_id),
        },
    )


def _written_out(meeting: Meeting, unit: str) -> str:
    if unit == meeting.owner_agency.short_name:
        return meeting.owner_agency.org.name
    provider = Provider.objects.filter(pk=meeting.provider_org_id, short_name=unit)
    return meeting.provider_org.name if meeting.provider_org and provider.exists() else unit


def _assignment_of(meeting: Meeting, unit: str) -> Assignment | None:
    rows = Assignment.objects.filter(batch=meeting.batch_id, withdrawn_at=None)
    rows = rows.select_related("enterprise")
    return (
        rows.filter(enterprise__name=unit).first()
        or rows.filter(enterprise__credit_code=unit.upper()).first()
    )


def sign_in_token(meeting: Meeting) -> str:
    """Return what stands in the QR code of the sheet: meeting and agency, signed by us.

    Short and in small letters and digits alone: a code read from the last row, an address that
    can be typed by hand.
    """
    pk = _letters(meeting.pk.bytes)
    return f"{pk}-{meeting.owner_agency_id}-{_mark(pk, str(meeting.owner_agency_id))}"


def _letters(value: bytes) -> str:
    return b32encode(value).decode().rstrip("=").lower()


def _mark(pk: str, agency: str) -> str:
    """80 bits of a keyed hash: enough, where each guess is a request to us."""
    return _letters(salted_hmac(SALT, f"{pk}-{agency}", algorithm="sha256").digest()[:10])


def sign_in_claim(token: str) -> tuple[UUID, int]:
    """Return (meeting id, agency id) of a token; DomainError for one that is not ours."""
    pk, _, rest = token.lower().partition("-")
    agency, _, mark = rest.partition("-")
    if not mark.isascii() or not constant_time_compare(mark, _mark(pk, agency)):
        raise DomainError("这个签到码无效，请重新扫描会场的二维码")
    return UUID(bytes=b32decode(pk.upper() + "======")), int(agency)


def sign_in_refusal(meeting: Meeting) -> str:
    """Return why nobody can sign in with a phone at this moment, or ''."""
    if meeting.state == Meeting.State.CANCELLED:
        return "会议已取消"
    if meeting.state != Meeting.State.PLANNED:
        return "签到已经结束"
    now, opens = clock.now(meeting.owner_agency_id), meeting.starts_at - OPENS
    if now < opens:
        return f"签到还没有开始，{timezone.localtime(opens):%Y-%m-%d %H:%M} 起可以签到"
    if now > meeting.starts_at + CLOSES:
        return "签到已经结束，请到现场登记"
    return ""


@transaction.atomic
def sign_in(
    *, token: str, unit_name: str, person_name: str, post: str, phone: str
) -> tuple[MeetingAttendance, bool]:
    """A visitor signs in on his own phone, without an account, while the sheet is open.

    Returns his line and whether it is new.
    """
    pk, agency_id = sign_in_claim(token)
    with acting_as(system_agency(agency_id)):
        meeting = Meeting.objects.select_related("batch").get(pk=pk)
        if refusal := sign_in_refusal(meeting):
            raise DomainError(refusal)
        return _put(meeting, unit_name, person_name, post, phone, MeetingAttendance.How.QR)


@dataclass(frozen=True, slots=True)
class Sheet:
    """What the public page of a meeting's sheet shows, and why it takes no name now ('' if it does)."""

    meeting: Meeting
    refusal: str


def sheet_of_token(token: str) -> Sheet | None:
    """Return the sheet of a token, with nothing that hangs on the meeting."""
    try:
        pk, agency_id = sign_in_claim(token)
    except DomainError:
        return None
    with acting_as(system_agency(agency_id)):
        meeting = Meeting.objects.filter(pk=pk).first()
        return Sheet(meeting, sign_in_refusal(meeting)) if meeting else None
