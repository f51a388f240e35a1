"""Hazards of earlier years: the list, one of them, and what became of an open one."""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from common.pages import form_page
from common.paging import count_up_to, keyset
from evidence.services import photos_of
from inspections.access import historical_for
from inspections.forms.historical import HistoricalFilter, SettleForm
from inspections.historical import historical_settle
from tenancy.access import require
from tenancy.request import Request

PAGE = 50


@login_required
def historical_list(request: Request) -> HttpResponse:
    """What ledgers of earlier years tell of, the latest first."""
    actor = require(request.actor, "historical_view")
    form = HistoricalFilter(request.GET, actor=actor)
    rows = form.rows()
    page = keyset(
        rows.select_related("enterprise"),
        order=["-found_on", "id"],
        size=PAGE,
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
    )
    context = {
        "form": form, "chips": form.chips(), "slice": page, "count": count_up_to(rows),
        "may_import": actor.may("enterprise_import"),
    }  # fmt: skip
    return render(request, "inspections/historical_list.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def historical(request: Request, pk: UUID) -> HttpResponse:
    """One of them, as its sheet said; an open one is ended here by a person."""
    row = historical_for(request.actor, pk)
    form = SettleForm(request.POST or None, row=row)

    def act(data: dict[str, Any]) -> str:
        own = historical_for(request.actor, pk, "historical_settle")
        historical_settle(actor=request.actor, row=own, **data)
        return reverse("inspections:historical", args=[pk])

    return form_page(
        request, form, act, success="已办结", template="inspections/historical.html", row=row,
        photos=photos_of(row._meta.label_lower, [row.pk], actor=request.actor)[str(row.pk)],
        may_import=request.actor.may("enterprise_import"),
        may_settle=row.is_open
        and row.owner_agency_id == request.actor.org_id
        and request.actor.may("historical_settle"),
    )  # fmt: skip
