"""The year's points, highest first, and those of a region."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("enterprises", "0009_long_lists"),
        ("scoring", "0002_row_level_security"),
        ("tenancy", "0005_names_in_remedies"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="pointcycle",
            index=models.Index(fields=["year", "-total", "id"], name="point_cycle_list"),
        ),
        AddIndexConcurrently(
            model_name="pointcycle",
            index=models.Index(fields=["region_code", "year"], name="point_cycle_region"),
        ),
    ]
