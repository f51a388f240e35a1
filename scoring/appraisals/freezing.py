"""Freezing: what every indicator counts, and every record behind it, as of one moment.

One statement a kind of record for all evaluations together: the database counts, writes the
records' ids with their flags, and hashes them. No record passes through Python.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils import timezone

from scoring.appraisals.parameters import SchemeParameters
from scoring.appraisals.rules import ONE, ZERO, Measure
from scoring.appraisals.sources import ASKED, COUNTED, COUNTS, GOOD, SOURCES, Reading, Source

# OFFSET 0 keeps the planner from working out a condition, and what it looks up, again at each place
# that names it.
FLAGGED = f"""
{ASKED},
rows AS ({{rows}} OFFSET 0),
flagged AS (SELECT appraisal_id, id COLLATE "C" AS id, ({{flags}})::smallint AS flags{{cases}} FROM rows OFFSET 0)
"""
FREEZE = f"""
{FLAGGED},
summed AS (
    SELECT appraisal_id, array_agg(id ORDER BY id) AS ids, array_agg(flags ORDER BY id) AS flags,
           ARRAY[{{sums}}]::numeric[] AS sums
    FROM flagged GROUP BY appraisal_id
),
written AS (
    INSERT INTO scoring_appraisalevidence (appraisal_id, source, ids, flags, sha256)
    SELECT appraisal_id, %(source)s, ids, flags, encode(sha256(convert_to(
        array_to_string(ids, ',') || ';' || array_to_string(flags, ','), 'UTF8')), 'hex')
    FROM summed RETURNING appraisal_id, sha256
)
SELECT appraisal_id, sums, sha256 FROM summed JOIN written USING (appraisal_id)
"""
# What the frozen records would count as today: gone, new, or judged otherwise.
CHANGED = f"""
{FLAGGED},
frozen AS (
    SELECT u.id, u.flags FROM scoring_appraisalevidence e, unnest(e.ids, e.flags) AS u (id, flags)
    WHERE e.appraisal_id = %(appraisal)s AND e.source = %(source)s
)
SELECT coalesce(f.id, n.id), f.flags, n.flags
FROM frozen f FULL JOIN flagged n ON n.id = f.id
WHERE f.flags IS DISTINCT FROM n.flags ORDER BY 1
"""


@dataclass(frozen=True, slots=True)
class Asked:
    """One evaluation to be frozen: whose contract, by which parameters."""

    appraisal_id: int
    contract_id: int
    parameters: SchemeParameters


@dataclass(slots=True)
class Frozen:
    """What was counted for one evaluation, and the hash of each kind of record."""

    measures: dict[str, Measure]
    hashes: dict[str, str]

    @property
    def sha256(self) -> str:
        """One hash over counts and records: the same data give the same."""
        counts = {name: [str(m.numerator), str(m.denominator)] for name, m in self.measures.items()}
        text = json.dumps([counts, self.hashes], sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


def freeze(asked: Sequence[Asked], now: datetime) -> dict[int, Frozen]:
    """Freeze evaluations as of `now`; return {appraisal: what was counted by measure}."""
    by_rules: dict[SchemeParameters, list[Asked]] = defaultdict(list)
    for one in asked:
        by_rules[one.parameters].append(one)
    found = {one.appraisal_id: Frozen({}, {}) for one in asked}
    for parameters, some in by_rules.items():
        for source in SOURCES:
            _freeze(source, parameters, some, now, found)
    return found


def _freeze(
    source: Source,
    parameters: SchemeParameters,
    asked: Sequence[Asked],
    now: datetime,
    found: Mapping[int, Frozen],
) -> None:
    sql = FREEZE.format(sums=_sums(source), **_parts(source))
    values = {**values_of(parameters, now), "source": source.name} | _whose(asked)
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        rows = cursor.fetchall()
    for appraisal_id, sums, digest in rows:
        one = found[appraisal_id]
        one.hashes[source.name] = digest
        for place, reading in enumerate(source.readings):
            numerator, denominator = sums[2 * place], sums[2 * place + 1]
            if reading.measure in COUNTED:
                denominator = ONE  # so many cases in one contract
            one.measures[reading.measure] = Measure(numerator, denominator)
    for one in found.values():
        for reading in source.readings:
            none = Measure(ZERO, ONE) if reading.measure in COUNTED else Measure()
            one.measures.setdefault(reading.measure, none)


def _whose(asked: Sequence[Asked]) -> dict[str, list[int]]:
    return {
        "appraisals": [one.appraisal_id for one in asked],
        "contracts": [one.contract_id for one in asked],
    }


def values_of(parameters: SchemeParameters, now: datetime) -> dict[str, Any]:
    """Return what the conditions of the sources ask for by name."""
    return {
        **{n: v for n, v in parameters.as_data.items() if isinstance(v, int)},
        "now": now,
        "today": timezone.localdate(now),
        "zone": timezone.get_current_timezone_name(),
    }


def _parts(source: Source) -> dict[str, str]:
    flags, cases = [], []
    for place, reading in enumerate(source.readings):
        shift = 2 * place
        flags.append(
            f"CASE WHEN {reading.counts} THEN CASE WHEN {reading.good} THEN {COUNTS + GOOD} "
            f"ELSE {COUNTS} END << {shift} ELSE 0 END"
        )
        if reading.numerator:
            cases.append(f", {reading.numerator} AS n{place}, {reading.denominator} AS d{place}")
    return {"rows": source.rows, "flags": " | ".join(flags), "cases": "".join(cases)}


def _sums(source: Source) -> str:
    return ", ".join(
        part for place, reading in enumerate(source.readings) for part in _sum(place, reading)
    )


def _sum(place: int, reading: Reading) -> tuple[str, str]:
    counts = f"FILTER (WHERE flags & {COUNTS << 2 * place} <> 0)"
    if reading.numerator:
        return tuple(f"coalesce(sum({one}{place}) {counts}, 0)" for one in "nd")  # type: ignore[return-value]
    return f"count(*) FILTER (WHERE flags & {GOOD << 2 * place} <> 0)", f"count(*) {counts}"


@dataclass(frozen=True, slots=True)
class ChangedRecord:
    """A record that would count otherwise today than when it was frozen; None: was not, is not."""

    source: Source
    id: str
    before: int | None
    after: int | None


def changed_since(asked: Asked, now: datetime) -> Iterator[ChangedRecord]:
    """Yield what would count otherwise if it were frozen now; the frozen result does not move."""
    for source in SOURCES:
        sql = CHANGED.format(**_parts(source))
        values = {
            **values_of(asked.parameters, now), **_whose([asked]), "source": source.name,
            "appraisal": asked.appraisal_id,
        }  # fmt: skip
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
            for pk, before, after in cursor.fetchall():
                yield ChangedRecord(source, pk, before, after)
