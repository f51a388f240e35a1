"""Search by name, pinyin initials and credit code through an index."""

from django.db import migrations

from common.rls import ENTERPRISE, OWN_ORG, REGION
from common.search import search_index

GRANTED = (
    f"id IN (SELECT g.subject_id FROM tenancy_grant g WHERE g.org_id = {OWN_ORG} "
    "AND g.ended_at IS NULL)"
)


class Migration(migrations.Migration):
    atomic = False
    replaces = [("enterprises", "0010_search_index")]
    dependencies = [("enterprises", "0002_security")]
    operations = search_index(
        "enterprises_enterprise", "search_text", f"{REGION} OR {ENTERPRISE} OR {GRANTED}"
    )
