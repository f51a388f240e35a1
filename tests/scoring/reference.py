"""The rules of domain.md 2.4 written a second time, by somebody who did not read the first.

Points are whole numbers of halves. A year is a diary of what happened, in whatever order it was
written down; the rules sort it themselves.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Gave:
    """An inspection gave a clause. `worth` and `most` are of the clause; a half is 1."""

    name: str
    inspection: int
    clause: str
    worth: int
    units: int = 1
    most: int | None = 1
    may_be_reduced: bool = False
    may_be_waived: bool = False
    mended_at_once: bool = False


@dataclass(frozen=True)
class Refused:
    """The enterprise kept the officers from an inspection."""

    inspection: int


@dataclass(frozen=True)
class Mended:
    """A recheck found an entry mended, in time or not."""

    name: str
    in_time: bool


@dataclass(frozen=True)
class NotMended:
    """A recheck after the deadline found an entry as it was."""

    name: str


@dataclass(frozen=True)
class TakenBack:
    """An entry was revoked."""

    name: str


@dataclass(frozen=True)
class Learnt:
    """A training was passed."""


@dataclass
class Year:
    """Adds a diary up."""

    diary: list[object] = field(default_factory=list)

    def halves(self) -> int:
        """The total of the year, in halves."""
        gave = [one for one in self.diary if isinstance(one, Gave)]
        void = {one.name for one in self.diary if isinstance(one, TakenBack)}
        unmended = {one.name for one in self.diary if isinstance(one, NotMended)}
        too_late = {o.name for o in self.diary if isinstance(o, Mended) and not o.in_time}
        in_time = {o.name for o in self.diary if isinstance(o, Mended) and o.in_time}
        refused = {one.inspection for one in self.diary if isinstance(one, Refused)}
        learnt = sum(isinstance(one, Learnt) for one in self.diary)
        plus = 6 * len(refused)
        minus = 0
        for one in gave:
            if one.name in void:
                continue
            if one.mended_at_once and one.may_be_waived:
                continue
            worth = one.worth * (one.units if one.most is None else min(one.units, one.most))
            is_again = any(
                other.clause == one.clause
                and other.inspection < one.inspection
                and other.name not in void
                for other in gave
            )
            plus += worth * 2 if is_again else worth
            if one.name in unmended:
                plus += worth
                continue
            if one.name in too_late or one.name not in in_time:
                continue
            if one.may_be_reduced and not is_again and one.inspection not in refused:
                minus += worth - worth // 2
        minus += 2 * min(learnt, 2)
        return max(0, plus - min(minus, 12))
