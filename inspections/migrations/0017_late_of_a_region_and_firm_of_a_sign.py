"""A region's late hazards, and the enterprise of a sign, by whose name signs are sorted."""

import django.db.models.deletion
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

FILL = """
    UPDATE inspections_sign SET enterprise_id = a.enterprise_id
    FROM agencies_assignment a WHERE a.id = assignment_id
"""


def _enterprise(**more: bool) -> models.ForeignKey:
    return models.ForeignKey(
        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+",
        to="enterprises.enterprise", verbose_name="企业", **more,
    )  # fmt: skip


class Migration(migrations.Migration):
    atomic = False
    dependencies = [
        ("enterprises", "0011_names_of_a_city"),
        ("inspections", "0016_fewer_indexes_of_hazards"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="hazard",
            index=models.Index(
                condition=models.Q(("is_overdue", True)),
                fields=["region_code", "due_on", "id"],
                name="hazard_late_of_region",
            ),
        ),
        migrations.AddField("sign", "enterprise", _enterprise(null=True)),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.AlterField("sign", "enterprise", _enterprise()),
    ]
