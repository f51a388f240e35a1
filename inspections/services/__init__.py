"""What happens on site and until it is closed, one module per noun.

visits: visit_start · answers_save · visit_note · visit_sign · visit_refuse
hazards: hazard_add · hazard_edit · hazard_remove · hazards_confirm · hazard_dismiss ·
         major_report · hazards_mark_overdue
closing: rectification_submit · extension_ask · extension_grant · extension_refuse · hazard_recheck
"""

from inspections.services.closing import (
    extension_ask,
    extension_grant,
    extension_refuse,
    hazard_recheck,
    rectification_submit,
)
from inspections.services.hazards import (
    hazard_add,
    hazard_dismiss,
    hazard_edit,
    hazard_remove,
    hazards_confirm,
    hazards_mark_overdue,
    major_report,
)
from inspections.services.visits import (
    answers_save,
    visit_note,
    visit_refuse,
    visit_sign,
    visit_start,
)

__all__ = [
    "answers_save",
    "extension_ask",
    "extension_grant",
    "extension_refuse",
    "hazard_add",
    "hazard_dismiss",
    "hazard_edit",
    "hazard_recheck",
    "hazard_remove",
    "hazards_confirm",
    "hazards_mark_overdue",
    "major_report",
    "rectification_submit",
    "visit_note",
    "visit_refuse",
    "visit_sign",
    "visit_start",
]
