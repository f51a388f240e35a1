"""Providers: their credentials, decisions about their standing, reports and notices."""

from django.db import migrations, models
from django_fsm import FSMModelMixin

from common.encrypted import EncryptedCharField
from common.tables import create_models
from tenancy.columns import enterprise_org, owner_agency, provider_org, region_code


class Migration(migrations.Migration):
    initial = True
    replaces = [
        ("providers", "0001_initial"),
        ("providers", "0003_encrypted_phones"),
        ("providers", "0004_close_phones"),
        ("providers", "0005_credentials"),
        ("providers", "0007_standing_reports_and_notices"),
        ("providers", "0009_registrar_stays"),
    ]
    dependencies = [("tenancy", "0002_security")]
    operations = create_models(
        migrations.CreateModel(
            name="Provider",
            fields=[
                (
                    "org",
                    models.OneToOneField(
                        "tenancy.organization",
                        models.PROTECT,
                        primary_key=True,
                        serialize=False,
                        verbose_name="单位",
                    ),
                ),
                ("short_name", models.CharField("机构简称", max_length=20)),
                ("contact_name", models.CharField("联系人", blank=True, max_length=40)),
                ("phone", EncryptedCharField("联系电话", blank=True, max_length=60)),
                ("address", models.CharField("地址", blank=True, max_length=200)),
                ("created_at", models.DateTimeField("登记时间", auto_now_add=True)),
                (
                    "registered_by",
                    models.ForeignKey(
                        "tenancy.agency", models.PROTECT, related_name="+", verbose_name="登记机关"
                    ),
                ),
                (
                    "required_qualification",
                    models.CharField("法定资质要求", blank=True, max_length=60),
                ),
            ],
            options={"verbose_name": "社会化服务机构", "verbose_name_plural": "社会化服务机构"},
        ),
        migrations.CreateModel(
            name="Qualification",
            fields=[
                (
                    "id",
                    models.BigAutoField("ID", auto_created=True, primary_key=True, serialize=False),
                ),
                ("region_code", region_code()),
                ("number", models.CharField("证书编号", max_length=60)),
                ("issued_by", models.CharField("发证机关", max_length=60)),
                ("valid_from", models.DateField("有效期自")),
                ("valid_until", models.DateField("有效期至")),
                ("recorded_at", models.DateTimeField("登记时间")),
                ("recorded_by_name", models.CharField("登记人", max_length=80)),
                ("verified_at", models.DateTimeField("核验时间", blank=True, null=True)),
                ("verified_by_name", models.CharField("核验人", blank=True, max_length=80)),
                ("removed_at", models.DateTimeField("注销时间", blank=True, null=True)),
                ("removed_reason", models.CharField("注销原因", blank=True, max_length=200)),
                (
                    "reminded_days",
                    models.PositiveSmallIntegerField("已提醒", blank=True, null=True),
                ),
                ("kind", models.CharField("资质名称", max_length=60)),
                ("scope", models.CharField("业务范围", max_length=300)),
                ("level", models.CharField("等级", blank=True, max_length=20)),
                ("enterprise_org", enterprise_org()),
                ("owner_agency", owner_agency()),
                ("provider_org", provider_org()),
            ],
            options={
                "verbose_name": "机构资质",
                "verbose_name_plural": "机构资质",
                "constraints": [
                    models.UniqueConstraint(
                        fields=["provider_org", "kind", "number"],
                        condition=models.Q(removed_at=None),
                        name="qualification_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(valid_until__gte=models.F("valid_from")),
                        name="qualification_ends_after_start",
                        violation_error_message="有效期止不能早于有效期起",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="StaffCertificate",
            fields=[
                (
                    "id",
                    models.BigAutoField("ID", auto_created=True, primary_key=True, serialize=False),
                ),
                ("region_code", region_code()),
                ("number", models.CharField("证书编号", max_length=60)),
                ("issued_by", models.CharField("发证机关", max_length=60)),
                ("valid_from", models.DateField("有效期自")),
                ("valid_until", models.DateField("有效期至")),
                ("recorded_at", models.DateTimeField("登记时间")),
                ("recorded_by_name", models.CharField("登记人", max_length=80)),
                ("verified_at", models.DateTimeField("核验时间", blank=True, null=True)),
                ("verified_by_name", models.CharField("核验人", blank=True, max_length=80)),
                ("removed_at", models.DateTimeField("注销时间", blank=True, null=True)),
                ("removed_reason", models.CharField("注销原因", blank=True, max_length=200)),
                (
                    "reminded_days",
                    models.PositiveSmallIntegerField("已提醒", blank=True, null=True),
                ),
                ("holder_name", models.CharField("姓名", max_length=40)),
                (
                    "kind",
                    models.CharField(
                        "证书",
                        choices=[
                            ("engineer", "注册安全工程师"),
                            ("assessor", "安全评价师"),
                            ("fire", "注册消防工程师"),
                            ("title", "专业技术职称"),
                            ("other", "其他"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "level",
                    models.CharField(
                        "级别",
                        blank=True,
                        choices=[("junior", "初级"), ("middle", "中级"), ("senior", "高级")],
                        max_length=10,
                    ),
                ),
                (
                    "specialty",
                    models.CharField(
                        "专业",
                        blank=True,
                        choices=[
                            ("coal", "煤矿"),
                            ("mine", "金属非金属矿山"),
                            ("chemicals", "化工"),
                            ("metallurgy", "金属冶炼"),
                            ("building", "建筑施工"),
                            ("road", "道路运输"),
                            ("other", "其他"),
                        ],
                        max_length=12,
                    ),
                ),
                ("enterprise_org", enterprise_org()),
                (
                    "membership",
                    models.ForeignKey(
                        "tenancy.membership",
                        models.PROTECT,
                        related_name="staff_certificates",
                        verbose_name="人员",
                    ),
                ),
                ("owner_agency", owner_agency()),
                ("provider_org", provider_org()),
            ],
            options={
                "verbose_name": "从业人员证书",
                "verbose_name_plural": "从业人员证书",
                "constraints": [
                    models.UniqueConstraint(
                        fields=["kind", "number"],
                        condition=models.Q(removed_at=None),
                        name="staff_certificate_at_one_body",
                        violation_error_message="该证书已登记",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(valid_until__gte=models.F("valid_from")),
                        name="staff_certificate_ends_after_start",
                        violation_error_message="有效期止不能早于有效期起",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="StandingDecision",
            fields=[
                (
                    "id",
                    models.BigAutoField("ID", auto_created=True, primary_key=True, serialize=False),
                ),
                ("region_code", region_code()),
                (
                    "measure",
                    models.CharField(
                        "措施",
                        choices=[
                            ("rectify", "责令整改"),
                            ("reprimand", "通报批评"),
                            ("suspend", "中止服务"),
                            ("revoke", "吊销资格（移送）"),
                            ("blacklist", "列入黑名单"),
                            ("industry_ban", "行业禁入"),
                            ("occupation_ban", "职业禁入"),
                        ],
                        max_length=16,
                    ),
                ),
                (
                    "subject",
                    models.CharField(
                        "对象",
                        choices=[
                            ("service", "技术服务机构"),
                            ("insurer", "商业保险机构"),
                            ("trainer", "培训机构"),
                            ("association", "社会组织"),
                            ("engineers", "注册安全工程师事务所"),
                            ("person", "从业人员"),
                        ],
                        max_length=12,
                    ),
                ),
                ("name", models.CharField("名称或姓名", max_length=100)),
                ("credit_code", models.CharField("统一社会信用代码", blank=True, max_length=18)),
                ("id_number", EncryptedCharField("身份证件号码", blank=True, max_length=30)),
                ("certificate_number", models.CharField("从业证书编号", blank=True, max_length=60)),
                (
                    "ground",
                    models.CharField(
                        "事由",
                        choices=[
                            ("false_report", "出具虚假报告"),
                            ("lent", "租赁资质证书"),
                            ("attached", "违法挂靠"),
                            ("absent", "从业人员应到而不到现场"),
                            ("fees", "垄断收费、违规收费、指定收费"),
                            ("not_performed", "未履行服务项目"),
                            ("fee_only", "只收费不服务"),
                            ("accident", "对事故负有责任"),
                            ("appraisal", "考评不合格"),
                            ("other", "其他"),
                        ],
                        max_length=16,
                    ),
                ),
                ("ground_words", models.CharField("其他事由", blank=True, max_length=100)),
                ("facts", models.TextField("事实")),
                ("basis", models.TextField("依据")),
                ("demand", models.TextField("整改要求", blank=True)),
                ("demand_due_on", models.DateField("整改期限", blank=True, null=True)),
                ("from_on", models.DateField("自")),
                ("until_on", models.DateField("至", blank=True, null=True)),
                (
                    "state",
                    models.CharField(
                        "状态",
                        choices=[
                            ("drafted", "拟办"),
                            ("noticed", "已告知"),
                            ("effective", "已决定"),
                            ("lifted", "已解除"),
                            ("expired", "已期满"),
                            ("dropped", "不予采取"),
                        ],
                        default="drafted",
                        max_length=50,
                    ),
                ),
                ("drafted_at", models.DateTimeField("拟办时间")),
                ("drafted_by_name", models.CharField("拟办人", max_length=80)),
                ("noticed_at", models.DateTimeField("告知时间", blank=True, null=True)),
                ("respond_until", models.DateField("陈述申辩至", blank=True, null=True)),
                ("respond_reason", models.CharField("期限依据", blank=True, max_length=300)),
                ("decided_at", models.DateTimeField("决定时间", blank=True, null=True)),
                ("decided_by_name", models.CharField("决定人", blank=True, max_length=80)),
                ("reason", models.TextField("理由", blank=True)),
                ("last_on", models.DateField("实际至", blank=True, null=True)),
                ("ended_at", models.DateTimeField("结束时间", blank=True, null=True)),
                ("ended_by_name", models.CharField("办理人", blank=True, max_length=80)),
                ("ended_reason", models.CharField("结束原因", blank=True, max_length=300)),
                (
                    "decided_by",
                    models.ForeignKey(
                        "tenancy.membership",
                        models.PROTECT,
                        blank=True,
                        null=True,
                        related_name="+",
                    ),
                ),
                (
                    "drafted_by",
                    models.ForeignKey("tenancy.membership", models.PROTECT, related_name="+"),
                ),
                ("enterprise_org", enterprise_org()),
                ("owner_agency", owner_agency()),
                ("provider_org", provider_org()),
            ],
            options={
                "verbose_name": "机构状态决定",
                "verbose_name_plural": "机构状态决定",
                "indexes": [
                    models.Index(
                        fields=["credit_code"],
                        condition=models.Q(decided_at__isnull=False),
                        name="standing_decision_body",
                    ),
                    models.Index(
                        fields=["certificate_number"],
                        condition=models.Q(subject="person"),
                        name="standing_decision_person",
                    ),
                    models.Index(fields=["owner_agency", "-id"], name="standing_decision_agency"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            credit_code="", measure="occupation_ban", subject="person"
                        )
                        | (
                            ~models.Q(subject="person")
                            & ~models.Q(measure="occupation_ban")
                            & ~models.Q(credit_code="")
                        ),
                        name="standing_decision_is_of_a_body_or_a_person",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(until_on=None)
                        | models.Q(until_on__gte=models.F("from_on")),
                        name="standing_decision_ends_after_start",
                        violation_error_message="结束日期不能早于开始日期",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(until_on__isnull=False)
                        | models.Q(
                            measure__in=["rectify", "revoke", "industry_ban", "occupation_ban"]
                        ),
                        name="standing_decision_open_ended_by_kind",
                        violation_error_message="请填写结束日期",
                    ),
                    models.CheckConstraint(
                        condition=~models.Q(measure="rectify")
                        | (~models.Q(demand="") & models.Q(demand_due_on__isnull=False)),
                        name="standing_decision_demand_has_deadline",
                        violation_error_message="责令整改须写明整改要求和期限",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(noticed_at=None) | models.Q(respond_until__isnull=False),
                        name="standing_decision_noticed_has_window",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            decided_at=None, state__in=["drafted", "noticed", "dropped"]
                        )
                        | (
                            models.Q(state__in=["effective", "lifted", "expired"])
                            & models.Q(decided_at__isnull=False)
                            & models.Q(noticed_at__isnull=False)
                            & ~models.Q(reason="")
                        ),
                        name="standing_decision_decided_after_notice",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(decided_by=None)
                        | ~models.Q(decided_by=models.F("drafted_by")),
                        name="standing_decision_by_another_person",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ended_at=None, state__in=["drafted", "noticed", "effective"]
                        )
                        | (models.Q(ended_at__isnull=False) & ~models.Q(ended_reason="")),
                        name="standing_decision_ended_has_reason",
                    ),
                    models.UniqueConstraint(
                        fields=[
                            "owner_agency",
                            "measure",
                            "credit_code",
                            "name",
                            "certificate_number",
                        ],
                        condition=models.Q(state__in=["drafted", "noticed", "effective"]),
                        name="standing_decision_one_of_a_kind",
                    ),
                ],
            },
            bases=(FSMModelMixin, models.Model),
        ),
        migrations.CreateModel(
            name="StandingStatement",
            fields=[
                (
                    "id",
                    models.BigAutoField("ID", auto_created=True, primary_key=True, serialize=False),
                ),
                ("region_code", region_code()),
                (
                    "kind",
                    models.CharField(
                        "类别",
                        choices=[("statement", "陈述申辩"), ("repair", "修复申请")],
                        max_length=10,
                    ),
                ),
                ("text", models.TextField("内容")),
                ("made_at", models.DateTimeField("提出时间")),
                ("made_by_name", models.CharField("提出人", max_length=80)),
                ("answered_at", models.DateTimeField("答复时间", blank=True, null=True)),
                ("answered_by_name", models.CharField("答复人", blank=True, max_length=80)),
                ("answer", models.TextField("答复", blank=True)),
                (
                    "decision",
                    models.ForeignKey(
                        "providers.standingdecision", models.PROTECT, related_name="statements"
                    ),
                ),
                ("enterprise_org", enterprise_org()),
                ("owner_agency", owner_agency()),
                ("provider_org", provider_org()),
            ],
            options={
                "verbose_name": "机构陈述",
                "verbose_name_plural": "机构陈述",
                "constraints": [
                    models.UniqueConstraint(
                        fields=["decision"],
                        condition=models.Q(kind="statement"),
                        name="standing_statement_once",
                    ),
                    models.UniqueConstraint(
                        fields=["decision"],
                        condition=models.Q(answered_at=None, kind="repair"),
                        name="standing_repair_one_open",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(answered_at=None) | ~models.Q(answer=""),
                        name="standing_statement_answered_has_words",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ProviderRules",
            fields=[
                (
                    "id",
                    models.BigAutoField("ID", auto_created=True, primary_key=True, serialize=False),
                ),
                ("region_code", region_code()),
                (
                    "statement_days",
                    models.PositiveSmallIntegerField("陈述申辩期限（工作日）", default=5),
                ),
                ("report_month", models.PositiveSmallIntegerField("年度业绩报告截止月", default=3)),
                ("report_day", models.PositiveSmallIntegerField("年度业绩报告截止日", default=31)),
                (
                    "repeat_visits",
                    models.PositiveSmallIntegerField("同一人到同一企业的次数", default=6),
                ),
                (
                    "allows_consultant",
                    models.BooleanField("写明理由后允许评估曾提供咨询的企业", default=False),
                ),
                ("changed_at", models.DateTimeField("修改时间", null=True)),
                ("changed_by_name", models.CharField("修改人", blank=True, max_length=80)),
                ("enterprise_org", enterprise_org()),
                ("owner_agency", owner_agency()),
                ("provider_org", provider_org()),
            ],
            options={
                "verbose_name": "机构监管规则",
                "verbose_name_plural": "机构监管规则",
                "constraints": [
                    models.UniqueConstraint(fields=["owner_agency"], name="provider_rules_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="PerformanceReport",
            fields=[
                (
                    "id",
                    models.BigAutoField("ID", auto_created=True, primary_key=True, serialize=False),
                ),
                ("region_code", region_code()),
                ("year", models.PositiveSmallIntegerField("年度")),
                ("version", models.PositiveSmallIntegerField("版次", default=1)),
                ("correction", models.CharField("更正说明", blank=True, max_length=300)),
                ("text", models.TextField("业绩说明")),
                (
                    "state",
                    models.CharField(
                        "状态",
                        choices=[("draft", "草稿"), ("submitted", "已提交")],
                        default="draft",
                        max_length=50,
                    ),
                ),
                ("body", models.JSONField("冻结内容", default=dict)),
                ("body_sha256", models.CharField("哈希", blank=True, max_length=64)),
                ("begun_at", models.DateTimeField("建立时间")),
                ("submitted_at", models.DateTimeField("提交时间", blank=True, null=True)),
                ("submitted_by_name", models.CharField("提交人", blank=True, max_length=80)),
                ("enterprise_org", enterprise_org()),
                ("owner_agency", owner_agency()),
                ("provider_org", provider_org()),
            ],
            options={
                "verbose_name": "年度业绩报告",
                "verbose_name_plural": "年度业绩报告",
                "indexes": [models.Index(fields=["-year", "-id"], name="performance_report_list")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=["provider_org", "year", "version"],
                        name="performance_report_version_once",
                    ),
                    models.UniqueConstraint(
                        fields=["provider_org", "year"],
                        condition=models.Q(state="draft"),
                        name="performance_report_one_draft",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(state="draft", submitted_at=None)
                        | (models.Q(submitted_at__isnull=False) & ~models.Q(body_sha256="")),
                        name="performance_report_submitted_is_frozen",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(version=1) | ~models.Q(correction=""),
                        name="performance_report_correction_says_what",
                    ),
                ],
            },
            bases=(FSMModelMixin, models.Model),
        ),
        migrations.CreateModel(
            name="PerformanceReportPublication",
            fields=[
                ("code", models.CharField(max_length=16, primary_key=True, serialize=False)),
                ("region_code", region_code()),
                ("year", models.PositiveSmallIntegerField("年度")),
                ("body", models.JSONField("内容")),
                ("updated_at", models.DateTimeField("更新时间")),
                (
                    "owner_agency",
                    models.ForeignKey("tenancy.agency", models.PROTECT, related_name="+"),
                ),
                (
                    "provider_org",
                    models.ForeignKey("tenancy.organization", models.PROTECT, related_name="+"),
                ),
            ],
            options={
                "verbose_name": "年度业绩报告公开内容",
                "verbose_name_plural": "年度业绩报告公开内容",
                "constraints": [
                    models.UniqueConstraint(
                        fields=["provider_org", "year"], name="performance_publication_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CrossRegionNotice",
            fields=[
                (
                    "id",
                    models.BigAutoField("ID", auto_created=True, primary_key=True, serialize=False),
                ),
                ("region_code", region_code()),
                ("project", models.CharField("项目", max_length=120)),
                ("contract_number", models.CharField("合同编号", blank=True, max_length=40)),
                ("from_on", models.DateField("自")),
                ("until_on", models.DateField("至")),
                ("qualification", models.TextField("资质")),
                ("people", models.TextField("人员")),
                ("served", models.TextField("服务对象")),
                ("commitment", models.TextField("承诺")),
                ("filed_at", models.DateTimeField("告知时间")),
                ("filed_by_name", models.CharField("告知人", max_length=80)),
                ("acknowledged_at", models.DateTimeField("收悉时间", blank=True, null=True)),
                ("acknowledged_by_name", models.CharField("收悉人", blank=True, max_length=80)),
                ("enterprise_org", enterprise_org()),
                ("owner_agency", owner_agency()),
                ("provider_org", provider_org()),
            ],
            options={
                "verbose_name": "跨区域执业告知",
                "verbose_name_plural": "跨区域执业告知",
                "indexes": [
                    models.Index(
                        fields=["provider_org", "until_on"], name="cross_region_notice_provider"
                    ),
                    models.Index(fields=["owner_agency", "-id"], name="cross_region_notice_agency"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(until_on__gte=models.F("from_on")),
                        name="cross_region_notice_ends_after_start",
                        violation_error_message="结束日期不能早于开始日期",
                    )
                ],
            },
        ),
    )
