"""Who stands in for whom, and what became of an invitation's link."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tenancy", "0002_security"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="membership",
            name="membership_once_while_active",
        ),
        migrations.AddField(
            model_name="invitation",
            name="send_by",
            field=models.CharField(
                blank=True,
                choices=[("mail", "电子邮件"), ("sms", "短信")],
                max_length=4,
                verbose_name="发送方式",
            ),
        ),
        migrations.AddField(
            model_name="invitation",
            name="send_error",
            field=models.CharField(blank=True, max_length=200, verbose_name="未送达原因"),
        ),
        migrations.AddField(
            model_name="invitation",
            name="send_state",
            field=models.CharField(
                blank=True,
                choices=[("waiting", "待发送"), ("sent", "已发出"), ("failed", "未发出")],
                max_length=7,
                verbose_name="发送状态",
            ),
        ),
        migrations.AddField(
            model_name="invitation",
            name="send_times",
            field=models.JSONField(default=list, verbose_name="发送时刻"),
        ),
        migrations.AddField(
            model_name="invitation",
            name="sent_at",
            field=models.DateTimeField(null=True, verbose_name="送出时间"),
        ),
        migrations.AddField(
            model_name="membership",
            name="deputy_for",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="deputies",
                to="tenancy.membership",
                verbose_name="代理何人",
            ),
        ),
        migrations.AddField(
            model_name="membership",
            name="deputy_for_name",
            field=models.CharField(blank=True, max_length=40, verbose_name="代理何人（姓名）"),
        ),
        migrations.AddField(
            model_name="membership",
            name="deputy_reason",
            field=models.CharField(blank=True, max_length=200, verbose_name="代理事由"),
        ),
        migrations.AddField(
            model_name="membership",
            name="valid_from",
            field=models.DateField(blank=True, null=True, verbose_name="代理自"),
        ),
        migrations.AddField(
            model_name="membership",
            name="valid_until",
            field=models.DateField(blank=True, null=True, verbose_name="代理至"),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.UniqueConstraint(
                condition=models.Q(("deputy_for", None), ("ended_at", None)),
                fields=("user", "org", "role"),
                name="membership_once_while_active",
            ),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("deputy_for", None),
                        ("deputy_for_name", ""),
                        ("valid_from", None),
                        ("valid_until", None),
                    ),
                    models.Q(
                        ("deputy_for__isnull", False),
                        ("valid_until__gte", models.F("valid_from")),
                        models.Q(("deputy_for_name", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="membership_deputy_has_period",
            ),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                condition=models.Q(("deputy_for__isnull", False), ("ended_at", None)),
                expressions=[
                    ("deputy_for", "="),
                    (
                        models.Func(
                            "valid_from",
                            "valid_until",
                            models.Value("[]"),
                            function="daterange",
                            output_field=django.contrib.postgres.fields.ranges.DateRangeField(),
                        ),
                        "&&",
                    ),
                ],
                name="membership_one_deputy_at_a_time",
            ),
        ),
    ]
