"""What the numbers of the front page open, over a whole province; and what search looks at."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

LIVE = ("found", "issued", "rectifying", "submitted")


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("inspections", "0013_search_index")]

    operations = [
        AddIndexConcurrently(
            model_name="hazard",
            index=models.Index(
                condition=models.Q(("is_overdue", True)),
                fields=["due_on", "id"],
                name="hazard_late",
            ),
        ),
        AddIndexConcurrently(
            model_name="hazard",
            index=models.Index(
                condition=models.Q(("severity", "major")),
                fields=["due_on", "id"],
                name="hazard_major",
            ),
        ),
        AddIndexConcurrently(
            model_name="hazard",
            index=models.Index(
                condition=models.Q(("state__in", LIVE)),
                fields=["enterprise", "due_on"],
                name="hazard_of_firm_live",
            ),
        ),
    ]
