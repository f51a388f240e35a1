"""A firm reads the rounds in which its former bodies were asked."""

from django.db import migrations

from common.rls import ENTERPRISE, setting_id

ROUNDS_ASKED = """
CREATE OR REPLACE FUNCTION agencies_rounds_asked() RETURNS SETOF bigint LANGUAGE sql STABLE
SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT round_id FROM agencies_choiceinvite WHERE {whose} AND asked_at IS NOT NULL
$$
"""
ONE = f"enterprise_org_id = {setting_id('enterprise_org')}"


class Migration(migrations.Migration):
    dependencies = [("agencies", "0008_inbox_and_brief"), ("tenancy", "0004_former_bodies")]
    operations = [
        migrations.RunSQL(ROUNDS_ASKED.format(whose=ENTERPRISE), ROUNDS_ASKED.format(whose=ONE))
    ]
