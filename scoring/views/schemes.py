"""Schemes of the evaluation: the versions, one with its indicators, what it changes, its try-out."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from common.pages import act_page, form_page
from scoring import services
from scoring.access import indicator_for, scheme_draft_for, scheme_for_reader
from scoring.appraisals.comparing import scheme_changes, tried
from scoring.appraisals.parameters import LABELS
from scoring.appraisals.reading import rules_of, scheme_in_force
from scoring.appraisals.rules import FORMULAE, SchemeError
from scoring.appraisals.sources import MEASURES
from scoring.forms.schemes import IndicatorForm, SchemeDraftForm, SchemeParametersForm
from scoring.forms.versions import AdoptForm
from scoring.models import AppraisalScheme
from tenancy import clock
from tenancy.access import require
from tenancy.request import Request


@login_required
@require_GET
def scheme_list(request: Request) -> HttpResponse:
    """The versions that the actor's region goes by or prepares, the newest first."""
    actor = require(request.actor, "appraisal_view")
    rows = AppraisalScheme.objects.select_related("based_on").order_by("-adopted_on", "-pk")
    context = {
        "schemes": rows,
        "in_force": scheme_in_force(actor.region_lo, clock.today(actor.org)),
        "may_edit": actor.may("scheme_edit"),
    }
    return render(request, "scoring/scheme_list.html", context)


@login_required
@require_GET
def scheme(request: Request, pk: int) -> HttpResponse:
    """One version: its indicators by group, how each is computed, its parameters."""
    found = scheme_for_reader(request.actor, pk)
    rules = found.as_scheme
    problem = ""
    try:
        rules.check()
    except SchemeError as error:
        problem = str(error)
    context = {
        "scheme": found,
        "indicators": [
            (row, MEASURES[row.measure], FORMULAE[row.formula], _figures(row.formula, row.figures))
            for row in found.indicators.all()
        ],
        "whole": sum(i.weight for i in rules.indicators),
        "problem": problem,
        "parameters": [(label, getattr(rules.parameters, n)) for n, label in LABELS.items()],
        "is_draft": found.state == AppraisalScheme.State.DRAFT,
        "may_edit": request.actor.may("scheme_edit")
        and found.owner_agency_id == request.actor.org_id,
    }
    return render(request, "scoring/scheme.html", context)


def _figures(formula: str, figures: dict[str, str]) -> str:
    labels = FORMULAE[formula].fields
    return "，".join(f"{labels[name]} {value}" for name, value in figures.items() if name in labels)


@login_required
@require_GET
def scheme_compare(request: Request, pk: int) -> HttpResponse:
    """What one version changes against another, and against the enclosed proposal if none is asked."""
    found = scheme_for_reader(request.actor, pk)
    with_pk = request.GET.get("with") or found.based_on_id
    other = scheme_for_reader(request.actor, with_pk) if with_pk else None
    context = {
        "scheme": found,
        "other": other,
        "others": AppraisalScheme.objects.exclude(pk=pk).order_by("-adopted_on", "-pk"),
        "changes": scheme_changes(rules_of(other), found.as_scheme),
    }
    return render(request, "scoring/scheme_compare.html", context)


@login_required
@require_GET
def scheme_try(request: Request, pk: int) -> HttpResponse:
    """A version over what past contracts were measured as: as it was, and as it would have been."""
    found = scheme_for_reader(request.actor, pk)
    lines = tried(found.as_scheme, request.actor)
    context = {
        "scheme": found,
        "lines": lines,
        "moved": sum(line.grade_before != line.grade_after for line in lines),
    }
    return render(request, "scoring/scheme_try.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def scheme_new(request: Request) -> HttpResponse:
    """Begin a version."""
    actor = require(request.actor, "scheme_edit")

    def act(data: dict[str, Any]) -> str:
        return reverse("scoring:scheme", args=[services.scheme_draft(actor=actor, **data).pk])

    return form_page(
        request, SchemeDraftForm(request.POST or None, actor=actor), act, title="另拟新版本",
        submit="建立草稿", back=reverse("scoring:schemes"), back_text="考评方案",
    )  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def indicator_edit(request: Request, pk: int, indicator: int | None = None) -> HttpResponse:
    """Add an indicator to a draft, or write one anew."""
    draft = scheme_draft_for(request.actor, pk)
    found = indicator_for(draft, indicator) if indicator is not None else None
    form = IndicatorForm(request.POST or None, initial=IndicatorForm.of(found) if found else None)

    def act(_: dict[str, Any]) -> str:
        services.indicator_save(
            actor=request.actor, scheme=draft, data=form.indicator, indicator=found
        )
        return reverse("scoring:scheme", args=[draft.pk])

    return form_page(
        request, form, act, title=str(found) if found else "新增指标", submit="保存",
        back=reverse("scoring:scheme", args=[draft.pk]), back_text=draft.version,
    )  # fmt: skip


@login_required
@require_POST
def indicator_remove(request: Request, pk: int, indicator: int) -> HttpResponse:
    """Take an indicator out of a draft."""
    draft = scheme_draft_for(request.actor, pk)
    found = indicator_for(draft, indicator)
    return act_page(
        request, lambda: services.indicator_remove(actor=request.actor, indicator=found),
        reverse("scoring:scheme", args=[draft.pk]), success=f"已删去{found}",
    )  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def scheme_parameters(request: Request, pk: int) -> HttpResponse:
    """The shares, limits and days of a draft."""
    draft = scheme_draft_for(request.actor, pk)
    form = SchemeParametersForm(
        request.POST or None, values=draft.as_scheme.parameters,
        initial={"note": draft.note, "is_proposal": draft.is_proposal},
    )  # fmt: skip

    def act(data: dict[str, Any]) -> str:
        services.scheme_edit(
            actor=request.actor, scheme=draft, parameters=form.parameters, note=data["note"],
            is_proposal=data["is_proposal"],
        )  # fmt: skip
        return reverse("scoring:scheme", args=[draft.pk])

    return form_page(
        request, form, act, title="参数", submit="保存",
        back=reverse("scoring:scheme", args=[draft.pk]), back_text=draft.version,
    )  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def scheme_adopt(request: Request, pk: int) -> HttpResponse:
    """Adopt a draft from a day on."""
    draft = scheme_draft_for(request.actor, pk)

    def act(data: dict[str, Any]) -> str:
        services.scheme_adopt(actor=request.actor, scheme=draft, **data)
        return reverse("scoring:scheme", args=[draft.pk])

    form = AdoptForm(request.POST or None, from_then="从这一天起冻结的考评按新版本，以前的考评不变")
    return form_page(
        request, form, act, title=f"施行{draft.version}",
        submit="施行", back=reverse("scoring:scheme", args=[draft.pk]), back_text=draft.version,
        confirm="施行以后不能再修改，确定吗？", success="已施行",
    )  # fmt: skip


@login_required
@require_POST
def scheme_drop(request: Request, pk: int) -> HttpResponse:
    """Throw a draft away."""
    draft = scheme_draft_for(request.actor, pk)
    return act_page(
        request, lambda: services.scheme_drop(actor=request.actor, scheme=draft),
        reverse("scoring:schemes"), success="已删除草稿",
    )  # fmt: skip
