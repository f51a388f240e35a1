"""What a provider and its people may do: entered by its administrator, verified by the registrar."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from common.pages import act_page, form_page
from providers import services
from providers.access import credential_for, own_provider
from providers.forms.credentials import QualificationForm, RemoveForm, StaffCertificateForm
from providers.models import Provider
from tenancy.request import Request


@login_required
@require_http_methods(["GET", "POST"])
def qualification_new(request: Request, pk: int) -> HttpResponse:
    """Enter a qualification of one's own body."""
    provider = own_provider(request.actor, pk)
    form = QualificationForm(request.POST or None, request.FILES or None)
    return _entered(request, provider, form, services.qualification_add, "登记机构资质")


@login_required
@require_http_methods(["GET", "POST"])
def certificate_new(request: Request, pk: int) -> HttpResponse:
    """Enter a certificate of one of one's own people."""
    provider = own_provider(request.actor, pk)
    form = StaffCertificateForm(request.POST or None, request.FILES or None, org_id=provider.org_id)
    return _entered(request, provider, form, services.staff_certificate_add, "登记从业人员证书")


def _entered(
    request: Request, provider: Provider, form: forms.BaseForm, add: Callable[..., Any], title: str
) -> HttpResponse:
    back = reverse("providers:record", args=[provider.pk])

    def act(data: dict[str, Any]) -> str:
        add(actor=request.actor, provider=provider, **data)
        return back

    return form_page(
        request, form, act, title=title, submit="登记", back=back, back_text=provider.org.name,
        success="已登记，等待登记机关核验",
    )  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def credential_remove(request: Request, pk: int, kind: str) -> HttpResponse:
    """Strike a credential off, with the reason."""
    found = credential_for(request.actor, kind, pk, "credential_edit")
    back = reverse("providers:record", args=[found.provider_org_id])

    def act(data: dict[str, Any]) -> str:
        services.credential_remove(actor=request.actor, credential=found, **data)
        return back

    return form_page(
        request, RemoveForm(request.POST or None), act, title=f"注销{found.number}",
        submit="注销", back=back, back_text="服务机构", success="已注销",
        confirm="注销后不能恢复，需要时重新登记。确定吗？",
    )  # fmt: skip


@login_required
@require_POST
def credential_verify(request: Request, pk: int, kind: str) -> HttpResponse:
    """The registrar compared it with the original."""
    found = credential_for(request.actor, kind, pk, "credential_verify")
    return act_page(
        request,
        lambda: services.credential_verify(actor=request.actor, credential=found),
        reverse("providers:record", args=[found.provider_org_id]),
        success="已核验",
    )
