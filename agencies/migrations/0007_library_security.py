"""The library: its agency keeps it, a provider reads its own entries, an enterprise what it may choose from.

Choosing: the agency keeps a round, an enterprise that was asked sees it and writes its own choice.
"""

from django.db import migrations

from common.rls import ENTERPRISE, PROVIDER, REGION, append_only, policy, setting_id, tenant_table

FIRM_ORG = setting_id("enterprise_org")
ROUND = ("round_id", "agencies_choiceround")


def _of_own_agency(table: str) -> str:
    """An enterprise reads the library of the agency that keeps its file."""
    return (
        f"({FIRM_ORG} IS NOT NULL AND EXISTS (SELECT 1 FROM enterprises_enterprise e WHERE "
        f"e.enterprise_org_id = {FIRM_ORG} AND e.owner_agency_id = {table}.owner_agency_id))"
    )


# Classes say nothing of anybody: every provider reads them. (By its entries it could not: the
# policies of both tables would go round in a circle.)
ANY_PROVIDER = f"({setting_id('provider_org')} IS NOT NULL)"
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
    replaces = [
        ("agencies", "0014_provider_library_security"),
        ("agencies", "0016_choice_rounds_security"),
    ]
    dependencies = [("agencies", "0006_contract_security")]
    operations = [
        *tenant_table("agencies_libraryclass", REGION),
        *tenant_table(
            "agencies_libraryprovider", REGION,
            parents=[("business_class_id", "agencies_libraryclass")],
        ),
        *tenant_table(
            "agencies_librarychange", REGION, parents=[("entry_id", "agencies_libraryprovider")]
        ),
        policy("agencies_libraryclass", "providers", using=ANY_PROVIDER, command="SELECT"),
        policy(
            "agencies_libraryclass", "chooser", command="SELECT",
            using=_of_own_agency("agencies_libraryclass"),
        ),
        policy("agencies_libraryprovider", "own", using=PROVIDER, command="SELECT"),
        policy(
            "agencies_libraryprovider", "chooser", command="SELECT",
            using=f"(state = 'active' AND {_of_own_agency('agencies_libraryprovider')})",
        ),
        policy("agencies_librarychange", "own", using=PROVIDER, command="SELECT"),
        append_only("agencies_librarychange"),
        migrations.RunSQL(ROUNDS_ASKED, "DROP FUNCTION agencies_rounds_asked"),
        *tenant_table("agencies_choiceround", REGION),
        *tenant_table(
            "agencies_choiceoffer", REGION,
            parents=[ROUND, ("contract_id", "agencies_servicecontract")],
        ),
        *tenant_table(
            "agencies_choiceinvite", REGION,
            parents=[ROUND, ("enterprise_id", "enterprises_enterprise")],
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
    ]  # fmt: skip
