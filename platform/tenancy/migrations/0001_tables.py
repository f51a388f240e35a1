"""Bodies, their people and grants, and the days on which they work."""

from django.conf import settings
from django.db import migrations, models

from common.encrypted import EncryptedCharField
from common.ids import uuid7
from common.tables import create_models


class Migration(migrations.Migration):
    initial = True
    replaces = [
        ("tenancy", "0001_initial"),
        ("tenancy", "0003_officer_certificate"),
        ("tenancy", "0005_names_in_remedies"),
        ("tenancy", "0006_encrypted_phones"),
        ("tenancy", "0007_close_phones"),
        ("tenancy", "0008_membership_identity"),
        ("tenancy", "0010_few_bodies"),
    ]
    dependencies = [
        ("common", "0001_foundations"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = create_models(
        migrations.CreateModel(
            name="Organization",
            fields=[
                (
                    "id",
                    models.BigAutoField("ID", auto_created=True, primary_key=True, serialize=False),
                ),
                (
                    "kind",
                    models.CharField(
                        "类别",
                        choices=[
                            ("agency", "监管机构"),
                            ("provider", "社会化服务机构"),
                            ("enterprise", "生产经营单位"),
                        ],
                        max_length=12,
                    ),
                ),
                ("name", models.CharField("名称", max_length=100)),
                (
                    "credit_code",
                    models.CharField("统一社会信用代码", max_length=18, null=True, unique=True),
                ),
                ("is_training", models.BooleanField("演示单位", default=False)),
                ("created_at", models.DateTimeField("建立时间", auto_now_add=True)),
            ],
            options={
                "verbose_name": "单位",
                "verbose_name_plural": "单位",
                "indexes": [
                    models.Index(
                        fields=["kind", "name"],
                        condition=~models.Q(kind="enterprise"),
                        name="organization_not_firm",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Agency",
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
                (
                    "region_code",
                    models.CharField(
                        "行政区划代码", db_collation="C", db_index=True, max_length=12
                    ),
                ),
                ("region_name", models.CharField("行政区划", max_length=60)),
                ("short_name", models.CharField("机关简称", max_length=20)),
                ("training_now", models.DateTimeField("演示时钟", blank=True, null=True)),
                ("training_set_at", models.DateTimeField("演示时钟起走", blank=True, null=True)),
                (
                    "parent",
                    models.ForeignKey(
                        "tenancy.agency",
                        models.PROTECT,
                        blank=True,
                        null=True,
                        related_name="children",
                        verbose_name="上级",
                    ),
                ),
                ("court", models.CharField("管辖法院", blank=True, max_length=60)),
                ("government", models.CharField("本级人民政府", blank=True, max_length=60)),
                ("superior", models.CharField("上级主管部门", blank=True, max_length=60)),
            ],
            options={
                "verbose_name": "监管机构",
                "verbose_name_plural": "监管机构",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(region_code__regex="^[0-9]{2,12}$"),
                        name="agency_region_code_is_digits",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Invitation",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        "角色",
                        choices=[
                            ("agency_admin", "管理员"),
                            ("agency_leader", "负责人"),
                            ("officer", "行政执法人员"),
                            ("assistant", "检查员"),
                            ("provider_admin", "机构管理员"),
                            ("project_lead", "项目负责人"),
                            ("inspector", "评估人员"),
                            ("principal", "主要负责人"),
                            ("safety_manager", "安全生产管理人员"),
                        ],
                        max_length=20,
                    ),
                ),
                ("name", models.CharField("姓名", max_length=40)),
                ("email", models.EmailField("电子邮箱", blank=True, max_length=254)),
                ("phone", EncryptedCharField("联系电话", blank=True, max_length=30)),
                ("certificate_number", models.CharField("证号", blank=True, max_length=40)),
                ("created_at", models.DateTimeField("发出时间", auto_now_add=True)),
                ("expires_at", models.DateTimeField("失效时间")),
                ("accepted_at", models.DateTimeField("接受时间", null=True)),
                ("revoked_at", models.DateTimeField("撤回时间", null=True)),
                (
                    "invited_by",
                    models.ForeignKey(
                        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
                    ),
                ),
                (
                    "invited_by_org",
                    models.ForeignKey("tenancy.organization", models.PROTECT, related_name="+"),
                ),
                (
                    "org",
                    models.ForeignKey("tenancy.organization", models.PROTECT, verbose_name="单位"),
                ),
            ],
            options={
                "verbose_name": "邀请",
                "verbose_name_plural": "邀请",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(accepted_at=None) | models.Q(revoked_at=None),
                        name="invitation_accepted_or_revoked",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Membership",
            fields=[
                (
                    "id",
                    models.BigAutoField("ID", auto_created=True, primary_key=True, serialize=False),
                ),
                (
                    "role",
                    models.CharField(
                        "角色",
                        choices=[
                            ("agency_admin", "管理员"),
                            ("agency_leader", "负责人"),
                            ("officer", "行政执法人员"),
                            ("assistant", "检查员"),
                            ("provider_admin", "机构管理员"),
                            ("project_lead", "项目负责人"),
                            ("inspector", "评估人员"),
                            ("principal", "主要负责人"),
                            ("safety_manager", "安全生产管理人员"),
                        ],
                        max_length=20,
                    ),
                ),
                ("phone", EncryptedCharField("联系电话", blank=True, max_length=30)),
                ("certificate_number", models.CharField("证号", blank=True, max_length=40)),
                ("qualification", models.CharField("资格", blank=True, max_length=60)),
                ("joined_at", models.DateTimeField("加入时间", auto_now_add=True)),
                ("ended_at", models.DateTimeField("停用时间", blank=True, null=True)),
                (
                    "org",
                    models.ForeignKey(
                        "tenancy.organization",
                        models.PROTECT,
                        related_name="memberships",
                        verbose_name="单位",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        settings.AUTH_USER_MODEL,
                        models.PROTECT,
                        related_name="memberships",
                        verbose_name="用户",
                    ),
                ),
                ("identity", models.CharField("统一认证账号", blank=True, max_length=191)),
            ],
            options={
                "verbose_name": "身份",
                "verbose_name_plural": "身份",
                "constraints": [
                    models.UniqueConstraint(
                        fields=["user", "org", "role"],
                        condition=models.Q(ended_at=None),
                        name="membership_once_while_active",
                    ),
                    models.UniqueConstraint(
                        fields=["org", "role", "identity"],
                        condition=models.Q(ended_at=None) & ~models.Q(identity=""),
                        name="membership_identity_once_while_active",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Grant",
            fields=[
                (
                    "id",
                    models.BigAutoField("ID", auto_created=True, primary_key=True, serialize=False),
                ),
                ("region_code", models.CharField("属地", db_collation="C", max_length=12)),
                ("subject_id", models.BigIntegerField("企业档案")),
                ("reason", models.CharField("依据", max_length=100)),
                ("starts_on", models.DateField("自")),
                ("ends_on", models.DateField("至", blank=True, null=True)),
                ("ended_at", models.DateTimeField("收回时间", blank=True, null=True)),
                (
                    "org",
                    models.ForeignKey(
                        "tenancy.organization", models.PROTECT, related_name="grants"
                    ),
                ),
                (
                    "owner_agency",
                    models.ForeignKey("tenancy.agency", models.PROTECT, related_name="+"),
                ),
            ],
            options={
                "verbose_name": "授权",
                "verbose_name_plural": "授权",
                "constraints": [
                    models.UniqueConstraint(
                        fields=["org", "subject_id"],
                        condition=models.Q(ended_at=None),
                        name="grant_once_while_open",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CalendarDay",
            fields=[
                (
                    "id",
                    models.BigAutoField("ID", auto_created=True, primary_key=True, serialize=False),
                ),
                ("day", models.DateField("日期")),
                (
                    "kind",
                    models.CharField(
                        "类别",
                        choices=[
                            ("workday", "工作日"),
                            ("weekend", "周末"),
                            ("holiday", "放假"),
                            ("makeup_workday", "调休上班"),
                        ],
                        max_length=16,
                    ),
                ),
                ("source", models.CharField("依据", max_length=100)),
                (
                    "agency",
                    models.ForeignKey(
                        "tenancy.agency", models.PROTECT, related_name="calendar_days"
                    ),
                ),
            ],
            options={
                "verbose_name": "工作日历",
                "verbose_name_plural": "工作日历",
                "constraints": [
                    models.UniqueConstraint(fields=["agency", "day"], name="calendar_day_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="OfficerCertificate",
            fields=[
                (
                    "id",
                    models.BigAutoField("ID", auto_created=True, primary_key=True, serialize=False),
                ),
                ("number", models.CharField("执法证号", max_length=40)),
                ("issued_by", models.CharField("发证机关", max_length=60)),
                ("valid_from", models.DateField("自")),
                ("valid_until", models.DateField("至")),
                ("revoked_at", models.DateTimeField("收回时间", blank=True, null=True)),
                (
                    "membership",
                    models.ForeignKey(
                        "tenancy.membership",
                        models.PROTECT,
                        related_name="officer_certificates",
                        verbose_name="人员",
                    ),
                ),
                (
                    "org",
                    models.ForeignKey(
                        "tenancy.organization",
                        models.PROTECT,
                        related_name="+",
                        verbose_name="单位",
                    ),
                ),
            ],
            options={
                "verbose_name": "行政执法证件",
                "verbose_name_plural": "行政执法证件",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(valid_until__gte=models.F("valid_from")),
                        name="officer_certificate_ends_after_start",
                    ),
                    models.UniqueConstraint(
                        fields=["org", "number"],
                        condition=models.Q(revoked_at=None),
                        name="officer_certificate_number_once",
                    ),
                ],
            },
        ),
    )
