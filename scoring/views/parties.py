"""What the parties of an evaluation do: the provider, the served enterprise, the third body."""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from common.errors import DomainError
from common.net import client_ip
from common.pages import form_page
from documents.models import Document
from scoring import services
from scoring.access import own_appraisal_for, questionnaire_for, self_evaluation_for
from scoring.appraisals.papers import lines_of
from scoring.forms.appraisals import (
    ObjectionForm,
    QuestionnaireForm,
    SelfEvaluationForm,
    ThirdPartyFileForm,
)
from scoring.lists import own_appraisals_of
from scoring.models import Appraisal, Questionnaire, SelfEvaluation
from scoring.services.parties import third_party_of
from tenancy import clock
from tenancy.access import require
from tenancy.request import Request


@login_required
@require_GET
def own_appraisals(request: Request) -> HttpResponse:
    """What a provider is asked, and how it was evaluated."""
    actor = require(request.actor, "appraisal_own")
    mine = {"provider_org": actor.org_id}
    context = {
        "asked": SelfEvaluation.objects.filter(**mine).order_by("filed_at", "-due_on")[:50],
        "appraisals": own_appraisals_of(actor).order_by("-noticed_at"),
        "may_speak": actor.may("appraisal_speak"),
    }
    return render(request, "scoring/own_appraisals.html", context)


@login_required
@require_GET
def own_appraisal(request: Request, pk: int) -> HttpResponse:
    """A provider's own sheet, from the notice on: what it lost and why, and how to object."""
    found, actor = own_appraisal_for(request.actor, pk), request.actor
    papers = Document.objects.filter(
        subject_type="scoring.appraisal", subject_id=str(found.pk)
    ).defer("content")
    context = {
        "appraisal": found,
        "lines": lines_of(found),
        "objections": found.objections.all(),
        "papers": papers.order_by("issued_at"),
        "may_object": actor.may("appraisal_speak")
        and found.state == Appraisal.State.DRAFTED
        and found.objection_until is not None
        and clock.today(found.owner_agency_id) <= found.objection_until,
    }
    return render(request, "scoring/own_appraisal.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def self_evaluation(request: Request, pk: UUID) -> HttpResponse:
    """The provider's own word, once."""
    found = self_evaluation_for(request.actor, pk)
    form = SelfEvaluationForm(
        request.POST or None, request.FILES or None, indicators=found.indicators
    )

    def act(data: dict[str, Any]) -> str:
        services.self_evaluation_file(
            actor=require(request.actor, "appraisal_speak"), evaluation=found,
            answers=form.answers, summary=data["summary"], files=data["files"],
        )  # fmt: skip
        return reverse("scoring:own-appraisals")

    return form_page(
        request, form, act, template="scoring/self_evaluation.html", evaluation=found,
        title="自评", submit="提交自评", back=reverse("scoring:own-appraisals"),
        back_text="年度考评", draft=f"self-{pk}", success="自评已提交",
        may_file=request.actor.may("appraisal_speak") and found.filed_at is None,
        confirm="提交后不能修改，确定吗？",
    )  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def objection_new(request: Request, pk: int) -> HttpResponse:
    """Object to one indicator or to the whole."""
    found = own_appraisal_for(request.actor, pk)
    form = ObjectionForm(request.POST or None, request.FILES or None, appraisal=found)

    def act(data: dict[str, Any]) -> str:
        actor = require(request.actor, "appraisal_speak")
        services.objection_file(actor=actor, appraisal=found, **data)
        return reverse("scoring:own-appraisal", args=[pk])

    return form_page(
        request, form, act, title="提出异议", submit="提出异议", draft=f"objection-{pk}",
        back=reverse("scoring:own-appraisal", args=[pk]), back_text="考评结果",
        success="异议已提出", confirm="提出后形成考评异议书，不能修改，确定吗？",
    )  # fmt: skip


@login_required
@require_GET
def questionnaire_list(request: Request) -> HttpResponse:
    """What an enterprise is asked about the providers that served it."""
    actor = require(request.actor, "questionnaire_fill")
    rows = Questionnaire.objects.filter(enterprise_org__in=actor.orgs)
    context = {"forms": rows.order_by("filed_at", "-due_on")[:50]}
    return render(request, "scoring/questionnaire_list.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def questionnaire(request: Request, pk: UUID) -> HttpResponse:
    """The enterprise's form: ten questions, sealed when it is filed."""
    found = questionnaire_for(request.actor, pk)
    form = QuestionnaireForm(request.POST or None)

    def act(data: dict[str, Any]) -> str:
        services.questionnaire_file(
            actor=request.actor, form=found, answers=form.answers, comment=data["comment"],
            ip=client_ip(request),
        )  # fmt: skip
        return reverse("scoring:questionnaires")

    return form_page(
        request, form, act, template="scoring/questionnaire.html", questionnaire=found,
        title=f"评价{found.provider_name}", submit="提交评价", draft=f"questionnaire-{pk}",
        back=reverse("scoring:questionnaires"), back_text="评价服务机构",
        success="评价已提交并封存，谢谢", confirm="提交后不能修改，确定吗？",
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def third_party_file(request: HttpRequest, token: str) -> HttpResponse:
    """The third body's score, by its link; nobody has to have an account."""
    review = third_party_of(token)
    if review is None:
        return render(request, "scoring/third_party_file.html", {"review": None}, status=404)
    form = ThirdPartyFileForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            review = services.third_party_file(token=token, **form.cleaned_data)
        except DomainError as error:
            form.add_error(error.field if error.field in form.fields else None, error.message)
    status = 422 if form.errors else 200
    context = {"review": review, "form": form}
    return render(request, "scoring/third_party_file.html", context, status=status)
