"""Which class and template stand behind each kind of paper; the apps that own them fill it in."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Paper:
    """A kind of paper. `series` is the pattern of its number with {short}, {year} and {n}, or ''.

    Patterns are domain.md 4.1; those of a provider's papers are [proposal].
    """

    content: type
    template: str
    series: str = ""


_papers: dict[str, Paper] = {}


def register(kind: str, paper: Paper) -> None:
    """Say what a kind is made of; called in AppConfig.ready()."""
    _papers[kind] = paper


def paper_of(kind: str) -> Paper:
    """Return what a kind is made of; KeyError if nobody registered it."""
    return _papers[kind]
