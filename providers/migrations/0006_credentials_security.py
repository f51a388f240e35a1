"""Credentials: entered by the provider, seen by who registered it; a body's own are for everybody."""

from django.db import migrations

from common.rls import PROVIDER, REGION, SIGNED_IN, policy, tenant_table


class Migration(migrations.Migration):
    dependencies = [("providers", "0005_credentials")]
    operations = [
        *tenant_table("providers_qualification", REGION, PROVIDER),
        policy("providers_qualification", "known", using=SIGNED_IN, command="SELECT"),
        *tenant_table(
            "providers_staffcertificate", REGION, PROVIDER,
            parents=[("membership_id", "tenancy_membership")],
        ),
    ]  # fmt: skip
