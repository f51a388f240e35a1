"""What the public may know of a paper and of a draw."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection

from documents.models import Document
from documents.registry import kind_name
from inspections.draw import Entry, draw, list_hash, sha256
from inspections.models import DrawPublication

FIELDS = "kind, format, number, issuer, issued_at, content_sha256, file_sha256, state, is_training"


@dataclass(frozen=True, slots=True)
class CheckedPaper:
    """A paper as its check page shows it: no content, no names of persons or enterprises."""

    kind: str
    format: str
    number: str
    issuer: str
    issued_at: datetime
    content_sha256: str
    file_sha256: str
    state: str
    is_training: bool

    @property
    def kind_name(self) -> str:
        """The kind's Chinese name."""
        return kind_name(self.kind)

    @property
    def is_valid(self) -> bool:
        """Whether it still stands."""
        return self.state == Document.State.ISSUED


def paper_by_code(code: str) -> CheckedPaper | None:
    """Return the paper with this check code; the database gives nothing else of it."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {FIELDS} FROM documents_check(%s)", [code])
        row = cursor.fetchone()
    return CheckedPaper(*row) if row else None


@dataclass(frozen=True, slots=True)
class PublishedDraw:
    """A draw as it was copied out: tokens instead of names, and the sample computed from it."""

    body: dict[str, Any]
    updated_at: datetime

    @property
    def entries(self) -> list[Entry]:
        """The list."""
        rows = self.body["list"]
        return [Entry(token, town, bool(major), signs) for token, town, major, signs in rows]

    @property
    def rows(self) -> list[tuple[Entry, bool]]:
        """Each line of the list, and whether it is in the sample."""
        sample = set(self.body["sample"])
        return [(entry, entry.token in sample) for entry in self.entries]

    @property
    def is_over(self) -> bool:
        """Whether the secret is revealed, so that it can be replayed."""
        return bool(self.body["secret"])

    @property
    def checks(self) -> list[tuple[str, bool]]:
        """What anyone would check, done here."""
        body = self.body
        drawn = draw(
            self.entries,
            ratio=Decimal(body["ratio"]),
            minimum=body["minimum"],
            secret=body["secret"],
            number=body["number"],
        )
        return [
            ("密数的哈希与事先的承诺一致", sha256(body["secret"]) == body["commitment"]),
            ("名单的哈希与冻结时一致", list_hash(self.entries) == body["list_sha256"]),
            ("按公开的数重新抽取，样本一致", [e.token for e, _ in drawn] == body["sample"]),
        ]


def draw_by_code(code: str) -> PublishedDraw | None:
    """Return the published copy of a draw."""
    row = DrawPublication.objects.filter(code=code).values_list("body", "updated_at").first()
    return PublishedDraw(*row) if row else None
