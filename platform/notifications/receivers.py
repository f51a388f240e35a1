"""settings_save · phone_ask · phone_confirm · phone_remove · robot_save · robot_test · robot_switch ·
robot_remove · delivery_again · addresses_forget · deliveries_past · deliveries_forget"""

import re
import secrets
import unicodedata
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from accounts.models import User
from audit.services import record
from common.errors import DomainError
from common.line import Outcome, sms_say
from notifications.delivery import receiver_of
from notifications.kinds import DIGEST, NOW, OFF
from notifications.models import Choice, Delivery, Dispatch, Phone, Receiver, Robot
from notifications.robots import robot_check, robot_say
from notifications.texts import SIGN
from tenancy.actors import Actor

CODE_MINUTES, CODE_TRIES = 10, 5
AGAIN_AFTER = timedelta(seconds=60)
CODES_A_DAY = 5
ROBOTS_OF_ORG = 10
MOBILE = re.compile(r"1[3-9][0-9]{9}")
Chosen = Mapping[tuple[str, str], str]  # {(group, channel): mode}


@transaction.atomic
def settings_save(
    *, actor: Actor, chosen: Chosen, quiet_from: int, quiet_until: int, digest_hour: int, night: str
) -> Receiver:
    """Keep how a person wants his messages; what still waits goes by it from now on."""
    assert actor.user_id is not None
    receiver = receiver_of(actor.user_id)
    _habits_save(receiver, quiet_from, quiet_until, digest_hour, night)
    _choices_save(receiver, chosen)
    record(actor=actor, act="messages.choose", subject=("notifications.receiver", str(receiver.pk)))
    return receiver


def _habits_save(receiver: Receiver, start: int, end: int, digest_hour: int, night: str) -> None:
    receiver.quiet_from, receiver.quiet_until = start, end
    receiver.digest_hour, receiver.night = digest_hour, night
    receiver.save(update_fields=["quiet_from", "quiet_until", "digest_hour", "night"])


def _choices_save(receiver: Receiver, chosen: Chosen) -> None:
    rows = [
        Choice(receiver=receiver, group=group, channel=channel, mode=mode)
        for (group, channel), mode in chosen.items()
    ]
    Choice.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["receiver", "group", "channel"],
        update_fields=["mode"],
    )  # fmt: skip
    waiting = Delivery.objects.filter(receiver=receiver, state="waiting", dispatch=None)
    for row in rows:
        mine = waiting.filter(group=row.group, channel=row.channel).exclude(mode=row.mode)
        if row.mode == OFF:
            words = "已改为不发"
            mine.update(state="dropped", mode=OFF, reason=words, done_at=timezone.now())
        elif row.mode in (NOW, DIGEST):
            mine.update(mode=row.mode, reason="")


def phone_number(typed: str) -> str:
    """Return the mobile number that was typed, in any width, or raise."""
    text = re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", typed)).removeprefix("+86")
    if not MOBILE.fullmatch(text):
        raise DomainError("请填写11位手机号", field="number")
    return text


@transaction.atomic
def phone_ask(*, actor: Actor, number: str) -> Phone:
    """Send a code to a number; until it is said here, nothing else goes there."""
    assert actor.user_id is not None
    if not settings.SMS_URL:
        raise DomainError("本平台没有接通短信网关，不能用短信接收消息", field="number")
    if actor.is_training:
        raise DomainError("演示机构不向平台以外发送", field="number")
    text, now = phone_number(number), timezone.now()
    phone, _ = Phone.objects.select_for_update(no_key=True).get_or_create(pk=actor.user_id)
    _may_ask(phone, now)
    code = f"{secrets.randbelow(10**6):06d}"
    if not (phone.verified_at and phone.number == text):
        phone.verified_at = None
    phone.number, phone.code_hash, phone.wrong = text, _code_hash(actor.user_id, text, code), 0
    phone.code_until = now + timedelta(minutes=CODE_MINUTES)
    phone.asked_today = phone.asked_today + 1 if _is_today(phone.asked_at, now) else 1
    phone.asked_at = now
    phone.save()
    outcome = sms_say(
        text, f"{SIGN}验证码 {code}，{CODE_MINUTES}分钟内有效。不是你本人操作请忽略。"
    )
    if outcome.error:
        raise DomainError(f"验证码没有发出：{outcome.error}", field="number")
    return phone


def _may_ask(phone: Phone, now: datetime) -> None:
    if phone.asked_at is None:
        return
    if now - phone.asked_at < AGAIN_AFTER:
        left = (AGAIN_AFTER - (now - phone.asked_at)).seconds + 1
        raise DomainError(f"刚刚发过验证码，请 {left} 秒后再试", field="number")
    if phone.asked_today >= CODES_A_DAY and _is_today(phone.asked_at, now):
        raise DomainError(f"今天已发过 {CODES_A_DAY} 次验证码，请明天再试", field="number")


def _is_today(moment: datetime | None, now: datetime) -> bool:
    return moment is not None and timezone.localdate(moment) == timezone.localdate(now)


def _code_hash(user_id: int, number: str, code: str) -> str:
    value = f"{user_id}:{number}:{code}"
    return salted_hmac("notifications.phone", value, algorithm="sha256").hexdigest()


def phone_confirm(*, actor: Actor, code: str) -> Phone:
    """Take the code; a wrong one is counted, which a refusal must not take back."""
    with transaction.atomic():
        phone = Phone.objects.select_for_update(no_key=True).filter(pk=actor.user_id).first()
        problem = _code_problem(phone, actor, code)
        if phone is not None and not problem:
            phone.verified_at, phone.code_hash, phone.code_until = timezone.now(), "", None
            receiver_of(phone.pk)
            record(actor=actor, act="phone.verify", subject=("notifications.phone", str(phone.pk)))
        if phone is not None:
            phone.save()
    if problem or phone is None:
        raise DomainError(problem, field="code")
    return phone


def _code_problem(phone: Phone | None, actor: Actor, typed: str) -> str:
    """Say what is wrong with a code, and count it."""
    if phone is None or not phone.code_hash or phone.code_until is None:
        return "请先获取验证码"
    if phone.code_until < timezone.now():
        return "验证码已过期，请重新获取"
    if phone.wrong >= CODE_TRIES:
        return "输错次数太多，请重新获取验证码"
    code = unicodedata.normalize("NFKC", typed).strip()
    if constant_time_compare(phone.code_hash, _code_hash(phone.pk, phone.number, code)):
        return ""
    phone.wrong += 1
    return f"验证码不对，还可以试 {CODE_TRIES - phone.wrong} 次"


@transaction.atomic
def phone_remove(*, actor: Actor) -> None:
    """Forget the number; what waited for it goes nowhere."""
    Phone.objects.filter(pk=actor.user_id).delete()
    record(actor=actor, act="phone.remove", subject=("notifications.phone", str(actor.user_id)))


def addresses_forget(user: User, **_: Any) -> None:
    """A person who was erased has no mailbox and no number with us any more."""
    Phone.objects.filter(pk=user.pk).delete()
    EmailAddress.objects.filter(user=user).delete()


def deliveries_past(before: datetime) -> QuerySet[Delivery]:
    """Return what was done with before a moment; what still waits is no past."""
    return Delivery.objects.filter(done_at__lt=before)


def deliveries_forget(rows: QuerySet[Delivery]) -> int:
    """Forget that some went out, and the dispatches of which nothing is left."""
    dispatches = list(rows.exclude(dispatch=None).values_list("dispatch", flat=True).distinct())
    number = rows.delete()[0]
    left = Delivery.objects.filter(dispatch=OuterRef("pk"))
    Dispatch.objects.filter(~Exists(left), pk__in=dispatches).delete()
    return number


@transaction.atomic
def robot_save(
    *,
    actor: Actor,
    robot: Robot | None,
    kind: str,
    name: str,
    url: str,
    secret: str,
    chosen: Mapping[str, str],
    quiet_from: int,
    quiet_until: int,
    digest_hour: int,
    night: str,
) -> Robot:
    """Register a robot of the actor's organisation or change it; an empty address stays as it is."""
    if robot is None:
        robot = _robot_new(actor, kind)
    if url.strip() or not robot.url:
        robot.url = robot_check(robot.kind, url)
        robot.secret = secret.strip()
        robot.failures, robot.failing_since, robot.rests_until, robot.last_error = 0, None, None, ""
    robot.name = name.strip()
    robot.save()
    _habits_save(robot.receiver, quiet_from, quiet_until, digest_hour, night)
    _choices_save(robot.receiver, {(g, robot.kind): mode for g, mode in chosen.items()})
    _note(actor, "robot.save", robot)
    return robot


def _robot_new(actor: Actor, kind: str) -> Robot:
    if Robot.objects.filter(org_id=actor.org, removed_at=None).count() >= ROBOTS_OF_ORG:
        raise DomainError(f"一个单位最多登记 {ROBOTS_OF_ORG} 个机器人")
    receiver = Receiver.objects.create(org_id=actor.org)
    return Robot(receiver=receiver, org_id=actor.org, kind=kind)


def _note(actor: Actor, act: str, robot: Robot) -> None:
    record(
        actor=actor, act=act, subject=("notifications.robot", str(robot.pk)),
        summary=f"{robot.get_kind_display()} {robot.name}", data={"is_on": robot.is_on},
        agency_id=actor.org if actor.is_agency else None,
    )  # fmt: skip


def robot_test(*, actor: Actor, robot: Robot) -> Outcome:
    """Send a word into the group at once, so that whoever set it up sees whether it works."""
    if actor.is_training:
        raise DomainError("演示机构不向平台以外发送，测试消息没有发出")
    when = timezone.localtime().strftime("%Y-%m-%d %H:%M")
    outcome = robot_say(
        robot.kind, robot.url, robot.secret, f"{SIGN}测试消息：{robot.name}已接通（{when}）"
    )
    _note(actor, "robot.test", robot)
    return outcome


@transaction.atomic
def robot_switch(*, actor: Actor, robot: Robot, is_on: bool) -> None:
    """Switch a robot on or off; what was held meanwhile comes as one digest."""
    robot.is_on = is_on
    robot.off_reason = "" if is_on else "由管理员停用"
    robot.failing_since, robot.rests_until = None, None
    robot.failures = 1 if is_on else robot.failures  # the first after it is one dispatch
    robot.save()
    _note(actor, "robot.on" if is_on else "robot.off", robot)


@transaction.atomic
def robot_remove(*, actor: Actor, robot: Robot) -> None:
    """Take a robot away, with its address; what waited for it goes nowhere."""
    robot.removed_at, robot.is_on, robot.url, robot.secret = timezone.now(), False, "", ""
    robot.save()
    rows = Delivery.objects.filter(receiver=robot.pk, state="waiting", dispatch=None)
    rows.update(state="dropped", reason="机器人已删除", done_at=timezone.now())
    _note(actor, "robot.remove", robot)


@transaction.atomic
def delivery_again(*, actor: Actor, delivery: Delivery) -> None:
    """Let what was not delivered wait once more."""
    locked = Delivery.objects.select_for_update(no_key=True).get(pk=delivery.pk)
    if locked.state != Delivery.State.FAILED:
        raise DomainError("只有未送达的消息可以重发")
    locked.state, locked.dispatch, locked.done_at = Delivery.State.WAITING, None, None
    locked.attempts, locked.next_try_at, locked.reason = 0, None, ""
    locked.save()
    record(actor=actor, act="delivery.again", subject=("notifications.delivery", str(locked.pk)))
