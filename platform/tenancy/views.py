"""People of one's own organisation, the choice whom one acts for, and invitations."""

from typing import Any
from urllib.parse import urlsplit

from allauth.account.utils import perform_login
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from common.errors import DomainError
from common.pages import act_page, form_page
from common.scope import acting_as
from tenancy.access import certificate_for, invitation_for, membership_for, require
from tenancy.enums import ADMIN_ROLES
from tenancy.forms import AcceptForm, CertificateForm, HandOverForm, InvitationForm
from tenancy.invitations import ways_of
from tenancy.middleware import SESSION_KEY
from tenancy.models import Invitation, Membership
from tenancy.personal import personal_show
from tenancy.request import Request
from tenancy.services import (
    certificate_add,
    certificate_revoke,
    invitation_accept,
    invitation_claim,
    invitation_create,
    invitation_link,
    invitation_revoke,
    invited_actor,
    membership_hand_over,
    password_link,
)


@login_required
@require_http_methods(["GET", "POST"])
def switch(request: Request) -> HttpResponse:
    """Choose for which organisation, and as what, one acts."""
    if request.method == "POST":
        chosen = request.POST.get("membership", "")
        if chosen in {str(m.pk) for m in request.memberships}:
            request.session[SESSION_KEY] = int(chosen)
            return redirect("home:front")
        messages.error(request, "该身份不可用，请重新选择")
    return render(request, "tenancy/switch.html", {"memberships": request.memberships})


@login_required
def people(request: Request) -> HttpResponse:
    """Everybody of the organisation, active and ended, and the open invitations."""
    actor = require(request.actor, "people_manage")
    members = Membership.objects.filter(org_id=actor.org_id, deputy_for=None).select_related("user")
    members = members.prefetch_related("officer_certificates")
    invitations = Invitation.objects.filter(
        invited_by_org_id=actor.org_id, accepted_at=None, revoked_at=None
    )
    return render(
        request,
        "tenancy/people.html",
        {
            "members": members.order_by("ended_at", "role", "user__name"),
            "invitation_count": invitations.count(),
            "admin_roles": ADMIN_ROLES,
            "may_certify": actor.may("certificate_manage"),
        },
    )


@login_required
@require_http_methods(["GET", "POST"])
def invite(request: Request) -> HttpResponse:
    """Invite somebody into one's own organisation; the link is shown to be passed on."""
    actor = require(request.actor, "people_manage")
    form = InvitationForm(request.POST or None, org_kind=actor.kind)
    if request.method == "POST" and form.is_valid():
        org = Membership.objects.select_related("org").get(pk=actor.member).org
        invitation = invitation_create(actor=actor, org=org, **form.cleaned_data)
        return redirect("tenancy:invitation", pk=invitation.pk)
    return _form_page(request, form, title="邀请人员", submit="生成邀请链接")


@login_required
def invitation(request: Request, pk: Any) -> HttpResponse:
    """An open invitation and its link."""
    found = invitation_for(request.actor, pk)
    link = request.build_absolute_uri(invitation_link(found))
    back = "tenancy:invitations" if request.actor.may("people_manage") else "home:front"
    context = {
        "invitation": found, "link": link, "ways": ways_of(found), "back": reverse(back),
    }  # fmt: skip
    return render(request, "tenancy/invitation.html", context)


@login_required
@require_POST
def invitation_withdraw(request: Request, pk: Any) -> HttpResponse:
    """Take an open invitation back."""
    found = invitation_for(request.actor, pk)
    try:
        invitation_revoke(actor=request.actor, invitation=found)
        messages.success(request, f"已撤回给{found.name}的邀请")
    except DomainError as error:
        messages.error(request, error.message)
    may_see_all = request.actor.may("people_manage")
    return redirect("tenancy:invitations" if may_see_all else "home:front")


@login_required
@require_http_methods(["GET", "POST"])
def hand_over(request: Request) -> HttpResponse:
    """Give the administration to a colleague."""
    actor = require(request.actor, "people_manage")
    form = HandOverForm(request.POST or None, actor=actor)
    if request.method == "POST" and form.is_valid():
        own = membership_for(actor, actor.membership_id)
        try:
            membership_hand_over(actor=actor, membership=own, to=form.cleaned_data["to"])
        except DomainError as error:
            form.add_error(error.field, error.message)
        else:
            request.session.pop(SESSION_KEY, None)
            messages.success(request, f"管理权已移交给{form.cleaned_data['to'].user.name}")
            return redirect("home:front")
    return _form_page(
        request,
        form,
        title="移交管理权",
        submit="移交管理权",
        confirm="移交后你不再是管理员，确定移交吗？",
    )


@login_required
@require_POST
def member_password(request: Request, pk: int) -> HttpResponse:
    """Make a one-time link on which a colleague sets a new password."""
    membership = membership_for(request.actor, pk)
    try:
        path = password_link(actor=request.actor, membership=membership)
    except DomainError as error:
        messages.error(request, error.message)
        return redirect("tenancy:people")
    return render(
        request,
        "tenancy/password_link.html",
        {"membership": membership, "link": request.build_absolute_uri(path)},
    )


@require_http_methods(["GET", "POST"])
def accept(request: Request, token: str) -> HttpResponse:
    """Take an invitation up: as the one signed in, or with a new sign-in name."""
    try:
        invitation_id, org_id = invitation_claim(token)
    except DomainError as error:
        return render(
            request, "tenancy/invitation_dead.html", {"message": error.message}, status=410
        )
    with acting_as(invited_actor(org_id)):
        found = Invitation.objects.select_related("org").filter(pk=invitation_id).first()
        if found is None or found.accepted_at or found.revoked_at or found.is_over:
            message = "邀请已被使用、撤回或者过期；已有账号请直接登录，没有的请联系邀请人"
            return render(request, "tenancy/invitation_dead.html", {"message": message}, status=410)
        return _accept(request, found)


def _accept(request: Request, found: Invitation) -> HttpResponse:
    user = request.user if request.user.is_authenticated else None
    person = {"name": found.name, "email": found.email}
    form = AcceptForm(request.POST or None, **person) if user is None else None
    if request.method == "POST" and (form is None or form.is_valid()):
        typed = form.cleaned_data if form else {}
        try:
            membership = invitation_accept(
                invitation_id=str(found.pk),
                user=user,
                username=typed.get("username", ""),
                password=typed.get("password", ""),
            )
        except DomainError as error:
            if form is None:
                messages.error(request, error.message)
                return redirect("home:front")
            form.add_error(error.field, error.message)
        else:
            if user is None:
                perform_login(request, membership.user)
            request.session[SESSION_KEY] = membership.pk
            return redirect("home:front")
    status = 422 if form is not None and form.errors else 200
    context = {"invitation": found, "form": form}
    return render(request, "tenancy/accept.html", context, status=status)


def _form_page(request: Request, form: Any, **context: str) -> HttpResponse:
    status = 422 if form.errors else 200
    return render(request, "tenancy/form.html", {"form": form, **context}, status=status)


@login_required
@never_cache
@require_POST
def personal(request: Request, holder: str, pk: str, field: str) -> HttpResponse:
    """Show one number whole: in its place, or on a page of its own where there is no script."""
    page = request.headers.get("HX-Current-URL") or request.headers.get("Referer", "")
    text = personal_show(actor=request.actor, holder=holder, pk=pk, field=field, page=page)
    template = "tenancy/_personal.html" if request.htmx else "tenancy/personal.html"
    path = urlsplit(page).path
    is_ours = url_has_allowed_host_and_scheme(path, allowed_hosts=None)
    context = {"text": text, "back": path if is_ours else reverse("home:front")}
    return render(request, template, context)


@login_required
@require_http_methods(["GET", "POST"])
def certificate_new(request: Request, pk: int) -> HttpResponse:
    """Register a colleague's enforcement certificate."""
    require(request.actor, "certificate_manage")
    membership = membership_for(request.actor, pk)
    form = CertificateForm(request.POST or None)

    def act(data: dict[str, Any]) -> str:
        certificate_add(actor=request.actor, membership=membership, **data)
        return reverse("tenancy:people")

    return form_page(
        request, form, act, success="已登记执法证件", submit="登记",
        title=f"执法证件 · {membership.user.name}", back=reverse("tenancy:people"),
        back_text="人员", intro="执法文书须由两名证件有效的人员签发；过期的证件不能签发。",
    )  # fmt: skip


@login_required
@require_POST
def certificate_end(request: Request, pk: int) -> HttpResponse:
    """Take a certificate back."""
    found = certificate_for(request.actor, pk)
    return act_page(
        request,
        lambda: certificate_revoke(actor=request.actor, certificate=found),
        reverse("tenancy:people"),
        success="已收回执法证件",
    )
