"""The list of enterprises by each of its heads."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("enterprises", "0008_close_phones"),
        ("tenancy", "0005_names_in_remedies"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="enterprise",
            index=models.Index(fields=["name", "id"], name="enterprise_name"),
        ),
        AddIndexConcurrently(
            model_name="enterprise",
            index=models.Index(fields=["employee_count", "id"], name="enterprise_size"),
        ),
        AddIndexConcurrently(
            model_name="enterprise",
            index=models.Index(fields=["updated_at", "id"], name="enterprise_updated"),
        ),
    ]
