"""Close what stands readable in the encrypted columns; interrupted, it goes on where it was."""

from django.db import migrations

from common.encrypted import encrypt_again


def close(apps, schema_editor):
    encrypt_again("documents_deliveryconsent", "id", "contact")


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("documents", "0005_encrypted_contact")]
    operations = [migrations.RunPython(close, elidable=True)]
