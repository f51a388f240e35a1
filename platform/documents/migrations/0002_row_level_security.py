"""A paper is seen by its region, its provider and the enterprise it was issued to."""

from django.db import migrations

from common.rls import ENTERPRISE, OWN_ORG, PROVIDER, REGION, enable, policy, tenant_table

# What anybody who holds a paper may learn of it: that it was issued, by whom, and its hashes.
CHECK = """
CREATE FUNCTION documents_check(code text) RETURNS TABLE (
    kind text, format text, number text, issuer text, issued_at timestamptz,
    content_sha256 text, file_sha256 text, state text, is_training boolean
) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
    SELECT d.kind, d.format, d.number, o.name, d.issued_at,
           d.content_sha256, d.file_sha256, d.state, o.is_training
    FROM documents_document d JOIN tenancy_organization o ON o.id = d.issuer_org_id
    WHERE d.check_code = code
$$
"""


class Migration(migrations.Migration):
    dependencies = [
        ("documents", "0001_initial"),
        ("common", "0001_runtime_role"),
        ("tenancy", "0002_row_level_security"),
    ]
    operations = [
        enable("documents_numberseries"),
        policy("documents_numberseries", "own", using=f"issuer_org_id = {OWN_ORG}"),
        *tenant_table("documents_document", REGION, PROVIDER, ENTERPRISE),
        migrations.RunSQL(CHECK, "DROP FUNCTION documents_check"),
    ]
