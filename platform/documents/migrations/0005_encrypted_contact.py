"""Personal data stands encrypted: columns as wide as a token. What stands in them follows apart."""

from django.db import migrations

from common.encrypted import EncryptedCharField


class Migration(migrations.Migration):
    dependencies = [("documents", "0004_seals_receipts_security")]
    operations = [
        migrations.AlterField(
            "deliveryconsent", "contact", EncryptedCharField("送达方式", max_length=100)
        ),
    ]
