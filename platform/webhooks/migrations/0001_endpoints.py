"""Endpoints of organisations, what they are owed and what was tried."""

import django.db.models.deletion
from django.db import migrations, models

import common.encrypted
import common.ids


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("tenancy", "0002_security"),
    ]

    operations = [
        migrations.CreateModel(
            name="Position",
            fields=[
                (
                    "agency_id",
                    models.BigIntegerField(primary_key=True, serialize=False, verbose_name="链"),
                ),
                ("sequence", models.BigIntegerField(verbose_name="序号")),
            ],
            options={
                "verbose_name": "推送进度",
                "verbose_name_plural": "推送进度",
            },
        ),
        migrations.CreateModel(
            name="Endpoint",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=common.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("url", models.CharField(max_length=500, verbose_name="网址")),
                ("description", models.CharField(max_length=100, verbose_name="用途")),
                ("kinds", models.JSONField(default=list, verbose_name="事件")),
                (
                    "state",
                    models.CharField(
                        choices=[("active", "启用"), ("paused", "暂停"), ("off", "停用")],
                        default="active",
                        max_length=8,
                        verbose_name="状态",
                    ),
                ),
                ("state_reason", models.CharField(blank=True, max_length=200, verbose_name="原因")),
                ("secret", common.encrypted.EncryptedCharField(max_length=80, verbose_name="密钥")),
                (
                    "old_secret",
                    common.encrypted.EncryptedCharField(
                        blank=True, max_length=80, verbose_name="原密钥"
                    ),
                ),
                ("old_secret_until", models.DateTimeField(null=True, verbose_name="原密钥有效至")),
                ("failures", models.PositiveIntegerField(default=0, verbose_name="连续失败")),
                ("failing_since", models.DateTimeField(null=True, verbose_name="失败始于")),
                ("rests_until", models.DateTimeField(null=True, verbose_name="歇至")),
                ("leased_until", models.DateTimeField(null=True, verbose_name="发送中至")),
                ("last_ok_at", models.DateTimeField(null=True, verbose_name="最近成功")),
                ("created_at", models.DateTimeField(verbose_name="登记时间")),
                ("created_by_name", models.CharField(max_length=120, verbose_name="登记人")),
                (
                    "org",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.organization",
                        verbose_name="单位",
                    ),
                ),
            ],
            options={
                "verbose_name": "推送地址",
                "verbose_name_plural": "推送地址",
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
                ("org_id", models.BigIntegerField(verbose_name="单位")),
                ("event_id", models.UUIDField(verbose_name="事件编号")),
                ("kind", models.CharField(max_length=40, verbose_name="事件")),
                (
                    "subject_type",
                    models.CharField(blank=True, max_length=60, verbose_name="对象类别"),
                ),
                ("subject_id", models.CharField(blank=True, max_length=64, verbose_name="对象")),
                ("body", models.TextField(verbose_name="内容")),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "待发送"), ("done", "已送达"), ("failed", "未送达")],
                        default="waiting",
                        max_length=8,
                        verbose_name="状态",
                    ),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0, verbose_name="按期次数")),
                ("next_at", models.DateTimeField(null=True, verbose_name="下次发送")),
                ("created_at", models.DateTimeField(verbose_name="产生时间")),
                ("finished_at", models.DateTimeField(null=True, verbose_name="结束时间")),
                ("status", models.PositiveSmallIntegerField(null=True, verbose_name="最近回答")),
                ("problem", models.CharField(blank=True, max_length=200, verbose_name="最近问题")),
                (
                    "endpoint",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="deliveries",
                        to="webhooks.endpoint",
                    ),
                ),
            ],
            options={
                "verbose_name": "推送",
                "verbose_name_plural": "推送",
            },
        ),
        migrations.CreateModel(
            name="Attempt",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("org_id", models.BigIntegerField(verbose_name="单位")),
                ("at", models.DateTimeField(verbose_name="时间")),
                ("status", models.PositiveSmallIntegerField(null=True, verbose_name="回答")),
                ("ms", models.PositiveIntegerField(verbose_name="用时")),
                ("answer", models.CharField(blank=True, max_length=500, verbose_name="回答内容")),
                ("error", models.CharField(blank=True, max_length=200, verbose_name="问题")),
                (
                    "delivery",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="tries",
                        to="webhooks.delivery",
                    ),
                ),
            ],
            options={
                "verbose_name": "发送记录",
                "verbose_name_plural": "发送记录",
                "indexes": [models.Index(fields=["delivery", "id"], name="attempt_of_delivery")],
            },
        ),
        migrations.AddConstraint(
            model_name="endpoint",
            constraint=models.UniqueConstraint(fields=("org", "url"), name="endpoint_url_once"),
        ),
        migrations.AddConstraint(
            model_name="endpoint",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "off"), _negated=True),
                    models.Q(("state_reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="endpoint_off_has_reason",
            ),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(fields=["endpoint", "-id"], name="delivery_log"),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("state", "waiting")),
                fields=["endpoint", "id"],
                name="webhook_delivery_waiting",
            ),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("state", "failed")),
                fields=["endpoint", "-id"],
                name="delivery_failed",
            ),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(fields=["created_at"], name="delivery_age"),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.UniqueConstraint(
                fields=("endpoint", "event_id"), name="webhook_delivery_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "waiting"), _negated=True),
                    ("next_at__isnull", False),
                    _connector="OR",
                ),
                name="delivery_waits_for_a_moment",
            ),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state", "waiting"), ("finished_at__isnull", False), _connector="OR"
                ),
                name="delivery_ended_has_finished_at",
            ),
        ),
    ]
