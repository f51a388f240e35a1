"""An enterprise sees a photo when it was issued or when it sent it."""

from django.db import migrations

from common.rls import ENTERPRISE_ISSUED, PROVIDER, REGION, tenant_table


class Migration(migrations.Migration):
    dependencies = [
        ("evidence", "0001_initial"),
        ("common", "0001_runtime_role"),
        ("tenancy", "0002_row_level_security"),
    ]
    operations = [
        *tenant_table("evidence_photo", REGION, PROVIDER, ENTERPRISE_ISSUED),
    ]
