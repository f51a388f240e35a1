"""The records behind one indicator, as they were frozen, a page at a time."""

from typing import Any

from django.db import connection
from django.urls import reverse

from scoring.appraisals.sources import COUNTS, GOOD, OF_MEASURE
from scoring.models import Appraisal

PAGE = 50
ROWS = """
SELECT u.id, (u.flags & %(good)s) <> 0 AS is_good, count(*) OVER () AS whole,
       count(*) FILTER (WHERE (u.flags & %(good)s) <> 0) OVER () AS good
FROM scoring_appraisalevidence e, unnest(e.ids, e.flags) AS u (id, flags)
WHERE e.appraisal_id = %(appraisal)s AND e.source = %(source)s AND (u.flags & %(counts)s) <> 0
ORDER BY is_good, u.id LIMIT %(size)s OFFSET %(skip)s
"""
NAMES = {
    "hazard": "SELECT id::text, number || ' ' || place FROM inspections_hazard WHERE id = ANY(%s::uuid[])",
    "visit": """SELECT v.id::text, e.name || ' ' || (v.arrived_at AT TIME ZONE 'Asia/Shanghai')::date
                FROM inspections_visit v JOIN enterprises_enterprise e ON e.id = v.enterprise_id
                WHERE v.id = ANY(%s::uuid[])""",
    "assignment": """SELECT a.id::text, e.name FROM agencies_assignment a
                     JOIN enterprises_enterprise e ON e.id = a.enterprise_id
                     WHERE a.id = ANY(%s::bigint[])""",
    "check": """SELECT c.id::text, e.name FROM inspections_spotcheck c
                JOIN agencies_assignment a ON a.id = c.assignment_id
                JOIN enterprises_enterprise e ON e.id = a.enterprise_id
                WHERE c.id = ANY(%s::uuid[])""",
}  # fmt: skip


def records_of(appraisal: Appraisal, measure: str, page: int) -> dict[str, Any]:
    """Return `rows` (name, address, whether it counts as good) of a page, `good` of `whole`, `pages`."""
    source = OF_MEASURE[measure]
    bit = source.bit(measure)
    values: dict[str, Any] = {
        "appraisal": appraisal.pk, "source": source.name, "counts": COUNTS << bit,
        "good": GOOD << bit, "size": PAGE, "skip": PAGE * (max(page, 1) - 1),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(ROWS, values)
        found = cursor.fetchall()
        cursor.execute(NAMES[source.name], [[row[0] for row in found]])
        names = dict(cursor.fetchall())
    whole, good = (found[0][2], found[0][3]) if found else (0, 0)
    return {
        "source": source,
        "rows": [
            (names.get(pk, pk), reverse(source.url_name, args=[pk]) if pk in names else "", is_good)
            for pk, is_good, *_ in found
        ],
        "whole": whole,
        "good": good,
        "bad": whole - good,
        "page": max(page, 1),
        "pages": -(-whole // PAGE),
    }
