"""Who has a contract with a provider sees its people's certificates."""

from django.db import migrations

from common.rls import policy

CONTRACTED = (
    "EXISTS (SELECT 1 FROM agencies_servicecontract c "
    "WHERE c.provider_org_id = providers_staffcertificate.provider_org_id)"
)


class Migration(migrations.Migration):
    dependencies = [
        ("agencies", "0007_assignment_tally"),
        ("providers", "0006_credentials_security"),
    ]
    operations = [
        policy("providers_staffcertificate", "contracted", using=CONTRACTED, command="SELECT"),
    ]
