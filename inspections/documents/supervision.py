"""Papers of the watching: confirmation of a team, disclosure to the organizer, experts' opinion."""

from dataclasses import dataclass
from datetime import date, datetime

from inspections.documents.visits import StaffMember


@dataclass(frozen=True)
class TeamLine:
    """One person who was named: what was on the register then, and what was decided."""

    name: str
    duty: str
    qualification: str
    certificates: tuple[str, ...]
    named_on: date
    result: str
    decided_by: str
    decided_at: datetime | None
    note: str


@dataclass(frozen=True)
class TeamSheetDocument:
    """准备情况确认表: everybody named for a contract, looked at one by one (D2)."""

    training: bool
    agency_name: str
    provider_name: str
    contract_number: str
    contract_title: str
    lines: tuple[TeamLine, ...]
    confirmed: int
    made_at: datetime


@dataclass(frozen=True)
class DisclosedHazard:
    """One hazard as it is told to the organizer, with what is proposed."""

    number: str
    place: str
    description: str
    severity: str
    measure: str
    due_on: date
    state: str


@dataclass(frozen=True)
class DisclosedFirm:
    """One enterprise of a disclosure; `guided_on`: when it was told the same."""

    name: str
    credit_code: str
    visited_on: date | None
    guided_on: date | None
    hazards: tuple[DisclosedHazard, ...]


@dataclass(frozen=True)
class DisclosureDocument:
    """交底书: what the provider found at enterprises and proposes, told to the organizer (D2)."""

    training: bool
    provider_name: str
    agency_name: str
    contract_number: str
    contract_title: str
    batch_name: str
    firms: tuple[DisclosedFirm, ...]
    words: str
    lead: StaffMember
    made_on: date

    @property
    def found(self) -> int:
        """Hazards in all."""
        return sum(len(firm.hazards) for firm in self.firms)

    @property
    def majors(self) -> int:
        """Major ones in all."""
        return sum(one.severity == "重大" for firm in self.firms for one in firm.hazards)


@dataclass(frozen=True)
class OpinionLine:
    """What one expert says."""

    name: str
    unit: str
    title: str
    certificate_number: str
    conflict: str
    conclusion: str
    points: str


@dataclass(frozen=True)
class ExpertOpinionDocument:
    """专家审核意见 of one round on one report."""

    training: bool
    agency_name: str
    provider_name: str
    contract_number: str
    contract_title: str
    report_title: str
    report_number: str
    report_sha256: str
    round: int
    result: str
    summary: str
    opinions: tuple[OpinionLine, ...]
    opened_at: datetime
    closed_at: datetime
