from scoring.services.adjustments import adjustment_issue
from scoring.services.appeals import (
    Ruling,
    appeal_decide,
    appeal_make,
    appeal_waive,
    appeal_withdraw,
    entry_revoke,
)
from scoring.services.appraisals import (
    appraisal_correct,
    appraisal_decide,
    appraisal_draft,
    appraisals_freeze,
    form_exclude,
    forms_close,
    measure_correct,
    scoring_begin,
)
from scoring.services.boards import board_make, grades_renew, plate_make
from scoring.services.books import (
    book_adopt,
    book_draft,
    book_drop,
    book_edit,
    book_load,
    clause_remove,
    clause_save,
    rule_book_adopt,
)
from scoring.services.cycles import cycle_recompute
from scoring.services.drafts import sheets_prepare
from scoring.services.effects import effect_month_save
from scoring.services.following import entry_recheck, hazard_follow
from scoring.services.giving import Given, points_give, sheet_referred
from scoring.services.interviews import interview_cancel, interview_hold, interview_plan
from scoring.services.objections import objection_answer, objection_file
from scoring.services.outputs import outputs_start
from scoring.services.parties import (
    questionnaire_file,
    record_add,
    self_evaluation_file,
    third_party_ask,
    third_party_file,
)
from scoring.services.presentations import presentation_save
from scoring.services.publications import (
    appraisals_archive,
    appraisals_publish,
    publication_withdraw,
)
from scoring.services.schemes import (
    indicator_remove,
    indicator_save,
    scheme_adopt,
    scheme_draft,
    scheme_drop,
    scheme_edit,
)
from scoring.services.selfchecks import (
    item_mended,
    self_check_answer,
    self_check_begin,
    self_check_finish,
    self_check_share,
)
from scoring.services.summaries import region_summary_start
from scoring.services.thresholds import (
    consequence_done,
    consequence_lift,
    event_send,
    thresholds_send_due,
)
from scoring.services.trainings import (
    training_answer,
    training_begin,
    training_count,
    training_record,
)

__all__ = [
    "adjustment_issue",
    "appeal_decide",
    "appeal_make",
    "appeal_waive",
    "appeal_withdraw",
    "appraisal_correct",
    "appraisal_decide",
    "appraisal_draft",
    "appraisals_archive",
    "appraisals_freeze",
    "appraisals_publish",
    "board_make",
    "book_adopt",
    "book_draft",
    "book_drop",
    "book_edit",
    "book_load",
    "clause_remove",
    "clause_save",
    "consequence_done",
    "consequence_lift",
    "cycle_recompute",
    "effect_month_save",
    "entry_recheck",
    "entry_revoke",
    "event_send",
    "form_exclude",
    "forms_close",
    "grades_renew",
    "hazard_follow",
    "indicator_remove",
    "indicator_save",
    "interview_cancel",
    "interview_hold",
    "interview_plan",
    "item_mended",
    "measure_correct",
    "objection_answer",
    "objection_file",
    "outputs_start",
    "plate_make",
    "points_give",
    "presentation_save",
    "publication_withdraw",
    "questionnaire_file",
    "record_add",
    "region_summary_start",
    "rule_book_adopt",
    "scheme_adopt",
    "scheme_draft",
    "scheme_drop",
    "scheme_edit",
    "scoring_begin",
    "self_check_answer",
    "self_check_begin",
    "self_check_finish",
    "self_check_share",
    "self_evaluation_file",
    "sheet_referred",
    "sheets_prepare",
    "third_party_ask",
    "third_party_file",
    "thresholds_send_due",
    "training_answer",
    "training_begin",
    "training_count",
    "training_record",
    "Given",
    "Ruling",
]
