"""The papers of the visits: service record, suggestion and hazard ledger, as frozen content.

Each class is what its template and its hash see; nothing here reads the database. What a provider
issues is advice (domain.md 0.4): it orders nothing and speaks in nobody's name but its own.
"""

import dataclasses
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import BinaryIO, ClassVar

from documents.pdf import data_uri
from documents.xlsx import Cell, Column, write_table

LEDGER_TITLE = "隐患排查治理台账"
LEDGER_NOTES = ("注：“整改前照片”“整改后照片”两栏为张数；“属地”栏括号内为区划代码；资金单位为元。",)

# domain.md 4.6, in its order; the sheet has them side by side.
LEDGER_COLUMNS = (
    Column("序号", 6, "integer"),
    Column("隐患编号", 17),
    Column("企业名称", 24),
    Column("统一社会信用代码", 20),
    Column("属地（区划代码）", 15),
    Column("行业", 9),
    Column("排查日期", 11.5, "date"),
    Column("排查人/来源", 13),
    Column("部位/场所", 16),
    Column("隐患描述", 40),
    Column("类别", 13),
    Column("等级", 7),
    Column("判定/违反条款", 26),
    Column("整改前照片", 7, "integer"),
    Column("整改措施", 36),
    Column("责任单位", 24),
    Column("责任人", 9),
    Column("资金（元）", 11, "money"),
    Column("整改期限", 11.5, "date"),
    Column("应急预案/防控措施", 20),
    Column("整改完成日期", 11.5, "date"),
    Column("整改后照片", 7, "integer"),
    Column("复查人", 9),
    Column("复查日期", 11.5, "date"),
    Column("复查结论", 10),
    Column("挂牌督办（级别/文号）", 12),
    Column("验收/销号日期", 11.5, "date"),
    Column("状态", 8),
    Column("是否逾期/逾期天数", 9),
    Column("备注", 14),
)

# On paper, 30 columns side by side would be 9 mm each: they are stacked in twelve, every name with
# its number in the head. Each entry is a width in mm and its lines; a line is numbers of columns.
LEDGER_STACKS = (
    (20, ((1, 12), (2,))),
    (40, ((3,), (4,), (5, 6))),
    (19, ((7,), (8,))),
    (41, ((9,), (10,))),
    (27, ((11,), (13,))),
    (38, ((15,), (20,))),
    (20, ((16, 17), (18,))),
    (20, ((19,), (21,), (29,))),
    (10, ((14,), (22,))),
    (17, ((23,), (24,), (25,))),
    (17, ((28,), (27,), (26,))),
    (8, ((30,),)),
)
# What stands before a stacked value, so that a line is understood without its place.
LEDGER_PREFIXES = {14: "前", 18: "资金", 19: "限", 20: "防控：", 21: "完", 22: "后", 27: "销"}


@dataclass(frozen=True)
class EnterpriseHead:
    """The enterprise as a paper names it, on the day of the paper."""

    name: str
    credit_code: str
    address: str = ""
    industry: str = ""
    scale: str = ""
    principal_name: str = ""
    phone: str = ""


@dataclass(frozen=True)
class StaffMember:
    """One of the team with qualification and certificate as they were that day."""

    name: str
    qualification: str = ""
    certificate_number: str = ""


@dataclass(frozen=True)
class Signature:
    """A signature given on a screen: who, in what post, when, and its picture (PNG or JPEG)."""

    name: str
    post: str
    signed_at: datetime
    image: bytes

    @property
    def uri(self) -> str:
        """The picture for the template."""
        return data_uri(self.image)


@dataclass(frozen=True)
class Refusal:
    """A refusal to sign, as 安全生产法 §68 wants it recorded: why, and who saw it."""

    reason: str
    witness_name: str
    refused_at: datetime


@dataclass(frozen=True)
class Picture:
    """A photo on a paper: the original's SHA-256 and a small copy (JPEG or PNG, some 20 KB)."""

    caption: str
    sha256: str
    image: bytes

    @property
    def uri(self) -> str:
        """The small copy for the template."""
        return data_uri(self.image)


@dataclass(frozen=True)
class LedgerTotals:
    """The totals row of domain.md 4.6; `overdue` counts what is late at the moment of the paper."""

    found: int
    closed: int
    overdue: int
    major: int

    @property
    def rate(self) -> str:
        """Closed of found in percent with one decimal, half up; a dash where nothing was found."""
        if not self.found:
            return "—"
        share = Decimal(self.closed * 100) / self.found
        return f"{share.quantize(Decimal('0.1'), ROUND_HALF_UP)}%"

    @property
    def words(self) -> str:
        """The totals as one sentence, for the sheet."""
        return (
            f"共 {self.found} 项，已销号 {self.closed} 项，整改率 {self.rate}，"
            f"逾期 {self.overdue} 项，重大隐患 {self.major} 项"
        )


@dataclass(frozen=True)
class LedgerHead:
    """What stands above the rows of a ledger. `input_sha256` names the frozen input."""

    agency_name: str
    contract_number: str
    contract_title: str
    provider_name: str
    period_from: date
    period_until: date
    made_at: datetime
    input_sha256: str
    training: bool
    totals: LedgerTotals


@dataclass(frozen=True)
class LedgerRow:
    """One hazard: the 30 columns of domain.md 4.6 in their order; photos are counted."""

    position: int
    number: str
    enterprise_name: str
    credit_code: str
    region: str
    industry: str
    found_on: date
    found_by: str
    place: str
    description: str
    category: str
    severity: str
    basis: str
    photos_before: int
    measure: str
    responsible_unit: str
    responsible_person: str
    cost: Decimal | None
    due_on: date
    emergency_plan: str
    rectified_on: date | None
    photos_after: int
    rechecked_by: str
    rechecked_on: date | None
    recheck_result: str
    listing: str
    closed_on: date | None
    state: str
    overdue: str
    note: str

    @property
    def cells(self) -> tuple[Cell, ...]:
        """The 30 values in the order of LEDGER_COLUMNS."""
        return tuple(getattr(self, name) for name in _LEDGER_FIELDS)

    @property
    def stacks(self) -> list[str]:
        """The values as the paper stacks them, a line each; what is not there takes no line."""
        words = [_words(cell) for cell in self.cells]
        if self.responsible_unit == self.enterprise_name:
            words[15] = "本企业"
        lines = {
            number: LEDGER_PREFIXES.get(number, "") + word
            for number, word in enumerate(words, start=1)
            if word
        }
        return [_stack(lines, numbers) for _, numbers in LEDGER_STACKS]

    @property
    def is_major(self) -> bool:
        """Whether the row is set off as a major hazard."""
        return self.severity == "重大"


_LEDGER_FIELDS = tuple(field.name for field in dataclasses.fields(LedgerRow))


class _LedgerPaper:
    """What the template asks of a ledger, whole or in parts."""

    head: LedgerHead

    @property
    def training(self) -> bool:
        """Whether 演示 stands across every page."""
        return self.head.training

    @property
    def widths(self) -> list[int]:
        """The widths of the stacked columns in mm."""
        return [width for width, _ in LEDGER_STACKS]

    @property
    def names(self) -> list[str]:
        """The names of the stacked columns with their numbers."""
        labels = {n: f"{n} {column.label}" for n, column in enumerate(LEDGER_COLUMNS, start=1)}
        return [
            "\n".join(labels[number] for line in lines for number in line)
            for _, lines in LEDGER_STACKS
        ]

    @property
    def notes(self) -> tuple[str, ...]:
        """What stands under the last row."""
        return (*LEDGER_NOTES, "责任单位与企业名称相同的，印“本企业”。")


@dataclass(frozen=True)
class LedgerDocument(_LedgerPaper):
    """The ledger of one contract."""

    head: LedgerHead
    rows: tuple[LedgerRow, ...]
    is_first: ClassVar[bool] = True
    is_last: ClassVar[bool] = True


@dataclass(frozen=True)
class LedgerPart(_LedgerPaper):
    """A run of rows that is rendered by itself; parts are merged, then the pages are numbered."""

    head: LedgerHead
    rows: tuple[LedgerRow, ...]
    is_first: bool
    is_last: bool


@dataclass(frozen=True)
class ChecklistResult:
    """How the questions of one checklist were answered."""

    name: str
    version: str
    passed: int
    failed: int
    not_applicable: int

    @property
    def asked(self) -> int:
        """How many questions were answered in all."""
        return self.passed + self.failed + self.not_applicable


@dataclass(frozen=True)
class FoundHazard:
    """A hazard as the service record lists it."""

    position: int
    number: str
    place: str
    description: str
    severity: str
    basis: str
    due_on: date | None


@dataclass(frozen=True)
class ServiceRecordDocument:
    """社会化服务检查记录: who was where, when, what was looked at, what was found, who signed.

    Exactly one of `signature` and `refusal` is there: without either there is no paper
    (domain.md 1.6). ValueError otherwise.
    """

    training: bool
    provider_name: str
    agency_name: str
    contract_number: str
    contract_title: str
    enterprise: EnterpriseHead
    visit_kind: str
    arrived_at: datetime
    left_at: datetime
    position: str
    team: tuple[StaffMember, ...]
    checklists: tuple[ChecklistResult, ...]
    hazards: tuple[FoundHazard, ...]
    process_note: str
    signature: Signature | None
    refusal: Refusal | None
    correction: str = ""

    def __post_init__(self) -> None:
        if (self.signature is None) == (self.refusal is None):
            raise ValueError("a service record is either signed or refused")

    @property
    def minutes(self) -> int:
        """Whole minutes on site."""
        return int((self.left_at - self.arrived_at).total_seconds() // 60)

    @property
    def major_count(self) -> int:
        """How many of the hazards are major."""
        return sum(hazard.severity == "重大" for hazard in self.hazards)


@dataclass(frozen=True)
class SuggestedHazard:
    """One numbered hazard of a suggestion: what, why, what to do, by when."""

    position: int
    number: str
    place: str
    description: str
    severity: str
    basis: str
    measure: str
    due_on: date
    due_reason: str = ""
    photos: tuple[Picture, ...] = ()

    @property
    def is_major(self) -> bool:
        """Whether it is set off as a major hazard."""
        return self.severity == "重大"


@dataclass(frozen=True)
class SuggestionDocument:
    """隐患整改建议书: a provider's advice to one enterprise after one visit; it orders nothing."""

    training: bool
    provider_name: str
    agency_name: str
    contract_number: str
    contract_title: str
    enterprise: EnterpriseHead
    inspected_on: date
    team: tuple[StaffMember, ...]
    lead: StaffMember
    issued_on: date
    hazards: tuple[SuggestedHazard, ...]
    contact: str = ""
    correction: str = ""

    @property
    def major_count(self) -> int:
        """How many of the hazards are major."""
        return sum(hazard.is_major for hazard in self.hazards)


def note_words(return_count: int, corrected_on: date | None) -> str:
    """Return column 30: how often it was sent back, and that it reads otherwise than it was issued."""
    back = f"退回{return_count}次" if return_count else ""
    corrected = f"{corrected_on:%Y-%m-%d}更正" if corrected_on else ""
    return "；".join(filter(None, (back, corrected)))


def overdue_words(days: int, *, is_open: bool) -> str:
    """Return column 29: days late (0 is not), and whether that is so now or was so once."""
    if days <= 0:
        return "未逾期"
    return f"逾期{days}天" if is_open else f"曾逾期{days}天"


def ledger_parts(document: LedgerDocument, size: int = 150) -> list[LedgerPart]:
    """Split a ledger into parts of at most `size` rows; without rows there is one empty part."""
    starts = range(0, max(len(document.rows), 1), size)
    return [
        LedgerPart(
            head=document.head,
            rows=document.rows[start : start + size],
            is_first=start == 0,
            is_last=start == starts[-1],
        )
        for start in starts
    ]


def ledger_lines(head: LedgerHead) -> list[str]:
    """Return the lines under the title of the sheet."""
    return [
        f"监管机构：{head.agency_name}　服务机构：{head.provider_name}",
        f"合同：{head.contract_number}　{head.contract_title}　"
        f"期间：{head.period_from:%Y-%m-%d} 至 {head.period_until:%Y-%m-%d}",
        head.totals.words,
        f"数据哈希（SHA-256）：{head.input_sha256}",
    ]


def ledger_sheet(out: BinaryIO, head: LedgerHead, rows: Iterable[LedgerRow]) -> int:
    """Write the ledger as a sheet into `out`, reading `rows` once; return their number."""
    return write_table(
        out,
        title=LEDGER_TITLE,
        columns=LEDGER_COLUMNS,
        rows=_cells(rows),
        created=head.made_at,
        head=ledger_lines(head),
        totals=_ledger_totals(head.totals),
        notes=LEDGER_NOTES,
        training=head.training,
    )


def _stack(words: Mapping[int, str], lines: Iterable[Iterable[int]]) -> str:
    """Put the words of a stack under one another; a line of which nothing is there falls away."""
    joined = ("　".join(words[number] for number in line if number in words) for line in lines)
    return "\n".join(line for line in joined if line)


def _words(cell: Cell) -> str:
    match cell:
        case None:
            return ""
        case Decimal():
            return f"{cell:,.2f}"
        case date():
            return f"{cell:%Y-%m-%d}"
    return str(cell)


def _cells(rows: Iterable[LedgerRow]) -> Iterator[tuple[Cell, ...]]:
    return (row.cells for row in rows)


def _ledger_totals(totals: LedgerTotals) -> Sequence[Cell]:
    """Put each total under the column that it belongs to."""
    words = {
        "number": "合计",
        "description": f"发现 {totals.found} 项",
        "severity": f"重大 {totals.major}",
        "recheck_result": f"整改率 {totals.rate}",
        "state": f"已销号 {totals.closed}",
        "overdue": f"逾期 {totals.overdue}",
    }
    return [words.get(name) for name in _LEDGER_FIELDS]
