"""Words and marks that every page uses the same way."""

from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django import template
from django.template.context import RequestContext
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from common.text import masked

register = template.Library()

# Four scales that are never mixed; each has its word, and a shape of its own in black print.
STATE_TONES = {
    "found": "grey", "issued": "amber", "rectifying": "amber", "submitted": "blue",
    "closed": "green", "dismissed": "grey", "open": "blue", "signed": "green", "refused": "red",
    "draft": "grey", "active": "blue", "completed": "green", "terminated": "red",
    "waiting": "grey", "survey": "blue", "guidance": "amber", "recheck": "blue",
    "accepted": "green", "asked": "amber", "granted": "green", "running": "blue", "done": "green",
    "failed": "red", "drafted": "amber", "cancelled": "grey", "sent": "green",
    "committed": "grey", "frozen": "blue", "numbered": "blue", "drawn": "amber",
    "announced": "green", "visiting": "blue", "compared": "green", "listed": "red",
    "planned": "blue", "checked": "amber", "ordered": "amber", "answered": "amber",
    "held": "green", "concluded": "green", "removed": "grey", "case": "red", "suspended": "amber",
    "replaced": "grey", "proposed": "amber", "approved": "green", "returned": "red",
    "withdrawn": "grey", "scoring": "amber", "decided": "green", "published": "green",
    "archived": "grey", "superseded": "grey", "filed": "amber", "adopted": "green",
    "interim": "grey", "named": "amber", "confirmed": "green", "rejected": "red",
    "dropped": "grey", "passed": "green", "acknowledged": "green", "received": "amber",
    "handling": "blue", "verified": "red", "unfounded": "grey", "standing": "red",
    "revoked": "grey",
}  # fmt: skip


@register.simple_tag
def state_dot(row: Any) -> SafeString:
    """A coloured dot with the state's word; a model may say in TONES what a word means for it."""
    tone = getattr(row, "TONES", {}).get(row.state) or STATE_TONES.get(row.state, "grey")
    return format_html(
        '<span class="state state-{}"><span class="dot" aria-hidden="true"></span>{}</span>',
        tone,
        row.get_state_display(),
    )


VERDICT_SHAPES = {
    "ok": "check", "done": "check", "fail": "x", "na": "minus", "doing": "progress",
    "owed": "clock-question", "none": "circle-dashed",
}  # fmt: skip


@register.simple_tag
@lru_cache(maxsize=256)
def verdict(key: str, words: str) -> SafeString:
    """A result as shape and word; a table has a thousand of them, and few kinds."""
    return format_html(
        '<span class="verdict verdict-{}"><i class="ti ti-{}" aria-hidden="true"></i>{}</span>',
        key,
        VERDICT_SHAPES[key],
        words,
    )


@register.simple_tag
@lru_cache(maxsize=256)
def verdict_icon(key: str, words: str) -> SafeString:
    """The shape alone; the word for who cannot see it."""
    return verdict(key, format_html('<span class="visually-hidden">{}</span>', words))


@register.simple_tag
def severity_mark(row: Any) -> SafeString:
    """重大 stands out with a filled mark, 一般 does not."""
    if row.severity == "major":
        return format_html('<span class="severity severity-major">{}</span>', "重大")
    return format_html('<span class="severity">{}</span>', "一般")


@register.simple_tag
def point_grade(colour: str) -> SafeString:
    """The grade of points: 绿 黄 橙 红."""
    keys = {"绿": "green", "黄": "yellow", "橙": "orange", "红": "red"}
    key = keys.get(colour, colour)
    word = {v: k for k, v in keys.items()}.get(key, colour)
    return format_html('<span class="grade grade-{}">{}</span>', key, word)


@register.filter
def days_left(days: int) -> SafeString:
    """Working days to a deadline: 还剩 3 个工作日, 今天到期, 逾期 5 个工作日 (in red)."""
    if days < 0:
        return format_html('<span class="late">逾期 {} 个工作日</span>', -days)
    if days == 0:
        return format_html('<span class="soon">今天到期</span>')
    css = "soon" if days <= 2 else ""
    return format_html('<span class="{}">还剩 {} 个工作日</span>', css, days)


@register.filter
def stars(text: str) -> str:
    """A text with stars for the middle of each number; for lists that have no button."""
    return masked(text or "")


@register.filter
def cn_date(day: date | datetime | None) -> str:
    """2022年6月3日, as papers and sentences write it."""
    if day is None:
        return ""
    if isinstance(day, datetime):
        day = timezone.localtime(day)
    return f"{day.year}年{day.month}月{day.day}日"


@register.filter
def thousands(number: int | Decimal | None) -> str:
    """1,042"""
    return "—" if number is None else f"{number:,}"


@register.filter
def percent(share: float | Decimal | str) -> str:
    """A share of one as percent with one digit; what was frozen holds it as plain text."""
    return f"{Decimal(str(share)) * 100:.1f}%"


@register.filter
def yuan(amount: Decimal | str | None) -> str:
    """1,042.50; what was published holds amounts as plain text."""
    return "—" if amount in (None, "") else f"{Decimal(amount):,.2f}"


@register.filter
def count_words(number: int) -> str:
    """1,042, or 10,000+ beyond what is counted exactly."""
    return "10,000+" if number > 10_000 else f"{number:,}"


@register.filter
def get_item(mapping: dict[Any, Any], key: Any) -> Any:
    """Look a key up."""
    return mapping.get(key)


@register.simple_tag(takes_context=True)
def querystring_without(context: RequestContext, *names: str) -> str:
    """The URL's parameters without some, and back on the first page."""
    query = context["request"].GET.copy()
    for name in (*names, "page", "after", "before"):
        query.pop(name, None)
    return f"?{query.urlencode()}"
