"""Counts of assignments by batch and phase, kept by triggers; whoever sees the batch reads them."""

import django.db.models.deletion
from django.db import migrations, models

from common.rls import SYSTEM, enable, policy
from common.tally import tally_triggers

TALLY = "agencies_assignmenttally"
OF_BATCH = "EXISTS (SELECT 1 FROM agencies_servicebatch b WHERE b.id = batch_id)"


class Migration(migrations.Migration):
    dependencies = [("agencies", "0006_long_lists")]
    operations = [
        migrations.CreateModel(
            name="AssignmentTally",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("state", models.CharField(max_length=12, verbose_name="阶段")),
                ("number", models.BigIntegerField(verbose_name="增减")),
                (
                    "batch",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="tallies",
                        to="agencies.servicebatch",
                    ),
                ),
            ],
            options={
                "verbose_name": "指派数",
                "verbose_name_plural": "指派数",
            },
        ),
        enable(TALLY),
        policy(TALLY, "of_batch", using=OF_BATCH, command="SELECT"),
        policy(TALLY, "system", using=SYSTEM),
        *tally_triggers(
            "agencies_assignment",
            TALLY,
            [
                {
                    "batch_id": "CASE WHEN withdrawn_at IS NULL THEN batch_id END",
                    "state": "state",
                }
            ],
        ),
    ]
