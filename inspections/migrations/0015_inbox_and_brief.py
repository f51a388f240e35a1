from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """What inbox and weekly brief ask for: of the brief the days first, a week is small anywhere."""

    atomic = False
    dependencies = [("inspections", "0014_historical_hazards")]
    operations = [
        AddIndexConcurrently(
            "hazard",
            models.Index(
                fields=["closed_at", "region_code"],
                condition=models.Q(closed_at__isnull=False),
                name="hazard_closed",
            ),
        ),
        AddIndexConcurrently(
            "hazard",
            models.Index(
                fields=["provider_org"],
                condition=models.Q(severity="major", major_reported_at=None),
                name="hazard_unreported",
            ),
        ),
        AddIndexConcurrently(
            "visit", models.Index(fields=["arrived_at", "region_code"], name="visit_arrived")
        ),
        AddIndexConcurrently(
            "historicalhazard",
            models.Index(
                fields=["owner_agency"],
                condition=models.Q(state="open", ended_at=None),
                name="historical_open",
            ),
        ),
        AddIndexConcurrently(
            "fieldoperation",
            models.Index(
                fields=["member"],
                condition=models.Q(state__in=("refused", "conflict"), seen_at=None),
                name="operation_refused",
            ),
        ),
    ]
