"""How much of everything a level has (design.md section 9), and when its story is told."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

CHINA = ZoneInfo("Asia/Shanghai")
# All agencies are training ones whose clock stands here: the same data whenever it is built.
AS_OF = datetime(2026, 6, 15, 10, 0, tzinfo=CHINA)
TODAY = AS_OF.date()
YEARS = (2021, 2022, 2023, 2024, 2025)  # a contract each, July to June; the last one still runs
POINTS_SHARE = 0.4  # of the hazards: 3 million of 7.5 million
BLOCK = 1_000_000  # ids of a county's rows begin at its number times this; below are the agencies'


@dataclass(frozen=True, slots=True)
class Level:
    """The size of one level. `hazards` and `visits` are over all five years."""

    name: str
    cities: int
    counties: int
    towns: int
    enterprises: int
    hazards: int
    visits: int
    providers: int
    batches: int = 12
    per_batch: int = 100

    @property
    def contracts(self) -> int:
        """One a county and year."""
        return self.counties * len(YEARS)


LEVELS = {
    level.name: level
    for level in (
        Level("tiny", 1, 2, 3, 120, 1_600, 700, 3, per_batch=4),
        Level("county", 1, 1, 10, 3_000, 60_000, 10_000, 4),
        Level("city", 1, 7, 10, 20_000, 750_000, 70_000, 10),
        # Many contracts, for the year's end: each of 480 firms.
        Level("contracts", 11, 100, 10, 60_000, 1_500_000, 300_000, 30, per_batch=40),
        Level("province", 11, 100, 10, 300_000, 7_500_000, 1_000_000, 30),
    )
}


def shares(total: int, parts: int) -> list[int]:
    """Return `parts` whole numbers, as equal as can be, that add up to `total`."""
    whole, rest = divmod(total, parts)
    return [whole + (number < rest) for number in range(parts)]


def moment(day: date, hour: int, minute: int = 0) -> datetime:
    """Return a moment of a day in China."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=CHINA)
