"""What happens on site: the region, the provider, and the enterprise after issue.

Hazards are counted by region and by provider; each is read by whose it is. What a phone sent is its
own organisation's and the region's; an enterprise sees what comes of it. Signs are the region's
alone: whoever might be looked at again does not see why. How photos before and after compare is
read by whoever sees the photos and written by the region's own worker. A provider names its people
and does not confirm them, reads experts' opinions once they are given, and never sees a complaint.
An enterprise reads the complaints that it made.
"""

from django.db import migrations

from common.rls import (
    ENTERPRISE,
    ENTERPRISE_ISSUED,
    PROVIDER,
    REGION,
    SYSTEM,
    append_only,
    enable,
    policy,
    reference_table,
    setting_id,
    tenant_table,
)
from common.tally import tally_triggers

CONTRACT = ("contract_id", "agencies_servicecontract")
BATCH = ("batch_id", "agencies_servicebatch")
ASSIGNMENT = ("assignment_id", "agencies_assignment")
FIRM = ("enterprise_id", "enterprises_enterprise")
VISIT = ("visit_id", "inspections_visit")
HAZARD = ("hazard_id", "inspections_hazard")
REFERRAL = ("referral_id", "inspections_enforcementreferral")
DRAW = ("draw_id", "inspections_spotcheckdraw")
OF_VISIT = "EXISTS (SELECT 1 FROM inspections_visit v WHERE v.id = visit_id)"
TALLY = "inspections_hazardtally"
KINDS = {"state": "state", "severity": "severity", "is_overdue": "is_overdue"}
MATCH = "inspections_photomatch"
# What officers found at a provider's enterprise is theirs alone until it is announced.
PROVIDER_ANNOUNCED = f"({PROVIDER} AND announced_at IS NOT NULL)"
# Its figures are for whoever works for the agency; the inner table has policies of its own.
WORKS_FOR_IT = (
    f"({setting_id('provider_org')} IS NOT NULL AND EXISTS (SELECT 1 FROM agencies_servicecontract c "
    "WHERE c.owner_agency_id = inspections_supervisionrules.owner_agency_id))"
)


def _written_by_region(command: str) -> migrations.RunSQL:
    rule = {"check": REGION} if command == "INSERT" else {"using": REGION}
    name = f"{command.lower()}_by_region"
    return policy(MATCH, name, command=command, kind="RESTRICTIVE", **rule)


def _provider(table: str, command: str, *, using: str = "", check: str = "") -> migrations.RunSQL:
    return policy(
        table, f"provider_{command.lower()}", command=command,
        using=f"({PROVIDER} AND {using})" if using else "" if check else PROVIDER,
        check=f"({PROVIDER} AND {check})" if check else "",
    )  # fmt: skip


CONTENT = [
    *reference_table("inspections_libraryentry"),
    *reference_table("inspections_checklisttemplate"),
    *reference_table("inspections_checklistitem"),
    *reference_table("inspections_guidancetopic"),
    *reference_table("inspections_acceptancecriterion"),
]
VISITS_AND_HAZARDS = [
    *tenant_table("inspections_visit", REGION, PROVIDER, parents=[ASSIGNMENT, FIRM]),
    enable("inspections_visit_templates"),
    policy("inspections_visit_templates", "of_visit", using=OF_VISIT),
    enable("inspections_visit_risk_points"),
    policy("inspections_visit_risk_points", "of_visit", using=OF_VISIT),
    *tenant_table("inspections_visitmember", REGION, PROVIDER, parents=[VISIT]),
    *tenant_table("inspections_visittrack", REGION, PROVIDER, parents=[VISIT]),
    *tenant_table("inspections_answer", REGION, PROVIDER, parents=[VISIT]),
    *tenant_table(
        "inspections_hazard", REGION, PROVIDER, ENTERPRISE_ISSUED,
        parents=[ASSIGNMENT, VISIT, FIRM],
    ),
    *tenant_table("inspections_rectification", REGION, PROVIDER, ENTERPRISE, parents=[HAZARD]),
    *tenant_table("inspections_extension", REGION, PROVIDER, ENTERPRISE, parents=[HAZARD]),
    *tenant_table("inspections_recheck", REGION, PROVIDER, ENTERPRISE, parents=[HAZARD]),
    enable(TALLY),
    # The triggers write as the owner; beat melts what they appended.
    policy(TALLY, "readable", using=f"{REGION} OR {PROVIDER}", command="SELECT"),
    policy(TALLY, "system", using=SYSTEM),
    *tally_triggers(
        "inspections_hazard", TALLY,
        [
            {"region_code": "region_code", **KINDS},
            {"provider_org_id": "provider_org_id", **KINDS},
        ],
    ),
    *tenant_table(
        MATCH, REGION, PROVIDER, ENTERPRISE,
        parents=[("before_id", "evidence_photo"), ("after_id", "evidence_photo")],
    ),
    *(_written_by_region(command) for command in ("INSERT", "UPDATE", "DELETE")),
]  # fmt: skip
PHASES = [
    *tenant_table("inspections_meeting", REGION, PROVIDER, parents=[BATCH]),
    *tenant_table(
        "inspections_meetingattendance", REGION, PROVIDER,
        parents=[("meeting_id", "inspections_meeting"), ASSIGNMENT],
    ),
    *tenant_table(
        "inspections_guidancerecord", REGION, PROVIDER, ENTERPRISE, parents=[ASSIGNMENT]
    ),
    *tenant_table("inspections_criterionfinding", REGION, PROVIDER, parents=[ASSIGNMENT]),
    *tenant_table("inspections_spotcheckdraw", REGION, PROVIDER, parents=[BATCH]),
    *tenant_table("inspections_drawsecret", REGION, parents=[DRAW]),
    enable("inspections_drawpublication"),
    policy("inspections_drawpublication", "readable", using="true", command="SELECT"),
    policy("inspections_drawpublication", "own", using=REGION),
    *tenant_table(
        "inspections_spotcheck", REGION, PROVIDER_ANNOUNCED, parents=[DRAW, ASSIGNMENT]
    ),
    *tenant_table(
        "inspections_spotcheckpair", REGION, parents=[("spot_check_id", "inspections_spotcheck")]
    ),
    *tenant_table("inspections_enforcementreferral", REGION, parents=[ASSIGNMENT]),
    *tenant_table("inspections_referralfact", REGION, parents=[REFERRAL]),
    *tenant_table("inspections_enforcementplan", REGION, parents=[REFERRAL]),
    *tenant_table("inspections_rectificationorder", REGION, parents=[VISIT, REFERRAL]),
]  # fmt: skip
FIELD = [
    *tenant_table("inspections_fieldoperation", REGION, PROVIDER),
    policy(
        "inspections_fieldoperation", "kept", using="false", command="DELETE", kind="RESTRICTIVE"
    ),
    *tenant_table(
        "inspections_fieldfile", REGION, PROVIDER,
        parents=[("operation_id", "inspections_fieldoperation")],
    ),
    *tenant_table("inspections_sign", REGION, parents=[ASSIGNMENT, VISIT]),
    *tenant_table("inspections_signthresholds", REGION),
]  # fmt: skip
SUPERVISION = [
    *tenant_table(
        "inspections_teammember", REGION,
        parents=[CONTRACT, ("membership_id", "tenancy_membership")],
    ),
    _provider("inspections_teammember", "SELECT"),
    _provider("inspections_teammember", "INSERT", check="state = 'named'"),
    _provider(
        "inspections_teammember", "UPDATE", using="state IN ('named', 'confirmed')",
        check="state IN ('named', 'dropped')",
    ),
    *tenant_table("inspections_visitplan", REGION, PROVIDER, parents=[BATCH]),
    *tenant_table(
        "inspections_planchange", REGION, PROVIDER,
        parents=[("plan_id", "inspections_visitplan"), ASSIGNMENT],
    ),
    append_only("inspections_planchange"),
    *tenant_table(
        "inspections_expertreview", REGION,
        parents=[CONTRACT, BATCH, ASSIGNMENT, ("document_id", "documents_document")],
    ),
    _provider("inspections_expertreview", "SELECT"),
    *tenant_table(
        "inspections_expertopinion", REGION, parents=[("review_id", "inspections_expertreview")]
    ),
    _provider("inspections_expertopinion", "SELECT", using="issued_at IS NOT NULL"),
    *tenant_table("inspections_disclosure", REGION, parents=[BATCH]),
    _provider("inspections_disclosure", "SELECT"),
    _provider("inspections_disclosure", "INSERT", check="state = 'issued'"),
    _provider(
        "inspections_disclosure", "UPDATE", using="state = 'issued'", check="state = 'issued'"
    ),
    *tenant_table(
        "inspections_disclosureitem", REGION, PROVIDER,
        parents=[("disclosure_id", "inspections_disclosure"), ASSIGNMENT],
    ),
    append_only("inspections_disclosureitem"),
    # Which contract it is about may be found out later.
    *tenant_table("inspections_complaint", REGION, parents=[FIRM]),
    policy("inspections_complaint", "complainant_reads", using=ENTERPRISE, command="SELECT"),
    *tenant_table(
        "inspections_verifiedbreach", REGION,
        parents=[CONTRACT, ASSIGNMENT, ("complaint_id", "inspections_complaint")],
    ),
    _provider("inspections_verifiedbreach", "SELECT"),
    *tenant_table("inspections_supervisionrules", REGION),
    policy(
        "inspections_supervisionrules", "who_works_for_it", using=WORKS_FOR_IT, command="SELECT"
    ),
]  # fmt: skip


class Migration(migrations.Migration):
    replaces = [
        ("inspections", "0002_row_level_security"),
        ("inspections", "0004_five_phases_security"),
        ("inspections", "0007_field_security"),
    ]
    dependencies = [
        ("inspections", "0005_supervision"),
        ("agencies", "0007_library_security"),
        ("documents", "0002_security"),
    ]
    operations = [*CONTENT, *VISITS_AND_HAZARDS, *PHASES, *FIELD, *SUPERVISION]
