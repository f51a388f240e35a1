"""Every total added up anew from entries and events, in the database, as one set.

What `scoring.points.cycle_total` says of one cycle, this says of all of them in one statement; that
both say the same is a property test. An entry carries what its rule book made of it (base points,
whether reducible, whether waived), so nothing else is read; the rules' factors are applied to the
sums of a cycle, not to each entry.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection, transaction

from scoring.points import Parameters

BATCH = 5_000


@dataclass(frozen=True, slots=True)
class Recounted:
    """What a cycle comes to, beside what is stored of it."""

    cycle_id: int
    gross: Decimal
    total: Decimal
    stored_gross: Decimal
    stored_total: Decimal

    @property
    def is_right(self) -> bool:
        """Whether the stored figures are what the events come to."""
        return (self.gross, self.total) == (self.stored_gross, self.stored_total)


# What happened to an entry, as bits: timely 1, late 2, overdue 4, revoked 8.
HAPPENED = """
    SELECT e.entry_id, bit_or(CASE e.kind WHEN 'timely' THEN 1 WHEN 'late' THEN 2
                                          WHEN 'overdue' THEN 4 ELSE 8 END) AS bits
    FROM scoring_pointevent e WHERE e.entry_id IS NOT NULL AND {where} GROUP BY e.entry_id
"""

# One row an entry that counts, and whether an earlier inspection gave the same clause.
LINES = """
    SELECT c.counted_in AS cycle_id, e.base, e.is_reducible, h.bits & 4 <> 0 AS is_overdue, h.bits = 1 AS is_timely,
           e.is_waived, e.sheet_id <> first_value(e.sheet_id) OVER clause AS is_repeat
    FROM scoring_pointentry e JOIN ({counted}) c ON c.id = e.cycle_id LEFT JOIN ({happened}) h ON h.entry_id = e.id
    WHERE e.issued_at IS NOT NULL AND (h.bits IS NULL OR h.bits < 8) AND {where}
    WINDOW clause AS (PARTITION BY c.counted_in, e.code ORDER BY e.inspected_at, e.sheet_id)
"""

# `{reductions}` are one sum for each share that any of the rule books keeps; a cycle takes its own.
TOTALS = """
WITH rules (book_id, repeat, overdue, nth, training, sessions, cap, refusal) AS (VALUES {rules}),
sums AS (
    SELECT cycle_id, sum(base) AS base,
           coalesce(sum(base) FILTER (WHERE is_repeat), 0) AS repeated,
           coalesce(sum(base) FILTER (WHERE is_overdue), 0) AS overdue,
           ARRAY[{reductions}] AS reductions
    FROM ({lines}) l WHERE NOT is_waived GROUP BY cycle_id
),
whole AS (
    SELECT c.counted_in AS cycle_id, count(*) FILTER (WHERE e.kind = 'trained') AS trained,
           count(DISTINCT e.sheet_id) FILTER (WHERE e.kind = 'obstructed')
               - count(DISTINCT e.sheet_id) FILTER (WHERE e.kind = 'revoked') AS obstructed
    FROM scoring_pointevent e JOIN ({counted}) c ON c.id = e.cycle_id
    WHERE e.entry_id IS NULL AND {where} GROUP BY c.counted_in
)
SELECT c.id, given.gross,
       greatest(0, given.gross + coalesce(s.overdue * r.overdue, 0)
                   + r.refusal * coalesce(w.obstructed, 0)
                   - least(r.cap, coalesce(s.reductions[r.nth], 0)
                                  + r.training * least(coalesce(w.trained, 0), r.sessions))),
       c.gross, c.total
FROM scoring_pointcycle c
JOIN rules r ON r.book_id = coalesce(c.book_id, 0)
LEFT JOIN sums s ON s.cycle_id = c.id
LEFT JOIN whole w ON w.cycle_id = c.id
CROSS JOIN LATERAL (SELECT coalesce(s.base + s.repeated * (r.repeat - 1), 0) AS gross) given
WHERE c.counts_in_id IS NULL AND {cycles}
"""
# Of a file that was merged into another, the points count in the other's cycle.
COUNTED = "SELECT id, coalesce(counts_in_id, id) AS counted_in FROM scoring_pointcycle"
REDUCTION = """
    sum(base - floor(base * %s * 2) / 2) FILTER (WHERE is_reducible AND is_timely AND NOT is_repeat)
"""


def recounted(
    books: dict[int, Parameters], *, agency_id: int | None = None, only_wrong: bool = True
) -> Iterator[Recounted]:
    """Yield every cycle that the actor sees, of one agency or of all, added up anew.

    `books` are the rule books by which points were given. With `only_wrong` those alone whose
    stored figures differ. Streamed, so that memory does not grow with their number.
    """
    sql, params = _sql(books, agency_id)
    if only_wrong:
        sql = f"SELECT * FROM ({sql}) t (id, gross, total, was_gross, was_total) " \
              "WHERE (gross, total) <> (was_gross, was_total)"  # fmt: skip
    with transaction.atomic(), connection.cursor() as cursor:
        # Row-level security hides from the planner how many rows it lets through: it takes them
        # for a handful and would look each entry's events up one by one.
        cursor.execute("SET LOCAL enable_nestloop = off")
        cursor.execute(f"DECLARE recounted NO SCROLL CURSOR FOR {sql}", params)
        while True:
            cursor.execute(f"FETCH {BATCH} FROM recounted")
            rows = cursor.fetchall()
            if not rows:
                break
            yield from (Recounted(*row) for row in rows)
        cursor.execute("CLOSE recounted")
        cursor.execute("SET LOCAL enable_nestloop TO DEFAULT")


def _sql(books: dict[int, Parameters], agency_id: int | None) -> tuple[str, list[Any]]:
    """Return the statement, and its parameters in the order in which they stand in it."""
    rules = {0: Parameters(), **books}
    shares = sorted({1 - one.timely_share for one in rules.values()})
    own = [] if agency_id is None else [agency_id]
    where, cycles = (f"{of}.owner_agency_id = %s" if own else "true" for of in ("e", "c"))
    sql = TOTALS.format(
        rules=", ".join(["(%s::bigint, %s::int, %s::int, %s::int, %s::numeric, %s::int, "
                         "%s::numeric, %s::numeric)"] * len(rules)),
        reductions=", ".join([REDUCTION] * len(shares)),
        lines=LINES.format(
            happened=HAPPENED.format(where=where), where=where, counted=COUNTED
        ),
        counted=COUNTED, where=where, cycles=cycles,
    )  # fmt: skip
    values = [
        value
        for pk, one in rules.items()
        for value in (
            pk, one.repeat_factor, one.overdue_factor, 1 + shares.index(1 - one.timely_share),
            one.training_points, one.training_sessions, one.reduction_cap, one.refusal_surcharge,
        )
    ]  # fmt: skip
    return sql, [*values, *shares, *own, *own, *own, *own]
