"""One colleague's account, and what his administrator may do for it."""

from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts.lockout import locked_names
from accounts.sessions import sessions_of
from common.pages import act_page, form_page
from tenancy.access import (
    deputy_for,
    lone_admin_for,
    lone_admins_below,
    membership_for,
    membership_to_stand_in_for,
)
from tenancy.deputies import deputies_of, deputy_end, deputy_name
from tenancy.forms import DeputyForm, IdentityForm, LeavingForm
from tenancy.gate import needs_second_factor
from tenancy.leaving import holdings_of, work_hand_over
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


@login_required
@require_http_methods(["GET", "POST"])
def member_end(request: Request, pk: int) -> HttpResponse:
    """What a colleague holds; given away in one step, and his membership ended if he leaves."""
    found = membership_for(request.actor, pk)
    in_hand = holdings_of(found)
    form = LeavingForm(
        request.POST or None, actor=request.actor, membership=found, in_hand=in_hand,
        initial={"leaves": not request.GET.get("stays")},
    )  # fmt: skip

    def act(data: dict[str, Any]) -> str:
        work_hand_over(
            actor=request.actor, membership=found, to=form.takers, reason=data["reason"],
            leaves=data["leaves"],
        )  # fmt: skip
        words = "工作已移交，身份已停用" if data["leaves"] else "工作已移交"
        messages.success(request, f"{found.user.name}：{words}")
        return reverse("tenancy:people")

    return form_page(
        request, form, act, template="tenancy/leaving.html", membership=found, in_hand=in_hand,
        deputies=[row for row in deputies_of(found) if row.ended_at is None],
    )  # fmt: skip


@login_required
def deputies(request: Request, pk: int) -> HttpResponse:
    """Who stands in for somebody: his own page, and his administrator's."""
    found = membership_to_stand_in_for(request.actor, pk)
    context = {"membership": found, "deputies": deputies_of(found), "today": timezone.localdate()}
    return render(request, "tenancy/deputies.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def deputy_new(request: Request, pk: int) -> HttpResponse:
    """Name a deputy."""
    found = membership_to_stand_in_for(request.actor, pk)
    back = reverse("tenancy:deputies", args=[pk])
    form = DeputyForm(request.POST or None, actor=request.actor, membership=found)

    def act(data: dict[str, Any]) -> str:
        deputy_name(actor=request.actor, membership=found, **data)
        return back

    return form_page(
        request, form, act, success="已委托代理", submit="委托代理", back=back,
        title=f"委托代理 · {found.user.name}", back_text="代理",
        intro=f"代理人在期内以本人名义、以{found.get_role_display()}的职责办理，"
        "记录和文书写明代理；人员和证件管理不随代理移交，执法文书仍凭代理人自己的执法证件。",
    )  # fmt: skip


@login_required
@require_POST
def deputy_over(request: Request, pk: int) -> HttpResponse:
    """End a deputy's time early."""
    found = deputy_for(request.actor, pk)
    return act_page(
        request,
        lambda: deputy_end(actor=request.actor, deputy=found),
        reverse("tenancy:deputies", args=[found.deputy_for_id]),
        success=f"{found.user.name}的代理已结束",
    )
