"""Search of the hazards that are not over by their place and description, through an index.

Of five years' hazards those are a tenth; the others are found by their number and by the enterprise.
"""

from django.db import migrations

from common.rls import ENTERPRISE_ISSUED, PROVIDER, REGION
from common.search import search_index


class Migration(migrations.Migration):
    atomic = False
    replaces = [("inspections", "0013_search_index")]
    dependencies = [("inspections", "0006_security")]
    operations = search_index(
        "inspections_hazard",
        "place || ' ' || description",
        f"{REGION} OR {PROVIDER} OR {ENTERPRISE_ISSUED}",
        key="uuid",
        where="state IN ('found', 'issued', 'rectifying', 'submitted')",
    )
