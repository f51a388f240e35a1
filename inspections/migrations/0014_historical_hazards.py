"""Hazards that ledgers of earlier years tell of: the agency's alone; what a ledger said stays."""

import django.db.models.deletion
from django.db import migrations, models

import common.ids
from common.rls import REGION, policy, tenant_table
from tenancy.columns import enterprise_org, owner_agency, provider_org, region_code

SAID = (
    "number", "found_on", "found_by_name", "provider_name", "place", "description", "category",
    "severity", "basis", "measure", "due_on", "closed_on", "state", "photo_names", "fingerprint",
    "source_row", "imported_at", "imported_by_name",
)  # fmt: skip
CHANGED = " OR ".join(f"NEW.{name} IS DISTINCT FROM OLD.{name}" for name in SAID)


class Migration(migrations.Migration):
    dependencies = [
        ("enterprises", "0007_bring_sheets"),
        ("inspections", "0013_corrections_security"),
        ("tenancy", "0002_security"),
    ]

    operations = [
        migrations.CreateModel(
            name="HistoricalHazard",
            fields=[
                ("region_code", region_code()),
                (
                    "id",
                    models.UUIDField(
                        default=common.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("number", models.CharField(blank=True, max_length=40, verbose_name="原编号")),
                ("found_on", models.DateField(verbose_name="排查日期")),
                (
                    "found_by_name",
                    models.CharField(blank=True, max_length=80, verbose_name="排查人"),
                ),
                (
                    "provider_name",
                    models.CharField(blank=True, max_length=100, verbose_name="服务机构"),
                ),
                ("place", models.CharField(blank=True, max_length=100, verbose_name="部位/场所")),
                ("description", models.CharField(max_length=1000, verbose_name="隐患描述")),
                ("category", models.CharField(blank=True, max_length=40, verbose_name="类别")),
                (
                    "severity",
                    models.CharField(
                        choices=[("general", "一般"), ("major", "重大")],
                        max_length=8,
                        verbose_name="等级",
                    ),
                ),
                (
                    "basis",
                    models.CharField(blank=True, max_length=300, verbose_name="判定/违反条款"),
                ),
                ("measure", models.CharField(blank=True, max_length=1000, verbose_name="整改措施")),
                ("due_on", models.DateField(null=True, verbose_name="整改期限")),
                ("closed_on", models.DateField(null=True, verbose_name="整改完成日期")),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "未整改"), ("closed", "已整改")],
                        max_length=8,
                        verbose_name="表中状态",
                    ),
                ),
                ("photo_names", models.CharField(blank=True, max_length=300, verbose_name="照片")),
                ("fingerprint", models.CharField(max_length=64)),
                ("source_row", models.PositiveIntegerField(verbose_name="原表行号")),
                ("imported_at", models.DateTimeField(verbose_name="导入时间")),
                ("imported_by_name", models.CharField(max_length=80, verbose_name="导入人")),
                ("ended_at", models.DateTimeField(null=True, verbose_name="办结时间")),
                (
                    "ended_by_name",
                    models.CharField(blank=True, max_length=80, verbose_name="办结人"),
                ),
                (
                    "ended_note",
                    models.CharField(blank=True, max_length=200, verbose_name="办结说明"),
                ),
                (
                    "carried_to",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="inspections.hazard",
                        verbose_name="转入隐患",
                    ),
                ),
                (
                    "enterprise",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="historical_hazards",
                        to="enterprises.enterprise",
                        verbose_name="企业",
                    ),
                ),
                ("enterprise_org", enterprise_org()),
                ("owner_agency", owner_agency()),
                ("provider_org", provider_org()),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="enterprises.enterpriseimport",
                        verbose_name="来自",
                    ),
                ),
            ],
            options={
                "verbose_name": "历史隐患",
                "verbose_name_plural": "历史隐患",
                "indexes": [
                    models.Index(
                        fields=["region_code", "found_on", "id"], name="historical_region"
                    ),
                    models.Index(fields=["enterprise", "found_on", "id"], name="historical_firm"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("owner_agency", "fingerprint"), name="historical_hazard_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("closed_on", None),
                            ("closed_on__gte", models.F("found_on")),
                            _connector="OR",
                        ),
                        name="historical_closed_after_found",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state", "closed"), ("closed_on", None), _connector="OR"
                        ),
                        name="historical_open_is_not_closed",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("carried_to", None), ("ended_at", None)),
                            models.Q(
                                ("ended_at__isnull", False),
                                ("state", "open"),
                                models.Q(("ended_note", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="historical_ended_has_note",
                    ),
                ],
            },
        ),
        *tenant_table(
            "inspections_historicalhazard",
            REGION,
            parents=[
                ("enterprise_id", "enterprises_enterprise"),
                ("source_id", "enterprises_enterpriseimport"),
            ],
        ),
        policy(
            "inspections_historicalhazard",
            "kept",
            using="false",
            command="DELETE",
            kind="RESTRICTIVE",
        ),
        migrations.RunSQL(
            f"CREATE TRIGGER as_imported BEFORE UPDATE ON inspections_historicalhazard FOR EACH ROW "
            f"WHEN ({CHANGED}) EXECUTE FUNCTION common_refuse_change()",
            "DROP TRIGGER as_imported ON inspections_historicalhazard",
        ),
    ]
