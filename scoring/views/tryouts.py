"""A draft tried over a year that really happened, before anybody adopts it."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from common.pages import form_page
from scoring.access import book_for_reader, tryout_for
from scoring.services.tryouts import result_of, tryout_start
from tenancy import clock
from tenancy.access import require
from tenancy.request import Request
from workflow.models import Job


class YearForm(forms.Form):
    """Over which year a book is tried."""

    year = forms.IntegerField(label="年度", min_value=2000, max_value=2100)


@login_required
@require_http_methods(["GET", "POST"])
def tryout_new(request: Request, pk: int) -> HttpResponse:
    """Start a try-out of a book."""
    actor = require(request.actor, "rule_book_edit")
    book = book_for_reader(actor, pk)
    form = YearForm(request.POST or None, initial={"year": clock.today(actor.org).year - 1})

    def act(data: dict[str, Any]) -> str:
        job = tryout_start(actor=actor, book=book, year=data["year"])
        return reverse("scoring:tryout", args=[job.pk])

    return form_page(
        request, form, act, title=f"试算{book.version}", submit="试算", back_text=book.version,
        back=reverse("scoring:book", args=[pk]),
        intro="用这一年真实的记分，按这个版本重新计算：谁会满12分、满18分，什么变了，为什么。不改变任何记分。",
    )  # fmt: skip


@login_required
def tryout(request: Request, pk: UUID) -> HttpResponse:
    """Side by side: as it was, and as the book would have made it."""
    job, book = tryout_for(request.actor, pk)
    found = result_of(job.pk)
    town, size = request.GET.get("town", ""), request.GET.get("size", "")
    moved = [
        one
        for one in found["moved"]
        if (not town or one["town"] == town) and (not size or one["size"] == size)
    ]
    context = {
        "job": job,
        "book": book,
        "running": job.state == Job.State.RUNNING,
        "result": found,
        "moved": sorted(moved, key=lambda one: abs(float(one["after"]) - float(one["before"])))[
            ::-1
        ],
        "colours": [
            (colour, found["colours"][0].get(colour, 0), found["colours"][1].get(colour, 0))
            for colour in ("绿", "黄", "橙", "红")
        ],
        "town": town,
        "size": size,
    }
    return render(request, "scoring/tryout.html", context)
