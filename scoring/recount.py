"""Every total added up anew from entries and events, in the database, as one set.

What `scoring.points.cycle_total` says of one cycle, this says of all of them in one statement; that
both say the same is a property test. An entry carries what its rule book made of it (base points,
whether reducible, whether waived), so nothing else is read. Which inspection gave a clause first is
read from the order of an index, not sorted.
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


# One row an entry: its points, doubled where an earlier inspection gave the same clause; its
# surcharge; its reduction. The windows follow the index point_entry_recount.
LINES = """
    SELECT e.cycle_id, e.base, e.is_waived, e.is_reducible,
           coalesce(h.overdue, false) AS is_overdue,
           coalesce(h.timely AND NOT h.late AND NOT h.overdue, false) AS is_timely,
           e.sheet_id <> first_value(e.sheet_id) OVER clause AS is_repeat
    FROM scoring_pointentry e
    JOIN scoring_pointsheet s ON s.id = e.sheet_id AND s.state <> 'draft'
    LEFT JOIN (
        SELECT entry_id, bool_or(kind = 'timely') AS timely, bool_or(kind = 'late') AS late,
               bool_or(kind = 'overdue') AS overdue, bool_or(kind = 'revoked') AS revoked
        FROM scoring_pointevent WHERE entry_id IS NOT NULL GROUP BY entry_id
    ) h ON h.entry_id = e.id
    WHERE {where} AND NOT coalesce(h.revoked, false)
    WINDOW clause AS (PARTITION BY e.cycle_id, e.code ORDER BY e.inspected_at, e.sheet_id)
"""

TOTALS = """
WITH rules (book_id, repeat, overdue, kept, training, sessions, cap, refusal) AS (VALUES {rules}),
lines AS ({lines}),
sums AS (
    SELECT l.cycle_id,
           sum(l.base * CASE WHEN l.is_waived THEN 0 WHEN l.is_repeat THEN r.repeat ELSE 1 END)
               AS gross,
           sum(CASE WHEN l.is_overdue AND NOT l.is_waived THEN l.base * r.overdue ELSE 0 END)
               AS surcharge,
           sum(CASE WHEN l.is_waived OR l.is_repeat OR NOT l.is_reducible OR NOT l.is_timely THEN 0
                    ELSE l.base - floor(l.base * r.kept * 2) / 2 END) AS reduction
    FROM lines l JOIN scoring_pointcycle c ON c.id = l.cycle_id JOIN rules r ON r.book_id = c.book_id
    GROUP BY l.cycle_id
),
whole AS (
    SELECT cycle_id, count(*) FILTER (WHERE kind = 'trained') AS trained,
           count(DISTINCT sheet_id) FILTER (WHERE kind = 'obstructed')
               - count(DISTINCT sheet_id) FILTER (WHERE kind = 'revoked') AS obstructed
    FROM scoring_pointevent e WHERE entry_id IS NULL AND {where} GROUP BY cycle_id
)
SELECT c.id, coalesce(s.gross, 0),
       greatest(0, coalesce(s.gross, 0) + coalesce(s.surcharge, 0)
                   + r.refusal * coalesce(w.obstructed, 0)
                   - least(r.cap, coalesce(s.reduction, 0)
                                  + r.training * least(coalesce(w.trained, 0), r.sessions))),
       c.gross, c.total
FROM scoring_pointcycle c
JOIN rules r ON r.book_id = coalesce(c.book_id, 0)
LEFT JOIN sums s ON s.cycle_id = c.id
LEFT JOIN whole w ON w.cycle_id = c.id
WHERE {cycles}
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
    where = "true" if agency_id is None else "e.owner_agency_id = %s"
    cycles = "true" if agency_id is None else "c.owner_agency_id = %s"
    rules = {0: Parameters(), **books}
    values = ", ".join(["(%s::bigint, %s::int, %s::int, %s::numeric, %s::numeric, %s::int, "
                        "%s::numeric, %s::numeric)"] * len(rules))  # fmt: skip
    params = [
        value
        for pk, one in rules.items()
        for value in (
            pk, one.repeat_factor, one.overdue_factor, 1 - one.timely_share, one.training_points,
            one.training_sessions, one.reduction_cap, one.refusal_surcharge,
        )
    ]  # fmt: skip
    own = [] if agency_id is None else [agency_id]
    lines = LINES.format(where=where)
    sql = TOTALS.format(rules=values, lines=lines, where=where, cycles=cycles)
    return sql, [*params, *own, *own, *own]
