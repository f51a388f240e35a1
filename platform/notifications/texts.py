"""What leaves the page in words: titles and links only, no personal data and no secret."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse

from notifications.kinds import GROUPS

LINES = 20  # of a digest; what is more is counted
SIGN = "【安服】"
ROBOT_BYTES = 2_000  # WeCom takes 2,048


@dataclass(frozen=True, slots=True)
class Line:
    """One message as it is told outside."""

    group: str
    title: str
    url: str
    is_urgent: bool


@dataclass(frozen=True, slots=True)
class Letter:
    """A subject and its text."""

    subject: str
    text: str


def messages_page() -> str:
    """Return the path of what somebody was told; beside it stands what waits for him."""
    return f"{reverse('home:inbox')}?part=messages"


def absolute(path: str) -> str:
    """Return the address of a page as somebody outside needs it."""
    return f"{settings.SITE_URL.rstrip('/')}{path}"


def letter(lines: Sequence[Line], size: int, urgent: int, counts: dict[str, int]) -> Letter:
    """Return a mail: of one message, or a digest of `size`, of which `lines` are the first.

    `urgent` is how many of all are urgent, `counts` how many of each group there are.
    """
    foot = f"\n\n—\n更改接收方式或停止接收：{absolute(reverse('notifications:settings'))}"
    if size == 1:
        [line] = lines
        mark = "（紧急）" if line.is_urgent else ""
        return Letter(f"{SIGN}{mark}{line.title}", f"{line.title}\n{absolute(line.url)}{foot}")
    body = "\n\n".join(_sections(lines, counts))
    head = _head(size, urgent)
    return Letter(head, f"{head}\n\n{body}{_rest(lines, size)}{foot}")


def _head(size: int, urgent: int) -> str:
    return f"{SIGN}您有 {size} 条消息" + (f"，其中紧急 {urgent} 条" if urgent else "")


def _sections(lines: Sequence[Line], counts: dict[str, int]) -> list[str]:
    """Return the groups with what is urgent first, each with its number and its messages."""
    groups = list(dict.fromkeys(line.group for line in lines))
    found = []
    for key in groups:
        mine = [line for line in lines if line.group == key]
        rows = [
            f"· {'（紧急）' if line.is_urgent else ''}{line.title}\n  {absolute(line.url)}"
            for line in mine
        ]
        found.append("\n".join([f"{GROUPS[key].words}（{counts.get(key, len(mine))}）", *rows]))
    return found


def _rest(lines: Sequence[Line], size: int) -> str:
    inbox = absolute(messages_page())
    more = size - len(lines)
    return f"\n\n还有 {more} 条，见消息页：{inbox}" if more else f"\n\n全部消息：{inbox}"


def short(lines: Sequence[Line], size: int, urgent: int) -> str:
    """Return an SMS: one message and its link, or how many there are."""
    if size == 1:
        return f"{SIGN}{lines[0].title[:60]} {absolute(lines[0].url)}"
    return f"{_head(size, urgent)}，请登录查看 {absolute(messages_page())}"


def post(lines: Sequence[Line], size: int, urgent: int) -> str:
    """Return what a robot says, as long as the strictest of them takes it."""
    if size == 1:
        mark = "（紧急）" if lines[0].is_urgent else ""
        return f"{SIGN}{mark}{lines[0].title}\n{absolute(lines[0].url)}"
    for number in range(len(lines), 0, -1):
        text = _post(lines[:number], size, urgent)
        if len(text.encode()) <= ROBOT_BYTES:
            return text
    return _post([], size, urgent)


def _post(lines: Sequence[Line], size: int, urgent: int) -> str:
    rows = [
        f"· {'（紧急）' if line.is_urgent else ''}{line.title} {absolute(line.url)}"
        for line in lines
    ]
    return "\n".join([_head(size, urgent), *rows]) + _rest(lines, size)
