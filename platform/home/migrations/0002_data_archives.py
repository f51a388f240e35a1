"""Archives of an organisation's own data: its alone; the system makes and removes them."""

import django.db.models.deletion
from django.db import migrations, models

import common.ids
from common.rls import OWN_ORG, SYSTEM, enable, fixed_columns, policy


class Migration(migrations.Migration):
    dependencies = [
        ("home", "0001_deadlines_and_calendars"),
        ("tenancy", "0003_deputies_and_sendings"),
    ]

    operations = [
        migrations.CreateModel(
            name="DataArchive",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=common.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("with_files", models.BooleanField(verbose_name="含照片、附件和文书")),
                ("is_whole", models.BooleanField(verbose_name="含完整电话号码")),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="理由")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "等待制作"),
                            ("making", "正在制作"),
                            ("ready", "可以下载"),
                            ("failed", "没有做成"),
                            ("removed", "已删除"),
                            ("expired", "已过期"),
                        ],
                        default="waiting",
                        max_length=8,
                        verbose_name="状态",
                    ),
                ),
                ("started_by_name", models.CharField(max_length=120, verbose_name="申请人")),
                ("started_at", models.DateTimeField(verbose_name="申请时间")),
                ("as_of", models.DateTimeField(null=True, verbose_name="数据截至")),
                ("made_at", models.DateTimeField(null=True, verbose_name="制成时间")),
                ("expires_at", models.DateTimeField(null=True, verbose_name="文件保留至")),
                ("done", models.PositiveIntegerField(default=0, verbose_name="已放入的文件")),
                ("total", models.PositiveIntegerField(null=True, verbose_name="文件数")),
                ("rows", models.PositiveIntegerField(default=0, verbose_name="行数")),
                ("missing", models.PositiveIntegerField(default=0, verbose_name="没有取到的文件")),
                ("path", models.CharField(blank=True, max_length=100)),
                ("size", models.PositiveBigIntegerField(default=0, verbose_name="字节数")),
                ("sha256", models.CharField(blank=True, max_length=64, verbose_name="哈希")),
                ("attempts", models.PositiveSmallIntegerField(default=0, verbose_name="次数")),
                ("error", models.CharField(blank=True, max_length=300, verbose_name="原因")),
                ("leased_until", models.DateTimeField(null=True, verbose_name="制作中至")),
                (
                    "org",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.organization",
                        verbose_name="单位",
                    ),
                ),
                (
                    "started_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.membership",
                        verbose_name="申请人身份",
                    ),
                ),
            ],
            options={
                "verbose_name": "数据导出",
                "verbose_name_plural": "数据导出",
                "indexes": [models.Index(fields=["org", "-id"], name="data_archive_own")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ("waiting", "making"))),
                        fields=("org",),
                        name="data_archive_one_under_way",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "ready"), _negated=True),
                            models.Q(
                                ("expires_at__isnull", False),
                                ("made_at__isnull", False),
                                models.Q(("path", ""), _negated=True),
                                models.Q(("sha256", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="data_archive_ready_has_file",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("is_whole", False),
                            models.Q(("reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="data_archive_whole_has_reason",
                    ),
                ],
            },
        ),
        enable("home_dataarchive"),
        policy("home_dataarchive", "own", using=f"org_id = {OWN_ORG} OR {SYSTEM}"),
        fixed_columns("home_dataarchive", ["org_id", "started_by_id", "is_whole", "with_files"]),
    ]
