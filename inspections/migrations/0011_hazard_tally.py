"""Counts of hazards by region and by provider, kept by triggers; each is read by whose it is."""

from django.db import migrations, models

from common.rls import PROVIDER, REGION, SYSTEM, enable, policy
from common.tally import tally_triggers

TALLY = "inspections_hazardtally"
KINDS = {"state": "state", "severity": "severity", "is_overdue": "is_overdue"}


class Migration(migrations.Migration):
    dependencies = [("inspections", "0010_close_phones")]
    operations = [
        migrations.CreateModel(
            name="HazardTally",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "region_code",
                    models.CharField(
                        db_collation="C", max_length=12, null=True, verbose_name="属地"
                    ),
                ),
                ("provider_org_id", models.BigIntegerField(null=True, verbose_name="服务机构")),
                ("state", models.CharField(max_length=12, verbose_name="状态")),
                ("severity", models.CharField(max_length=8, verbose_name="等级")),
                ("is_overdue", models.BooleanField(verbose_name="逾期")),
                ("number", models.BigIntegerField(verbose_name="增减")),
            ],
            options={
                "verbose_name": "隐患数",
                "verbose_name_plural": "隐患数",
            },
        ),
        migrations.AddIndex(
            model_name="hazardtally",
            index=models.Index(
                condition=models.Q(("region_code__isnull", False)),
                fields=["region_code"],
                include=("state", "severity", "is_overdue", "number"),
                name="hazard_tally_region",
            ),
        ),
        migrations.AddIndex(
            model_name="hazardtally",
            index=models.Index(
                condition=models.Q(("provider_org_id__isnull", False)),
                fields=["provider_org_id"],
                name="hazard_tally_provider",
            ),
        ),
        enable(TALLY),
        # The triggers write as the owner; beat melts what they appended.
        policy(TALLY, "readable", using=f"{REGION} OR {PROVIDER}", command="SELECT"),
        policy(TALLY, "system", using=SYSTEM),
        *tally_triggers(
            "inspections_hazard",
            TALLY,
            [
                {"region_code": "region_code", **KINDS},
                {"provider_org_id": "provider_org_id", **KINDS},
            ],
        ),
    ]
