"""A paper is seen by its region, its provider and the enterprise it was issued to.

Seals and Word forms are their organisation's own; a receipt is seen by whoever sees the paper.
"""

from django.db import migrations

from common.rls import (
    ENTERPRISE,
    OWN_ORG,
    PROVIDER,
    REGION,
    append_only,
    enable,
    policy,
    tenant_table,
)

OWN = f"org_id = {OWN_ORG}"
# Workers lay the seal as the system working for one agency; the provider's papers are its agency's.
SEAL_OF_PAPER = "EXISTS (SELECT 1 FROM documents_document d WHERE d.issuer_org_id = {table}.org_id)"
# What anybody who holds a paper may learn of it: that it was issued, by whom, and its hashes. It
# looks for tables in the schema alone: a temporary one of the same name is not its table.
CHECK = """
CREATE FUNCTION documents_check(code text) RETURNS TABLE (
    kind text, format text, number text, issuer text, issued_at timestamptz,
    content_sha256 text, file_sha256 text, state text, is_training boolean
) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT d.kind, d.format, d.number, o.name, d.issued_at,
           d.content_sha256, d.file_sha256, d.state, o.is_training
    FROM documents_document d JOIN tenancy_organization o ON o.id = d.issuer_org_id
    WHERE d.check_code = code
$$
"""


class Migration(migrations.Migration):
    replaces = [
        ("documents", "0002_row_level_security"),
        ("documents", "0004_seals_receipts_security"),
    ]
    dependencies = [("documents", "0001_tables")]
    operations = [
        enable("documents_numberseries"),
        policy("documents_numberseries", "own", using=f"issuer_org_id = {OWN_ORG}"),
        *tenant_table("documents_document", REGION, PROVIDER, ENTERPRISE),
        migrations.RunSQL(CHECK, "DROP FUNCTION documents_check"),
        enable("documents_seal"),
        policy("documents_seal", "own", using=OWN),
        policy(
            "documents_seal",
            "of_paper",
            using=SEAL_OF_PAPER.format(table="documents_seal"),
            command="SELECT",
        ),
        enable("documents_sealapproval"),
        policy("documents_sealapproval", "own", using=OWN),
        policy(
            "documents_sealapproval",
            "of_paper",
            using=SEAL_OF_PAPER.format(table="documents_sealapproval"),
            command="SELECT",
        ),
        enable("documents_wordtemplate"),
        policy("documents_wordtemplate", "own", using=OWN),
        *tenant_table("documents_deliveryconsent", REGION, ENTERPRISE),
        *tenant_table(
            "documents_receipt",
            REGION,
            PROVIDER,
            ENTERPRISE,
            parents=[("document_id", "documents_document")],
        ),
        append_only("documents_receipt"),
    ]
