"""Finding enterprises by any part of name, pinyin initials or credit code."""

from django.db.models import Q

from common.search import search


def named(text: str, path: str = "") -> Q:
    """Return the condition that an enterprise's words contain `text`; `path` leads to it ("…__").

    Asks the index at once.
    """
    found = search("enterprises_enterprise", text)
    if found is None:
        return Q(**{f"{path}search_text__icontains": text.strip()})
    key = path.removesuffix("__")
    return Q(**{f"{key}__in" if key else "pk__in": found})
