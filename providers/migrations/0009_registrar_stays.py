"""Who registered a provider stays: its home region, and with it what it must tell elsewhere, rests on it."""

from django.db import migrations

from common.rls import fixed_columns


class Migration(migrations.Migration):
    dependencies = [("providers", "0008_standing_security")]
    operations = [fixed_columns("providers_provider", ["org_id", "registered_by_id"])]
