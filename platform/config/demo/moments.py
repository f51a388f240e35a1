"""The days of the story and how a moment of them is written."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

LOCAL = ZoneInfo("Asia/Shanghai")
START, CONTRACT_END, END = date(2026, 6, 1), date(2026, 8, 31), date(2026, 10, 16)
# The next contract, which whoever tries the demonstration finds in its first week.
NEXT_START, NEXT_END = date(2026, 10, 12), date(2026, 12, 31)
DAY = timedelta(days=1)


def at(day: date, hour: int, minute: int = 0) -> datetime:
    """A moment of the county's day."""
    return datetime.combine(day, time(hour, minute), LOCAL)
