"""The team of a contract: named by the provider's lead, confirmed one by one by the organizer."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from agencies.access import has_hand_in
from common.pages import act_page, form_page
from documents.models import Document
from inspections import services
from inspections.access import contract_to_watch, team_member_for
from inspections.forms.supervision import NoteForm, TeamForm, WhyForm
from inspections.models import TeamMember
from inspections.supervision import team_rows
from tenancy.request import Request


@login_required
@require_GET
def team(request: Request, pk: int) -> HttpResponse:
    """Everybody who was named, with what the register said, and how it was decided."""
    found, actor = contract_to_watch(request.actor, pk), request.actor
    rows = list(team_rows(found.pk))
    live = [row for row in rows if row.state in TeamMember.LIVE]
    papers = Document.objects.filter(
        kind="team_sheet", subject_type="agencies.servicecontract", subject_id=str(pk)
    )
    waiting = sum(row.state == TeamMember.State.NAMED for row in live)
    context = {
        "contract": found,
        "live": sorted(live, key=lambda row: row.state != TeamMember.State.NAMED),
        "waiting": waiting,
        "past": [row for row in rows if row.state not in TeamMember.LIVE],
        "confirmed": len(live) - waiting,
        "may_name": actor.may("team_name") and found.state == "active",
        "may_drop": actor.may("team_name"),
        "may_confirm": actor.may("team_confirm") and has_hand_in(actor, found),
        "papers": papers.defer("content").order_by("-issued_at")[:5],
    }
    return render(request, "inspections/team.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def team_name(request: Request, pk: int) -> HttpResponse:
    """The lead names somebody."""
    found = contract_to_watch(request.actor, pk, "team_name")
    form = TeamForm(request.POST or None, actor=request.actor, contract=found)
    back = reverse("inspections:team", args=[pk])

    def act(data: dict[str, Any]) -> str:
        services.team_name(actor=request.actor, contract=found, **data)
        return back

    return form_page(
        request, form, act, success="已提名，等待监管部门确认", title="提名项目组成员",
        submit="提名", back=back, back_text="项目组",
        intro="每个人都要经监管部门确认后才能到企业检查。",
    )  # fmt: skip


@login_required
@require_POST
def team_confirm(request: Request, pk: UUID) -> HttpResponse:
    """An officer confirms one person, with what he noted beside him."""
    found = team_member_for(request.actor, pk, "team_confirm")
    note = request.POST.get("note", "")[:300]
    return act_page(
        request,
        lambda: services.team_confirm(actor=request.actor, member=found, note=note),
        reverse("inspections:team", args=[found.contract_id]),
        success=f"已确认{found.name}",
    )


@login_required
@require_http_methods(["GET", "POST"])
def team_reject(request: Request, pk: UUID) -> HttpResponse:
    """An officer does not accept one person."""
    found = team_member_for(request.actor, pk, "team_confirm")
    return _ending(
        request, found, NoteForm(request.POST or None), services.team_reject,
        f"不予确认 · {found.name}", "不予确认",
    )  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def team_withdraw(request: Request, pk: UUID) -> HttpResponse:
    """An officer takes a confirmation back."""
    found = team_member_for(request.actor, pk, "team_confirm")
    return _ending(
        request, found, WhyForm(request.POST or None), services.team_withdraw,
        f"撤销确认 · {found.name}", "撤销确认",
        confirm="撤销后这个人不能再到企业检查，已开始的检查不受影响。确定吗？",
    )  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def team_drop(request: Request, pk: UUID) -> HttpResponse:
    """The lead takes a person off."""
    found = team_member_for(request.actor, pk, "team_name")
    return _ending(
        request, found, WhyForm(request.POST or None), services.team_drop,
        f"移出项目组 · {found.name}", "移出项目组",
        confirm="移出后这个人不能再到企业检查，需要时重新提名、重新确认。确定吗？",
    )  # fmt: skip


def _ending(
    request: Request, found: TeamMember, form: Any, end: Callable[..., Any], title: str,
    submit: str, confirm: str = "",
) -> HttpResponse:  # fmt: skip
    back = reverse("inspections:team", args=[found.contract_id])

    def act(data: dict[str, Any]) -> str:
        end(actor=request.actor, member=found, **data)
        return back

    return form_page(
        request, form, act, success="已办理", title=title, submit=submit, back=back,
        back_text="项目组", confirm=confirm,
    )  # fmt: skip


@login_required
@require_POST
def team_sheet(request: Request, pk: int) -> HttpResponse:
    """准备情况确认表 as the team stands now."""
    found = contract_to_watch(request.actor, pk, "team_confirm")
    return act_page(
        request,
        lambda: services.team_sheet_issue(actor=request.actor, contract=found),
        reverse("inspections:team", args=[pk]),
        success="准备情况确认表正在制作，完成后出现在本页下方",
    )
