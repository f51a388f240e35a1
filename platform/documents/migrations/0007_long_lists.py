"""The list of papers of a region and of a provider, newest first."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("documents", "0006_close_contact"),
        ("tenancy", "0005_names_in_remedies"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="document",
            index=models.Index(
                condition=models.Q(("file", "")), fields=["region_code"], name="document_unmade"
            ),
        ),
        AddIndexConcurrently(
            model_name="document",
            index=models.Index(fields=["region_code", "-id"], name="document_region"),
        ),
        AddIndexConcurrently(
            model_name="document",
            index=models.Index(fields=["provider_org", "-id"], name="document_provider"),
        ),
    ]
