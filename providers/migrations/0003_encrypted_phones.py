"""Personal data stands encrypted: columns as wide as a token. What stands in them follows apart."""

from django.db import migrations

from common.encrypted import EncryptedCharField


class Migration(migrations.Migration):
    dependencies = [("providers", "0002_row_level_security")]
    operations = [
        migrations.AlterField(
            "provider", "phone", EncryptedCharField("联系电话", max_length=60, blank=True)
        ),
    ]
