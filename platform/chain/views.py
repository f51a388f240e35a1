"""The log of an agency, the state of its chain, checking it and taking it along."""

import tempfile
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST

from audit.chain import export_lines
from chain.access import verification_for
from chain.exports import write_log
from chain.forms import LogFilter, VerificationForm
from chain.selectors import chain_state, log_rows
from chain.services import TOLD, verification_start
from common.errors import DomainError
from common.paging import count_up_to, keyset
from tenancy.access import require
from tenancy.request import Request
from workflow.models import Job

PAGE = 50


@login_required
def log(request: Request) -> HttpResponse:
    """Every act in the agency's chain, newest first, filters in the URL, pages by key."""
    actor = require(request.actor, "audit_view")
    form = LogFilter(request.GET, actor=actor)
    rows = form.rows()
    page = keyset(
        rows,
        order=["-id"],
        size=PAGE,
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
    )
    context = {
        "form": form,
        "chips": form.chips(),
        "slice": page,
        "rows": log_rows(page),
        "count": count_up_to(rows),
        "first_day": form.first_day() if form.is_cut() else None,
    }
    return render(request, "chain/log.html", context)


@login_required
def log_export(request: Request) -> Any:
    """Exactly this filter as a sheet."""
    actor = require(request.actor, "audit_view")
    out = tempfile.TemporaryFile()  # noqa: SIM115  (the response closes it)
    write_log(out, LogFilter(request.GET, actor=actor).rows(), actor)
    out.seek(0)
    return FileResponse(out, as_attachment=True, filename="操作日志.xlsx")


@login_required
def chain(request: Request) -> HttpResponse:
    """The chain's state, its checks, and what can be done with it."""
    actor = require(request.actor, "audit_view")
    return render(
        request, "chain/chain.html", {"state": chain_state(actor), "form": VerificationForm()}
    )


@login_required
@require_POST
def verify(request: Request) -> HttpResponse:
    """Start a check; one that is under way is shown instead."""
    actor = require(request.actor, "audit_view")
    form = VerificationForm(request.POST)
    with_files = form.is_valid() and form.cleaned_data["with_files"]
    try:
        job = verification_start(actor=actor, with_files=with_files)
    except DomainError as error:
        messages.error(request, error.message)
        return redirect("chain:chain")
    return redirect("workflow:job", pk=job.pk)


@login_required
def verification(request: Request, pk: UUID) -> HttpResponse:
    """What one check has found."""
    found = verification_for(request.actor, pk)
    job = Job.objects.filter(subject_type="chain.verification", subject_id=str(pk)).first()
    context = {"verification": found, "job": job, "untold": found.problem_count - TOLD}
    return render(request, "chain/verification.html", context)


@login_required
def export(request: Request) -> StreamingHttpResponse:
    """The whole chain as JSON Lines, streamed; `docs/chain.md` says what stands in it."""
    actor = require(request.actor, "audit_view")
    lines = export_lines(agency_id=actor.org, name=actor.org_name)
    response = StreamingHttpResponse(lines, content_type="application/jsonl; charset=utf-8")
    filename = f"存证链-{actor.org_name}-{timezone.localdate()}.jsonl"
    response["Content-Disposition"] = content_disposition_header(True, filename) or "attachment"
    return response
