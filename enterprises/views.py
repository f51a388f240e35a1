"""The files of the enterprises and their registers."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from common.pages import act_page, form_page
from common.paging import window_of
from documents.handing_over import consent_record, consent_withdraw
from documents.models import DeliveryConsent
from enterprises.access import enterprise_for, file_for
from enterprises.entering import mark_of
from enterprises.forms import (
    CertificateForm,
    ConsentForm,
    EnterpriseFilter,
    EnterpriseForm,
    FactsForm,
    RiskPointForm,
)
from enterprises.lists import enterprise_page
from enterprises.models import EnterpriseMerge
from enterprises.services import (
    certificate_add,
    certificate_drop,
    enterprise_save,
    risk_point_add,
    risk_point_remove,
)
from evidence.services import attachments_of
from tenancy import clock
from tenancy.access import require, visible_or_404
from tenancy.enums import Role
from tenancy.forms import InvitationForm
from tenancy.request import Request
from tenancy.selectors import region_names
from tenancy.services import invitation_create

PAGE = 50


@login_required
def enterprise_list(request: Request) -> HttpResponse:
    """All files the actor may see; every filter stands in the URL."""
    actor = require(request.actor, "enterprise_list")
    form = EnterpriseFilter(request.GET, actor=actor)
    sort = request.GET.get("sort", "")
    page, count = enterprise_page(form, sort, window_of(request.GET, PAGE))
    context = {
        "form": form,
        "chips": form.chips(),
        "slice": page,
        "count": count,
        "sort": sort,
        "may_invite": actor.may("enterprise_invite"),
        "may_edit": actor.may("enterprise_edit"),
        "may_enter": actor.may("enter_for"),
        "towns": region_names({row.region_code for row in page.rows}),
    }
    return render(request, "enterprises/list.html", context)


@login_required
def record(request: Request, pk: int) -> HttpResponse:
    """One file; of one that was merged, that it was, and where it leads."""
    enterprise = file_for(request.actor, pk)
    towns = region_names({enterprise.region_code})
    consents = DeliveryConsent.objects.filter(
        owner_agency_id=enterprise.owner_agency_id,
        enterprise_org_id=enterprise.enterprise_org_id,
        withdrawn_at=None,
    )
    merges = EnterpriseMerge.objects.filter(undone_at=None).select_related("former", "into")
    context = {
        "enterprise": enterprise,
        "merges": merges.filter(Q(former=pk) | Q(into=pk)).order_by("-merged_at"),
        "consent": None if request.actor.is_provider else consents.first(),
        "town": towns.get(enterprise.region_code, enterprise.region_code),
        "no_phone": mark_of(enterprise),
        "attachments": attachments_of(enterprise._meta.label_lower, [pk], actor=request.actor)[
            str(pk)
        ],
        "may_edit": request.actor.may("enterprise_edit"),
        "may_audit": request.actor.is_agency and request.actor.may("audit_view"),
    }
    return render(request, "enterprises/record.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def edit(request: Request, pk: int) -> HttpResponse:
    """Change a file by hand."""
    enterprise = enterprise_for(request.actor, pk, "enterprise_edit")
    form = EnterpriseForm(request.POST or None, instance=enterprise, agency=enterprise.owner_agency)
    if request.method == "POST" and form.is_valid():
        enterprise_save(actor=request.actor, enterprise=form.save(commit=False))
        messages.success(request, "已保存")
        return redirect("enterprises:record", pk=pk)
    context = {"form": form, "enterprise": enterprise}
    return render(request, "enterprises/edit.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def invite(request: Request, pk: int) -> HttpResponse:
    """Invite the enterprise's first person."""
    require(request.actor, "enterprise_invite")
    enterprise = enterprise_for(request.actor, pk)
    start = {"name": enterprise.principal_name, "role": Role.PRINCIPAL}
    form = InvitationForm(request.POST or None, org_kind="enterprise", initial=start)
    org = enterprise.enterprise_org
    if request.method == "POST" and form.is_valid() and org is not None:
        invitation = invitation_create(actor=request.actor, org=org, **form.cleaned_data)
        return redirect("tenancy:invitation", pk=invitation.pk)
    context = {"form": form, "enterprise": enterprise}
    return render(request, "enterprises/invite.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def facts(request: Request, pk: int) -> HttpResponse:
    """Set right on site what the file says of the enterprise."""
    enterprise = enterprise_for(request.actor, pk, "enterprise_facts")
    form = FactsForm(request.POST or None, instance=enterprise)
    back = reverse("enterprises:record", args=[pk])

    def act(data: dict[str, Any]) -> str:
        enterprise_save(actor=request.actor, enterprise=form.save(commit=False))
        return back

    return form_page(
        request, form, act, success="已保存", title=f"核实档案 · {enterprise.name}", submit="保存",
        back=back, back_text="企业档案", intro="没有重大危险源的也请明确选“无”。",
    )  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def certificates(request: Request, pk: int) -> HttpResponse:
    """The special operators' certificates of an enterprise: which hold today, which do not."""
    enterprise = enterprise_for(request.actor, pk)
    today = clock.today(enterprise.owner_agency_id)
    rows = enterprise.certificates.filter(removed_at=None).order_by("valid_until", "pk")
    kind = enterprise.certificates.model._meta.label_lower
    scans = attachments_of(kind, [row.pk for row in rows], actor=request.actor)
    form = CertificateForm(request.POST or None)

    def act(data: dict[str, Any]) -> str:
        require(request.actor, "special_certificate_edit")
        certificate_add(actor=request.actor, enterprise=enterprise, **data)
        return reverse("enterprises:certificates", args=[pk])

    return form_page(
        request, form, act, success="已登记", template="enterprises/certificates.html",
        enterprise=enterprise, today=today,
        rows=[(row, row.is_valid_on(today), scans[str(row.pk)]) for row in rows],
        may_edit=request.actor.may("special_certificate_edit"),
    )  # fmt: skip


@login_required
@require_POST
def certificate_remove(request: Request, pk: int, certificate: int) -> HttpResponse:
    """Take a certificate off the register; its row stays."""
    enterprise = enterprise_for(request.actor, pk, "special_certificate_edit")
    row = visible_or_404(enterprise.certificates.filter(removed_at=None), certificate)
    return act_page(
        request,
        lambda: certificate_drop(actor=request.actor, certificate=row),
        reverse("enterprises:certificates", args=[pk]),
        success="已撤销登记",
    )


@login_required
@require_http_methods(["GET", "POST"])
def risk_points(request: Request, pk: int) -> HttpResponse:
    """The places of an enterprise that every visit asks about."""
    enterprise = enterprise_for(request.actor, pk)
    form = RiskPointForm(request.POST or None)

    def act(data: dict[str, Any]) -> str:
        require(request.actor, "risk_point_edit")
        risk_point_add(actor=request.actor, enterprise=enterprise, **data)
        return reverse("enterprises:risk-points", args=[pk])

    return form_page(
        request, form, act, success="已登记", template="enterprises/risk_points.html",
        enterprise=enterprise, rows=list(enterprise.risk_points.filter(removed_at=None)),
        may_edit=request.actor.may("risk_point_edit"),
    )  # fmt: skip


@login_required
@require_POST
def risk_point_end(request: Request, pk: int, point: UUID) -> HttpResponse:
    """Ask about a place no more; its row stays."""
    enterprise = enterprise_for(request.actor, pk, "risk_point_edit")
    row = visible_or_404(enterprise.risk_points.filter(removed_at=None), point)
    return act_page(
        request,
        lambda: risk_point_remove(actor=request.actor, risk_point=row),
        reverse("enterprises:risk-points", args=[pk]),
        success="已撤销，以后的检查不再问这一项",
    )


@login_required
@require_http_methods(["GET", "POST"])
def consent(request: Request, pk: int) -> HttpResponse:
    """Write down that the enterprise signed for electronic delivery."""
    enterprise = enterprise_for(request.actor, pk, "consent_record")
    today = clock.today(enterprise.owner_agency_id)
    start = {"signed_on": today, "signer_name": enterprise.principal_name}
    form = ConsentForm(request.POST or None, initial=start)
    back = reverse("enterprises:record", args=[pk])

    def act(data: dict[str, Any]) -> str:
        assert enterprise.enterprise_org_id is not None  # a file always names its body
        consent_record(
            actor=request.actor,
            owner_agency_id=enterprise.owner_agency_id,
            region_code=enterprise.region_code,
            enterprise_org_id=enterprise.enterprise_org_id,
            **data,
        )
        return back

    return form_page(
        request, form, act, success="已登记电子送达确认书", submit="登记", back=back,
        title=f"电子送达确认书 · {enterprise.name}", back_text="企业档案",
        intro="企业签署确认书后，执法文书和告知书才能由企业在手机上签收；没有签署的，当面送达。",
    )  # fmt: skip


@login_required
@require_POST
def consent_end(request: Request, pk: int) -> HttpResponse:
    """The enterprise takes its word back."""
    enterprise = enterprise_for(request.actor, pk, "consent_record")
    row = visible_or_404(
        DeliveryConsent.objects.filter(withdrawn_at=None),
        DeliveryConsent.objects.filter(
            owner_agency_id=enterprise.owner_agency_id,
            enterprise_org_id=enterprise.enterprise_org_id,
            withdrawn_at=None,
        ).values_list("pk", flat=True).first(),
    )  # fmt: skip
    return act_page(
        request,
        lambda: consent_withdraw(actor=request.actor, consent=row),
        reverse("enterprises:record", args=[pk]),
        success="已登记撤回",
    )
