"""The number beside the inbox is asked for on every page."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("notifications", "0002_outgoing"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="notification",
            index=models.Index(
                condition=models.Q(("read_at", None)),
                fields=["org_id", "-id"],
                name="notification_unread",
            ),
        ),
    ]
