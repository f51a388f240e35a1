"""Ties are the provider's and its regulators' to know; a hand-over ends the inspectors' grants."""

from django.db import migrations

from common.rls import OWN_ORG, PROVIDER, REGION, policy, tenant_table

FIRM = ("enterprise_id", "enterprises_enterprise")
OWN_ASSIGNMENT = (
    "EXISTS (SELECT 1 FROM agencies_assignment a "
    f"WHERE a.id = content_object_id AND a.owner_agency_id = {OWN_ORG})"
)
GRANTS = "agencies_assignmentuserobjectpermission"


class Migration(migrations.Migration):
    dependencies = [("agencies", "0011_ties_and_hand_over")]
    operations = [
        *tenant_table("agencies_servicetie", REGION, PROVIDER, parents=[FIRM]),
        *tenant_table(
            "agencies_conflictreason", REGION, PROVIDER,
            parents=[("batch_id", "agencies_servicebatch"), FIRM],
        ),
        policy(GRANTS, "agency_reads", using=OWN_ASSIGNMENT, command="SELECT"),
        policy(GRANTS, "agency_ends", using=OWN_ASSIGNMENT, command="DELETE"),
    ]  # fmt: skip
