"""A yearly plan and the list of who may do what, as sheets."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import BinaryIO

from django.utils import timezone

from agencies.models import PurchasePlan
from agencies.who_sees import Opened, Person, Seer
from documents.xlsx import Column, write_table
from tenancy.actors import Actor

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


PEOPLE = (
    Column("姓名", 12), Column("登录名", 16), Column("角色", 26), Column("可以办理", 70),
    Column("证件", 28), Column("经办企业（家）", 10, "integer"), Column("经办合同（份）", 10, "integer"),
    Column("加入", 12, "date"), Column("最近登录", 18, "datetime"), Column("两步验证", 10),
)  # fmt: skip


def write_people(
    out: BinaryIO,
    people: Sequence[Person],
    opened: Sequence[Opened],
    *,
    day: date,
    actor: Actor,
    now: datetime,
) -> int:
    """Write who may do what into `out`; below stand the files that are open to providers."""
    return write_table(
        out,
        title=f"{actor.org_name}人员授权清单",
        columns=list(PEOPLE),
        rows=(
            (
                one.membership.user.name, one.membership.user.username, one.role_words,
                "、".join(one.duties), "、".join(one.certificates), one.assignments, one.contracts,
                timezone.localdate(one.membership.joined_at), one.membership.user.last_login,
                "已设置" if one.has_factor else "没有",
            )
            for one in people
        ),
        created=now,
        head=[
            f"截至：{day:%Y-%m-%d}　生成：{timezone.localtime(now):%Y-%m-%d %H:%M}　生成人：{actor.display}"
        ],
        notes=[
            "经办企业、经办合同、最近登录和两步验证为生成时的情况",
            *(
                f"已开放企业档案：{one.provider}，{one.enterprises}家，依据{one.reason}，"
                f"{one.starts_on:%Y-%m-%d}至{one.ends_on or '未定'}"
                for one in opened
            ),
        ],
        training=actor.is_training,
    )  # fmt: skip


SEERS = (
    Column("单位、人员", 34), Column("能做什么", 24), Column("依据", 26), Column("自", 12, "date"),
    Column("至", 12, "date"),
)  # fmt: skip


def write_seers(
    out: BinaryIO, seers: Sequence[Seer], *, title: str, day: date, actor: Actor, now: datetime
) -> int:
    """Write who can see one contract into `out`."""
    return write_table(
        out,
        title=f"谁能看：{title}",
        columns=list(SEERS),
        rows=((one.who, one.what, one.why, one.since, one.until) for one in seers),
        created=now,
        head=[
            f"截至：{day:%Y-%m-%d}　生成：{timezone.localtime(now):%Y-%m-%d %H:%M}　生成人：{actor.display}"
        ],
        notes=["加入合同的人员和到场的评估人员为生成时的情况；其他单位只列单位", "企业看不到合同"],
        training=actor.is_training,
    )  # fmt: skip
