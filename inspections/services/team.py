"""team_name · team_confirm · team_reject · team_withdraw · team_drop · team_sheet_issue: who may work
under a contract, looked at person by person before the work begins (准备情况确认, D2)."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from agencies.models import ServiceContract
from audit.services import record
from common.errors import DomainError
from common.pinyin import name_words
from documents.models import Document
from documents.services import Issuer, document_issue
from inspections.models import TeamMember
from inspections.papers.supervision import team_sheet
from notifications.services import notify
from providers.models import StaffCertificate
from providers.standing import barred_people_words
from tenancy import clock
from tenancy.actors import Actor
from tenancy.models import Membership
from workflow.services import transition

State = TeamMember.State


@transaction.atomic
def team_name(
    *, actor: Actor, contract: ServiceContract, membership: Membership, duty: str
) -> TeamMember:
    """The provider's lead puts one of its people on the team of a contract.

    What the register says of the person that day is kept beside him. DomainError names the field.
    """
    if contract.provider_org_id != actor.org_id:
        raise DomainError("只能提名本机构合同的人员")
    if contract.state != ServiceContract.State.ACTIVE:
        raise DomainError(f"合同{contract.get_state_display()}，不能再提名人员")
    if membership.org_id != actor.org_id or not membership.is_active:
        raise DomainError("请选择本机构的在用人员", field="membership")
    if duty not in TeamMember.Duty.values:
        raise DomainError("请选择职责", field="duty")
    now = clock.now(contract.owner_agency_id)
    if barred := barred_people_words([membership], timezone.localdate(now), at=now):
        raise DomainError(f"{barred}，不能提名", field="membership")
    ServiceContract.objects.select_for_update(of=("self",), no_key=True).get(pk=contract.pk)
    same = TeamMember.objects.filter(
        contract=contract, user=membership.user_id, state__in=TeamMember.LIVE
    )
    if found := same.first():
        raise DomainError(
            f"{found.name}已在项目组中（{found.get_state_display()}）", field="membership"
        )
    row = TeamMember.objects.create(
        **contract.tenant, contract=contract, membership=membership, user_id=membership.user_id,
        name=membership.user.name[:40], duty=duty, qualification=membership.qualification,
        certificate_number=membership.certificate_number,
        certificates=_certificates(membership, timezone.localdate(now)),
        named_at=now, named_by_name=actor.display[:80],
        search_text=name_words(membership.user.name[:40]),
    )  # fmt: skip
    record(actor=actor, act="teammember.name", subject=row, summary=row.name, at=now)
    _tell(row, row.owner_agency_id, f"{contract.title}：请核实确认项目组成员{row.name}", now)
    return row


def _certificates(membership: Membership, day: date) -> list[dict[str, str]]:
    """Return the certificates of the person, in whichever role he entered them, as of a day."""
    rows = StaffCertificate.objects.filter(
        membership__user=membership.user_id, provider_org=membership.org_id, removed_at=None
    )
    return [
        {
            "kind": row.get_kind_display(),
            "level": row.get_level_display() if row.level else "",
            "specialty": row.get_specialty_display() if row.specialty else "",
            "number": row.number,
            "valid_until": row.valid_until.isoformat(),
            "standing": row.standing_on(day).label,
            "verified": row.verified_by_name,
        }
        for row in rows.order_by("valid_until", "pk")
    ]


@transaction.atomic
def team_confirm(*, actor: Actor, member: TeamMember, note: str = "") -> TeamMember:
    """An officer of the organizer confirms one person; he may go on visits from this moment."""
    now = clock.now(member.owner_agency_id)
    if lapsed := lapsed_until(member, timezone.localdate(now)):
        raise DomainError(f"{member.name}的证书已于{lapsed:%Y-%m-%d}过期，不能确认")
    return _decide(actor, member, "confirm", now, note=note.strip(), confirmed_at=now)


@transaction.atomic
def team_reject(*, actor: Actor, member: TeamMember, note: str) -> TeamMember:
    """An officer does not accept one person, and says why."""
    if not note.strip():
        raise DomainError("请写明不予确认的原因", field="note")
    now = clock.now(member.owner_agency_id)
    return _decide(actor, member, "reject", now, note=note.strip())


def _decide(
    actor: Actor, member: TeamMember, name: str, now: datetime, **values: Any
) -> TeamMember:
    moved = transition(
        actor=actor, row=member, name=name, summary=member.name, decided_at=now,
        decided_by_name=actor.display[:80], **values,
    )  # fmt: skip
    words = f"：{moved.note}" if moved.note else ""
    _tell_provider(moved, f"项目组成员{moved.name}{moved.get_state_display()}{words}", now)
    return moved


@transaction.atomic
def team_withdraw(*, actor: Actor, member: TeamMember, reason: str) -> TeamMember:
    """An officer takes a confirmation back: no further visits; those begun before stand."""
    if not reason.strip():
        raise DomainError("请写明撤销确认的原因", field="reason")
    now = clock.now(member.owner_agency_id)
    moved = transition(
        actor=actor, row=member, name="withdraw", summary=f"{member.name}：{reason.strip()}",
        ended_at=now, ended_reason=reason.strip(),
    )  # fmt: skip
    _tell_provider(moved, f"项目组成员{moved.name}已撤销确认：{moved.ended_reason}", now)
    return moved


@transaction.atomic
def team_drop(*, actor: Actor, member: TeamMember, reason: str) -> TeamMember:
    """The lead takes a person off the team, confirmed or not."""
    if not reason.strip():
        raise DomainError("请写明移出的原因", field="reason")
    now = clock.now(member.owner_agency_id)
    moved = transition(
        actor=actor, row=member, name="drop", summary=f"{member.name}：{reason.strip()}",
        ended_at=now, ended_reason=reason.strip(),
    )  # fmt: skip
    _tell(moved, moved.owner_agency_id, f"服务机构把{moved.name}移出项目组：{reason.strip()}", now)
    return moved


def lapsed_until(member: TeamMember, day: date) -> date | None:
    """Return the last day of the certificates kept beside a person, if it is over."""
    ends = [date.fromisoformat(one["valid_until"]) for one in member.certificates]
    return max(ends) if ends and max(ends) < day else None


@transaction.atomic
def team_sheet_issue(*, actor: Actor, contract: ServiceContract) -> Document:
    """准备情况确认表 as the team stands now; a later one takes the place of the former."""
    rows: Sequence[TeamMember] = list(
        TeamMember.objects.filter(contract=contract).order_by("named_at", "pk")
    )
    if not rows:
        raise DomainError("服务机构还没有提名项目组成员")
    if waiting := [row.name for row in rows if row.state == State.NAMED]:
        raise DomainError(f"还有人员没有核实：{'、'.join(waiting)}")
    standing = Document.objects.filter(
        kind="team_sheet", subject_type="agencies.servicecontract", subject_id=str(contract.pk),
        state=Document.State.ISSUED,
    )  # fmt: skip
    now = clock.now(contract.owner_agency_id)
    return document_issue(
        actor=actor, kind="team_sheet", subject=contract, content=team_sheet(contract, rows, now),
        title=f"{contract.title}准备情况确认表", issuer=Issuer(actor.org, ""),
        issue_key=f"team_sheet:{contract.pk}:{now.isoformat()}",
        replaces=standing.order_by("-issued_at").first(),
    )  # fmt: skip


def _tell_provider(member: TeamMember, title: str, at: datetime) -> None:
    assert member.provider_org_id is not None  # a contract names its provider
    _tell(member, member.provider_org_id, title, at)


def _tell(member: TeamMember, org_id: int, title: str, at: datetime) -> None:
    url = reverse("inspections:team", args=[member.contract_id])
    notify(org_id=org_id, kind="team.moved", title=title, url=url, at=at)
