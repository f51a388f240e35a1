"""Personal data stands encrypted: columns as wide as a token. What stands in them follows apart."""

from django.db import migrations

from common.encrypted import EncryptedCharField


class Migration(migrations.Migration):
    dependencies = [("tenancy", "0005_names_in_remedies")]
    operations = [
        migrations.AlterField(
            "membership", "phone", EncryptedCharField("联系电话", max_length=30, blank=True)
        ),
        migrations.AlterField(
            "invitation", "phone", EncryptedCharField("联系电话", max_length=30, blank=True)
        ),
    ]
