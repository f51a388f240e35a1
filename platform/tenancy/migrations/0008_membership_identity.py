"""By whom an agency's own identity provider knows a person."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tenancy", "0007_close_phones")]

    operations = [
        migrations.AddField(
            model_name="membership",
            name="identity",
            field=models.CharField(
                blank=True, default="", max_length=191, verbose_name="统一认证账号"
            ),
            preserve_default=False,
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at", None), models.Q(("identity", ""), _negated=True)),
                fields=("org", "role", "identity"),
                name="membership_identity_once_while_active",
            ),
        ),
    ]
