"""Who sees organisations, people and grants; and the one function that makes organisations."""

from django.db import migrations

from common.rls import OWN_ORG, OWN_USER, REGION, SIGNED_IN, SYSTEM, enable, policy

INVITED = f"org_id = {OWN_ORG} OR invited_by_org_id = {OWN_ORG}"

# One body per credit code in the whole system. Runs as the owner, so that a firm that another
# region knows is found without being shown; an agency makes enterprises and providers, nobody else.
# It looks for tables in the schema alone: a temporary one of the same name is not its table.
ORGANIZATION_FOR = """
CREATE FUNCTION tenancy_organization_for(
    wanted_kind text, wanted_name text, code text, training boolean,
    OUT found_id bigint, OUT found_kind text
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF coalesce(current_setting('anfu.region_lo', true), '') = ''
       OR wanted_kind NOT IN ('enterprise', 'provider') THEN
        RAISE EXCEPTION 'only an agency makes organisations' USING ERRCODE = '42501';
    END IF;
    INSERT INTO tenancy_organization (kind, name, credit_code, is_training, created_at)
    VALUES (wanted_kind, wanted_name, code, training, now())
    ON CONFLICT (credit_code) DO NOTHING;
    SELECT o.id, o.kind INTO found_id, found_kind FROM tenancy_organization o WHERE o.credit_code = code;
END $$
"""


class Migration(migrations.Migration):
    replaces = [
        ("tenancy", "0002_row_level_security"),
        ("tenancy", "0004_officer_certificate_security"),
        ("tenancy", "0009_no_temporary_tables"),
    ]
    dependencies = [("tenancy", "0001_tables")]
    operations = [
        enable("tenancy_organization"),
        policy(
            "tenancy_organization",
            "readable",
            using=f"id = {OWN_ORG} OR (kind IN ('agency', 'provider') AND {SIGNED_IN})",
            command="SELECT",
        ),
        # Whoever picks one of his memberships must see where it is, before he has picked it.
        policy(
            "tenancy_organization",
            "member",
            using=f"id IN (SELECT m.org_id FROM tenancy_membership m WHERE m.{OWN_USER[1:-1]})",
            command="SELECT",
        ),
        migrations.RunSQL(ORGANIZATION_FOR, "DROP FUNCTION tenancy_organization_for"),
        policy("tenancy_organization", "system", using=SYSTEM),
        enable("tenancy_agency"),
        policy("tenancy_agency", "system", using=SYSTEM),
        policy("tenancy_agency", "readable", using=SIGNED_IN, command="SELECT"),
        policy("tenancy_agency", "own_region", using=REGION, command="UPDATE"),
        enable("tenancy_membership"),
        policy("tenancy_membership", "own", using=f"{OWN_USER} OR org_id = {OWN_ORG}"),
        policy("tenancy_membership", "system", using=SYSTEM),
        enable("tenancy_invitation"),
        policy("tenancy_invitation", "own", using=INVITED, command="SELECT"),
        policy("tenancy_invitation", "answer", using=INVITED, command="UPDATE"),
        policy("tenancy_invitation", "invite", check=f"org_id = {OWN_ORG}", command="INSERT"),
        policy("tenancy_invitation", "system", using=SYSTEM),
        enable("tenancy_grant"),
        policy("tenancy_grant", "own", using=f"org_id = {OWN_ORG}", command="SELECT"),
        policy("tenancy_grant", "region", using=REGION),
        enable("tenancy_calendarday"),
        policy("tenancy_calendarday", "readable", using=SIGNED_IN, command="SELECT"),
        policy("tenancy_calendarday", "own", using=f"agency_id = {OWN_ORG}"),
        # An organisation keeps its own officers' certificates.
        enable("tenancy_officercertificate"),
        policy("tenancy_officercertificate", "own", using=f"org_id = {OWN_ORG}"),
        policy("tenancy_officercertificate", "system", using=SYSTEM),
    ]
