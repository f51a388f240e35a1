"""Fair figures beside the score: what kind and size of enterprises explain is taken out first.

Hazards found are compared with what visits of the same industry and size brought on the average of
all the agency's contracts of the year (indirect standardisation). None of it is part of the grade:
a provider that is sent to dangerous firms finds much, one whose firms are in order finds little.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from scoring.appraisals.intervals import Estimate, ratio, share
from scoring.models import Appraisal

# Headcounts as the statistics bureau's classes begin (up to 19, up to 299, more) [proposal].
VISITS = """
SELECT CASE WHEN b.contract_id = %(contract)s THEN a.inspector_name END AS inspector,
       b.contract_id = %(contract)s AS is_own, e.industry,
       CASE WHEN e.employee_count IS NULL THEN '未知' WHEN e.employee_count < 20 THEN '20人以下'
            WHEN e.employee_count < 300 THEN '20至299人' ELSE '300人以上' END AS size,
       count(*) AS visits, coalesce(sum(found.hazards), 0)::bigint AS hazards
FROM inspections_visit v
JOIN agencies_assignment a ON a.id = v.assignment_id
JOIN agencies_servicebatch b ON b.id = a.batch_id
JOIN enterprises_enterprise e ON e.id = v.enterprise_id
CROSS JOIN LATERAL (SELECT count(*) AS hazards FROM inspections_hazard h
                    WHERE h.visit_id = v.id AND h.state <> 'dismissed') found
WHERE v.kind = 'survey' AND v.state <> 'open' AND v.owner_agency_id = %(agency)s
      AND v.arrived_at >= %(since)s
GROUP BY 1, 2, 3, 4
"""
RECHECKS = """
SELECT count(*) FILTER (WHERE h.rechecked_on - (h.submitted_at AT TIME ZONE 'Asia/Shanghai')::date <= 10),
       count(*), percentile_cont(0.5) WITHIN GROUP (
           ORDER BY h.rechecked_on - (h.submitted_at AT TIME ZONE 'Asia/Shanghai')::date),
       count(*) FILTER (WHERE h.return_count > 0)
FROM inspections_hazard h JOIN agencies_assignment a ON a.id = h.assignment_id
JOIN agencies_servicebatch b ON b.id = a.batch_id
WHERE b.contract_id = %(contract)s AND h.source = 'provider' AND h.submitted_at IS NOT NULL
      AND h.rechecked_on IS NOT NULL
"""
MISSES = """
SELECT count(*) FILTER (WHERE p.verdict = 'missed'),
       count(*) FILTER (WHERE p.verdict IN ('missed', 'both', 'mended')),
       count(DISTINCT c.id)
FROM inspections_spotcheck c JOIN agencies_assignment a ON a.id = c.assignment_id
JOIN agencies_servicebatch b ON b.id = a.batch_id
LEFT JOIN inspections_spotcheckpair p ON p.spot_check_id = c.id
WHERE b.contract_id = %(contract)s AND c.state = 'compared'
"""


@dataclass(frozen=True, slots=True)
class Found:
    """Hazards found against what the like of the visits would bring."""

    name: str
    visits: int
    hazards: int
    expected: float
    against: Estimate

    @property
    def words(self) -> str:
        """What the interval allows to say."""
        if self.against.value is None:
            return "没有可比的检查"
        if self.against.is_few:
            return "数据少，不作判断"
        if self.against.low > 1:
            return "高于同类检查"
        return "低于同类检查" if self.against.high < 1 else "与同类检查没有明显差别"


@dataclass(frozen=True, slots=True)
class Statistics:
    """The four figures of one contract."""

    whole: Found
    inspectors: Sequence[Found]
    misses: Estimate
    spot_checks: int
    rechecks: Estimate
    recheck_days: float | None
    returned: Estimate

    @property
    def spread(self) -> bool:
        """Whether inspectors of the contract differ by more than chance and their enterprises."""
        return any(not one.against.is_few and not one.against.holds(1) for one in self.inspectors)


def statistics_of(appraisal: Appraisal) -> Statistics:
    """Return the figures of an evaluation's contract as its records stand."""
    contract = appraisal.contract
    values = {
        "contract": contract.pk, "agency": contract.owner_agency_id,
        "since": contract.starts_on.replace(month=1, day=1),
    }  # fmt: skip
    visits = _rows(VISITS, values)
    [(on_time, rechecked, days, returned)] = _rows(RECHECKS, values)
    [(missed, judged, checks)] = _rows(MISSES, values)
    rates = _rates(visits)
    own = [row for row in visits if row[1]]
    by_inspector: dict[str, list[Any]] = defaultdict(list)
    for row in own:
        by_inspector[row[0] or "未指定"].append(row)
    return Statistics(
        whole=_found("本合同", own, rates),
        inspectors=[_found(name, rows, rates) for name, rows in sorted(by_inspector.items())],
        misses=share(missed, judged),
        spot_checks=checks,
        rechecks=share(on_time, rechecked),
        recheck_days=days,
        returned=share(returned, rechecked),
    )


def _rows(sql: str, values: Mapping[str, Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


def _rates(visits: Sequence[Any]) -> dict[tuple[str, str], float]:
    """Return {(industry, size): hazards a visit} over all contracts of the year."""
    sums: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    for _, _, industry, size, number, hazards in visits:
        sums[industry, size][0] += number
        sums[industry, size][1] += hazards
    return {key: hazards / number for key, (number, hazards) in sums.items()}


def _found(name: str, rows: Sequence[Any], rates: Mapping[tuple[str, str], float]) -> Found:
    expected = sum(rates[row[2], row[3]] * row[4] for row in rows)
    hazards = sum(row[5] for row in rows)
    visits = sum(row[4] for row in rows)
    return Found(name, visits, hazards, expected, ratio(hazards, expected))
