"""Phase 5: the list, the plan for each, the officers' check, the order and what became of it."""

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from common.pages import form_page
from common.paging import count_up_to, keyset
from documents.models import Document
from documents.previews import preview
from enterprises.models import Enterprise
from inspections import services
from inspections.access import order_for, referral_for, visit_to_order
from inspections.forms.official import (
    OpinionForm,
    OrderForm,
    PlanForm,
    ReferralFilter,
    TeamForm,
)
from inspections.forms.phases import ReasonForm
from inspections.matching.pairs import handed_in
from inspections.models import (
    EnforcementPlan,
    EnforcementReferral,
    Hazard,
    Recheck,
    RectificationOrder,
    Visit,
)
from tenancy import clock
from tenancy.access import require, within
from tenancy.actors import Actor
from tenancy.request import Request
from tenancy.selectors import region_names, work_calendar

PAGE = 50
SIGNERS = ("first_officer", "second_officer", "representative_name")


@login_required
def referral_list(request: Request) -> HttpResponse:
    """Who is on the list of phase 5, those that wait longest first."""
    actor = require(request.actor, "enforcement_view")
    form = ReferralFilter(request.GET)
    rows = form.rows().filter(within(actor))
    page = keyset(
        rows.select_related("assignment__enterprise", "plan_made").prefetch_related(
            "facts", "orders"
        ),
        order=["listed_at", "id"],
        size=PAGE,
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
    )
    today, calendar = clock.today(actor.org), work_calendar(actor.org)
    found = []
    for row in page:
        due_on = _due_of(row)
        found.append((row, due_on, calendar.between(today, due_on) if due_on else None))
    context = {
        "slice": page,
        "count": count_up_to(rows),
        "rows": found,
        "form": form,
        "chips": form.chips(),
        "towns": region_names({row.assignment.region_code for row in page}),
    }
    return render(request, "inspections/referral_list.html", context)


def _due_of(row: EnforcementReferral) -> date | None:
    """The day that the next step is bound to, if any: the planned check, the recheck of an order."""
    if row.state == EnforcementReferral.State.PLANNED:
        return row.plan_made.planned_on
    if row.state == EnforcementReferral.State.ORDERED:
        open_orders = [o for o in row.orders.all() if o.state != RectificationOrder.State.DONE]
        return min((order.recheck_due_on for order in open_orders), default=None)
    return None


@login_required
def referral(request: Request, pk: UUID) -> HttpResponse:
    """One file: what happened, the plan, the check, the orders, the next step."""
    found = referral_for(request.actor, pk)
    visits = _visits_of(found)
    orders = list(
        RectificationOrder.objects.filter(referral=found)
        .select_related("document", "visit")
        .prefetch_related(Prefetch("hazards", Hazard.objects.order_by("number")))
        .order_by("issued_on", "pk")
    )
    subjects = [str(found.pk), *(str(v.pk) for v in visits), *(str(o.pk) for o in orders)]
    papers = Document.objects.filter(subject_id__in=subjects).defer("content")
    context = {
        "referral": found,
        "facts": list(found.facts.select_related("hazard", "visit").order_by("happened_at", "pk")),
        "plan": _plan_of(found),
        "visits": visits,
        "orders": _with_days(found, orders),
        "papers": papers.order_by("issued_at"),
        "town": region_names({found.assignment.region_code}),
        **_next(request.actor, found, visits, orders),
    }
    return render(request, "inspections/referral.html", context)


def _visits_of(found: EnforcementReferral) -> list[Visit]:
    """Return the officers' visits that belong to this file, not to an earlier or later one."""
    rows = Visit.objects.filter(
        assignment=found.assignment_id,
        kind=Visit.Kind.ENFORCEMENT,
        arrived_at__gte=found.listed_at,
    )
    if found.closed_at:
        rows = rows.filter(arrived_at__lte=found.closed_at)
    return list(rows.order_by("arrived_at").prefetch_related("team"))


def _plan_of(found: EnforcementReferral) -> EnforcementPlan | None:
    people = ("first_officer__user", "second_officer__user", "document")
    return EnforcementPlan.objects.filter(referral=found).select_related(*people).first()


def _with_days(
    found: EnforcementReferral, orders: list[RectificationOrder]
) -> list[tuple[RectificationOrder, int, list[tuple[Hazard, int]]]]:
    """Return each order and each of its items with the working days to their deadlines."""
    today = clock.today(found.owner_agency_id)
    between = work_calendar(found.owner_agency_id).between
    return [
        (
            order,
            between(today, order.recheck_due_on),
            [(hazard, between(today, hazard.due_on)) for hazard in order.hazards.all()],
        )
        for order in orders
    ]


STEPS = ("制定方案", "到场检查", "下达指令", "复查意见", "办结")


def _next(
    actor: Actor,
    found: EnforcementReferral,
    visits: list[Visit],
    orders: list[RectificationOrder],
) -> dict[str, Any]:
    """Return the next step of the file and what the actor may do about it."""
    state = found.state
    open_visit = next((v for v in visits if v.state == Visit.State.OPEN), None)
    left = [v for v in visits if v.state != Visit.State.OPEN]
    faults = Hazard.objects.filter(visit__in=left, state=Hazard.State.FOUND)
    to_order = faults.order_by("-visit__arrived_at").values_list("visit", flat=True).first()
    names = {"listed": 0, "planned": 1, "checked": 2 if to_order else 4, "ordered": 3}
    may_act = actor.may("enforcement_act") and actor.org_id == found.owner_agency_id
    team = {member.membership_id for member in open_visit.team.all()} if open_visit else set()
    return {
        "steps": STEPS,
        "next": STEPS[names[state]] if state in names else "",
        "may_act": may_act,
        "open_visit": open_visit,
        "is_mine": actor.membership_id in team,
        "to_order": to_order,
        "faults": faults.count(),
        "to_answer": [o for o in orders if o.state != RectificationOrder.State.DONE],
    }


def _back(pk: object) -> str:
    return reverse("inspections:referral", args=[pk])


@login_required
@require_http_methods(["GET", "POST"])
def referral_remove(request: Request, pk: UUID) -> HttpResponse:
    """Off the list, with a reason."""
    found = referral_for(request.actor, pk, "enforcement_act")
    form = ReasonForm(request.POST or None)

    def act(data: dict[str, Any]) -> str:
        services.referral_remove(actor=request.actor, referral=found, **data)
        return _back(pk)

    return form_page(
        request, form, act, success="已移出名单", submit="移出名单", back=_back(pk),
        title=f"移出执法检查名单 · {found.assignment.enterprise.name}",
        intro="列入的事实仍保留在记录中。", confirm="确定移出名单吗？",
    )  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def referral_close(request: Request, pk: UUID) -> HttpResponse:
    """Close a file whose check had nothing to order."""
    found = referral_for(request.actor, pk, "enforcement_act")
    form = ReasonForm(request.POST or None)
    form.fields["reason"].label = "检查结论"

    def act(data: dict[str, Any]) -> str:
        services.referral_close(actor=request.actor, referral=found, note=data["reason"])
        return _back(pk)

    return form_page(
        request, form, act, success="已办结", submit="办结", back=_back(pk),
        title=f"办结 · {found.assignment.enterprise.name}",
    )  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def plan(request: Request, pk: UUID) -> HttpResponse:
    """一企一策."""
    found = referral_for(request.actor, pk, "enforcement_act")
    firm = found.assignment.enterprise
    start = {
        "planned_on": clock.today(found.owner_agency_id),
        "first_officer": request.actor.membership_id,
        "scale": _scale(firm),
    }
    form = PlanForm(request.POST or None, actor=request.actor, initial=start)

    def act(data: dict[str, Any]) -> str:
        services.plan_make(actor=request.actor, referral=found, **data)
        return _back(pk)

    return form_page(
        request, form, act, success="现场检查方案已签发", preview=preview, submit="签发现场检查方案",
        title=f"一企一策 · {firm.name}", back=_back(pk), back_text="执法检查",
        intro="；".join(fact.text for fact in found.facts.order_by("happened_at")[:5]),
        draft=f"plan-{pk}",
    )  # fmt: skip


def _scale(firm: Enterprise) -> str:
    """What the file says of an enterprise's size, for the plan to begin with."""
    parts = [
        firm.industry,
        f"员工{firm.employee_count}人" if firm.employee_count else "",
        f"主要产品：{firm.products}" if firm.products else "",
    ]
    return "，".join(part for part in parts if part)


@login_required
@require_http_methods(["GET", "POST"])
def enforcement_start(request: Request, pk: UUID) -> HttpResponse:
    """Officers arrive."""
    found = referral_for(request.actor, pk, "enforcement_act")
    form = TeamForm(request.POST or None, actor=request.actor)

    def act(data: dict[str, Any]) -> str:
        data["member_ids"] = [m.pk for m in data.pop("members")]
        visit = services.enforcement_begin(actor=request.actor, referral=found, **data)
        return reverse("inspections:visit", args=[visit.pk])

    return form_page(
        request, form, act, title=f"执法检查 · {found.assignment.enterprise.name}",
        submit="到场，开始检查", gps=True, back=_back(pk), back_text="执法检查",
        intro=f"到场后出示执法证件并告知：“我们是{request.actor.org_name}行政执法人员，这是我们的证件。"
        "现依法对你单位进行现场检查，请予以配合。”",
    )  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def order(request: Request, pk: UUID) -> HttpResponse:
    """责令限期整改指令书: a deadline for each fault, two officers, a look before it is issued."""
    visit = visit_to_order(request.actor, pk)
    hazards = list(visit.hazards.filter(state=Hazard.State.FOUND).order_by("number"))
    start = {"first_officer": request.actor.membership_id}
    form = OrderForm(request.POST or None, actor=request.actor, hazards=hazards, initial=start)

    def act(data: dict[str, Any]) -> str:
        made = services.order_issue(
            actor=request.actor,
            visit=visit,
            deadlines=form.deadlines(),
            first_officer=data["first_officer"],
            second_officer=data["second_officer"],
        )
        return reverse("documents:paper", args=[made.document_id])

    return form_page(
        request, form, act, success="责令限期整改指令书已签发", submit="签发指令书",
        title=f"责令限期整改 · {visit.enterprise.name}", preview=preview,
        back=reverse("inspections:visit", args=[pk]), back_text="检查记录",
        intro="每一项给出自己的整改期限，从隐患库建议的期限开始；超过30天的请再核对。",
        confirm="签发后编号，企业即可看到。确定吗？",
    )  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def opinion(request: Request, pk: UUID) -> HttpResponse:
    """整改复查意见书 that answers an order."""
    found = order_for(request.actor, pk)
    hazards = list(found.hazards.filter(state__in=Hazard.OPEN_STATES).order_by("number"))
    start = {
        "first_officer": request.actor.membership_id,
        "representative_name": found.visit.representative_name,
    }
    form = OpinionForm(
        request.POST or None, request.FILES or None, actor=request.actor, hazards=hazards,
        results=Recheck.Result.choices, initial=start,
    )  # fmt: skip

    def act(data: dict[str, Any]) -> str:
        document = services.opinion_issue(
            actor=request.actor, order=found, results=form.rechecked(),
            **{name: data[name] for name in SIGNERS},
        )  # fmt: skip
        return reverse("documents:paper", args=[document.pk])

    visit_url = reverse("inspections:visit", args=[found.visit_id])
    return form_page(
        request, form, act, success="整改复查意见书已签发", submit="签发复查意见书",
        preview=preview, template="inspections/opinion.html",
        handed_in=handed_in(request.actor, hazards),
        title=f"整改复查 · {found.visit.enterprise.name}",
        intro=f"对应{found.document.number}，复查期限{found.recheck_due_on:%Y-%m-%d}。"
        "照片在出错重填时要重新选择。",
        back=_back(found.referral_id) if found.referral_id else visit_url,
        back_text="执法检查" if found.referral_id else "检查记录",
        confirm="签发后编号，不能撤回。确定吗？",
    )  # fmt: skip
