"""What happens on site and until it is closed, one module per noun.

visits: visit_start · answers_save · visit_note · visit_sign · visit_refuse
hazards: hazard_add · hazard_edit · hazard_remove · hazards_confirm · hazard_dismiss ·
         major_report · hazards_mark_overdue
closing: rectification_submit · extension_ask · extension_grant · extension_refuse · extension_answer ·
         hazard_recheck · hazard_find_unmended
corrections: correction_ask · correction_allow · correction_refuse · correction_drop ·
             correction_apply · correction_points_checked
reopening: reopening_ask · reopening_allow · reopening_refuse · reopening_drop
phases: phase_advance · batch_advance          acceptance: assignment_accept · batch_accept
meetings: meeting_plan · meeting_hold · meeting_cancel · attendance_add · sign_in
guidance: guidance_save · guidance_save_many · criterion_find · criterion_clear
draws: draw_commit · draw_freeze · draw_number · draw_reveal · draw_announce ·
       spot_check_begin · spot_check_compare
referrals: referral_list · referrals_list_due · referral_remove
signs: sign_dismiss · sign_restore · thresholds_save (signs_update stands in inspections.signs)
enforcement: plan_make · enforcement_begin · order_issue · opinion_issue · referral_close
obligations: obligation_accept · acceptance_revoke · acceptance_issue
team: team_name · team_confirm · team_reject · team_withdraw · team_drop · team_sheet_issue
plans: visit_plan_begin · plan_days_set · plan_spread · plan_submit · plan_approve · plan_return ·
       plan_day_move · plan_disclose
tasks_edit: tasks_edit (imported where it is used)
reviews: expert_review_open · expert_add · expert_remove · opinion_give · expert_review_close
disclosures: disclosure_make · disclosure_acknowledge
complaints: complaint_make · complaint_receive · complaint_enter · complaint_handle ·
            complaint_reject · complaint_verify · breach_add · breach_revoke
deadlines: holiday_preview · holiday_load (imported where it is used)
"""

from inspections.services.acceptance import assignment_accept, batch_accept
from inspections.services.closing import (
    extension_answer,
    extension_ask,
    extension_grant,
    extension_refuse,
    hazard_find_unmended,
    hazard_recheck,
    rectification_submit,
)
from inspections.services.complaints import (
    breach_add,
    breach_revoke,
    complaint_enter,
    complaint_handle,
    complaint_make,
    complaint_receive,
    complaint_reject,
    complaint_verify,
    supervision_rules_save,
)
from inspections.services.corrections import (
    correction_allow,
    correction_answer,
    correction_apply,
    correction_ask,
    correction_drop,
    correction_points_checked,
    correction_refuse,
)
from inspections.services.disclosures import disclosure_acknowledge, disclosure_make
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
    attendance_self,
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
from inspections.services.plans import (
    plan_approve,
    plan_day_move,
    plan_days_set,
    plan_disclose,
    plan_return,
    plan_spread,
    plan_submit,
    visit_plan_begin,
)
from inspections.services.referrals import (
    referral_list,
    referral_remove,
    referrals_list_due,
)
from inspections.services.reopening import (
    reopening_allow,
    reopening_ask,
    reopening_drop,
    reopening_refuse,
)
from inspections.services.reviews import (
    expert_add,
    expert_remove,
    expert_review_close,
    expert_review_open,
    opinion_give,
)
from inspections.services.signs import sign_dismiss, sign_restore, thresholds_save
from inspections.services.team import (
    team_confirm,
    team_drop,
    team_name,
    team_reject,
    team_sheet_issue,
    team_withdraw,
)
from inspections.services.visit_signing import visit_refuse, visit_sign
from inspections.services.visits import (
    Answers,
    Brought,
    Given,
    answers_save,
    check_open,
    inspection_begin,
    lock_open,
    visit_note,
    visit_start,
)

__all__ = [
    "Answers",
    "Brought",
    "Given",
    "acceptance_issue",
    "acceptance_revoke",
    "answers_save",
    "assignment_accept",
    "attendance_add",
    "attendance_self",
    "batch_accept",
    "batch_advance",
    "breach_add",
    "breach_revoke",
    "check_open",
    "complaint_enter",
    "complaint_handle",
    "complaint_make",
    "complaint_receive",
    "complaint_reject",
    "complaint_verify",
    "correction_allow",
    "correction_answer",
    "correction_apply",
    "correction_ask",
    "correction_drop",
    "correction_points_checked",
    "correction_refuse",
    "criterion_clear",
    "criterion_find",
    "disclosure_acknowledge",
    "disclosure_make",
    "draw_announce",
    "draw_commit",
    "draw_freeze",
    "draw_number",
    "draw_reveal",
    "enforcement_begin",
    "expert_add",
    "expert_remove",
    "expert_review_close",
    "expert_review_open",
    "extension_ask",
    "extension_answer",
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
    "lock_open",
    "major_report",
    "meeting_cancel",
    "meeting_hold",
    "meeting_plan",
    "obligation_accept",
    "opinion_give",
    "opinion_issue",
    "order_issue",
    "phase_advance",
    "plan_approve",
    "plan_day_move",
    "plan_days_set",
    "plan_disclose",
    "plan_make",
    "plan_return",
    "plan_spread",
    "plan_submit",
    "rectification_submit",
    "referral_close",
    "referral_list",
    "referral_remove",
    "referrals_list_due",
    "reopening_allow",
    "reopening_ask",
    "reopening_drop",
    "reopening_refuse",
    "sign_dismiss",
    "sign_in",
    "sign_restore",
    "spot_check_begin",
    "spot_check_compare",
    "supervision_rules_save",
    "team_confirm",
    "team_drop",
    "team_name",
    "team_reject",
    "team_sheet_issue",
    "team_withdraw",
    "thresholds_save",
    "visit_note",
    "visit_plan_begin",
    "visit_refuse",
    "visit_sign",
    "visit_start",
]
