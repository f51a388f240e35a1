"""What each measure counts, as SQL over the records themselves: one statement a kind of record,
for one contract or for five hundred (domain.md 3.3).

A source yields the records of the contracts asked for. Of each measure that reads it, it says which
records count and which of them count as good; where a record stands for more than one case, how
many. Everything runs as the actor, under row-level security.
"""

from collections.abc import Mapping
from dataclasses import dataclass

COUNTS, GOOD = 1, 2  # the two bits of a measure in a record's flags


@dataclass(frozen=True, slots=True)
class Reading:
    """How one measure reads a source: conditions, and the cases of one record where not one."""

    measure: str
    counts: str
    good: str
    numerator: str = ""
    denominator: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """Records of one kind: `rows` selects contract_id, id (text) and what the readings name."""

    name: str
    label: str
    url_name: str
    rows: str
    readings: tuple[Reading, ...]

    def bit(self, measure: str) -> int:
        """Return how far a measure's two bits are shifted in the flags of this source."""
        return 2 * [one.measure for one in self.readings].index(measure)


# What is asked for, and which enterprises it serves; found once, so that what hangs on them is
# looked up by their keys however few rows the planner expects behind the policies.
ASKED = """
WITH asked (appraisal_id, contract_id) AS (
    SELECT * FROM unnest(%(appraisals)s::bigint[], %(contracts)s::bigint[])
), served AS MATERIALIZED (
    SELECT asked.appraisal_id, asked.contract_id, a.id, a.withdrawn_at, a.surveyed_on, a.guided_on, b.ends_on
    FROM agencies_assignment a JOIN agencies_servicebatch b ON b.id = a.batch_id
    JOIN asked ON asked.contract_id = b.contract_id
)
"""
_PAPERS = """
    (SELECT count(DISTINCT d.kind) FROM documents_document d
     WHERE d.subject_type = 'agencies.assignment' AND d.subject_id = a.id::text
       AND d.kind IN ('enterprise_report', 'conclusion') AND d.state = 'issued')
"""
# Great-circle distance in metres between where the phone was and the enterprise, both WGS-84.
_METRES = """
    2 * 6371000 * asin(sqrt(least(1,
        power(sin(radians(v.latitude - e.latitude) / 2), 2)
        + cos(radians(e.latitude)) * cos(radians(v.latitude))
          * power(sin(radians(v.longitude - e.longitude) / 2), 2))))
"""
_PICTURED = """
    (EXISTS (SELECT 1 FROM evidence_photo p WHERE p.subject_type = 'inspections.visit'
             AND p.subject_id = v.id::text AND p.purpose = 'site')
     OR EXISTS (SELECT 1 FROM inspections_hazard h JOIN evidence_photo p
                ON p.subject_type = 'inspections.hazard' AND p.subject_id = h.id::text
                AND p.purpose = 'before' WHERE h.visit_id = v.id))
"""

HAZARDS = Source(
    "hazard", "隐患", "inspections:hazard",
    """
    SELECT a.appraisal_id, h.id::text AS id, h.issued_at, h.measure, h.basis, h.closed_at, h.due_on,
           h.submitted_at, h.rechecked_on, h.state, h.severity, h.found_at, h.major_noticed_at,
           h.major_reported_at
    FROM inspections_hazard h JOIN served a ON a.id = h.assignment_id
    WHERE h.source = 'provider' AND h.state <> 'dismissed'
    """,
    (
        Reading("suggestions", "issued_at IS NOT NULL", "measure <> '' AND basis <> ''"),
        Reading(
            "rechecks",
            "issued_at IS NOT NULL AND submitted_at IS NOT NULL AND (state <> 'submitted' OR "
            "submitted_at + make_interval(days => %(recheck_days)s) < %(now)s)",
            "coalesce(rechecked_on - (submitted_at AT TIME ZONE %(zone)s)::date "
            "<= %(recheck_days)s, false)",
        ),
        Reading(
            "closed",
            "issued_at IS NOT NULL AND (closed_at IS NOT NULL OR due_on <= %(today)s)",
            "closed_at IS NOT NULL",
        ),
        Reading(
            "major",
            "severity = 'major'",
            "coalesce(major_noticed_at - found_at <= make_interval(hours => %(notice_hours)s) "
            "AND major_reported_at - found_at <= make_interval(hours => %(report_hours)s), false)",
        ),
    ),
)  # fmt: skip

VISITS = Source(
    "visit", "检查", "inspections:visit",
    f"""
    SELECT a.appraisal_id, v.id::text AS id, v.process_note, v.latitude,
           extract(epoch FROM v.left_at - v.arrived_at) / 60 AS minutes,
           (SELECT count(*) FROM inspections_visitmember m WHERE m.visit_id = v.id) AS people,
           e.latitude IS NULL OR {_METRES} <= %(near_metres)s AS is_near,
           EXISTS (SELECT 1 FROM inspections_answer w WHERE w.visit_id = v.id) AS is_answered,
           {_PICTURED} AS is_pictured
    FROM inspections_visit v JOIN served a ON a.id = v.assignment_id
    JOIN enterprises_enterprise e ON e.id = v.enterprise_id
    WHERE v.provider_org_id IS NOT NULL AND v.state <> 'open'
    """,
    (
        Reading(
            "presence",
            "true",
            "people >= %(least_team)s AND coalesce(minutes, 0) >= %(least_minutes)s "
            "AND latitude IS NOT NULL AND is_near",
        ),
        Reading("traces", "true", "is_pictured AND process_note <> '' AND is_answered"),
    ),
)  # fmt: skip

ASSIGNMENTS = Source(
    "assignment", "企业", "inspections:assignment",
    f"""
    SELECT a.appraisal_id, a.id::text AS id, a.surveyed_on, a.guided_on, a.ends_on,
           {_PAPERS} AS papers,
           EXISTS (SELECT 1 FROM inspections_disclosureitem d
                   WHERE d.assignment_id = a.id) AS is_told,
           (SELECT count(*) FROM inspections_expertreview r
            WHERE r.assignment_id = a.id AND r.state = 'returned') AS returns,
           (SELECT count(*) FROM inspections_guidancetopic t
            WHERE t.criterion = 8 AND NOT t.is_retired) AS entries,
           (SELECT count(*) FROM inspections_guidancerecord g
            JOIN inspections_guidancetopic t ON t.code = g.topic_id
            WHERE g.assignment_id = a.id AND g.state IN ('done', 'na') AND t.criterion = 8
              AND NOT t.is_retired) AS entered
    FROM served a WHERE a.withdrawn_at IS NULL
    """,
    (
        Reading("on_time", "true", "coalesce(surveyed_on <= ends_on, false)"),
        Reading("disclosure", "surveyed_on IS NOT NULL", "guided_on IS NOT NULL AND is_told"),
        Reading(
            "reports", "surveyed_on IS NOT NULL", "papers = 2 AND returns <= %(returns_allowed)s"
        ),
        Reading(
            "entries", "surveyed_on IS NOT NULL AND entries > 0", "entered >= entries",
            numerator="entered", denominator="entries",
        ),
    ),
)  # fmt: skip

CHECKS = Source(
    "check", "抽查", "inspections:spot-check",
    """
    SELECT a.appraisal_id, c.id::text AS id, found.missed, found.found
    FROM inspections_spotcheck c JOIN served a ON a.id = c.assignment_id
    CROSS JOIN LATERAL (
        SELECT count(*) FILTER (WHERE p.verdict = 'missed') AS missed,
               count(*) FILTER (WHERE p.verdict IN ('both', 'mended')) AS found
        FROM inspections_spotcheckpair p WHERE p.spot_check_id = c.id) found
    WHERE c.state = 'compared'
    """,
    (
        Reading(
            "missed", "missed + found > 0", "missed = 0",
            numerator="missed", denominator="missed + found",
        ),
    ),
)  # fmt: skip

# Whoever went on a visit, by his first one: confirmed by an officer before it, or not. An agency
# does not see who the provider's memberships belong to; a second role is known by name and number.
PEOPLE = Source(
    "person", "人员", "inspections:visit",
    """
    SELECT DISTINCT ON (a.appraisal_id, m.membership_id) a.appraisal_id, m.id::text AS id,
           EXISTS (SELECT 1 FROM inspections_teammember t
                   WHERE t.contract_id = a.contract_id AND t.confirmed_at <= v.arrived_at
                     AND (t.ended_at IS NULL OR t.ended_at > v.arrived_at)
                     AND (t.membership_id = m.membership_id
                          OR (t.name = m.name AND t.certificate_number = m.certificate_number
                              AND m.certificate_number <> ''))) AS is_confirmed
    FROM inspections_visitmember m JOIN inspections_visit v ON v.id = m.visit_id
    JOIN served a ON a.id = v.assignment_id
    WHERE v.provider_org_id IS NOT NULL AND v.state <> 'open'
    ORDER BY a.appraisal_id, m.membership_id, v.arrived_at, v.id
    """,
    (Reading("team", "true", "is_confirmed"),),
)  # fmt: skip

# 2 + 2 + 1 of five for each batch (3.3, A2).
BATCHES = Source(
    "batch", "批次", "agencies:batch",
    """
    SELECT asked.appraisal_id, b.id::text AS id,
           CASE WHEN EXISTS (SELECT 1 FROM inspections_visitplan p
                             WHERE p.batch_id = b.id AND p.state = 'approved') THEN 2 ELSE 0 END
           + CASE WHEN EXISTS (SELECT 1 FROM inspections_meeting g
                               WHERE g.batch_id = b.id AND g.kind = 'kickoff' AND g.state = 'held')
                  THEN 2 ELSE 0 END
           + CASE WHEN EXISTS (SELECT 1 FROM inspections_visitplan p
                               WHERE p.batch_id = b.id AND p.disclosed_on IS NOT NULL)
                  THEN 1 ELSE 0 END AS points
    FROM agencies_servicebatch b JOIN asked ON asked.contract_id = b.contract_id
    """,
    (Reading("preparation", "true", "points = 5", numerator="points", denominator="5"),),
)  # fmt: skip

BREACHES = Source(
    "breach",
    "违约",
    "inspections:breach",
    """
    SELECT asked.appraisal_id, r.id::text AS id, r.kind
    FROM inspections_verifiedbreach r JOIN asked ON asked.contract_id = r.contract_id
    WHERE r.state = 'standing'
    """,
    (Reading("breaches", "true", "false", numerator="1", denominator="1"),),
)

SOURCES = (HAZARDS, VISITS, ASSIGNMENTS, CHECKS, PEOPLE, BATCHES, BREACHES)
# A measure of cases that were counted: none is a measure too, and the best.
COUNTED = {"breaches"}
OF_MEASURE: Mapping[str, Source] = {
    reading.measure: source for source in SOURCES for reading in source.readings
}
# The forms are counted when they are opened, not when the data are frozen.
SATISFACTION = "satisfaction"
MEASURES = {
    "team": "人员核实", "preparation": "计划、动员和交底", "on_time": "按期完成检查的企业",
    "presence": "到场规范的检查", "traces": "留痕完整的检查", "missed": "抽查漏查的隐患",
    "disclosure": "双向交底的企业", "suggestions": "建议可操作的隐患", "rechecks": "按期复查的隐患",
    "closed": "已销号的到期隐患", "major": "及时报告的重大隐患", "reports": "报告和结论齐全的企业",
    "entries": "外部系统录入项", SATISFACTION: "企业问卷得分", "breaches": "经核实的违约",
}  # fmt: skip
