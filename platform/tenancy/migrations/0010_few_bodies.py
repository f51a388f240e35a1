"""The regulators and providers among all the enterprises."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("tenancy", "0009_no_temporary_tables")]

    operations = [
        AddIndexConcurrently(
            model_name="organization",
            index=models.Index(
                condition=models.Q(("kind", "enterprise"), _negated=True),
                fields=["kind", "name"],
                name="organization_not_firm",
            ),
        ),
    ]
