"""What makes organisations looks for tables in the schema alone: a temporary one of the same name is not its table."""

from django.db import migrations

ALTER = "ALTER FUNCTION tenancy_organization_for(text, text, text, boolean) SET search_path = {}"


class Migration(migrations.Migration):
    dependencies = [("tenancy", "0008_membership_identity")]
    operations = [
        migrations.RunSQL(ALTER.format("public, pg_temp"), ALTER.format("public")),
    ]
