"""One contract of a county and year: who serves, which firms, how far each has come."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from random import Random

from tenancy.enums import Role
from tests.bench.data.firms import Firm
from tests.bench.data.levels import BLOCK, TODAY, YEARS, Level
from tests.bench.data.tree import Body, Person

INSPECTORS = 6  # of a provider, for one contract
# How far the batches of the running contract are, the oldest first, in twelfths of them; the days
# before today on which their firms were surveyed. Of a contract that is over all are concluded.
STAGES = (
    "concluded", "concluded", "drawn", "accepted", "recheck", "recheck",
    "guidance", "guidance", "guidance", "guidance", "survey", "waiting",
)  # fmt: skip
SURVEYED = {
    "concluded": (150, 250), "drawn": (110, 140), "accepted": (90, 110), "recheck": (40, 80),
    "guidance": (4, 18), "survey": (1, 3), "waiting": (-20, -5),
}  # fmt: skip
SETTLED = ("concluded", "drawn", "accepted")
NOW = TODAY.toordinal()
EPOCH = date(1970, 1, 1).toordinal()
DAYS = [date.fromordinal(EPOCH + n).isoformat() for n in range(NOW - EPOCH + 800)]


def day(ordinal: int) -> str:
    """Return a day as COPY reads it."""
    return DAYS[ordinal - EPOCH]


def at(ordinal: int, minutes: int) -> str:
    """Return a moment in China, `minutes` after midnight, as COPY reads it."""
    return f"{DAYS[ordinal - EPOCH]} {minutes // 60:02d}:{minutes % 60:02d}:00+08"


def milliseconds(ordinal: int, minutes: int) -> int:
    """Return the Unix milliseconds of such a moment."""
    return ((ordinal - EPOCH) * 1440 + minutes - 480) * 60_000


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch: its stage, and the first of the days on which its firms were surveyed."""

    pk: int
    number: int
    code: str
    stage: str
    starts: int


@dataclass(frozen=True, slots=True)
class Served:
    """One enterprise of a batch. `surveyed` is the ordinal of the day of the first visit."""

    pk: str
    firm: Firm
    batch: Batch
    surveyed: int
    inspector: Person
    whose: tuple[str, str, str, str]

    @property
    def stage(self) -> str:
        """How far it has come."""
        return self.batch.stage

    @property
    def is_visited(self) -> bool:
        """Whether somebody was there."""
        return self.batch.stage != "waiting"

    @property
    def is_settled(self) -> bool:
        """Whether it is accepted, or further."""
        return self.batch.stage in SETTLED


class Deal:
    """One contract. `number` is the county's, `turn` the year's place in YEARS."""

    def __init__(
        self, level: Level, number: int, turn: int, county: Body, provider: Body, seed: int
    ) -> None:
        self.rng = Random(f"deal-{seed}-{number}-{turn}")
        self.level, self.county, self.provider, self.turn = level, county, provider, turn
        self.year, self.is_running = YEARS[turn], turn == len(YEARS) - 1
        self.base = number * BLOCK
        self.pk = self.base + turn + 1
        self.starts, self.ends = date(self.year, 7, 1), date(self.year + 1, 6, 30)
        self.lead = self._dealt(Role.PROJECT_LEAD, 1)[0]
        self.team = self._dealt(Role.INSPECTOR, INSPECTORS)
        self.batches = [self._batch(n) for n in range(level.batches)]

    def _dealt(self, role: Role, count: int) -> list[Person]:
        people = self.provider.people[role]
        first = self.base // BLOCK * count + self.turn
        return [people[(first + n) % len(people)] for n in range(count)]

    def _batch(self, number: int) -> Batch:
        stage = STAGES[number * len(STAGES) // self.level.batches]
        if self.is_running:
            starts = NOW - SURVEYED[stage][1]
        else:
            stage, starts = "concluded", self.starts.toordinal() + 2 + number * 25
        pk = self.base + self.turn * self.level.batches + number + 1
        code = f"{self.county.code}-{self.year % 100}-{number + 1:02d}"
        return Batch(pk, number, code, stage, starts)

    def served(self, firms: Sequence[Firm]) -> Iterator[Served]:
        """Yield the firms of every batch, each firm once in the contract."""
        per_batch, count = self.level.per_batch, 0
        for batch in self.batches:
            for _ in range(per_batch):
                firm = firms[(self.turn * 317 + count) % len(firms)]
                first = self.base + self.turn * self.level.batches * per_batch
                whose = (str(self.county.pk), firm.town, str(self.provider.pk), firm.org)
                inspector = self.team[count % len(self.team)]
                days = self._surveyed(batch)
                yield Served(str(first + count + 1), firm, batch, days, inspector, whose)
                count += 1

    def _surveyed(self, batch: Batch) -> int:
        if not self.is_running:
            return batch.starts + self.rng.randint(2, 24)
        nearest, furthest = SURVEYED[batch.stage]
        return NOW - self.rng.randint(nearest, furthest)


def spread(rng: Random, total: int, parts: int) -> list[int]:
    """Return `parts` whole numbers of believable variety that add up to `total`."""
    whole, rest = divmod(total, parts)
    counts = [whole] * parts
    for _ in range(rest):
        counts[rng.randrange(parts)] += 1
    for _ in range(parts):
        giver, taker = rng.randrange(parts), rng.randrange(parts)
        moved = rng.randint(0, counts[giver] // 3)
        counts[giver] -= moved
        counts[taker] += moved
    return counts
