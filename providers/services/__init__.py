"""What is done about providers, one module per noun.

bodies: provider_register
credentials: qualification_add · staff_certificate_add · credential_verify · credential_remove ·
             certificates_end · credentials_remind
rules: rules_of · rules_set
standing: standing_draft · standing_notice · standing_state · standing_decide · standing_drop ·
          standing_repair · standing_lift · standing_keep · standing_expire · standing_remind
reports: report_begin · report_edit · report_submit · reports_remind
notices: cross_region_file · cross_region_acknowledge
"""

from providers.services.bodies import provider_register
from providers.services.credentials import (
    certificates_end,
    credential_remove,
    credential_verify,
    credentials_remind,
    qualification_add,
    staff_certificate_add,
)
from providers.services.notices import cross_region_acknowledge, cross_region_file
from providers.services.reports import report_begin, report_edit, report_submit, reports_remind
from providers.services.rules import rules_of, rules_set
from providers.services.standing import (
    standing_decide,
    standing_draft,
    standing_drop,
    standing_expire,
    standing_keep,
    standing_lift,
    standing_notice,
    standing_remind,
    standing_repair,
    standing_state,
)

__all__ = [
    "certificates_end",
    "credential_remove",
    "credential_verify",
    "credentials_remind",
    "cross_region_acknowledge",
    "cross_region_file",
    "provider_register",
    "qualification_add",
    "report_begin",
    "report_edit",
    "report_submit",
    "reports_remind",
    "rules_of",
    "rules_set",
    "staff_certificate_add",
    "standing_decide",
    "standing_draft",
    "standing_drop",
    "standing_expire",
    "standing_keep",
    "standing_lift",
    "standing_notice",
    "standing_remind",
    "standing_repair",
    "standing_state",
]
