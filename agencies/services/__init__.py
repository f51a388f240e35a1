"""What a regulator does, one module per noun.

contracts: contract_create · contract_activate · contract_complete · contract_terminate
batches: batch_create · batch_rules_set · batch_assign · batch_recheck_complete ·
         assignment_withdraw
withdrawals: assignments_withdraw · assignment_restore
inspectors: split_by_town · split_evenly · inspectors_assign
library: library_class_save · library_classes_propose · library_class_retire · library_enter ·
         library_level_change · library_suspend · library_resume · library_remove
rounds: round_create · round_edit · round_offer_add · round_offer_remove · round_offer_withdraw · invites_add ·
        invite_remove · round_open · round_extend · round_cancel · round_close
choices: provider_choose · provider_choose_for
payments: payment_plan_set · payment_propose · payment_approve · payment_return · payment_withdraw
plans: plan_draft · plan_change · plan_item_save · plan_item_remove · plan_drop · plan_approve ·
       plan_budget · plan_revise · plan_publish
procurements: procurement_draft · procurement_change · lot_save · lot_remove · criteria_set ·
              procurement_announce · procurement_close · procurement_fail · procurement_cancel
awards: offer_add · offer_disqualify · scores_set · lot_award · lot_fail · lot_undecide ·
        procurement_award
publications: publication_make · publication_withdraw
terms: obligation_add · obligation_change · obligation_remove · obligation_amend ·
       obligation_withdraw · delivery_add · delivery_withdraw
ties: tie_add · tie_remove
handover: contract_hand_over · hand_over_tell
"""

from agencies.services.awards import (
    lot_award,
    lot_fail,
    lot_undecide,
    offer_add,
    offer_disqualify,
    procurement_award,
    scores_set,
)
from agencies.services.batches import (
    assignment_withdraw,
    batch_assign,
    batch_create,
    batch_recheck_complete,
    batch_rules_set,
)
from agencies.services.choices import provider_choose, provider_choose_for
from agencies.services.contracts import (
    contract_activate,
    contract_complete,
    contract_create,
    contract_terminate,
)
from agencies.services.handover import contract_hand_over, hand_over_tell
from agencies.services.inspectors import inspectors_assign, split_by_town, split_evenly
from agencies.services.library import (
    library_class_retire,
    library_class_save,
    library_classes_propose,
    library_enter,
    library_level_change,
    library_remove,
    library_resume,
    library_suspend,
)
from agencies.services.payments import (
    payment_approve,
    payment_plan_set,
    payment_propose,
    payment_return,
    payment_withdraw,
)
from agencies.services.plans import (
    plan_approve,
    plan_budget,
    plan_change,
    plan_draft,
    plan_drop,
    plan_item_remove,
    plan_item_save,
    plan_publish,
    plan_revise,
)
from agencies.services.procurements import (
    criteria_set,
    lot_remove,
    lot_save,
    procurement_announce,
    procurement_cancel,
    procurement_change,
    procurement_close,
    procurement_draft,
    procurement_fail,
)
from agencies.services.publications import publication_make, publication_withdraw
from agencies.services.rounds import (
    invite_remove,
    invites_add,
    round_cancel,
    round_close,
    round_create,
    round_edit,
    round_extend,
    round_offer_add,
    round_offer_remove,
    round_offer_withdraw,
    round_open,
)
from agencies.services.terms import (
    delivery_add,
    delivery_withdraw,
    obligation_add,
    obligation_amend,
    obligation_change,
    obligation_remove,
    obligation_withdraw,
)
from agencies.services.ties import tie_add, tie_remove
from agencies.services.withdrawals import assignment_restore, assignments_withdraw

__all__ = [
    "assignment_restore",
    "assignment_withdraw",
    "assignments_withdraw",
    "batch_assign",
    "batch_create",
    "batch_recheck_complete",
    "batch_rules_set",
    "contract_activate",
    "contract_complete",
    "contract_create",
    "contract_hand_over",
    "contract_terminate",
    "criteria_set",
    "delivery_add",
    "delivery_withdraw",
    "hand_over_tell",
    "inspectors_assign",
    "invite_remove",
    "invites_add",
    "library_class_retire",
    "library_class_save",
    "library_classes_propose",
    "library_enter",
    "library_level_change",
    "library_remove",
    "library_resume",
    "library_suspend",
    "round_offer_add",
    "round_offer_remove",
    "round_offer_withdraw",
    "payment_approve",
    "payment_plan_set",
    "payment_propose",
    "payment_return",
    "payment_withdraw",
    "provider_choose",
    "provider_choose_for",
    "round_cancel",
    "round_close",
    "round_create",
    "round_edit",
    "round_extend",
    "round_open",
    "lot_award",
    "lot_fail",
    "lot_remove",
    "lot_save",
    "lot_undecide",
    "obligation_add",
    "obligation_amend",
    "obligation_change",
    "obligation_remove",
    "obligation_withdraw",
    "offer_add",
    "offer_disqualify",
    "plan_approve",
    "plan_budget",
    "plan_change",
    "plan_draft",
    "plan_drop",
    "plan_item_remove",
    "plan_item_save",
    "plan_publish",
    "plan_revise",
    "procurement_announce",
    "procurement_award",
    "procurement_cancel",
    "procurement_change",
    "procurement_close",
    "procurement_draft",
    "procurement_fail",
    "publication_make",
    "publication_withdraw",
    "scores_set",
    "split_by_town",
    "split_evenly",
    "tie_add",
    "tie_remove",
]
