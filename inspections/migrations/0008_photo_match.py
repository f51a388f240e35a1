"""How photos before and after a rectification compare.

Whoever sees the photos reads it; only the region's own worker writes it.
"""

import django.db.models.deletion
from django.db import migrations, models

import common.ids
from common.rls import ENTERPRISE, PROVIDER, REGION, policy, tenant_table

TABLE = "inspections_photomatch"


def written_by_region(command: str) -> migrations.RunSQL:
    rule = {"check": REGION} if command == "INSERT" else {"using": REGION}
    name = f"{command.lower()}_by_region"
    return policy(TABLE, name, command=command, kind="RESTRICTIVE", **rule)


def whose(model: str, name: str, *, null: bool = True) -> models.ForeignKey:
    return models.ForeignKey(
        blank=null,
        null=null,
        on_delete=django.db.models.deletion.PROTECT,
        related_name="+",
        to=model,
        verbose_name=name,
    )


class Migration(migrations.Migration):
    dependencies = [
        ("evidence", "0005_marks_and_scans"),
        ("inspections", "0007_field_security"),
        ("tenancy", "0005_names_in_remedies"),
    ]
    operations = [
        migrations.CreateModel(
            name="PhotoMatch",
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
                ("figures", models.JSONField(default=dict, verbose_name="数字")),
                ("text", models.CharField(max_length=200, verbose_name="说明")),
                ("made_at", models.DateTimeField(verbose_name="比对时间")),
                ("after", whose("evidence.photo", "整改后", null=False)),
                ("before", whose("evidence.photo", "整改前", null=False)),
                ("enterprise_org", whose("tenancy.organization", "企业")),
                ("owner_agency", whose("tenancy.agency", "主管机构", null=False)),
                ("provider_org", whose("tenancy.organization", "服务机构")),
            ],
            options={
                "verbose_name": "照片比对",
                "verbose_name_plural": "照片比对",
            },
        ),
        migrations.AddConstraint(
            model_name="photomatch",
            constraint=models.UniqueConstraint(fields=("before", "after"), name="photo_match_once"),
        ),
        *tenant_table(
            TABLE,
            REGION,
            PROVIDER,
            ENTERPRISE,
            parents=[("before_id", "evidence_photo"), ("after_id", "evidence_photo")],
        ),
        *(written_by_region(command) for command in ("INSERT", "UPDATE", "DELETE")),
    ]
