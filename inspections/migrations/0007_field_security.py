"""Who sees what arrived from phones, tracks and signs.

What a phone sent is its own organisation's and the region's; an enterprise sees what comes of it.
Signs are the region's alone: whoever might be looked at again does not see why.
"""

from django.db import migrations

from common.rls import PROVIDER, REGION, enable, policy, tenant_table

VISIT = ("visit_id", "inspections_visit")


class Migration(migrations.Migration):
    dependencies = [("inspections", "0006_field_work")]
    operations = [
        *tenant_table("inspections_fieldoperation", REGION, PROVIDER),
        policy("inspections_fieldoperation", "kept", using="false", command="DELETE",
               kind="RESTRICTIVE"),
        *tenant_table(
            "inspections_fieldfile",
            REGION,
            PROVIDER,
            parents=[("operation_id", "inspections_fieldoperation")],
        ),
        enable("inspections_visit_risk_points"),
        policy(
            "inspections_visit_risk_points",
            "of_visit",
            using="EXISTS (SELECT 1 FROM inspections_visit v WHERE v.id = visit_id)",
        ),
        *tenant_table("inspections_visittrack", REGION, PROVIDER, parents=[VISIT]),
        *tenant_table(
            "inspections_sign",
            REGION,
            parents=[("assignment_id", "agencies_assignment"), VISIT],
        ),
        *tenant_table("inspections_signthresholds", REGION),
    ]  # fmt: skip
