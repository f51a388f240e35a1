"""Links to files that end: signed for one member, until a moment.

A link copied into a chat opens nothing: whoever follows it needs a session of his own, his rights
are asked first, and a link made for another member, or too long ago, only offers him one of his
own. Its end is a round moment, so that a browser finds what it has kept under the same address.
"""

import re
from datetime import timedelta
from time import time
from typing import Any

from django.core.signing import Signer
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.crypto import constant_time_compare

from tenancy.actors import Actor
from tenancy.request import Request

# A page's links hold for one to two of these; a session ends after twelve hours anyway.
PAGE = timedelta(hours=6)
BUNDLE = timedelta(days=7)  # what a phone takes along may be shown days later
MOMENT = re.compile(r"[0-9]{1,12}\Z")
_signer = Signer(salt="tenancy.file")


def file_link(actor: Actor | None, name: str, *args: Any, lasts: timedelta = PAGE) -> str:
    """Return the address of a file for this member; it ends after once to twice `lasts`."""
    return link_to(actor, reverse(name, args=args), lasts=lasts)


def link_to(actor: Actor | None, path: str, *, lasts: timedelta = PAGE) -> str:
    """Return the address of the file at `path` for this member."""
    span = int(lasts.total_seconds())
    until = (int(time()) // span + 2) * span
    return f"{path}?until={until}&sign={_sign(actor, path, str(until))}"


def _sign(actor: Actor | None, path: str, until: str) -> str:
    member = actor.membership_id if actor is not None else None
    return _signer.signature(f"{member}|{until}|{path}")


def is_genuine(request: Request) -> bool:
    """Whether the request's address was made for this member and has not ended."""
    until, sign = request.GET.get("until", ""), request.GET.get("sign", "")
    if not MOMENT.match(until) or int(until) < time():
        return False
    return constant_time_compare(sign, _sign(request.actor, request.path, until))


def ended(request: Request) -> HttpResponse | None:
    """Return the page to answer with where the link does not hold, else None.

    Asked after the rights: who may not have the file, hears that first. The page offers a new link.
    """
    if is_genuine(request):
        return None
    context = {"link": link_to(request.actor, request.path)}
    page = render(request, "tenancy/link_ended.html", context, status=410)
    patch_cache_control(page, no_store=True)
    return page
