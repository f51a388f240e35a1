"""The year's points of one colour, over a whole province."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("scoring", "0004_rules_from_above")]

    operations = [
        AddIndexConcurrently(
            model_name="pointcycle",
            index=models.Index(
                fields=["year", "colour", "-total", "id"], name="point_cycle_colour"
            ),
        ),
    ]
