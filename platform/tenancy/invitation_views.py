"""Inviting several people at once, and passing their links on."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from common.errors import DomainError
from common.pages import act_page
from tenancy.access import invitation_for, require
from tenancy.enums import ROLES_OF, OrgKind
from tenancy.forms import InviteManyForm
from tenancy.invitations import (
    Line,
    invitation_extend,
    invitation_send,
    invitations_create,
    read_list,
    ways_of,
)
from tenancy.models import Invitation, Organization
from tenancy.request import Request
from tenancy.services import invitation_link


@login_required
@require_http_methods(["GET", "POST"])
def invite_many(request: Request) -> HttpResponse:
    """Read a list, show what is wrong with it, and invite whose line is right once confirmed."""
    actor = require(request.actor, "people_manage")
    org = Organization.objects.get(pk=actor.org)
    form = InviteManyForm(request.POST or None, request.FILES or None)
    lines: list[Line] = []
    if request.method == "POST" and form.is_valid():
        try:
            lines = read_list(org, form.text)
            if request.POST.get("confirm"):
                send = form.cleaned_data["send"]
                made = invitations_create(actor=actor, org=org, lines=lines, send=send)
                messages.success(request, f"已生成{len(made)}份邀请")
                return redirect("tenancy:invitations")
        except DomainError as error:
            form.add_error(error.field, error.message)
    context = {
        "form": form, "lines": lines, "text": form.text if form.is_bound else "",
        "right": sum(not line.problems for line in lines),
        "roles": [role.label for role in ROLES_OF[OrgKind(org.kind)]],
        "has_sms": bool(settings.SMS_URL), "is_training": org.is_training,
    }  # fmt: skip
    status = 422 if form.errors else 200
    return render(request, "tenancy/invite_many.html", context, status=status)


@login_required
def invitations(request: Request) -> HttpResponse:
    """The invitations that nobody has taken up: how each stands, and what can be done about it."""
    actor = require(request.actor, "people_manage")
    rows = list(_open(actor.org))
    shown = [(row, ways_of(row)) for row in rows]
    context = {"rows": shown, "has_sms": bool(settings.SMS_URL), "is_training": actor.is_training}
    return render(request, "tenancy/invitations.html", context)


@login_required
def invitation_sheets(request: Request) -> HttpResponse:
    """A page for each open invitation with its link as a QR code, to print and hand over."""
    actor = require(request.actor, "people_manage")
    sheets = [
        (row, request.build_absolute_uri(invitation_link(row)))
        for row in _open(actor.org)
        if not row.is_over
    ]
    return render(request, "tenancy/invitation_sheets.html", {"sheets": sheets})


def _open(org_id: int) -> Any:
    """Return the open invitations into an organisation and those it sent to others."""
    rows = Invitation.objects.filter(accepted_at=None, revoked_at=None, invited_by_org=org_id)
    return rows.select_related("org").order_by("-created_at", "-pk")[:200]


@login_required
@require_POST
def invitation_mail(request: Request, pk: Any, by: str) -> HttpResponse:
    """Send an invitation's link."""
    found = invitation_for(request.actor, pk)
    return act_page(
        request,
        lambda: invitation_send(actor=request.actor, invitation=found, by=by),
        _back(request, found),
        success=f"给{found.name}的邀请正在发送，结果显示在邀请列表里",
    )


@login_required
@require_POST
def invitation_longer(request: Request, pk: Any) -> HttpResponse:
    """Give an invitation more days."""
    found = invitation_for(request.actor, pk)
    return act_page(
        request,
        lambda: invitation_extend(actor=request.actor, invitation=found),
        _back(request, found),
        success=f"给{found.name}的邀请已延期",
    )


def _back(request: Request, invitation: Invitation) -> str:
    """Return the list for who manages people, the invitation itself for an officer."""
    if request.actor.may("people_manage"):
        return reverse("tenancy:invitations")
    return reverse("tenancy:invitation", args=[invitation.pk])
