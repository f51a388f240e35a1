from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import prefetch_related_objects
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from common.errors import DomainError
from evidence.services import attachments_of
from providers.access import KINDS, provider_for
from providers.forms.bodies import ProviderForm
from providers.models import Credential, Provider, StandingDecision
from providers.selectors import bodies_named
from providers.services import provider_register
from providers.standing import ladder_on
from tenancy import clock
from tenancy.access import require, visible_or_404
from tenancy.actors import Actor
from tenancy.enums import Role
from tenancy.forms import InvitationForm
from tenancy.request import Request
from tenancy.services import invitation_create


@login_required
def provider_list(request: Request) -> HttpResponse:
    """Registered providers, searched by name, pinyin initials or credit code."""
    require(request.actor, "provider_view")
    text = request.GET.get("q", "").strip()
    bodies = {body.pk: body for body in bodies_named(text)}
    rows = Provider.objects.in_bulk(bodies)  # joined, the policy of bodies is asked of all firms
    page = Paginator([rows[pk] for pk in bodies if pk in rows], 50).get_page(
        request.GET.get("page")
    )
    prefetch_related_objects([*page], "org", "registered_by__org")
    return render(request, "providers/list.html", {"page": page, "q": text})


@login_required
@require_http_methods(["GET", "POST"])
def provider_new(request: Request) -> HttpResponse:
    """Register a provider."""
    actor = require(request.actor, "provider_register")
    form = ProviderForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            provider = provider_register(actor=actor, **form.cleaned_data)
        except DomainError as error:
            form.add_error(error.field, error.message)
        else:
            messages.success(request, "已登记，请邀请该机构的管理员")
            return redirect("providers:record", pk=provider.pk)
    context = {"form": form, "title": "登记服务机构", "submit": "登记"}
    return render(request, "agencies/form.html", context, status=422 if form.errors else 200)


@login_required
def own(request: Request) -> HttpResponse:
    """Lead a provider's people to their own body's record."""
    return redirect("providers:record", pk=require(request.actor, "my_assignments").org)


@login_required
def record(request: Request, pk: int) -> HttpResponse:
    """One provider."""
    actor = require(request.actor, "provider_view")
    provider = provider_for(actor, pk)
    is_registrar = provider.registered_by_id == actor.org_id
    today = clock.today(provider.registered_by_id)
    rows = {kind: _credentials(model, provider, today, actor) for kind, model in KINDS.items()}
    context = {
        "provider": provider,
        "may_invite": actor.may("provider_register") and is_registrar,
        "may_verify": actor.may("credential_verify") and is_registrar,
        "may_edit": actor.may("credential_edit") and provider.org_id == actor.org_id,
        "qualifications": rows["qualification"],
        "certificates": rows["certificate"],
        "today": today,
        "in_force": ladder_on(
            provider.org.credit_code or "", today, is_training=provider.org.is_training
        )[1],
        "waiting": StandingDecision.objects.filter(
            provider_org=pk, state__in=StandingDecision.PENDING
        ).first(),
        "may_draft": actor.may("standing_draft"),
    }
    return render(request, "providers/record.html", context)


def _credentials(
    model: type[Credential], provider: Provider, today: date, actor: Actor
) -> list[dict[str, Any]]:
    """A provider's standing credentials with how they stand today, the first to lapse first."""
    rows = list(
        model._default_manager.filter(provider_org=provider.org_id, removed_at=None).order_by(
            "valid_until", "pk"
        )
    )
    evidence = attachments_of(model._meta.label_lower, [row.pk for row in rows], actor=actor)
    return [
        {"row": row, "standing": row.standing_on(today), "files": evidence.get(str(row.pk), [])}
        for row in rows
    ]


@login_required
@require_http_methods(["GET", "POST"])
def invite(request: Request, pk: int) -> HttpResponse:
    """Invite the provider's first administrator; by the agency that registered it."""
    actor = require(request.actor, "provider_register")
    own = Provider.objects.select_related("org").filter(registered_by=actor.org_id)
    provider = visible_or_404(own, pk)
    start = {"name": provider.contact_name, "role": Role.PROVIDER_ADMIN}
    form = InvitationForm(request.POST or None, org_kind="provider", initial=start)
    if request.method == "POST" and form.is_valid():
        invitation = invitation_create(actor=actor, org=provider.org, **form.cleaned_data)
        return redirect("tenancy:invitation", pk=invitation.pk)
    context = {"form": form, "title": f"邀请 {provider.org.name} 的人员", "submit": "生成邀请链接"}
    return render(request, "agencies/form.html", context, status=422 if form.errors else 200)
