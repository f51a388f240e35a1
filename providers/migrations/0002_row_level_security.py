"""Providers are known to all who signed in; an agency registers them."""

from django.db import migrations

from common.rls import OWN_ORG, SIGNED_IN, enable, policy

# The agency that registered a provider invites its first person.
INVITED = (
    f"invited_by_org_id = {OWN_ORG} AND EXISTS (SELECT 1 FROM providers_provider p "
    f"WHERE p.org_id = tenancy_invitation.org_id AND p.registered_by_id = {OWN_ORG})"
)


class Migration(migrations.Migration):
    dependencies = [
        ("providers", "0001_initial"),
        ("common", "0001_runtime_role"),
        ("tenancy", "0002_row_level_security"),
    ]
    operations = [
        enable("providers_provider"),
        policy("providers_provider", "readable", using=SIGNED_IN, command="SELECT"),
        policy("providers_provider", "own", using=f"org_id = {OWN_ORG}", command="UPDATE"),
        policy(
            "providers_provider",
            "register",
            check=f"registered_by_id = {OWN_ORG}",
            command="INSERT",
        ),
        policy(
            "providers_provider",
            "registrar",
            using=f"registered_by_id = {OWN_ORG}",
            command="UPDATE",
        ),
        policy("tenancy_invitation", "provider_registered", check=INVITED, command="INSERT"),
    ]
