"""The records behind one indicator, as they were frozen, a page at a time."""

from typing import Any

from django.db import connection
from django.urls import reverse
from django.utils.timezone import get_current_timezone_name

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
# What a record is called, and what it says today of why it was judged so.
NAMES = {
    "hazard": """
        SELECT h.id::text, h.number || ' ' || h.place, concat_ws('，',
            '期限' || h.due_on, '提交' || (h.submitted_at AT TIME ZONE %(zone)s)::date,
            '复查' || h.rechecked_on, '销号' || (h.closed_at AT TIME ZONE %(zone)s)::date,
            '首报' || round(extract(epoch FROM h.major_noticed_at - h.found_at) / 60) || '分钟',
            '书面报告' || round(extract(epoch FROM h.major_reported_at - h.found_at) / 3600) || '小时')
        FROM inspections_hazard h WHERE h.id = ANY(%(ids)s::uuid[])""",
    "visit": """
        SELECT v.id::text, e.name || ' ' || (v.arrived_at AT TIME ZONE %(zone)s)::date,
               concat_ws('，', (SELECT count(*) || '人' FROM inspections_visitmember m
                                WHERE m.visit_id = v.id),
                         round(extract(epoch FROM v.left_at - v.arrived_at) / 60) || '分钟',
                         CASE WHEN v.latitude IS NULL THEN '没有定位' END,
                         CASE WHEN v.process_note = '' THEN '没有过程控制记录' END)
        FROM inspections_visit v JOIN enterprises_enterprise e ON e.id = v.enterprise_id
        WHERE v.id = ANY(%(ids)s::uuid[])""",
    "assignment": """
        SELECT a.id::text, e.name, concat_ws('，', '摸底' || a.surveyed_on, '交底' || a.guided_on,
                                             '验收' || a.accepted_on)
        FROM agencies_assignment a JOIN enterprises_enterprise e ON e.id = a.enterprise_id
        WHERE a.id = ANY(%(ids)s::bigint[])""",
    "check": """
        SELECT c.id::text, e.name, '漏查' || c.missed || '，双方均发现' || c.found_both
        FROM inspections_spotcheck c JOIN agencies_assignment a ON a.id = c.assignment_id
        JOIN enterprises_enterprise e ON e.id = a.enterprise_id
        WHERE c.id = ANY(%(ids)s::uuid[])""",
}  # fmt: skip


def records_of(appraisal: Appraisal, measure: str, page: int) -> dict[str, Any]:
    """Return `rows` (name, detail, address, whether it counts as good) of a page, and how many."""
    source = OF_MEASURE[measure]
    bit = source.bit(measure)
    values: dict[str, Any] = {
        "appraisal": appraisal.pk, "source": source.name, "counts": COUNTS << bit,
        "good": GOOD << bit, "size": PAGE, "skip": PAGE * (max(page, 1) - 1),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(ROWS, values)
        found = cursor.fetchall()
        ids = [row[0] for row in found]
        cursor.execute(NAMES[source.name], {"ids": ids, "zone": get_current_timezone_name()})
        names = {pk: (name, detail) for pk, name, detail in cursor.fetchall()}
    whole, good = (found[0][2], found[0][3]) if found else (0, 0)
    return {
        "source": source,
        "rows": [
            (
                *names.get(pk, (pk, "")),
                reverse(source.url_name, args=[pk]) if pk in names else "",
                is_good,
            )
            for pk, is_good, *_ in found
        ],
        "whole": whole,
        "good": good,
        "bad": whole - good,
        "page": max(page, 1),
        "pages": -(-whole // PAGE),
    }
