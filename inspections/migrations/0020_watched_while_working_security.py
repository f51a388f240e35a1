"""Who sees and writes team, plan, reviews, disclosures, complaints and breaches.

A provider names its people and does not confirm them, reads experts' opinions once they are given,
and never sees a complaint. An enterprise reads the complaints that it made.
"""

from django.db import migrations

from common.rls import ENTERPRISE, PROVIDER, REGION, append_only, policy, setting_id, tenant_table

CONTRACT = ("contract_id", "agencies_servicecontract")
BATCH = ("batch_id", "agencies_servicebatch")
ASSIGNMENT = ("assignment_id", "agencies_assignment")
# Its figures are for whoever works for the agency; the inner table has policies of its own.
WORKS_FOR_IT = (
    f"({setting_id('provider_org')} IS NOT NULL AND EXISTS (SELECT 1 FROM agencies_servicecontract c "
    "WHERE c.owner_agency_id = inspections_supervisionrules.owner_agency_id))"
)


def _provider(table: str, command: str, *, using: str = "", check: str = "") -> migrations.RunSQL:
    return policy(
        table, f"provider_{command.lower()}", command=command,
        using=f"({PROVIDER} AND {using})" if using else "" if check else PROVIDER,
        check=f"({PROVIDER} AND {check})" if check else "",
    )  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("inspections", "0019_watched_while_working")]
    operations = [
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
            "inspections_expertopinion", REGION,
            parents=[("review_id", "inspections_expertreview")],
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
        *tenant_table(
            "inspections_complaint", REGION,
            # Which contract it is about may be found out later.
            parents=[("enterprise_id", "enterprises_enterprise")],
        ),
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
