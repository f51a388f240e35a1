"""What must not come back: ids and codes that stand in the victim's rows and in no other's, and marks.

`plant` writes a mark into everything people wrote of a victim's, so that even a sentence that both
tenants have would give itself away.
"""

import html
import io
import re
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import unquote

from django.db import DatabaseError, models, transaction
from django.db.models import Model
from pypdf import PdfReader

from common.encrypted import EncryptedCharField
from common.scope import acting_as
from tests.attack import whose
from tests.attack.owner import owner

SHORTEST = 8  # characters of a word that tells whose it is
TEXT = (models.CharField, models.TextField, models.UUIDField)
ROOMY = 40  # characters of a column into which a mark still fits
DIGITS = "甲乙丙丁戊己庚辛壬癸"


def mark(value: int) -> str:
    """Return a word that nobody but the organisation `value` has."""
    return "饕餮" + "".join(DIGITS[int(digit)] for digit in str(value))


def number(value: int) -> str:
    """Return a telephone number that nobody else has."""
    return f"199{value:08d}"


def plant(column: str, value: int) -> int:
    """Write the mark into a victim's rows: behind what people wrote, and as its telephone numbers.

    What a trigger or a rule refuses stays as it is. Return the number of rows that were marked.
    """
    marked = 0
    with acting_as(whose.Eyes(value)):
        for model in whose.all_models():
            if column not in whose.columns_of(model):
                continue
            rows = model._default_manager.filter(**{column: value})
            for field in model._meta.concrete_fields:
                if isinstance(field, EncryptedCharField):
                    marked += _tried(rows, {field.attname: number(value)})
                elif _is_written(field):
                    longer = models.functions.Concat(field.attname, models.Value(mark(value)))
                    written = rows.filter(**{f"{field.attname}__regex": "[一-龥]"})
                    marked += _tried(written, {field.attname: longer})
    return marked


def _is_written(field: Any) -> bool:
    """Whether people write sentences into a column."""
    plain = isinstance(field, models.CharField | models.TextField)
    return plain and not field.choices and not field.unique and (field.max_length or 999) > ROOMY


def _tried(rows: Any, values: Mapping[str, Any]) -> int:
    try:
        with transaction.atomic():
            return int(rows.update(**values))
    except DatabaseError:
        return 0


@lru_cache(maxsize=16)
def words_by_table(column: str, value: int) -> Mapping[str, frozenset[str]]:
    """Return {table: words of the victim's rows that stand in nobody else's}, in a victim's tables."""
    own: dict[str, set[str]] = defaultdict(set)
    others: set[str] = set()
    known = whose.conditions(column, value)
    with owner() as cursor:
        for model in whose.all_models():
            table = model._meta.db_table
            mine = known.get(table, "false")
            shared = whose.SHARED.get(table, "false")
            own[table] = _words(cursor, model, f"({mine}) IS TRUE AND NOT ({shared})")
            others |= _words(cursor, model, f"({mine}) IS NOT TRUE OR ({shared})")
    return {table: frozenset(words - others) for table, words in own.items() if words}


def _words(cursor: Any, model: type[Model], where: str) -> set[str]:
    found: set[str] = set()
    for field in model._meta.concrete_fields:
        kind = field.target_field if field.is_relation else field
        if isinstance(kind, TEXT) and not isinstance(kind, EncryptedCharField):
            cursor.execute(
                f"SELECT DISTINCT t.{field.column}::text FROM {model._meta.db_table} t WHERE {where}"
            )
            found.update(text for (text,) in cursor.fetchall() if _tells(text or ""))
    return found


def _tells(text: str) -> bool:
    """Whether a text is an id, a hash or a code. What people wrote bears the mark instead: the same
    words may stand in anybody's rows, and a mere number may be the id of something public."""
    is_code = len(text) >= SHORTEST and re.search("[0-9]", text) and not re.search("[一-龥]", text)
    return bool(is_code) and not text.isdigit()


def canaries(column: str, value: int) -> frozenset[str]:
    """Return what tells that a response holds something of the victim's."""
    found = {mark(value), number(value)}
    return frozenset(found.union(*words_by_table(column, value).values()))


def uncovered(column: str, value: int) -> list[str]:
    """Return tables of which no word would tell that a row is the victim's."""
    words, found = words_by_table(column, value), []
    with owner() as cursor:
        for table, mine in whose.conditions(column, value).items():
            cursor.execute(
                f"SELECT count(*), count(*) FILTER (WHERE t::text LIKE %s) FROM {table} t WHERE {mine}",
                [f"%{mark(value)}%"],
            )
            rows, marked = cursor.fetchone()
            if rows and not marked and not words.get(table) and table not in whose.SHARED:
                found.append(table)
    return found


def leaked(content: bytes, watched: Iterable[str], sent: str = "") -> list[str]:
    """Return what of `watched` stands in a response, but for what the request itself said."""
    found = _found(content, frozenset(watched))
    return [word for word in found if word not in sent]


@lru_cache(maxsize=4096)  # most refusals are the same page
def _found(content: bytes, watched: frozenset[str]) -> tuple[str, ...]:
    text = "\n".join(texts_of(content))
    return tuple(word for word in watched if word in text)


def texts_of(content: bytes) -> Iterator[str]:
    """Yield what a person, or a program, reads in a body: archives, sheets and papers are opened."""
    if content[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for name in archive.namelist():
                yield name
                yield from texts_of(archive.read(name))
    elif content[:5] == b"%PDF-":
        reader = PdfReader(io.BytesIO(content))
        text = "".join(page.extract_text() for page in reader.pages)
        yield text
        yield re.sub(r"\s", "", text)  # a line ends anywhere in a Chinese word
        yield str(reader.metadata)
        for parts in reader.attachments.values():
            for part in parts:
                yield from texts_of(part)
    else:
        text = content.decode("utf-8", errors="replace")
        yield text
        yield unquote(html.unescape(text)) if "&" in text or "%" in text else ""
        if r"\u" in text:
            yield re.sub(r"\\u([0-9a-f]{4})", lambda m: chr(int(m[1], 16)), text)
