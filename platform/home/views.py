"""The three front doors, and the inbox."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST, require_safe

from common.paging import count_up_to, keyset
from home.forms import MessageFilter
from home.inbox import messages as messages_of
from home.inbox import unread_count
from home.search import context as search_context
from home.selectors import agency_desk, provider_desk
from home.waiting import waiting
from notifications.services import notifications_read
from tenancy.access import require, visible_or_404
from tenancy.actors import Actor
from tenancy.request import Request

PAGE = 30


@login_required
def front(request: Request) -> HttpResponse:
    """What is late, what is dangerous, what waits for me."""
    actor = request.actor
    if not actor.org_id:
        return redirect("tenancy:switch")
    if actor.is_enterprise:
        return redirect("inspections:deadlines")
    desk = agency_desk(actor) if actor.is_agency else provider_desk(actor)
    return render(request, "home/front.html", {"desk": desk})


@login_required
@require_GET
def inbox(request: Request) -> HttpResponse:
    """What waits for me by urgency, or what I was told; which of it stands in the URL."""
    actor = require(request.actor, "document_view")
    if request.GET.get("part") == "messages":
        return _messages(request, actor)
    context = {
        "part": "todo", "waiting": waiting(actor, request.GET.get("kind", "")),
        "may_see_warnings": actor.may("deadline_warnings"),
    }  # fmt: skip
    return render(request, "home/inbox.html", context)


def _messages(request: Request, actor: Actor) -> HttpResponse:
    form = MessageFilter(request.GET)
    form.is_valid()
    rows = messages_of(actor, form.chosen("topic"), unread=form.chosen("show") == "unread")
    page = keyset(
        rows, order=["-id"], size=PAGE,
        after=request.GET.get("after", ""), before=request.GET.get("before", ""),
    )  # fmt: skip
    context = {
        "part": "messages", "form": form, "slice": page, "count": count_up_to(rows),
        "unread_here": unread_count(actor), "query": request.GET.urlencode(),
        "may_see_warnings": actor.may("deadline_warnings"),
    }  # fmt: skip
    return render(request, "home/inbox.html", context)


@login_required
@require_POST
def inbox_read(request: Request) -> HttpResponse:
    """Mark one message as read, or all of the filter; `open` goes on to what it is about."""
    actor = require(request.actor, "document_view")
    form = MessageFilter(request.GET)
    form.is_valid()
    chosen = request.POST.get("open") or request.POST.get("id")
    if chosen:
        message = visible_or_404(messages_of(actor), chosen)
        notifications_read(actor=actor, ids=[str(message.pk)])
        if request.POST.get("open"):
            is_ours = url_has_allowed_host_and_scheme(message.url, allowed_hosts=None)
            return redirect(message.url if is_ours else reverse("home:inbox"))
    else:
        rows = messages_of(actor, form.chosen("topic"), unread=True)
        notifications_read(actor=actor, rows=rows)
    return redirect(f"{reverse('home:inbox')}?{request.GET.urlencode() or 'part=messages'}")


@login_required
@require_safe
def search(request: Request) -> HttpResponse:
    """What the actor may see that the words tell of; to htmx only the hits, as one types."""
    actor = require(request.actor, "document_view")
    template = "home/_found.html" if request.htmx else "home/search.html"
    return render(request, template, search_context(actor, request.GET.get("q", "")))
