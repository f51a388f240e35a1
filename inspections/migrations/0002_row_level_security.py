"""What happens on site: the region, the provider, and the enterprise after issue."""

from django.db import migrations

from common.rls import (
    ENTERPRISE,
    ENTERPRISE_ISSUED,
    PROVIDER,
    REGION,
    enable,
    policy,
    reference_table,
    tenant_table,
)

ENTERPRISE_PARENT = ("enterprise_id", "enterprises_enterprise")
VISIT_PARENT = ("visit_id", "inspections_visit")
HAZARD_PARENT = ("hazard_id", "inspections_hazard")


class Migration(migrations.Migration):
    dependencies = [
        ("inspections", "0001_initial"),
        ("agencies", "0002_row_level_security"),
    ]
    operations = [
        *reference_table("inspections_libraryentry"),
        *reference_table("inspections_checklisttemplate"),
        *reference_table("inspections_checklistitem"),
        *tenant_table(
            "inspections_visit",
            REGION,
            PROVIDER,
            parents=[("assignment_id", "agencies_assignment"), ENTERPRISE_PARENT],
        ),
        enable("inspections_visit_templates"),
        policy(
            "inspections_visit_templates",
            "of_visit",
            using="EXISTS (SELECT 1 FROM inspections_visit v WHERE v.id = visit_id)",
        ),
        *tenant_table("inspections_visitmember", REGION, PROVIDER, parents=[VISIT_PARENT]),
        *tenant_table("inspections_answer", REGION, PROVIDER, parents=[VISIT_PARENT]),
        *tenant_table(
            "inspections_hazard",
            REGION,
            PROVIDER,
            ENTERPRISE_ISSUED,
            parents=[("assignment_id", "agencies_assignment"), VISIT_PARENT, ENTERPRISE_PARENT],
        ),
        *tenant_table(
            "inspections_rectification", REGION, PROVIDER, ENTERPRISE, parents=[HAZARD_PARENT]
        ),
        *tenant_table(
            "inspections_extension", REGION, PROVIDER, ENTERPRISE, parents=[HAZARD_PARENT]
        ),
        *tenant_table("inspections_recheck", REGION, PROVIDER, ENTERPRISE, parents=[HAZARD_PARENT]),
    ]
