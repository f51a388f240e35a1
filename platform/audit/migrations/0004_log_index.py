"""The log is read by day; the table is big, so nobody waits for its index."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("audit", "0003_queue_and_heads")]

    operations = [
        AddIndexConcurrently(
            "auditentry", models.Index(fields=["agency_id", "at"], name="audit_log")
        ),
    ]
