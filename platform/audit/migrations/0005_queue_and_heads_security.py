"""A trigger queues each act for its seal; what was published is read by all and never changed."""

from django.db import migrations

from common.rls import OWN_ORG, SYSTEM, append_only, enable, policy

# Runs as the owner: whoever appends an act can neither see the queue nor keep an act out of it.
QUEUE = """
CREATE FUNCTION audit_queue() RETURNS trigger LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = public AS $$
BEGIN
    INSERT INTO audit_unsealed (entry_id, agency_id) SELECT id, agency_id FROM added;
    RETURN NULL;
END $$
"""
TRIGGER = """
CREATE TRIGGER queue_for_seal AFTER INSERT ON audit_auditentry
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION audit_queue()
"""
# What was appended before there was a queue, and not yet sealed.
FILL = """
INSERT INTO audit_unsealed (entry_id, agency_id)
    SELECT e.id, e.agency_id FROM audit_auditentry e
    WHERE NOT EXISTS (SELECT 1 FROM audit_seal s WHERE s.entry_id = e.id)
"""


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0004_log_index"),
        ("common", "0001_runtime_role"),
    ]
    operations = [
        # An agency reads its whole chain, also acts that name no place in its region.
        policy("audit_auditentry", "own_chain", using=f"agency_id = {OWN_ORG}", command="SELECT"),
        enable("audit_unsealed"),
        policy("audit_unsealed", "sealer", using=SYSTEM),
        policy("audit_unsealed", "own_chain", using=f"agency_id = {OWN_ORG}", command="SELECT"),
        migrations.RunSQL(QUEUE, "DROP FUNCTION audit_queue"),
        migrations.RunSQL(TRIGGER, "DROP TRIGGER queue_for_seal ON audit_auditentry"),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        enable("audit_publishedday"),
        policy("audit_publishedday", "public", using="true", command="SELECT"),
        policy("audit_publishedday", "publisher", check=SYSTEM, command="INSERT"),
        append_only("audit_publishedday"),
        enable("audit_dailyhead"),
        policy("audit_dailyhead", "public", using="true", command="SELECT"),
        policy("audit_dailyhead", "publisher", check=SYSTEM, command="INSERT"),
        append_only("audit_dailyhead"),
    ]
