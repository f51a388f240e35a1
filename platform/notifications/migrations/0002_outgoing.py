"""What goes out of the page: rows of what is owed; what was sent in the inbox before is not."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import common.encrypted
import common.ids
from common.rls import OWN_ORG, OWN_USER, SYSTEM, enable, policy, reference_table

MINE = f"{OWN_USER} OR org_id = {OWN_ORG}"
OF_RECEIVER = "receiver_id IN (SELECT r.id FROM notifications_receiver r)"


def _own(table: str, using: str) -> list[migrations.RunSQL]:
    """A table of which everybody has his own rows, and the system all."""
    name = f"notifications_{table}"
    return [
        enable(name), policy(name, "own", using=using), policy(name, "system", using=SYSTEM),
    ]  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_tables"),
        ("notifications", "0001_messages"),
        ("tenancy", "0002_security"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Channel",
            fields=[
                (
                    "key",
                    models.CharField(
                        choices=[
                            ("mail", "邮件"),
                            ("sms", "短信"),
                            ("wecom", "企业微信机器人"),
                            ("dingtalk", "钉钉机器人"),
                            ("feishu", "飞书机器人"),
                        ],
                        max_length=10,
                        primary_key=True,
                        serialize=False,
                        verbose_name="渠道",
                    ),
                ),
                ("per_minute", models.PositiveIntegerField(verbose_name="每分钟上限")),
                ("per_day", models.PositiveIntegerField(verbose_name="每人每天上限")),
                ("stopped_at", models.DateTimeField(null=True, verbose_name="停发时间")),
                (
                    "stopped_reason",
                    models.CharField(blank=True, max_length=200, verbose_name="停发原因"),
                ),
                ("failures", models.PositiveIntegerField(default=0, verbose_name="连续失败")),
                ("rests_until", models.DateTimeField(null=True, verbose_name="暂歇至")),
            ],
            options={
                "verbose_name": "发送渠道",
                "verbose_name_plural": "发送渠道",
            },
        ),
        migrations.CreateModel(
            name="Choice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("group", models.CharField(max_length=12, verbose_name="消息类别")),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("mail", "邮件"),
                            ("sms", "短信"),
                            ("wecom", "企业微信机器人"),
                            ("dingtalk", "钉钉机器人"),
                            ("feishu", "飞书机器人"),
                        ],
                        max_length=10,
                        verbose_name="渠道",
                    ),
                ),
                (
                    "mode",
                    models.CharField(
                        choices=[("off", "不发"), ("now", "立即"), ("digest", "每日汇总")],
                        max_length=6,
                        verbose_name="方式",
                    ),
                ),
            ],
            options={
                "verbose_name": "消息设置",
                "verbose_name_plural": "消息设置",
            },
        ),
        migrations.CreateModel(
            name="Delivery",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("mail", "邮件"),
                            ("sms", "短信"),
                            ("wecom", "企业微信机器人"),
                            ("dingtalk", "钉钉机器人"),
                            ("feishu", "飞书机器人"),
                        ],
                        max_length=10,
                        verbose_name="渠道",
                    ),
                ),
                ("org_id", models.BigIntegerField(verbose_name="单位")),
                ("user_id", models.BigIntegerField(null=True, verbose_name="用户")),
                ("group", models.CharField(max_length=12, verbose_name="消息类别")),
                ("is_urgent", models.BooleanField(default=False, verbose_name="紧急")),
                ("is_training", models.BooleanField(default=False, verbose_name="演示")),
                (
                    "mode",
                    models.CharField(
                        choices=[("off", "不发"), ("now", "立即"), ("digest", "每日汇总")],
                        max_length=6,
                        verbose_name="方式",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "待发"),
                            ("sent", "已发"),
                            ("failed", "未送达"),
                            ("dropped", "不发"),
                        ],
                        max_length=8,
                        verbose_name="状态",
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        blank=True, db_default="", max_length=200, verbose_name="原因"
                    ),
                ),
                (
                    "attempts",
                    models.PositiveIntegerField(db_default=0, default=0, verbose_name="次数"),
                ),
                ("next_try_at", models.DateTimeField(null=True, verbose_name="下次尝试")),
                ("created_at", models.DateTimeField(verbose_name="消息时间")),
                ("done_at", models.DateTimeField(null=True, verbose_name="完成时间")),
            ],
            options={
                "verbose_name": "消息外发",
                "verbose_name_plural": "消息外发",
            },
        ),
        migrations.CreateModel(
            name="Dispatch",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=common.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("mail", "邮件"),
                            ("sms", "短信"),
                            ("wecom", "企业微信机器人"),
                            ("dingtalk", "钉钉机器人"),
                            ("feishu", "飞书机器人"),
                        ],
                        max_length=10,
                        verbose_name="渠道",
                    ),
                ),
                ("is_training", models.BooleanField(default=False, verbose_name="演示")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("ready", "待发"),
                            ("sending", "发送中"),
                            ("sent", "已发"),
                            ("failed", "失败"),
                        ],
                        default="ready",
                        max_length=8,
                        verbose_name="状态",
                    ),
                ),
                ("size", models.PositiveIntegerField(verbose_name="条数")),
                ("attempts", models.PositiveIntegerField(default=0, verbose_name="次数")),
                ("leased_until", models.DateTimeField(null=True, verbose_name="占用至")),
                ("created_at", models.DateTimeField(verbose_name="打包时间")),
                ("sent_at", models.DateTimeField(null=True, verbose_name="发出时间")),
                ("error", models.CharField(blank=True, max_length=200, verbose_name="错误")),
            ],
            options={
                "verbose_name": "外发",
                "verbose_name_plural": "外发",
            },
        ),
        migrations.CreateModel(
            name="Phone",
            fields=[
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "number",
                    common.encrypted.EncryptedCharField(max_length=20, verbose_name="手机号"),
                ),
                ("code_hash", models.CharField(blank=True, max_length=64, verbose_name="验证码")),
                ("code_until", models.DateTimeField(null=True, verbose_name="验证码有效期")),
                ("wrong", models.PositiveSmallIntegerField(default=0, verbose_name="输错次数")),
                ("asked_at", models.DateTimeField(null=True, verbose_name="发码时间")),
                (
                    "asked_today",
                    models.PositiveSmallIntegerField(default=0, verbose_name="当日发码次数"),
                ),
                ("verified_at", models.DateTimeField(null=True, verbose_name="验证时间")),
            ],
            options={
                "verbose_name": "接收手机",
                "verbose_name_plural": "接收手机",
            },
        ),
        migrations.CreateModel(
            name="Receiver",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "quiet_from",
                    models.PositiveSmallIntegerField(default=22, verbose_name="免打扰开始"),
                ),
                (
                    "quiet_until",
                    models.PositiveSmallIntegerField(default=7, verbose_name="免打扰结束"),
                ),
                (
                    "digest_hour",
                    models.PositiveSmallIntegerField(default=8, verbose_name="每日汇总时间"),
                ),
                (
                    "night",
                    models.CharField(
                        choices=[
                            ("major", "只有重大隐患"),
                            ("urgent", "所有紧急消息"),
                            ("none", "都不发"),
                        ],
                        default="major",
                        max_length=6,
                        verbose_name="免打扰时段仍发",
                    ),
                ),
            ],
            options={
                "verbose_name": "接收人",
                "verbose_name_plural": "接收人",
            },
        ),
        migrations.AddField(
            model_name="notification",
            name="is_owed",
            field=models.BooleanField(default=False, verbose_name="待外发"),
        ),
        migrations.AlterField(
            model_name="notification",
            name="is_owed",
            field=models.BooleanField(default=True, verbose_name="待外发"),
        ),
        migrations.AddIndex(
            model_name="notification",
            index=models.Index(
                condition=models.Q(("is_owed", True)), fields=["id"], name="notification_owed"
            ),
        ),
        migrations.AddField(
            model_name="delivery",
            name="notification",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="deliveries",
                to="notifications.notification",
            ),
        ),
        migrations.AddField(
            model_name="delivery",
            name="dispatch",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="deliveries",
                to="notifications.dispatch",
            ),
        ),
        migrations.AddField(
            model_name="receiver",
            name="org",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tenancy.organization",
            ),
        ),
        migrations.AddField(
            model_name="receiver",
            name="user",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="dispatch",
            name="receiver",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="notifications.receiver",
            ),
        ),
        migrations.AddField(
            model_name="delivery",
            name="receiver",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="deliveries",
                to="notifications.receiver",
            ),
        ),
        migrations.AddField(
            model_name="choice",
            name="receiver",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="choices",
                to="notifications.receiver",
            ),
        ),
        migrations.CreateModel(
            name="Robot",
            fields=[
                (
                    "receiver",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="robot",
                        serialize=False,
                        to="notifications.receiver",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("wecom", "企业微信机器人"),
                            ("dingtalk", "钉钉机器人"),
                            ("feishu", "飞书机器人"),
                        ],
                        max_length=10,
                        verbose_name="平台",
                    ),
                ),
                ("name", models.CharField(max_length=40, verbose_name="名称")),
                (
                    "url",
                    common.encrypted.EncryptedCharField(
                        max_length=500, verbose_name="Webhook 地址"
                    ),
                ),
                (
                    "secret",
                    common.encrypted.EncryptedCharField(
                        blank=True, max_length=100, verbose_name="加签密钥"
                    ),
                ),
                ("is_on", models.BooleanField(default=True, verbose_name="启用")),
                (
                    "off_reason",
                    models.CharField(blank=True, max_length=200, verbose_name="停用原因"),
                ),
                ("failures", models.PositiveIntegerField(default=0, verbose_name="连续失败")),
                ("failing_since", models.DateTimeField(null=True, verbose_name="开始失败")),
                ("rests_until", models.DateTimeField(null=True, verbose_name="暂歇至")),
                (
                    "last_error",
                    models.CharField(blank=True, max_length=200, verbose_name="最近错误"),
                ),
                ("last_sent_at", models.DateTimeField(null=True, verbose_name="最近送达")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="登记时间")),
                ("removed_at", models.DateTimeField(null=True, verbose_name="删除时间")),
                (
                    "org",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.organization",
                    ),
                ),
            ],
            options={
                "verbose_name": "消息机器人",
                "verbose_name_plural": "消息机器人",
            },
        ),
        migrations.AddConstraint(
            model_name="receiver",
            constraint=models.CheckConstraint(
                condition=models.Q(("user", None), ("org", None), _connector="XOR"),
                name="receiver_is_person_or_robot",
            ),
        ),
        migrations.AddConstraint(
            model_name="receiver",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("digest_hour__lt", 24), ("quiet_from__lt", 24), ("quiet_until__lt", 24)
                ),
                name="receiver_hours_are_hours",
            ),
        ),
        migrations.AddIndex(
            model_name="dispatch",
            index=models.Index(
                condition=models.Q(("state__in", ["ready", "sending"])),
                fields=["created_at"],
                name="dispatch_open",
            ),
        ),
        migrations.AddIndex(
            model_name="dispatch",
            index=models.Index(
                fields=["receiver", "channel", "created_at"], name="dispatch_of_receiver"
            ),
        ),
        migrations.AddIndex(
            model_name="dispatch",
            index=models.Index(fields=["channel", "created_at"], name="dispatch_of_minute"),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("dispatch", None), ("state", "waiting")),
                fields=["channel", "receiver"],
                name="delivery_waiting",
            ),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("dispatch__isnull", False)),
                fields=["dispatch"],
                name="delivery_packed",
            ),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(fields=["user_id", "-id"], name="delivery_of_person"),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(fields=["org_id", "-id"], name="delivery_of_org"),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.UniqueConstraint(
                fields=("notification", "receiver", "channel"), name="delivery_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("done_at", None), ("state", "waiting")),
                    models.Q(
                        models.Q(("state", "waiting"), _negated=True), ("done_at__isnull", False)
                    ),
                    _connector="OR",
                ),
                name="delivery_done_has_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "sent"), _negated=True),
                    ("dispatch__isnull", False),
                    _connector="OR",
                ),
                name="delivery_sent_is_in_a_dispatch",
            ),
        ),
        migrations.AddConstraint(
            model_name="choice",
            constraint=models.UniqueConstraint(
                fields=("receiver", "group", "channel"), name="choice_once_for_group_and_channel"
            ),
        ),
        policy("notifications_notification", "system", using=SYSTEM),
        *reference_table("notifications_channel"),
        *_own("receiver", MINE),
        *_own("choice", OF_RECEIVER),
        *_own("phone", OWN_USER),
        *_own("robot", f"org_id = {OWN_ORG}"),
        enable("notifications_delivery"),
        policy("notifications_delivery", "own", using=MINE, command="SELECT"),
        policy("notifications_delivery", "again", using=MINE, command="UPDATE"),
        policy("notifications_delivery", "system", using=SYSTEM),
        enable("notifications_dispatch"),
        policy("notifications_dispatch", "system", using=SYSTEM),
    ]
