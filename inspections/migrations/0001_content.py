"""What checklists, guidance and acceptance are made of."""

from django.db import migrations, models

from common.tables import create_models


class Migration(migrations.Migration):
    initial = True
    replaces = [
        ("inspections", "0001_initial"),
        ("inspections", "0020_watched_while_working_security"),
    ]
    dependencies = [("common", "0001_foundations")]
    operations = create_models(
        migrations.CreateModel(
            name="LibraryEntry",
            fields=[
                (
                    "code",
                    models.CharField("编号", max_length=20, primary_key=True, serialize=False),
                ),
                ("category", models.CharField("类别", max_length=20)),
                ("subcategory", models.CharField("细类", max_length=40)),
                ("title", models.CharField("名称", max_length=80)),
                ("description", models.TextField("描述", blank=True)),
                (
                    "severity",
                    models.CharField(
                        "等级", choices=[("general", "一般"), ("major", "重大")], max_length=8
                    ),
                ),
                ("basis", models.CharField("依据", blank=True, max_length=300)),
                ("criterion", models.CharField("重大隐患判定条款", blank=True, max_length=120)),
                ("in_force_from", models.DateField("施行日期", null=True)),
                ("in_force_until", models.DateField("失效日期", null=True)),
                ("measure", models.TextField("整改建议", blank=True)),
                ("deadline_days", models.PositiveSmallIntegerField("建议期限")),
                ("deadline_in_workdays", models.BooleanField("按工作日", default=True)),
                ("clause_code", models.CharField("记分条款", blank=True, max_length=8)),
                ("is_text_missing", models.BooleanField("条文未收录", default=False)),
                ("provenance", models.CharField("来源", max_length=20)),
                ("search_text", models.TextField(editable=False)),
                ("is_retired", models.BooleanField("停用", default=False)),
            ],
            options={
                "verbose_name": "隐患库条目",
                "verbose_name_plural": "隐患库",
                "ordering": ["code"],
            },
        ),
        migrations.CreateModel(
            name="ChecklistTemplate",
            fields=[
                (
                    "id",
                    models.BigAutoField("ID", auto_created=True, primary_key=True, serialize=False),
                ),
                ("code", models.CharField("代号", max_length=20)),
                ("version", models.CharField("版本", max_length=20)),
                ("name", models.CharField("名称", max_length=60)),
                ("industry", models.CharField("行业", blank=True, max_length=10)),
                ("risk_keywords", models.JSONField("适用风险", default=list)),
                ("valid_from", models.DateField("启用日期")),
                ("provenance", models.CharField("来源", max_length=20)),
            ],
            options={
                "verbose_name": "检查表",
                "verbose_name_plural": "检查表",
                "constraints": [
                    models.UniqueConstraint(
                        fields=["code", "version"], name="checklist_version_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ChecklistItem",
            fields=[
                (
                    "id",
                    models.BigAutoField("ID", auto_created=True, primary_key=True, serialize=False),
                ),
                ("code", models.CharField("编号", max_length=20)),
                (
                    "part",
                    models.CharField(
                        "部分",
                        choices=[("soft", "软件资料检查"), ("site", "现场隐患排查")],
                        max_length=4,
                    ),
                ),
                ("position", models.PositiveSmallIntegerField("次序")),
                ("text", models.CharField("检查内容", max_length=300)),
                ("method", models.CharField("检查方法", blank=True, max_length=300)),
                ("library_codes", models.JSONField("对应隐患", default=list)),
                ("is_photo_required", models.BooleanField("须拍照", default=False)),
                ("is_major", models.BooleanField("涉及重大隐患", default=False)),
                (
                    "template",
                    models.ForeignKey(
                        "inspections.checklisttemplate", models.PROTECT, related_name="items"
                    ),
                ),
                ("asked_if", models.JSONField("提问条件", default=dict)),
            ],
            options={
                "verbose_name": "检查项",
                "verbose_name_plural": "检查项",
                "ordering": ["template", "position"],
                "constraints": [
                    models.UniqueConstraint(fields=["template", "code"], name="checklist_item_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="GuidanceTopic",
            fields=[
                (
                    "code",
                    models.CharField("代号", max_length=24, primary_key=True, serialize=False),
                ),
                ("group", models.CharField("类别", max_length=40)),
                ("name", models.CharField("名称", max_length=60)),
                ("hint", models.CharField("应留下什么", blank=True, max_length=200)),
                ("position", models.PositiveSmallIntegerField("次序")),
                (
                    "criterion",
                    models.PositiveSmallIntegerField("对应验收标准", blank=True, null=True),
                ),
                ("risk_keywords", models.JSONField("适用风险", default=list)),
                ("is_retired", models.BooleanField("停用", default=False)),
            ],
            options={
                "verbose_name": "指导事项",
                "verbose_name_plural": "指导事项",
                "ordering": ["position"],
            },
        ),
        migrations.CreateModel(
            name="AcceptanceCriterion",
            fields=[
                (
                    "number",
                    models.PositiveSmallIntegerField("序号", primary_key=True, serialize=False),
                ),
                ("short", models.CharField("简称", max_length=20)),
                ("text", models.CharField("标准", max_length=200)),
                ("evidence", models.CharField("依据", max_length=200)),
            ],
            options={
                "verbose_name": "验收标准",
                "verbose_name_plural": "验收标准",
                "ordering": ["number"],
            },
        ),
    )
