import django.db.models.deletion
from django.db import migrations, models

import common.ids


class Migration(migrations.Migration):
    initial = True

    dependencies = [("tenancy", "0004_officer_certificate_security")]

    operations = [
        migrations.CreateModel(
            name="Verification",
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
                ("until", models.BigIntegerField(verbose_name="末号")),
                ("hash", models.CharField(max_length=64, verbose_name="末号的封存")),
                ("with_files", models.BooleanField(default=False, verbose_name="连同文件")),
                ("started_by_name", models.CharField(max_length=80, verbose_name="发起人")),
                (
                    "started_at",
                    models.DateTimeField(auto_now_add=True, verbose_name="发起时间"),
                ),
                ("finished_at", models.DateTimeField(null=True, verbose_name="完成时间")),
                ("acts", models.BigIntegerField(default=0, verbose_name="核对的记录")),
                ("files", models.BigIntegerField(default=0, verbose_name="核对的文件")),
                ("problem_count", models.BigIntegerField(default=0, verbose_name="问题数")),
                ("problems", models.JSONField(default=list, verbose_name="问题")),
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
                (
                    "started_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.membership",
                    ),
                ),
            ],
            options={
                "verbose_name": "存证链核查",
                "verbose_name_plural": "存证链核查",
                "indexes": [
                    models.Index(fields=["owner_agency", "-id"], name="verification_newest")
                ],
            },
        ),
    ]
