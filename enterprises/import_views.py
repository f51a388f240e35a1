"""Sheets that are brought along: upload → columns, where they are not known → preview → confirm."""

import io
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from common.errors import DomainError, Refused
from common.limits import heavy
from common.text import masked
from documents.xlsx import Column, write_template
from enterprises.access import import_for
from enterprises.bringing import (
    ASKED,
    JOB,
    Kind,
    import_answer_towns,
    import_columns_save,
    import_drop,
    import_preview,
    import_start,
    import_table,
    import_upload,
    kind_of,
    kinds,
)
from enterprises.columns import EXAMPLE, TEMPLATE, Table
from enterprises.file_bringing import file_kind_of
from enterprises.forms import UploadForm
from enterprises.models import EnterpriseImport
from enterprises.sheet import write_rejected
from tenancy.access import require
from tenancy.models import Agency
from tenancy.request import Request
from tenancy.selectors import townships
from workflow.models import Job

SHOWN = 200  # rows of a preview; the sheet of the refused ones has them all


def _agency(request: Request) -> Agency:
    return Agency.objects.select_related("org").get(pk=request.actor.org_id)


def _kind(key: str) -> Kind:
    kind = kind_of(key)
    if kind is None:
        raise Refused("enterprises.import", key)
    return kind


@heavy
@login_required
@require_http_methods(["GET", "POST"])
def upload(request: Request) -> HttpResponse:
    """Take a sheet of one kind; nothing is written before its preview is confirmed."""
    require(request.actor, "enterprise_import")
    kind = _kind(request.GET.get("kind") or "enterprises")
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            draft = import_upload(
                actor=request.actor,
                agency=_agency(request),
                content=file.read(),
                filename=file.name,
                kind=kind.key,
            )
        except DomainError as error:
            form.add_error(error.field, error.message)
        else:
            return redirect("enterprises:import", pk=draft.pk)
    recent = EnterpriseImport.objects.filter(owner_agency_id=request.actor.org_id, kind=kind.key)
    context = {
        "form": form, "recent": recent.order_by("-uploaded_at")[:10], "kind": kind,
        "kinds": kinds(),
    }  # fmt: skip
    return render(request, "enterprises/upload.html", context, status=422 if form.errors else 200)


@login_required
def template(request: Request, kind: str) -> Any:
    """An empty sheet of one kind with its headings, notes, choices and an example."""
    require(request.actor, "enterprise_import")
    what, out = _kind(kind), io.BytesIO()
    must = "、".join(f.label for f in what.fields.values() if f.required)
    hints = [f"{f.label}：{f.note}" for f in what.fields.values() if f.note]
    write_template(
        out,
        title=what.title + TEMPLATE,
        columns=[(Column(f.label, 20), f.sample, f.choices) for f in what.fields.values()],
        example=EXAMPLE,
        notes=[f"必填：{must}；日期写成 2025-06-03", *hints, *what.notes],
        created=timezone.now(),
    )
    out.seek(0)
    return FileResponse(out, as_attachment=True, filename=f"{what.title}{TEMPLATE}.xlsx")


@login_required
@require_http_methods(["GET", "POST"])
def preview(request: Request, pk: UUID) -> HttpResponse:
    """The sheet with every problem on its row; what is unclear is asked for; then confirmed."""
    draft = import_for(request.actor, pk)
    if file_kind_of(draft.kind):
        return redirect("enterprises:files", pk=pk)
    if draft.state != EnterpriseImport.State.DRAFT:
        context = {"draft": draft, "kind": _kind(draft.kind)}
        return render(request, "enterprises/imported.html", context)
    if request.method == "POST":
        return _decide(request, draft)
    if draft.columns.get("how") == ASKED:
        return redirect("enterprises:import-columns", pk=pk)
    return _preview(request, draft)


def _preview(request: Request, draft: EnterpriseImport, status: int = 200) -> HttpResponse:
    try:
        result = import_preview(draft)
    except DomainError as error:
        messages.error(request, error.message)
        return redirect("enterprises:import-columns", pk=draft.pk)
    only = request.GET.get("show", "")
    rows = result.rejected if only == "problems" else result.rows
    kind = _kind(draft.kind)
    context = {
        "draft": draft,
        "kind": kind,
        "result": result,
        "rows": rows[:SHOWN],
        "more": len(rows) - SHOWN,
        "show": only,
        "job": _running(draft),
        "used": [(kind.fields[name].label, text) for name, text in result.headings.items()],
        "towns": townships(_agency(request)),
        "agency": _agency(request),
        "fields": list(result.headings),
        "personal": [name for name, field in kind.fields.items() if field.is_personal],
    }
    return render(request, "enterprises/preview.html", context, status=status)


def _running(draft: EnterpriseImport) -> Job | None:
    jobs = Job.objects.filter(
        kind=JOB, subject_type=draft._meta.label_lower, subject_id=str(draft.pk)
    )
    return jobs.exclude(state=Job.State.DONE).first()


def _decide(request: Request, draft: EnterpriseImport) -> HttpResponse:
    what = request.POST.get("do", "")
    try:
        if what == "towns":
            pairs = zip(request.POST.getlist("town"), request.POST.getlist("code"), strict=False)
            import_answer_towns(draft=draft, answers={t: c for t, c in pairs if c})
        elif what == "drop":
            import_drop(draft=draft)
            messages.success(request, "已放弃，没有写入任何数据")
            return redirect("enterprises:upload")
        else:
            done = import_start(actor=request.actor, draft=draft, valid_only=what == "valid")
            if isinstance(done, Job):
                return redirect("workflow:job", pk=done.pk)
            unit = _kind(draft.kind).unit
            messages.success(
                request,
                f"已导入：新增 {done.created} {unit}，更新 {done.updated} {unit}，"
                f"无变化 {done.unchanged} {unit}",
            )
    except DomainError as error:
        messages.error(request, error.message)
        return _preview(request, draft, status=422)
    return redirect("enterprises:import", pk=draft.pk)


@login_required
@require_http_methods(["GET", "POST"])
def columns(request: Request, pk: UUID) -> HttpResponse:
    """Say which column is which field; remembered for sheets with the same headings."""
    draft = import_for(request.actor, pk)
    if draft.state != EnterpriseImport.State.DRAFT:
        return redirect("enterprises:import", pk=pk)
    kind, table = _kind(draft.kind), import_table(draft)
    match, error = {**table.columns}, None
    if request.method == "POST":
        chosen = {name: request.POST.get(name, "") for name in kind.fields}
        match = {n: int(at) for n, at in chosen.items() if at.isascii() and at.isdecimal()}
        try:
            import_columns_save(actor=request.actor, draft=draft, match=match)
        except DomainError as refused:
            error = refused
        else:
            return redirect("enterprises:import", pk=pk)
    context = {
        "draft": draft, "kind": kind, "error": error, "table": table,
        "gone": draft.columns.get("gone"), "new": draft.columns.get("new"),
        "rows": _choices(kind, table, match),
    }  # fmt: skip
    return render(request, "enterprises/columns.html", context, status=422 if error else 200)


def _choices(kind: Kind, table: Table, match: dict[str, int]) -> list[dict[str, Any]]:
    """Return for each field its headings to choose from, each with what stands under it."""
    options = [
        (at, heading, table.samples(at)) for at, heading in enumerate(table.headings) if heading
    ]
    shown = [(at, f"{h}（{masked('、'.join(s)) or '空'}）"[:80]) for at, h, s in options]
    return [
        {
            "name": name, "field": field, "options": shown, "chosen": match.get(name),
            "is_needed": field.required,
        }
        for name, field in kind.fields.items()
    ]  # fmt: skip


@heavy
@login_required
def rejected(request: Request, pk: UUID) -> Any:
    """The rejected rows as a sheet with a column 问题."""
    draft = import_for(request.actor, pk)
    kind = _kind(draft.kind)
    if not draft.file:
        messages.error(request, "这份名单的原文件已按保存期限清除")
        return redirect("enterprises:import", pk=pk)
    if draft.columns.get("how") == ASKED:
        return redirect("enterprises:import-columns", pk=pk)
    result, out = import_preview(draft), io.BytesIO()
    title = "未导入的企业" if kind.key == "enterprises" else f"未导入的{kind.title}"
    write_rejected(result, out, created=timezone.now(), fields=kind.fields, title=title)
    out.seek(0)
    return FileResponse(out, as_attachment=True, filename=f"{title}.xlsx")
