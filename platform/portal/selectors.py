"""What the public may know of a paper."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from documents.models import Document

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
        return str(Document.Kind(self.kind).label)

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
