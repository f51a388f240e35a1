"""The three front doors, and the inbox."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from notifications.services import inbox as inbox_of
from notifications.services import notifications_read


@login_required
def front(request: HttpRequest) -> HttpResponse:
    """Send each to his own first page."""
    actor = request.actor
    if not actor.org_id:
        return redirect("tenancy:switch")
    return render(request, "home/front.html")


@login_required
def inbox(request: HttpRequest) -> HttpResponse:
    """Messages, unread first marked; POST marks all as read."""
    if request.method == "POST":
        notifications_read(actor=request.actor)
        return redirect("home:inbox")
    page = Paginator(inbox_of(request.actor), 30).get_page(request.GET.get("page"))
    return render(request, "home/inbox.html", {"page": page})
