"""What happens on site and until it is closed, one module per noun.

visits: visit_start · answers_save · visit_note · visit_sign · visit_refuse
hazards: hazard_add · hazard_edit · hazard_remove · hazards_confirm · hazard_dismiss ·
         major_report · hazards_mark_overdue
closing: rectification_submit · extension_ask · extension_grant · extension_refuse ·
         hazard_recheck · hazard_find_unmended
phases: phase_advance · batch_advance          acceptance: assignment_accept · batch_accept
meetings: meeting_plan · meeting_hold · meeting_cancel · attendance_add · sign_in
guidance: guidance_save · guidance_save_many · criterion_find · criterion_clear
draws: draw_commit · draw_freeze · draw_number · draw_reveal · draw_announce ·
       spot_check_begin · spot_check_compare
referrals: referral_list · referrals_list_due · referral_remove
signs: sign_dismiss · sign_restore · thresholds_save (signs_update stands in inspections.signs)
enforcement: plan_make · enforcement_begin · order_issue · opinion_issue · referral_close
obligations: obligation_accept · acceptance_revoke · acceptance_issue
deadlines: holiday_preview · holiday_load (imported where it is used)
"""

from inspections.services.acceptance import assignment_accept, batch_accept
from inspections.services.closing import (
    extension_ask,
    extension_grant,
    extension_refuse,
    hazard_find_unmended,
    hazard_recheck,
    rectification_submit,
)
from inspections.services.draws import (
    draw_announce,
    draw_commit,
    draw_freeze,
    draw_number,
    draw_reveal,
    spot_check_begin,
    spot_check_compare,
)
from inspections.services.enforcement import (
    enforcement_begin,
    opinion_issue,
    order_issue,
    plan_make,
    referral_close,
)
from inspections.services.guidance import (
    criterion_clear,
    criterion_find,
    guidance_save,
    guidance_save_many,
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
from inspections.services.meetings import (
    attendance_add,
    meeting_cancel,
    meeting_hold,
    meeting_plan,
    sign_in,
)
from inspections.services.obligations import (
    acceptance_issue,
    acceptance_revoke,
    obligation_accept,
)
from inspections.services.phases import batch_advance, phase_advance
from inspections.services.referrals import (
    referral_list,
    referral_remove,
    referrals_list_due,
)
from inspections.services.signs import sign_dismiss, sign_restore, thresholds_save
from inspections.services.visits import (
    Answers,
    Brought,
    Given,
    answers_save,
    check_open,
    inspection_begin,
    lock_open,
    visit_note,
    visit_refuse,
    visit_sign,
    visit_start,
)

__all__ = [
    "Brought",
    "Answers",
    "Given",
    "acceptance_issue",
    "acceptance_revoke",
    "answers_save",
    "assignment_accept",
    "attendance_add",
    "batch_accept",
    "batch_advance",
    "check_open",
    "criterion_clear",
    "criterion_find",
    "draw_announce",
    "draw_commit",
    "draw_freeze",
    "draw_number",
    "draw_reveal",
    "enforcement_begin",
    "extension_ask",
    "extension_grant",
    "extension_refuse",
    "guidance_save",
    "guidance_save_many",
    "hazard_add",
    "hazard_dismiss",
    "hazard_edit",
    "hazard_find_unmended",
    "hazard_recheck",
    "hazard_remove",
    "hazards_confirm",
    "hazards_mark_overdue",
    "inspection_begin",
    "major_report",
    "lock_open",
    "meeting_cancel",
    "meeting_hold",
    "meeting_plan",
    "obligation_accept",
    "opinion_issue",
    "order_issue",
    "phase_advance",
    "plan_make",
    "rectification_submit",
    "referral_close",
    "referral_list",
    "referral_remove",
    "referrals_list_due",
    "sign_dismiss",
    "sign_in",
    "sign_restore",
    "spot_check_begin",
    "spot_check_compare",
    "thresholds_save",
    "visit_note",
    "visit_refuse",
    "visit_sign",
    "visit_start",
]
