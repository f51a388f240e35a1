"""The points of a file that was merged into another count there."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("enterprises", "0009_merged_files"),
        ("scoring", "0005_brief"),
    ]

    operations = [
        migrations.AddField(
            model_name="pointcycle",
            name="counts_in",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="counted",
                to="scoring.pointcycle",
                verbose_name="计入",
            ),
        ),
        migrations.AddIndex(
            model_name="pointcycle",
            index=models.Index(
                condition=models.Q(("counts_in__isnull", False)),
                fields=["counts_in"],
                name="point_cycle_counted",
            ),
        ),
    ]
