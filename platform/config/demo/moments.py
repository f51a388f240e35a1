"""The days of the story and how a moment of them is written."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

LOCAL = ZoneInfo("Asia/Shanghai")
START, CONTRACT_END, END = date(2026, 6, 1), date(2026, 8, 31), date(2026, 9, 18)
DAY = timedelta(days=1)


def at(day: date, hour: int, minute: int = 0) -> datetime:
    """A moment of the county's day."""
    return datetime.combine(day, time(hour, minute), LOCAL)
