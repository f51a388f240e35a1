from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("agencies", "0004_fill_phase_gates")]
    operations = [
        migrations.AddConstraint(
            model_name="assignment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["waiting", "survey"]),
                    models.Q(
                        ("guided_on__isnull", False),
                        ("site_checked_on__isnull", False),
                        ("soft_checked_on__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="assignment_guided_was_checked",
            ),
        ),
        migrations.AddConstraint(
            model_name="assignment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ["accepted", "concluded"]), _negated=True),
                    models.Q(
                        ("accepted_on__isnull", False), models.Q(("conclusion", ""), _negated=True)
                    ),
                    _connector="OR",
                ),
                name="assignment_accepted_has_day_and_conclusion",
            ),
        ),
        migrations.AddConstraint(
            model_name="assignment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("withdrawn_at", None),
                    models.Q(
                        models.Q(("withdrawal", ""), _negated=True),
                        models.Q(("withdrawn_reason", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="assignment_withdrawn_has_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="servicebatch",
            constraint=models.CheckConstraint(
                condition=models.Q(("sample_ratio__gt", 0), ("sample_ratio__lte", 1)),
                name="batch_sample_ratio_is_a_share",
            ),
        ),
        migrations.AddConstraint(
            model_name="servicebatch",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("recheck_completed_on", None),
                    ("spot_check_due_on__isnull", False),
                    _connector="OR",
                ),
                name="batch_completed_has_spot_check_deadline",
            ),
        ),
    ]
