"""An organisation's addresses for events, what was sent there, and what may be done about it."""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.db.models import OuterRef, Subquery
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from common.errors import DomainError
from common.pages import FORM_PAGE, act_page, form_page
from common.paging import count_up_to, keyset
from tenancy.access import require
from tenancy.request import Request
from webhooks import services
from webhooks.access import delivery_for, endpoint_for
from webhooks.catalogue import LABELS
from webhooks.forms import DeliveryFilter, EndpointForm, SinceForm
from webhooks.models import Delivery, Endpoint

PAGE = 50


@login_required
def endpoints(request: Request) -> HttpResponse:
    """All addresses of the organisation, and how each fares; there are few."""
    actor = require(request.actor, "webhook_manage")
    waiting = Delivery.objects.filter(endpoint=OuterRef("pk"), state=Delivery.State.WAITING)
    oldest = Subquery(waiting.order_by("id").values("created_at")[:1])
    rows = Endpoint.objects.filter(org_id=actor.org).annotate(owed_since=oldest).order_by("pk")
    return render(request, "webhooks/list.html", {"endpoints": rows})


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def endpoint_new(request: Request) -> HttpResponse:
    """Register an address; the answer is the page that shows its secret, this once."""
    actor = require(request.actor, "webhook_manage")
    form = EndpointForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.endpoint_create(actor=actor, **form.cleaned_data)
        except DomainError as error:
            form.add_error(error.field, error.message)
        else:
            return render(request, "webhooks/secret.html", {"endpoint": made, "is_new": True})
    context = {"form": form, "title": "登记推送地址", "submit": "登记"}
    back = {"back": reverse("webhooks:list"), "back_text": "事件推送"}
    return render(request, FORM_PAGE, context | back, status=422 if form.errors else 200)


@login_required
def endpoint(request: Request, pk: UUID) -> HttpResponse:
    """One address: its state, and the log of what was sent there, newest first."""
    found = endpoint_for(request.actor, pk)
    form = DeliveryFilter(request.GET, endpoint=found)
    rows = form.rows()
    page = keyset(
        rows, order=["-id"], size=PAGE, after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
    )  # fmt: skip
    for row in page:
        row.label = LABELS.get(row.kind, row.kind)
    of_state = Delivery.objects.filter(endpoint=found)
    context = {
        "endpoint": found,
        "labels": [LABELS.get(kind, kind) for kind in found.kinds],
        "form": form,
        "chips": form.chips(),
        "slice": page,
        "count": count_up_to(rows),
        "waiting": count_up_to(of_state.filter(state=Delivery.State.WAITING)),
        "has_failed": of_state.filter(state=Delivery.State.FAILED).exists(),
        "has_two_secrets": len(found.secrets_at(timezone.now())) > 1,
    }
    return render(request, "webhooks/endpoint.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def endpoint_edit(request: Request, pk: UUID) -> HttpResponse:
    """Change address, purpose or events."""
    found = endpoint_for(request.actor, pk)
    back = reverse("webhooks:endpoint", args=[pk])
    start = {"url": found.url, "description": found.description, "kinds": found.kinds}

    def act(data: dict[str, Any]) -> str:
        services.endpoint_change(actor=request.actor, endpoint=found, **data)
        return back

    return form_page(
        request, EndpointForm(request.POST or None, initial=start), act, success="已保存",
        title="修改推送地址", submit="保存", back=back, back_text=found.description,
        intro="改了网址，还没有送达的事件会发到新网址。",
    )  # fmt: skip


@login_required
@require_POST
def pause(request: Request, pk: UUID) -> HttpResponse:
    """Send nothing for a while."""
    found = endpoint_for(request.actor, pk)
    return act_page(
        request, lambda: services.endpoint_pause(actor=request.actor, endpoint=found),
        reverse("webhooks:endpoint", args=[pk]), success="已暂停；期间的事件会留着",
    )  # fmt: skip


@login_required
@require_POST
def resume(request: Request, pk: UUID) -> HttpResponse:
    """Send again, what was held first."""
    found = endpoint_for(request.actor, pk)
    return act_page(
        request, lambda: services.endpoint_resume(actor=request.actor, endpoint=found),
        reverse("webhooks:endpoint", args=[pk]), success="已恢复，留着的事件按先后发送",
    )  # fmt: skip


@login_required
@never_cache
@require_POST
def rotate(request: Request, pk: UUID) -> HttpResponse:
    """Make a new secret, shown this once."""
    found = endpoint_for(request.actor, pk)
    changed = services.endpoint_rotate(actor=request.actor, endpoint=found)
    return render(request, "webhooks/secret.html", {"endpoint": changed, "is_new": False})


@login_required
@require_POST
def remove(request: Request, pk: UUID) -> HttpResponse:
    """Remove an address and its log."""
    found = endpoint_for(request.actor, pk)
    return act_page(
        request, lambda: services.endpoint_remove(actor=request.actor, endpoint=found),
        reverse("webhooks:list"), success=f"已移除“{found.description}”",
    )  # fmt: skip


@login_required
@require_POST
def test(request: Request, pk: UUID) -> HttpResponse:
    """Send an event that means nothing."""
    found = endpoint_for(request.actor, pk)
    return act_page(
        request, lambda: services.endpoint_test(actor=request.actor, endpoint=found),
        reverse("webhooks:endpoint", args=[pk]), success="测试事件将在十几秒内发出，刷新本页看结果",
    )  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def resend_failed(request: Request, pk: UUID) -> HttpResponse:
    """Send everything again that has failed since a day."""
    found = endpoint_for(request.actor, pk)
    back = reverse("webhooks:endpoint", args=[pk])

    def act(data: dict[str, Any]) -> str:
        services.failed_resend(actor=request.actor, endpoint=found, **data)
        return f"{back}?state={Delivery.State.WAITING}"

    return form_page(
        request, SinceForm(request.POST or None), act, success="已重新排队，按先后发送",
        title="重发未送达的事件", submit="全部重发", back=back, back_text=found.description,
        confirm="确定把这天以来没有送达的事件全部重新发送吗？",
    )  # fmt: skip


@login_required
def delivery(request: Request, pk: int) -> HttpResponse:
    """One event: what was sent, and each attempt with its answer."""
    found = delivery_for(request.actor, pk)
    context = {
        "delivery": found,
        "label": LABELS.get(found.kind, found.kind),
        "tries": found.tries.order_by("-id")[:PAGE],
    }
    return render(request, "webhooks/delivery.html", context)


@login_required
@require_POST
def resend(request: Request, pk: int) -> HttpResponse:
    """Send one again."""
    found = delivery_for(request.actor, pk)
    return act_page(
        request, lambda: services.delivery_resend(actor=request.actor, delivery=found),
        reverse("webhooks:delivery", args=[pk]), success="已重新排队",
    )  # fmt: skip
