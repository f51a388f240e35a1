from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """What inbox and weekly brief ask for."""

    atomic = False
    dependencies = [("agencies", "0007_library_security")]
    operations = [
        AddIndexConcurrently(
            "assignment",
            models.Index(
                fields=["owner_agency"],
                condition=models.Q(withdrawal="handed"),
                name="assignment_handed",
            ),
        ),
        AddIndexConcurrently(
            "assignment",
            models.Index(
                fields=["planned_on", "region_code"],
                condition=models.Q(planned_on__isnull=False),
                name="assignment_planned",
            ),
        ),
    ]
