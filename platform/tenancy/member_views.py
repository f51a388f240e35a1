"""One colleague's account, and what his administrator may do for it."""

from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from accounts.lockout import locked_names
from accounts.sessions import sessions_of
from common.pages import act_page, form_page
from tenancy.access import lone_admin_for, lone_admins_below, membership_for
from tenancy.forms import IdentityForm
from tenancy.gate import needs_second_factor
from tenancy.protection import (
    identity_bind,
    second_factor_reset,
    second_factor_reset_below,
    sessions_end_for,
    sign_in_unlock,
)
from tenancy.request import Request


def has_identity_provider(org_name: str) -> bool:
    """Say whether an organisation signs in with an identity provider of its own."""
    apps = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"]
    return any(app["settings"]["organization"] == org_name for app in apps)


@login_required
def member(request: Request, pk: int) -> HttpResponse:
    """How a colleague signs in, and what may be done about it."""
    membership = membership_for(request.actor, pk)
    user = membership.user
    factors = Authenticator.objects.filter(user=user).exclude(
        type=Authenticator.Type.RECOVERY_CODES
    )
    return render(
        request,
        "tenancy/member.html",
        {
            "membership": membership,
            "factors": factors.order_by("pk"),
            "needs_factor": needs_second_factor([membership]),
            "locked_until": locked_names([user.username]).get(user.username.lower()),
            "session_count": len(sessions_of(user)),
            "has_identity_provider": has_identity_provider(membership.org.name),
        },
    )


@login_required
@require_POST
def member_second_factor(request: Request, pk: int) -> HttpResponse:
    """Take away the second factors of a colleague who lost his device."""
    found = membership_for(request.actor, pk)
    return act_page(
        request,
        lambda: second_factor_reset(actor=request.actor, membership=found),
        reverse("tenancy:member", args=[pk]),
        success=f"已重设{found.user.name}的两步验证，他下次登录时重新设置",
    )


@login_required
def below(request: Request) -> HttpResponse:
    """The only administrators of agencies below: who lost his device there turns to us."""
    admins = lone_admins_below(request.actor)
    with_factor = set(
        Authenticator.objects.filter(user__in=[row.user_id for row in admins]).values_list(
            "user_id", flat=True
        )
    )
    return render(request, "tenancy/below.html", {"admins": admins, "with_factor": with_factor})


@login_required
@require_POST
def below_second_factor(request: Request, pk: int) -> HttpResponse:
    """Take away the second factors of one of them."""
    found = lone_admin_for(request.actor, pk)
    return act_page(
        request,
        lambda: second_factor_reset_below(actor=request.actor, membership=found),
        reverse("tenancy:below"),
        success=f"已重设{found.user.name}的两步验证，他下次登录时重新设置",
    )


@login_required
@require_POST
def member_unlock(request: Request, pk: int) -> HttpResponse:
    """Let a colleague try again at once."""
    found = membership_for(request.actor, pk)
    return act_page(
        request,
        lambda: sign_in_unlock(actor=request.actor, membership=found),
        reverse("tenancy:member", args=[pk]),
        success=f"已解除{found.user.name}的登录限制",
    )


@login_required
@require_POST
def member_sign_out(request: Request, pk: int) -> HttpResponse:
    """Sign a colleague out everywhere."""
    found = membership_for(request.actor, pk)
    return act_page(
        request,
        lambda: sessions_end_for(actor=request.actor, membership=found),
        reverse("tenancy:member", args=[pk]),
        success=f"{found.user.name}已在所有设备上退出",
    )


@login_required
@require_http_methods(["GET", "POST"])
def member_identity(request: Request, pk: int) -> HttpResponse:
    """Bind a colleague to the account that the agency's identity provider knows him by."""
    found = membership_for(request.actor, pk)
    back = reverse("tenancy:member", args=[pk])
    form = IdentityForm(request.POST or None, initial={"identity": found.identity})

    def act(data: dict[str, Any]) -> str:
        identity_bind(actor=request.actor, membership=found, **data)
        return back

    return form_page(
        request, form, act, success="已保存统一认证账号", submit="保存",
        title=f"统一认证 · {found.user.name}", back=back, back_text=found.user.name,
        intro="绑定后，该人员可以用本单位的统一认证登录这个账号。请核对是本人的账号。",
    )  # fmt: skip
