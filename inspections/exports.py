"""A filter of the hazard ledger as a sheet with the 30 columns of domain.md 4.6."""

import io
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, BinaryIO

from django.db.models import Count, Q
from django.utils import timezone

from agencies.models import ServiceBatch
from documents.xlsx import Cell, Column, write_table
from evidence.models import Photo
from inspections.documents import (
    LEDGER_COLUMNS,
    LEDGER_NOTES,
    LEDGER_TITLE,
    LedgerRow,
    note_words,
    overdue_words,
)
from inspections.documents.reports import AcceptanceSheetDocument
from inspections.models import Hazard, Recheck, Rectification
from inspections.supervision import Deviation, Kept
from tenancy import clock
from tenancy.actors import Actor
from tenancy.selectors import region_names

CHUNK = 2000


def write_ledger(out: BinaryIO, rows: Any, actor: Actor) -> int:
    """Write hazards in the order of their numbers, chunk by chunk; return how many."""
    agency_id = actor.org_id if actor.is_agency else None
    figures = rows.order_by().aggregate(
        found=Count("pk"), closed=Count("pk", filter=Q(state=Hazard.State.CLOSED))
    )
    return write_table(
        out,
        title=LEDGER_TITLE,
        columns=LEDGER_COLUMNS,
        rows=(row.cells for row in ledger_rows(rows)),
        created=clock.now(agency_id),
        head=[f"导出：{actor.display}　共 {figures['found']} 项，已销号 {figures['closed']} 项"],
        notes=LEDGER_NOTES,
        training=actor.is_training,
    )


def ledger_rows(rows: Any) -> Iterator[LedgerRow]:
    """Yield the rows of the ledger, reading CHUNK hazards at a time."""
    position, last = 0, ""
    while True:
        chunk = list(
            rows.filter(number__gt=last).select_related("enterprise").order_by("number")[:CHUNK]
        )
        if not chunk:
            return
        last = chunk[-1].number
        yield from _rows(chunk, position)
        position += len(chunk)


def _rows(hazards: list[Hazard], start: int) -> Iterator[LedgerRow]:
    names = region_names({h.region_code for h in hazards})
    today = clock.today(hazards[0].owner_agency_id)
    before = _counts("inspections.hazard", [h.pk for h in hazards], Photo.Purpose.BEFORE)
    last = dict(
        Rectification.objects.filter(hazard__in=hazards)
        .order_by("round")
        .values_list("hazard", "pk")
    )
    after = _counts("inspections.rectification", list(last.values()), Photo.Purpose.AFTER)
    results = dict(
        Recheck.objects.filter(hazard__in=hazards)
        .order_by("rechecked_at")
        .values_list("hazard", "result")
    )
    words = dict(Recheck.Result.choices)
    for position, hazard in enumerate(hazards, start=start + 1):
        late = (hazard.rectified_on or today) - hazard.due_on if hazard.was_overdue else None
        yield LedgerRow(
            position=position,
            number=hazard.number,
            enterprise_name=hazard.enterprise.name,
            credit_code=hazard.enterprise.credit_code,
            region=f"{names.get(hazard.region_code, '')}（{hazard.region_code}）",
            industry=hazard.enterprise.industry,
            found_on=hazard.found_on,
            found_by=f"{hazard.found_by_name}/{hazard.get_source_display()}",
            place=hazard.place,
            description=hazard.description,
            category="→".join(filter(None, (hazard.category, hazard.subcategory))),
            severity=str(hazard.get_severity_display()),
            basis=hazard.basis,
            photos_before=before.get(str(hazard.pk), 0),
            measure=hazard.measure,
            responsible_unit=hazard.enterprise.name,
            responsible_person=hazard.responsible_person,
            cost=hazard.cost,
            due_on=hazard.due_on,
            emergency_plan=hazard.emergency_plan,
            rectified_on=hazard.rectified_on,
            photos_after=after.get(str(last.get(hazard.pk)), 0),
            rechecked_by=hazard.rechecked_by_name,
            rechecked_on=hazard.rechecked_on,
            recheck_result=words.get(results.get(hazard.pk, ""), ""),
            listing="",
            closed_on=clock_day(hazard.closed_at),
            state=str(hazard.get_state_display()),
            overdue=overdue_words(max(late.days, 1) if late else 0, is_open=hazard.is_overdue),
            note=note_words(hazard.return_count, hazard.corrected_on),
        )


def clock_day(moment: Any) -> Any:
    """Return the local day of a moment, or None."""
    return timezone.localdate(moment) if moment else None


def _counts(kind: str, ids: list[Any], purpose: str) -> dict[str, int]:
    rows = Photo.objects.filter(
        subject_type=kind, subject_id__in=[str(pk) for pk in ids], purpose=purpose
    )
    return dict(rows.order_by().values_list("subject_id").annotate(n=Count("pk")))


def acceptance_xlsx(sheet: AcceptanceSheetDocument) -> bytes:
    """Nine criteria × enterprises as a sheet, with the totals under them and what is not met."""
    columns = [Column("序号", 6, "integer"), Column("企业", 30), Column("镇街", 14)]
    columns += [Column(f"{n}. {text}", 13) for n, text in enumerate(sheet.criteria, start=1)]
    columns += [Column("结论", 16), Column("不符合的原因", 50)]
    out = io.BytesIO()

    def rows() -> Iterator[tuple[Cell, ...]]:
        for row in sheet.rows:
            notes = "\n".join(row.notes)
            yield (row.position, row.name, row.town, *row.results, row.conclusion, notes)

    totals = [
        f"{word}：" + "、".join(f"标准{n} {count}家" for n, count in enumerate(counts, start=1))
        for word, counts in sheet.totals
    ]
    write_table(
        out,
        title="验收标准核查表",
        columns=columns,
        rows=rows(),
        head=[f"{sheet.contract_title}　{sheet.batch_name}　服务机构：{sheet.provider_name}"],
        notes=totals,
        training=sheet.training,
        created=sheet.made_at,
    )
    return out.getvalue()


def deviations_xlsx(batch: ServiceBatch, rows: Sequence[Deviation], now: datetime) -> bytes:
    """How the visits of a batch keep to its plan, with what moved and why."""
    columns = [
        Column("序号", 6, "integer"), Column("企业", 30), Column("评估人员", 12),
        Column("批准的日期", 12, "date"), Column("现行日期", 12, "date"),
        Column("到场日期", 12, "date"), Column("情况", 12), Column("相差（工作日）", 10, "integer"),
        Column("改期", 50),
    ]  # fmt: skip

    def cells() -> Iterator[tuple[Cell, ...]]:
        for position, row in enumerate(rows, start=1):
            a = row.assignment
            moved = "\n".join(
                f"{c.from_on or '未定'}改到{c.to_on}：{c.reason}" for c in row.changes
            )
            yield (
                position, a.enterprise.name, a.inspector_name, row.approved_on, a.planned_on,
                a.surveyed_on, row.word, row.days or None, moved,
            )  # fmt: skip

    totals = "、".join(
        f"{word}{sum(row.kept == key for row in rows)}家" for key, word in Kept.WORDS.items()
    )
    out = io.BytesIO()
    write_table(
        out,
        title="评估计划执行情况",
        columns=columns,
        rows=cells(),
        head=[f"{batch.contract.title}　{batch.name}"],
        notes=[f"共{len(rows)}家：{totals}"],
        training=batch.owner_agency.org.is_training,
        created=now,
    )
    return out.getvalue()
