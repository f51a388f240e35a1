"""Anybody may append an act; nobody changes one; who reads it: the region, the organisation."""

from django.db import migrations

from common.rls import REGION, SYSTEM, append_only, enable, policy, setting, setting_id


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0001_initial"),
        ("common", "0001_runtime_role"),
    ]
    operations = [
        enable("audit_auditentry"),
        policy("audit_auditentry", "append", check="true", command="INSERT"),
        policy(
            "audit_auditentry",
            "readable",
            using=f"{REGION} OR org_id = {setting_id('org_id')}",
            command="SELECT",
        ),
        append_only("audit_auditentry"),
        enable("audit_seal"),
        policy("audit_seal", "sealer", check=SYSTEM, command="INSERT"),
        policy("audit_seal", "readable", using=f"{setting('region_lo')} <> ''", command="SELECT"),
        append_only("audit_seal"),
    ]
