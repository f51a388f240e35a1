"""Signs (疑点): the list, dismissing one and taking that back, the thresholds."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import OuterRef, Subquery
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from common.errors import DomainError
from common.pages import form_page
from common.paging import count_up_to, keyset
from enterprises.models import Enterprise
from inspections import services
from inspections.access import sign_for, signs_seen, signs_with_more
from inspections.forms.signs import DismissForm, SignFilter, ThresholdsForm
from inspections.models import Sign, SignThresholds
from inspections.signs.update import thresholds_of
from tenancy.access import require
from tenancy.actors import Actor
from tenancy.request import Request
from tenancy.selectors import providers

PAGE = 50
SORTS = {"found": "found_at", "firm": "firm_name", "kind": "kind"}
LIST = "inspections:sign-list"


@login_required
def sign_list(request: Request) -> HttpResponse:
    """What asks for a second look: filters in the URL, the newest first, pages by key."""
    return _list(request)


def _list(
    request: Request, refused: Sign | None = None, answer: DismissForm | None = None
) -> HttpResponse:
    """Render the list; `answer` is the form about the sign that could not be dismissed."""
    actor = require(request.actor, "sign_view")
    choices = [(str(p.pk), p.name) for p in providers()]
    form = SignFilter(request.GET, actor=actor, providers=choices)
    rows, sort = form.rows(), request.GET.get("sort", "")
    field = SORTS.get(sort.lstrip("-"), "")
    order = [f"-{field}" if sort.startswith("-") else field, "id"] if field else ["-found_at", "id"]
    # Each sign's own firm is looked up: joined, the planner would read all of a province for it.
    names = Enterprise.objects.filter(pk=OuterRef("enterprise")).values("name")
    sorted_rows = rows.annotate(firm_name=Subquery(names)) if field == "firm_name" else rows
    page = keyset(
        sorted_rows.select_related("enterprise", "assignment__batch", "visit", "provider_org"),
        order=order,
        size=PAGE,
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
    )
    shown = [*([refused] if refused and refused not in page.rows else []), *page.rows]
    context = {
        "form": form,
        "chips": form.chips(),
        "slice": page,
        "rows": _with_forms(actor, shown, refused, answer),
        "count": count_up_to(rows),
        "state": form.data.get("state", ""),
        "sort": sort,
        "undo": _just_dismissed(request),
        "may_set": actor.may("sign_thresholds"),
    }
    return render(request, "inspections/sign_list.html", context, status=422 if answer else 200)


def _with_forms(
    actor: Actor, signs: list[Sign], refused: Sign | None, answer: DismissForm | None
) -> list[dict[str, Any]]:
    """Return each sign with what is told of it and, where he may, the form to dismiss it."""
    may = actor.may("sign_dismiss")
    rows = signs_with_more(actor, signs)
    for row in rows:
        sign = row["sign"]
        is_refused = answer is not None and sign == refused
        row["form"] = answer if is_refused else DismissForm(auto_id=f"id-{sign.pk}-%s")
        row["is_refused"] = is_refused
        row["may"] = may and sign.owner_agency_id == actor.org_id
    return rows


def _just_dismissed(request: Request) -> Sign | None:
    """The sign that was dismissed a moment ago, to take that back."""
    try:
        pk = UUID(request.GET.get("undo", ""))
    except ValueError:
        return None
    rows = signs_seen(request.actor).exclude(dismissed_at=None)
    return rows.filter(pk=pk).select_related("enterprise").first()


def _back(request: Request, undo: UUID | None = None) -> HttpResponse:
    query = request.GET.copy()
    query.pop("undo", None)
    if undo is not None:
        query["undo"] = str(undo)
    return redirect(f"{reverse(LIST)}?{query.urlencode()}".rstrip("?"))


@login_required
@require_POST
def dismiss(request: Request, pk: UUID) -> HttpResponse:
    """It is nothing, and why; back to the same place of the list, where it can be taken back."""
    found = sign_for(request.actor, pk)
    form = DismissForm(request.POST, auto_id=f"id-{pk}-%s")
    if form.is_valid():
        try:
            services.sign_dismiss(actor=request.actor, sign=found, **form.cleaned_data)
        except DomainError as error:
            form.add_error(error.field, error.message)
        else:
            return _back(request, undo=pk)
    return _list(request, found, form)


@login_required
@require_POST
def restore(request: Request, pk: UUID) -> HttpResponse:
    """Take a dismissal back."""
    found = sign_for(request.actor, pk)
    try:
        services.sign_restore(actor=request.actor, sign=found)
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, f"已恢复：{found.enterprise.name}，{found.text}")
    return _back(request)


@login_required
@require_http_methods(["GET", "POST"])
def thresholds(request: Request) -> HttpResponse:
    """From which figure on something is a sign, for the actor's own agency."""
    actor = require(request.actor, "sign_thresholds")
    form = ThresholdsForm(request.POST or None, current=thresholds_of(actor.org))

    def act(data: dict[str, Any]) -> str:
        services.thresholds_save(actor=actor, values=data)
        return reverse(LIST)

    last = SignThresholds.objects.filter(owner_agency=actor.org).first()
    note = "现在全部是默认值。"
    if last is not None:
        at = timezone.localtime(last.changed_at)
        note = (
            f"{last.changed_by_name}于{at:%Y-%m-%d %H:%M}修改，{len(last.values)}项与默认值不同。"
        )
    return form_page(
        request, form, act, success="阈值已保存，正在按新的阈值重新计算，稍后刷新可见", title="疑点阈值",
        submit="保存阈值", back=reverse(LIST), back_text="疑点", note=note,
        intro="达到这些数字的，列为疑点供核实和抽查优先，不作为处罚依据。留空恢复默认值。",
    )  # fmt: skip
