"""The letters of the point system, as frozen content (domain.md 2.6). Nothing here computes."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from scoring.documents import COLOURS, VersionMark


@dataclass(frozen=True)
class PointLine:
    """One entry as letters name it: what was seen, what it counts for, and why."""

    code: str
    text: str
    fact: str
    given_on: date
    points: Decimal
    why: str


@dataclass(frozen=True)
class Standing:
    """How an enterprise's year stands: the lines, and the figures they come to."""

    year: int
    lines: tuple[PointLine, ...]
    gross: Decimal
    reduction: Decimal
    surcharge: Decimal
    net: Decimal
    colour: str

    @property
    def colour_class(self) -> str:
        """The CSS class of the grade."""
        return COLOURS[self.colour]


@dataclass(frozen=True)
class PointsNoticeDocument:
    """记分告知书: what was given, how the year stands, what follows, and what may be said against it."""

    training: bool
    issuer_name: str
    addressee: str
    rule_book: VersionMark
    lines: tuple[PointLine, ...]
    now: Decimal
    standing: Standing
    t_report: Decimal
    t_veto: Decimal
    appeal_days: int
    appeal_until: date
    appeal_place: str
    contact: str
    is_obstructed: bool
    obstruction: Decimal
    issued_on: date
    words: str = ""


@dataclass(frozen=True)
class ThresholdDocument:
    """满12分抄报单 or 满18分一票否决通知: the year, and what follows from it."""

    training: bool
    issuer_name: str
    addressee: str
    enterprise_name: str
    credit_code: str
    address: str
    principal_name: str
    rule_book: VersionMark
    threshold: Decimal
    reached_on: date
    standing: Standing
    measures: tuple[str, ...]
    interviews: tuple[str, ...]
    scope: str
    from_on: date
    until_on: date | None
    issued_on: date


@dataclass(frozen=True)
class CorrectionDocument:
    """更正函: points fell below a threshold after it had been reported."""

    training: bool
    issuer_name: str
    addressee: str
    enterprise_name: str
    report_number: str
    reported_on: date
    threshold: Decimal
    before: Decimal
    reason: str
    standing: Standing
    issued_on: date


@dataclass(frozen=True)
class DecidedLine:
    """One entry that was spoken against, and what was decided of it."""

    code: str
    fact: str
    points: Decimal
    decision: str
    note: str


@dataclass(frozen=True)
class AppealDecisionDocument:
    """陈述申辩复核决定书: what was said, what was decided, and how the year stands after it."""

    training: bool
    issuer_name: str
    addressee: str
    sheet_on: date
    asked_on: date
    reason: str
    lines: tuple[DecidedLine, ...]
    answer: str
    decided_by: str
    before: Decimal
    after: Decimal
    issued_on: date


@dataclass(frozen=True)
class InterviewNoticeDocument:
    """约谈通知书: when, where, why, and who is expected."""

    training: bool
    issuer_name: str
    addressee: str
    principal_name: str
    planned_at: datetime
    place: str
    host_name: str
    reason: str
    year: int
    total: Decimal
    issued_on: date


@dataclass(frozen=True)
class InterviewRecordDocument:
    """约谈记录: what was said and what was promised."""

    training: bool
    agency_name: str
    enterprise_name: str
    planned_at: datetime
    held_at: datetime
    place: str
    host_name: str
    attended_by: str
    reason: str
    total: Decimal
    content: str
    commitment: str


@dataclass(frozen=True)
class AdjustmentDocument:
    """记分减免/加处确认单: one change of the year's points, with the rule that made it."""

    training: bool
    agency_name: str
    enterprise_name: str
    credit_code: str
    year: int
    kind: str
    happened_on: date
    line: PointLine | None
    reason: str
    before: Decimal
    after: Decimal
    approver: str
    rule_book: VersionMark


@dataclass(frozen=True)
class RegionLine:
    """One town in a district's summary; rates are in words because they may be undefined."""

    name: str
    enterprises: int
    inspected: int
    coverage: str
    entries: int
    gross: Decimal
    net: Decimal
    mean: str
    median: str
    colours: tuple[int, ...]
    at_12: int
    at_18: int
    timely_rate: str
    refusals: int
    per_sheet: str
    strictness: str
    spot_checks: int
    last_year: str


@dataclass(frozen=True)
class Bar:
    """One bar of a chart: `share` is its length, of 100."""

    label: str
    number: str
    share: Decimal


@dataclass(frozen=True)
class EffectLines:
    """Accidents, cases and fines of some months: {what, this year, the year before, change}."""

    period: str
    lines: tuple[tuple[str, str, str, str], ...]


@dataclass(frozen=True)
class RegionSummaryDocument:
    """记分汇总 of a town or district, beside the year before (domain.md 2.7)."""

    training: bool
    agency_name: str
    region_name: str
    year: int
    rule_book: VersionMark
    made_at: datetime
    input_sha256: str
    lines: tuple[RegionLine, ...]
    total: RegionLine
    colour_names: tuple[str, ...]
    aspects: tuple[Bar, ...]
    items: tuple[Bar, ...]
    distribution: tuple[Bar, ...]
    top_clauses: tuple[Bar, ...]
    comparison: tuple[tuple[str, str, str], ...]
    effects: EffectLines | None = None
