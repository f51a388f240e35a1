"""What is put right afterwards: an issued hazard, a signed visit."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from common.limits import heavy
from common.pages import act_page, form_page
from common.paging import count_up_to, keyset
from documents.models import Document
from documents.previews import preview
from inspections import services
from inspections.access import (
    correction_for,
    corrections_of,
    hazard_for,
    may_correct,
    reopening_for,
    reopenings_of,
    visit_for,
)
from inspections.corrections import applied_of, changes_of, check_applies, correction_step
from inspections.forms.corrections import ConsentForm, CorrectForm, NoteForm, ReasonForm
from inspections.models import Hazard, HazardCorrection, Visit, VisitReopening
from inspections.services.corrections import POINTS_OF_CORRECTED
from tenancy.access import require
from tenancy.actors import Actor
from tenancy.request import Request
from workflow.models import WorkTask

PAGE = 50
Kind, State = HazardCorrection.Kind, HazardCorrection.State


def _to_correct(request: Request, pk: UUID) -> Hazard:
    found = hazard_for(request.actor, pk, "hazard_correct")
    if not may_correct(request.actor, found):
        raise PermissionDenied("hazard_correct")
    return found


@heavy
@login_required
@require_http_methods(["GET", "POST"])
def hazard_correct(request: Request, pk: UUID) -> HttpResponse:
    """Let an issued hazard read as it should; papers that show it are issued anew."""
    found = _to_correct(request, pk)
    start = {name: getattr(found, name) for name in CorrectForm.base_fields if name != "reason"}
    form = CorrectForm(request.POST or None, initial=start)

    def act(data: Mapping[str, Any]) -> str:
        values = {name: value for name, value in data.items() if name != "reason"}
        made = services.correction_ask(
            actor=request.actor, hazard=found, kind=Kind.CORRECT, reason=data["reason"],
            values=values,
        )  # fmt: skip
        return reverse("inspections:correction", args=[made.pk])

    return form_page(
        request, form, act, title=f"更正 {found.number}", submit="提交更正",
        back=reverse("inspections:hazard", args=[pk]), back_text=found.number,
        intro=_explain(found), draft=f"correct-{pk}", preview=preview,
    )  # fmt: skip


def _explain(hazard: Hazard) -> str:
    if hazard.source in Hazard.OFFICIAL:
        return "更正须由另一名持证执法人员办理后生效；原指令书作废，由新文号的指令书代替。"
    return (
        "文字更正立即生效：原建议书作废，由新文号的建议书代替，企业和监管部门都会收到通知。"
        "降低等级、改动期限，或者隐患已销号的，须先由监管部门同意。"
    )


@login_required
@require_http_methods(["GET", "POST"])
def hazard_withdraw(request: Request, pk: UUID) -> HttpResponse:
    """Ask for an issued hazard to be taken back as found by mistake."""
    found = _to_correct(request, pk)

    def act(data: Mapping[str, Any]) -> str:
        made = services.correction_ask(
            actor=request.actor, hazard=found, kind=Kind.WITHDRAW, reason=data["reason"]
        )
        return reverse("inspections:correction", args=[made.pk])

    who = "另一名持证执法人员" if found.source in Hazard.OFFICIAL else "监管部门"
    return form_page(
        request, ReasonForm(request.POST or None), act, title=f"撤销 {found.number}",
        submit="申请撤销隐患", back=reverse("inspections:hazard", args=[pk]),
        back_text=found.number, draft=f"withdraw-{pk}",
        intro=f"{found.place}：{found.description}。撤销须经{who}同意；编号保留，记录不会消失。",
    )  # fmt: skip


@login_required
def correction_list(request: Request) -> HttpResponse:
    """Corrections, what waits first; `all` shows every one of them."""
    actor = require(request.actor, "hazard_ledger")
    is_all = request.GET.get("all") == "1"
    rows, visits = corrections_of(actor), reopenings_of(actor)
    if not is_all:
        rows = rows.filter(state__in=HazardCorrection.OPEN_STATES)
        visits = visits.filter(state=VisitReopening.State.ASKED)
    page = keyset(
        rows.select_related("hazard__enterprise"), order=["-asked_at", "-id"], size=PAGE,
        after=request.GET.get("after", ""), before=request.GET.get("before", ""),
    )  # fmt: skip
    shown = visits.select_related("visit__enterprise").order_by("-asked_at", "-id")[:PAGE]
    context = {
        "slice": page, "count": count_up_to(rows), "reopenings": list(shown), "is_all": is_all,
    }  # fmt: skip
    return render(request, "inspections/correction_list.html", context)


@heavy
@login_required
@require_http_methods(["GET", "POST"])
def correction(request: Request, pk: UUID) -> HttpResponse:
    """One correction: before and after, who agreed, which papers follow; its one next act."""
    found = correction_for(request.actor, pk)
    next_act = correction_step(request.actor, found)
    if request.method == "POST":
        require(request.actor, "correction_answer")
    answering = next_act == "answer" or request.method == "POST"
    form = ConsentForm(request.POST or None) if answering else ReasonForm()

    def act(data: Mapping[str, Any]) -> str:
        services.correction_answer(actor=request.actor, correction=found, **data)
        return request.path

    return form_page(
        request, form, act, success="已答复", template="inspections/correction.html",
        correction=found, changes=changes_of(found), next_act=next_act,
        versions=list(applied_of(found.hazard)), hazard=found.hazard,
        papers=_papers(found),
        points_wait=_points_wait(request.actor, found), note_form=NoteForm(),
        layout="layouts/phone.html" if request.actor.is_enterprise else "layouts/desk.html",
        may_drop=found.state in HazardCorrection.OPEN_STATES and request.actor.may("hazard_correct")
        and request.actor.org_id == (found.provider_org_id or found.owner_agency_id),
    )  # fmt: skip


def _papers(found: HazardCorrection) -> list[Document]:
    """Return the papers that were issued with it."""
    if found.applied_at is None:
        return []
    rows = Document.objects.filter(
        subject_type__in=("inspections.visit", "inspections.hazard"),
        subject_id__in=(str(found.hazard.visit_id), str(found.hazard_id)),
        issued_at__gte=found.applied_at,
        issue_key__contains=str(found.pk),
    )
    return list(rows.select_related("replaces").defer("content", "replaces__content"))


def _points_wait(actor: Actor, found: HazardCorrection) -> bool:
    if not actor.may("correction_answer"):
        return False
    tasks = WorkTask.objects.filter(kind=POINTS_OF_CORRECTED, subject_id=str(found.pk))
    return tasks.filter(done_at=None).exists()


@heavy
@login_required
@require_POST
def correction_apply(request: Request, pk: UUID) -> HttpResponse:
    """Let it hold: the hazard reads otherwise, its papers are issued anew."""
    found = correction_for(request.actor, pk, "hazard_correct")
    if not may_correct(request.actor, found.hazard):
        raise PermissionDenied("hazard_correct")
    back = reverse("inspections:correction", args=[pk])

    def act() -> None:
        check_applies(request.actor, found)
        services.correction_apply(actor=request.actor, correction=found)

    return act_page(
        request, act, back,
        success="已生效，企业和有关单位已收到通知",
    )  # fmt: skip


@login_required
@require_POST
def correction_drop(request: Request, pk: UUID) -> HttpResponse:
    """Take the request back."""
    found = correction_for(request.actor, pk, "hazard_correct")
    back = reverse("inspections:correction", args=[pk])
    return act_page(
        request, lambda: services.correction_drop(actor=request.actor, correction=found), back,
        success="已撤回申请",
    )  # fmt: skip


@login_required
@require_POST
def correction_points(request: Request, pk: UUID) -> HttpResponse:
    """Say what came of looking at the points that were given for it."""
    found = correction_for(request.actor, pk, "correction_answer")
    back = reverse("inspections:correction", args=[pk])
    note = request.POST.get("note", "")

    def act() -> None:
        services.correction_points_checked(actor=request.actor, correction=found, note=note)

    return act_page(request, act, back, success="已记录核对结果")


@login_required
@require_http_methods(["GET", "POST"])
def visit_reopen(request: Request, pk: UUID) -> HttpResponse:
    """Ask for a signed visit to be opened again."""
    found = visit_for(request.actor, pk, "visit_reopen")
    if found.is_official:
        raise PermissionDenied("visit_reopen")

    def act(data: Mapping[str, Any]) -> str:
        asked = services.reopening_ask(actor=request.actor, visit=found, **data)
        return reverse("inspections:reopening", args=[asked.pk])

    return form_page(
        request, ReasonForm(request.POST or None), act, title="申请重新打开检查",
        submit="提交申请", back=reverse("inspections:visit", args=[pk]), back_text="检查记录",
        draft=f"reopen-{pk}",
        intro="监管部门同意后，这次检查可以修改，并由企业现场负责人重新签字。原来的答案、签名和记录完整保留；"
        "已经交底的隐患不变，有误的请办理更正或者撤销。",
    )  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def reopening(request: Request, pk: UUID) -> HttpResponse:
    """One reopening: why, who agreed, and what was signed before."""
    found = reopening_for(request.actor, pk)
    may_answer = request.actor.may("correction_answer") and found.state == "asked"
    if request.method == "POST" and not may_answer:
        raise PermissionDenied("correction_answer")

    def act(data: Mapping[str, Any]) -> str:
        allow = data["decision"] == "allow"
        give = services.reopening_allow if allow else services.reopening_refuse
        give(actor=request.actor, reopening=found, answer=data["answer"])
        return request.path

    return form_page(
        request, ConsentForm(request.POST or None), act, success="已答复",
        template="inspections/reopening.html", reopening=found, may_answer=may_answer,
        former=_former(found), may_open=found.visit.state == Visit.State.OPEN,
        may_drop=found.state == "asked" and found.provider_org_id == request.actor.org_id
        and request.actor.may("visit_reopen"),
    )  # fmt: skip


RESULTS = {"ok": "符合", "fail": "不符合", "na": "不涉及"}


def _former(found: VisitReopening) -> dict[str, Any]:
    """Return the version that was signed, with today's answers beside those that were changed."""
    if not found.former:
        return {}
    now = {
        str(answer.item or answer.risk_point): answer
        for answer in found.visit.answers.select_related("item", "risk_point")
    }
    changed = [
        {
            "question": was["question"], "before": RESULTS[was["result"]], "note": was["note"],
            "after": answer.get_result_display() if answer else "未作答",
            "after_note": answer.note if answer else "",
        }
        for was in found.former["answers"]
        if (answer := now.get(was["question"])) is None
        or (answer.result, answer.note) != (was["result"], was["note"])
    ]  # fmt: skip
    return {**found.former, "changed": changed, "answered": len(found.former["answers"])}


@login_required
@require_POST
def reopening_drop(request: Request, pk: UUID) -> HttpResponse:
    """Take the request back."""
    found = reopening_for(request.actor, pk, "visit_reopen")
    back = reverse("inspections:reopening", args=[pk])
    return act_page(
        request, lambda: services.reopening_drop(actor=request.actor, reopening=found), back,
        success="已撤回申请",
    )  # fmt: skip
