from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """What paper a file is, by its hash; what an agency has issued of late and has to hand over."""

    atomic = False
    dependencies = [("documents", "0003_search")]
    operations = [
        AddIndexConcurrently(
            "document",
            models.Index(
                fields=["file_sha256"], condition=~models.Q(file_sha256=""), name="document_file"
            ),
        ),
        AddIndexConcurrently(
            "document", models.Index(fields=["content_sha256"], name="document_content")
        ),
        AddIndexConcurrently(
            "document",
            models.Index(fields=["issuer_org", "-issued_at"], name="document_issuer"),
        ),
    ]
