"""The papers about a provider's standing, and its own notice, as frozen content."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class StandingFacts:
    """What is said of the body or person, in every paper of one decision."""

    measure: str
    kind: str
    name: str
    credit_code: str
    id_number: str
    certificate_number: str
    ground: str
    facts: str
    basis: str
    evidence: tuple[str, ...]
    from_on: date
    until_on: date | None
    demand: str
    demand_due_on: date | None


@dataclass(frozen=True)
class StandingNoticeDocument:
    """告知书: 事实、依据、理由、期限、陈述申辩权 (domain.md 4.10)."""

    training: bool
    issuer_name: str
    addressee: str
    heading: str
    about: StandingFacts
    respond_days: int
    respond_until: date
    issued_on: date


@dataclass(frozen=True)
class StandingDecisionDocument:
    """决定书: what was found, what the body said, what is decided and for how long."""

    training: bool
    issuer_name: str
    addressee: str
    heading: str
    about: StandingFacts
    notice_number: str
    statement: str
    reason: str
    issued_on: date


@dataclass(frozen=True)
class StandingLiftDocument:
    """解除（修复）决定书: a decision ends before its time, and why."""

    training: bool
    issuer_name: str
    addressee: str
    heading: str
    measure: str
    name: str
    credit_code: str
    decision_number: str
    decided_on: date
    request: str
    reason: str
    last_on: date
    issued_on: date


@dataclass(frozen=True)
class CrossRegionNoticeDocument:
    """跨区域执业告知书: 机构、资质、人员、项目、起止日期、服务对象、承诺 (domain.md 4.10)."""

    training: bool
    agency_name: str
    provider_name: str
    credit_code: str
    address: str
    registered_by: str
    qualification: str
    people: str
    project: str
    contract_number: str
    from_on: date
    until_on: date
    served: str
    commitment: str
    filed_by: str
    issued_on: date
