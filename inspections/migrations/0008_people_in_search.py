"""The people of a team are found by name and pinyin initials."""

from django.db import migrations, models

from common.rls import PROVIDER, REGION
from common.search import search_index


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("inspections", "0007_search")]
    operations = [
        migrations.AddField(
            "teammember",
            "search_text",
            models.CharField(editable=False, max_length=90, default=""),
            preserve_default=False,
        ),
        *search_index(
            "inspections_teammember", "search_text", f"{REGION} OR {PROVIDER}", key="uuid"
        ),
    ]
