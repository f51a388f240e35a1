"""Acts, their seals, and what is published of them each day."""

from django.db import migrations, models
from django.db.models.functions import Now

from common.ids import uuid7
from common.tables import create_models


class Migration(migrations.Migration):
    initial = True
    replaces = [
        ("audit", "0001_initial"),
        ("audit", "0003_queue_and_heads"),
        ("audit", "0004_log_index"),
        ("audit", "0006_no_temporary_tables"),
    ]
    dependencies = [("common", "0001_foundations")]
    operations = create_models(
        migrations.CreateModel(
            name="AuditEntry",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("agency_id", models.BigIntegerField("链")),
                ("region_code", models.CharField("属地", db_collation="C", max_length=12)),
                ("org_id", models.BigIntegerField("单位", null=True)),
                ("user_id", models.BigIntegerField("用户", null=True)),
                ("membership_id", models.BigIntegerField("身份", null=True)),
                ("actor_name", models.CharField("操作人", max_length=120)),
                ("act", models.CharField("行为", max_length=60)),
                ("subject_type", models.CharField("对象类别", blank=True, max_length=60)),
                ("subject_id", models.CharField("对象", blank=True, max_length=64)),
                ("summary", models.CharField("说明", blank=True, max_length=300)),
                ("data", models.JSONField("数据", default=dict)),
                ("at", models.DateTimeField("时间")),
            ],
            options={
                "verbose_name": "审计记录",
                "verbose_name_plural": "审计记录",
                "indexes": [
                    models.Index(fields=["subject_type", "subject_id", "id"], name="audit_subject"),
                    models.Index(fields=["agency_id", "id"], name="audit_chain"),
                    models.Index(fields=["agency_id", "at"], name="audit_log"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Seal",
            fields=[
                (
                    "id",
                    models.BigAutoField("ID", auto_created=True, primary_key=True, serialize=False),
                ),
                ("agency_id", models.BigIntegerField("链")),
                ("sequence", models.BigIntegerField("序号")),
                ("entry_id", models.UUIDField("记录", unique=True)),
                ("hash", models.CharField("哈希", max_length=64)),
                ("sealed_at", models.DateTimeField("封存时间", auto_now_add=True)),
            ],
            options={
                "verbose_name": "封存",
                "verbose_name_plural": "封存",
                "constraints": [
                    models.UniqueConstraint(
                        fields=["agency_id", "sequence"], name="seal_sequence_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Unsealed",
            fields=[
                ("entry_id", models.UUIDField("记录", primary_key=True, serialize=False)),
                ("agency_id", models.BigIntegerField("链")),
                ("queued_at", models.DateTimeField("时间", db_default=Now())),
            ],
            options={
                "verbose_name": "待封存",
                "verbose_name_plural": "待封存",
                "indexes": [models.Index(fields=["agency_id", "entry_id"], name="unsealed_chain")],
            },
        ),
        migrations.CreateModel(
            name="PublishedDay",
            fields=[
                (
                    "id",
                    models.BigAutoField("ID", auto_created=True, primary_key=True, serialize=False),
                ),
                ("day", models.DateField("日期", unique=True)),
                ("previous", models.CharField("前一天的哈希", max_length=64)),
                ("sha256", models.CharField("哈希", max_length=64)),
                ("signature", models.BinaryField("签名", default=b"")),
                ("published_at", models.DateTimeField("公布时间", auto_now_add=True)),
            ],
            options={"verbose_name": "公布日", "verbose_name_plural": "公布日"},
        ),
        migrations.CreateModel(
            name="DailyHead",
            fields=[
                (
                    "id",
                    models.BigAutoField("ID", auto_created=True, primary_key=True, serialize=False),
                ),
                ("day", models.DateField("日期")),
                ("agency_id", models.BigIntegerField("链")),
                ("name", models.CharField("单位", max_length=100)),
                ("is_training", models.BooleanField("演示单位", default=False)),
                ("sequence", models.BigIntegerField("末号")),
                ("hash", models.CharField("末号的哈希", max_length=64)),
                ("acts", models.BigIntegerField("当日封存")),
            ],
            options={
                "verbose_name": "链头",
                "verbose_name_plural": "链头",
                "indexes": [models.Index(fields=["day", "agency_id"], name="daily_head_day")],
                "constraints": [
                    models.UniqueConstraint(fields=["agency_id", "day"], name="daily_head_once")
                ],
            },
        ),
    )
