"""Owners without a phone, and what was entered for them: whoever sees the file sees the mark."""

import django.db.models.deletion
from django.db import migrations, models

import common.ids
from common.rls import ENTERPRISE, OWN_ORG, PROVIDER, REGION, append_only, tenant_table
from tenancy.columns import enterprise_org, owner_agency, provider_org, region_code

OPENED = (
    f"(SELECT g.subject_id FROM tenancy_grant g WHERE g.org_id = {OWN_ORG} AND g.ended_at IS NULL)"
)
FILE = [("enterprise_id", "enterprises_enterprise")]


def key() -> models.UUIDField:  # type: ignore[type-arg]
    return models.UUIDField(
        default=common.ids.uuid7, editable=False, primary_key=True, serialize=False
    )


def file_key(name: str) -> models.ForeignKey:  # type: ignore[type-arg]
    return models.ForeignKey(
        on_delete=django.db.models.deletion.PROTECT,
        related_name=name,
        to="enterprises.enterprise",
    )


class Migration(migrations.Migration):
    dependencies = [("enterprises", "0007_bring_sheets")]
    operations = [
        migrations.CreateModel(
            name="NoPhone",
            fields=[
                ("region_code", region_code()),
                ("id", key()),
                (
                    "enters",
                    models.CharField(
                        "由谁代录",
                        choices=[("provider", "服务机构的评估人员"), ("agency", "监管部门")],
                        max_length=8,
                    ),
                ),
                ("reason", models.CharField("原因", max_length=200)),
                ("noted_at", models.DateTimeField("标注时间")),
                ("noted_by_name", models.CharField("标注人", max_length=80)),
                ("ended_at", models.DateTimeField("取消时间", null=True)),
                ("ended_by_name", models.CharField("取消人", blank=True, max_length=80)),
                ("ended_reason", models.CharField("取消原因", blank=True, max_length=200)),
                ("enterprise", file_key("no_phone")),
                ("enterprise_org", enterprise_org()),
                ("owner_agency", owner_agency()),
                ("provider_org", provider_org()),
            ],
            options={
                "verbose_name": "无手机",
                "verbose_name_plural": "无手机",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)),
                        fields=("enterprise",),
                        name="no_phone_one_open",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ended_at", None),
                            models.Q(("ended_reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="no_phone_ended_has_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="EnteredAct",
            fields=[
                ("region_code", region_code()),
                ("id", key()),
                ("kind", models.CharField("事项", max_length=20)),
                ("title", models.CharField("内容", max_length=120)),
                ("subject_type", models.CharField(max_length=60)),
                ("subject_id", models.CharField(max_length=64)),
                ("signer_name", models.CharField("签字人", blank=True, max_length=40)),
                ("signed_on", models.DateField("签字日期", null=True)),
                ("entered_at", models.DateTimeField("代录时间")),
                ("entered_by_name", models.CharField("代录人", max_length=80)),
                (
                    "entered_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.membership",
                    ),
                ),
                ("enterprise", file_key("entered_acts")),
                ("enterprise_org", enterprise_org()),
                ("owner_agency", owner_agency()),
                ("provider_org", provider_org()),
            ],
            options={
                "verbose_name": "代录",
                "verbose_name_plural": "代录",
                "indexes": [
                    models.Index(
                        fields=["enterprise", "-entered_at"], name="entered_act_enterprise"
                    ),
                    models.Index(fields=["subject_type", "subject_id"], name="entered_act_subject"),
                ],
            },
        ),
        *tenant_table(
            "enterprises_nophone", REGION, ENTERPRISE, f"enterprise_id IN {OPENED}", parents=FILE
        ),
        *tenant_table("enterprises_enteredact", REGION, PROVIDER, ENTERPRISE, parents=FILE),
        append_only("enterprises_enteredact"),
    ]
