"""Close what stands readable in the encrypted columns; interrupted, it goes on where it was."""

from django.db import migrations

from common.encrypted import encrypt_again


def close(apps, schema_editor):
    encrypt_again("enterprises_enterprise", "id", "phone")


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("enterprises", "0007_encrypted_phones")]
    operations = [migrations.RunPython(close, elidable=True)]
