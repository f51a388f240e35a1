"""The region sees its enterprises, an enterprise itself, a provider those its grants open.

Certificates and risk points are seen by whoever sees the enterprise's file.
"""

from django.db import migrations

from common.rls import ENTERPRISE, OWN_ORG, REGION, policy, tenant_table

OPENED = (
    f"(SELECT g.subject_id FROM tenancy_grant g WHERE g.org_id = {OWN_ORG} AND g.ended_at IS NULL)"
)
OF_FILE = (REGION, ENTERPRISE, f"enterprise_id IN {OPENED}")
FILE = [("enterprise_id", "enterprises_enterprise")]
KNOWN_ORG = (
    "kind = 'enterprise' AND EXISTS (SELECT 1 FROM enterprises_enterprise e "
    "WHERE e.enterprise_org_id = tenancy_organization.id)"
)
KNOWN_INVITED = (
    f"invited_by_org_id = {OWN_ORG} AND EXISTS (SELECT 1 FROM enterprises_enterprise e "
    "WHERE e.enterprise_org_id = tenancy_invitation.org_id)"
)


class Migration(migrations.Migration):
    replaces = [
        ("enterprises", "0002_row_level_security"),
        ("enterprises", "0004_special_operation_certificate_security"),
        ("enterprises", "0006_risk_point_security"),
    ]
    dependencies = [("enterprises", "0001_tables")]
    operations = [
        *tenant_table("enterprises_enterprise", REGION, ENTERPRISE, f"id IN {OPENED}"),
        *tenant_table("enterprises_enterpriseimport", REGION),
        # Who may see a site may know the body behind it; an agency invites its first person.
        policy("tenancy_organization", "enterprise_known", using=KNOWN_ORG, command="SELECT"),
        policy("tenancy_invitation", "enterprise_known", check=KNOWN_INVITED, command="INSERT"),
        *tenant_table("enterprises_specialoperationcertificate", *OF_FILE, parents=FILE),
        *tenant_table("enterprises_riskpoint", *OF_FILE, parents=FILE),
    ]
