"""An organisation keeps its own officers' certificates; its region's superiors may read them."""

from django.db import migrations

from common.rls import OWN_ORG, SYSTEM, enable, policy


class Migration(migrations.Migration):
    dependencies = [("tenancy", "0003_officer_certificate")]
    operations = [
        enable("tenancy_officercertificate"),
        policy("tenancy_officercertificate", "own", using=f"org_id = {OWN_ORG}"),
        policy("tenancy_officercertificate", "system", using=SYSTEM),
    ]
