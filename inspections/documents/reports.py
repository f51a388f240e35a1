"""The papers that end a phase: reports, conclusions, the sheet of criteria, proofs and notices."""

from dataclasses import dataclass
from datetime import date, datetime

from documents.photos import PhotoRef
from inspections.documents.visits import EnterpriseHead, StaffMember


@dataclass(frozen=True)
class CriterionLine:
    """One acceptance criterion at one enterprise: result in words and what stands behind it."""

    number: int
    text: str
    result: str
    note: str


@dataclass(frozen=True)
class ReportedVisit:
    """A visit as the report counts it; `hours` in tenths, as text."""

    on: date
    kind: str
    staff: str
    hours: str


@dataclass(frozen=True)
class ReportedHazard:
    """A hazard as report and conclusion list it."""

    number: str
    place: str
    description: str
    severity: str
    due_on: date
    state: str
    rechecked_on: date | None
    photos: tuple[PhotoRef, ...] = ()


@dataclass(frozen=True)
class ReportedTrace:
    """A topic of the guidance and how far it came."""

    group: str
    name: str
    state: str
    done_on: date | None
    helped_by: str


@dataclass(frozen=True)
class ReportHead:
    """Who reports on whom, under what contract, on what day."""

    training: bool
    provider_name: str
    agency_name: str
    contract_number: str
    contract_title: str
    batch_name: str
    enterprise: EnterpriseHead
    lead: StaffMember
    closed_on: date


@dataclass(frozen=True)
class EnterpriseReportDocument:
    """企业安全生产社会化服务情况报告 (domain.md 4.7): what was done there and what came of it."""

    head: ReportHead
    facts: tuple[tuple[str, ...], ...]
    visits: tuple[ReportedVisit, ...]
    meetings: tuple[str, ...]
    soft_failed: tuple[str, ...]
    soft_asked: int
    hazards: tuple[ReportedHazard, ...]
    majors: tuple[str, ...]
    closed: int
    open: int
    criteria: tuple[CriterionLine, ...]
    traces: tuple[ReportedTrace, ...]
    troubles: tuple[str, ...]
    advice: tuple[str, ...]

    @property
    def training(self) -> bool:
        """Whether 演示 stands across every page."""
        return self.head.training

    @property
    def provider_name(self) -> str:
        """Who issues it."""
        return self.head.provider_name

    @property
    def rate(self) -> str:
        """Closed of found in whole percent, a dash where nothing was found."""
        found = len(self.hazards)
        return f"{round(self.closed * 100 / found)}%" if found else "—"


@dataclass(frozen=True)
class ConclusionDocument:
    """结论性意见 (domain.md 4.7): 通过, 限期整改后通过 or 不通过（建议执法）, and why."""

    head: ReportHead
    conclusion: str
    note: str
    report_number: str
    criteria: tuple[CriterionLine, ...]
    open_hazards: tuple[ReportedHazard, ...]
    found: int
    closed: int

    @property
    def training(self) -> bool:
        """Whether 演示 stands across every page."""
        return self.head.training

    @property
    def provider_name(self) -> str:
        """Who issues it."""
        return self.head.provider_name


@dataclass(frozen=True)
class MajorReportDocument:
    """重大事故隐患报告单 (domain.md 4.6): state and causes, harm and difficulty, treatment."""

    training: bool
    provider_name: str
    agency_name: str
    enterprise: EnterpriseHead
    hazard_number: str
    place: str
    description: str
    criterion: str
    found_at: datetime
    noticed_at: datetime
    reported_at: datetime
    causes: str
    harm: str
    treatment: str
    temporary_measures: str
    due_on: date
    reporter: StaffMember
    correction: str = ""

    @property
    def delay(self) -> str:
        """How long after the finding the report was written, in hours and minutes."""
        minutes = int((self.reported_at - self.found_at).total_seconds()) // 60
        return f"{minutes // 60}小时{minutes % 60}分"


@dataclass(frozen=True)
class SheetRow:
    """One enterprise of the acceptance sheet: nine words, and the notes of what is not met."""

    position: int
    name: str
    town: str
    results: tuple[str, ...]
    conclusion: str
    notes: tuple[str, ...]


@dataclass(frozen=True)
class AcceptanceSheetDocument:
    """验收标准核查表: nine criteria × the enterprises of a batch, with totals."""

    training: bool
    agency_name: str
    provider_name: str
    contract_title: str
    batch_name: str
    made_at: datetime
    criteria: tuple[str, ...]
    rows: tuple[SheetRow, ...]

    @property
    def totals(self) -> list[tuple[str, list[int]]]:
        """For each word, how often it stands under each criterion."""
        words = ("符合", "不符合", "不涉及", "待核查")
        return [
            (word, [sum(row.results[n] == word for row in self.rows) for n in range(9)])
            for word in words
        ]


@dataclass(frozen=True)
class ProofDay:
    """One day of a period: what it is, and its number when it counts."""

    day: date
    kind: str
    number: int | None
    source: str


@dataclass(frozen=True)
class DeadlineProofDocument:
    """期限推算表: day by day, why a period in working days ends when it does."""

    training: bool
    agency_name: str
    provider_name: str
    subject: str
    rule: str
    start_on: date
    days: int
    due_on: date
    is_provisional: bool
    calendar: tuple[ProofDay, ...]


@dataclass(frozen=True)
class DeadlineNoticeDocument:
    """整改期限告知书: the answer to a request for more time, or a new day after a holiday notice."""

    training: bool
    issuer_name: str
    addressee: str
    hazard_number: str
    place: str
    description: str
    old_due_on: date
    new_due_on: date
    decision: str
    reason: str
    safeguard: str
    answer: str
    issued_on: date


@dataclass(frozen=True)
class CheckedLine:
    """One drawn enterprise in the result notice."""

    position: int
    name: str
    why: str
    found_both: int
    missed: int
    overstated: int
    opinion: str


@dataclass(frozen=True)
class DrawNoticeDocument:
    """抽查结果通报: how the sample was drawn, what the officers found, what follows."""

    training: bool
    issuer_name: str
    addressee: str
    contract_title: str
    batch_name: str
    total: int
    sampled: int
    ratio: str
    commitment: str
    list_sha256: str
    provider_number: str
    secret: str
    replay_url: str
    completed_on: date
    due_on: date
    due_reason: str
    lines: tuple[CheckedLine, ...]
    requirement: str
    issued_on: date

    @property
    def found_both(self) -> int:
        """Found by both sides, in all."""
        return sum(line.found_both for line in self.lines)

    @property
    def missed(self) -> int:
        """Found by the officers only, in all."""
        return sum(line.missed for line in self.lines)

    @property
    def overstated(self) -> int:
        """Not upheld, in all."""
        return sum(line.overstated for line in self.lines)

    @property
    def missed_share(self) -> str:
        """Missed of (found by both + missed) in percent with one decimal (indicator B4)."""
        whole = self.found_both + self.missed
        return f"{self.missed * 100 / whole:.1f}%" if whole else "—"


@dataclass(frozen=True)
class ReportFigure:
    """A figure of the project report with its unit."""

    name: str
    value: str


@dataclass(frozen=True)
class ProjectReportDocument:
    """项目总结报告: what the contract brought, phase by phase."""

    training: bool
    provider_name: str
    agency_name: str
    contract_number: str
    contract_title: str
    batch_name: str
    period_from: date
    period_until: date
    figures: tuple[ReportFigure, ...]
    conclusions: tuple[ReportFigure, ...]
    categories: tuple[ReportFigure, ...]
    towns: tuple[tuple[str, ...], ...]
    meetings: tuple[str, ...]
    withdrawn: tuple[str, ...]
    problems: str
    suggestions: str
    lead: StaffMember
    made_on: date


@dataclass(frozen=True)
class AttendanceLine:
    """Somebody on the sign-in sheet."""

    unit: str
    person: str
    post: str
    how: str
    signed_at: datetime


@dataclass(frozen=True)
class MeetingRecordDocument:
    """会议记录: sign-in sheet and minutes of a meeting of the batch."""

    training: bool
    provider_name: str
    agency_name: str
    contract_title: str
    batch_name: str
    kind: str
    meeting_title: str
    starts_at: datetime
    place: str
    host_name: str
    agenda: str
    minutes: str
    attendances: tuple[AttendanceLine, ...]
    absent: tuple[str, ...]
    sides: str = ""  # how many of which side

    @property
    def heading(self) -> str:
        """What the paper is called: opinions are exchanged and put down as 纪要 (D2)."""
        return "意见交换会纪要" if self.kind == "意见交换会" else "会议记录"
