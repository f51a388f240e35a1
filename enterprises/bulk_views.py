"""The same change to many files: chosen on the list, looked at, then done."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from common.errors import DomainError
from common.limits import heavy
from enterprises.bulk import MOST, Planned, check_edit, enterprises_edit, plan_edit
from enterprises.forms import BulkForm, EnterpriseFilter
from enterprises.models import Enterprise, Industry
from tenancy.access import require
from tenancy.models import Agency
from tenancy.request import Request
from tenancy.selectors import region_names


@heavy
@login_required
@require_POST
def bulk_edit(request: Request) -> HttpResponse:
    """Ask for the values and the note, show what they change, and do it once it is confirmed."""
    actor = require(request.actor, "enterprise_edit")
    ids, what = _selected(request), request.POST.get("do", "")
    if not 0 < len(ids) <= MOST:
        words = f"一次最多修改 {MOST} 家；请缩小筛选范围分次修改" if ids else "请先选择企业"
        messages.error(request, words)
        return redirect("enterprises:list")
    agency = Agency.objects.get(pk=actor.org)
    form = BulkForm(request.POST if what else None, agency=agency)
    rows = Enterprise.objects.filter(pk__in=ids).order_by("region_code", "name")
    planned: list[Planned] = []
    if what and form.is_valid():
        try:
            check_edit(ids, form.values())
            if what == "save":
                return _done(request, ids, form)
            planned = plan_edit(actor, list(rows), form.values())
        except DomainError as error:
            form.add_error(error.field, error.message)
    context = {
        "form": form, "ids": ids, "names": list(rows.values_list("name", flat=True)[:20]),
        "lines": _lines(planned), "changing": sum(bool(one.changes) for one in planned),
        "refused": sum(bool(one.refusal) for one in planned),
    }  # fmt: skip
    return render(request, "enterprises/bulk.html", context, status=422 if form.errors else 200)


def _selected(request: Request) -> list[int]:
    if request.POST.get("all_of_filter"):
        form = EnterpriseFilter(QueryDict(request.POST.get("filter", "")), actor=request.actor)
        return list(form.rows().values_list("pk", flat=True)[: MOST + 1])
    return sorted({int(pk) for pk in request.POST.getlist("ids") if pk.isdecimal()})


def _done(request: Request, ids: list[int], form: BulkForm) -> HttpResponse:
    data = form.cleaned_data
    done = enterprises_edit(
        actor=request.actor, enterprise_ids=ids, values=form.values(), note=data["note"],
        skips_refused=data["skips_refused"],
    )  # fmt: skip
    messages.success(request, f"已修改 {done.changed} 家，{done.unchanged} 家本来就是这样")
    if done.refused:
        messages.warning(request, f"跳过 {len(done.refused)} 家：{done.refused[0].refusal}")
    return redirect("enterprises:list")


def _lines(planned: list[Planned]) -> list[dict[str, Any]]:
    codes = {c for one in planned for c in one.changes.get("region_code", ())}
    words = {**region_names(codes), **dict(Industry.choices)}
    labels = {name: field.label for name, field in BulkForm.base_fields.items()}
    return [
        {
            "enterprise": one.enterprise,
            "refusal": one.refusal,
            "changes": [
                (labels[name], words.get(was, was) or "（空）", words.get(now, now))
                for name, (was, now) in one.changes.items()
            ],
        }
        for one in planned
    ]
