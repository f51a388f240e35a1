"""The papers of an evaluation, as frozen content. Nothing here computes."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from scoring.appraisals.parameters import GRADES
from scoring.documents import VersionMark


@dataclass(frozen=True)
class AppraisalIndicator:
    """One line of the appraisal: the eight columns of domain.md 3.2, with what they rest on.

    `score` is on the scale of `weight`. An indicator that is not measured has no score and says
    why; it is left out and the rest is rescaled to 100 (domain.md 3.3).
    """

    code: str
    group: str
    name: str
    weight: Decimal
    point: str
    scoring: str
    method: str
    numerator: Decimal | None
    denominator: Decimal | None
    deduction: str
    score: Decimal | None
    unmeasured_reason: str = ""
    note: str = ""  # what a person corrected of the measure, and why

    @property
    def is_measured(self) -> bool:
        """Whether it counts."""
        return self.score is not None


@dataclass(frozen=True)
class IndicatorGroup:
    """Consecutive indicators of one 一级要素."""

    name: str
    indicators: tuple[AppraisalIndicator, ...]
    weight: Decimal


@dataclass(frozen=True)
class PartyLine:
    """One party's part: its score out of 100, its share, and how many forms stand behind it."""

    name: str
    score: Decimal | None
    share: Decimal
    words: str = ""

    @property
    def percent(self) -> Decimal:
        """The share in percent."""
        return self.share * 100


@dataclass(frozen=True)
class AppraisalDocument:
    """绩效考评表 of one contract.

    `raw_score` is the sum over what is measured, out of `measured_weight`; `buyer_score` is the
    same out of 100, `score` what the parties come to. With `veto_reason` the grade is D whatever
    the score.
    """

    training: bool
    agency_name: str
    provider_name: str
    contract_number: str
    contract_title: str
    period_from: date
    period_until: date
    made_at: datetime
    input_sha256: str
    scheme: VersionMark
    indicators: tuple[AppraisalIndicator, ...]
    measured_weight: Decimal
    raw_score: Decimal
    score: Decimal
    grade: str
    veto_reason: str
    # Of a final evaluation: the three parties, and what a reader must know of the figures.
    purpose: str = "过程测算"
    version: int = 1
    buyer_score: Decimal | None = None
    parties: tuple[PartyLine, ...] = ()
    flags: tuple[str, ...] = ()
    open_rechecks: int = 0
    changed_since: int = 0
    corrects: str = ""

    @property
    def grade_words(self) -> str:
        """The grade by its name."""
        return GRADES[self.grade]

    @property
    def full_weight(self) -> Decimal:
        """The weight of all indicators, measured or not."""
        return sum((item.weight for item in self.indicators), Decimal(0))

    @property
    def unmeasured(self) -> tuple[AppraisalIndicator, ...]:
        """The indicators that are left out of the scale."""
        return tuple(item for item in self.indicators if not item.is_measured)

    @property
    def is_rescaled(self) -> bool:
        """Whether something was left out, so that the score was rescaled."""
        return self.measured_weight != self.full_weight

    @property
    def groups(self) -> list[IndicatorGroup]:
        """The indicators by 一级要素, in the order in which the groups first appear."""
        by_name: dict[str, list[AppraisalIndicator]] = {}
        for item in self.indicators:
            by_name.setdefault(item.group, []).append(item)
        return [
            IndicatorGroup(name, tuple(items), sum((i.weight for i in items), Decimal(0)))
            for name, items in by_name.items()
        ]


@dataclass(frozen=True)
class AppraisalNoticeDocument:
    """考评结果告知书 to the provider: what was found, and until when it may object."""

    training: bool
    agency_name: str
    provider_name: str
    contract_number: str
    contract_title: str
    sheet_number: str
    score: Decimal
    grade: str
    veto_reason: str
    lost: tuple[str, ...]
    objection_until: date
    objection_workdays: int
    objection_place: str
    issued_on: date

    @property
    def grade_words(self) -> str:
        """The grade by its name."""
        return GRADES[self.grade]

    @property
    def issuer_name(self) -> str:
        """Who issues it."""
        return self.agency_name

    @property
    def addressee(self) -> str:
        """To whom."""
        return self.provider_name


@dataclass(frozen=True)
class ObjectionDocument:
    """考评异议书: what the provider says against its draft."""

    training: bool
    provider_name: str
    agency_name: str
    contract_number: str
    contract_title: str
    indicator: str
    reason: str
    evidence: tuple[str, ...]
    filed_by: str
    filed_on: date


@dataclass(frozen=True)
class ObjectionAnswerDocument:
    """考评异议答复书: whether it holds, why, and what that changes."""

    training: bool
    agency_name: str
    provider_name: str
    contract_number: str
    contract_title: str
    indicator: str
    reason: str
    is_granted: bool
    answer: str
    before: str
    after: str
    score_before: Decimal
    score_after: Decimal
    answered_by: str
    answered_on: date

    @property
    def issuer_name(self) -> str:
        """Who issues it."""
        return self.agency_name

    @property
    def addressee(self) -> str:
        """To whom."""
        return self.provider_name

    @property
    def issued_on(self) -> date:
        """Its day."""
        return self.answered_on


@dataclass(frozen=True)
class PublicityLine:
    """One contract's result in a year's notice; `rank` among those of the same year."""

    rank: int
    provider_name: str
    contract_number: str
    contract_title: str
    score: Decimal
    grade: str
    veto_reason: str
    note: str = ""
    provider_code: str = ""  # of notices before it was there: none

    @property
    def grade_words(self) -> str:
        """The grade by its name."""
        return GRADES[self.grade]


@dataclass(frozen=True)
class PublicityDocument:
    """考评结果公示: every contract's result of a year, for its days, and where to object."""

    training: bool
    agency_name: str
    year: int
    schemes: tuple[str, ...]
    lines: tuple[PublicityLine, ...]
    published_on: date
    until_on: date
    objection_place: str
    address: str = ""

    @property
    def issuer_name(self) -> str:
        """Who issues it."""
        return self.agency_name

    @property
    def addressee(self) -> str:
        """To everybody."""
        return ""

    @property
    def issued_on(self) -> date:
        """Its day."""
        return self.published_on
