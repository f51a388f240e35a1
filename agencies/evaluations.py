"""What has been published of how providers did: the app that evaluates them says it here."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Published:
    """A provider's latest published evaluation, in words, with the page that it stands on."""

    words: str
    url: str = ""


Source = Callable[[Iterable[int], int], dict[int, Published]]
_sources: list[Source] = []


def register_published(source: Source) -> None:
    """Say where evaluations come from: (providers, agency) → {provider: what is published}.

    It is asked under an enterprise's actor too, so it reads published rows only. Called in
    AppConfig.ready().
    """
    if source not in _sources:
        _sources.append(source)


def published_of(provider_org_ids: Iterable[int], agency_id: int) -> dict[int, Published]:
    """Return what is published of each; who has nothing is not in it."""
    ids = list(provider_org_ids)
    found: dict[int, Published] = {}
    for source in _sources:
        found |= source(ids, agency_id)
    return found
