"""Seals and Word forms are their organisation's own; a receipt is seen by whoever sees the paper."""

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


class Migration(migrations.Migration):
    dependencies = [("documents", "0003_seals_receipts_signatures")]
    operations = [
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
