"""The log as a sheet; the chain as a file is `audit.chain.export_lines`."""

from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO

from django.db.models import QuerySet
from django.utils import timezone

from audit.models import AuditEntry
from chain.selectors import places_of
from chain.words import act_words
from documents.xlsx import Column, write_table
from tenancy import clock
from tenancy.actors import Actor

MOST = 100_000  # rows of one sheet; the whole chain is a file of its own
READ = 2_000
COLUMNS = (
    Column("链上序号", 10, "integer"),
    Column("时间", 17, "datetime"),
    Column("操作人", 30),
    Column("行为", 24),
    Column("说明", 50),
    Column("对象", 40),
    Column("记录编号", 38),
)


def write_log(out: BinaryIO, rows: QuerySet[AuditEntry], actor: Actor) -> int:
    """Write the newest acts of a filter into a sheet, in flat memory; return how many."""
    return write_table(
        out,
        title="操作日志",
        columns=COLUMNS,
        rows=_rows(rows.order_by("-id")),
        created=clock.now(actor.org_id),
        head=[f"{actor.org_name}　导出时间 {timezone.localtime():%Y-%m-%d %H:%M}"],
        notes=[f"最多 {MOST:,} 条；全部记录请导出存证链。"],
        training=actor.is_training,
    )


def _rows(rows: QuerySet[AuditEntry]) -> Iterator[Sequence[Any]]:
    left = MOST
    while left > 0 and (piece := list(rows[: min(READ, left)])):
        places = places_of(piece)
        for act in piece:
            yield (
                places.get(act.pk), act.at, act.actor_name, act_words(act.act), act.summary,
                f"{act.subject_type} {act.subject_id}".strip(), str(act.pk),
            )  # fmt: skip
        left -= len(piece)
        rows = rows.filter(pk__lt=piece[-1].pk)
