"""Evaluations of providers for the agency: the year, one with everything behind it, each step."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from common.pages import act_page, form_page
from documents.models import Document
from evidence.services import attachments_of
from scoring import services
from scoring.access import appraisal_for, form_for, objection_for, own
from scoring.appraisals.consequences import followings
from scoring.appraisals.freezing import Asked, ChangedRecord, changed_since
from scoring.appraisals.papers import indicator_words, lines_of
from scoring.appraisals.reading import frozen_measures, rules_of
from scoring.appraisals.records import PAGE, named_records, records_of
from scoring.appraisals.sources import OF_MEASURE, Source
from scoring.appraisals.statistics import statistics_of
from scoring.forms.appraisals import (
    AnswerForm,
    CloseForm,
    CorrectForm,
    CorrectionForm,
    RecordForm,
    ThirdPartyForm,
)
from scoring.models import Appraisal
from scoring.services.appraisals import filed_count
from scoring.services.parties import third_party_token
from tenancy import clock
from tenancy.access import require
from tenancy.request import Request

State = Appraisal.State
MOST_CHANGES = 500  # shown; the count says how many there are


@login_required
@require_GET
def appraisal(request: Request, pk: int) -> HttpResponse:
    """One evaluation: what it comes to, why, who said what, and the one next step."""
    found, actor = appraisal_for(request.actor, pk), request.actor
    is_own = found.owner_agency_id == actor.org_id
    asked = found.questionnaires.count() if found.closed_at else 0
    context = {
        "appraisal": found,
        "lines": _lines(found),
        "parties": found.parties,
        "is_final": found.purpose == Appraisal.Purpose.FINAL,
        "may_manage": is_own and actor.may("appraisal_manage"),
        "may_decide": is_own and actor.may("appraisal_decide"),
        "filed": filed_count(found) if found.state == State.SCORING else (0, asked),
        "self_evaluation": getattr(found, "self_evaluation", None),
        "third": getattr(found, "third_party", None),
        "forms": _forms(found),
        "records": found.records.all(),
        "objections": found.objections.all(),
        "papers": _papers(found),
        "followings": followings(found) if is_own else [],
        "today": clock.today(found.owner_agency_id),
    }
    return render(request, "scoring/appraisal.html", context)


def _lines(found: Appraisal) -> list[tuple[Any, bool, Any]]:
    """Each indicator, whether records stand behind it, and what was counted before a correction."""
    scheme = rules_of(found.scheme)
    measures = {one.code: one.measure for one in scheme.indicators}
    counted = frozen_measures(found, scheme)
    return [
        (line, measures.get(line.code) in OF_MEASURE, counted.get(line.code) if line.note else None)
        for line in lines_of(found)
    ]


def _forms(found: Appraisal) -> list[Any]:
    if not found.closed_at:
        return []
    rows = found.questionnaires.filter(filed_at__isnull=False).select_related("enterprise")
    return list(rows.order_by("enterprise__name"))


def _papers(found: Appraisal) -> list[Document]:
    ids = [str(row.pk) for row in found.objections.all()]
    rows = Document.objects.filter(
        subject_type__in=("scoring.appraisal", "scoring.appraisalobjection"),
        subject_id__in=[str(found.pk), *ids],
    )
    return list(rows.defer("content").order_by("issued_at"))


@login_required
@require_GET
def appraisal_records(request: Request, pk: int, code: str) -> HttpResponse:
    """The records behind one indicator, as they were frozen; those that count against it first."""
    found = appraisal_for(request.actor, pk)
    indicator = next((i for i in rules_of(found.scheme).indicators if i.code == code), None)
    if indicator is None or indicator.measure not in OF_MEASURE:
        raise Http404(code)
    page = request.GET.get("page", "1")
    context = {
        "appraisal": found,
        "indicator": indicator,
        "size": PAGE,
        **records_of(found, indicator.measure, int(page) if page.isdigit() else 1),
    }
    return render(request, "scoring/appraisal_records.html", context)


@login_required
@require_GET
def appraisal_changes(request: Request, pk: int) -> HttpResponse:
    """What would count otherwise today; it does not move what was frozen."""
    found = appraisal_for(request.actor, pk)
    asked = Asked(found.pk, found.contract_id, rules_of(found.scheme).parameters)
    changes = list(changed_since(asked, clock.now(found.owner_agency_id)))
    shown: dict[Source, list[ChangedRecord]] = {}
    for one in changes[:MOST_CHANGES]:
        shown.setdefault(one.source, []).append(one)
    context = {
        "appraisal": found,
        "count": len(changes),
        "changes": [
            (named[one.id], one)
            for source, some in shown.items()
            for named in [named_records(source, [one.id for one in some])]
            for one in some
        ],
    }
    return render(request, "scoring/appraisal_changes.html", context)


@login_required
@require_GET
def appraisal_statistics(request: Request, pk: int) -> HttpResponse:
    """Fair figures beside the score, each with its uncertainty; not part of the grade."""
    found = appraisal_for(request.actor, pk)
    context = {"appraisal": found, "statistics": statistics_of(found)}
    return render(request, "scoring/appraisal_statistics.html", context)


def _step(
    request: Request, pk: int, perm: str, act: Callable[[Appraisal], Any], success: str
) -> HttpResponse:
    found = own(require(request.actor, perm), appraisal_for(request.actor, pk))
    back = reverse("scoring:appraisal", args=[pk])
    return act_page(request, lambda: act(found), back, success=success)


@login_required
@require_POST
def scoring_begin(request: Request, pk: int) -> HttpResponse:
    """Let the three parties speak."""
    actor = request.actor
    return _step(
        request, pk, "appraisal_manage",
        lambda found: services.scoring_begin(actor=actor, appraisal=found), "三方评价已开始",
    )  # fmt: skip


@login_required
@require_POST
def draft(request: Request, pk: int) -> HttpResponse:
    """Draft the result and give the provider notice."""
    actor = request.actor
    return _step(
        request, pk, "appraisal_manage",
        lambda found: services.appraisal_draft(actor=actor, appraisal=found), "已告知服务机构",
    )  # fmt: skip


@login_required
@require_POST
def decide(request: Request, pk: int) -> HttpResponse:
    """Decide the result."""
    actor = request.actor
    return _step(
        request, pk, "appraisal_decide",
        lambda found: services.appraisal_decide(actor=actor, appraisal=found), "考评结果已决定",
    )  # fmt: skip


def _form_step(
    request: Request,
    pk: int,
    form: forms.BaseForm,
    act: Callable[[Appraisal, dict[str, Any]], Any],
    *,
    perm: str = "appraisal_manage",
    **page: Any,
) -> HttpResponse:
    found = own(require(request.actor, perm), appraisal_for(request.actor, pk))
    back = reverse("scoring:appraisal", args=[pk])

    def done(data: dict[str, Any]) -> str:
        act(found, data)
        return back

    return form_page(request, form, done, back=back, back_text=found.contract.title, **page)


@login_required
@require_http_methods(["GET", "POST"])
def forms_close(request: Request, pk: int) -> HttpResponse:
    """Close the forms and open what was filed."""
    found = appraisal_for(request.actor, pk)
    filed, asked = filed_count(found)
    return _form_step(
        request, pk, CloseForm(request.POST or None),
        lambda one, data: services.forms_close(actor=request.actor, appraisal=one, **data),
        title="截止评价", submit="截止并启封", success="评价已截止",
        intro=f"已收到问卷 {filed}/{asked} 份。截止以后不能再提交，封存的评分启封。",
        confirm="截止以后不能再提交，确定吗？",
    )  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def measure_correct(request: Request, pk: int, code: str) -> HttpResponse:
    """Put another measure in the place of what was counted."""
    found = appraisal_for(request.actor, pk)
    if code not in {line["code"] for line in found.results}:
        raise Http404(code)
    return _form_step(
        request, pk, CorrectForm(request.POST or None),
        lambda one, data: services.measure_correct(
            actor=request.actor, appraisal=one, code=code, **data
        ),
        title=f"核定{indicator_words(found, code)}", submit="核定", success="已核定",
        intro="系统计量的数不变，核定的数和理由一并印在考评表上。",
    )  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def third_party(request: Request, pk: int) -> HttpResponse:
    """Ask a third body; afterwards, its link."""
    found = appraisal_for(request.actor, pk)
    third = getattr(found, "third_party", None)
    if third is not None:
        require(request.actor, "appraisal_manage")
        address = reverse("scoring:third-party-file", args=[third_party_token(third)])
        context = {"appraisal": found, "third": third,
                   "address": request.build_absolute_uri(address)}  # fmt: skip
        return render(request, "scoring/third_party.html", context)
    return _form_step(
        request, pk, ThirdPartyForm(request.POST or None),
        lambda one, data: services.third_party_ask(actor=request.actor, appraisal=one, **data),
        title="聘请第三方", submit="聘请", success="已聘请，请把链接交给第三方",
    )  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def record_add(request: Request, pk: int) -> HttpResponse:
    """Keep a raw record."""
    return _form_step(
        request, pk, RecordForm(request.POST or None, request.FILES or None),
        lambda one, data: services.record_add(actor=request.actor, appraisal=one, **data),
        title="登记原始记录", submit="登记", success="已登记",
        intro="执法检查和座谈函询的记录附在考评后面；考核即考评表，调查问卷由企业填写。",
    )  # fmt: skip


@login_required
@require_POST
def form_exclude(request: Request, pk: UUID) -> HttpResponse:
    """Leave out a form that there are doubts about."""
    form = form_for(request.actor, pk)
    own(request.actor, form.appraisal)
    reason = request.POST.get("reason", "")
    return act_page(
        request, lambda: services.form_exclude(actor=request.actor, form=form, reason=reason),
        reverse("scoring:appraisal", args=[form.appraisal_id]), success="已不予采用",
    )  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def objection(request: Request, pk: UUID) -> HttpResponse:
    """What the provider says, and the answer."""
    found, actor = objection_for(request.actor, pk), request.actor
    appraisal_row = found.appraisal
    back = reverse("scoring:appraisal", args=[appraisal_row.pk])
    is_drafter = actor.membership_id == appraisal_row.drafted_by_id
    is_open = found.state == "filed" and appraisal_row.state == State.DRAFTED
    may_answer = is_open and appraisal_row.owner_agency_id == actor.org_id
    form = AnswerForm(request.POST or None)

    def act(data: dict[str, Any]) -> str:
        own(require(actor, "appraisal_manage"), appraisal_row)
        services.objection_answer(actor=actor, objection=found, **data)
        return back

    files = attachments_of("scoring.appraisalobjection", [found.pk])
    return form_page(
        request, form, act, template="scoring/objection.html", title="考评异议", submit="答复",
        back=back, back_text=appraisal_row.contract.title, objection=found,
        indicator=indicator_words(appraisal_row, found.code),
        line=next((one for one in lines_of(appraisal_row) if one.code == found.code), None),
        files=files.get(str(found.pk), []), may_answer=may_answer and not is_drafter,
        is_drafter=is_drafter and is_open, confirm="答复后签发答复书，不能再改，确定吗？",
        success="已答复",
    )  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def correct(request: Request, pk: int) -> HttpResponse:
    """Correct a decided result by a new version."""
    found = own(require(request.actor, "appraisal_decide"), appraisal_for(request.actor, pk))

    def act(data: dict[str, Any]) -> str:
        new = services.appraisal_correct(
            actor=request.actor, appraisal=found, reason=data["reason"],
            changes={data["code"]: (data["numerator"], data["denominator"])},
        )  # fmt: skip
        return reverse("scoring:appraisal", args=[new.pk])

    return form_page(
        request, CorrectionForm(request.POST or None, appraisal=found), act,
        title="更正考评结果", submit="更正并重新告知", success="已重新告知服务机构",
        back=reverse("scoring:appraisal", args=[pk]), back_text=found.contract.title,
        intro="原结果保留并注明已被更正；新的一版重新告知服务机构，重新计算异议期。",
        confirm="原结果将注明已被更正，确定吗？",
    )  # fmt: skip
