from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.files.storage import default_storage
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from common.errors import DomainError, Refused
from tenancy.access import require
from tenancy.request import Request
from workflow.access import job_for
from workflow.models import Job
from workflow.services import job_retry


@login_required
def job(request: Request, pk: UUID) -> HttpResponse:
    """Progress by part. htmx asks for the fragment again while the job runs."""
    found = job_for(request.actor, pk)
    parts = sorted(found.parts.all(), key=lambda part: (part.step, part.pk))
    done = sum(part.state == part.State.DONE for part in parts)
    context = {
        "job": found,
        "parts": parts,
        "done": done,
        "is_running": found.state == Job.State.RUNNING,
        "has_file": any("download" in part.result for part in parts),
        "has_failed": any(part.state == part.State.FAILED for part in parts),
    }
    template = "workflow/_job_parts.html" if request.htmx else "workflow/job.html"
    return render(request, template, context)


@login_required
@require_POST
def retry(request: Request, pk: UUID) -> HttpResponse:
    """Offer the failed parts again."""
    require(request.actor, "job_retry")
    found = job_for(request.actor, pk)
    try:
        job_retry(actor=request.actor, job=found)
    except DomainError as error:
        messages.error(request, error.message)
    return redirect("workflow:job", pk=found.pk)


@login_required
def file(request: Request, pk: UUID) -> FileResponse:
    """The file that a job made to be taken along."""
    found = job_for(request.actor, pk)
    made = [part.result for part in found.parts.all() if "download" in part.result]
    if not made:
        raise Refused("workflow.job.file", pk)
    return FileResponse(
        default_storage.open(made[0]["download"], "rb"),
        as_attachment=True,
        filename=made[0]["filename"],
    )
