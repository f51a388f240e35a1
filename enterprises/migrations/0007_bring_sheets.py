"""Sheets of several kinds, their columns as somebody matched them, and the matches remembered."""

from django.db import migrations, models

import common.ids
from common.rls import REGION, tenant_table
from tenancy.columns import enterprise_org, owner_agency, provider_org, region_code


class Migration(migrations.Migration):
    dependencies = [
        ("enterprises", "0006_fill_people_in_search"),
        ("tenancy", "0002_security"),
    ]

    operations = [
        migrations.AddField(
            model_name="enterpriseimport",
            name="columns",
            field=models.JSONField(default=dict, verbose_name="列的对应"),
        ),
        migrations.AddField(
            model_name="enterpriseimport",
            name="kind",
            field=models.CharField(default="enterprises", max_length=20, verbose_name="种类"),
        ),
        migrations.CreateModel(
            name="ColumnMatch",
            fields=[
                ("region_code", region_code()),
                (
                    "id",
                    models.UUIDField(
                        default=common.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("kind", models.CharField(max_length=20, verbose_name="种类")),
                ("signature", models.CharField(max_length=64)),
                ("headings", models.JSONField(verbose_name="表头")),
                ("match", models.JSONField(verbose_name="列的对应")),
                ("changed_at", models.DateTimeField(verbose_name="确定时间")),
                ("changed_by_name", models.CharField(max_length=80, verbose_name="确定人")),
                ("enterprise_org", enterprise_org()),
                ("owner_agency", owner_agency()),
                ("provider_org", provider_org()),
            ],
            options={
                "verbose_name": "列的对应",
                "verbose_name_plural": "列的对应",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("owner_agency", "kind", "signature"), name="column_match_once"
                    )
                ],
            },
        ),
        *tenant_table("enterprises_columnmatch", REGION),
    ]
