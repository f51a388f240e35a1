from datetime import datetime
from functools import partial

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import QuerySet

from enterprises.models import EnterpriseImport


def lists_over(before: datetime) -> QuerySet[EnterpriseImport]:
    """Return uploaded lists that were dealt with, or left lying, and whose file is still there."""
    return EnterpriseImport.objects.filter(uploaded_at__lt=before).exclude(file="")


def drop_lists(rows: QuerySet[EnterpriseImport]) -> int:
    """Take the files away once it is committed; what was imported from them stays."""
    for path in rows.values_list("file", flat=True):
        transaction.on_commit(partial(default_storage.delete, path))
    rows.filter(state=EnterpriseImport.State.DRAFT).update(state=EnterpriseImport.State.DROPPED)
    return rows.update(file="")
