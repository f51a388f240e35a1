"""An export is its region's and, where a provider had it made, that provider's."""

from django.db import migrations

from common.rls import PROVIDER, REGION, tenant_table


class Migration(migrations.Migration):
    dependencies = [("inspections", "0010_outside_exports")]
    operations = tenant_table(
        "inspections_outsideexport", REGION, PROVIDER,
        parents=[("batch_id", "agencies_servicebatch")],
    )  # fmt: skip
