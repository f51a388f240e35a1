"""Choosing: the agency keeps a round, an enterprise that was asked sees it and writes its own choice."""

from django.db import migrations

from common.rls import ENTERPRISE, REGION, append_only, policy, setting_id, tenant_table

FIRM_ORG = setting_id("enterprise_org")
ASKED = f"({ENTERPRISE} AND asked_at IS NOT NULL)"
# Which rounds an enterprise was asked in. A function, run as the owner, because the policies of
# rounds and of invites would go round in a circle.
ROUNDS_ASKED = f"""
CREATE FUNCTION agencies_rounds_asked() RETURNS SETOF bigint LANGUAGE sql STABLE
SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT round_id FROM agencies_choiceinvite
    WHERE enterprise_org_id = {FIRM_ORG} AND asked_at IS NOT NULL
$$
"""
IS_ASKED = "IN (SELECT agencies_rounds_asked())"
OWN_CHOICE = f"({ENTERPRISE} AND made_as = 'enterprise')"


class Migration(migrations.Migration):
    dependencies = [("agencies", "0015_choice_rounds")]
    operations = [
        migrations.RunSQL(ROUNDS_ASKED, "DROP FUNCTION agencies_rounds_asked"),
        *tenant_table("agencies_choiceround", REGION),
        *tenant_table(
            "agencies_choiceoffer", REGION,
            parents=[
                ("round_id", "agencies_choiceround"), ("contract_id", "agencies_servicecontract"),
            ],
        ),
        *tenant_table(
            "agencies_choiceinvite", REGION,
            parents=[
                ("round_id", "agencies_choiceround"), ("enterprise_id", "enterprises_enterprise"),
            ],
        ),
        *tenant_table(
            "agencies_providerchoice", REGION,
            parents=[
                ("invite_id", "agencies_choiceinvite"), ("offer_id", "agencies_choiceoffer"),
            ],
        ),
        policy("agencies_choiceround", "asked", using=f"(id {IS_ASKED})", command="SELECT"),
        policy(
            "agencies_choiceoffer", "asked", using=f"(round_id {IS_ASKED})", command="SELECT"
        ),
        policy("agencies_choiceinvite", "asked", using=ASKED, command="SELECT"),
        policy("agencies_choiceinvite", "chooses", using=ASKED, command="UPDATE"),
        policy("agencies_providerchoice", "own", using=ENTERPRISE, command="SELECT"),
        policy("agencies_providerchoice", "chooses", check=OWN_CHOICE, command="INSERT"),
        append_only("agencies_providerchoice"),
        # Who chooses is not offered who advises it, so it reads its own ties.
        policy("agencies_servicetie", "own_firm", using=ENTERPRISE, command="SELECT"),
    ]  # fmt: skip
