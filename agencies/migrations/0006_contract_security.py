"""Contracts, batches and assignments: the region and the provider; grants: the own people.

Counts of assignments by batch and phase are kept by triggers; whoever sees the batch reads them.
Who has a contract with a provider sees its people's certificates. A contract's obligations are the
agency's to write and both sides' to read; what was delivered is the provider's to enter. Payment:
the agency decides, the provider reads stages and what was approved; nothing decided changes. Ties
are the provider's and its regulators' to know; a hand-over ends the inspectors' grants.
"""

from django.db import migrations

from common.rls import (
    ENTERPRISE,
    OWN_ORG,
    OWN_USER,
    PROVIDER,
    REGION,
    SYSTEM,
    enable,
    policy,
    tenant_table,
)
from common.tally import tally_triggers

CONTRACT = ("contract_id", "agencies_servicecontract")
BATCH = ("batch_id", "agencies_servicebatch")
FIRM = ("enterprise_id", "enterprises_enterprise")
OBLIGATION = ("obligation_id", "agencies_obligation")
# A contract goes back to its lot for good.
FIXED_LOT = """
CREATE TRIGGER fixed_lot BEFORE UPDATE ON agencies_servicecontract FOR EACH ROW
    WHEN (NEW.lot_id IS DISTINCT FROM OLD.lot_id) EXECUTE FUNCTION common_refuse_change()
"""
LOT_SEEN = (
    "lot_id IS NULL OR EXISTS "
    "(SELECT 1 FROM agencies_procurementlot p WHERE p.id = agencies_servicecontract.lot_id)"
)
OWN_MEMBERSHIP = (
    f"{OWN_USER} OR membership_id IN "
    f"(SELECT m.id FROM tenancy_membership m WHERE m.org_id = {OWN_ORG})"
)
GRANTS = "agencies_assignmentuserobjectpermission"
OWN_ASSIGNMENT = (
    "EXISTS (SELECT 1 FROM agencies_assignment a "
    f"WHERE a.id = content_object_id AND a.owner_agency_id = {OWN_ORG})"
)
TALLY = "agencies_assignmenttally"
OF_BATCH = "EXISTS (SELECT 1 FROM agencies_servicebatch b WHERE b.id = batch_id)"
CONTRACTED = (
    "EXISTS (SELECT 1 FROM agencies_servicecontract c "
    "WHERE c.provider_org_id = providers_staffcertificate.provider_org_id)"
)
# What is paid by decisions in force is never more than the contract's price. The contract's row is
# locked for it, so that two approvals at once do not both count without the other.
WITHIN = """
CREATE FUNCTION agencies_paid_within_contract() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    price numeric;
    paid numeric;
BEGIN
    SELECT amount INTO price FROM agencies_servicecontract WHERE id = NEW.contract_id FOR UPDATE;
    SELECT coalesce(sum(amount_paid), 0) INTO paid FROM agencies_paymentdecision
        WHERE contract_id = NEW.contract_id AND state = 'approved' AND superseded_at IS NULL;
    IF price IS NULL OR paid > price THEN
        RAISE EXCEPTION 'more is paid than the contract costs' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER paid_within_contract AFTER INSERT OR UPDATE ON agencies_paymentdecision
    FOR EACH ROW WHEN (NEW.state = 'approved' AND NEW.superseded_at IS NULL)
    EXECUTE FUNCTION agencies_paid_within_contract();
"""
WITHOUT = """
DROP TRIGGER paid_within_contract ON agencies_paymentdecision;
DROP FUNCTION agencies_paid_within_contract();
"""
# Once decided, only that a correction took its place is still written.
DECIDED_STAYS = """
CREATE TRIGGER decided_stays BEFORE UPDATE ON agencies_paymentdecision FOR EACH ROW
    WHEN (OLD.state <> 'proposed'
          AND to_jsonb(NEW) - 'superseded_at' IS DISTINCT FROM to_jsonb(OLD) - 'superseded_at')
    EXECUTE FUNCTION common_refuse_change();
CREATE TRIGGER never_removed BEFORE DELETE ON agencies_paymentdecision
    FOR EACH ROW EXECUTE FUNCTION common_refuse_change();
"""
DECIDED_MOVES = """
DROP TRIGGER never_removed ON agencies_paymentdecision;
DROP TRIGGER decided_stays ON agencies_paymentdecision;
"""


class Migration(migrations.Migration):
    replaces = [
        ("agencies", "0002_row_level_security"),
        ("agencies", "0008_people_of_contracts"),
        ("agencies", "0012_ties_security"),
    ]
    dependencies = [
        ("agencies", "0005_purchase_security"),
        ("enterprises", "0002_security"),
        ("providers", "0002_security"),
    ]
    operations = [
        *tenant_table("agencies_servicecontract", REGION, PROVIDER),
        policy(
            "agencies_servicecontract", "lot_id_visible", check=LOT_SEEN, command="INSERT",
            kind="RESTRICTIVE",
        ),
        migrations.RunSQL(FIXED_LOT, "DROP TRIGGER fixed_lot ON agencies_servicecontract"),
        *tenant_table("agencies_servicebatch", REGION, PROVIDER, parents=[CONTRACT]),
        *tenant_table("agencies_assignment", REGION, PROVIDER, parents=[BATCH, FIRM]),
        enable("agencies_contractuserobjectpermission"),
        policy("agencies_contractuserobjectpermission", "own", using=OWN_MEMBERSHIP),
        enable(GRANTS),
        policy(GRANTS, "own", using=OWN_MEMBERSHIP),
        policy(GRANTS, "agency_reads", using=OWN_ASSIGNMENT, command="SELECT"),
        policy(GRANTS, "agency_ends", using=OWN_ASSIGNMENT, command="DELETE"),
        enable(TALLY),
        policy(TALLY, "of_batch", using=OF_BATCH, command="SELECT"),
        policy(TALLY, "system", using=SYSTEM),
        *tally_triggers(
            "agencies_assignment", TALLY,
            [{"batch_id": "CASE WHEN withdrawn_at IS NULL THEN batch_id END", "state": "state"}],
        ),
        policy("providers_staffcertificate", "contracted", using=CONTRACTED, command="SELECT"),
        *tenant_table("agencies_obligation", REGION, parents=[CONTRACT]),
        policy("agencies_obligation", "provider_reads", using=PROVIDER, command="SELECT"),
        *tenant_table("agencies_obligationdelivery", REGION, PROVIDER, parents=[OBLIGATION]),
        *tenant_table("agencies_obligationacceptance", REGION, parents=[OBLIGATION]),
        policy(
            "agencies_obligationacceptance", "provider_reads", using=PROVIDER, command="SELECT"
        ),
        *tenant_table("agencies_paymentstage", REGION, parents=[CONTRACT]),
        *tenant_table(
            "agencies_paymentdecision", REGION,
            parents=[CONTRACT, ("stage_id", "agencies_paymentstage")],
        ),
        policy("agencies_paymentstage", "own", using=PROVIDER, command="SELECT"),
        policy(
            "agencies_paymentdecision", "own", command="SELECT",
            using=f"({PROVIDER} AND state = 'approved')",
        ),
        migrations.RunSQL(WITHIN, WITHOUT),
        migrations.RunSQL(DECIDED_STAYS, DECIDED_MOVES),
        *tenant_table("agencies_servicetie", REGION, PROVIDER, parents=[FIRM]),
        # Who chooses is not offered who advises it, so it reads its own ties.
        policy("agencies_servicetie", "own_firm", using=ENTERPRISE, command="SELECT"),
        *tenant_table("agencies_conflictreason", REGION, PROVIDER, parents=[BATCH, FIRM]),
    ]  # fmt: skip
