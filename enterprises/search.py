"""Finding enterprises by any part of name, pinyin initials or credit code."""

from django.db.models import Q

from common.search import search


def firms_named(text: str) -> list[int] | None:
    """Return the enterprises whose words contain `text`; None where too many do. Asks at once."""
    return search("enterprises_enterprise", text)


def named(text: str, path: str = "") -> Q:
    """Return the condition that an enterprise's words contain `text`; `path` leads to it ("…__")."""
    return of_firms(text, firms_named(text), path)


def of_firms(text: str, found: list[int] | None, path: str = "") -> Q:
    """Return the same condition from what was found."""
    if found is None:
        return Q(**{f"{path}search_text__icontains": text.strip()})
    return Q(**{f"{path}pk__any_of": found})
