"""What queues acts for their seal looks for tables in the schema alone: a temporary one of the same name is not its table."""

from django.db import migrations

ALTER = "ALTER FUNCTION audit_queue() SET search_path = {}"


class Migration(migrations.Migration):
    dependencies = [("audit", "0005_queue_and_heads_security")]
    operations = [
        migrations.RunSQL(ALTER.format("public, pg_temp"), ALTER.format("public")),
    ]
