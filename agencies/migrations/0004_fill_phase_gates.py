"""Assignments from before the gates: what they went through is dated, what they lack is still owed.

"Accepted" used to mean that nothing was open. Without report and conclusion it is phase 3, not its end.
"""

from django.db import migrations

FILL = """
    UPDATE agencies_assignment SET
        state = CASE WHEN state = 'accepted' THEN 'recheck' ELSE state END,
        soft_checked_on = coalesce(soft_checked_on, surveyed_on, created_at::date),
        site_checked_on = coalesce(site_checked_on, surveyed_on, created_at::date),
        guided_on = coalesce(guided_on, surveyed_on, created_at::date),
        accepted_on = NULL
    WHERE state NOT IN ('waiting', 'survey')
"""
WITHDRAWN = """
    UPDATE agencies_assignment SET withdrawal = 'other',
        withdrawn_reason = coalesce(nullif(withdrawn_reason, ''), '未记录')
    WHERE withdrawn_at IS NOT NULL AND withdrawal = ''
"""


class Migration(migrations.Migration):
    dependencies = [("agencies", "0003_phase_gates")]
    operations = [migrations.RunSQL([FILL, WITHDRAWN], migrations.RunSQL.noop)]
