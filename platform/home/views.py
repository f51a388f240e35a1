"""The three front doors, and the inbox."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from home.search import context as search_context
from home.selectors import agency_desk, provider_desk
from notifications.services import inbox as inbox_of
from notifications.services import notifications_read
from tenancy.access import require
from tenancy.request import Request


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
@require_http_methods(["GET", "POST"])
def inbox(request: Request) -> HttpResponse:
    """Messages, the newest first; POST marks all as read."""
    require(request.actor, "document_view")
    if request.method == "POST":
        notifications_read(actor=request.actor)
        return redirect("home:inbox")
    page = Paginator(inbox_of(request.actor), 30).get_page(request.GET.get("page"))
    return render(request, "home/inbox.html", {"page": page})


@login_required
@require_safe
def search(request: Request) -> HttpResponse:
    """What the actor may see that the words tell of; to htmx only the hits, as one types."""
    actor = require(request.actor, "document_view")
    template = "home/_found.html" if request.htmx else "home/search.html"
    return render(request, template, search_context(actor, request.GET.get("q", "")))
