"""The library: its agency keeps it, a provider reads its own entries, an enterprise what it may choose from."""

from django.db import migrations

from common.rls import PROVIDER, REGION, append_only, policy, setting_id, tenant_table

FIRM_ORG = setting_id("enterprise_org")


def _of_own_agency(table: str) -> str:
    """An enterprise reads the library of the agency that keeps its file."""
    return (
        f"({FIRM_ORG} IS NOT NULL AND EXISTS (SELECT 1 FROM enterprises_enterprise e WHERE "
        f"e.enterprise_org_id = {FIRM_ORG} AND e.owner_agency_id = {table}.owner_agency_id))"
    )


# Classes say nothing of anybody: every provider reads them. (By its entries it could not: the
# policies of both tables would go round in a circle.)
ANY_PROVIDER = f"({setting_id('provider_org')} IS NOT NULL)"


class Migration(migrations.Migration):
    dependencies = [
        ("agencies", "0013_provider_library"),
        ("enterprises", "0002_row_level_security"),
    ]
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
    ]  # fmt: skip
