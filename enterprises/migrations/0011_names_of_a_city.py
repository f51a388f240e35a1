"""A city's enterprises by name, whose names begin alike."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("enterprises", "0010_search_index")]

    operations = [
        AddIndexConcurrently(
            model_name="enterprise",
            index=models.Index(
                fields=["region_code", "name", "id"],
                include=["enterprise_org"],
                name="enterprise_region_name",
            ),
        ),
    ]
