"""Beat goes on at once when a clock that was ahead is set right."""

from datetime import UTC, datetime, timedelta

import pytest
from celery import Celery

from config.beat import SteadyScheduler

NOW = datetime(2026, 11, 30, 2, 0, tzinfo=UTC)


@pytest.fixture
def clock(monkeypatch):
    """The time that beat's entries see."""
    moment = {"now": NOW}
    monkeypatch.setattr("celery.beat.ScheduleEntry.default_now", lambda self: moment["now"])
    monkeypatch.setattr("celery.schedules.schedule.now", lambda self: moment["now"])
    return moment


@pytest.fixture
def scheduler(clock, tmp_path):
    """Starts beat anew over the same file."""

    def start() -> SteadyScheduler:
        app = Celery("beat", broker="memory://", set_as_current=False)
        # Celery's own nightly entry comes due by the real time of day, which is not ours.
        app.conf.result_expires = None
        app.conf.beat_schedule = {"owed": {"task": "owed", "schedule": 60.0}}
        found = SteadyScheduler(app=app, schedule_filename=str(tmp_path / "beat"))
        found.sent = []
        found.apply_entry = lambda entry, producer=None: found.sent.append(entry.name)
        return found

    return start


def test_a_clock_set_back_under_running_beat_delays_nothing(scheduler, clock):
    beat = scheduler()
    clock["now"] = NOW + timedelta(days=9)
    beat.tick()
    assert beat.sent == ["owed"]
    clock["now"] = NOW + timedelta(seconds=10)
    assert beat.tick() <= 60
    clock["now"] = NOW + timedelta(seconds=75)
    beat.tick()
    assert beat.sent == ["owed", "owed"]


def test_a_time_ahead_in_the_file_delays_nothing_after_a_restart(scheduler, clock):
    beat = scheduler()
    clock["now"] = NOW + timedelta(days=9)
    beat.tick()
    beat.close()
    clock["now"] = NOW
    again = scheduler()
    assert again.schedule["owed"].last_run_at == NOW
    clock["now"] = NOW + timedelta(seconds=61)
    again.tick()
    assert again.sent == ["owed"]
