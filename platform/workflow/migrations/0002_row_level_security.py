"""Jobs and tasks belong to the agency's region, tasks also to who must see to them."""

from django.db import migrations

from common.rls import OWN_ORG, PROVIDER, REGION, tenant_table


class Migration(migrations.Migration):
    dependencies = [
        ("workflow", "0001_initial"),
        ("common", "0001_runtime_role"),
        ("tenancy", "0002_row_level_security"),
    ]
    operations = [
        *tenant_table("workflow_job", REGION),
        *tenant_table("workflow_jobpart", REGION, parents=[("job_id", "workflow_job")]),
        *tenant_table("workflow_worktask", REGION, PROVIDER, f"org_id_for = {OWN_ORG}"),
    ]
