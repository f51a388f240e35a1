"""The library and a year's payments as sheets."""

from collections.abc import Iterable
from typing import BinaryIO

from agencies.models import LibraryProvider, PaymentDecision
from documents.xlsx import Cell, Column, write_table
from tenancy import clock
from tenancy.actors import Actor

LIBRARY = (
    Column("机构", 34), Column("统一社会信用代码", 22), Column("分类", 16), Column("等级", 8),
    Column("入库日期", 12, "date"), Column("有效期至", 12, "date"), Column("状态", 12),
    Column("终止日期", 12, "date"), Column("原因", 40),
)  # fmt: skip
PAYMENTS = (
    Column("合同编号", 18), Column("合同名称", 30), Column("机构", 30), Column("付款阶段", 14),
    Column("比例（%）", 9, "number"), Column("应付（元）", 14, "money"),
    Column("应扣（元）", 14, "money"), Column("实付（元）", 14, "money"), Column("意见", 12),
    Column("理由", 40), Column("经办人", 22), Column("批准人", 22), Column("批准日期", 12, "date"),
    Column("说明", 12),
)  # fmt: skip


def write_library(out: BinaryIO, entries: Iterable[LibraryProvider], actor: Actor) -> int:
    """Write entries into `out`; return their number."""
    return write_table(
        out,
        title="服务机构库",
        columns=LIBRARY,
        rows=map(_entry, entries),
        created=clock.now(actor.org_id if actor.is_agency else None),
        training=actor.is_training,
    )


def _entry(entry: LibraryProvider) -> tuple[Cell, ...]:
    body = entry.provider_org
    assert body is not None  # an entry is a provider's
    return (
        body.name, body.credit_code, entry.business_class.name, entry.level, entry.from_on,
        entry.until_on, entry.get_state_display(), entry.ended_on, entry.state_reason,
    )  # fmt: skip


def write_payments(
    out: BinaryIO, year: int, decisions: Iterable[PaymentDecision], actor: Actor
) -> int:
    """Write a year's approved decisions into `out`, those that count summed up below."""
    rows = list(decisions)
    counting = [one for one in rows if one.is_in_force]
    due, cut, paid = (
        sum(getattr(one, name) for one in counting)
        for name in ("amount_due", "amount_cut", "amount_paid")
    )
    return write_table(
        out,
        title=f"{year}年付款台账",
        columns=PAYMENTS,
        rows=map(_payment, rows),
        created=clock.now(actor.org_id if actor.is_agency else None),
        totals=("合计", "", "", "", None, due, cut, paid, "", "", "", "", None, ""),
        notes=["合计不含已被更正的决定。"],
        training=actor.is_training,
    )


def _payment(one: PaymentDecision) -> tuple[Cell, ...]:
    return (
        one.contract.number, one.contract.title, str(one.contract.provider_org), one.stage.name,
        one.stage.share, one.amount_due, one.amount_cut, one.amount_paid,
        one.get_outcome_display(), one.reason, one.proposed_by_name, one.decided_by_name,
        one.decided_at, "" if one.is_in_force else "已被更正",
    )  # fmt: skip
