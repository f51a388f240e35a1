"""dispatches_send: what is packed leaves, and what came of it is written down.

At least once, never "exactly once": between a server's taking a letter and our writing that it did,
a worker may die. What it held is sent again after its lease, under the same Message-ID, by which
mail servers and readers know a letter twice. SMS gateways and chat robots know nothing like it:
there a second copy is possible after such a death, and only then.

A refusal is of the receiver (it is marked and he may try again), or of the way: then the channel or
the robot rests, longer each time, and all that was packed for it goes back to waiting, so that what
comes after the rest is one digest and not what had piled up. A robot that fails for a day is
switched off and its organisation told in the inbox; its messages are held until it is on again.
"""

import random
import smtplib
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parseaddr
from uuid import UUID

from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from audit.services import record
from common.line import Outcome, sms_say
from common.scope import acting_as
from notifications.kinds import MAIL, SMS
from notifications.models import Channel, Delivery, Dispatch, Phone, Robot
from notifications.robots import robot_say
from notifications.services import notify
from notifications.texts import LINES, Line, absolute, letter, post, short
from tenancy.actors import SYSTEM
from tenancy.models import Membership

REST, LONGEST = timedelta(minutes=1), timedelta(hours=1)
TRIES = 6  # of a letter that one receiver's server puts off
OFF_AFTER = timedelta(days=1)
MANY_FAILURES = 5


@dataclass(frozen=True, slots=True)
class Load:
    """Everything that one sending needs: read in one transaction, sent outside of it."""

    dispatch: Dispatch
    address: str
    secret: str
    lines: list[Line]
    urgent: int
    counts: dict[str, int]

    @property
    def size(self) -> int:
        """How many messages go together."""
        return sum(self.counts.values())


def dispatches_send(ids: list[UUID], *, now: datetime | None = None) -> int:
    """Send what was claimed; return how many were taken."""
    return sum(dispatch_send(pk, now=now) for pk in ids)


def dispatch_send(pk: UUID, *, now: datetime | None = None) -> bool:
    """Send one, if it may still go; `now` is given by tests."""
    with acting_as(SYSTEM):
        load = _load(pk, now or timezone.now())
    if load is None:
        return False
    outcome = _send(load)
    with acting_as(SYSTEM):
        settle(load, outcome, now or timezone.now())
    return not outcome.error


def _load(pk: UUID, now: datetime) -> Load | None:
    """Return what is to be sent, None where nothing is left of it or the operator stopped it."""
    dispatch = Dispatch.objects.select_for_update(no_key=True).select_related("receiver").get(pk=pk)
    if dispatch.state != Dispatch.State.SENDING:
        return None
    if Channel.objects.filter(pk=dispatch.channel, stopped_at__isnull=False).exists():
        _dissolve(Dispatch.objects.filter(pk=pk), "")
        return None
    address, secret = _address(dispatch)
    _drop_lapsed(dispatch, now)
    if not address:
        left = Delivery.objects.filter(dispatch=dispatch, state="waiting")
        left.update(state="dropped", reason="没有可用的接收地址", done_at=now)
    lines, urgent, counts = _lines(dispatch)
    if not lines:
        dispatch.state, dispatch.error = Dispatch.State.FAILED, "没有要发的消息"
        dispatch.save(update_fields=["state", "error"])
        return None
    return Load(dispatch, address, secret, lines, urgent, counts)


def _address(dispatch: Dispatch) -> tuple[str, str]:
    """Return where it goes, '' if nowhere any more, and a robot's secret."""
    user_id = dispatch.receiver.user_id
    if dispatch.channel == MAIL:
        row = EmailAddress.objects.filter(user=user_id, verified=True, primary=True).first()
        return (row.email if row else ""), ""
    if dispatch.channel == SMS:
        phone = Phone.objects.filter(pk=user_id, verified_at__isnull=False).first()
        return (phone.number if phone else ""), ""
    robot = Robot.objects.filter(pk=dispatch.receiver_id, is_on=True, removed_at=None).first()
    return (robot.url, robot.secret) if robot else ("", "")


def _drop_lapsed(dispatch: Dispatch, now: datetime) -> None:
    """What belongs to an organisation that the person has left since goes nowhere."""
    if dispatch.receiver.user_id is None:
        return
    still = Membership.objects.filter(
        user_id=dispatch.receiver.user_id, user__is_active=True, org_id=OuterRef("org_id"),
        ended_at=None,
    )  # fmt: skip
    rows = Delivery.objects.filter(~Exists(still), dispatch=dispatch, state="waiting")
    rows.update(state="dropped", reason="身份已停用", done_at=now)


def _lines(dispatch: Dispatch) -> tuple[list[Line], int, dict[str, int]]:
    """Return the first messages, how many are urgent, and how many there are of each group."""
    rows = Delivery.objects.filter(dispatch=dispatch, state="waiting")
    first = rows.order_by("-is_urgent", "pk").select_related("notification")[:LINES]
    lines = [
        Line(row.group, row.notification.title, row.notification.url, row.is_urgent)
        for row in first
    ]
    counts = dict(rows.order_by().values_list("group").annotate(Count("pk")))
    return lines, rows.filter(is_urgent=True).count(), counts


def _send(load: Load) -> Outcome:
    channel = load.dispatch.channel
    if channel == MAIL:
        return _mail(load)
    if channel == SMS:
        return sms_say(load.address, short(load.lines, load.size, load.urgent))
    return robot_say(channel, load.address, load.secret, post(load.lines, load.size, load.urgent))


def _mail(load: Load) -> Outcome:
    """Hand a letter to the mail server; what it says of the receiver is told from all else."""
    words = letter(load.lines, load.size, load.urgent, load.counts)
    page = absolute(reverse("notifications:settings"))
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    headers = {
        "Message-ID": f"<{load.dispatch.pk}@{domain}>", "List-Unsubscribe": f"<{page}>",
        "Auto-Submitted": "auto-generated",
    }  # fmt: skip
    backend = settings.TRAINING_EMAIL_BACKEND if load.dispatch.is_training else None
    subject = " ".join(words.subject.split())
    try:
        EmailMessage(
            subject, words.text, to=[load.address], headers=headers,
            connection=get_connection(backend or settings.EMAIL_BACKEND),
        ).send()  # fmt: skip
    except smtplib.SMTPRecipientsRefused as error:
        code = max((code for code, _ in error.recipients.values()), default=550)
        return Outcome(f"对方邮件服务器拒收（{code}）", is_refused=code >= 500, is_of_one=True)
    except smtplib.SMTPDataError as error:
        return Outcome(f"邮件服务器不收这封邮件（{error.smtp_code}）", is_of_one=True)
    except smtplib.SMTPResponseException as error:
        return Outcome(f"邮件服务器返回 {error.smtp_code}")
    except (smtplib.SMTPException, OSError):
        return Outcome("连接不上邮件服务器")
    return Outcome()


def settle(load: Load, outcome: Outcome, now: datetime) -> None:
    """Write down what came of a sending."""
    dispatch = load.dispatch
    is_robot = dispatch.receiver.user_id is None
    rows = Delivery.objects.filter(dispatch=dispatch, state="waiting")
    if not outcome.error:
        Dispatch.objects.filter(pk=dispatch.pk).update(state="sent", sent_at=now, error="")
        rows.update(state="sent", done_at=now, reason="")
        _well(dispatch, is_robot, now)
    elif outcome.is_refused:
        rows.update(state="failed", reason=outcome.error, done_at=now)
        Dispatch.objects.filter(pk=dispatch.pk).update(state="failed", error=outcome.error)
    elif is_robot:
        robot_failed(dispatch, outcome, now)
    elif outcome.is_of_one:
        _put_off(dispatch, outcome, now)
    else:
        channel_failed(dispatch, outcome, now)


def _well(dispatch: Dispatch, is_robot: bool, now: datetime) -> None:
    """What went well ends the rest of its channel or robot."""
    if is_robot:
        Robot.objects.filter(pk=dispatch.receiver_id).update(
            failures=0, failing_since=None, rests_until=None, last_error="", last_sent_at=now
        )
        return
    shaky = Channel.objects.filter(pk=dispatch.channel).exclude(failures=0)
    shaky.update(failures=0, rests_until=None)


def rest(failures: int, retry_after: int = 0) -> timedelta:
    """Return for how long: twice as long each time up to an hour, a fifth more or less by chance.

    What the other side asks for is the least.
    """
    planned = min(REST * 2 ** min(failures - 1, 10), LONGEST)
    by_chance = planned * random.uniform(0.8, 1.2)  # noqa: S311  (spreads workers, hides nothing)
    return max(by_chance, timedelta(seconds=retry_after))


def _dissolve(rows: "QuerySet[Dispatch]", error: str) -> None:
    """What was packed and has not left waits again: later it is packed with what has come since."""
    ids = list(rows.values_list("pk", flat=True))
    Delivery.objects.filter(dispatch__in=ids, state="waiting").update(
        dispatch=None, reason=error[:200]
    )
    Dispatch.objects.filter(pk__in=ids).update(
        state=Dispatch.State.FAILED, error=error[:200] or "已收回"
    )


def _put_off(dispatch: Dispatch, outcome: Outcome, now: datetime) -> None:
    """One receiver's server said: later. After some tries it is told as not delivered."""
    rows = Delivery.objects.filter(dispatch=dispatch, state="waiting")
    last = rows.filter(attempts__gte=TRIES - 1)
    last.update(state="failed", reason=outcome.error, done_at=now)
    attempts = max(rows.values_list("attempts", flat=True), default=0) + 1
    rows.update(attempts=attempts, next_try_at=now + rest(attempts, outcome.retry_after))
    _dissolve(Dispatch.objects.filter(pk=dispatch.pk), outcome.error)


def channel_failed(dispatch: Dispatch, outcome: Outcome, now: datetime) -> None:
    """The way itself is broken: it rests, and what was packed for it waits again."""
    row = Channel.objects.select_for_update(no_key=True).get(pk=dispatch.channel)
    row.failures += 1
    row.rests_until = now + rest(row.failures, outcome.retry_after)
    row.save(update_fields=["failures", "rests_until"])
    _dissolve(Dispatch.objects.filter(_held(dispatch), channel=row.key), outcome.error)


def _held(dispatch: Dispatch) -> Q:
    """This one and what no worker has begun: what another sends just now is his to settle."""
    return Q(state=Dispatch.State.READY) | Q(pk=dispatch.pk)


def robot_failed(dispatch: Dispatch, outcome: Outcome, now: datetime) -> None:
    """A robot rests; after a day of it, it is off, and its organisation told."""
    robot = Robot.objects.select_for_update(no_key=True).get(pk=dispatch.receiver_id)
    robot.failures += 1
    robot.failing_since = robot.failing_since or now
    robot.rests_until = now + rest(robot.failures, outcome.retry_after)
    robot.last_error = outcome.error[:200]
    if now - robot.failing_since >= OFF_AFTER and robot.failures >= MANY_FAILURES:
        robot.is_on = False
        robot.off_reason = f"连续一天发送失败：{outcome.error}"[:200]
        _tell_off(robot, now)
    robot.save()
    _dissolve(
        Dispatch.objects.filter(_held(dispatch), receiver=dispatch.receiver_id), outcome.error
    )


def _tell_off(robot: Robot, now: datetime) -> None:
    record(
        actor=SYSTEM, act="robot.off", subject=("notifications.robot", str(robot.pk)),
        summary=f"{robot.name} {robot.off_reason}",
    )  # fmt: skip
    notify(
        org_id=robot.org_id, kind="robot.off", at=now, is_urgent=True,
        title=f"消息机器人“{robot.name}”连续一天发送失败，已停用，请检查其地址",
        url=reverse("notifications:robots"),
    )  # fmt: skip
