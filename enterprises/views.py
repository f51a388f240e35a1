"""The files of the enterprises, and the import of a list: upload → preview → confirm."""

import io
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from common.errors import DomainError
from common.paging import count_up_to, keyset
from enterprises.access import enterprise_for, import_for
from enterprises.forms import EnterpriseFilter, EnterpriseForm, UploadForm
from enterprises.models import EnterpriseImport
from enterprises.services import (
    enterprise_save,
    import_answer_towns,
    import_confirm,
    import_drop,
    import_preview,
    import_upload,
)
from enterprises.sheet import write_rejected
from tenancy.access import require
from tenancy.enums import Role
from tenancy.forms import InvitationForm
from tenancy.models import Agency
from tenancy.request import Request
from tenancy.selectors import region_names, townships
from tenancy.services import invitation_create

PAGE = 50
SORTS = {"name": "name", "town": "region_code", "employees": "employee_count", "updated": "updated_at"}  # fmt: skip


def _agency(request: Request) -> Agency:
    return Agency.objects.select_related("org").get(pk=request.actor.org_id)


def _towns(request: Request) -> dict[str, str]:
    return townships(_agency(request)) if request.actor.is_agency else {}


@login_required
def enterprise_list(request: Request) -> HttpResponse:
    """All files the actor may see; every filter stands in the URL."""
    require(request.actor, "enterprise_list")
    form = EnterpriseFilter(request.GET, towns=_towns(request))
    rows = form.rows()
    sort = request.GET.get("sort", "")
    field = SORTS.get(sort.lstrip("-"), "id")
    if field == "employee_count":
        rows = rows.exclude(employee_count=None)
    order = [f"-{field}" if sort.startswith("-") else field, *([] if field == "id" else ["id"])]
    page = keyset(
        rows,
        order=order,
        size=PAGE,
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
    )
    context = {
        "form": form,
        "chips": form.chips(),
        "slice": page,
        "count": count_up_to(rows),
        "sort": sort,
        "towns": region_names({row.region_code for row in page.rows}),
    }
    return render(request, "enterprises/list.html", context)


@login_required
def record(request: Request, pk: int) -> HttpResponse:
    """One file."""
    enterprise = enterprise_for(request.actor, pk)
    towns = region_names({enterprise.region_code})
    context = {
        "enterprise": enterprise,
        "town": towns.get(enterprise.region_code, enterprise.region_code),
        "sees_phone": request.actor.is_enterprise or request.actor.may("enterprise_edit"),
    }
    return render(request, "enterprises/record.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def edit(request: Request, pk: int) -> HttpResponse:
    """Change a file by hand."""
    enterprise = enterprise_for(request.actor, pk, "enterprise_edit")
    form = EnterpriseForm(request.POST or None, instance=enterprise, agency=enterprise.owner_agency)
    if request.method == "POST" and form.is_valid():
        enterprise_save(actor=request.actor, enterprise=form.save(commit=False))
        messages.success(request, "已保存")
        return redirect("enterprises:record", pk=pk)
    context = {"form": form, "enterprise": enterprise}
    return render(request, "enterprises/edit.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def invite(request: Request, pk: int) -> HttpResponse:
    """Invite the enterprise's first person."""
    require(request.actor, "enterprise_invite")
    enterprise = enterprise_for(request.actor, pk)
    start = {"name": enterprise.principal_name, "role": Role.PRINCIPAL}
    form = InvitationForm(request.POST or None, org_kind="enterprise", initial=start)
    org = enterprise.enterprise_org
    if request.method == "POST" and form.is_valid() and org is not None:
        invitation = invitation_create(actor=request.actor, org=org, **form.cleaned_data)
        return redirect("tenancy:invitation", pk=invitation.pk)
    context = {"form": form, "enterprise": enterprise}
    return render(request, "enterprises/invite.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def upload(request: Request) -> HttpResponse:
    """Take a list; nothing is written before its preview is confirmed."""
    require(request.actor, "enterprise_import")
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            draft = import_upload(
                actor=request.actor,
                agency=_agency(request),
                content=file.read(),
                filename=file.name,
            )
        except DomainError as error:
            form.add_error(error.field, error.message)
        else:
            return redirect("enterprises:import", pk=draft.pk)
    recent = EnterpriseImport.objects.filter(owner_agency_id=request.actor.org_id)
    context = {"form": form, "recent": recent.order_by("-uploaded_at")[:10]}
    return render(request, "enterprises/upload.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def preview(request: Request, pk: UUID) -> HttpResponse:
    """The list with every problem on its row; towns are asked for; then confirmed."""
    draft = import_for(request.actor, pk)
    if draft.state != EnterpriseImport.State.DRAFT:
        return render(request, "enterprises/imported.html", {"draft": draft})
    if request.method == "POST":
        return _decide(request, draft)
    return _preview(request, draft)


def _preview(request: Request, draft: EnterpriseImport, status: int = 200) -> HttpResponse:
    result = import_preview(draft)
    only = request.GET.get("show", "")
    rows = result.rejected if only == "problems" else result.rows
    context = {
        "draft": draft,
        "result": result,
        "rows": rows,
        "show": only,
        "towns": _towns(request),
        "agency": _agency(request),
        "fields": list(result.headings),
    }
    return render(request, "enterprises/preview.html", context, status=status)


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
            valid_only = what == "valid"
            outcome = import_confirm(actor=request.actor, draft=draft, valid_only=valid_only)
            messages.success(
                request,
                f"已导入：新增 {outcome.created} 家，更新 {outcome.updated} 家，无变化 {outcome.unchanged} 家",
            )
    except DomainError as error:
        messages.error(request, error.message)
        return _preview(request, draft, status=422)
    return redirect("enterprises:import", pk=draft.pk)


@login_required
def rejected(request: Request, pk: UUID) -> Any:
    """The rejected rows as a sheet with a column 问题."""
    draft = import_for(request.actor, pk)
    out = io.BytesIO()
    write_rejected(import_preview(draft), out, created=timezone.now())
    out.seek(0)
    return FileResponse(out, as_attachment=True, filename="未导入的企业.xlsx")
