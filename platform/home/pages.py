"""Deadlines before and after their day, the weekly brief, the calendar link."""

from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from common.limits import heavy
from common.pages import form_page
from common.paging import count_up_to, keyset
from common.scope import acting_as
from documents.pdf import render_sheet
from home.brief import WEEK, Brief, brief_of, monday_of, rows_of
from home.calendars import (
    FeedGone,
    calendar_of,
    etag_of,
    feed_actor,
    feed_make,
    feed_of,
    feed_revoke,
)
from home.duties import DUTIES
from home.forms import DeadlineRulesForm, WarningFilter
from home.models import DeadlineWarning
from home.warnings import rules_of, rules_save
from tenancy import clock
from tenancy.access import require
from tenancy.actors import Actor
from tenancy.request import Request

PAGE = 50


@login_required
@require_http_methods(["GET", "POST"])
def deadline_rules(request: Request) -> HttpResponse:
    """When an agency's deadlines are warned of, and whom lateness is reported to."""
    actor = require(request.actor, "deadline_rules")
    current = rules_of(actor.org)
    form = DeadlineRulesForm(request.POST or None, current=current)
    note = "现在是建议默认值。"
    if current.pk is not None:
        at = timezone.localtime(current.changed_at)
        note = f"{current.changed_by_name}于{at:%Y-%m-%d %H:%M}修改。"

    def act(data: dict[str, Any]) -> str:
        rules_save(actor=actor, **data)
        return reverse("home:deadline-rules")

    return form_page(
        request, form, act, success="已保存，明天早上的提醒按新的天数", title="期限提醒和逾期上报",
        submit="保存", note=note, back=reverse("home:deadline-warnings"), back_text="期限提醒",
        intro="每天早上按本机关的工作日历提醒；逾期的逐级上报，每一级只报一次。",
    )  # fmt: skip


@login_required
@require_GET
def deadline_warnings(request: Request) -> HttpResponse:
    """Who was told of which deadline, the newest first: what shows an escalation."""
    actor = require(request.actor, "deadline_warnings")
    form = WarningFilter(request.GET)
    rows = DeadlineWarning.objects.filter(owner_agency=actor.org)
    step = form.cleaned_data["step"] if form.is_valid() else ""
    if step:
        rows = rows.filter(step=step)
    page = keyset(
        rows.select_related("enterprise_org", "provider_org"), order=["-id"], size=PAGE,
        after=request.GET.get("after", ""), before=request.GET.get("before", ""),
    )  # fmt: skip
    duties = {duty.kind: duty for duty in DUTIES}
    context = {
        "form": form, "slice": page, "count": count_up_to(rows),
        "rows": [
            (
                row, row.enterprise_org or row.provider_org or "—", duties[row.kind].words,
                duties[row.kind].url(row.subject_id, is_holder=False),
            )
            for row in page.rows
        ],
        "may_set": actor.may("deadline_rules"),
    }  # fmt: skip
    return render(request, "home/warnings.html", context)


@login_required
@require_GET
def brief(request: Request) -> HttpResponse:
    """A week beside the one before; each figure opens into what it is made of."""
    actor = require(request.actor, "brief_view")
    found = _brief(request, actor)
    span = found.span
    figure, rows = rows_of(actor, request.GET.get("open", ""), span)
    context = {
        "brief": found, "figure": figure, "rows": rows,
        "last_week": span.before().monday,
        "next_week": span.monday + WEEK if found.is_over else None,
    }  # fmt: skip
    return render(request, "home/brief.html", context)


@heavy
@login_required
@require_GET
def brief_pdf(request: Request) -> HttpResponse:
    """The same on one sheet of A4."""
    actor = require(request.actor, "brief_view")
    found = _brief(request, actor)
    sheet = render_sheet("home/brief_sheet.html", {"brief": found})
    response = HttpResponse(sheet.content, content_type="application/pdf")
    name = f"brief-{found.span.monday}.pdf"
    response["Content-Disposition"] = f'inline; filename="{name}"'
    return response


def _brief(request: Request, actor: Actor) -> Brief:
    """The week of the day that is asked for; last week where none is, none of the future."""
    today = clock.today(actor.org)
    try:
        asked = date.fromisoformat(request.GET.get("week", ""))
    except ValueError:
        asked = today - WEEK
    earliest = date(2000, 1, 3)
    return brief_of(actor, monday_of(max(earliest, min(asked, today))), today)


@login_required
@require_http_methods(["GET", "POST"])
def calendar_link(request: Request) -> HttpResponse:
    """Make the link to one's own calendar, renew it, end it; it is shown once."""
    actor, link = require(request.actor, "document_view"), ""
    act = request.POST.get("act")
    if act == "make":
        path = reverse("home:calendar-feed", args=[feed_make(actor=actor)])
        link = request.build_absolute_uri(path)
    elif act == "revoke":
        feed_revoke(actor=actor)
    context = {"feed": feed_of(actor), "link": link}
    response = render(request, "home/calendar_link.html", context)
    response["Cache-Control"] = "no-store"
    return response


@require_safe
def calendar_feed(request: HttpRequest, token: str) -> HttpResponseBase:
    """A calendar for whoever has the link: what its member may see at this moment."""
    try:
        found = feed_actor(token)
    except FeedGone:
        return HttpResponse(
            "日历链接已停用\n", status=410, content_type="text/plain; charset=utf-8"
        )
    if found is None:
        raise Http404
    actor, feed = found
    with acting_as(actor):
        content = calendar_of(actor, feed, request.build_absolute_uri)
    etag = etag_of(content)
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response["ETag"], response["Cache-Control"] = etag, "private, no-cache"
    response["Content-Disposition"] = 'inline; filename="anfu.ics"'
    return get_conditional_response(request, etag=etag, response=response) or response
