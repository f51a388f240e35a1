"""The lists of hazards, extensions, signs and referrals in the order in which they are read."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [
        ("agencies", "0006_long_lists"),
        ("enterprises", "0009_long_lists"),
        ("inspections", "0011_hazard_tally"),
        ("tenancy", "0005_names_in_remedies"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="enforcementreferral",
            index=models.Index(fields=["listed_at", "id"], name="referral_list"),
        ),
        AddIndexConcurrently(
            model_name="extension",
            index=models.Index(fields=["state", "asked_at", "id"], name="extension_list"),
        ),
        AddIndexConcurrently(
            model_name="hazard",
            index=models.Index(fields=["due_on", "id"], name="hazard_due"),
        ),
        AddIndexConcurrently(
            model_name="hazard",
            index=models.Index(fields=["found_on", "id"], name="hazard_found"),
        ),
        AddIndexConcurrently(
            model_name="hazard",
            index=models.Index(fields=["number", "id"], name="hazard_number"),
        ),
        AddIndexConcurrently(
            model_name="hazard",
            index=models.Index(fields=["region_code", "id"], name="hazard_town"),
        ),
        AddIndexConcurrently(
            model_name="hazard",
            index=models.Index(fields=["region_code", "due_on", "id"], name="hazard_town_due"),
        ),
        AddIndexConcurrently(
            model_name="hazard",
            index=models.Index(fields=["region_code", "found_on", "id"], name="hazard_town_found"),
        ),
        AddIndexConcurrently(
            model_name="hazard",
            index=models.Index(fields=["region_code", "number", "id"], name="hazard_town_number"),
        ),
        AddIndexConcurrently(
            model_name="hazard",
            index=models.Index(
                condition=models.Q(("state__in", ("found", "issued", "rectifying", "submitted"))),
                fields=["due_on", "id"],
                name="hazard_live",
            ),
        ),
        AddIndexConcurrently(
            model_name="hazard",
            index=models.Index(
                condition=models.Q(("state__in", ("found", "issued", "rectifying", "submitted"))),
                fields=["region_code", "due_on", "id"],
                name="hazard_town_live",
            ),
        ),
        AddIndexConcurrently(
            model_name="hazard",
            index=models.Index(
                condition=models.Q(("state", "submitted")),
                fields=["provider_org", "submitted_at", "id"],
                name="hazard_to_recheck",
            ),
        ),
        AddIndexConcurrently(
            model_name="hazard",
            index=models.Index(
                condition=models.Q(("is_overdue", False), ("state__in", ("issued", "rectifying"))),
                fields=["owner_agency", "due_on"],
                name="hazard_falls_due",
            ),
        ),
        AddIndexConcurrently(
            model_name="spotcheck",
            index=models.Index(
                condition=models.Q(("state__in", ["waiting", "visiting"])),
                fields=["assignment"],
                name="spot_check_blind",
            ),
        ),
        AddIndexConcurrently(
            model_name="sign",
            index=models.Index(fields=["-found_at", "id"], name="sign_list"),
        ),
        AddIndexConcurrently(
            model_name="visit",
            index=models.Index(
                condition=models.Q(("state", "open")), fields=["provider_org"], name="visit_open"
            ),
        ),
    ]
