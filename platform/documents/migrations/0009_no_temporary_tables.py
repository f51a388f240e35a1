"""What checks a paper looks for tables in the schema alone: a temporary one of the same name is not its table."""

from django.db import migrations

ALTER = "ALTER FUNCTION documents_check(text) SET search_path = {}"


class Migration(migrations.Migration):
    dependencies = [("documents", "0008_search_index")]
    operations = [
        migrations.RunSQL(ALTER.format("public, pg_temp"), ALTER.format("public")),
    ]
