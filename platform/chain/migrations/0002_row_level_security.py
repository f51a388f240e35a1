"""A check of a chain is its agency's, and its superiors'."""

from django.db import migrations

from common.rls import REGION, tenant_table


class Migration(migrations.Migration):
    dependencies = [("chain", "0001_initial"), ("common", "0001_runtime_role")]
    operations = tenant_table("chain_verification", REGION)
