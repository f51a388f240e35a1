"""A body that went into another: whoever acts for that one sees what belonged to both.

Policies and search functions that are there already compare with one body; they are written anew,
by their own text, to compare with all that are the actor's. A new installation makes them so.
"""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

from common.rls import setting_ids

POLICIES = f"""
DO $$
DECLARE
    found record;
    was text := 'enterprise_org_id = \\( SELECT \\(NULLIF\\(current_setting\\(''anfu\\.enterprise_org''::text, true\\), '
        || '''''::text\\)\\)::bigint AS "?nullif"?\\)';
    is_now text := 'enterprise_org_id = ANY ({setting_ids("enterprise_orgs").replace("'", "''")}::bigint[])';
    used text; checked text;
BEGIN
    FOR found IN SELECT * FROM pg_policies WHERE schemaname = 'public' LOOP
        -- A column of another table in a sub-select is the actor's own body and stays.
        used := regexp_replace(found.qual, '(?<![.])\\m' || was, is_now, 'g');
        checked := regexp_replace(found.with_check, '(?<![.])\\m' || was, is_now, 'g');
        IF used IS DISTINCT FROM found.qual THEN
            EXECUTE format('ALTER POLICY %I ON %I USING (%s)', found.policyname, found.tablename, used);
        END IF;
        IF checked IS DISTINCT FROM found.with_check THEN
            EXECUTE format(
                'ALTER POLICY %I ON %I WITH CHECK (%s)', found.policyname, found.tablename, checked
            );
        END IF;
    END LOOP;
END $$
"""
SEARCHES = f"""
DO $$
DECLARE
    found record;
    declared text := 'v_enterprise_orgs bigint[] := {setting_ids("enterprise_orgs").replace("'", "''")};';
BEGIN
    FOR found IN SELECT oid FROM pg_proc
        WHERE pronamespace = 'public'::regnamespace AND proname LIKE '%\\_search'
          AND prosrc LIKE '%v_enterprise_org %' AND prosrc NOT LIKE '%v_enterprise_orgs %'
    LOOP
        EXECUTE replace(
            replace(
                pg_get_functiondef(found.oid), 'enterprise_org_id = v_enterprise_org_id',
                'enterprise_org_id = ANY (v_enterprise_orgs)'
            ),
            'v_enterprise_org text :=', declared || ' v_enterprise_org text :='
        );
    END LOOP;
END $$
"""


class Migration(migrations.Migration):
    dependencies = [("tenancy", "0003_deputies_and_sendings")]
    operations = [
        migrations.AddField(
            model_name="organization",
            name="merged_into",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tenancy.organization",
                verbose_name="并入",
            ),
        ),
        migrations.AddField(
            model_name="organization",
            name="former_ids",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.BigIntegerField(),
                db_default=[],
                default=list,
                size=None,
                verbose_name="并入本单位的",
            ),
        ),
        migrations.RunSQL(POLICIES, migrations.RunSQL.noop),
        migrations.RunSQL(SEARCHES, migrations.RunSQL.noop),
    ]
