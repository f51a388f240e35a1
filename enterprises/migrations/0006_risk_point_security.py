"""A risk point is seen by whoever sees the enterprise's file."""

from django.db import migrations

from common.rls import ENTERPRISE, OWN_ORG, REGION, tenant_table

GRANTED = (
    f"enterprise_id IN (SELECT g.subject_id FROM tenancy_grant g WHERE g.org_id = {OWN_ORG} "
    "AND g.ended_at IS NULL)"
)


class Migration(migrations.Migration):
    dependencies = [("enterprises", "0005_risk_points_and_hours")]
    operations = [
        *tenant_table(
            "enterprises_riskpoint",
            REGION,
            ENTERPRISE,
            GRANTED,
            parents=[("enterprise_id", "enterprises_enterprise")],
        ),
    ]
