"""An attachment is seen by its region, its provider and the enterprise that it concerns."""

from django.db import migrations

from common.rls import ENTERPRISE, PROVIDER, REGION, tenant_table


class Migration(migrations.Migration):
    dependencies = [("evidence", "0003_attachment")]
    operations = [*tenant_table("evidence_attachment", REGION, PROVIDER, ENTERPRISE)]
