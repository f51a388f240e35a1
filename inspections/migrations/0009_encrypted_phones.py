"""Personal data stands encrypted: columns as wide as a token. What stands in them follows apart."""

from django.db import migrations

from common.encrypted import EncryptedCharField


class Migration(migrations.Migration):
    dependencies = [("inspections", "0008_photo_match")]
    operations = [
        migrations.AlterField(
            "meetingattendance", "phone", EncryptedCharField("联系电话", max_length=30, blank=True)
        ),
    ]
