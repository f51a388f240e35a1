"""A provider sees the jobs that it started itself; a regulator's name no provider."""

from django.db import migrations

from common.rls import PROVIDER, policy


class Migration(migrations.Migration):
    dependencies = [("workflow", "0002_row_level_security")]
    operations = [
        policy("workflow_job", "provider", using=PROVIDER),
        policy("workflow_jobpart", "provider", using=PROVIDER),
    ]
