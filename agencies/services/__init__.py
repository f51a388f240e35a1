"""What a regulator does, one module per noun.

contracts: contract_create · contract_activate · contract_complete · contract_terminate
batches: batch_create · batch_rules_set · batch_assign · batch_recheck_complete ·
         assignment_withdraw
inspectors: split_by_town · split_evenly · inspectors_assign
library: library_class_save · library_classes_propose · library_class_retire · library_enter ·
         library_level_change · library_suspend · library_resume · library_remove
rounds: round_create · round_edit · round_offer_add · round_offer_remove · round_offer_withdraw · invites_add ·
        invite_remove · round_open · round_extend · round_cancel · round_close
choices: provider_choose · provider_choose_for
payments: payment_plan_set · payment_propose · payment_approve · payment_return · payment_withdraw
"""

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

__all__ = [
    "assignment_withdraw",
    "batch_assign",
    "batch_create",
    "batch_recheck_complete",
    "batch_rules_set",
    "contract_activate",
    "contract_complete",
    "contract_create",
    "contract_terminate",
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
    "split_by_town",
    "split_evenly",
]
