"""Beat, which a wrong clock must not silence."""

from typing import Any

from celery.beat import PersistentScheduler


class SteadyScheduler(PersistentScheduler):
    """Celery's scheduler, which also lives through a clock that was ahead and is set right.

    What ran "tomorrow" would be due the day after, and nothing owed sent again until then: in memory,
    and in the file that outlives a restart. Here it is taken to have run just now.
    """

    def setup_schedule(self) -> None:
        """Read what ran when, as far as it can be true."""
        super().setup_schedule()
        self._leave_the_future()

    def tick(self, *args: Any, **kwargs: Any) -> float:
        """Send what is due; looks at the clock first."""
        if self._leave_the_future():
            self._heap = None  # made anew from the entries
        return float(super().tick(*args, **kwargs))

    def _leave_the_future(self) -> bool:
        """Whether anything ran later than now; it then ran now."""
        was_ahead = False
        for entry in self.schedule.values():
            now = entry.default_now()
            if entry.last_run_at is not None and entry.last_run_at > now:
                entry.last_run_at, was_ahead = now, True
        return was_ahead
