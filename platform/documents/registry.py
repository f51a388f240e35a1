"""The kinds of papers: each is one dataclass and one template; the apps that own them add theirs."""

from dataclasses import dataclass
from enum import StrEnum


class Family(StrEnum):
    """Who may issue a paper and how it is handed over (domain.md 4.1)."""

    SERVICE = "service"  # a provider's advice
    ENFORCEMENT = "enforcement"  # two certified officers; handed over, or sent after signed consent
    NOTICE = "notice"  # a regulator's letter by GB/T 9704
    TABLE = "table"  # ledgers, summaries, sheets: no number


@dataclass(frozen=True, slots=True)
class Paper:
    """A kind of paper. `series` is the pattern of its number with {short}, {year} and {n}, or ''.

    Patterns are domain.md 4.1; those of a provider's papers are [proposal].
    """

    kind: str
    name: str
    content: type
    template: str
    series: str = ""
    family: Family = Family.TABLE
    # Handed over to the enterprise that it names; a regulator's own plan, say, is not.
    is_served: bool = True


_papers: dict[str, Paper] = {}


def register(paper: Paper) -> None:
    """Add a kind; called in AppConfig.ready()."""
    _papers[paper.kind] = paper


def paper_of(kind: str) -> Paper:
    """Return what a kind is made of; KeyError if nobody registered it."""
    return _papers[kind]


def papers() -> tuple[Paper, ...]:
    """Return every kind in the order of registration."""
    return tuple(_papers.values())


def kind_name(kind: str) -> str:
    """Return a kind's Chinese name."""
    return _papers[kind].name if kind in _papers else kind
