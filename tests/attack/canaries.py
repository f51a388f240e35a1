"""What must not come back: words and ids that stand in the victim's rows and in no other's."""

import io
import zipfile
from collections.abc import Iterable, Iterator
from functools import lru_cache

from django.apps import apps
from django.db import models

from common.scope import acting_as
from tenancy.actors import SYSTEM
from tenancy.models import TenantModel
from tests.attack.people import Victim

SHORTEST = 4  # characters of a word that tells whose it is
TEXT = (models.CharField, models.TextField, models.UUIDField, models.EmailField)


def tenant_models() -> list[type[TenantModel]]:
    """Return every model whose rows belong to somebody."""
    found = [m for m in apps.get_models() if issubclass(m, TenantModel) and not m._meta.abstract]
    return sorted(found, key=lambda m: m._meta.db_table)


def _words(model: type[TenantModel], **whose: int) -> Iterator[str]:
    names = [
        f.attname
        for f in model._meta.concrete_fields
        if isinstance(f, TEXT) or (f.is_relation and isinstance(f.target_field, models.UUIDField))
    ]
    rows = model._default_manager.filter(**whose).values_list(*names)
    for row in rows.iterator() if names else ():
        for value in row:
            text = str(value or "")
            if len(text) >= SHORTEST:
                yield text


def _columns(model: type[TenantModel]) -> set[str]:
    return {f.attname for f in model._meta.concrete_fields}


@lru_cache(maxsize=256)
def _all_words(column: str, value: int) -> tuple[frozenset[str], frozenset[str]]:
    """Return (words of rows with this value, words of all other rows)."""
    own: set[str] = set()
    others: set[str] = set()
    with acting_as(SYSTEM):
        for model in tenant_models():
            if column not in _columns(model):
                continue
            own.update(_words(model, **{column: value}))
            rest = model._default_manager.exclude(**{column: value})
            for lowest in rest.values_list(column, flat=True).distinct():
                key = {f"{column}__isnull": True} if lowest is None else {column: lowest}
                others.update(_words(model, **key))
    return frozenset(own), frozenset(others)


def canaries(victim: Victim) -> frozenset[str]:
    """Return what tells that a response holds something of the victim's."""
    if not victim.column:
        return victim.words
    own, others = _all_words(victim.column, victim.value)
    return own - others


def uncovered(victim: Victim) -> list[str]:
    """Return tables in which the victim has rows of which no word would tell whose they are."""
    found, missing = canaries(victim), []
    with acting_as(SYSTEM):
        for model in tenant_models():
            if victim.column not in _columns(model):
                continue
            words = set(_words(model, **{victim.column: victim.value}))
            if words and not words & found:
                missing.append(model._meta.db_table)
    return missing


def leaked(content: bytes, watched: Iterable[str], sent: str = "") -> list[str]:
    """Return what of `watched` stands in a response, but for what the request itself said."""
    text = "\n".join(_texts(content))
    return [word for word in watched if word in text and word not in sent]


def _texts(content: bytes) -> Iterator[str]:
    if content[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for name in archive.namelist():
                yield from _texts(archive.read(name))
    else:
        yield content.decode("utf-8", errors="replace")
