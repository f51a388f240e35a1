"""The names that were there before, put where a search looks."""

from typing import Any

from django.db import migrations

from common.pinyin import name_words
from common.search import fill_words


def _member(row: Any) -> str:
    return name_words(row.name)


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("inspections", "0008_people_in_search")]
    operations = [fill_words("inspections", "TeamMember", _member)]
