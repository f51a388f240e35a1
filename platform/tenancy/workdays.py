"""Working days: the State Council's calendar, with an agency's own table over it (domain.md 5.10).

The first day of a period is not counted. A year whose notice is not out yet is computed from
weekends and the holidays that fall on a fixed day of the sun's year (L6), and is marked provisional.
An agency that has entered the notice itself (its table names all of those days) has the year settled.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from itertools import accumulate

import chinese_calendar
from chinese_calendar import constants

DAY = timedelta(days=1)
LAST_NOTICE = max(constants.holidays).year
# 元旦 1 Jan, 劳动节 1 and 2 May, 国庆 1 to 3 Oct (全国年节及纪念日放假办法 2024).
FIXED_HOLIDAYS = frozenset({(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)})
SATURDAY = 5


class DayKind(StrEnum):
    """What a day is."""

    WORKDAY = "workday"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    MAKEUP_WORKDAY = "makeup_workday"


WORKED = frozenset({DayKind.WORKDAY, DayKind.MAKEUP_WORKDAY})


@dataclass(frozen=True, slots=True)
class Due:
    """The last day of a period, whether it may still move, and a sentence that says why."""

    date: date
    is_provisional: bool
    why: str


@dataclass(frozen=True, slots=True)
class Step:
    """One day of a period: what it is, its number if it counts, and who says so."""

    day: date
    kind: DayKind
    number: int | None
    source: str


class WorkCalendar:
    """The working days of one agency; `overrides` are its own words on single days."""

    def __init__(
        self,
        overrides: Mapping[date, DayKind] | None = None,
        sources: Mapping[date, str] | None = None,
    ) -> None:
        self._overrides = dict(overrides or {})
        self._sources = dict(sources or {})

    def with_days(self, days: Mapping[date, DayKind]) -> "WorkCalendar":
        """Return the calendar as it would be with these words on single days."""
        return WorkCalendar({**self._overrides, **days}, self._sources)

    def kind(self, day: date) -> DayKind:
        """Return what a day is."""
        return self._overrides.get(day) or _standard(day)

    def is_workday(self, day: date) -> bool:
        """Whether people work on a day."""
        return self.kind(day) in WORKED

    def is_provisional(self, day: date) -> bool:
        """Whether the year's notice is still to come and the agency has not said either."""
        return day not in self._overrides and not self._is_settled(day.year)

    def _is_settled(self, year: int) -> bool:
        fixed = (date(year, month, day) for month, day in FIXED_HOLIDAYS)
        return year <= LAST_NOTICE or all(day in self._overrides for day in fixed)

    def add(self, start: date, days: int) -> Due:
        """Return the last day of a period of `days` working days that begins after `start`."""
        if days < 0:
            raise ValueError("a period has no negative length")
        day, rest = start, []
        left = days
        while left or not self.is_workday(day):
            day += DAY
            if self.is_workday(day):
                left = max(left - 1, 0)
                if not left:
                    break
            else:
                rest.append(day)
        return Due(day, self._may_move(start, day), self._why(start, days, day, rest))

    def steps(self, start: date, days: int) -> Iterator[Step]:
        """Yield each day of a period of `days` working days that begins after `start`."""
        end, number = self.add(start, days).date, 0
        for day in _days(start + DAY, end):
            kind = self.kind(day)
            number += kind in WORKED
            yield Step(day, kind, number if kind in WORKED else None, self._source(day))

    def _source(self, day: date) -> str:
        if day in self._overrides:
            return self._sources.get(day, "本机关日历")
        if self.is_provisional(day):
            return "放假通知未公布，暂定"
        if day.year > LAST_NOTICE:
            return ""
        if self.kind(day) in (DayKind.HOLIDAY, DayKind.MAKEUP_WORKDAY):
            return f"{day.year}年放假通知"
        return ""

    def add_calendar(self, start: date, days: int) -> Due:
        """Return the last day of a period of calendar days; on a day of rest it moves to the next
        working day (L10 §203)."""
        last = start + days * DAY
        moved = self.next_workday(last)
        why = f"自{start:%Y-%m-%d}次日起算{days}日，至{last:%Y-%m-%d}"
        if moved != last:
            why += f"；该日为休息日，顺延至{moved:%Y-%m-%d}"
        return Due(moved, self._may_move(start, moved), why)

    def next_workday(self, day: date) -> date:
        """Return `day`, or the first working day after it."""
        while not self.is_workday(day):
            day += DAY
        return day

    def between(self, start: date, end: date) -> int:
        """Return the number of working days after `start` up to and with `end`; negative if past."""
        if end < start:
            return -self.between(end, start)
        own = sum(
            self.is_workday(day) - (_standard(day) in WORKED)
            for day in self._overrides
            if start < day <= end
        )
        return _standard_between(start, end) + own

    def _may_move(self, start: date, end: date) -> bool:
        return any(self.is_provisional(day) for day in (start, end))

    def _why(self, start: date, days: int, end: date, rest: list[date]) -> str:
        why = f"自{start:%Y-%m-%d}次日起算{days}个工作日，至{end:%Y-%m-%d}"
        holidays = _runs([day for day in rest if self.kind(day) is DayKind.HOLIDAY])
        if holidays:
            why += f"；其间放假{'、'.join(holidays)}不计"
        if self._may_move(start, end):
            why += f"；{end.year}年放假通知未公布，日期暂定"
        return why


def _standard(day: date) -> DayKind:
    return _by_rule(day) if day.year > LAST_NOTICE else _by_notice(day)


@cache
def _worked(year: int) -> tuple[int, ...]:
    """Return how many of the first n days of a year are worked, for every n."""
    days = _days(date(year, 1, 1), date(year, 12, 31))
    return tuple(accumulate((_standard(day) in WORKED for day in days), initial=0))


def _standard_between(start: date, end: date) -> int:
    """Count the working days after `start` up to and with `end`, a year at a time."""
    whole = sum(_worked(year)[-1] for year in range(start.year, end.year))
    return whole + _worked(end.year)[_place(end)] - _worked(start.year)[_place(start)]


def _place(day: date) -> int:
    return day.timetuple().tm_yday


@cache
def _by_notice(day: date) -> DayKind:
    """What the State Council's notice made of a day: asked of the same few thousand days for ever."""
    if chinese_calendar.is_workday(day):
        return DayKind.WORKDAY if day.weekday() < SATURDAY else DayKind.MAKEUP_WORKDAY
    return DayKind.HOLIDAY if day in constants.holidays else DayKind.WEEKEND


def _by_rule(day: date) -> DayKind:
    if (day.month, day.day) in FIXED_HOLIDAYS:
        return DayKind.HOLIDAY
    return DayKind.WORKDAY if day.weekday() < SATURDAY else DayKind.WEEKEND


def _runs(days: list[date]) -> list[str]:
    """Name runs of neighbouring days: 09-25至09-27."""
    runs: list[list[date]] = []
    for day in days:
        if runs and day - runs[-1][-1] == DAY:
            runs[-1].append(day)
        else:
            runs.append([day])
    return [f"{run[0]:%m-%d}" + (f"至{run[-1]:%m-%d}" if run[1:] else "") for run in runs]


def _days(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += DAY
