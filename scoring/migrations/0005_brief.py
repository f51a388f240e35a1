from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """What the weekly brief asks for: the days first."""

    atomic = False
    dependencies = [("scoring", "0004_security")]
    operations = [
        AddIndexConcurrently(
            "pointsheet",
            models.Index(fields=["issued_at", "region_code"], name="point_sheet_issued"),
        ),
    ]
