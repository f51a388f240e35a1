"""visit_start · inspection_begin · answers_save · visit_note"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from agencies.models import Assignment
from audit.services import record
from common.errors import DomainError
from common.ids import uuid7
from documents.services import Issuer
from enterprises.models import Enterprise, RiskPoint
from enterprises.services import files_hold
from inspections.models import (
    Answer,
    ChecklistTemplate,
    Visit,
    VisitMember,
)
from inspections.selectors import checklist_items, checklists_for
from inspections.supervision import team_gap
from providers.models import Provider
from providers.selectors import lapsed_words, untold
from providers.standing import barred_people_words, must_serve
from tenancy import clock
from tenancy.actors import Actor
from tenancy.models import Membership
from tenancy.selectors import certificate_numbers
from tenancy.services import certified_pair
from workflow.services import transition


@dataclass(frozen=True, slots=True)
class Brought:
    """What a phone brings along: itself, its clock, and the questions it had in hand."""

    device: UUID
    arrived_at: datetime
    template_ids: Sequence[int]
    risk_point_ids: Sequence[UUID]


@transaction.atomic
def visit_start(
    *,
    actor: Actor,
    assignment: Assignment,
    arrived_at: datetime | None = None,
    latitude: Decimal | None = None,
    longitude: Decimal | None = None,
    accuracy: int | None = None,
    member_ids: Sequence[int] = (),
    kind: str = Visit.Kind.SURVEY,
    part: str = Visit.Part.BOTH,
    id: UUID | None = None,
    brought: Brought | None = None,
) -> Visit:
    """Arrive at an enterprise with a team; the same `id` again is the same visit.

    The actor is of the team. Each of a provider's team was confirmed for the contract before it
    arrived (D2: no field work before the last of them was). The provider's first visit moves the
    assignment to 摸底排查; officers come to a spot check or an enforcement check, two of them with
    valid certificates. At the desk a visit has to be finished before the next begins; two phones
    without signal cannot know of each other, so what they brought stands side by side.
    """
    if id is not None and (found := Visit.objects.filter(pk=id).first()):
        return found
    now = clock.now(assignment.owner_agency_id)
    arrived = arrived_at or now
    official = kind in Visit.OFFICIAL
    _check_arrival(arrived, now)
    _check_contract(assignment, arrived)
    locked = Assignment.objects.select_for_update(of=("self",), no_key=True).get(pk=assignment.pk)
    if not official:
        check_open(locked)
    whose = {**assignment.tenant, "provider_org_id": None} if official else assignment.tenant
    if brought is None:
        check_alone(locked, whose["provider_org_id"])
    visit = _create(
        actor, assignment.enterprise, arrived, member_ids, brought,
        **whose, id=id or uuid7(), assignment=assignment, kind=kind, part=part,
        latitude=latitude, longitude=longitude, accuracy=accuracy,
    )  # fmt: skip
    if not official and locked.state == Assignment.Phase.WAITING:
        transition(actor=actor, row=locked, name="begin_survey", surveyed_on=arrived.date())
    return visit


@transaction.atomic
def inspection_begin(
    *,
    actor: Actor,
    enterprise: Enterprise,
    arrived_at: datetime | None = None,
    latitude: Decimal | None = None,
    longitude: Decimal | None = None,
    accuracy: int | None = None,
    member_ids: Sequence[int] = (),
    part: str = Visit.Part.BOTH,
    id: UUID | None = None,
    brought: Brought | None = None,
) -> Visit:
    """监督检查 of the officers' own agency, a township's too; the same `id` again is the same visit.

    It belongs to no batch: the acting agency keeps it, two officers with valid certificates come.
    """
    if id is not None and (found := Visit.objects.filter(pk=id).first()):
        return found
    if not actor.is_agency:
        raise DomainError("监督检查由监管部门进行")
    now = clock.now(actor.org)
    arrived = arrived_at or now
    _check_arrival(arrived, now)
    if brought is None:  # what a phone brings has happened, whatever became of the file since
        files_hold([enterprise.pk])
    whose = {**enterprise.tenant, "owner_agency_id": actor.org, "provider_org_id": None}
    return _create(
        actor, enterprise, arrived, member_ids, brought,
        **whose, id=id or uuid7(), kind=Visit.Kind.INSPECTION, part=part,
        latitude=latitude, longitude=longitude, accuracy=accuracy,
    )  # fmt: skip


def _create(
    actor: Actor,
    enterprise: Enterprise,
    arrived: datetime,
    member_ids: Sequence[int],
    brought: Brought | None,
    **values: Any,
) -> Visit:
    team = _team(actor, member_ids)
    day = timezone.localdate(arrived)
    if not actor.is_agency:
        _check_serving(actor, enterprise, team, arrived)
    numbers = {}
    if values["kind"] in Visit.OFFICIAL:
        certified_pair(team, day)
        numbers = certificate_numbers(team, day)
    elif gap := team_gap(values["assignment"].batch.contract_id, team, arrived):
        raise DomainError(gap, field="members")
    visit = Visit.objects.create(
        enterprise=enterprise,
        started_by_id=actor.member,
        arrived_at=arrived,
        device=brought.device if brought else None,
        phone_arrived_at=brought.arrived_at if brought else None,
        **values,
    )
    templates, points = _questions(enterprise, day, brought)
    visit.templates.set(templates)
    visit.risk_points.set(points)
    VisitMember.objects.bulk_create(_member(visit, m, numbers.get(m.pk, "")) for m in team)
    record(actor=actor, act="visit.start", subject=visit, at=arrived)
    return visit


def _check_serving(
    actor: Actor, enterprise: Enterprise, team: Sequence[Membership], arrived: datetime
) -> None:
    """The provider and each of the team may serve, and the place was told that they come.

    By the moment of arrival: what a phone brings later began before whatever was decided since.
    """
    day = timezone.localdate(arrived)
    must_serve(actor.org, day, at=arrived)
    if barred := barred_people_words(team, day, at=arrived):
        raise DomainError(f"{barred}，不能参加检查", field="members")
    if lapsed := lapsed_words(team, day):
        raise DomainError(f"{lapsed}，不能参加检查", field="members")
    if untold(actor.org, [enterprise.region_code], day):
        raise DomainError(
            "该企业不在本机构的登记地，首次检查前须向当地监管部门告知；"
            "请项目负责人在合同页面办理跨区域执业告知"
        )


def _questions(
    enterprise: Enterprise, day: date, brought: Brought | None
) -> tuple[list[ChecklistTemplate], list[RiskPoint]]:
    """Return what is asked: what the phone had in hand, or what holds on the day.

    A version of a checklist stays as it was, so what was asked three weeks later can be read.
    """
    points = RiskPoint.objects.filter(enterprise=enterprise)
    if brought is None:
        return checklists_for(enterprise, day), list(points.filter(removed_at=None))
    templates = list(ChecklistTemplate.objects.filter(pk__in=brought.template_ids).order_by("pk"))
    if not templates or len(templates) != len(set(brought.template_ids)):
        raise DomainError("手机上的检查表不存在，请重新下载资料")
    return templates, list(points.filter(pk__in=brought.risk_point_ids))


def _check_arrival(arrived: datetime, now: datetime) -> None:
    if arrived > now:
        raise DomainError("到达时间不能晚于现在", field="arrived_at")


def _check_contract(assignment: Assignment, arrived: datetime) -> None:
    starts = assignment.batch.contract.starts_on
    if arrived.date() < starts:
        raise DomainError(f"到达时间不能早于合同开始日期{starts:%Y-%m-%d}", field="arrived_at")


def _team(actor: Actor, member_ids: Sequence[int]) -> list[Membership]:
    wanted = {actor.member, *member_ids}
    people = Membership.objects.own() | Membership.objects.in_force().filter(pk=actor.member)
    found = people.filter(pk__in=wanted, org_id=actor.org_id)
    team = list(found.select_related("user").order_by("pk"))
    if len(team) != len(wanted):
        raise DomainError("检查人员须是本机构在用人员", field="members")
    if len({one.user_id for one in team}) != len(team):
        raise DomainError("检查人员中有同一个人的两个身份", field="members")
    return team


def check_open(assignment: Assignment) -> None:
    """DomainError for an enterprise that the provider no longer works on."""
    if assignment.withdrawn_at:
        raise DomainError("该企业已退出本批次")
    if not assignment.is_open:
        raise DomainError("该企业的复查验收已完成，不能再检查")


def check_alone(assignment: Assignment, provider_org_id: Any) -> None:
    """DomainError while another visit of the same side is open there."""
    same_side = Visit.objects.filter(
        assignment=assignment, state=Visit.State.OPEN, provider_org_id=provider_org_id
    )
    if same_side.exists():
        raise DomainError("该企业有一次检查还没有签字，请先完成那一次")


def _member(visit: Visit, membership: Membership, certificate: str = "") -> VisitMember:
    return VisitMember(
        **visit.tenant,
        visit=visit,
        membership=membership,
        name=membership.person_name[:40],
        qualification=membership.qualification,
        certificate_number=certificate or membership.certificate_number,
    )


def lock_open(visit: Visit) -> Visit:
    """Return the visit locked; DomainError once it is signed or refused."""
    locked = Visit.objects.select_for_update(of=("self",), no_key=True).select_related(
        "assignment__batch__contract", "enterprise"
    )
    found = locked.get(pk=visit.pk)
    if found.state != Visit.State.OPEN:
        raise DomainError(f"这次检查{found.get_state_display()}，不能再改；需要补充请另开一次检查")
    return found


Given = tuple[str, str]  # result, note; an empty result takes the answer back
Answers = Mapping[int | UUID, Given]  # by the id of the question or the risk point


@transaction.atomic
def answers_save(
    *,
    actor: Actor,
    visit: Visit,
    answers: Answers,
    versions: Mapping[int | UUID, tuple[UUID, datetime]] | None = None,
    at: datetime | None = None,
) -> int:
    """Save the answers; an answer again replaces the former one.

    `versions` gives each its version and time, else they are made. DomainError for a question that is not on
    this visit's checklists.
    """
    locked = lock_open(visit)
    asked = {item.pk for item in checklist_items(locked)} | set(
        locked.risk_points.values_list("pk", flat=True)
    )
    if not set(answers) <= asked:
        raise DomainError("检查项不在本次检查表中，请刷新页面", field="item")
    if any(result not in ("", *Answer.Result.values) for result, _ in answers.values()):
        raise DomainError("请选择符合、不符合或不涉及", field="result")
    taken_back = [key for key, (result, _) in answers.items() if not result]
    Answer.objects.filter(_to(taken_back), visit=locked).delete()
    now = at or clock.now(locked.owner_agency_id)
    rows = [
        _answer(locked, key, given, *(versions or {}).get(key, (uuid7(), now)), actor)
        for key, given in answers.items()
        if given[0]
    ]
    for field in ("item", "risk_point"):
        Answer.objects.bulk_create(
            [row for row in rows if getattr(row, f"{field}_id") is not None],
            update_conflicts=True,
            unique_fields=["visit", field],
            update_fields=["result", "note", "version", "answered_at", "answered_by_name"],
        )
    return len(answers)


def _to(keys: Sequence[int | UUID]) -> Q:
    points = [key for key in keys if isinstance(key, UUID)]
    return Q(item__in=[key for key in keys if isinstance(key, int)]) | Q(risk_point__in=points)


def _answer(
    visit: Visit, key: int | UUID, given: Given, version: UUID, at: datetime, actor: Actor
) -> Answer:
    result, note = given
    return Answer(
        **visit.tenant,
        visit=visit,
        item_id=key if isinstance(key, int) else None,
        risk_point_id=key if isinstance(key, UUID) else None,
        result=result,
        note=note[:300],
        version=version,
        answered_at=at,
        answered_by_name=actor.user_name,
    )


@transaction.atomic
def visit_note(*, visit: Visit, process_note: str) -> Visit:
    """Keep the process control record (过程控制记录)."""
    locked = lock_open(visit)
    locked.process_note = process_note.strip()
    locked.save(update_fields=["process_note"])
    return locked


def provider_issuer(actor: Actor) -> Issuer:
    """Return the actor's provider as issuer of papers."""
    short = Provider.objects.filter(pk=actor.org).values_list("short_name", flat=True).first()
    return Issuer(actor.org, short or actor.org_name[:6])
