"""Contracts, batches and assignments: the region and the provider; grants: the own people."""

from django.db import migrations

from common.rls import OWN_ORG, OWN_USER, PROVIDER, REGION, enable, policy, tenant_table

OWN_MEMBERSHIP = (
    f"{OWN_USER} OR membership_id IN "
    f"(SELECT m.id FROM tenancy_membership m WHERE m.org_id = {OWN_ORG})"
)


class Migration(migrations.Migration):
    dependencies = [
        ("agencies", "0001_initial"),
        ("enterprises", "0002_row_level_security"),
    ]
    operations = [
        *tenant_table("agencies_servicecontract", REGION, PROVIDER),
        *tenant_table(
            "agencies_servicebatch",
            REGION,
            PROVIDER,
            parents=[("contract_id", "agencies_servicecontract")],
        ),
        *tenant_table(
            "agencies_assignment",
            REGION,
            PROVIDER,
            parents=[
                ("batch_id", "agencies_servicebatch"),
                ("enterprise_id", "enterprises_enterprise"),
            ],
        ),
        enable("agencies_contractuserobjectpermission"),
        policy("agencies_contractuserobjectpermission", "own", using=OWN_MEMBERSHIP),
        enable("agencies_assignmentuserobjectpermission"),
        policy("agencies_assignmentuserobjectpermission", "own", using=OWN_MEMBERSHIP),
    ]
