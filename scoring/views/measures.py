"""What 12 and 18 points lead to, interviews, and trainings that take points away."""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from common.pages import act_page, form_page
from common.paging import count_up_to, keyset
from documents.models import Document
from enterprises.access import enterprise_for
from scoring import services
from scoring.access import (
    consequence_for,
    cycle_for,
    event_for,
    interview_for,
    own,
    own_enterprise,
    training_for,
)
from scoring.forms.measures import (
    EventFilter,
    ExamForm,
    HeldForm,
    InterviewForm,
    NoteForm,
    PersonForm,
    PresentationForm,
    TrainingForm,
)
from scoring.forms.sheets import ReasonForm
from scoring.models import PointTraining, ThresholdEvent
from scoring.selectors import presentation_of
from scoring.tasks import count_training
from tenancy.access import require, within
from tenancy.models import Agency
from tenancy.request import Request

PAGE = 50


@login_required
def event_list(request: Request) -> HttpResponse:
    """Who reached 12 or 18 points, the newest first."""
    actor = require(request.actor, "points_view")
    form = EventFilter(request.GET)
    rows = form.narrow(ThresholdEvent.objects.filter(within(actor)))
    page = keyset(
        rows.select_related("enterprise", "cycle").prefetch_related("consequences"),
        order=["-reached_at", "-id"], size=PAGE,
        after=request.GET.get("after", ""), before=request.GET.get("before", ""),
    )  # fmt: skip
    context = {"slice": page, "form": form, "count": count_up_to(rows)}
    return render(request, "scoring/event_list.html", context)


@login_required
def event(request: Request, pk: int) -> HttpResponse:
    """One event: what holds it, what followed, its papers, the next step."""
    found = event_for(request.actor, pk)
    papers = Document.objects.filter(subject_type="scoring.thresholdevent", subject_id=str(pk))
    context = {
        "event": found,
        "consequences": found.consequences.order_by("pk"),
        "papers": papers.defer("content").order_by("issued_at"),
        "may_measure": request.actor.may("point_measure")
        and found.owner_agency_id == request.actor.org_id,
    }
    return render(request, "scoring/event.html", context)


@login_required
@require_POST
def event_send(request: Request, pk: int) -> HttpResponse:
    """Report it now, where nobody can speak against its points any more."""
    require(request.actor, "point_measure")
    found = own(request.actor, event_for(request.actor, pk))
    return act_page(
        request, lambda: services.event_send(actor=request.actor, event=found),
        reverse("scoring:event", args=[pk]), success="已抄报",
    )  # fmt: skip


def _measure(request: Request, pk: int, form: Any, title: str, act: Any) -> HttpResponse:
    require(request.actor, "point_measure")
    found = consequence_for(request.actor, pk)
    back = reverse("scoring:event", args=[found.event_id])

    def done(data: dict[str, Any]) -> str:
        act(actor=request.actor, consequence=found, **data)
        return back

    words = f"{title}：{found.get_kind_display()}"
    return form_page(
        request, form(request.POST or None), done, title=words, submit=title, back=back,
        back_text="满分事件",
    )  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def consequence_done(request: Request, pk: int) -> HttpResponse:
    """Note that a measure was carried out."""
    return _measure(request, pk, NoteForm, "登记完成", services.consequence_done)


@login_required
@require_http_methods(["GET", "POST"])
def consequence_lift(request: Request, pk: int) -> HttpResponse:
    """End a measure before its term."""
    return _measure(request, pk, ReasonForm, "解除", services.consequence_lift)


@login_required
@require_http_methods(["GET", "POST"])
def interview_new(request: Request, pk: int) -> HttpResponse:
    """Call the principal of an enterprise to a talk."""
    require(request.actor, "point_measure")
    found = own(request.actor, cycle_for(request.actor, pk))
    back = reverse("scoring:cycle", args=[pk])
    words = f"{found.year}年度累计记{found.total}分"

    def act(data: dict[str, Any]) -> str:
        services.interview_plan(actor=request.actor, cycle=found, **data)
        return back

    return form_page(
        request, InterviewForm(request.POST or None, initial={"reason": words}), act, back=back,
        title=f"约谈{found.enterprise.name}", submit="签发约谈通知书", back_text="记分",
        success="约谈通知书已签发",
    )  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def interview_hold(request: Request, pk: UUID) -> HttpResponse:
    """Write down what was said and promised."""
    require(request.actor, "point_measure")
    found = interview_for(request.actor, pk)
    back = reverse("scoring:cycle", args=[found.cycle_id])

    def act(data: dict[str, Any]) -> str:
        services.interview_hold(actor=request.actor, interview=found, **data)
        return back

    return form_page(
        request, HeldForm(request.POST or None), act, title="约谈记录", submit="完成记录",
        back=back, back_text="记分", success="约谈记录已签发",
    )  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def interview_cancel(request: Request, pk: UUID) -> HttpResponse:
    """Call a talk off."""
    require(request.actor, "point_measure")
    found = interview_for(request.actor, pk)
    back = reverse("scoring:cycle", args=[found.cycle_id])

    def act(data: dict[str, Any]) -> str:
        services.interview_cancel(actor=request.actor, interview=found, **data)
        return back

    return form_page(
        request, ReasonForm(request.POST or None), act, title="取消约谈", submit="取消约谈",
        back=back, back_text="记分",
    )  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def presentation(request: Request) -> HttpResponse:
    """How the actor's agency presents the points to its enterprises."""
    actor = require(request.actor, "point_measure")
    agency = Agency.objects.get(pk=actor.org_id)
    form = PresentationForm(request.POST or None, instance=presentation_of(agency.pk))
    back = reverse("scoring:books")

    def act(data: dict[str, Any]) -> str:
        services.presentation_save(actor=actor, agency=agency, **data)
        return back

    return form_page(
        request, form, act, title="告知书和公示栏的呈现", submit="保存", back=back, back_text="记分表",
        intro="条款和分值由记分表规定，这里只写本机构的受理地点、联系人和附言。空着的按机构名称和检查人员。",
        success="已保存",
    )  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def training_record(request: Request, pk: int) -> HttpResponse:
    """Write down a training that was held on site."""
    require(request.actor, "point_measure")
    firm = own(request.actor, enterprise_for(request.actor, pk))
    back = reverse("enterprises:record", args=[pk])

    def act(data: dict[str, Any]) -> str:
        services.training_record(actor=request.actor, enterprise=firm, **data)
        return back

    return form_page(
        request, TrainingForm(request.POST or None), act, title=f"登记培训：{firm.name}",
        submit="登记", back=back, back_text=firm.name, success="已登记",
    )  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def training_new(request: Request) -> HttpResponse:
    """An enterprise begins an online session, or goes on with the one that is open."""
    firm = own_enterprise(request.actor)

    def act(data: dict[str, Any]) -> str:
        made = services.training_begin(actor=request.actor, enterprise=firm, **data)
        return reverse("scoring:training", args=[made.pk])

    return form_page(
        request, PersonForm(request.POST or None, initial={"person_name": firm.principal_name}),
        act, title="在线学习测试", submit="开始", back=reverse("scoring:own"), back_text="记分",
        intro="10道题，80分合格。合格的按规则减免记分，可以多次参加。",
    )  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def training(request: Request, pk: UUID) -> HttpResponse:
    """The questions of a session, or how it ended."""
    found = training_for(request.actor, pk)
    if found.state != PointTraining.State.OPEN:
        return render(request, "scoring/training.html", {"training": found})

    def act(data: dict[str, Any]) -> str:
        ended = services.training_answer(actor=request.actor, training=found, answers=data)
        if ended.state == PointTraining.State.PASSED:
            count_training.send(ended.owner_agency_id, str(ended.pk))
        return reverse("scoring:training", args=[ended.pk])

    return form_page(
        request, ExamForm(request.POST or None, questions=found.questions), act,
        title="在线学习测试", submit="交卷", back=reverse("scoring:own"), back_text="记分",
        draft=f"training-{found.pk}", confirm="交卷后不能修改，确定吗？",
    )  # fmt: skip
