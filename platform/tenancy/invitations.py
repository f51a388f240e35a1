"""Many at once, and how a link gets there: read_list · invitations_create · invitation_send ·
invitation_extend"""

import csv
import io
import re
import time
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone

from audit.services import record
from common.errors import DomainError
from common.text import has_control, plain, squeeze
from tenancy.actors import Actor
from tenancy.enums import ROLES_OF, OrgKind, Role, SendBy, SendState
from tenancy.models import Invitation, Membership, Organization
from tenancy.services import INVITATION_DAYS, invitation_create
from tenancy.tasks import invitation_send_task

MOST_LINES = 200  # in one list [proposal]
MOST_AN_HOUR = 3  # sendings of one invitation [proposal]
NAME, CERTIFICATE = 40, 40  # characters, as the columns take them
CELLS = re.compile(r"[\t,，;；]|\s{2,}")
HEADS = ("姓名", "名字")


@dataclass(frozen=True, slots=True)
class Line:
    """One person of a list, and what is wrong with the line."""

    number: int
    name: str
    role: Role | None
    role_words: str
    email: str = ""
    phone: str = ""
    certificate_number: str = ""
    problems: list[str] = field(default_factory=list)


def read_list(org: Organization, text: str) -> list[Line]:
    """Read a list, a person a line: 姓名, 角色, then telephone, mailbox, certificate in any order.

    As pasted from a sheet (tabs) or saved as CSV. DomainError for an empty list and a too long one.
    """
    rows = [(n, cells) for n, cells in enumerate(_rows(text), 1) if any(cells)]
    rows = [(n, cells) for n, cells in rows if cells[0] not in HEADS]
    if not rows:
        raise DomainError("请粘贴名单，一行一人", field="lines")
    if len(rows) > MOST_LINES:
        raise DomainError(f"一次最多{MOST_LINES}人，现在是{len(rows)}人，请分几次", field="lines")
    lines = [_line(OrgKind(org.kind), number, cells) for number, cells in rows]
    _mark_known(org, lines)
    return lines


def _rows(text: str) -> list[list[str]]:
    if '"' in text and "\t" not in text:
        return [[plain(cell) for cell in row] or [""] for row in csv.reader(io.StringIO(text))]
    return [[plain(cell) for cell in CELLS.split(line.strip())] for line in text.splitlines()]


def _line(kind: OrgKind, number: int, cells: Sequence[str]) -> Line:
    name, said, rest = cells[0], cells[1] if len(cells) > 1 else "", [c for c in cells[2:] if c]
    roles = {role.label: role for role in ROLES_OF[kind]}
    role = roles.get(squeeze(said))
    problems = []
    if not name or len(name) > NAME or has_control(name):
        problems.append("姓名没有填或者过长")
    if role is None:
        problems.append(f"角色须是：{'、'.join(roles)}")
    found = {"email": "", "phone": "", "certificate_number": ""}
    for cell in rest:
        kind_of = _kind_of(cell)
        if found[kind_of]:
            problems.append(f"“{cell}”看不出是什么，请只填电话、邮箱、证号各一个")
        found[kind_of] = found[kind_of] or (cell if kind_of != "phone" else _digits(cell))
    problems += _wrong(**found)
    return Line(number, name, role, said, **found, problems=problems)


def _digits(text: str) -> str:
    return re.sub(r"[\s()（）-]", "", unicodedata.normalize("NFKC", text))


def _kind_of(cell: str) -> str:
    if "@" in cell:
        return "email"
    digits = _digits(cell).removeprefix("+")
    return "phone" if digits.isdecimal() and len(digits) <= 15 else "certificate_number"


def _wrong(*, email: str, phone: str, certificate_number: str) -> list[str]:
    problems = []
    if email:
        try:
            validate_email(email)
        except ValidationError:
            problems.append("电子邮箱格式不对")
    if phone and len(phone.removeprefix("+")) < 7:
        problems.append("联系电话位数不够")
    if len(certificate_number) > CERTIFICATE:
        problems.append("证号过长")
    return problems


def _mark_known(org: Organization, lines: Sequence[Line]) -> None:
    people = Membership.objects.own().filter(org=org)
    there = set(people.values_list("user__name", "role"))
    open_ones = Invitation.objects.filter(
        org=org, accepted_at=None, revoked_at=None, expires_at__gt=timezone.now()
    )
    asked = set(open_ones.values_list("name", "role"))
    seen: dict[tuple[str, str], int] = {}
    for line in lines:
        key = (line.name, line.role or "")
        if key in there:
            line.problems.append("已有同名同角色的在用人员；确有重名的请单独邀请")
        elif key in asked:
            line.problems.append("已有等待接受的邀请")
        elif key in seen:
            line.problems.append(f"与第{seen[key]}行重复")
        seen.setdefault(key, line.number)


@transaction.atomic
def invitations_create(
    *, actor: Actor, org: Organization, lines: Sequence[Line], send: bool
) -> list[Invitation]:
    """Invite everybody of a list whose line is right, and send the links where there is a way.

    DomainError if no line is right.
    """
    right = [line for line in lines if not line.problems]
    if not right:
        raise DomainError("名单里没有可以邀请的人，请按提示改正", field="lines")
    made = []
    for line in right:
        assert line.role is not None  # or it had a problem
        made.append(
            invitation_create(
                actor=actor, org=org, role=line.role, name=line.name, email=line.email,
                phone=line.phone, certificate_number=line.certificate_number,
            )
        )  # fmt: skip
    for invitation in made:
        if send and (ways := ways_of(invitation)):
            invitation_send(actor=actor, invitation=invitation, by=ways[0])
    return made


def ways_of(invitation: Invitation) -> list[SendBy]:
    """Return how an invitation's link can be sent; a training organisation sends nothing."""
    if invitation.org.is_training:
        return []
    ways = [SendBy.MAIL] if invitation.email and settings.MAIL_IS_SET_UP else []
    return ways + ([SendBy.SMS] if invitation.phone and settings.SMS_URL else [])


@transaction.atomic
def invitation_send(*, actor: Actor, invitation: Invitation, by: str) -> Invitation:
    """Send an invitation's link, after commit, by mail or SMS. DomainError says why it cannot be.

    Not for training: its people's addresses may be real ones, and would be written to.
    """
    row = _locked(invitation)
    if row.is_over:
        raise DomainError("邀请已过期，请先延期")
    if row.org.is_training:
        raise DomainError("演示单位不向外发送，请转交链接或者二维码")
    if by == SendBy.SMS and not settings.SMS_URL:
        raise DomainError("本系统没有接短信网关，请转交链接或者二维码")
    if by == SendBy.MAIL and not settings.MAIL_IS_SET_UP:
        raise DomainError("本系统没有接邮件服务器，请转交链接或者二维码")
    if by not in ways_of(row):
        raise DomainError("邀请里没有填这个联系方式，请转交链接或者二维码")
    now = time.time()
    lately = [moment for moment in row.send_times if now - moment < 3600]
    if len(lately) >= MOST_AN_HOUR:
        raise DomainError(f"一小时内最多发送{MOST_AN_HOUR}次，请稍后再发")
    row.send_by, row.send_state, row.send_error = by, SendState.WAITING, ""
    row.send_times = [*lately, int(now)]
    row.save(update_fields=["send_by", "send_state", "send_error", "send_times"])
    record(actor=actor, act="invitation.send", subject=row, data={"by": by})
    invitation_send_task.send(str(row.pk), row.invited_by_org_id)
    return row


def _locked(invitation: Invitation) -> Invitation:
    rows = Invitation.objects.select_for_update(of=("self",), no_key=True).select_related("org")
    row = rows.get(pk=invitation.pk)
    if row.accepted_at or row.revoked_at:
        raise DomainError("邀请已被使用或已撤回")
    return row


@transaction.atomic
def invitation_extend(*, actor: Actor, invitation: Invitation) -> Invitation:
    """Give an open invitation INVITATION_DAYS days more from now; its link stays the same one."""
    row = _locked(invitation)
    row.expires_at = timezone.now() + timedelta(days=INVITATION_DAYS)
    row.save(update_fields=["expires_at"])
    record(actor=actor, act="invitation.extend", subject=row)
    return row
