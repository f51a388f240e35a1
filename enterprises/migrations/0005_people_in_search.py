"""People are found by name and pinyin initials: who leads an enterprise, who holds a certificate."""

from django.db import migrations, models

from common.rls import ENTERPRISE, OWN_ORG, REGION
from common.search import search_index

OPENED = (
    "enterprise_id IN (SELECT g.subject_id FROM tenancy_grant g "
    f"WHERE g.org_id = {OWN_ORG} AND g.ended_at IS NULL)"
)


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("enterprises", "0004_claim_codes")]
    operations = [
        migrations.AlterField(
            "enterprise", "search_text", models.CharField(editable=False, max_length=350)
        ),
        migrations.AddField(
            "specialoperationcertificate",
            "search_text",
            models.CharField(editable=False, max_length=90, default=""),
            preserve_default=False,
        ),
        *search_index(
            "enterprises_specialoperationcertificate",
            "search_text",
            f"{REGION} OR {ENTERPRISE} OR {OPENED}",
            where="removed_at IS NULL",
        ),
    ]
