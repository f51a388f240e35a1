"""The region sees its enterprises, an enterprise itself, a provider those its grants open."""

from django.db import migrations

from common.rls import ENTERPRISE, OWN_ORG, REGION, policy, tenant_table

GRANTED = (
    f"id IN (SELECT g.subject_id FROM tenancy_grant g WHERE g.org_id = {OWN_ORG} "
    "AND g.ended_at IS NULL)"
)
KNOWN_ORG = (
    "kind = 'enterprise' AND EXISTS (SELECT 1 FROM enterprises_enterprise e "
    "WHERE e.enterprise_org_id = tenancy_organization.id)"
)
KNOWN_INVITED = (
    f"invited_by_org_id = {OWN_ORG} AND EXISTS (SELECT 1 FROM enterprises_enterprise e "
    "WHERE e.enterprise_org_id = tenancy_invitation.org_id)"
)


class Migration(migrations.Migration):
    dependencies = [
        ("enterprises", "0001_initial"),
        ("common", "0001_runtime_role"),
        ("tenancy", "0002_row_level_security"),
    ]
    operations = [
        *tenant_table("enterprises_enterprise", REGION, ENTERPRISE, GRANTED),
        *tenant_table("enterprises_enterpriseimport", REGION),
        # Who may see a site may know the body behind it; an agency invites its first person.
        policy("tenancy_organization", "enterprise_known", using=KNOWN_ORG, command="SELECT"),
        policy("tenancy_invitation", "enterprise_known", check=KNOWN_INVITED, command="INSERT"),
    ]
