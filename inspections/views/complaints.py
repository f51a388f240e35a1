"""Complaints about providers, and the breaches that were found true."""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from agencies.access import has_hand_in
from common.pages import form_page
from common.paging import count_up_to, keyset
from enterprises.models import Enterprise
from evidence.services import attachments_of
from inspections import services
from inspections.access import breach_for, complaint_for, contract_to_watch
from inspections.forms.supervision import (
    ComplaintFilter,
    HandleForm,
    OfficerComplaintForm,
    OwnBreachForm,
    OwnComplaintForm,
    RejectForm,
    VerifyForm,
    WhyForm,
)
from inspections.models import Complaint, VerifiedBreach
from inspections.services.complaints import contracts_serving
from tenancy import clock
from tenancy.access import require, within
from tenancy.request import Request
from tenancy.selectors import work_calendars

PAGE = 50
LIST = "inspections:complaint-list"


@login_required
@require_GET
def complaint_list(request: Request) -> HttpResponse:
    """What is said against providers: what is still to be answered first."""
    actor = require(request.actor, "complaint_handle")
    form = ComplaintFilter(request.GET)
    rows = Complaint.objects.filter(within(actor))
    chosen = form.cleaned_data if form.is_valid() else {"state": "none"}
    if not chosen["state"]:
        rows = rows.filter(state__in=Complaint.OPEN)
    elif chosen["state"] != "all":
        rows = rows.filter(state=chosen["state"])
    for name in ("kind", "contract"):
        if chosen.get(name):
            rows = rows.filter(**{name: chosen[name]})
    page = keyset(
        rows.select_related("about", "enterprise"), order=["-received_at", "id"], size=PAGE,
        after=request.GET.get("after", ""), before=request.GET.get("before", ""),
    )  # fmt: skip
    context = {
        "form": form,
        "chips": _chips(chosen),
        "slice": page,
        "rows": _with_days(page.rows),
        "count": count_up_to(rows),
        "region": actor.org,
    }
    return render(request, "inspections/complaint_list.html", context)


def _chips(chosen: dict[str, Any]) -> list[tuple[str, str]]:
    found = []
    if state := chosen.get("state"):
        words = dict(ComplaintFilter.base_fields["state"].choices)  # type: ignore[attr-defined]
        found.append((f"状态：{words.get(state, state)}", "state"))
    if kind := chosen.get("kind"):
        found.append((f"事项：{dict(Complaint._meta.get_field('kind').flatchoices)[kind]}", "kind"))
    return found + [("只看一份合同", "contract")] * bool(chosen.get("contract"))


def _with_days(rows: list[Complaint]) -> list[tuple[Complaint, int | None]]:
    """Return each complaint with the working days that are left for it, None once it is closed."""
    agencies = {row.owner_agency_id for row in rows}
    calendars, todays = work_calendars(agencies), clock.todays(agencies)
    return [
        (
            row,
            calendars[row.owner_agency_id].between(todays[row.owner_agency_id], row.due_on)
            if row.state in Complaint.OPEN
            else None,
        )
        for row in rows
    ]


@login_required
@require_http_methods(["GET", "POST"])
def complaint_new(request: Request) -> HttpResponse:
    """An officer takes down what somebody said."""
    actor = require(request.actor, "complaint_handle")
    form = OfficerComplaintForm(request.POST or None, request.FILES or None, actor=actor)

    def act(data: dict[str, Any]) -> str:
        made = services.complaint_enter(actor=actor, **data)
        return reverse("inspections:complaint", args=[made.pk])

    return form_page(
        request, form, act, success="已登记", title="登记投诉举报", submit="登记",
        back=reverse(LIST), back_text="投诉举报", draft="complaint",
        intro="投诉人的姓名和电话加密保存，只有承办人和负责人能看；服务机构看不到投诉。",
    )  # fmt: skip


@login_required
@require_GET
def complaint(request: Request, pk: UUID) -> HttpResponse:
    """One complaint, and the next step."""
    found, actor = complaint_for(request.actor, pk), request.actor
    [(_, days)] = _with_days([found])
    files = attachments_of("inspections.complaint", [found.pk], actor=actor)
    context = {
        "complaint": found,
        "days": days,
        "files": files.get(str(found.pk), []),
        "breach": getattr(found, "breach", None),
        "may_act": found.owner_agency_id == actor.org_id,
    }
    return render(request, "inspections/complaint.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def complaint_handle(request: Request, pk: UUID) -> HttpResponse:
    """An officer takes it up."""
    found = complaint_for(request.actor, pk, acts=True)
    back = reverse("inspections:complaint", args=[pk])
    form = HandleForm(request.POST or None, actor=request.actor, initial={"about": found.about_id})

    def act(data: dict[str, Any]) -> str:
        services.complaint_handle(actor=request.actor, complaint=found, **data)
        return back

    return form_page(
        request, form, act, success="已受理，由你承办", title="受理投诉举报", submit="受理",
        back=back, back_text="投诉举报", intro=f"投诉人写的机构名称：{found.about_name}",
    )  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def complaint_reject(request: Request, pk: UUID) -> HttpResponse:
    """It is not true."""
    found = complaint_for(request.actor, pk, acts=True)
    back = reverse("inspections:complaint", args=[pk])

    def act(data: dict[str, Any]) -> str:
        services.complaint_reject(actor=request.actor, complaint=found, **data)
        return back

    return form_page(
        request, RejectForm(request.POST or None), act, success="已办结并答复", submit="办结并答复",
        title="核查为不属实", note=f"投诉的情况：{found.text}", back=back, back_text="投诉举报",
        draft=f"complaint-{pk}", confirm="办结后不能再改。确定吗？",
    )  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def complaint_verify(request: Request, pk: UUID) -> HttpResponse:
    """It is true: a breach is written down."""
    found = complaint_for(request.actor, pk, acts=True)
    back = reverse("inspections:complaint", args=[pk])
    start = {"kind": found.kind, "happened_on": found.happened_on, "contract": found.contract_id}
    form = VerifyForm(
        request.POST or None, request.FILES or None, actor=request.actor, complaint=found,
        initial=start,
    )  # fmt: skip

    def act(data: dict[str, Any]) -> str:
        made = services.complaint_verify(actor=request.actor, complaint=found, **data)
        return reverse("inspections:breach", args=[made.pk])

    return form_page(
        request, form, act, success="已认定违约行为并答复投诉人", submit="认定并答复",
        title="核查属实", note=f"投诉的情况：{found.text}", back=back, back_text="投诉举报", draft=f"complaint-{pk}",
        intro="事实和证据由服务机构和监管部门看；不要写出投诉人。",
        confirm="认定后进入考评，只能撤销，不能修改。确定吗？",
    )  # fmt: skip


# an enterprise's own


@login_required
@require_GET
def complaints_own(request: Request) -> HttpResponse:
    """What an enterprise said, and what it was answered."""
    actor = require(request.actor, "complaint_make")
    rows = Complaint.objects.filter(enterprise_org__in=actor.orgs).select_related("about")
    context = {"rows": list(rows.order_by("-received_at", "pk")[:PAGE])}
    return render(request, "inspections/complaints_own.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def complaint_make(request: Request) -> HttpResponse:
    """An enterprise complains about a provider that serves it."""
    actor = require(request.actor, "complaint_make")
    served = {
        row.pk: (firm, row)
        for firm in Enterprise.objects.filter(enterprise_org=actor.org_id).order_by("pk")
        for row in contracts_serving(firm)
    }
    form = OwnComplaintForm(
        request.POST or None, request.FILES or None, contracts=[row for _, row in served.values()]
    )

    def act(data: dict[str, Any]) -> str:
        firm, _ = served[data["contract"].pk]
        services.complaint_make(actor=actor, enterprise=firm, **data)
        return reverse("inspections:complaints-own")

    return form_page(
        request, form, act, success="已收到，监管部门核查后答复", title="投诉服务机构", submit="提交",
        back=reverse("inspections:complaints-own"), back_text="我的投诉", draft="own-complaint",
        intro="如另外收费、说来没来、报告不实、态度不好。由签订合同的监管部门核查，服务机构看不到。",
    )  # fmt: skip


# breaches


@login_required
@require_http_methods(["GET", "POST"])
def breach_new(request: Request, pk: int) -> HttpResponse:
    """An officer's own check showed a breach."""
    found = contract_to_watch(request.actor, pk, "breach_edit")
    form = OwnBreachForm(
        request.POST or None, request.FILES or None, actor=request.actor, contract=found
    )

    def act(data: dict[str, Any]) -> str:
        made = services.breach_add(actor=request.actor, contract=found, **data)
        return reverse("inspections:breach", args=[made.pk])

    return form_page(
        request, form, act, success="已认定违约行为", title=f"认定违约行为 · {found.title}",
        submit="认定", back=reverse("inspections:supervision", args=[pk]), back_text="履约监督",
        draft=f"breach-{pk}", confirm="认定后进入考评，只能撤销，不能修改。确定吗？",
    )  # fmt: skip


@login_required
@require_GET
def breach(request: Request, pk: UUID) -> HttpResponse:
    """One verified breach."""
    found, actor = breach_for(request.actor, pk), request.actor
    files = attachments_of("inspections.verifiedbreach", [found.pk], actor=actor)
    may = actor.may("breach_edit") and has_hand_in(actor, found.contract)
    context = {
        "breach": found,
        "files": files.get(str(found.pk), []),
        "may_revoke": may and found.state == VerifiedBreach.State.STANDING,
        "may_handle": actor.may("complaint_handle"),
    }
    return render(request, "inspections/breach.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def breach_revoke(request: Request, pk: UUID) -> HttpResponse:
    """It does not stand after all."""
    found = breach_for(request.actor, pk, "breach_edit")
    back = reverse("inspections:breach", args=[pk])

    def act(data: dict[str, Any]) -> str:
        services.breach_revoke(actor=request.actor, breach=found, **data)
        return back

    return form_page(
        request, WhyForm(request.POST or None), act, success="已撤销，记录保留", submit="撤销认定",
        title=f"撤销认定 · {found.get_kind_display()}", back=back, back_text="违约行为",
        confirm="撤销后不再计入考评，记录和原因保留。确定吗？",
    )  # fmt: skip
