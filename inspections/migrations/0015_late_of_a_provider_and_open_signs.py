"""A provider's late hazards, and the signs that nobody has answered, over a whole province."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("inspections", "0014_front_page_numbers")]

    operations = [
        AddIndexConcurrently(
            model_name="hazard",
            index=models.Index(
                condition=models.Q(("is_overdue", True)),
                fields=["provider_org", "due_on", "id"],
                name="hazard_late_of_provider",
            ),
        ),
        AddIndexConcurrently(
            model_name="sign",
            index=models.Index(
                condition=models.Q(("dismissed_at", None), ("lapsed_at", None)),
                fields=["-found_at", "id"],
                name="sign_open",
            ),
        ),
    ]
