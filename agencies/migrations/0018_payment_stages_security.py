"""Payment: the agency decides, the provider reads stages and what was approved; nothing decided changes."""

from django.db import migrations

from common.rls import PROVIDER, REGION, policy, tenant_table

CONTRACT = ("contract_id", "agencies_servicecontract")
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
    dependencies = [("agencies", "0017_payment_stages")]
    operations = [
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
    ]  # fmt: skip
