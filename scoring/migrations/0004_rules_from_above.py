"""A sub-district reads the rule book of the region above it, and writes none but its own."""

from django.db import migrations

from common.rls import ABOVE, REGION, policy

TABLES = ("scoring_rulebook", "scoring_ruleclause")


def _drop(table: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        [f"DROP POLICY in_region ON {table}"],
        [f"CREATE POLICY in_region ON {table} FOR ALL USING ({REGION} OR {ABOVE})"],
    )


class Migration(migrations.Migration):
    dependencies = [("scoring", "0003_long_lists")]
    operations = [
        operation
        for table in TABLES
        for operation in (
            _drop(table),
            policy(table, "in_region", using=REGION),
            policy(table, "from_above", using=ABOVE, command="SELECT"),
        )
    ]
