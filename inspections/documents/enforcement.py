"""The regulator's enforcement papers (domain.md 4.3 to 4.5): two certified officers, or no paper."""

from dataclasses import dataclass
from datetime import date, datetime

from inspections.documents.visits import EnterpriseHead, Picture, Refusal, Signature


@dataclass(frozen=True)
class Officer:
    """An officer with the number of the certificate he showed."""

    name: str
    certificate_number: str


def _two(officers: tuple[Officer, ...]) -> None:
    if len({officer.certificate_number for officer in officers}) < 2:
        raise ValueError("an enforcement paper names two officers with a certificate each")


@dataclass(frozen=True)
class CheckPlanDocument:
    """现场检查方案, one for each enterprise (一企一策, D12)."""

    training: bool
    issuer_name: str
    enterprise: EnterpriseHead
    facts: tuple[str, ...]
    scale: str
    weak_points: str
    deep_causes: str
    content: str
    planned_on: date
    officers: tuple[Officer, ...]
    issued_on: date

    def __post_init__(self) -> None:
        _two(self.officers)


@dataclass(frozen=True)
class CheckedFault:
    """A fault as the officers wrote it down; `photos` are numbered on the paper."""

    position: int
    number: str
    place: str
    description: str
    basis: str
    photos: tuple[Picture, ...] = ()


@dataclass(frozen=True)
class CheckRecordDocument:
    """现场检查记录 (domain.md 4.3). Exactly one of `signature` and `refusal` is there."""

    training: bool
    issuer_name: str
    enterprise: EnterpriseHead
    representative_name: str
    representative_post: str
    place: str
    arrived_at: datetime
    left_at: datetime
    officers: tuple[Officer, ...]
    assistants: tuple[str, ...]
    purpose: str
    faults: tuple[CheckedFault, ...]
    passed: tuple[str, ...]
    note: str
    signature: Signature | None
    refusal: Refusal | None
    issued_on: date

    def __post_init__(self) -> None:
        _two(self.officers)
        if (self.signature is None) == (self.refusal is None):
            raise ValueError("either signed or refused")


@dataclass(frozen=True)
class OrderedItem:
    """A fault with its own deadline."""

    position: int
    number: str
    description: str
    basis: str
    due_on: date


@dataclass(frozen=True)
class RectifyOrderDocument:
    """责令限期整改指令书 (domain.md 4.4): own deadline per item, remedy clause of its day."""

    training: bool
    issuer_name: str
    enterprise: EnterpriseHead
    check_record_number: str
    items: tuple[OrderedItem, ...]
    remedy: str
    officers: tuple[Officer, ...]
    representative_name: str
    issued_on: date
    correction: str = ""

    def __post_init__(self) -> None:
        _two(self.officers)

    @property
    def groups(self) -> list[tuple[str, date]]:
        """Items with the same deadline together: (their numbers, the day), earliest first."""
        days = sorted({item.due_on for item in self.items})
        return [
            ("、".join(str(i.position) for i in self.items if i.due_on == day), day) for day in days
        ]


@dataclass(frozen=True)
class RecheckedItem:
    """An ordered item and what the recheck found: 已整改, 部分整改 or 未整改."""

    position: int
    number: str
    description: str
    due_on: date
    result: str
    opinion: str
    photos: tuple[Picture, ...] = ()


@dataclass(frozen=True)
class RecheckOpinionDocument:
    """整改复查意见书 (domain.md 4.5); it answers an order and names it."""

    training: bool
    issuer_name: str
    enterprise: EnterpriseHead
    order_number: str
    ordered_on: date
    rechecked_on: date
    items: tuple[RecheckedItem, ...]
    follow_up: str
    officers: tuple[Officer, ...]
    representative_name: str
    issued_on: date

    def __post_init__(self) -> None:
        _two(self.officers)
        if not self.order_number:
            raise ValueError("a recheck opinion needs the order it answers")
