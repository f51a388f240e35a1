"""Anybody who acts may send; only the receiver reads."""

from django.db import migrations

from common.rls import OWN_ORG, SIGNED_IN, enable, policy


class Migration(migrations.Migration):
    dependencies = [
        ("notifications", "0001_initial"),
        ("common", "0001_runtime_role"),
        ("tenancy", "0002_row_level_security"),
    ]
    operations = [
        enable("notifications_notification"),
        policy("notifications_notification", "send", check=SIGNED_IN, command="INSERT"),
        policy("notifications_notification", "own", using=f"org_id = {OWN_ORG}", command="SELECT"),
        policy("notifications_notification", "read", using=f"org_id = {OWN_ORG}", command="UPDATE"),
    ]
