from mimetypes import guess_type
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from common.delivery import file_response
from common.errors import DomainError, Refused
from tenancy.access import require
from tenancy.file_links import ended
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
def file(request: Request, pk: UUID) -> HttpResponseBase:
    """The file that a job made to be taken along."""
    found = job_for(request.actor, pk)
    made = [part.result for part in found.parts.all() if "download" in part.result]
    if not made:
        raise Refused("workflow.job.file", pk)
    if page := ended(request):
        return page
    path, filename = made[0]["download"], made[0]["filename"]
    content_type = guess_type(filename)[0] or "application/octet-stream"
    return file_response(path, filename=filename, content_type=content_type)
