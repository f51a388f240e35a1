"""Warnings of deadlines and their rules, briefs that were sent, links to calendars."""

import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import common.ids
from common.rls import (
    OWN_USER,
    REGION,
    SYSTEM,
    append_only,
    enable,
    fixed_columns,
    policy,
    tenant_table,
)


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("tenancy", "0002_security"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="BriefSent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "region_code",
                    models.CharField(db_collation="C", max_length=12, verbose_name="属地"),
                ),
                ("week_on", models.DateField(verbose_name="周一")),
                ("sent_at", models.DateTimeField(verbose_name="时间")),
                (
                    "enterprise_org",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.organization",
                        verbose_name="企业",
                    ),
                ),
                (
                    "owner_agency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.agency",
                        verbose_name="主管机构",
                    ),
                ),
                (
                    "provider_org",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.organization",
                        verbose_name="服务机构",
                    ),
                ),
            ],
            options={
                "verbose_name": "工作周报",
                "verbose_name_plural": "工作周报",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("owner_agency", "week_on"), name="brief_sent_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CalendarFeed",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=common.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("token_sha256", models.CharField(max_length=64, unique=True)),
                ("made_at", models.DateTimeField(verbose_name="建立时间")),
                (
                    "revoked_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="停用时间"),
                ),
                (
                    "membership",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.membership",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "日历订阅",
                "verbose_name_plural": "日历订阅",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("revoked_at", None)),
                        fields=("membership",),
                        name="calendar_feed_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="DeadlineRules",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "region_code",
                    models.CharField(db_collation="C", max_length=12, verbose_name="属地"),
                ),
                (
                    "first_days",
                    models.PositiveSmallIntegerField(
                        default=3,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(60),
                        ],
                        verbose_name="第一次提醒：到期前",
                    ),
                ),
                (
                    "last_days",
                    models.PositiveSmallIntegerField(
                        default=1,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(60),
                        ],
                        verbose_name="再次提醒：到期前",
                    ),
                ),
                (
                    "officer_days",
                    models.PositiveSmallIntegerField(
                        default=1,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(60),
                        ],
                        verbose_name="逾期满多少天告知服务机构和监管人员",
                    ),
                ),
                (
                    "leader_days",
                    models.PositiveSmallIntegerField(
                        default=3,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(60),
                        ],
                        verbose_name="逾期满多少天报本机关负责人",
                    ),
                ),
                (
                    "superior_days",
                    models.PositiveSmallIntegerField(
                        default=10,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(60),
                        ],
                        verbose_name="逾期满多少天报上级机关",
                    ),
                ),
                ("changed_at", models.DateTimeField(verbose_name="修改时间")),
                ("changed_by_name", models.CharField(max_length=80, verbose_name="修改人")),
                (
                    "enterprise_org",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.organization",
                        verbose_name="企业",
                    ),
                ),
                (
                    "owner_agency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.agency",
                        verbose_name="主管机构",
                    ),
                ),
                (
                    "provider_org",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.organization",
                        verbose_name="服务机构",
                    ),
                ),
            ],
            options={
                "verbose_name": "期限提醒规则",
                "verbose_name_plural": "期限提醒规则",
                "constraints": [
                    models.UniqueConstraint(fields=("owner_agency",), name="deadline_rules_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("first_days__gt", models.F("last_days")),
                            ("leader_days__lt", models.F("superior_days")),
                            ("officer_days__lt", models.F("leader_days")),
                        ),
                        name="deadline_rules_in_order",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DeadlineWarning",
            fields=[
                (
                    "region_code",
                    models.CharField(db_collation="C", max_length=12, verbose_name="属地"),
                ),
                (
                    "id",
                    models.UUIDField(
                        default=common.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("kind", models.CharField(max_length=20, verbose_name="事项")),
                ("subject_id", models.CharField(max_length=64)),
                ("due_on", models.DateField(verbose_name="期限")),
                (
                    "step",
                    models.CharField(
                        choices=[
                            ("first", "到期前提醒"),
                            ("last", "到期前再次提醒"),
                            ("officer", "逾期，告知监管人员"),
                            ("leader", "逾期，报本机关负责人"),
                            ("superior", "逾期，报上级机关"),
                        ],
                        max_length=8,
                        verbose_name="提醒",
                    ),
                ),
                ("days", models.SmallIntegerField(verbose_name="当时剩余的工作日")),
                ("told", models.CharField(max_length=200, verbose_name="告知")),
                ("warned_at", models.DateTimeField(verbose_name="时间")),
                (
                    "enterprise_org",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.organization",
                        verbose_name="企业",
                    ),
                ),
                (
                    "owner_agency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.agency",
                        verbose_name="主管机构",
                    ),
                ),
                (
                    "provider_org",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.organization",
                        verbose_name="服务机构",
                    ),
                ),
            ],
            options={
                "verbose_name": "期限提醒",
                "verbose_name_plural": "期限提醒",
                "indexes": [
                    models.Index(fields=["owner_agency", "-id"], name="deadline_warning_agency")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("kind", "subject_id", "due_on", "step"),
                        name="deadline_warning_once",
                    )
                ],
            },
        ),
        *tenant_table("home_deadlinerules", REGION),
        *tenant_table("home_deadlinewarning", REGION),
        append_only("home_deadlinewarning"),
        *tenant_table("home_briefsent", REGION),
        append_only("home_briefsent"),
        # Whoever has the link is nobody: the system looks for it, and then acts as its member.
        enable("home_calendarfeed"),
        policy("home_calendarfeed", "own", using=OWN_USER),
        policy("home_calendarfeed", "system", using=SYSTEM, command="SELECT"),
        fixed_columns("home_calendarfeed", ["user_id", "membership_id", "token_sha256"]),
    ]
