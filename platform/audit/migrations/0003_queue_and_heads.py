import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_row_level_security")]

    operations = [
        migrations.CreateModel(
            name="Unsealed",
            fields=[
                (
                    "entry_id",
                    models.UUIDField(primary_key=True, serialize=False, verbose_name="记录"),
                ),
                ("agency_id", models.BigIntegerField(verbose_name="链")),
                (
                    "queued_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="时间"
                    ),
                ),
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
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField(unique=True, verbose_name="日期")),
                ("previous", models.CharField(max_length=64, verbose_name="前一天的哈希")),
                ("sha256", models.CharField(max_length=64, verbose_name="哈希")),
                ("signature", models.BinaryField(default=b"", verbose_name="签名")),
                (
                    "published_at",
                    models.DateTimeField(auto_now_add=True, verbose_name="公布时间"),
                ),
            ],
            options={"verbose_name": "公布日", "verbose_name_plural": "公布日"},
        ),
        migrations.CreateModel(
            name="DailyHead",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField(verbose_name="日期")),
                ("agency_id", models.BigIntegerField(verbose_name="链")),
                ("name", models.CharField(max_length=100, verbose_name="单位")),
                ("is_training", models.BooleanField(default=False, verbose_name="演示单位")),
                ("sequence", models.BigIntegerField(verbose_name="末号")),
                ("hash", models.CharField(max_length=64, verbose_name="末号的哈希")),
                ("acts", models.BigIntegerField(verbose_name="当日封存")),
            ],
            options={
                "verbose_name": "链头",
                "verbose_name_plural": "链头",
                "indexes": [models.Index(fields=["day", "agency_id"], name="daily_head_day")],
                "constraints": [
                    models.UniqueConstraint(fields=("agency_id", "day"), name="daily_head_once")
                ],
            },
        ),
    ]
