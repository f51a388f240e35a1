"""Two files of one enterprise: found, compared field by field, made one; and taken apart again."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from common.errors import DomainError
from common.pages import form_page
from common.text import masked
from enterprises.access import enterprise_for, merge_for
from enterprises.forms import MergeForm, MergeSearch, ReasonForm
from enterprises.merging import (
    FIELDS,
    PAIRED,
    alike,
    figures_of,
    files_merge,
    held_by,
    holds_of,
    merge_undo,
    why_alike,
    why_kept,
)
from enterprises.models import Enterprise
from tenancy.access import require
from tenancy.former import invited_to, roles_at
from tenancy.request import Request
from tenancy.selectors import region_names

FOUND = 20


@login_required
def choose(request: Request, pk: int) -> HttpResponse:
    """Choose the other file: those that look alike first, any of the same agency by a search."""
    actor = require(request.actor, "enterprise_edit")
    enterprise = enterprise_for(actor, pk, "enterprise_edit")
    form = MergeSearch(request.GET)
    text = form.cleaned_data["q"].strip() if form.is_valid() else ""
    rows = _found(enterprise, text) if text else alike(enterprise)
    context = {
        "enterprise": enterprise, "form": form, "q": text,
        "rows": [(row, why_alike(enterprise, row)) for row in rows],
        "towns": region_names({row.region_code for row in rows}),
    }  # fmt: skip
    return render(request, "enterprises/merge_choose.html", context)


def _found(enterprise: Enterprise, text: str) -> Iterable[Enterprise]:
    rows = Enterprise.objects.open().filter(owner_agency=enterprise.owner_agency_id)
    return rows.matching(text).exclude(pk=enterprise.pk).order_by("name", "pk")[:FOUND]


@login_required
@require_http_methods(["GET", "POST"])
def merge(request: Request, pk: int, other: int) -> HttpResponse:
    """Compare two files, of which `pk` stays; say what becomes of the other; and do it."""
    into = enterprise_for(request.actor, pk, "enterprise_edit")
    former = enterprise_for(request.actor, other, "enterprise_edit")
    if former.pk == into.pk:
        return redirect("enterprises:merge-choose", pk=pk)
    form = MergeForm(request.POST or None, former=former, into=into)
    if request.method == "POST" and form.is_valid():
        try:
            files_merge(
                actor=request.actor, former=former, into=into, taken=form.taken,
                reason=form.cleaned_data["reason"],
            )  # fmt: skip
        except DomainError as error:
            form.add_error(error.field, error.message)
        else:
            messages.success(request, f"{former.name}已并入{into.name}")
            return redirect("enterprises:record", pk=into.pk)
    context = {
        "former": former, "into": into, "form": form, "lines": _lines(form, former, into),
        "parts": held_by(former, into), "holds": holds_of(former, into),
        "figures": figures_of(former, into), "people": _people(former, into),
        "invited": invited_to(former.enterprise_org_id or 0),
    }  # fmt: skip
    return render(request, "enterprises/merge.html", context, status=422 if form.errors else 200)


def _lines(form: MergeForm, former: Enterprise, into: Enterprise) -> list[dict[str, Any]]:
    """Return each field with what stands in either file, and what is to be kept where they differ."""
    towns = region_names({former.region_code, into.region_code})
    codes = {"label": "统一社会信用代码", "into": into.credit_code, "former": former.credit_code}
    lines: list[dict[str, Any]] = [codes]
    for name in FIELDS:
        if name in PAIRED.values() or not (
            _shown(into, name, towns) or _shown(former, name, towns)
        ):
            continue
        field: Any = Enterprise._meta.get_field(name)
        lines.append(
            {
                "label": "位置" if name in PAIRED else field.verbose_name,
                "into": _shown(into, name, towns),
                "former": _shown(former, name, towns),
                "field": form[name] if name in form.fields else None,
            }
        )
    return lines


def _shown(row: Enterprise, name: str, towns: dict[str, str]) -> str:
    value = getattr(row, name)
    if value in (None, ""):
        return ""
    if name == "region_code":
        return towns.get(value, value)
    if name == "phone":
        return masked(value)
    if name in PAIRED:
        return f"北纬 {value}，东经 {getattr(row, PAIRED[name])}"
    if name in ("opens_at", "closes_at"):
        return f"{value:%H:%M}"
    return str(row.get_major_installation_display() if name == "major_installation" else value)


def _people(former: Enterprise, into: Enterprise) -> dict[str, str]:
    """Say how many have an account at either, by role."""
    orgs = {"former": former.enterprise_org_id or 0, "into": into.enterprise_org_id or 0}
    found = roles_at(list(orgs.values()))
    return {
        key: "、".join(f"{role} {number} 人" for role, number in found[org])
        for key, org in orgs.items()
    }


@login_required
@require_http_methods(["GET", "POST"])
def undo(request: Request, pk: UUID) -> HttpResponse:
    """Take two files apart again, with a reason."""
    found = merge_for(request.actor, pk)
    form, back = (
        ReasonForm(request.POST or None),
        reverse("enterprises:record", args=[found.into_id]),
    )

    def act(data: dict[str, Any]) -> str:
        merge_undo(actor=request.actor, merge=found, reason=data["reason"])
        return reverse("enterprises:record", args=[found.former_id])

    return form_page(
        request, form, act, success="已撤销合并，两份档案各自恢复",
        template="enterprises/merge_undo.html", merge=found, why=why_kept(found),
        title="撤销合并", submit="撤销合并", back=back, back_text=found.into.name,
    )  # fmt: skip
