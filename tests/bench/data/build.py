"""Builds one level: the tree first, then the counties, two processes side by side."""

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from random import Random

from django.apps import apps
from django.db import connection, connections, models, transaction

from audit.services import chain_seal
from common.scope import acting_as
from scoring.rulebook import load_clauses
from tenancy.actors import SYSTEM
from tenancy.tasks import all_agency_ids
from tests.bench.data.contract import RECHECK, ContractRows
from tests.bench.data.copying import Sheet, copy_all
from tests.bench.data.deal import NOW, Deal, Served, spread
from tests.bench.data.firms import Firm, Firms
from tests.bench.data.hazards import Given, HazardRows
from tests.bench.data.levels import POINTS_SHARE, YEARS, Level, shares
from tests.bench.data.phases import PhaseRows
from tests.bench.data.points import PointRows
from tests.bench.data.schema import without_keys
from tests.bench.data.tree import Tree, build_tree
from tests.bench.data.visits import Made, VisitRows
from tests.bench.data.watched import WatchedRows
from tests.bench.data.words import Words, draw_words

PROCESSES = 2


class Builder:
    """Everything that the building of a county needs to know; goes to each process once."""

    def __init__(self, level: Level, seed: int, words: Words, tree: Tree) -> None:
        self.level, self.seed, self.words, self.tree = level, seed, words, tree
        self._hazards = shares(level.hazards, level.contracts)
        self._visits = shares(level.visits, level.contracts)
        self._points = shares(int(level.hazards * POINTS_SHARE), level.contracts)
        self._firms = shares(level.enterprises, level.counties)

    def county(self, number: int) -> int:
        """Build one county, by its number from 1, in one transaction; return its rows."""
        county, towns = self.tree.counties[number - 1], self.tree.towns[number]
        rng = Random(f"county-{self.seed}-{number}")
        files = Firms(number, county, towns, rng)
        firms = files.build(self._firms[number - 1], self.words)
        with connection.as_owner(), transaction.atomic():
            rows = copy_all(files.sheets)
            points = PointRows(number, self.tree.clauses)
            deals = DealRows(number, points)
            for turn in range(len(YEARS)):
                rows += self._deal(number, turn, firms, deals)
            points.close(str(county.pk))
            return rows + copy_all(points.sheets)

    def _deal(self, number: int, turn: int, firms: Sequence[Firm], rows: "DealRows") -> int:
        county, providers = self.tree.counties[number - 1], self.tree.providers
        provider = providers[(number * 7 + turn * 3) % len(providers)]
        deal = Deal(self.level, number, turn, county, provider, self.seed)
        contract = (number - 1) * len(YEARS) + turn
        rows.contract.contract(deal)
        served = list(deal.served(firms))
        for one in served:
            rows.contract.assignment(deal, one)
        surveys = [rows.survey(deal, one) for one in served if one.is_visited]
        rows.again(deal, served, self._visits[contract] - len(surveys))
        issued = rows.findings(deal, surveys, self._hazards[contract])
        rows.points.give(deal, deal.rng.sample(issued, min(self._points[contract], len(issued))))
        rows.phases.batches(deal, served)
        rows.watched.batches(deal, served)
        rows.watched.paired(rows.phases.compared, rows.hazards.of_served)
        rows.phases.compared.clear()
        rows.hazards.of_served.clear()
        return copy_all(rows.sheets)


class DealRows:
    """The rows of one county's contracts; copied contract by contract, so that memory stays small."""

    def __init__(self, number: int, points: PointRows) -> None:
        self.contract, self.visits = ContractRows(), VisitRows(number)
        self.hazards, self.phases, self.points = HazardRows(number), PhaseRows(number), points
        self.watched = WatchedRows(number)

    @property
    def sheets(self) -> tuple[Sheet, ...]:
        """What is to be copied after each contract; the cycles stay open over the years."""
        return (*self.contract.sheets, *self.visits.sheets, *self.hazards.sheets,
                *self.phases.sheets, *self.watched.sheets, *self.points.sheets[1:])  # fmt: skip

    def survey(self, deal: Deal, one: Served) -> Made:
        """The first visit of an enterprise."""
        made = self.visits.visit(deal, one, "survey", one.surveyed)
        self.phases.signed(deal, made)
        self.watched.pictured(made)
        return made

    def again(self, deal: Deal, served: Sequence[Served], count: int) -> None:
        """So many visits to recheck, dealt out over those that are so far."""
        ready = [one for one in served if one.is_settled or one.stage == "recheck"]
        for number in range(count):
            one = ready[number % len(ready)]
            on = min(one.surveyed + RECHECK + number // len(ready) * 6, NOW - 1)
            made = self.visits.visit(deal, one, "recheck", on)
            self.phases.signed(deal, made)
            self.watched.pictured(made)

    def findings(self, deal: Deal, surveys: Sequence[Made], total: int) -> list[Given]:
        """The hazards of a contract, numbered within each batch; return what may get points."""
        counts = spread(deal.rng, total, len(surveys))
        last = [0] * len(deal.batches)
        issued: list[Given] = []
        for made, count in zip(surveys, counts, strict=True):
            at = made.served.batch.number
            numbers = range(last[at] + 1, last[at] + count + 1)
            last[at] += count
            issued += self.hazards.found(deal, made, numbers)
        for number, hazards in enumerate(last):
            self.contract.batch(deal, number, hazards)
        return issued


_builder: Builder | None = None


def _begin(builder: Builder) -> None:
    global _builder
    connections.close_all()
    _builder = builder


def _county(number: int) -> int:
    assert _builder is not None
    return _builder.county(number)


def build(level: Level, seed: int) -> dict[str, float]:
    """Build a level into an empty, migrated database; return the seconds of each step, and rows."""
    spent: dict[str, float] = {}
    with clock(spent, "words"):
        words = draw_words(seed, frozenset(clause.code for clause in load_clauses()))
    with clock(spent, "keys"), without_keys():
        with clock(spent, "rows_s"):
            tree = build_tree(level, seed, words.people)
            builder = Builder(level, seed, words, tree)
            spent["rows"] = _counties(builder)
        _sequences()
    spent["keys"] = round(spent["keys"] - spent["rows_s"], 1)
    with clock(spent, "seals"):
        seal()
    return spent


def _counties(builder: Builder) -> int:
    connections.close_all()
    numbers = range(1, builder.level.counties + 1)
    with ProcessPoolExecutor(PROCESSES, initializer=_begin, initargs=(builder,)) as pool:
        return sum(pool.map(_county, numbers))


def _sequences() -> None:
    """Let the next rows take ids after those that were given."""
    with connection.as_owner(), connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            key, table = model._meta.pk, model._meta.db_table
            if isinstance(key, models.AutoField) and model._meta.managed:
                cursor.execute(
                    f"SELECT setval(pg_get_serial_sequence('{table}', '{key.column}'), m) "
                    f'FROM (SELECT max("{key.column}") AS m FROM "{table}") t WHERE m IS NOT NULL'
                )


def seal() -> None:
    """Chain every act, as beat does."""
    for agency_id in [0, *all_agency_ids()]:
        sealed = 1
        while sealed:
            with acting_as(SYSTEM):
                sealed = chain_seal(agency_id=agency_id)


@contextmanager
def clock(spent: dict[str, float], name: str) -> Iterator[None]:
    """Write down how long something took, in seconds."""
    started = time.monotonic()
    yield
    spent[name] = round(time.monotonic() - started, 1)
