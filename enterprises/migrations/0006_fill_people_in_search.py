"""The names that were there before, put where a search looks."""

from typing import Any

from django.db import migrations

from common.pinyin import name_words, search_words
from common.search import fill_words


def _firm(row: Any) -> str:
    words = (search_words(row.name), name_words(row.principal_name), row.credit_code)
    return " ".join(filter(None, words))


def _holder(row: Any) -> str:
    return name_words(row.holder_name)


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("enterprises", "0005_people_in_search")]
    operations = [
        fill_words("enterprises", "Enterprise", _firm),
        fill_words("enterprises", "SpecialOperationCertificate", _holder),
    ]
