"""Owners without a phone: who they are, what can be entered for them, what was, the slips to sign."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import Count
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common.limits import heavy
from common.pages import act_page, form_page
from common.paging import count_up_to, keyset, window_of
from documents.pdf import render_sheet
from enterprises.access import enterprise_for, enterprise_to_enter_for, no_phone_for
from enterprises.entering import (
    act_enter,
    duties_of,
    kind_words,
    mark_of,
    no_phone_end,
    no_phone_note,
)
from enterprises.entering_forms import EndForm, NoPhoneForm, SlipForm, slip_taken
from enterprises.models import EnteredAct, Enterprise, EntersFor, NoPhone
from enterprises.telling import messages_for, owner_told
from evidence.access import photos_open
from evidence.models import Photo
from evidence.services import photos_of
from tenancy import clock
from tenancy.access import require, within
from tenancy.actors import Actor
from tenancy.models import TenantModel
from tenancy.request import Request
from tenancy.selectors import region_names

PAGE = 50
SLIP_KINDS = ("enterprises.enteredact", "inspections.rectification")


@login_required
@require_safe
def without_phone(request: Request) -> HttpResponse:
    """Owners without a phone, the newest mark first; to be printed as a list of whom to visit."""
    actor = require(request.actor, "enter_for")
    enters = request.GET.get("enters", "")
    rows = NoPhone.objects.filter(ended_at=None)
    rows = rows.filter(within(actor)) if actor.is_agency else rows
    if enters in EntersFor.values:
        rows = rows.filter(enters=enters)
    shown = rows.select_related("enterprise").annotate(number=Count("enterprise__entered_acts"))
    window = window_of(request.GET, PAGE)
    page = keyset(shown, order=["-noted_at", "-id"], window=window)
    context = {
        "slice": page, "count": count_up_to(rows), "enters": enters, "choices": EntersFor.choices,
        "towns": region_names({row.region_code for row in page.rows}),
    }  # fmt: skip
    return render(request, "enterprises/without_phone.html", context)


@login_required
@require_safe
def entered(request: Request, pk: int) -> HttpResponse:
    """What can be entered for one owner now, what he has to be told, what was entered until now."""
    actor = request.actor
    enterprise = enterprise_for(actor, pk)
    may_enter = actor.may("enter_for") and (
        not actor.is_agency or enterprise.owner_agency_id == actor.org_id
    )
    mark = mark_of(enterprise)
    acts = list(
        EnteredAct.objects.filter(enterprise__in=enterprise.files).order_by("-entered_at")[:PAGE]
    )
    context = {
        "enterprise": enterprise,
        "mark": mark,
        "may_enter": may_enter,
        "duties": duties_of(actor, enterprise, mark) if may_enter else [],
        "told": messages_for(actor, enterprise) if may_enter and mark else [],
        "acts": _with_slips(actor, acts),
        "words": kind_words(),
    }
    return render(request, "enterprises/entered.html", context)


def _with_slips(actor: Actor, acts: list[EnteredAct]) -> list[tuple[EnteredAct, list[Any]]]:
    """Return each act with its slip: on the act itself, or on what was entered."""
    ids = [act.pk for act in acts] + [act.subject_id for act in acts]
    found: dict[str, list[Any]] = {}
    for kind in SLIP_KINDS:
        found |= photos_of(kind, ids, actor=actor)
    photos = [photo for group in found.values() for photo in group]
    shown = photos_open(actor, photos)
    slips = [photo for photo in photos if photo.purpose == Photo.Purpose.SLIP and photo.pk in shown]
    return [
        (act, [one for one in slips if one.subject_id in (str(act.pk), act.subject_id)])
        for act in acts
    ]


@login_required
@require_http_methods(["GET", "POST"])
def no_phone(request: Request, pk: int) -> HttpResponse:
    """Mark an owner as being without a phone."""
    enterprise = enterprise_to_enter_for(request.actor, pk)
    form = NoPhoneForm(request.POST or None, initial={"enters": EntersFor.PROVIDER})
    back = reverse("enterprises:entered", args=[pk])

    def act(data: dict[str, Any]) -> str:
        no_phone_note(actor=request.actor, enterprise=enterprise, **data)
        return back

    return form_page(
        request, form, act, title=f"标注无手机 · {enterprise.name}", submit="标注", back=back,
        back_text="代录", success="已标注，可以凭签字的确认单代录",
        intro="只用于负责人没有手机、自己用不了平台的企业。企业一开通账号，标注自动取消。",
    )  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def no_phone_off(request: Request, pk: int) -> HttpResponse:
    """Take the mark off again."""
    mark = no_phone_for(request.actor, pk)
    back = reverse("enterprises:entered", args=[pk])

    def act(data: dict[str, Any]) -> str:
        no_phone_end(actor=request.actor, mark=mark, **data)
        return back

    return form_page(
        request, EndForm(request.POST or None), act, title=f"取消标注 · {mark.enterprise.name}",
        submit="取消标注", back=back, back_text="代录", success="已取消，企业自己办理",
    )  # fmt: skip


@login_required
@require_POST
def told(request: Request, pk: int) -> HttpResponse:
    """Note that the owner was told of his messages."""
    enterprise = enterprise_to_enter_for(request.actor, pk)
    return act_page(
        request,
        lambda: owner_told(
            actor=request.actor, enterprise=enterprise, ids=request.POST.getlist("id")
        ),
        reverse("enterprises:entered", args=[pk]),
        success="已登记当面告知",
    )


@heavy
@login_required
@require_safe
def slip(request: Request, pk: int, kind: str) -> HttpResponse:
    """The slip of one kind to be filled in by hand and signed, one sheet for all that is due."""
    enterprise = enterprise_to_enter_for(request.actor, pk)
    groups = duties_of(request.actor, enterprise, mark_of(enterprise))
    chosen, duties = next((one for one in groups if one[0].key == kind), (None, []))
    if chosen is None:
        raise Http404
    agency = enterprise.owner_agency
    sheet = render_sheet(
        "enterprises/slip_sheet.html",
        {
            "enterprise": enterprise, "kind": chosen, "duties": duties, "actor": request.actor,
            "agency_name": agency.org.name, "is_training": agency.org.is_training,
            "made_at": clock.now(enterprise.owner_agency_id),
        },
    )  # fmt: skip
    response = HttpResponse(sheet.content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="slip-{kind}-{pk}.pdf"'
    return response


def enter_page(
    request: Request,
    enterprise: Enterprise,
    form: SlipForm,
    act: Callable[[Actor, dict[str, Any]], TenantModel],
    *,
    kind: str,
    words: str,
    check: Callable[[], None] | None = None,
    template: str = "components/form_page.html",
    **context: Any,
) -> HttpResponse:
    """Show the form of an act with its slip; POST enters it. `act(owner, data)` does what it says.

    `check` raises DomainError where this person may not enter it.
    """
    back = reverse("enterprises:entered", args=[enterprise.pk])

    def enter(data: dict[str, Any]) -> str:
        slip = slip_taken(data)
        if check is not None:
            check()
        act_enter(
            actor=request.actor, enterprise=enterprise, kind=kind, title=words, slip=slip,
            act=lambda owner: act(owner, data),
        )  # fmt: skip
        return back

    return form_page(
        request, form, enter, template=template, title=f"代录 · {kind_words()[kind]}",
        submit="代录", back=back, back_text=f"{enterprise.name} 代录", success="已代录，注明代录人和签字人",
        note=f"{enterprise.name}：{words}", draft=f"enter-{kind}-{enterprise.pk}",
        confirm="照签字的确认单录入，确定吗？", **context,
    )  # fmt: skip
