"""Search of the hazards of earlier years by their words, through an index as of all others."""

from django.db import migrations

from common.rls import REGION
from common.search import search_index


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("inspections", "0015_inbox_and_brief"), ("tenancy", "0004_former_bodies")]
    operations = search_index(
        "inspections_historicalhazard",
        "number || ' ' || place || ' ' || description",
        REGION,
        key="uuid",
    )
