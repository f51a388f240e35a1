"""What stood in entries and hazards before becomes events; a rule book in use is an adopted one."""

from django.db import migrations

BOOKS = "UPDATE scoring_rulebook SET state = 'adopted' WHERE adopted_on IS NOT NULL"
ENTRIES = """
UPDATE scoring_pointentry e
SET code = c.code, inspected_at = s.inspected_at,
    base = c.points * least(e.units, coalesce(c.max_units, e.units)),
    is_reducible = c.is_reducible AND NOT s.is_obstructed,
    is_waived = e.is_corrected_on_site AND c.is_on_site_waivable
FROM scoring_ruleclause c, scoring_pointsheet s
WHERE c.id = e.clause_id AND s.id = e.sheet_id
"""
CYCLES = """
UPDATE scoring_pointcycle c SET book_id = newest.book_id
FROM (SELECT DISTINCT ON (cycle_id) cycle_id, book_id FROM scoring_pointsheet
      ORDER BY cycle_id, inspected_at DESC) newest
WHERE newest.cycle_id = c.id
"""
# Whether a recheck came after the deadline is known of the hazard alone.
RECHECKS = """
UPDATE inspections_recheck r SET is_late = true
FROM inspections_hazard h
WHERE h.id = r.hazard_id AND h.was_overdue
      AND r.hazard_id IN (SELECT hazard_id FROM scoring_pointentry)
"""
EVENTS = """
INSERT INTO scoring_pointevent (id, owner_agency_id, region_code, enterprise_org_id, cycle_id, kind,
                                entry_id, recheck_id, happened_at, issued_at, by_name, reason)
SELECT DISTINCT ON (e.id, kind) gen_random_uuid(), e.owner_agency_id, e.region_code,
       e.enterprise_org_id, e.cycle_id, kind, e.id, r.id, r.rechecked_at, r.rechecked_at, '', ''
FROM scoring_pointentry e
JOIN inspections_recheck r ON r.hazard_id = e.hazard_id
CROSS JOIN LATERAL (SELECT CASE WHEN r.result = 'passed' AND r.is_late THEN 'late'
                                WHEN r.result = 'passed' THEN 'timely'
                                WHEN r.is_late THEN 'overdue' END AS kind) k
WHERE kind IS NOT NULL
ORDER BY e.id, kind, r.rechecked_at
"""
REFUSED = """
INSERT INTO scoring_pointevent (id, owner_agency_id, region_code, enterprise_org_id, cycle_id, kind,
                                sheet_id, happened_at, issued_at, by_name, reason)
SELECT gen_random_uuid(), owner_agency_id, region_code, enterprise_org_id, cycle_id, 'obstructed',
       id, issued_at, issued_at, '', ''
FROM scoring_pointsheet WHERE is_obstructed AND issued_at IS NOT NULL
"""


class Migration(migrations.Migration):
    dependencies = [
        ("inspections", "0018_recheck_is_late"),
        ("scoring", "0006_points_as_events"),
    ]
    operations = [
        migrations.RunSQL(sql, migrations.RunSQL.noop)
        for sql in (BOOKS, ENTRIES, CYCLES, RECHECKS, EVENTS, REFUSED)
    ]
