"""Anybody may append an act; nobody changes one; who reads it: the region, the organisation.

A trigger queues each act for its seal; what was published is read by all and never changed.
"""

from django.db import migrations

from common.rls import OWN_ORG, REGION, SYSTEM, append_only, enable, policy, setting, setting_id

# Runs as the owner: whoever appends an act can neither see the queue nor keep an act out of it. It
# looks for tables in the schema alone: a temporary one of the same name is not its table.
QUEUE = """
CREATE FUNCTION audit_queue() RETURNS trigger LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO audit_unsealed (entry_id, agency_id) SELECT id, agency_id FROM added;
    RETURN NULL;
END $$
"""
TRIGGER = """
CREATE TRIGGER queue_for_seal AFTER INSERT ON audit_auditentry
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION audit_queue()
"""


class Migration(migrations.Migration):
    replaces = [
        ("audit", "0002_row_level_security"),
        ("audit", "0005_queue_and_heads_security"),
    ]
    dependencies = [("audit", "0001_tables")]
    operations = [
        enable("audit_auditentry"),
        policy("audit_auditentry", "append", check="true", command="INSERT"),
        policy(
            "audit_auditentry",
            "readable",
            using=f"{REGION} OR org_id = {setting_id('org_id')}",
            command="SELECT",
        ),
        # An agency reads its whole chain, also acts that name no place in its region.
        policy("audit_auditentry", "own_chain", using=f"agency_id = {OWN_ORG}", command="SELECT"),
        append_only("audit_auditentry"),
        enable("audit_seal"),
        policy("audit_seal", "sealer", check=SYSTEM, command="INSERT"),
        policy("audit_seal", "readable", using=f"{setting('region_lo')} <> ''", command="SELECT"),
        append_only("audit_seal"),
        enable("audit_unsealed"),
        policy("audit_unsealed", "sealer", using=SYSTEM),
        policy("audit_unsealed", "own_chain", using=f"agency_id = {OWN_ORG}", command="SELECT"),
        migrations.RunSQL(QUEUE, "DROP FUNCTION audit_queue"),
        migrations.RunSQL(TRIGGER, "DROP TRIGGER queue_for_seal ON audit_auditentry"),
        enable("audit_publishedday"),
        policy("audit_publishedday", "public", using="true", command="SELECT"),
        policy("audit_publishedday", "publisher", check=SYSTEM, command="INSERT"),
        append_only("audit_publishedday"),
        enable("audit_dailyhead"),
        policy("audit_dailyhead", "public", using="true", command="SELECT"),
        policy("audit_dailyhead", "publisher", check=SYSTEM, command="INSERT"),
        append_only("audit_dailyhead"),
    ]
