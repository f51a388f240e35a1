"""Experts look at a provider's reports, round by round."""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from agencies.access import has_hand_in
from agencies.models import Assignment, ServiceContract
from common.errors import DomainError
from common.pages import act_page, form_page
from documents.access import documents_of
from documents.models import Document
from inspections import services
from inspections.access import contract_to_watch, opinion_for, review_for, reviews_of
from inspections.forms.supervision import ExpertForm, OpinionForm, ReviewCloseForm
from inspections.models import ExpertReview
from inspections.services.reviews import REVIEWED
from tenancy.access import visible_or_404
from tenancy.request import Request

PAGE = 100


@login_required
@require_GET
def review_list(request: Request, pk: int) -> HttpResponse:
    """The rounds of a contract, and the reports that may be looked at."""
    found, actor = contract_to_watch(request.actor, pk, "expert_review_view"), request.actor
    rows = reviews_of(actor).filter(contract=found)
    rows = rows.select_related("document", "batch", "assignment__enterprise")
    may_open = actor.may("expert_review_edit") and has_hand_in(actor, found)
    context = {
        "contract": found,
        "rows": list(rows.order_by("-opened_at", "pk")[:PAGE]),
        "reports": list(_reports(request, found)[:PAGE]) if may_open else [],
        "may_open": may_open,
    }
    return render(request, "inspections/review_list.html", context)


def _reports(request: Request, found: ServiceContract) -> Any:
    """The standing reports of a contract that no round has looked at."""
    batches = [str(pk) for pk in found.batches.values_list("pk", flat=True)]
    assignments = Assignment.objects.filter(batch__contract=found).values_list("pk", flat=True)
    rows = documents_of(request.actor).filter(
        kind__in=REVIEWED, state=Document.State.ISSUED, expert_review=None
    )
    own = rows.filter(subject_type="agencies.servicebatch", subject_id__in=batches)
    firms = rows.filter(
        subject_type="agencies.assignment", subject_id__in=[str(a) for a in assignments]
    )
    return (own | firms).defer("content").order_by("kind", "-issued_at", "pk")


@login_required
@require_POST
def review_open(request: Request, pk: int) -> HttpResponse:
    """Have experts look at a report of the contract."""
    found = contract_to_watch(request.actor, pk, "expert_review_edit")
    chosen = request.POST.get("document", "")
    document = visible_or_404(_reports(request, found), chosen) if chosen else None

    def act() -> None:
        if document is None:
            raise DomainError("请选择一份报告")
        services.expert_review_open(actor=request.actor, document=document)

    return act_page(
        request,
        act,
        reverse("inspections:review-list", args=[pk]),
        success="已开始审核，请登记专家",
    )


@login_required
@require_GET
def review(request: Request, pk: UUID) -> HttpResponse:
    """One round: its experts and what they say."""
    found, actor = review_for(request.actor, pk), request.actor
    rounds = ExpertReview.objects.filter(batch=found.batch_id, assignment=found.assignment_id)
    papers = Document.objects.filter(
        subject_type="inspections.expertreview", subject_id=str(found.pk)
    )
    is_open = found.state == ExpertReview.State.OPEN
    may_edit = actor.may("expert_review_edit") and has_hand_in(actor, found.contract) and is_open
    opinions = list(found.opinions.order_by("pk"))
    context = {
        "review": found,
        "opinions": opinions,
        "rounds": rounds.order_by("round"),
        "may_edit": may_edit,
        "may_close": may_edit and opinions and all(one.conclusion for one in opinions),
        "papers": papers.defer("content"),
    }
    return render(request, "inspections/review.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def expert_new(request: Request, pk: UUID) -> HttpResponse:
    """Ask an expert."""
    found = review_for(request.actor, pk, "expert_review_edit")
    back = reverse("inspections:review", args=[pk])

    def act(data: dict[str, Any]) -> str:
        services.expert_add(actor=request.actor, review=found, **data)
        return back

    return form_page(
        request, ExpertForm(request.POST or None), act, success="已登记专家", title="登记专家",
        submit="登记", back=back, back_text="专家审核",
        intro="被审核机构的人员不能担任专家；其他利害关系会列在意见书上。",
    )  # fmt: skip


@login_required
@require_POST
def expert_remove(request: Request, pk: UUID) -> HttpResponse:
    """Take back that an expert was asked."""
    found = opinion_for(request.actor, pk)
    return act_page(
        request,
        lambda: services.expert_remove(actor=request.actor, opinion=found),
        reverse("inspections:review", args=[found.review_id]),
        success="已移出",
    )


@login_required
@require_http_methods(["GET", "POST"])
def opinion_give(request: Request, pk: UUID) -> HttpResponse:
    """Enter what an expert says."""
    found = opinion_for(request.actor, pk)
    back = reverse("inspections:review", args=[found.review_id])
    start = {"conclusion": found.conclusion, "points": found.points}

    def act(data: dict[str, Any]) -> str:
        services.opinion_give(actor=request.actor, opinion=found, **data)
        return back

    return form_page(
        request, OpinionForm(request.POST or None, initial=start), act, success="已登记意见",
        title=f"专家意见 · {found.name}", submit="保存", back=back, back_text="专家审核",
        draft=f"opinion-{pk}",
    )  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def review_close(request: Request, pk: UUID) -> HttpResponse:
    """End a round: its paper is issued."""
    found = review_for(request.actor, pk, "expert_review_edit")
    back = reverse("inspections:review", args=[pk])

    def act(data: dict[str, Any]) -> str:
        services.expert_review_close(actor=request.actor, review=found, **data)
        return back

    return form_page(
        request, ReviewCloseForm(request.POST or None), act, success="本轮审核已结束，专家审核意见正在制作",
        title="结束本轮审核", submit="结束并签发审核意见", back=back, back_text="专家审核",
        intro="有一位专家退回，本轮结果就是退回修改；服务机构更正报告后自动进入下一轮。",
        confirm="结束后意见不能再改，服务机构可以看到。确定吗？",
    )  # fmt: skip
