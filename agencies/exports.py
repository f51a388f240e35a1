"""A yearly plan as a sheet."""

from typing import BinaryIO

from agencies.models import PurchasePlan
from documents.xlsx import Column, write_table

COLUMNS = (
    Column("序号", 6, "integer"), Column("购买领域", 20), Column("购买内容", 44),
    Column("服务企业（家）", 10, "integer"), Column("预算金额（元）", 16, "money"),
    Column("采购方式", 14), Column("备注", 30),
)  # fmt: skip


def write_plan(out: BinaryIO, plan: PurchasePlan, *, is_training: bool) -> int:
    """Write a plan into `out`; return the number of its lines."""
    items = list(plan.items.order_by("pk"))
    budget = f"　预算批复：{plan.budget_number} {plan.budgeted_on}" if plan.budget_number else ""
    total = sum(item.amount for item in items)
    return write_table(
        out,
        title=plan.title,
        columns=list(COLUMNS),
        rows=(
            (
                position, item.get_area_display(), item.what, item.enterprises, item.amount,
                item.get_method_display(), item.note,
            )
            for position, item in enumerate(items, start=1)
        ),
        created=plan.drafted_at,
        head=[
            f"编制单位：{plan.owner_agency.org.name}　第{plan.version}版　"
            f"状态：{plan.get_state_display()}{budget}"
        ],
        totals=(None, "合计", "", None, total, "", ""),
        training=is_training,
    )  # fmt: skip
