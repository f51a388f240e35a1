"""The rows of what goes out of the page: whom it may reach, what was chosen, what is owed and sent."""

from django.db import models

from accounts.models import User
from common.encrypted import EncryptedCharField
from common.ids import uuid7
from notifications.kinds import CHANNELS, MODES, ROBOTS
from tenancy.models import Organization


class Channel(models.Model):
    """One way out, for the whole installation: its ceilings, the operator's stop, and its rest.

    The figures begin as `kinds.LIMITS` and are changed by `manage.py messages limits`.
    `per_minute` is what goes by mail and SMS altogether, and what one robot is sent; `per_day` is
    what one person is sent.
    """

    key = models.CharField("渠道", max_length=10, primary_key=True, choices=CHANNELS.items())
    per_minute = models.PositiveIntegerField("每分钟上限")
    per_day = models.PositiveIntegerField("每人每天上限")
    stopped_at = models.DateTimeField("停发时间", null=True)
    stopped_reason = models.CharField("停发原因", max_length=200, blank=True)
    failures = models.PositiveIntegerField("连续失败", default=0)
    rests_until = models.DateTimeField("暂歇至", null=True)

    class Meta:
        verbose_name = "发送渠道"
        verbose_name_plural = "发送渠道"

    def __str__(self) -> str:
        return self.get_key_display()


class Receiver(models.Model):
    """A person, or a robot of an organisation: when it may be disturbed and when its digest comes.

    Quiet from 22 until 7 passes midnight; the same hour twice is no quiet at all.
    """

    class Night(models.TextChoices):
        MAJOR = "major", "只有重大隐患"
        URGENT = "urgent", "所有紧急消息"
        NONE = "none", "都不发"

    user = models.OneToOneField(User, models.PROTECT, null=True, related_name="+")
    org = models.ForeignKey(Organization, models.PROTECT, null=True, related_name="+")
    quiet_from = models.PositiveSmallIntegerField("免打扰开始", default=22)
    quiet_until = models.PositiveSmallIntegerField("免打扰结束", default=7)
    digest_hour = models.PositiveSmallIntegerField("每日汇总时间", default=8)
    night = models.CharField(
        "免打扰时段仍发", max_length=6, choices=Night.choices, default=Night.MAJOR
    )

    class Meta:
        verbose_name = "接收人"
        verbose_name_plural = "接收人"
        constraints = [
            models.CheckConstraint(
                name="receiver_is_person_or_robot",
                condition=models.Q(user=None) ^ models.Q(org=None),
            ),
            models.CheckConstraint(
                name="receiver_hours_are_hours",
                condition=models.Q(quiet_from__lt=24, quiet_until__lt=24, digest_hour__lt=24),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id or self.org_id}"


class Choice(models.Model):
    """How one receiver wants one group of kinds by one channel; without a row the default holds."""

    receiver = models.ForeignKey(Receiver, models.CASCADE, related_name="choices")
    group = models.CharField("消息类别", max_length=12)
    channel = models.CharField("渠道", max_length=10, choices=CHANNELS.items())
    mode = models.CharField("方式", max_length=6, choices=MODES)

    class Meta:
        verbose_name = "消息设置"
        verbose_name_plural = "消息设置"
        constraints = [
            models.UniqueConstraint(
                fields=["receiver", "group", "channel"], name="choice_once_for_group_and_channel"
            )
        ]

    def __str__(self) -> str:
        return f"{self.group} {self.channel} {self.mode}"


class Phone(models.Model):
    """The number a person wants messages at; nothing but the code goes there before he said it."""

    user = models.OneToOneField(User, models.PROTECT, primary_key=True, related_name="+")
    number = EncryptedCharField("手机号", max_length=20)
    code_hash = models.CharField("验证码", max_length=64, blank=True)
    code_until = models.DateTimeField("验证码有效期", null=True)
    wrong = models.PositiveSmallIntegerField("输错次数", default=0)
    asked_at = models.DateTimeField("发码时间", null=True)
    asked_today = models.PositiveSmallIntegerField("当日发码次数", default=0)
    verified_at = models.DateTimeField("验证时间", null=True)

    class Meta:
        verbose_name = "接收手机"
        verbose_name_plural = "接收手机"

    def __str__(self) -> str:
        return f"{self.user_id}"


class Robot(models.Model):
    """A group-chat robot of an organisation: on → resting after failures → off, by rule or by hand.

    It is told what the whole organisation is told, never what is for one person. Its address is a
    secret: encrypted, shown masked, never in a log.
    """

    receiver = models.OneToOneField(
        Receiver, models.PROTECT, primary_key=True, related_name="robot"
    )
    org = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    kind = models.CharField("平台", max_length=10, choices=ROBOTS.items())
    name = models.CharField("名称", max_length=40)
    url = EncryptedCharField("Webhook 地址", max_length=500)
    secret = EncryptedCharField("加签密钥", max_length=100, blank=True)
    is_on = models.BooleanField("启用", default=True)
    off_reason = models.CharField("停用原因", max_length=200, blank=True)
    failures = models.PositiveIntegerField("连续失败", default=0)
    failing_since = models.DateTimeField("开始失败", null=True)
    rests_until = models.DateTimeField("暂歇至", null=True)
    last_error = models.CharField("最近错误", max_length=200, blank=True)
    last_sent_at = models.DateTimeField("最近送达", null=True)
    created_at = models.DateTimeField("登记时间", auto_now_add=True)
    removed_at = models.DateTimeField("删除时间", null=True)

    class Meta:
        verbose_name = "消息机器人"
        verbose_name_plural = "消息机器人"

    def __str__(self) -> str:
        return self.name


class Dispatch(models.Model):
    """One letter, SMS or post that leaves: for one message, or a digest of several.

    ready → sending (leased: a worker that dies leaves it to the next) → sent | failed. Its id is the
    Message-ID of the letter. Only the system reads it; people read the deliveries in it.
    """

    class State(models.TextChoices):
        READY = "ready", "待发"
        SENDING = "sending", "发送中"
        SENT = "sent", "已发"
        FAILED = "failed", "失败"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    receiver = models.ForeignKey(Receiver, models.PROTECT, related_name="+")
    channel = models.CharField("渠道", max_length=10, choices=CHANNELS.items())
    is_training = models.BooleanField("演示", default=False)
    state = models.CharField("状态", max_length=8, choices=State.choices, default=State.READY)
    size = models.PositiveIntegerField("条数")
    attempts = models.PositiveIntegerField("次数", default=0)
    leased_until = models.DateTimeField("占用至", null=True)
    created_at = models.DateTimeField("打包时间")
    sent_at = models.DateTimeField("发出时间", null=True)
    error = models.CharField("错误", max_length=200, blank=True)

    class Meta:
        verbose_name = "外发"
        verbose_name_plural = "外发"
        indexes = [
            models.Index(
                fields=["created_at"],
                condition=models.Q(state__in=["ready", "sending"]),
                name="dispatch_open",
            ),
            models.Index(fields=["receiver", "channel", "created_at"], name="dispatch_of_receiver"),
            models.Index(fields=["channel", "created_at"], name="dispatch_of_minute"),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.size}"


class Delivery(models.Model):
    """That one message is owed to one receiver by one channel, and what became of it.

    waiting → sent (alone, or in a digest: `dispatch`) | failed | dropped. A row that waits and
    may not go now is held; why is worked out when somebody asks (`selectors.why`). No row: the
    person did not choose the channel for it, and it is in his inbox only.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "待发"
        SENT = "sent", "已发"
        FAILED = "failed", "未送达"
        DROPPED = "dropped", "不发"

    notification = models.ForeignKey(
        "notifications.Notification", models.PROTECT, related_name="deliveries"
    )
    receiver = models.ForeignKey(Receiver, models.PROTECT, related_name="deliveries")
    channel = models.CharField("渠道", max_length=10, choices=CHANNELS.items())
    # The organisation whose message it is, and the person it goes to: what policies read.
    org_id = models.BigIntegerField("单位")
    user_id = models.BigIntegerField("用户", null=True)
    group = models.CharField("消息类别", max_length=12)
    is_urgent = models.BooleanField("紧急", default=False)
    is_training = models.BooleanField("演示", default=False)
    mode = models.CharField("方式", max_length=6, choices=MODES)
    state = models.CharField("状态", max_length=8, choices=State.choices)
    reason = models.CharField("原因", max_length=200, blank=True, db_default="")
    attempts = models.PositiveIntegerField("次数", default=0, db_default=0)
    next_try_at = models.DateTimeField("下次尝试", null=True)
    created_at = models.DateTimeField("消息时间")
    done_at = models.DateTimeField("完成时间", null=True)
    dispatch = models.ForeignKey(
        Dispatch, models.PROTECT, null=True, related_name="deliveries", db_index=False
    )

    class Meta:
        verbose_name = "消息外发"
        verbose_name_plural = "消息外发"
        constraints = [
            models.UniqueConstraint(
                fields=["notification", "receiver", "channel"], name="delivery_once"
            ),
            models.CheckConstraint(
                name="delivery_done_has_time",
                condition=models.Q(state="waiting", done_at=None)
                | (~models.Q(state="waiting") & models.Q(done_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="delivery_sent_is_in_a_dispatch",
                condition=~models.Q(state="sent") | models.Q(dispatch__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                fields=["channel", "receiver"],
                condition=models.Q(state="waiting", dispatch=None),
                name="delivery_waiting",
            ),
            models.Index(
                fields=["dispatch"],
                condition=models.Q(dispatch__isnull=False),
                name="delivery_packed",
            ),
            models.Index(fields=["user_id", "-id"], name="delivery_of_person"),
            models.Index(fields=["org_id", "-id"], name="delivery_of_org"),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.state}"
