"""Who sees a number whole: one place for every page, list, bundle and button.

Phones and contacts are shown with stars to everybody but the body they belong to; papers bear them
whole (domain.md, appendix C). Whoever may (`personal_show`) has one number shown at a time, by a
button; each time is an act in the audit, with who, what and from which page, never the value.

An app registers what it holds in its `AppConfig.ready()`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.db.models import Model
from django.urls import reverse

from audit.services import record
from common.errors import Refused
from common.text import masked
from tenancy.access import require
from tenancy.actors import Actor


@dataclass(frozen=True, slots=True)
class Holder:
    """A model with personal fields; `find` answers as `access.py` does: 404 or 403 for who may not.

    `owner` is the attribute with the organisation whose own it is, `hide` what others see of it.
    """

    find: Callable[[Actor | None, object], Model]
    fields: frozenset[str]
    owner: str
    hide: Callable[[str], str]


_holders: dict[str, Holder] = {}


def register(
    model: type[Model],
    *fields: str,
    find: Callable[[Actor | None, object], Model],
    owner: str = "enterprise_org_id",
    hide: Callable[[str], str] = masked,
) -> None:
    """Say that these fields of a model are personal."""
    _holders[model._meta.label_lower] = Holder(find, frozenset(fields), owner, hide)


def sees_whole(actor: Actor | None, row: Model) -> bool:
    """Whether a row's personal fields are the actor's own organisation's."""
    if actor is None or actor.org_id is None:
        return False
    return bool(getattr(row, _holders[row._meta.label_lower].owner) in actor.orgs)


def shown(actor: Actor | None, row: Model, field: str) -> str:
    """Return a personal field as this actor sees it on a page."""
    text: str = getattr(row, field)
    return text if sees_whole(actor, row) else _holders[row._meta.label_lower].hide(text)


def wholly(text: str) -> str:
    """Hide a text to its last letter: that there is one is all that is shown."""
    return "***" if text else ""


def show_url(actor: Actor | None, row: Model, field: str) -> str:
    """Return the address of the button that shows a field whole, '' where there is none."""
    if actor is None or not actor.may("personal_show"):
        return ""
    if shown(actor, row, field) == getattr(row, field):
        return ""
    return reverse("tenancy:personal", args=[row._meta.label_lower, row.pk, field])


def personal_show(*, actor: Actor, holder: str, pk: object, field: str, page: str) -> str:
    """Return one personal field whole, and record that it was shown.

    `page` is the address on which somebody asked; what follows its path is not kept, since a
    search may itself be a name. Refused for a holder or field that is none.
    """
    found = _holders.get(holder)
    if found is None or field not in found.fields:
        raise Refused(holder[:60], pk)
    row: Any = found.find(require(actor, "personal_show"), pk)
    path = urlsplit(page).path[:200]
    record(actor=actor, act="personal.show", subject=row, data={"field": field, "page": path})
    text: str = getattr(row, field)
    return text
