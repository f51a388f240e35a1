"""Corrections: the region's and the provider's; an enterprise reads one once it is applied.

What was asked for, and what stood there before, holds for good, whatever becomes of it.
"""

from django.db import migrations

from common.rls import ENTERPRISE, PROVIDER, REGION, tenant_table

CORRECTION, REOPENING = "inspections_hazardcorrection", "inspections_visitreopening"
WORDS = ("kind", "before", "after", "reason", "asked_at", "asked_by_id")


def _kept(table: str, condition: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"CREATE TRIGGER kept_words BEFORE UPDATE ON {table} FOR EACH ROW "
        f"WHEN ({condition}) EXECUTE FUNCTION common_refuse_change()",
        f"DROP TRIGGER kept_words ON {table}",
    )


class Migration(migrations.Migration):
    dependencies = [("inspections", "0012_corrections")]
    operations = [
        *tenant_table(
            CORRECTION, REGION, PROVIDER, f"({ENTERPRISE} AND applied_at IS NOT NULL)",
            parents=[("hazard_id", "inspections_hazard")],
        ),
        _kept(CORRECTION, " OR ".join(f"NEW.{w} IS DISTINCT FROM OLD.{w}" for w in WORDS)),
        *tenant_table(
            REOPENING, REGION, PROVIDER, parents=[("visit_id", "inspections_visit")]
        ),
        _kept(
            REOPENING,
            "NEW.reason IS DISTINCT FROM OLD.reason OR NEW.asked_at IS DISTINCT FROM OLD.asked_at "
            "OR (OLD.former <> '{}'::jsonb AND NEW.former IS DISTINCT FROM OLD.former)",
        ),
    ]  # fmt: skip
