"""Search by title and number through an index; the title of an enterprise's paper names it."""

from django.db import migrations

from common.rls import ENTERPRISE, PROVIDER, REGION
from common.search import search_index


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("documents", "0007_long_lists"), ("common", "0002_bigrams")]
    operations = search_index(
        "documents_document",
        "title || ' ' || number",
        f"{REGION} OR {PROVIDER} OR {ENTERPRISE}",
        key="uuid",
    )
