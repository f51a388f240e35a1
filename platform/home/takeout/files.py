"""Which files go along with which kinds of row, and where they lie in the archive."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Sum
from django.utils import timezone

from evidence.models import SHOWN_TO_OTHERS
from home.takeout.kinds import Kind, kinds, rows_of
from tenancy.actors import Actor

UNSAFE = re.compile(r'[\x00-\x1f\x7f\\/:*?"<>|]+')
ENDINGS = {
    "image/jpeg": ".jpg", "image/png": ".png", "image/heic": ".heic", "image/webp": ".webp",
}  # fmt: skip
SCANNED = "病毒扫描未通过或尚未完成"
Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class FileRule:
    """`field` has the file, `needs` are the fields that `path` reads besides; `hash` is its own."""

    field: str
    needs: tuple[str, ...]
    path: Callable[[Values], str]
    hash: str = "sha256"
    size: str = "size"


def _safe(text: str) -> str:
    """Return a text as a file name that every system takes."""
    return UNSAFE.sub("_", text).strip(" ._")[-100:] or "未命名"


def _month(value: datetime) -> str:
    return f"{timezone.localtime(value):%Y-%m}"


def _photo(values: Values) -> str:
    ending = ENDINGS.get(values["content_type"], "")
    return f"照片/{_month(values['arrived_at'])}/{values['id']}{ending}"


def _attachment(values: Values) -> str:
    short = str(values["id"]).split("-")[-1]
    return f"附件/{_month(values['arrived_at'])}/{short}-{_safe(values['filename'])}"


def _document(values: Values) -> str:
    name = _safe(values["number"] or values["title"])
    short = str(values["id"]).split("-")[-1]
    return f"文书/{_month(values['issued_at'])}/{name}-{short}.{values['format']}"


def _template(values: Values) -> str:
    return f"文书模板/{values['id']}-{_safe(values['filename'])}"


RULES: dict[str, FileRule] = {
    "evidence.photo": FileRule(
        "original", ("id", "content_type", "arrived_at", "sha256", "scan"), _photo
    ),
    "evidence.attachment": FileRule(
        "file", ("id", "filename", "arrived_at", "sha256", "scan"), _attachment
    ),
    "documents.document": FileRule(
        "file", ("id", "number", "title", "issued_at", "format", "file_sha256"), _document,
        hash="file_sha256",
    ),
    "documents.wordtemplate": FileRule(
        "content", ("id", "filename", "sha256"), _template, size=""
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Taken:
    """A file to be put into the archive: where it goes, where its bytes are, what its hash must be."""

    path: str
    label: str
    pk: str
    stored: str
    sha256: str
    is_held: bool = False


def taken_of(kind: Kind, values: Values) -> Taken | None:
    """Return the file of a row, None where it has none."""
    rule = RULES[kind.label]
    is_in_row = not rule.size  # the bytes stand in the table
    stored = "" if is_in_row else str(values[rule.field] or "")
    if not stored and not is_in_row:
        return None
    is_held = values.get("scan", SHOWN_TO_OTHERS[0]) not in SHOWN_TO_OTHERS
    return Taken(
        rule.path(values), kind.label, str(values["id"]), stored, values[rule.hash], is_held
    )


def files_bytes(actor: Actor) -> int:
    """Return how many bytes the files of the actor's organisation have together."""
    sizes = [
        rows_of(kind, actor).order_by().aggregate(sum=Sum(RULES[kind.label].size))["sum"] or 0
        for kind in kinds()
        if kind.label in RULES and RULES[kind.label].size
    ]
    return sum(sizes)
