"""A certificate is seen by whoever sees the enterprise's file."""

from django.db import migrations

from common.rls import ENTERPRISE, OWN_ORG, REGION, tenant_table

GRANTED = (
    f"enterprise_id IN (SELECT g.subject_id FROM tenancy_grant g WHERE g.org_id = {OWN_ORG} "
    "AND g.ended_at IS NULL)"
)


class Migration(migrations.Migration):
    dependencies = [("enterprises", "0003_special_operation_certificate")]
    operations = [
        *tenant_table(
            "enterprises_specialoperationcertificate",
            REGION,
            ENTERPRISE,
            GRANTED,
            parents=[("enterprise_id", "enterprises_enterprise")],
        ),
    ]
