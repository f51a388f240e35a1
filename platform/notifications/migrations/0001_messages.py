"""Messages: anybody who acts may send; only the receiver reads."""

from django.db import migrations, models

from common.ids import uuid7
from common.rls import OWN_ORG, SIGNED_IN, enable, policy


class Migration(migrations.Migration):
    initial = True
    replaces = [
        ("notifications", "0001_initial"),
        ("notifications", "0002_row_level_security"),
    ]
    dependencies = [("tenancy", "0002_security")]
    operations = [
        migrations.CreateModel(
            name="Notification",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("org_id", models.BigIntegerField("收件单位")),
                ("membership_id", models.BigIntegerField("收件人", null=True)),
                ("kind", models.CharField("种类", max_length=40)),
                ("is_urgent", models.BooleanField("紧急", default=False)),
                ("title", models.CharField("标题", max_length=200)),
                ("url", models.CharField("链接", max_length=200)),
                ("created_at", models.DateTimeField("时间")),
                ("read_at", models.DateTimeField("已读时间", null=True)),
                (
                    "read_by",
                    models.ForeignKey(
                        "tenancy.membership", models.PROTECT, null=True, related_name="+"
                    ),
                ),
            ],
            options={
                "verbose_name": "消息",
                "verbose_name_plural": "消息",
                "indexes": [models.Index(fields=["org_id", "-id"], name="notification_inbox")],
            },
        ),
        enable("notifications_notification"),
        policy("notifications_notification", "send", check=SIGNED_IN, command="INSERT"),
        policy("notifications_notification", "own", using=f"org_id = {OWN_ORG}", command="SELECT"),
        policy("notifications_notification", "read", using=f"org_id = {OWN_ORG}", command="UPDATE"),
    ]
