"""Results of evaluations before everybody: exactly what was published, for its days."""

import json
from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from common.scope import acting_as
from scoring.models import AppraisalPublication
from tenancy import clock
from tenancy.actors import SYSTEM

PAGE = 50


def _found(code: str) -> tuple[AppraisalPublication, bool]:
    """Return a notice, and whether it is shown: within its days, and not taken back."""
    row = AppraisalPublication.objects.filter(code=code).first()
    if row is None:
        raise Http404(code)
    with acting_as(SYSTEM):  # whose days they are is the agency's clock to say
        return row, _is_out(row, clock.today(row.owner_agency_id))


def _is_out(row: AppraisalPublication, today: date) -> bool:
    return row.withdrawn_at is None and row.until_on >= today


@require_GET
def appraisal_list(request: HttpRequest) -> HttpResponse:
    """The notices that are out, the newest first; what is over or was taken back by its title."""
    rows = AppraisalPublication.objects.defer("body").order_by("-published_on", "-pk")
    words = request.GET.get("q", "").strip()
    if words:
        rows = rows.filter(agency_name__icontains=words)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    with acting_as(SYSTEM):
        todays = clock.todays({row.owner_agency_id for row in page})
    shown = [(row, _is_out(row, todays[row.owner_agency_id])) for row in page]
    context = {"page": page, "rows": shown, "q": words}
    return render(request, "portal/appraisal_list.html", context)


@require_GET
def appraisals(request: HttpRequest, code: str) -> HttpResponse:
    """One notice: its ranking while it is out, afterwards what became of it."""
    row, is_out = _found(code)
    context: dict[str, Any] = {"publication": row, "is_out": is_out}
    return render(request, "portal/appraisals.html", context)


@require_GET
def published(request: HttpRequest, code: str) -> HttpResponse:
    """The stored content itself, as its hash was made."""
    row, is_out = _found(code)
    if not is_out:
        raise Http404(code)
    text = json.dumps(row.body, ensure_ascii=False, indent=1)
    return HttpResponse(text, content_type="application/json; charset=utf-8")
