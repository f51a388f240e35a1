"""One sheet and what may be said against it: its record, rechecks, appeals and their answers."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from common.errors import DomainError
from common.pages import act_page, form_page
from common.paging import count_up_to, keyset
from documents.models import Document
from evidence.services import photos_of
from scoring import services
from scoring.access import appeal_for, entry_for, own, own_sheet_for, sheet_for
from scoring.forms.measures import NoteForm
from scoring.forms.sheets import (
    AnswerForm,
    AppealFilter,
    AppealForm,
    ReasonForm,
    RecheckForm,
    RulingForm,
)
from scoring.models import PointAppeal
from scoring.selectors import cycle_total_of
from scoring.services.giving import is_referral_open
from tenancy import clock
from tenancy.access import require, within
from tenancy.request import Request

PAGE = 50


@login_required
def sheet(request: Request, pk: UUID) -> HttpResponse:
    """One sheet: what was given, what became of it, its papers, the one next step."""
    found, actor = sheet_for(request.actor, pk), request.actor
    lines = {line.key: line for line in cycle_total_of(found.cycle).lines}
    entries = list(
        found.entries.select_related("clause", "variant", "hazard").prefetch_related("events")
    )
    appeal = PointAppeal.objects.filter(sheet=found).first()
    today = clock.today(found.owner_agency_id)
    may_speak = (
        actor.may("points_own") and appeal is None
        and found.appeal_until is not None and found.appeal_until >= today
    )  # fmt: skip
    is_own = found.owner_agency_id == actor.org_id
    papers = Document.objects.filter(subject_type="scoring.pointsheet", subject_id=str(found.pk))
    context = {
        "sheet": found,
        "rows": [(entry, lines.get(str(entry.pk))) for entry in entries],
        "photos": photos_of("scoring.pointentry", [e.pk for e in entries], actor=actor),
        "appeal": appeal,
        "may_speak": may_speak,
        "may_recheck": is_own and actor.may("points_give"),
        "may_revoke": is_own and actor.may("point_appeal_decide"),
        "may_refer": is_own and actor.may("points_give") and is_referral_open(found),
        "papers": papers.defer("content").order_by("issued_at"),
    }
    return render(request, "scoring/sheet.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def referred(request: Request, pk: UUID) -> HttpResponse:
    """Note that enforcement took up what the points do not settle."""
    require(request.actor, "points_give")
    found = own(request.actor, sheet_for(request.actor, pk))
    back = reverse("scoring:sheet", args=[found.pk])

    def act(data: dict[str, Any]) -> str:
        services.sheet_referred(actor=request.actor, sheet=found, **data)
        return back

    return form_page(
        request, NoteForm(request.POST or None), act, title="登记移送执法", submit="登记",
        back=back, back_text="记分表", success="已登记",
        intro="记分不代替行政处罚。写明移送给谁、怎样处理，例如立案文号。",
    )  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def recheck(request: Request, pk: UUID) -> HttpResponse:
    """Officers look again at what they gave points for themselves."""
    require(request.actor, "points_give")
    found = entry_for(request.actor, pk)
    back = reverse("scoring:sheet", args=[found.sheet_id])

    def act(data: dict[str, Any]) -> str:
        services.entry_recheck(actor=request.actor, entry=found, **data)
        return back

    return form_page(
        request, RecheckForm(request.POST or None), act, title=f"复查：第{found.code}款",
        submit="登记复查", back=back, back_text="记分表", intro=found.fact, success="已登记复查结果",
    )  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def revoke(request: Request, pk: UUID) -> HttpResponse:
    """Take back an entry that was given by mistake."""
    require(request.actor, "point_appeal_decide")
    found = entry_for(request.actor, pk)
    back = reverse("scoring:sheet", args=[found.sheet_id])

    def act(data: dict[str, Any]) -> str:
        services.entry_revoke(actor=request.actor, entry=found, reason=data["reason"])
        return back

    return form_page(
        request, ReasonForm(request.POST or None), act, title=f"撤销：第{found.code}款",
        submit="撤销这项记分", back=back, back_text="记分表", intro=found.fact,
        confirm="撤销后不能恢复，只能重新记分，确定吗？", success="已撤销",
    )  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def appeal_new(request: Request, pk: UUID) -> HttpResponse:
    """An enterprise speaks against entries of a sheet."""
    found = own_sheet_for(request.actor, pk)
    entries = list(found.entries.order_by("code"))
    form = AppealForm(request.POST or None, request.FILES or None, entries=entries)

    def act(data: dict[str, Any]) -> str:
        made = services.appeal_make(actor=request.actor, sheet=found, **data)
        return reverse("scoring:appeal", args=[made.pk])

    return form_page(
        request, form, act, title="陈述申辩", submit="提交", back_text="记分表",
        back=reverse("scoring:sheet", args=[found.pk]), success="已提交，监管部门将按期答复",
        intro=f"可在{found.appeal_until:%Y年%m月%d日}前提出，一份记分表只能提出一次。",
        draft=f"appeal-{found.pk}",
    )  # fmt: skip


@login_required
@require_POST
def appeal_waive(request: Request, pk: UUID) -> HttpResponse:
    """An enterprise has nothing to say against a sheet."""
    found = own_sheet_for(request.actor, pk)
    return act_page(
        request, lambda: services.appeal_waive(actor=request.actor, sheet=found),
        reverse("scoring:sheet", args=[found.pk]), success="已登记没有异议",
    )  # fmt: skip


@login_required
def appeal_list(request: Request) -> HttpResponse:
    """What enterprises said against their points, the most urgent first."""
    actor = require(request.actor, "points_view")
    form = AppealFilter(request.GET)
    state = form.cleaned_data["state"] if form.is_valid() else ""
    rows = PointAppeal.objects.filter(within(actor), state=state or PointAppeal.State.ASKED)
    order = ["decide_by", "id"] if not state or state == PointAppeal.State.ASKED else ["-id"]
    page = keyset(
        rows.select_related("enterprise", "sheet"), order=order, size=PAGE,
        after=request.GET.get("after", ""), before=request.GET.get("before", ""),
    )  # fmt: skip
    context = {
        "slice": page, "form": form, "count": count_up_to(rows), "today": clock.today(actor.org),
    }  # fmt: skip
    return render(request, "scoring/appeal_list.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def appeal(request: Request, pk: UUID) -> HttpResponse:
    """One appeal; whoever did not give the points decides it here."""
    found, actor = appeal_for(request.actor, pk), request.actor
    items = list(
        found.items.select_related("entry__clause", "entry__variant").order_by("entry__code")
    )
    data = request.POST or None
    rulings = [RulingForm(data, item=item, prefix=f"i{item.pk}") for item in items]
    form = AnswerForm(data)
    if request.method == "POST":
        own(require(actor, "point_appeal_decide"), found)
        are_valid = [one.is_valid() for one in (form, *rulings)]  # each says what is wrong with it
        if all(are_valid):
            try:
                services.appeal_decide(
                    actor=actor, appeal=found, answer=form.cleaned_data["answer"],
                    rulings={ruling.item.entry_id: ruling.ruling for ruling in rulings},
                )  # fmt: skip
            except DomainError as error:
                field = error.field if error.field in form.fields else None
                form.add_error(field, error.message)
            else:
                messages.success(request, "已答复，复核决定书已签发")
                return redirect("scoring:appeal", pk=found.pk)
    lines = {line.key: line for line in cycle_total_of(found.cycle).lines}
    givers = (found.sheet.officer_id, found.sheet.second_officer_id)
    is_open = found.state == PointAppeal.State.ASKED
    papers = Document.objects.filter(subject_type="scoring.pointappeal", subject_id=str(found.pk))
    context = {
        "appeal": found,
        "rows": [(r.item, lines.get(str(r.item.entry_id)), r) for r in rulings],
        "form": form,
        "photos": photos_of("scoring.pointappeal", [found.pk], actor=actor).get(str(found.pk), []),
        "may_decide": is_open
        and actor.may("point_appeal_decide")
        and found.owner_agency_id == actor.org_id
        and actor.member not in givers,
        "is_giver": actor.member in givers,
        "may_withdraw": is_open and actor.may("points_own"),
        "papers": papers.defer("content"),
    }
    return render(request, "scoring/appeal.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def appeal_withdraw(request: Request, pk: UUID) -> HttpResponse:
    """An enterprise takes its appeal back."""
    require(request.actor, "points_own")
    found = appeal_for(request.actor, pk)
    return act_page(
        request, lambda: services.appeal_withdraw(actor=request.actor, appeal=found),
        reverse("scoring:appeal", args=[found.pk]), success="已撤回",
    )  # fmt: skip
