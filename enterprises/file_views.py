"""Files that are brought along: upload → what belongs where, and what is wrong → confirm."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from common.errors import DomainError, Refused
from common.limits import heavy
from enterprises.access import import_for
from enterprises.file_bringing import (
    JOB,
    FileKind,
    file_kind_of,
    file_kinds,
    files_drop,
    files_start,
    files_upload,
    looked_of,
)
from enterprises.forms import FilesForm
from enterprises.models import EnterpriseImport
from tenancy.access import require
from tenancy.models import Agency
from tenancy.request import Request
from workflow.models import Job

SHOWN = 300


def _kind(key: str) -> FileKind:
    kind = file_kind_of(key)
    if kind is None:
        raise Refused("enterprises.import", key)
    return kind


@heavy
@login_required
@require_http_methods(["GET", "POST"])
def upload(request: Request) -> HttpResponse:
    """Take an archive, or files one by one; nothing is written before it is confirmed."""
    actor = require(request.actor, "enterprise_import")
    kind = _kind(request.GET.get("kind") or file_kinds()[0].key)
    is_sent = request.method == "POST"
    form = FilesForm(request.POST, request.FILES) if is_sent else FilesForm()
    if is_sent and form.is_valid():
        agency = Agency.objects.select_related("org").get(pk=actor.org)
        try:
            draft = files_upload(
                actor=actor, agency=agency, kind=kind.key, files=form.cleaned_data["files"]
            )
        except DomainError as error:
            form.add_error("files", error.message)
        else:
            return redirect("enterprises:files", pk=draft.pk)
    recent = EnterpriseImport.objects.filter(owner_agency_id=actor.org_id, kind=kind.key)
    context = {
        "form": form, "kind": kind, "kinds": file_kinds(),
        "recent": recent.order_by("-uploaded_at")[:10],
    }  # fmt: skip
    return render(
        request, "enterprises/files_upload.html", context, status=422 if form.errors else 200
    )


@login_required
@require_http_methods(["GET", "POST"])
def files(request: Request, pk: UUID) -> HttpResponse:
    """Which file goes where and what is wrong with which; then confirmed, or given up."""
    draft = import_for(request.actor, pk)
    kind = _kind(draft.kind)
    if request.method == "POST":
        return _decide(request, draft)
    return _page(request, draft, kind)


def _page(
    request: Request, draft: EnterpriseImport, kind: FileKind, status: int = 200
) -> HttpResponse:
    looked = looked_of(draft) if draft.state == EnterpriseImport.State.DRAFT else []
    problems = [one for one in looked or [] if one.problem]
    shown = problems if request.GET.get("show") == "problems" else looked or []
    context: dict[str, Any] = {
        "draft": draft, "kind": kind, "is_looked": looked is not None, "total": len(looked or []),
        "good": len(looked or []) - len(problems), "problems": len(problems),
        "there": sum(one.is_there for one in looked or []), "rows": shown[:SHOWN],
        "more": len(shown) - SHOWN, "only": request.GET.get("show", ""), "job": _running(draft),
    }  # fmt: skip
    return render(request, "enterprises/files.html", context, status=status)


def _running(draft: EnterpriseImport) -> Job | None:
    jobs = Job.objects.filter(
        kind=JOB, subject_type=draft._meta.label_lower, subject_id=str(draft.pk)
    )
    return jobs.exclude(state=Job.State.DONE).order_by("-created_at").first()


def _decide(request: Request, draft: EnterpriseImport) -> HttpResponse:
    what = request.POST.get("do", "")
    try:
        if what == "drop":
            files_drop(draft=draft)
            messages.success(request, "已放弃，没有写入任何数据")
            return redirect("enterprises:files-upload")
        done = files_start(actor=request.actor, draft=draft, valid_only=what == "valid")
    except DomainError as error:
        messages.error(request, error.message)
        return _page(request, draft, _kind(draft.kind), status=422)
    if isinstance(done, Job):
        return redirect("workflow:job", pk=done.pk)
    return redirect("enterprises:files", pk=draft.pk)
