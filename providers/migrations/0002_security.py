"""Providers are known to all who signed in; an agency registers them.

Credentials are entered by the provider and seen by who registered it; a body's own are for
everybody. Decisions are everybody's to know once taken; reports once submitted; what comes before
is not.
"""

from django.db import migrations

from common.rls import (
    OWN_ORG,
    PROVIDER,
    REGION,
    SIGNED_IN,
    enable,
    fixed_columns,
    policy,
    tenant_table,
)

# The agency that registered a provider invites its first person.
INVITED = (
    f"invited_by_org_id = {OWN_ORG} AND EXISTS (SELECT 1 FROM providers_provider p "
    f"WHERE p.org_id = tenancy_invitation.org_id AND p.registered_by_id = {OWN_ORG})"
)
OWN_AGENCY = f"owner_agency_id = {OWN_ORG}"
OF_DECISION = ("decision_id", "providers_standingdecision")
FREEZE = """
CREATE TRIGGER submitted_stays BEFORE UPDATE OR DELETE ON providers_performancereport
    FOR EACH ROW WHEN (OLD.state = 'submitted') EXECUTE FUNCTION common_refuse_change();
CREATE TRIGGER decided_stays BEFORE DELETE ON providers_standingdecision
    FOR EACH ROW EXECUTE FUNCTION common_refuse_change();
"""
THAW = """
DROP TRIGGER decided_stays ON providers_standingdecision;
DROP TRIGGER submitted_stays ON providers_performancereport;
"""


class Migration(migrations.Migration):
    replaces = [
        ("providers", "0002_row_level_security"),
        ("providers", "0006_credentials_security"),
        ("providers", "0008_standing_security"),
    ]
    dependencies = [("providers", "0001_tables")]
    operations = [
        enable("providers_provider"),
        policy("providers_provider", "readable", using=SIGNED_IN, command="SELECT"),
        policy("providers_provider", "own", using=f"org_id = {OWN_ORG}", command="UPDATE"),
        policy(
            "providers_provider", "register", check=f"registered_by_id = {OWN_ORG}", command="INSERT"
        ),
        policy(
            "providers_provider", "registrar", using=f"registered_by_id = {OWN_ORG}", command="UPDATE"
        ),
        # Who registered it stays: its home region, and with it what it must tell elsewhere, rests on it.
        fixed_columns("providers_provider", ["org_id", "registered_by_id"]),
        policy("tenancy_invitation", "provider_registered", check=INVITED, command="INSERT"),
        *tenant_table("providers_qualification", REGION, PROVIDER),
        policy("providers_qualification", "known", using=SIGNED_IN, command="SELECT"),
        *tenant_table(
            "providers_staffcertificate", REGION, PROVIDER,
            parents=[("membership_id", "tenancy_membership")],
        ),
        *tenant_table("providers_providerrules", OWN_AGENCY),
        policy("providers_providerrules", "known", using=SIGNED_IN, command="SELECT"),
        *tenant_table("providers_standingdecision", OWN_AGENCY),
        policy(
            "providers_standingdecision", "told", command="SELECT",
            using=f"({PROVIDER} AND noticed_at IS NOT NULL)",
        ),
        policy(
            "providers_standingdecision", "known", command="SELECT",
            using=f"({SIGNED_IN} AND decided_at IS NOT NULL)",
        ),
        # The body says what it has to say and changes none of it; the agency answers.
        *tenant_table("providers_standingstatement", OWN_AGENCY, parents=[OF_DECISION]),
        policy("providers_standingstatement", "own_read", using=PROVIDER, command="SELECT"),
        policy("providers_standingstatement", "own_say", check=PROVIDER, command="INSERT"),
        *tenant_table(
            "providers_performancereport", PROVIDER, f"({REGION} AND submitted_at IS NOT NULL)"
        ),
        policy(
            "providers_performancereport", "known", command="SELECT",
            using=f"({SIGNED_IN} AND submitted_at IS NOT NULL)",
        ),
        enable("providers_performancereportpublication"),
        policy(
            "providers_performancereportpublication", "readable", using="true", command="SELECT"
        ),
        policy("providers_performancereportpublication", "own", using=PROVIDER),
        *tenant_table("providers_crossregionnotice", REGION, PROVIDER),
        migrations.RunSQL(FREEZE, THAW),
    ]  # fmt: skip
