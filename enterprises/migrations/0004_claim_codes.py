"""Codes on paper by which owners take their enterprises up: the agency's alone."""

import django.db.models.deletion
from django.db import migrations, models

import common.ids
from common.rls import REGION, tenant_table
from tenancy.columns import enterprise_org, owner_agency, provider_org, region_code


class Migration(migrations.Migration):
    dependencies = [("enterprises", "0003_search")]
    operations = [
        migrations.CreateModel(
            name="ClaimCode",
            fields=[
                ("region_code", region_code()),
                (
                    "id",
                    models.UUIDField(
                        default=common.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("digest", models.CharField(max_length=64, unique=True)),
                ("issued_at", models.DateTimeField("生成时间")),
                ("issued_by_name", models.CharField("生成人", max_length=80)),
                ("expires_on", models.DateField("有效期至")),
                ("failures", models.PositiveSmallIntegerField("核对错误次数", default=0)),
                ("claimed_at", models.DateTimeField("认领时间", null=True)),
                ("claimed_by_name", models.CharField("认领人", blank=True, max_length=80)),
                ("withdrawn_at", models.DateTimeField("作废时间", null=True)),
                ("withdrawn_reason", models.CharField("作废原因", blank=True, max_length=200)),
                (
                    "enterprise",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="claim_codes",
                        to="enterprises.enterprise",
                    ),
                ),
                ("enterprise_org", enterprise_org()),
                ("owner_agency", owner_agency()),
                ("provider_org", provider_org()),
            ],
            options={
                "verbose_name": "认领码",
                "verbose_name_plural": "认领码",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("claimed_at", None), ("withdrawn_at", None)),
                        fields=("enterprise",),
                        name="claim_code_one_open",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("claimed_at", None), ("withdrawn_at", None), _connector="OR"
                        ),
                        name="claim_code_ends_one_way",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("withdrawn_at", None),
                            models.Q(("withdrawn_reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="claim_code_withdrawn_has_reason",
                    ),
                ],
            },
        ),
        *tenant_table(
            "enterprises_claimcode", REGION,
            parents=[("enterprise_id", "enterprises_enterprise")],
        ),
    ]  # fmt: skip
