"""Rule books: the versions, one version, its clauses, what it changes, from draft to adoption."""

import tempfile
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from common.limits import heavy
from common.pages import act_page, form_page
from scoring import services
from scoring.access import book_for_reader, clause_for, draft_for
from scoring.book_changes import PARAMETERS, clause_changes, parameter_changes, words
from scoring.book_sheet import read_book, write_book
from scoring.forms.books import ClauseForm, DraftForm, ParametersForm, SheetForm
from scoring.forms.versions import AdoptForm
from scoring.models import RuleBook
from scoring.points import Parameters
from scoring.selectors import books_for
from scoring.services.books import clause_data, clauses_of
from tenancy import clock
from tenancy.access import require
from tenancy.request import Request


@login_required
def book_list(request: Request) -> HttpResponse:
    """The versions that the actor's region goes by or prepares, the newest first."""
    actor = require(request.actor, "points_view")
    rows = list(RuleBook.objects.select_related("based_on").order_by("-adopted_on", "-pk"))
    today = clock.today(actor.org)
    in_force = books_for(actor.region_lo).filter(adopted_on__lte=today).first()  # type: ignore[attr-defined]
    context = {
        "books": rows,
        "in_force": in_force,
        "may_edit": actor.may("rule_book_edit"),
        "may_present": actor.may("point_measure"),
    }
    return render(request, "scoring/book_list.html", context)


@login_required
def book(request: Request, pk: int) -> HttpResponse:
    """One version: its clauses by aspect and item, its parameters, what it changes."""
    found = book_for_reader(request.actor, pk)
    rules = Parameters.of(found.parameters)
    query = request.GET.get("q", "").strip()
    clauses = [c for c in clauses_of(found) if query in f"{c.code} {c.item_name} {c.text}"]
    context = {
        "book": found,
        "clauses": clauses,
        "q": query,
        "parameters": [(label, words(getattr(rules, name))) for name, label in PARAMETERS.items()],
        "is_draft": found.state == RuleBook.State.DRAFT,
        "may_edit": request.actor.may("rule_book_edit")
        and found.owner_agency_id == request.actor.org_id,
        "others": RuleBook.objects.exclude(pk=pk).order_by("-adopted_on", "-pk"),
    }
    return render(request, "scoring/book.html", context)


@login_required
def compare(request: Request, pk: int) -> HttpResponse:
    """What one version changes against another: against the one it comes from, unless asked."""
    found = book_for_reader(request.actor, pk)
    with_pk = request.GET.get("with") or found.based_on_id
    others = RuleBook.objects.exclude(pk=pk).order_by("-adopted_on", "-pk")
    other = book_for_reader(request.actor, with_pk) if with_pk else others.first()
    context: dict[str, Any] = {"book": found, "other": other, "others": others}
    if other is not None:
        before, after = (list(map(clause_data, clauses_of(one))) for one in (other, found))
        context["changes"] = clause_changes(before, after)
        context["parameters"] = parameter_changes(other.parameters, found.parameters)
    return render(request, "scoring/book_compare.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def book_new(request: Request) -> HttpResponse:
    """Begin a version."""
    actor = require(request.actor, "rule_book_edit")

    def act(data: dict[str, Any]) -> str:
        made = services.book_draft(actor=actor, **data)
        return reverse("scoring:book", args=[made.pk])

    return form_page(
        request, DraftForm(request.POST or None, actor=actor), act, title="另拟新版本",
        submit="建立草稿", back=reverse("scoring:books"), back_text="记分表",
    )  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def clause_edit(request: Request, pk: int, clause: int | None = None) -> HttpResponse:
    """Add a clause to a draft, or write one anew."""
    draft = draft_for(request.actor, pk)
    found = clause_for(draft, clause) if clause is not None else None
    form = ClauseForm(request.POST or None, initial=ClauseForm.of(found) if found else None)

    def act(_: dict[str, Any]) -> str:
        services.clause_save(
            actor=request.actor, book=draft, data=form.data_of_clause, clause=found
        )
        return reverse("scoring:book", args=[draft.pk])

    return form_page(
        request, form, act, title=f"第{found.code}款" if found else "新增条款", submit="保存",
        back=reverse("scoring:book", args=[draft.pk]), back_text=draft.version,
    )  # fmt: skip


@login_required
@require_POST
def clause_remove(request: Request, pk: int, clause: int) -> HttpResponse:
    """Take a clause out of a draft."""
    draft = draft_for(request.actor, pk)
    found = clause_for(draft, clause)
    return act_page(
        request, lambda: services.clause_remove(actor=request.actor, clause=found),
        reverse("scoring:book", args=[draft.pk]), success=f"已删去第{found.code}款",
    )  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def parameters(request: Request, pk: int) -> HttpResponse:
    """The thresholds, reductions and surcharges of a draft."""
    draft = draft_for(request.actor, pk)
    form = ParametersForm(
        request.POST or None, values=Parameters.of(draft.parameters),
        initial={"note": draft.note, "is_proposal": draft.is_proposal},
    )  # fmt: skip

    def act(data: dict[str, Any]) -> str:
        services.book_edit(
            actor=request.actor, book=draft, parameters=form.parameters, note=data["note"],
            is_proposal=data["is_proposal"],
        )  # fmt: skip
        return reverse("scoring:book", args=[draft.pk])

    return form_page(
        request, form, act, title="参数", submit="保存",
        back=reverse("scoring:book", args=[draft.pk]), back_text=draft.version,
    )  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def book_import(request: Request, pk: int) -> HttpResponse:
    """Replace the clauses of a draft by those of a sheet."""
    draft = draft_for(request.actor, pk)

    def act(data: dict[str, Any]) -> str:
        clauses = read_book(data["file"], data["file"].name)
        services.book_load(actor=request.actor, book=draft, clauses=clauses)
        return reverse("scoring:book-compare", args=[draft.pk])

    return form_page(
        request, SheetForm(request.POST or None, request.FILES or None), act, title="导入条款",
        submit="导入", back=reverse("scoring:book", args=[draft.pk]), back_text=draft.version,
        intro="表格里的条款将替换草稿的全部条款。", success="已导入，请核对与原版本的差别",
    )  # fmt: skip


@login_required
@heavy
def book_export(request: Request, pk: int) -> FileResponse:
    """A version as a sheet, which can be imported again."""
    found = book_for_reader(request.actor, pk)
    clauses = list(map(clause_data, clauses_of(found)))
    out = tempfile.TemporaryFile()  # noqa: SIM115  (the response closes it)
    write_book(out, found, clauses, request.actor.is_training)
    out.seek(0)
    return FileResponse(out, as_attachment=True, filename=f"记分表{found.version}.xlsx")


@login_required
@require_http_methods(["GET", "POST"])
def book_adopt(request: Request, pk: int) -> HttpResponse:
    """Adopt a draft; after that nothing of it changes."""
    draft = draft_for(request.actor, pk)

    def act(data: dict[str, Any]) -> str:
        services.book_adopt(actor=request.actor, book=draft, adopted_on=data["adopted_on"])
        return reverse("scoring:book", args=[draft.pk])

    form = AdoptForm(request.POST or None, from_then="从这一天的检查起按新版本记分，以前的记分不变")
    return form_page(
        request, form, act, title=f"施行{draft.version}", submit="施行",
        confirm="施行后条款和参数都不能再改，确定吗？", success="已施行",
        back=reverse("scoring:book-compare", args=[draft.pk]), back_text="与原版本的差别",
    )  # fmt: skip


@login_required
@require_POST
def book_drop(request: Request, pk: int) -> HttpResponse:
    """Throw a draft away."""
    draft = draft_for(request.actor, pk)
    return act_page(
        request, lambda: services.book_drop(actor=request.actor, book=draft),
        reverse("scoring:books"), success=f"已删除草稿{draft.version}",
    )  # fmt: skip
