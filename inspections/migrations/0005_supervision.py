"""Team, plan, reviews, disclosures, complaints and breaches."""

from django.conf import settings
from django.db import migrations, models
from django_fsm import FSMModelMixin

import inspections.models.complaints
from common.encrypted import EncryptedCharField
from common.ids import uuid7
from common.tables import create_models
from tenancy.columns import enterprise_org, owner_agency, provider_org, region_code


class Migration(migrations.Migration):
    replaces = [
        ("inspections", "0019_watched_while_working"),
    ]
    dependencies = [
        ("inspections", "0004_field"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = create_models(
        migrations.CreateModel(
            name="TeamMember",
            fields=[
                ("region_code", region_code()),
                (
                    "id",
                    models.UUIDField(
                        default=uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("name", models.CharField("姓名", max_length=40)),
                (
                    "duty",
                    models.CharField(
                        "职责",
                        choices=[
                            ("lead", "项目负责人"),
                            ("inspector", "评估人员"),
                            ("specialist", "专业技术人员"),
                            ("reviewer", "报告审核人"),
                        ],
                        max_length=10,
                    ),
                ),
                ("qualification", models.CharField("资格", blank=True, max_length=60)),
                ("certificate_number", models.CharField("证号", blank=True, max_length=40)),
                ("certificates", models.JSONField("证书", default=list)),
                (
                    "state",
                    models.CharField(
                        "状态",
                        choices=[
                            ("named", "待确认"),
                            ("confirmed", "已确认"),
                            ("rejected", "不予确认"),
                            ("withdrawn", "已撤销确认"),
                            ("dropped", "已移出"),
                        ],
                        default="named",
                        max_length=50,
                    ),
                ),
                ("named_at", models.DateTimeField("提名时间")),
                ("named_by_name", models.CharField("提名人", max_length=80)),
                ("decided_at", models.DateTimeField("核实时间", blank=True, null=True)),
                ("decided_by_name", models.CharField("核实人", blank=True, max_length=80)),
                ("note", models.CharField("核实意见", blank=True, max_length=300)),
                ("confirmed_at", models.DateTimeField("确认时间", blank=True, null=True)),
                ("ended_at", models.DateTimeField("终止时间", blank=True, null=True)),
                ("ended_reason", models.CharField("终止原因", blank=True, max_length=300)),
                (
                    "contract",
                    models.ForeignKey(
                        "agencies.servicecontract",
                        models.PROTECT,
                        related_name="team",
                        verbose_name="合同",
                    ),
                ),
                ("enterprise_org", enterprise_org()),
                (
                    "membership",
                    models.ForeignKey(
                        "tenancy.membership", models.PROTECT, related_name="+", verbose_name="人员"
                    ),
                ),
                ("owner_agency", owner_agency()),
                ("provider_org", provider_org()),
                (
                    "user",
                    models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+"),
                ),
            ],
            options={
                "verbose_name": "项目组成员",
                "verbose_name_plural": "项目组成员",
                "indexes": [
                    models.Index(fields=["contract", "named_at"], name="team_member_contract")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=["contract", "user"],
                        condition=models.Q(state__in=["named", "confirmed"]),
                        name="team_member_once",
                    ),
                    models.CheckConstraint(
                        condition=~models.Q(state__in=["confirmed", "withdrawn"])
                        | (models.Q(confirmed_at__isnull=False) & ~models.Q(decided_by_name="")),
                        name="team_member_confirmed_has_time",
                    ),
                    models.CheckConstraint(
                        condition=~models.Q(state="rejected")
                        | (~models.Q(note="") & models.Q(confirmed_at=None)),
                        name="team_member_rejected_has_note",
                    ),
                    models.CheckConstraint(
                        condition=~models.Q(state__in=["withdrawn", "dropped"])
                        | (models.Q(ended_at__isnull=False) & ~models.Q(ended_reason="")),
                        name="team_member_ended_has_reason",
                    ),
                ],
            },
            bases=(FSMModelMixin, models.Model),
        ),
        migrations.CreateModel(
            name="VisitPlan",
            fields=[
                ("region_code", region_code()),
                (
                    "id",
                    models.UUIDField(
                        default=uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        "状态",
                        choices=[
                            ("draft", "编制中"),
                            ("submitted", "待批准"),
                            ("returned", "已退回"),
                            ("approved", "已批准"),
                        ],
                        default="draft",
                        max_length=50,
                    ),
                ),
                ("days", models.JSONField("批准的日期", default=dict)),
                ("created_at", models.DateTimeField("建立时间")),
                ("submitted_at", models.DateTimeField("提交时间", blank=True, null=True)),
                ("submitted_by_name", models.CharField("提交人", blank=True, max_length=80)),
                ("returned_reason", models.CharField("退回原因", blank=True, max_length=300)),
                ("return_count", models.PositiveSmallIntegerField("退回次数", default=0)),
                ("decided_at", models.DateTimeField("批复时间", blank=True, null=True)),
                ("decided_by_name", models.CharField("批复人", blank=True, max_length=80)),
                ("disclosed_on", models.DateField("计划交底日期", blank=True, null=True)),
                ("disclosed_to", models.CharField("交底对象", blank=True, max_length=300)),
                (
                    "batch",
                    models.OneToOneField(
                        "agencies.servicebatch",
                        models.PROTECT,
                        related_name="visit_plan",
                        verbose_name="批次",
                    ),
                ),
                ("enterprise_org", enterprise_org()),
                ("owner_agency", owner_agency()),
                ("provider_org", provider_org()),
            ],
            options={
                "verbose_name": "评估计划",
                "verbose_name_plural": "评估计划",
                "constraints": [
                    models.CheckConstraint(
                        condition=~models.Q(state="approved")
                        | (~models.Q(days={}) & ~models.Q(decided_by_name="")),
                        name="visit_plan_approved_has_days",
                    ),
                    models.CheckConstraint(
                        condition=~models.Q(state="returned") | ~models.Q(returned_reason=""),
                        name="visit_plan_returned_has_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(disclosed_on=None)
                        | (models.Q(state="approved") & ~models.Q(disclosed_to="")),
                        name="visit_plan_disclosed_was_approved",
                    ),
                ],
            },
            bases=(FSMModelMixin, models.Model),
        ),
        migrations.CreateModel(
            name="PlanChange",
            fields=[
                (
                    "id",
                    models.BigAutoField("ID", auto_created=True, primary_key=True, serialize=False),
                ),
                ("region_code", region_code()),
                ("from_on", models.DateField("原日期", blank=True, null=True)),
                ("to_on", models.DateField("新日期")),
                ("reason", models.CharField("变更原因", max_length=300)),
                ("changed_at", models.DateTimeField("变更时间")),
                ("changed_by_name", models.CharField("变更人", max_length=80)),
                (
                    "assignment",
                    models.ForeignKey(
                        "agencies.assignment",
                        models.PROTECT,
                        related_name="plan_changes",
                        verbose_name="指派",
                    ),
                ),
                ("enterprise_org", enterprise_org()),
                ("owner_agency", owner_agency()),
                ("provider_org", provider_org()),
                (
                    "plan",
                    models.ForeignKey(
                        "inspections.visitplan", models.PROTECT, related_name="changes"
                    ),
                ),
            ],
            options={
                "verbose_name": "计划变更",
                "verbose_name_plural": "计划变更",
                "constraints": [
                    models.CheckConstraint(
                        condition=~models.Q(reason=""), name="plan_change_has_reason"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ExpertReview",
            fields=[
                ("region_code", region_code()),
                (
                    "id",
                    models.UUIDField(
                        default=uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("round", models.PositiveSmallIntegerField("轮次")),
                (
                    "state",
                    models.CharField(
                        "状态",
                        choices=[("open", "审核中"), ("passed", "通过"), ("returned", "退回修改")],
                        default="open",
                        max_length=50,
                    ),
                ),
                ("words", models.TextField("审核意见", blank=True)),
                ("opened_at", models.DateTimeField("组织时间")),
                ("opened_by_name", models.CharField("组织人", max_length=80)),
                ("closed_at", models.DateTimeField("结束时间", blank=True, null=True)),
                (
                    "assignment",
                    models.ForeignKey(
                        "agencies.assignment",
                        models.PROTECT,
                        blank=True,
                        null=True,
                        related_name="expert_reviews",
                        verbose_name="企业",
                    ),
                ),
                (
                    "batch",
                    models.ForeignKey(
                        "agencies.servicebatch",
                        models.PROTECT,
                        related_name="expert_reviews",
                        verbose_name="批次",
                    ),
                ),
                (
                    "contract",
                    models.ForeignKey(
                        "agencies.servicecontract",
                        models.PROTECT,
                        related_name="expert_reviews",
                        verbose_name="合同",
                    ),
                ),
                (
                    "document",
                    models.OneToOneField(
                        "documents.document",
                        models.PROTECT,
                        related_name="expert_review",
                        verbose_name="报告",
                    ),
                ),
                ("enterprise_org", enterprise_org()),
                ("owner_agency", owner_agency()),
                ("provider_org", provider_org()),
            ],
            options={
                "verbose_name": "专家审核",
                "verbose_name_plural": "专家审核",
                "indexes": [
                    models.Index(fields=["contract", "-opened_at"], name="expert_review_contract")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=["batch", "assignment", "round"],
                        nulls_distinct=False,
                        name="expert_review_round_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(closed_at=None, state="open")
                        | (~models.Q(state="open") & models.Q(closed_at__isnull=False)),
                        name="expert_review_closed_has_time",
                    ),
                ],
            },
            bases=(FSMModelMixin, models.Model),
        ),
        migrations.CreateModel(
            name="ExpertOpinion",
            fields=[
                ("region_code", region_code()),
                (
                    "id",
                    models.UUIDField(
                        default=uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("name", models.CharField("专家姓名", max_length=40)),
                ("unit", models.CharField("单位", max_length=100)),
                ("title", models.CharField("职称或资格", max_length=60)),
                ("certificate_number", models.CharField("证书编号", blank=True, max_length=60)),
                ("conflict", models.CharField("利害关系", blank=True, max_length=200)),
                (
                    "conclusion",
                    models.CharField(
                        "结论",
                        blank=True,
                        choices=[("passed", "通过"), ("returned", "退回")],
                        max_length=8,
                    ),
                ),
                ("points", models.TextField("需要修改的问题", blank=True)),
                ("given_at", models.DateTimeField("出具时间", blank=True, null=True)),
                ("issued_at", models.DateTimeField("公布时间", blank=True, null=True)),
                ("enterprise_org", enterprise_org()),
                ("owner_agency", owner_agency()),
                ("provider_org", provider_org()),
                (
                    "review",
                    models.ForeignKey(
                        "inspections.expertreview", models.PROTECT, related_name="opinions"
                    ),
                ),
            ],
            options={
                "verbose_name": "专家意见",
                "verbose_name_plural": "专家意见",
                "constraints": [
                    models.UniqueConstraint(
                        fields=["review", "name", "unit"], name="expert_opinion_once"
                    ),
                    models.CheckConstraint(
                        condition=~models.Q(conclusion="returned") | ~models.Q(points=""),
                        name="expert_opinion_returned_has_points",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(issued_at=None)
                        | (~models.Q(conclusion="") & models.Q(given_at__isnull=False)),
                        name="expert_opinion_issued_was_given",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Disclosure",
            fields=[
                ("region_code", region_code()),
                (
                    "id",
                    models.UUIDField(
                        default=uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("words", models.TextField("总体情况和建议", blank=True)),
                (
                    "state",
                    models.CharField(
                        "状态",
                        choices=[("issued", "待签收"), ("acknowledged", "已签收")],
                        default="issued",
                        max_length=50,
                    ),
                ),
                ("made_at", models.DateTimeField("交底时间")),
                ("made_by_name", models.CharField("交底人", max_length=80)),
                ("acknowledged_at", models.DateTimeField("签收时间", blank=True, null=True)),
                ("acknowledged_by_name", models.CharField("签收人", blank=True, max_length=80)),
                ("answer", models.CharField("签收意见", blank=True, max_length=300)),
                (
                    "batch",
                    models.ForeignKey(
                        "agencies.servicebatch",
                        models.PROTECT,
                        related_name="disclosures",
                        verbose_name="批次",
                    ),
                ),
                ("enterprise_org", enterprise_org()),
                ("owner_agency", owner_agency()),
                ("provider_org", provider_org()),
            ],
            options={
                "verbose_name": "交底书",
                "verbose_name_plural": "交底书",
                "indexes": [models.Index(fields=["batch", "-made_at"], name="disclosure_batch")],
                "constraints": [
                    models.CheckConstraint(
                        condition=~models.Q(state="acknowledged")
                        | (
                            models.Q(acknowledged_at__isnull=False)
                            & ~models.Q(acknowledged_by_name="")
                        ),
                        name="disclosure_acknowledged_has_name",
                    )
                ],
            },
            bases=(FSMModelMixin, models.Model),
        ),
        migrations.CreateModel(
            name="DisclosureItem",
            fields=[
                (
                    "id",
                    models.BigAutoField("ID", auto_created=True, primary_key=True, serialize=False),
                ),
                ("region_code", region_code()),
                ("hazards", models.PositiveSmallIntegerField("隐患")),
                ("majors", models.PositiveSmallIntegerField("重大隐患")),
                (
                    "assignment",
                    models.ForeignKey(
                        "agencies.assignment",
                        models.PROTECT,
                        related_name="disclosed",
                        verbose_name="企业",
                    ),
                ),
                (
                    "disclosure",
                    models.ForeignKey(
                        "inspections.disclosure", models.PROTECT, related_name="items"
                    ),
                ),
                ("enterprise_org", enterprise_org()),
                ("owner_agency", owner_agency()),
                ("provider_org", provider_org()),
            ],
            options={
                "verbose_name": "交底企业",
                "verbose_name_plural": "交底企业",
                "constraints": [
                    models.UniqueConstraint(
                        fields=["disclosure", "assignment"], name="disclosure_item_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Complaint",
            fields=[
                ("region_code", region_code()),
                (
                    "id",
                    models.UUIDField(
                        default=uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "code",
                    models.CharField(
                        "查询码",
                        default=inspections.models.complaints.status_code,
                        max_length=20,
                        unique=True,
                    ),
                ),
                (
                    "source",
                    models.CharField(
                        "来源",
                        choices=[
                            ("enterprise", "企业"),
                            ("public", "公众"),
                            ("officer", "来电来访"),
                        ],
                        max_length=10,
                    ),
                ),
                ("about_name", models.CharField("被投诉机构（所写）", max_length=100)),
                (
                    "kind",
                    models.CharField(
                        "事项",
                        choices=[
                            ("extra_fee", "价外收费"),
                            ("absent", "应到而未到现场"),
                            ("false_report", "虚假或严重失实报告"),
                            ("lowered", "故意降低标准"),
                            ("concealed", "隐瞒重大隐患"),
                            ("lent", "租借资质或挂靠"),
                            ("unserved", "未履行服务项目、只收费不服务"),
                            ("subcontracted", "转包、分包"),
                            ("both_sides", "既当裁判员又当运动员"),
                            ("attitude", "服务态度"),
                            ("other", "其他"),
                        ],
                        max_length=16,
                    ),
                ),
                ("happened_on", models.DateField("发生日期", blank=True, null=True)),
                ("text", models.TextField("情况")),
                ("complainant_name", EncryptedCharField("投诉人", blank=True, max_length=40)),
                ("complainant_phone", EncryptedCharField("联系电话", blank=True, max_length=30)),
                (
                    "state",
                    models.CharField(
                        "状态",
                        choices=[
                            ("received", "待受理"),
                            ("handling", "核查中"),
                            ("verified", "属实"),
                            ("unfounded", "不属实"),
                        ],
                        default="received",
                        max_length=50,
                    ),
                ),
                ("received_at", models.DateTimeField("收到时间")),
                ("due_on", models.DateField("办理期限")),
                ("due_reason", models.CharField("期限依据", max_length=300)),
                ("handler_name", models.CharField("承办人", blank=True, max_length=80)),
                ("handled_at", models.DateTimeField("受理时间", blank=True, null=True)),
                ("finding", models.TextField("核查情况", blank=True)),
                ("answer", models.TextField("答复", blank=True)),
                ("closed_at", models.DateTimeField("办结时间", blank=True, null=True)),
                (
                    "about",
                    models.ForeignKey(
                        "tenancy.organization",
                        models.PROTECT,
                        blank=True,
                        null=True,
                        related_name="+",
                        verbose_name="被投诉机构",
                    ),
                ),
                (
                    "contract",
                    models.ForeignKey(
                        "agencies.servicecontract",
                        models.PROTECT,
                        blank=True,
                        null=True,
                        related_name="complaints",
                        verbose_name="合同",
                    ),
                ),
                (
                    "enterprise",
                    models.ForeignKey(
                        "enterprises.enterprise",
                        models.PROTECT,
                        blank=True,
                        null=True,
                        related_name="+",
                        verbose_name="企业",
                    ),
                ),
                ("enterprise_org", enterprise_org()),
                (
                    "handler",
                    models.ForeignKey(
                        "tenancy.membership",
                        models.PROTECT,
                        blank=True,
                        null=True,
                        related_name="+",
                        verbose_name="承办人",
                    ),
                ),
                ("owner_agency", owner_agency()),
                ("provider_org", provider_org()),
            ],
            options={
                "verbose_name": "投诉举报",
                "verbose_name_plural": "投诉举报",
                "indexes": [
                    models.Index(fields=["owner_agency", "-received_at"], name="complaint_agency"),
                    models.Index(fields=["contract"], name="complaint_contract"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(provider_org=None), name="complaint_is_not_the_providers"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(state="received") | ~models.Q(handler_name=""),
                        name="complaint_handled_has_handler",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(state__in=["received", "handling"])
                        | (
                            models.Q(closed_at__isnull=False)
                            & ~models.Q(finding="")
                            & ~models.Q(answer="")
                        ),
                        name="complaint_closed_has_finding_and_answer",
                    ),
                ],
            },
            bases=(FSMModelMixin, models.Model),
        ),
        migrations.CreateModel(
            name="VerifiedBreach",
            fields=[
                ("region_code", region_code()),
                (
                    "id",
                    models.UUIDField(
                        default=uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        "违约行为",
                        choices=[
                            ("extra_fee", "价外收费"),
                            ("absent", "应到而未到现场"),
                            ("false_report", "虚假或严重失实报告"),
                            ("lowered", "故意降低标准"),
                            ("concealed", "隐瞒重大隐患"),
                            ("lent", "租借资质或挂靠"),
                            ("unserved", "未履行服务项目、只收费不服务"),
                            ("subcontracted", "转包、分包"),
                            ("both_sides", "既当裁判员又当运动员"),
                            ("attitude", "服务态度"),
                            ("other", "其他"),
                        ],
                        max_length=16,
                    ),
                ),
                ("happened_on", models.DateField("发生日期")),
                ("fact", models.TextField("查明的事实")),
                ("evidence", models.TextField("证据")),
                (
                    "state",
                    models.CharField(
                        "状态",
                        choices=[("standing", "成立"), ("revoked", "已撤销")],
                        default="standing",
                        max_length=50,
                    ),
                ),
                ("found_at", models.DateTimeField("认定时间")),
                ("found_by_name", models.CharField("认定人", max_length=80)),
                ("revoked_at", models.DateTimeField("撤销时间", blank=True, null=True)),
                ("revoked_by_name", models.CharField("撤销人", blank=True, max_length=80)),
                ("revoked_reason", models.CharField("撤销原因", blank=True, max_length=300)),
                (
                    "assignment",
                    models.ForeignKey(
                        "agencies.assignment",
                        models.PROTECT,
                        blank=True,
                        null=True,
                        related_name="+",
                        verbose_name="企业",
                    ),
                ),
                (
                    "complaint",
                    models.OneToOneField(
                        "inspections.complaint",
                        models.PROTECT,
                        blank=True,
                        null=True,
                        related_name="breach",
                        verbose_name="投诉举报",
                    ),
                ),
                (
                    "contract",
                    models.ForeignKey(
                        "agencies.servicecontract",
                        models.PROTECT,
                        related_name="breaches",
                        verbose_name="合同",
                    ),
                ),
                ("enterprise_org", enterprise_org()),
                ("owner_agency", owner_agency()),
                ("provider_org", provider_org()),
            ],
            options={
                "verbose_name": "查实的违约行为",
                "verbose_name_plural": "查实的违约行为",
                "indexes": [models.Index(fields=["contract", "kind"], name="breach_contract")],
                "constraints": [
                    models.CheckConstraint(
                        condition=~models.Q(fact="") & ~models.Q(evidence=""),
                        name="breach_has_fact_and_evidence",
                    ),
                    models.CheckConstraint(
                        condition=~models.Q(state="revoked")
                        | (models.Q(revoked_at__isnull=False) & ~models.Q(revoked_reason="")),
                        name="breach_revoked_has_reason",
                    ),
                ],
            },
            bases=(FSMModelMixin, models.Model),
        ),
        migrations.CreateModel(
            name="SupervisionRules",
            fields=[
                (
                    "id",
                    models.BigAutoField("ID", auto_created=True, primary_key=True, serialize=False),
                ),
                ("region_code", region_code()),
                (
                    "notice_minutes",
                    models.PositiveSmallIntegerField("重大隐患首报（分钟）", default=120),
                ),
                (
                    "report_hours",
                    models.PositiveSmallIntegerField("重大隐患书面报告（小时）", default=24),
                ),
                (
                    "complaint_days",
                    models.PositiveSmallIntegerField("投诉核查期限（工作日）", default=15),
                ),
                ("changed_at", models.DateTimeField("修改时间")),
                ("changed_by_name", models.CharField("修改人", max_length=80)),
                ("enterprise_org", enterprise_org()),
                ("owner_agency", owner_agency()),
                ("provider_org", provider_org()),
            ],
            options={
                "verbose_name": "履约监督规则",
                "verbose_name_plural": "履约监督规则",
                "constraints": [
                    models.UniqueConstraint(fields=["owner_agency"], name="supervision_rules_once")
                ],
            },
        ),
    )
