"""board_make · plate_make · grade_publish · grades_renew: what hangs on the wall, and what the public sees."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Max, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone

from audit.services import record
from common.errors import DomainError
from documents.frozen import freeze
from documents.photos import PhotoRef
from documents.services import Issuer, document_issue
from enterprises.models import Enterprise, RiskPoint
from evidence.models import Photo
from evidence.services import photo_add
from scoring.boards import (
    REPORT_ITEMS,
    STEPS,
    BoardDocument,
    BoardPerson,
    BoardRisk,
    PlateContact,
    PlateDocument,
)
from scoring.models import NoticeBoard, PointCycle, PublishedGrade
from scoring.selectors import presentation_of
from scoring.services.cycles import tenant_of
from tenancy import clock
from tenancy.actors import Actor
from tenancy.models import Agency

SIZES = ("A2", "A4")
BOARD_TITLE = "风险告知公示栏"
UNKNOWN_LEVEL = "未定级"
Kind = NoticeBoard.Kind


@transaction.atomic
def board_make(
    *,
    actor: Actor,
    enterprise: Enterprise,
    people: Sequence[BoardPerson],
    levels: dict[str, str],
    fire_words: str,
    fire_plan: bytes = b"",
) -> NoticeBoard:
    """Make a new version of an enterprise's board, in both sizes. DomainError names the field.

    `levels` are {risk point: its level, as the enterprise assessed it}.
    """
    if not people:
        raise DomainError("请填写安全生产组织架构", field="people")
    if not fire_words.strip() and not fire_plan:
        raise DomainError("请上传消防通道平面图，或者写明通道和出口", field="fire_words")
    points = list(RiskPoint.objects.filter(enterprise=enterprise, removed_at=None))
    if not points:
        raise DomainError("请先在企业档案里登记风险点，公示栏要与现场逐项对应")
    board, now = _board(actor, enterprise, Kind.BOARD)
    agency = Agency.objects.select_related("org").get(pk=enterprise.owner_agency_id)
    grade = grade_publish(enterprise, agency, board.version)
    content = BoardDocument(
        training=agency.org.is_training,
        agency_name=agency.org.name,
        enterprise_name=enterprise.name,
        version=board.version,
        year=grade.year,
        colour=PointCycle.Colour(grade.colour).label,
        graded_on=grade.graded_on,
        risks=tuple(
            BoardRisk(p.place, p.risk, levels.get(str(p.pk)) or UNKNOWN_LEVEL, p.measure)
            for p in points
        ),
        overview=_overview(enterprise),
        people=tuple(people),
        fire_plan=_fire_plan(actor, board, fire_plan),
        fire_words=fire_words.strip(),
        public_url=public_url(grade),
        made_on=timezone.localdate(now),
        size=SIZES[0],
        title=presentation_of(agency.pk).board_title or BOARD_TITLE,
    )
    _issue(actor, board, agency, "notice_board", "风险告知公示栏", content)
    return board


@transaction.atomic
def plate_make(
    *, actor: Actor, enterprise: Enterprise, contacts: Sequence[PlateContact]
) -> NoticeBoard:
    """Make a new version of a small firm's plate, in both sizes. DomainError names the field."""
    if not contacts:
        raise DomainError("请填写事故报告的联系人和电话", field="contacts")
    board, now = _board(actor, enterprise, Kind.PLATE)
    agency = Agency.objects.select_related("org").get(pk=enterprise.owner_agency_id)
    grade = grade_publish(enterprise, agency, board.version)
    content = PlateDocument(
        training=agency.org.is_training,
        agency_name=agency.org.name,
        enterprise_name=enterprise.name,
        version=board.version,
        steps=STEPS,
        report_items=REPORT_ITEMS,
        contacts=tuple(contacts),
        public_url=public_url(grade),
        made_on=timezone.localdate(now),
        size=SIZES[0],
    )
    _issue(actor, board, agency, "accident_plate", "安全生产事故处理流程牌", content)
    return board


def _board(actor: Actor, enterprise: Enterprise, kind: str) -> tuple[NoticeBoard, Any]:
    Enterprise.objects.select_for_update(of=("self",), no_key=True).get(
        pk=enterprise.pk
    )  # versions in a row
    rows = NoticeBoard.objects.filter(enterprise=enterprise, kind=kind)
    last = rows.aggregate(last=Max("version"))["last"] or 0
    now = clock.now(enterprise.owner_agency_id)
    board = NoticeBoard.objects.create(
        **tenant_of(enterprise), enterprise=enterprise, kind=kind, version=last + 1, content={},
        made_at=now, issued_at=now, made_by_name=actor.display[:40],
    )  # fmt: skip
    record(actor=actor, act="noticeboard.make", subject=board, summary=f"第{last + 1}版", at=now)
    return board, now


def _overview(enterprise: Enterprise) -> tuple[tuple[str, str], ...]:
    return (
        ("统一社会信用代码", enterprise.credit_code),
        ("地址", enterprise.address or "—"),
        ("行业", enterprise.industry or "—"),
        ("从业人员", f"{enterprise.employee_count}人" if enterprise.employee_count else "—"),
        ("主要负责人", enterprise.principal_name or "—"),
    )


def _fire_plan(actor: Actor, board: NoticeBoard, content: bytes) -> PhotoRef | None:
    if not content:
        return None
    photo = photo_add(actor=actor, subject=board, purpose=Photo.Purpose.SITE, content=content)
    return PhotoRef("消防通道平面分布", photo.sha256)


def _issue(
    actor: Actor, board: NoticeBoard, agency: Agency, kind: str, title: str, content: Any
) -> None:
    board.content = freeze(content)
    board.save(update_fields=["content"])
    for size in SIZES:
        document_issue(
            actor=actor, kind=kind, subject=board, content=replace(content, size=size),
            title=f"{board.enterprise.name}{title}第{board.version}版（{size}）",
            issuer=Issuer(agency.pk, agency.short_name), issue_key=f"{board.pk}:{size}",
        )  # fmt: skip


def grade_publish(enterprise: Enterprise, agency: Agency, version: int) -> PublishedGrade:
    """Copy out what the public sees of an enterprise: its colour, and the version that hangs."""
    today = clock.today(enterprise.owner_agency_id)
    cycle = PointCycle.objects.filter(enterprise=enterprise, year=today.year).first()
    grade, _ = PublishedGrade.objects.update_or_create(
        enterprise_id=enterprise.pk,
        defaults={
            "owner_agency_id": enterprise.owner_agency_id,
            "region_code": enterprise.region_code,
            "enterprise_name": enterprise.name,
            "agency_name": agency.org.name,
            "year": today.year,
            "colour": cycle.colour if cycle else PointCycle.Colour.GREEN,
            "graded_on": today,
            "board_version": version,
            "is_training": agency.org.is_training,
        },
    )
    return grade


@transaction.atomic
def grades_renew(*, agency_id: int) -> int:
    """Begin the year's grades where last year's still stand: no points yet is green.

    Returns how many. Points given since have told the public already (cycle_recompute).
    """
    today = clock.today(agency_id)
    firm = OuterRef("enterprise_id")  # what hangs on the wall of a merged file shows the other's
    of_firm = Q(enterprise=firm) | Q(enterprise__former_files=firm)
    cycles = PointCycle.objects.filter(of_firm, counts_in=None, year=today.year).order_by("pk")
    colour = Coalesce(Subquery(cycles.values("colour")[:1]), Value(PointCycle.Colour.GREEN))
    old = PublishedGrade.objects.filter(owner_agency_id=agency_id, year__lt=today.year)
    return old.update(colour=colour, year=today.year, graded_on=today)


def public_url(grade: PublishedGrade) -> str:
    """Return the address that a board's QR code opens."""
    return f"{settings.SITE_URL.rstrip('/')}{reverse('scoring:grade', args=[grade.token])}"
