"""An agency's effect figures are seen and written where its region is."""

from django.db import migrations

from common.rls import REGION, tenant_table


class Migration(migrations.Migration):
    dependencies = [("scoring", "0009_effect_months")]
    operations = [*tenant_table("scoring_effectmonth", REGION)]
