from django.db import migrations


class Migration(migrations.Migration):
    """An evaluation names its scheme as a row; what it froze are its measures."""

    dependencies = [("scoring", "0011_recount_sorts")]
    operations = [
        migrations.RenameField("appraisal", "scheme", "scheme_version"),
        migrations.RenameField("appraisal", "frozen", "measures"),
    ]
