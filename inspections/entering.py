"""What can be entered of a hazard for an owner without a phone: that it is mended, or takes longer."""

from django.db.models import QuerySet
from django.urls import reverse

from agencies.grants import assigned_to
from enterprises.entering import Duty, Kind, register_kind
from enterprises.models import Enterprise
from inspections.access import LEADS, hazards_of
from inspections.models import Extension, Hazard
from tenancy.actors import Actor

RECTIFICATION, EXTENSION = "rectification", "extension"
MENDED = ("整改措施和结果", "完成日期", "整改责任人", "花费（元）")
LATER = ("希望延到哪一天", "延期理由", "延期期间怎样保证安全")


def register() -> None:
    """Name both kinds."""
    register_kind(
        Kind(RECTIFICATION, "整改", rectifications, is_for_providers=True, needs_mark=False)
    )
    register_kind(Kind(EXTENSION, "申请延期", extensions, is_for_providers=True))


def _due(actor: Actor, enterprise: Enterprise) -> QuerySet[Hazard]:
    """What is to be mended: of a provider's inspector, on the assignments that he was put on."""
    rows = hazards_of(actor).filter(enterprise__in=enterprise.files, state__in=Hazard.DUE_STATES)
    if actor.is_provider and actor.role not in LEADS:
        rows = rows.filter(assignment__in=assigned_to(actor.places).values("pk"))
    elif actor.is_provider:
        rows = rows.exclude(assignment=None)
    return rows.order_by("due_on", "number")


def _words(hazard: Hazard) -> str:
    return f"{hazard.number} {hazard.place}：{hazard.description}"


def rectifications(actor: Actor, enterprise: Enterprise) -> list[Duty]:
    """Return the hazards to be mended."""
    return [
        Duty(_words(row), reverse("inspections:submit", args=[row.pk]), MENDED, row.due_on)
        for row in _due(actor, enterprise)
    ]


def extensions(actor: Actor, enterprise: Enterprise) -> list[Duty]:
    """Return the hazards for which nobody waits for an answer about more time."""
    waiting = Extension.objects.filter(state=Extension.State.ASKED)
    rows = _due(actor, enterprise).exclude(extensions__in=waiting)
    return [
        Duty(_words(row), reverse("inspections:extension-enter", args=[row.pk]), LATER, row.due_on)
        for row in rows
    ]
