"""An endpoint and what was sent to it are its organisation's alone; the system hands out and sends."""

from django.db import migrations

from common.rls import OWN_ORG, SYSTEM, enable, fixed_columns, policy

OWN = f"org_id = {OWN_ORG} OR {SYSTEM}"


def _under(table: str, column: str, parent: str) -> migrations.RunSQL:
    """A new row hangs on a parent of the same organisation."""
    seen = f"EXISTS (SELECT 1 FROM {parent} p WHERE p.id = {table}.{column} AND p.org_id = {table}.org_id)"
    return policy(table, f"{column}_same", check=seen, command="INSERT", kind="RESTRICTIVE")


class Migration(migrations.Migration):
    dependencies = [("webhooks", "0001_endpoints"), ("audit", "0002_security")]
    operations = [
        enable("webhooks_endpoint"),
        policy("webhooks_endpoint", "own", using=OWN),
        fixed_columns("webhooks_endpoint", ["org_id"]),
        enable("webhooks_delivery"),
        policy("webhooks_delivery", "own", using=OWN),
        _under("webhooks_delivery", "endpoint_id", "webhooks_endpoint"),
        fixed_columns("webhooks_delivery", ["org_id", "endpoint_id", "event_id", "body"]),
        enable("webhooks_attempt"),
        policy("webhooks_attempt", "own", using=OWN),
        _under("webhooks_attempt", "delivery_id", "webhooks_delivery"),
        fixed_columns("webhooks_attempt", ["org_id", "delivery_id"]),
        enable("webhooks_position"),
        policy("webhooks_position", "system", using=SYSTEM),
    ]
