"""Search by title and number through an index; the title of an enterprise's paper names it."""

from django.db import migrations

from common.rls import ENTERPRISE, PROVIDER, REGION
from common.search import search_index


class Migration(migrations.Migration):
    atomic = False
    replaces = [("documents", "0008_search_index")]
    dependencies = [("documents", "0002_security")]
    operations = search_index(
        "documents_document",
        "title || ' ' || number",
        f"{REGION} OR {PROVIDER} OR {ENTERPRISE}",
        key="uuid",
    )
