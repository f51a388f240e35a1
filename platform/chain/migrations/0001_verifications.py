"""A check of a chain is its agency's, and its superiors'."""

from django.db import migrations, models

from common.ids import uuid7
from common.rls import REGION, tenant_table
from tenancy.columns import enterprise_org, owner_agency, provider_org, region_code


class Migration(migrations.Migration):
    initial = True
    replaces = [
        ("chain", "0001_initial"),
        ("chain", "0002_row_level_security"),
        ("chain", "0003_cover_older_files"),
    ]
    dependencies = [("tenancy", "0002_security")]
    operations = [
        migrations.CreateModel(
            name="Verification",
            fields=[
                ("region_code", region_code()),
                (
                    "id",
                    models.UUIDField(
                        default=uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("until", models.BigIntegerField("末号")),
                ("hash", models.CharField("末号的封存", max_length=64)),
                ("with_files", models.BooleanField("连同文件", default=False)),
                ("started_by_name", models.CharField("发起人", max_length=80)),
                ("started_at", models.DateTimeField("发起时间", auto_now_add=True)),
                ("finished_at", models.DateTimeField("完成时间", null=True)),
                ("acts", models.BigIntegerField("核对的记录", default=0)),
                ("files", models.BigIntegerField("核对的文件", default=0)),
                ("problem_count", models.BigIntegerField("问题数", default=0)),
                ("problems", models.JSONField("问题", default=list)),
                ("enterprise_org", enterprise_org()),
                ("owner_agency", owner_agency()),
                ("provider_org", provider_org()),
                (
                    "started_by",
                    models.ForeignKey(
                        "tenancy.membership", models.PROTECT, null=True, related_name="+"
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
        *tenant_table("chain_verification", REGION),
    ]
