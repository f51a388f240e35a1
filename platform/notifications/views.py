"""How one is reached outside the page: a person's settings, an organisation's robots, what went where."""

from typing import Any

from allauth.account.models import EmailAddress
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from common.errors import DomainError
from common.limits import written_rarely
from common.paging import count_up_to, keyset
from notifications.access import delivery_for, robot_for
from notifications.delivery import is_configured
from notifications.forms import CodeForm, HabitsForm, LogFilter, PhoneForm, RobotForm, masked_url
from notifications.kinds import CHANNELS, GROUPS, MAIL, ROBOTS, SMS, words_of
from notifications.models import Channel, Delivery, Phone, Receiver
from notifications.receivers import (
    delivery_again,
    phone_ask,
    phone_confirm,
    phone_remove,
    robot_remove,
    robot_save,
    robot_switch,
    robot_test,
    settings_save,
)
from notifications.selectors import deliveries_of_org, deliveries_of_person, reasons, robots_of
from tenancy.access import require
from tenancy.actors import Actor
from tenancy.request import Request

PAGE = 50
PERSONAL = (MAIL, SMS)


@login_required
@require_http_methods(["GET", "POST"])
def settings(request: Request) -> HttpResponse:
    """One page: which messages by which channel, quiet hours, the digest's hour, the addresses."""
    actor = require(request.actor, "document_view")
    receiver = Receiver.objects.filter(user=actor.user_id).first()
    channels = [channel for channel in PERSONAL if is_configured(channel)]
    form = HabitsForm(request.POST or None, receiver=receiver, channels=channels)
    if request.method == "POST" and form.is_valid():
        settings_save(actor=actor, chosen=form.chosen(), **form.habits())
        messages.success(request, "消息设置已保存")
        return redirect("notifications:settings")
    return _settings_page(request, actor, form)


def _may_manage(actor: Actor) -> dict[str, Any]:
    """Say for the pages' heads whether the actor keeps the organisation's robots."""
    return {"may_manage": actor.may("robot_manage")}


def _settings_page(
    request: Request,
    actor: Actor,
    form: HabitsForm | None = None,
    phone_form: PhoneForm | None = None,
    code_form: CodeForm | None = None,
) -> HttpResponse:
    if form is None:
        receiver = Receiver.objects.filter(user=actor.user_id).first()
        form = HabitsForm(receiver=receiver, channels=[c for c in PERSONAL if is_configured(c)])
    context = {
        "form": form,
        "heads": [CHANNELS[channel] for channel in form.channels],
        "mail": EmailAddress.objects.filter(user=actor.user_id, primary=True).first(),
        "has_mail": is_configured(MAIL),
        "has_sms": is_configured(SMS),
        "phone": Phone.objects.filter(pk=actor.user_id).first(),
        "phone_form": phone_form or PhoneForm(),
        "code_form": code_form or CodeForm(),
        "stopped": Channel.objects.filter(stopped_at__isnull=False, key__in=PERSONAL).order_by(
            "key"
        ),
        **_may_manage(actor),
    }
    return render(request, "notifications/settings.html", context)


@login_required
@require_POST
@written_rarely
def phone(request: Request) -> HttpResponse:
    """Send a code to a number."""
    actor = require(request.actor, "document_view")
    form = PhoneForm(request.POST)
    if form.is_valid():
        try:
            phone_ask(actor=actor, number=form.cleaned_data["number"])
        except DomainError as error:
            form.add_error("number", error.message)
        else:
            messages.success(request, "验证码已发出，请填在下面")
            return redirect("notifications:settings")
    return _settings_page(request, actor, phone_form=form)


@login_required
@require_POST
def phone_code(request: Request) -> HttpResponse:
    """Take the code that came."""
    actor = require(request.actor, "document_view")
    form = CodeForm(request.POST)
    if form.is_valid():
        try:
            phone_confirm(actor=actor, code=form.cleaned_data["code"])
        except DomainError as error:
            form.add_error("code", error.message)
        else:
            messages.success(request, "手机号已验证")
            return redirect("notifications:settings")
    return _settings_page(request, actor, code_form=form)


@login_required
@require_POST
def phone_forget(request: Request) -> HttpResponse:
    """Take the number away."""
    phone_remove(actor=require(request.actor, "document_view"))
    messages.success(request, "手机号已删除")
    return redirect("notifications:settings")


@login_required
def log(request: Request) -> HttpResponse:
    """What went to oneself, when and where, or why not."""
    actor = require(request.actor, "document_view")
    return _log(request, actor, is_org=False)


@login_required
def org_log(request: Request) -> HttpResponse:
    """The same of the whole organisation; of others' own messages only what kind they were."""
    actor = require(request.actor, "robot_manage")
    return _log(request, actor, is_org=True)


def _log(request: Request, actor: Actor, *, is_org: bool) -> HttpResponse:
    form = LogFilter(request.GET)
    rows = form.rows(deliveries_of_org(actor) if is_org else deliveries_of_person(actor))
    page = keyset(
        rows,
        order=["-id"],
        size=PAGE,
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
    )
    context = {
        "form": form,
        "chips": form.chips(),
        "slice": page,
        "rows": _log_rows(page.rows, actor),
        "count": count_up_to(rows),
        "is_org": is_org,
        **_may_manage(actor),
    }
    return render(request, "notifications/log.html", context)


def _log_rows(rows: list[Delivery], actor: Actor) -> list[dict[str, Any]]:
    words = reasons(rows)
    return [
        {
            "delivery": row,
            "kind": words_of(row.notification.kind),
            "group": GROUPS[row.group].words,
            "title": row.notification.title if _may_read(row, actor) else "",
            "reason": words[row.pk],
            "may_again": row.state == Delivery.State.FAILED
            and (row.user_id == actor.user_id or row.user_id is None),
        }
        for row in rows
    ]


def _may_read(row: Delivery, actor: Actor) -> bool:
    mine = row.notification.membership_id
    return mine is None or mine == actor.membership_id


@login_required
@require_POST
def again(request: Request, pk: int) -> HttpResponse:
    """Let what was not delivered be tried once more."""
    actor = require(request.actor, "document_view")
    delivery = delivery_for(actor, pk)
    try:
        delivery_again(actor=actor, delivery=delivery)
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, "已重新排队，一分钟内再发")
    is_robots = delivery.user_id is None
    return redirect("notifications:org-log" if is_robots else "notifications:log")


@login_required
def robots(request: Request) -> HttpResponse:
    """The organisation's robots: whether they work, and since when not."""
    actor = require(request.actor, "robot_manage")
    rows = [(row, masked_url(row.url)) for row in robots_of(actor)]
    stopped = Channel.objects.filter(stopped_at__isnull=False, key__in=ROBOTS).order_by("key")
    return render(
        request, "notifications/robots.html", {"rows": rows, "stopped": stopped, "may_manage": True}
    )


@login_required
@require_http_methods(["GET", "POST"])
def robot_new(request: Request) -> HttpResponse:
    """Register one."""
    return _robot_form(request, require(request.actor, "robot_manage"), None)


@login_required
@require_http_methods(["GET", "POST"])
def robot(request: Request, pk: int) -> HttpResponse:
    """Change one."""
    return _robot_form(request, request.actor, pk)


def _robot_form(request: Request, actor: Actor, pk: int | None) -> HttpResponse:
    row = robot_for(actor, pk) if pk else None
    form = RobotForm(request.POST or None, robot=row)
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        kind = row.kind if row else typed["kind"]
        chosen = {group: mode for (group, _), mode in form.chosen().items()}
        try:
            saved = robot_save(
                actor=actor, robot=row, kind=kind, name=typed["name"], url=typed["url"],
                secret=typed["secret"], chosen=chosen, **form.habits(),
            )  # fmt: skip
        except DomainError as error:
            form.add_error(error.field, error.message)
        else:
            messages.success(request, f"机器人“{saved.name}”已保存，可以发一条测试消息")
            return redirect("notifications:robots")
    title = f"机器人：{row.name}" if row else "登记机器人"
    return render(
        request, "notifications/robot.html", {"form": form, "heads": ["发到群里"], "title": title}
    )


@login_required
@require_POST
@written_rarely
def robot_try(request: Request, pk: int) -> HttpResponse:
    """Send a word into the group at once."""
    row = robot_for(request.actor, pk)
    try:
        outcome = robot_test(actor=request.actor, robot=row)
    except DomainError as error:
        messages.error(request, error.message)
    else:
        if outcome.error:
            messages.error(request, f"测试消息没有送达：{outcome.error}")
        else:
            messages.success(request, f"测试消息已发到“{row.name}”，请到群里看一看")
    return redirect("notifications:robots")


@login_required
@require_POST
def robot_turn(request: Request, pk: int) -> HttpResponse:
    """Switch one on or off."""
    row = robot_for(request.actor, pk)
    robot_switch(actor=request.actor, robot=row, is_on=not row.is_on)
    messages.success(request, f"机器人“{row.name}”已{'启用' if row.is_on else '停用'}")
    return redirect("notifications:robots")


@login_required
@require_POST
def robot_end(request: Request, pk: int) -> HttpResponse:
    """Take one away."""
    row = robot_for(request.actor, pk)
    robot_remove(actor=request.actor, robot=row)
    messages.success(request, f"机器人“{row.name}”已删除")
    return redirect("notifications:robots")
