"""What is waiting for a first visit, by provider."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("agencies", "0005_phase_gate_constraints"),
        ("enterprises", "0006_risk_point_security"),
        ("tenancy", "0005_names_in_remedies"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="assignment",
            index=models.Index(
                condition=models.Q(("state", "waiting"), ("withdrawn_at", None)),
                fields=["provider_org"],
                name="assignment_waiting",
            ),
        ),
    ]
