"""Points: the region, and the enterprise after signing. Evaluation: the region."""

from django.db import migrations

from common.rls import ABOVE, ENTERPRISE, ENTERPRISE_ISSUED, REGION, enable, policy, tenant_table

ENTERPRISE_PARENT = ("enterprise_id", "enterprises_enterprise")


class Migration(migrations.Migration):
    dependencies = [
        ("scoring", "0001_initial"),
        ("inspections", "0002_row_level_security"),
    ]
    operations = [
        enable("scoring_rulebook"),
        policy("scoring_rulebook", "in_region", using=f"{REGION} OR {ABOVE}"),
        enable("scoring_ruleclause"),
        policy("scoring_ruleclause", "in_region", using=f"{REGION} OR {ABOVE}"),
        *tenant_table("scoring_pointcycle", REGION, ENTERPRISE, parents=[ENTERPRISE_PARENT]),
        *tenant_table(
            "scoring_pointsheet",
            REGION,
            ENTERPRISE_ISSUED,
            parents=[ENTERPRISE_PARENT, ("cycle_id", "scoring_pointcycle")],
        ),
        *tenant_table(
            "scoring_pointentry",
            REGION,
            ENTERPRISE_ISSUED,
            parents=[
                ("sheet_id", "scoring_pointsheet"),
                ("cycle_id", "scoring_pointcycle"),
                ("hazard_id", "inspections_hazard"),
            ],
        ),
        *tenant_table(
            "scoring_thresholdevent", REGION, parents=[("cycle_id", "scoring_pointcycle")]
        ),
        *tenant_table(
            "scoring_appraisal", REGION, parents=[("contract_id", "agencies_servicecontract")]
        ),
    ]
