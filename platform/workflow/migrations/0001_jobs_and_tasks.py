"""Jobs and tasks belong to the agency's region, tasks also to who must see to them."""

from django.db import migrations, models

from common.ids import uuid7
from common.rls import OWN_ORG, PROVIDER, REGION, policy, tenant_table
from tenancy.columns import enterprise_org, owner_agency, provider_org, region_code


class Migration(migrations.Migration):
    initial = True
    replaces = [
        ("workflow", "0001_initial"),
        ("workflow", "0002_row_level_security"),
        ("workflow", "0003_providers_jobs"),
    ]
    dependencies = [("tenancy", "0002_security")]
    operations = [
        migrations.CreateModel(
            name="Job",
            fields=[
                ("region_code", region_code()),
                (
                    "id",
                    models.UUIDField(
                        default=uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("kind", models.CharField("种类", max_length=40)),
                ("title", models.CharField("名称", max_length=120)),
                ("subject_type", models.CharField(max_length=60)),
                ("subject_id", models.CharField(max_length=64)),
                ("frozen", models.JSONField("冻结的数据", default=dict)),
                ("input_sha256", models.CharField("数据哈希", max_length=64)),
                (
                    "state",
                    models.CharField(
                        "状态",
                        choices=[("running", "进行中"), ("done", "已完成"), ("failed", "有失败")],
                        default="running",
                        max_length=10,
                    ),
                ),
                ("created_at", models.DateTimeField("发起时间", auto_now_add=True)),
                ("finished_at", models.DateTimeField("完成时间", null=True)),
                ("enterprise_org", enterprise_org()),
                ("owner_agency", owner_agency()),
                ("provider_org", provider_org()),
                (
                    "started_by",
                    models.ForeignKey(
                        "tenancy.membership",
                        models.PROTECT,
                        null=True,
                        related_name="+",
                        verbose_name="发起人",
                    ),
                ),
            ],
            options={
                "verbose_name": "作业",
                "verbose_name_plural": "作业",
                "indexes": [
                    models.Index(
                        fields=["subject_type", "subject_id", "-created_at"], name="job_subject"
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=~models.Q(state="done") | models.Q(finished_at__isnull=False),
                        name="job_done_has_finished_at",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="JobPart",
            fields=[
                (
                    "id",
                    models.BigAutoField("ID", auto_created=True, primary_key=True, serialize=False),
                ),
                ("region_code", region_code()),
                ("key", models.CharField("部分", max_length=60)),
                ("title", models.CharField("名称", max_length=120)),
                ("step", models.PositiveSmallIntegerField("次序", default=0)),
                (
                    "state",
                    models.CharField(
                        "状态",
                        choices=[("pending", "等待"), ("done", "已完成"), ("failed", "失败")],
                        default="pending",
                        max_length=10,
                    ),
                ),
                ("attempts", models.PositiveSmallIntegerField("次数", default=0)),
                ("error", models.CharField("原因", blank=True, max_length=500)),
                ("result", models.JSONField("结果", default=dict)),
                ("started_at", models.DateTimeField("开始时间", null=True)),
                ("finished_at", models.DateTimeField("完成时间", null=True)),
                ("enterprise_org", enterprise_org()),
                (
                    "job",
                    models.ForeignKey(
                        "workflow.job", models.CASCADE, related_name="parts", verbose_name="作业"
                    ),
                ),
                ("owner_agency", owner_agency()),
                ("provider_org", provider_org()),
            ],
            options={
                "verbose_name": "作业部分",
                "verbose_name_plural": "作业部分",
                "indexes": [
                    models.Index(
                        fields=["owner_agency", "state"],
                        condition=models.Q(state="pending"),
                        name="job_part_owed",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=["job", "key"], name="job_part_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="WorkTask",
            fields=[
                (
                    "id",
                    models.BigAutoField("ID", auto_created=True, primary_key=True, serialize=False),
                ),
                ("region_code", region_code()),
                ("org_id_for", models.BigIntegerField("办理单位")),
                ("kind", models.CharField("种类", max_length=40)),
                ("title", models.CharField("事项", max_length=200)),
                ("url", models.CharField("链接", max_length=200)),
                ("subject_type", models.CharField(max_length=60)),
                ("subject_id", models.CharField(max_length=64)),
                ("created_at", models.DateTimeField("产生时间", auto_now_add=True)),
                ("done_at", models.DateTimeField("办结时间", null=True)),
                (
                    "done_by",
                    models.ForeignKey(
                        "tenancy.membership", models.PROTECT, null=True, related_name="+"
                    ),
                ),
                ("enterprise_org", enterprise_org()),
                ("owner_agency", owner_agency()),
                ("provider_org", provider_org()),
            ],
            options={
                "verbose_name": "待办",
                "verbose_name_plural": "待办",
                "constraints": [
                    models.UniqueConstraint(
                        fields=["kind", "subject_type", "subject_id", "org_id_for"],
                        condition=models.Q(done_at=None),
                        name="work_task_open_once",
                    )
                ],
            },
        ),
        *tenant_table("workflow_job", REGION),
        *tenant_table("workflow_jobpart", REGION, parents=[("job_id", "workflow_job")]),
        *tenant_table("workflow_worktask", REGION, PROVIDER, f"org_id_for = {OWN_ORG}"),
        # A provider sees the jobs that it started itself; a regulator's name no provider.
        policy("workflow_job", "provider", using=PROVIDER),
        policy("workflow_jobpart", "provider", using=PROVIDER),
    ]
