"""Who sees meetings, guidance, criteria, the draw and the enforcement files."""

from django.db import migrations

from common.rls import (
    ENTERPRISE,
    PROVIDER,
    REGION,
    enable,
    policy,
    reference_table,
    tenant_table,
)

ASSIGNMENT = ("assignment_id", "agencies_assignment")
BATCH = ("batch_id", "agencies_servicebatch")
REFERRAL = ("referral_id", "inspections_enforcementreferral")
# What officers found at a provider's enterprise is theirs alone until it is announced.
PROVIDER_ANNOUNCED = f"({PROVIDER} AND announced_at IS NOT NULL)"


class Migration(migrations.Migration):
    dependencies = [
        ("inspections", "0003_five_phases"),
        ("agencies", "0005_phase_gate_constraints"),
        ("documents", "0004_seals_receipts_security"),
    ]
    operations = [
        *reference_table("inspections_guidancetopic"),
        *reference_table("inspections_acceptancecriterion"),
        *tenant_table("inspections_meeting", REGION, PROVIDER, parents=[BATCH]),
        *tenant_table(
            "inspections_meetingattendance",
            REGION,
            PROVIDER,
            parents=[("meeting_id", "inspections_meeting"), ASSIGNMENT],
        ),
        *tenant_table(
            "inspections_guidancerecord", REGION, PROVIDER, ENTERPRISE, parents=[ASSIGNMENT]
        ),
        *tenant_table("inspections_criterionfinding", REGION, PROVIDER, parents=[ASSIGNMENT]),
        *tenant_table("inspections_spotcheckdraw", REGION, PROVIDER, parents=[BATCH]),
        *tenant_table(
            "inspections_drawsecret", REGION, parents=[("draw_id", "inspections_spotcheckdraw")]
        ),
        enable("inspections_drawpublication"),
        policy("inspections_drawpublication", "readable", using="true", command="SELECT"),
        policy("inspections_drawpublication", "own", using=REGION),
        *tenant_table(
            "inspections_spotcheck",
            REGION,
            PROVIDER_ANNOUNCED,
            parents=[("draw_id", "inspections_spotcheckdraw"), ASSIGNMENT],
        ),
        *tenant_table(
            "inspections_spotcheckpair",
            REGION,
            parents=[("spot_check_id", "inspections_spotcheck")],
        ),
        *tenant_table("inspections_enforcementreferral", REGION, parents=[ASSIGNMENT]),
        *tenant_table("inspections_referralfact", REGION, parents=[REFERRAL]),
        *tenant_table("inspections_enforcementplan", REGION, parents=[REFERRAL]),
        *tenant_table(
            "inspections_rectificationorder",
            REGION,
            parents=[("visit_id", "inspections_visit"), REFERRAL],
        ),
    ]
