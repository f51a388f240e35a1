"""Whoever acts for a firm reads what its former bodies were told."""

from django.db import migrations

from common.rls import ENTERPRISE_ORGS, OWN_ORG

OWN = f"org_id = {OWN_ORG}"
OF_BOTH = f"{OWN} OR org_id = ANY ({ENTERPRISE_ORGS})"


def _using(name: str) -> migrations.RunSQL:
    change = f"ALTER POLICY {name} ON notifications_notification USING "
    return migrations.RunSQL(f"{change}({OF_BOTH})", f"{change}({OWN})")


class Migration(migrations.Migration):
    dependencies = [("notifications", "0003_unread"), ("tenancy", "0004_former_bodies")]
    operations = [_using("own"), _using("read")]
