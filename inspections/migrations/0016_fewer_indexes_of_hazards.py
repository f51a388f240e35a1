"""What other indexes begin with, and what nobody asks for, is not kept again."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("agencies", "0007_assignment_tally"),
        ("inspections", "0015_late_of_a_provider_and_open_signs"),
    ]

    operations = [
        migrations.AlterField(
            model_name="hazard",
            name="assignment",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="hazards",
                to="agencies.assignment",
                verbose_name="指派",
            ),
        ),
        migrations.AlterField(
            model_name="hazard",
            name="entry",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="inspections.libraryentry",
                verbose_name="隐患库",
            ),
        ),
    ]
