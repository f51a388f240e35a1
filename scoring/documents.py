"""The papers of the sums: points sheet and points summary, as frozen content.

Nothing here computes: scoring's services do, and hand over finished figures. A rule book or scheme
that nobody has adopted yet bears the mark of a proposal on every paper.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import BinaryIO

from documents.xlsx import Cell, Column, write_table
from inspections.documents import EnterpriseHead, Refusal, Signature, StaffMember

SUMMARY_TITLE = "安全生产监督检查记分汇总表"
COLOURS = {"绿": "green", "黄": "yellow", "橙": "orange", "红": "red"}  # domain.md 2.3


@dataclass(frozen=True)
class VersionMark:
    """Which rule book or scheme a paper rests on, and whether it is only a proposal."""

    name: str
    version: str
    is_proposal: bool

    @property
    def words(self) -> str:
        """The version with its mark, as papers print it."""
        return f"{self.name} {self.version}" + ("（试拟稿）" if self.is_proposal else "")


@dataclass(frozen=True)
class PointsSheetRow:
    """One clause given: what was seen, the points in steps of 0.5, and how they came about."""

    clause_code: str
    clause_text: str
    fact: str
    points: Decimal
    is_corrected_on_site: bool
    due_on: date | None
    photos: int
    note: str = ""


@dataclass(frozen=True)
class PointsSheetDocument:
    """乡镇安全生产监督检查记分表 (domain.md 2.6).

    It counts with two officers and the enterprise's signature or its recorded refusal
    (domain.md 2.4.9); ValueError otherwise.
    """

    training: bool
    agency_name: str
    enterprise: EnterpriseHead
    officers: tuple[StaffMember, ...]
    inspected_at: datetime
    inspected_until: datetime | None
    place: str
    rule_book: VersionMark
    cycle: str
    rows: tuple[PointsSheetRow, ...]
    total_now: Decimal
    total_before: Decimal
    total_after: Decimal
    colour_after: str
    reduction_notes: tuple[str, ...]
    enterprise_opinion: str
    signature: Signature | None
    refusal: Refusal | None
    is_obstructed: bool = False

    def __post_init__(self) -> None:
        if (self.signature is None) == (self.refusal is None):
            raise ValueError("a points sheet is either signed or refused")
        if len(self.officers) < 2:
            raise ValueError("a points sheet needs two officers")

    @property
    def colour_class(self) -> str:
        """The CSS class of the grade."""
        return COLOURS[self.colour_after]


@dataclass(frozen=True)
class PointsSummaryRow:
    """One enterprise of the contract in the cycle.

    `by_aspect` are gross points, one per aspect of the document, in its order. `waived` counts
    entries; `timely_reduction` and `training_reduction` are before the cap, `reduction` after it.
    `net_before` is the net total when the service period began.
    """

    position: int
    enterprise_name: str
    credit_code: str
    town: str
    industry: str
    inspections: int
    by_aspect: tuple[Decimal, ...]
    gross: Decimal
    waived: int
    timely_reduction: Decimal
    training_reduction: Decimal
    reduction: Decimal
    surcharge: Decimal
    net_before: Decimal
    net: Decimal
    colour: str
    is_at_12: bool
    is_at_18: bool
    open_entries: int

    @property
    def colour_class(self) -> str:
        """The CSS class of the grade."""
        return COLOURS[self.colour]

    @property
    def mark(self) -> str:
        """The threshold that was reached, in words."""
        if self.is_at_18:
            return "满18分"
        return "满12分" if self.is_at_12 else ""


@dataclass(frozen=True)
class TopClause:
    """A clause that was given often."""

    code: str
    text: str
    entries: int
    points: Decimal


@dataclass(frozen=True)
class ColourCount:
    """How many enterprises stand at one grade, and which points that means."""

    colour: str
    limits: str
    enterprises: int

    @property
    def colour_class(self) -> str:
        """The CSS class of the grade."""
        return COLOURS[self.colour]


@dataclass(frozen=True)
class PointsSummaryTotals:
    """The sums of domain.md 2.7; rates are in words because they may be undefined."""

    enterprises: int
    inspected: int
    coverage: str
    entries: int
    gross: Decimal
    waived: int
    reduction: Decimal
    surcharge: Decimal
    net: Decimal
    mean: Decimal
    median: Decimal
    at_12: int
    at_18: int
    timely_rate: str
    refusals: int


@dataclass(frozen=True)
class PointsSummaryDocument:
    """记分汇总 of one service contract; ValueError where a row has another number of aspects."""

    training: bool
    agency_name: str
    provider_name: str
    contract_number: str
    contract_title: str
    cycle: str
    period_from: date
    period_until: date
    made_at: datetime
    input_sha256: str
    rule_book: VersionMark
    aspects: tuple[str, ...]
    rows: tuple[PointsSummaryRow, ...]
    totals: PointsSummaryTotals
    colours: tuple[ColourCount, ...]
    top_clauses: tuple[TopClause, ...]

    def __post_init__(self) -> None:
        if any(len(row.by_aspect) != len(self.aspects) for row in self.rows):
            raise ValueError("a row has another number of aspects than the summary")

    @property
    def column_count(self) -> int:
        """How many columns the table of enterprises has on paper."""
        return 13 + len(self.aspects)


def summary_columns(document: PointsSummaryDocument) -> list[Column]:
    """Return the columns of the summary's sheet; the aspects come from the rule book."""
    return [
        Column("序号", 6, "integer"),
        Column("企业名称", 34),
        Column("统一社会信用代码", 20),
        Column("属地", 14),
        Column("行业", 9),
        Column("检查次数", 9, "integer"),
        *(Column(aspect, 10, "number") for aspect in document.aspects),
        Column("记分合计", 10, "number"),
        Column("免记（条）", 10, "integer"),
        Column("按期整改减分", 12, "number"),
        Column("培训减分", 10, "number"),
        Column("实际减分", 10, "number"),
        Column("加处", 8, "number"),
        Column("服务前累计", 11, "number"),
        Column("累计记分", 10, "number"),
        Column("等级", 7),
        Column("满12分/满18分", 13),
        Column("未结条数", 10, "integer"),
    ]


def summary_sheet(out: BinaryIO, document: PointsSummaryDocument) -> int:
    """Write the summary as a sheet into `out`; return the number of enterprises."""
    totals = document.totals
    return write_table(
        out,
        title=SUMMARY_TITLE,
        columns=summary_columns(document),
        rows=_summary_rows(document),
        created=document.made_at,
        head=[
            f"监管机构：{document.agency_name}　服务机构：{document.provider_name}",
            f"合同：{document.contract_number}　{document.contract_title}　"
            f"记分周期：{document.cycle}　规则：{document.rule_book.words}",
            f"企业 {totals.enterprises} 家，已检查 {totals.inspected} 家（{totals.coverage}），"
            f"满12分 {totals.at_12} 家，满18分 {totals.at_18} 家",
            f"数据哈希（SHA-256）：{document.input_sha256}",
        ],
        totals=_summary_totals(document),
        training=document.training,
    )


def _summary_rows(document: PointsSummaryDocument) -> Iterator[tuple[Cell, ...]]:
    for row in document.rows:
        yield (
            row.position,
            row.enterprise_name,
            row.credit_code,
            row.town,
            row.industry,
            row.inspections,
            *row.by_aspect,
            row.gross,
            row.waived,
            row.timely_reduction,
            row.training_reduction,
            row.reduction,
            row.surcharge,
            row.net_before,
            row.net,
            row.colour,
            row.mark,
            row.open_entries,
        )


def _summary_totals(document: PointsSummaryDocument) -> list[Cell]:
    totals = document.totals
    aspects = [
        sum((row.by_aspect[index] for row in document.rows), Decimal(0))
        for index in range(len(document.aspects))
    ]
    return [
        None,
        "合计",
        None,
        None,
        None,
        sum(row.inspections for row in document.rows),
        *aspects,
        totals.gross,
        totals.waived,
        sum((row.timely_reduction for row in document.rows), Decimal(0)),
        sum((row.training_reduction for row in document.rows), Decimal(0)),
        totals.reduction,
        totals.surcharge,
        sum((row.net_before for row in document.rows), Decimal(0)),
        totals.net,
        None,
        None,
        sum(row.open_entries for row in document.rows),
    ]
