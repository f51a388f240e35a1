"""What the rules are told, and what they answer. Times are local, places degrees of WGS-84."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from statistics import median
from typing import Any

Place = tuple[float, float]


@dataclass(frozen=True, slots=True)
class TrackPoint:
    """Where a phone was once; accuracy in metres, None where it said none."""

    place: Place
    accuracy: float | None


@dataclass(frozen=True, slots=True)
class Span:
    """From the first to the last of some moments."""

    first: datetime
    last: datetime

    @property
    def minutes(self) -> float:
        """How long."""
        return (self.last - self.first).total_seconds() / 60


@dataclass(frozen=True, slots=True)
class VisitFact:
    """One visit of the provider's that is over.

    `entered`: when its answers and findings were written, by desk or phone. `taps`: the same of
    phones alone, where each answer has a moment of its own, and how many there were.
    """

    id: str
    assignment: int
    firm: int
    arrived_at: datetime
    left_at: datetime
    firm_place: Place | None = None
    is_survey: bool = True
    is_on_site: bool = True
    place: Place | None = None
    accuracy: float | None = None
    track: tuple[TrackPoint, ...] = ()
    people: tuple[tuple[int, str], ...] = ()  # (membership, name)
    recorder: int = 0
    answers: int = 0  # 符合 and 不符合
    hazards: int = 0
    rechecks: int = 0
    phones: int = 1
    entered: Span | None = None
    tapped: Span | None = None
    taps: int = 0

    @property
    def minutes(self) -> float:
        """How long they stayed."""
        return (self.left_at - self.arrived_at).total_seconds() / 60

    @property
    def middle(self) -> TrackPoint | None:
        """The middle of the track, which a few wild points do not move."""
        if not self.track:
            return None
        known = [p.accuracy for p in self.track if p.accuracy is not None]
        place = (median(p.place[0] for p in self.track), median(p.place[1] for p in self.track))
        return TrackPoint(place, median(known) if known else None)

    @property
    def where(self) -> Place | None:
        """Where this visit says its people were: at the enterprise, or as far as we know."""
        return self.firm_place or self.place or (self.middle.place if self.middle else None)


@dataclass(frozen=True, slots=True)
class HazardFact:
    """One finding of the provider's."""

    id: str
    number: str
    assignment: int
    firm: int
    visit: str
    place: str
    description: str
    is_library: bool = False  # its words are the library's own
    is_handed_in: bool = False  # said to be mended: submitted or closed


@dataclass(frozen=True, slots=True)
class PhotoFact:
    """One picture. `subject` is what it was taken for; `hazard` is empty for the site's."""

    id: str
    sha256: str
    phash: str
    subject: str
    visit: str
    assignment: int
    firm: int
    hazard: str = ""
    number: str = ""  # the hazard's
    is_closing: bool = False  # taken to show that it is mended
    is_latest: bool = True  # of the submission that counts now


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of some assignments, and of others what touches them.

    Findings are about `assignments` alone. `companions`: other visits of the same people. `others`:
    pictures of other assignments that may be the same as one of `photos`.
    """

    assignments: Mapping[int, int] = field(default_factory=dict)  # {assignment: enterprise}
    visits: tuple[VisitFact, ...] = ()
    companions: tuple[VisitFact, ...] = ()
    hazards: tuple[HazardFact, ...] = ()
    photos: tuple[PhotoFact, ...] = ()
    others: tuple[PhotoFact, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """One sign: the fact with its numbers and why it is asked, in words.

    `subject` is what it is about within its kind. Where it rests on several things (`evidence`) and
    these become more, it is a new finding: whoever dismissed the former one has not seen this one.
    `others` are further visits to look at; words and figures name no other enterprise, for a reader
    may be blind to it.
    """

    assignment: int
    visit: str | None
    kind: str
    subject: str
    text: str
    figures: Mapping[str, Any]
    others: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """What tells it from others of its kind at the same assignment."""
        if not self.evidence:
            return self.subject
        content = "\n".join(sorted(self.evidence))
        return f"{self.subject}#{hashlib.sha256(content.encode()).hexdigest()[:16]}"


MOST_NAMED = 5  # of a list within a sentence


def named(names: list[str]) -> str:
    """Return names for a sentence, the first few."""
    return "、".join(names[:MOST_NAMED]) + (f"等{len(names)}项" if len(names) > MOST_NAMED else "")
