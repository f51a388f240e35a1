"""Two files of one enterprise made one: where the former leads to, and what was done."""

import django.db.models.deletion
from django.db import migrations, models

import common.encrypted
import common.ids
from common.rls import REGION, tenant_table


class Migration(migrations.Migration):
    dependencies = [
        ("enterprises", "0008_without_phone"),
        ("tenancy", "0004_former_bodies"),
    ]

    operations = [
        migrations.CreateModel(
            name="EnterpriseMerge",
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
                ("reason", models.CharField(max_length=200, verbose_name="合并原因")),
                ("taken", models.JSONField(default=list, verbose_name="取自并入档案")),
                ("before", models.JSONField(default=dict, verbose_name="原值")),
                (
                    "phone_before",
                    common.encrypted.EncryptedCharField(
                        blank=True, max_length=60, verbose_name="原联系电话"
                    ),
                ),
                ("moved", models.JSONField(default=dict, verbose_name="移过来的")),
                ("merged_at", models.DateTimeField(verbose_name="合并时间")),
                ("merged_by_name", models.CharField(max_length=80, verbose_name="合并人")),
                ("undone_at", models.DateTimeField(blank=True, null=True, verbose_name="撤销时间")),
                (
                    "undone_by_name",
                    models.CharField(blank=True, max_length=80, verbose_name="撤销人"),
                ),
                (
                    "undone_reason",
                    models.CharField(blank=True, max_length=200, verbose_name="撤销原因"),
                ),
            ],
            options={
                "verbose_name": "档案合并",
                "verbose_name_plural": "档案合并",
            },
        ),
        migrations.AddField(
            model_name="enterprise",
            name="merged_into",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="former_files",
                to="enterprises.enterprise",
                verbose_name="并入档案",
            ),
        ),
        migrations.AddIndex(
            model_name="enterprise",
            index=models.Index(
                condition=models.Q(("merged_into__isnull", False)),
                fields=["merged_into"],
                name="enterprise_merged",
            ),
        ),
        migrations.AddField(
            model_name="enterprisemerge",
            name="enterprise_org",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tenancy.organization",
                verbose_name="企业",
            ),
        ),
        migrations.AddField(
            model_name="enterprisemerge",
            name="former",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="enterprises.enterprise",
                verbose_name="并入的档案",
            ),
        ),
        migrations.AddField(
            model_name="enterprisemerge",
            name="into",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="enterprises.enterprise",
                verbose_name="保留的档案",
            ),
        ),
        migrations.AddField(
            model_name="enterprisemerge",
            name="owner_agency",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tenancy.agency",
                verbose_name="主管机构",
            ),
        ),
        migrations.AddField(
            model_name="enterprisemerge",
            name="provider_org",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tenancy.organization",
                verbose_name="服务机构",
            ),
        ),
        migrations.AddIndex(
            model_name="enterprisemerge",
            index=models.Index(fields=["into", "-merged_at"], name="merge_into"),
        ),
        migrations.AddConstraint(
            model_name="enterprisemerge",
            constraint=models.UniqueConstraint(
                condition=models.Q(("undone_at", None)),
                fields=("former",),
                name="merge_once_in_force",
            ),
        ),
        migrations.AddConstraint(
            model_name="enterprisemerge",
            constraint=models.CheckConstraint(
                condition=models.Q(("former", models.F("into")), _negated=True), name="merge_of_two"
            ),
        ),
        migrations.AddConstraint(
            model_name="enterprisemerge",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("undone_at", None),
                    models.Q(("undone_reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="merge_undone_has_reason",
            ),
        ),
        # How the keeper of the files set them right; no firm's or provider's business.
        *tenant_table(
            "enterprises_enterprisemerge",
            REGION,
            parents=[
                ("former_id", "enterprises_enterprise"),
                ("into_id", "enterprises_enterprise"),
            ],
        ),
    ]
