"""What every page's shell shows: who acts, where he can go, what waits."""

from collections.abc import Callable
from datetime import date
from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from home.inbox import BADGE, unread_count
from home.navigation import groups_for
from tenancy import clock
from tenancy.actors import Actor


def shell(request: HttpRequest) -> dict[str, Any]:
    """Return actor, nav, unread, memberships_count and clock_text for the layouts.

    Who has not signed in is shown the ways to do it: what the sign-in page says of this installation.
    """
    actor = getattr(request, "actor", None)
    if actor is None or not actor.org_id:
        return {
            "actor": actor if actor and actor.user_id else None,
            "nav": [],
            "identity_providers": settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"],
            "is_trial": not settings.MFA_REQUIRED,
            "missing_step": getattr(request, "missing_step", None),
        }
    nav = _nav(actor, request.path)
    day = _training_day(request, actor)
    return {
        "actor": actor,
        "nav": nav,
        "unread": _unread(actor),
        "memberships_count": len(getattr(request, "memberships", ())),
        "clock_text": f"演示时钟 {day:%Y-%m-%d}" if day else "",
    }


def _nav(actor: Actor, path: str) -> list[dict[str, Any]]:
    """Return the groups of the menu with their lines; the group that one is in stands open."""
    groups = groups_for(actor)
    urls = {entry: reverse(entry.url_name) for group in groups for entry in group.entries}
    here = _here(path, list(urls.values()))
    return [
        {
            "title": group.title,
            "is_open": any(urls[entry] == here for entry in group.entries),
            "lines": [
                {
                    "title": entry.title,
                    "url": urls[entry],
                    "icon": entry.icon,
                    "active": urls[entry] == here,
                    "has_badge": entry.url_name == "home:inbox",
                }
                for entry in group.entries
            ],
        }
        for group in groups
    ]


def _unread(actor: Actor) -> Callable[[], str]:
    """Return what the badge says; asked of the database once, and only by a layout that has one."""

    @cache
    def words() -> str:
        number = unread_count(actor)
        return f"{BADGE}+" if number > BADGE else str(number or "")

    return words


def _training_day(request: HttpRequest, actor: Actor) -> date | None:
    """Return the day by a training agency's own clock, as the middleware has loaded it."""
    if not (actor.is_training and actor.is_agency):
        return None
    mine = (m for m in getattr(request, "memberships", ()) if m.pk == actor.membership_id)
    return next((clock.today_of(membership.org.agency) for membership in mine), None)


def _here(path: str, urls: list[str]) -> str:
    """Return the place whose address the page's begins with: the longest, so only one is lit."""
    found = [url for url in urls if path == url or (url != "/" and path.startswith(url))]
    return max(found, key=len, default="")
