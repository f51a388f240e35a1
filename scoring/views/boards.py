"""Boards and plates of enterprises, and the page that their QR code opens."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from common.pages import form_page
from documents.models import Document
from enterprises.access import enterprise_for
from enterprises.models import RiskPoint
from scoring import services
from scoring.forms.boards import BoardForm, PlateForm
from scoring.models import NoticeBoard, PointCycle, PublishedGrade
from tenancy.access import require
from tenancy.request import Request


@login_required
def board_list(request: Request, pk: int) -> HttpResponse:
    """The versions of an enterprise's board and plate, with their files."""
    require(request.actor, "points_view")
    firm = enterprise_for(request.actor, pk)
    boards = list(NoticeBoard.objects.filter(enterprise=firm).order_by("kind", "-version"))
    papers: dict[str, list[Document]] = {}
    rows = Document.objects.filter(
        subject_type=NoticeBoard._meta.label_lower, subject_id__in=[str(b.pk) for b in boards]
    )
    for paper in rows.defer("content").order_by("title"):
        papers.setdefault(paper.subject_id, []).append(paper)
    context = {
        "enterprise": firm,
        "boards": [(board, papers.get(str(board.pk), [])) for board in boards],
        "grade": PublishedGrade.objects.filter(enterprise_id=firm.pk).first(),
        "may_make": request.actor.may("point_measure"),
    }
    return render(request, "scoring/boards.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def board_new(request: Request, pk: int) -> HttpResponse:
    """Make a board of what the enterprise's file says, its people, and its ways out."""
    actor = require(request.actor, "point_measure")
    firm = enterprise_for(actor, pk)
    points = RiskPoint.objects.filter(enterprise=firm, removed_at=None)
    form = BoardForm(
        request.POST or None, request.FILES or None, points=points,
        initial={"people": f"主要负责人：{firm.principal_name}：全面负责"},
    )  # fmt: skip

    def act(data: dict[str, Any]) -> str:
        services.board_make(
            actor=actor, enterprise=firm, people=data["people"], levels=form.levels,
            fire_words=data["fire_words"], fire_plan=data["fire_plan"],
        )  # fmt: skip
        return reverse("scoring:boards", args=[pk])

    return form_page(
        request, form, act, title=f"{firm.name}：风险告知公示栏", submit="制作",
        back=reverse("scoring:boards", args=[pk]), back_text="公示栏",
        success="正在排版，A2和A4两种尺寸稍后可以下载",
    )  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def plate_new(request: Request, pk: int) -> HttpResponse:
    """Make a small firm's plate."""
    actor = require(request.actor, "point_measure")
    firm = enterprise_for(actor, pk)

    def act(data: dict[str, Any]) -> str:
        services.plate_make(actor=actor, enterprise=firm, contacts=data["contacts"])
        return reverse("scoring:boards", args=[pk])

    return form_page(
        request, PlateForm(request.POST or None), act, title=f"{firm.name}：事故处理流程牌",
        submit="制作", back=reverse("scoring:boards", args=[pk]), back_text="公示栏",
        success="正在排版，A2和A4两种尺寸稍后可以下载",
    )  # fmt: skip


def grade(request: HttpRequest, token: str) -> HttpResponse:
    """What anybody may see of an enterprise: its colour, the day, the board's version. No names."""
    found = PublishedGrade.objects.filter(token=token).first()
    if found is None:
        raise Http404("grade")
    colour = PointCycle.Colour(found.colour).label
    return render(request, "scoring/grade.html", {"grade": found, "colour": colour})
