"""Working days as domain.md 5.10 states them, and the algebra that any period obeys."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenancy.workdays import DayKind, WorkCalendar

CALENDAR = WorkCalendar()
DAYS = st.dates(date(2015, 1, 1), date(2028, 12, 31))
LENGTHS = st.integers(1, 60)


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        ("2022-08-31", 20, "2022-09-29"),
        ("2026-02-10", 5, "2026-02-24"),
        ("2026-02-13", 3, "2026-02-25"),
        ("2026-04-29", 5, "2026-05-09"),
        ("2026-09-18", 5, "2026-09-24"),
        ("2026-09-18", 20, "2026-10-22"),
        ("2026-09-30", 3, "2026-10-10"),
        ("2026-12-31", 1, "2027-01-04"),
    ],
)
def test_periods_end_where_the_notices_say(start, days, end):
    assert CALENDAR.add(date.fromisoformat(start), days).date == date.fromisoformat(end)


def test_a_year_without_its_notice_is_marked_provisional():
    assert CALENDAR.add(date(2026, 12, 31), 1).is_provisional
    assert "暂定" in CALENDAR.add(date(2026, 12, 31), 1).why
    assert not CALENDAR.add(date(2026, 9, 18), 20).is_provisional


def test_the_reason_names_each_run_of_holidays():
    why = CALENDAR.add(date(2026, 9, 18), 20).why
    assert "09-25至09-27、10-01至10-07" in why


def test_2026_has_248_working_days():
    year = [date(2026, 1, 1) + timedelta(days=n) for n in range(365)]
    assert sum(map(CALENDAR.is_workday, year)) == 248


def test_a_made_up_saturday_is_worked():
    assert CALENDAR.kind(date(2026, 2, 14)) is DayKind.MAKEUP_WORKDAY


def test_an_agencys_own_word_goes_before_the_notice():
    own = WorkCalendar({date(2026, 6, 22): DayKind.HOLIDAY})
    assert own.add(date(2026, 6, 18), 1).date == date(2026, 6, 23)


def test_a_calendar_period_that_ends_on_a_rest_day_moves_to_the_next_working_day():
    due = CALENDAR.add_calendar(date(2026, 6, 5), 15)
    assert due.date == date(2026, 6, 22)
    assert "顺延" in due.why


@given(DAYS, LENGTHS, LENGTHS)
def test_two_periods_in_a_row_are_one_long_period(start, first, second):
    halfway = CALENDAR.add(start, first).date
    assert CALENDAR.add(halfway, second).date == CALENDAR.add(start, first + second).date


@given(DAYS, LENGTHS)
def test_the_days_between_start_and_end_are_the_length(start, days):
    end = CALENDAR.add(start, days).date
    assert CALENDAR.between(start, end) == days
    assert CALENDAR.between(end, start) == -days
    assert CALENDAR.is_workday(end)
    assert end > start


@given(DAYS, DAYS, st.dictionaries(DAYS, st.sampled_from(list(DayKind)), max_size=40))
def test_days_are_counted_as_one_by_one_whatever_the_agency_says_of_them(start, end, own):
    calendar = WorkCalendar(own)
    first, last = min(start, end), max(start, end)
    days = (first + timedelta(days=n) for n in range(1, (last - first).days + 1))
    expected = sum(map(calendar.is_workday, days))
    assert calendar.between(start, end) == (expected if start <= end else -expected)


def test_a_year_is_settled_once_the_agency_has_entered_its_whole_notice():
    days = {date(2027, 1, 1), date(2027, 5, 1), date(2027, 5, 2)}
    part = WorkCalendar(dict.fromkeys(days, DayKind.HOLIDAY))
    assert part.add(date(2027, 3, 1), 5).is_provisional
    days |= {date(2027, 10, 1), date(2027, 10, 2), date(2027, 10, 3)}
    whole = WorkCalendar(dict.fromkeys(days, DayKind.HOLIDAY))
    assert not whole.add(date(2027, 3, 1), 5).is_provisional
    assert whole.add(date(2028, 3, 1), 5).is_provisional
