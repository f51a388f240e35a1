"""Measures against providers and persons: the list, one with what comes next, and each act."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from common.pages import form_page
from common.paging import count_up_to, keyset
from documents.models import Document
from evidence.services import attachments_of
from providers import services
from providers.access import decision_about, decision_for, own_decision
from providers.forms.standing import (
    DecideForm,
    NoticeForm,
    RulesForm,
    SayForm,
    StandingFilter,
    StandingForm,
    WhyForm,
)
from providers.lists import standing_of
from providers.models import Provider, StandingDecision, StandingStatement
from providers.standing import ladder_on
from providers.timeline import timeline_of
from tenancy import clock
from tenancy.access import require
from tenancy.actors import Actor
from tenancy.models import Agency
from tenancy.request import Request

PAGE = 50
State = StandingDecision.State


@login_required
def standing_list(request: Request) -> HttpResponse:
    """Decisions that the actor may read, newest first: all agencies' once taken."""
    actor = require(request.actor, "standing_view")
    form = StandingFilter(request.GET)
    rows = standing_of(actor, form, everybody=bool(request.GET.get("everybody")))
    slice_ = keyset(
        rows.select_related("owner_agency__org"), order=["-id"], size=PAGE,
        after=request.GET.get("after", ""), before=request.GET.get("before", ""),
    )  # fmt: skip
    context = {
        "form": form, "slice": slice_, "count": count_up_to(rows),
        "is_filtered": any(form.data.get(name) for name in form.fields),
        "everybody": bool(request.GET.get("everybody")),
        "may_draft": actor.may("standing_draft"), "may_set": actor.may("provider_rules"),
    }  # fmt: skip
    return render(request, "providers/standing_list.html", context)


@login_required
def standing(request: Request, pk: int) -> HttpResponse:
    """One decision: what it rests on, where it stands, the one next act."""
    actor = require(request.actor, "standing_view")
    found = decision_for(actor, pk)
    is_own = found.owner_agency_id == actor.org_id
    statements = list(found.statements.order_by("pk"))
    kind = "providers.standingstatement"
    said = attachments_of(kind, [row.pk for row in statements], actor=actor)
    papers = Document.objects.filter(
        subject_type="providers.standingdecision", subject_id=str(found.pk)
    )
    today = clock.today_of(found.owner_agency)
    is_training = found.owner_agency.org.is_training
    step, in_force = ladder_on(found.credit_code, today, is_training=is_training)
    context = {
        "decision": found,
        "is_own": is_own,
        "evidence": attachments_of("providers.standingdecision", [pk], actor=actor)[str(pk)],
        "statements": [(row, said.get(str(row.pk), [])) for row in statements],
        "happenings": timeline_of(found, statements, is_own=is_own),
        "papers": papers.defer("content").order_by("issued_at"),
        "ladder": _ladder(step),
        "others": [row for row in in_force if row.pk != found.pk],
        "holds": found.holds_on(today),
        **_acts(actor, found, statements, is_own),
    }
    return render(request, "providers/standing.html", context)


def _ladder(step: str) -> list[tuple[str, bool, bool]]:
    """Return (word, whether it is where the body stands, whether it lies below that) for 正常 and up."""
    words = ["正常", *(measure.label for measure in StandingDecision.LADDER)]
    at = StandingDecision.LADDER.index(StandingDecision.Measure(step)) + 1 if step else 0
    return [(str(word), place == at, place < at) for place, word in enumerate(words)]


def _acts(
    actor: Actor, found: StandingDecision, statements: list[StandingStatement], is_own: bool
) -> dict[str, Any]:
    """Return what the actor may do at this moment, and what is waited for."""
    today = clock.today_of(found.owner_agency)
    stated = any(row.kind == StandingStatement.Kind.STATEMENT for row in statements)
    asked = any(
        row.kind == StandingStatement.Kind.REPAIR and row.answered_at is None for row in statements
    )
    in_days = found.respond_until is not None and today <= found.respond_until
    about_me = found.provider_org_id == actor.org_id and actor.may("standing_answer")
    decides = is_own and actor.may("standing_decide") and found.drafted_by_id != actor.membership_id
    return {
        "stated": stated,
        "repair_waits": asked,
        "window_open": found.state == State.NOTICED and in_days and not stated,
        "may_notice": is_own and actor.may("standing_draft") and found.state == State.DRAFTED,
        "may_drop": is_own and actor.may("standing_draft") and found.state in found.PENDING,
        "may_decide": decides and found.state == State.NOTICED and (stated or not in_days),
        "may_lift": decides and found.state == State.EFFECTIVE,
        "may_keep": decides and found.state == State.EFFECTIVE and asked,
        "may_state": about_me and found.state == State.NOTICED and in_days and not stated,
        "may_repair": about_me and found.state == State.EFFECTIVE and not asked,
    }


@login_required
@require_http_methods(["GET", "POST"])
def standing_new(request: Request) -> HttpResponse:
    """Draft a measure; with `provider` against a registered one, with what else the address says."""
    actor = require(request.actor, "standing_draft")
    given = ("measure", "ground", "facts", "basis")
    initial: dict[str, Any] = {name: request.GET.get(name, "") for name in given}
    initial |= {"from_on": clock.today(actor.org)}
    wanted = request.GET.get("provider", "")
    rows = Provider.objects.select_related("org")
    if wanted.isdigit() and (body := rows.filter(pk=int(wanted)).first()):
        initial |= {"name": body.org.name, "credit_code": body.org.credit_code}
        initial |= {"subject": StandingDecision.Subject.SERVICE}
    form = StandingForm(request.POST or None, request.FILES or None, initial=initial)

    def act(data: dict[str, Any]) -> str:
        return _record(services.standing_draft(actor=actor, **data))

    return form_page(
        request, form, act, title="拟对机构或者人员采取措施", submit="保存拟办意见",
        back=reverse("providers:standing-list"), back_text="机构状态", success="已拟办；发出告知书后对方可以陈述申辩",
        intro="只有本机关看得到拟办意见。决定由拟办人以外的人员作出；生效后对所有监管部门和机构公开，各地均不得再选用。",
    )  # fmt: skip


def _record(row: StandingDecision | StandingStatement) -> str:
    pk = row.decision_id if isinstance(row, StandingStatement) else row.pk
    return reverse("providers:standing", args=[pk])


def _act_on(
    request: Request,
    found: StandingDecision,
    form: forms.BaseForm,
    service: Callable[..., StandingDecision | StandingStatement],
    **page: Any,
) -> HttpResponse:
    """Show the form of one act on a decision; done, go back to it."""

    def act(data: dict[str, Any]) -> str:
        return _record(service(actor=request.actor, decision=found, **data))

    back = {"back": reverse("providers:standing", args=[found.pk]), "back_text": str(found)}
    return form_page(request, form, act, **{**back, **page})


@login_required
@require_http_methods(["GET", "POST"])
def standing_notice(request: Request, pk: int) -> HttpResponse:
    """Issue the 告知书; the days for the statement begin."""
    found = own_decision(request.actor, pk)
    start = {"days": services.rules_of(found.owner_agency_id).statement_days}
    return _act_on(
        request, found, NoticeForm(request.POST or None, initial=start), services.standing_notice,
        title=f"告知 · {found}", submit="签发告知书", success="已签发告知书",
        confirm="签发后对方可以看到拟采取的措施、事实和证据，确定吗？",
        intro="来源没有写明期限，默认值是建议，可以按本机关的规定改。",
    )  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def standing_decide(request: Request, pk: int) -> HttpResponse:
    """Decide; the measure takes effect."""
    found = own_decision(request.actor, pk, "standing_decide")
    today = clock.today_of(found.owner_agency)
    start = {"from_on": max(found.from_on, today), "until_on": found.until_on}
    said = found.statements.filter(kind=StandingStatement.Kind.STATEMENT).first()
    return _act_on(
        request, found, DecideForm(request.POST or None, initial=start), services.standing_decide,
        title=f"决定 · {found}", submit="作出决定并签发", success="已决定",
        confirm="决定后签发决定书，并在各地生效，确定吗？",
        intro=f"陈述申辩：{said.text}" if said else "对方在期限内没有陈述申辩。",
    )  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def standing_drop(request: Request, pk: int) -> HttpResponse:
    """Take no measure after all."""
    found = own_decision(request.actor, pk)
    return _act_on(
        request, found, WhyForm(request.POST or None), services.standing_drop,
        title=f"不予采取 · {found}", submit="不予采取", success="已记录",
        confirm="记录后不能恢复，需要时另行拟办。确定吗？",
    )  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def standing_lift(request: Request, pk: int) -> HttpResponse:
    """End a measure before its time."""
    found = own_decision(request.actor, pk, "standing_decide")
    return _act_on(
        request, found, WhyForm(request.POST or None), services.standing_lift,
        title=f"解除 · {found}", submit="解除并签发", success="已解除，自今日起不再执行",
        confirm="解除后签发解除决定书，不能恢复，确定吗？",
    )  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def standing_keep(request: Request, pk: int) -> HttpResponse:
    """Answer a request for repair with no."""
    found = own_decision(request.actor, pk, "standing_decide")
    return _act_on(
        request, found, WhyForm(request.POST or None), services.standing_keep,
        title=f"不予解除 · {found}", submit="不予解除", success="已答复",
    )  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def standing_state(request: Request, pk: int) -> HttpResponse:
    """The body states its case."""
    found = decision_about(request.actor, pk)
    return _act_on(
        request, found, SayForm(request.POST or None, request.FILES or None),
        services.standing_state, title=f"陈述申辩 · {found.get_measure_display()}", submit="提交陈述申辩",
        success="已提交，决定书会逐条答复", confirm="陈述申辩只能提交一次，确定吗？",
        back_text="告知内容",
    )  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def standing_repair(request: Request, pk: int) -> HttpResponse:
    """The body asks that a measure be lifted."""
    found = decision_about(request.actor, pk)
    return _act_on(
        request, found, SayForm(request.POST or None, request.FILES or None),
        services.standing_repair, title=f"修复申请 · {found.get_measure_display()}", submit="提交修复申请",
        success="已提交，等待答复", back_text="决定内容",
        intro="写明整改或者修复的情况，并上传证明材料。",
    )  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def rules(request: Request) -> HttpResponse:
    """An agency's own figures for its dealings with providers."""
    actor = require(request.actor, "provider_rules")
    agency = Agency.objects.get(pk=actor.org_id)
    back = reverse("providers:standing-list")
    form = RulesForm(request.POST or None, instance=services.rules_of(agency.pk))

    def act(data: dict[str, Any]) -> str:
        services.rules_set(actor=actor, agency=agency, **data)
        return back

    return form_page(
        request, form, act, title="机构监管规则", submit="保存", back=back, back_text="机构状态", success="已保存",
        intro="来源没有写明这些数字，默认值都是建议。",
    )  # fmt: skip
