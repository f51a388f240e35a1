"""What a regulator does, one module per noun.

contracts: contract_create · contract_activate · contract_complete · contract_terminate
batches: batch_create · batch_rules_set · batch_assign · batch_recheck_complete ·
         assignment_withdraw
inspectors: split_by_town · split_evenly · inspectors_assign
ties: tie_add · tie_remove
handover: contract_hand_over · hand_over_tell
"""

from agencies.services.batches import (
    assignment_withdraw,
    batch_assign,
    batch_create,
    batch_recheck_complete,
    batch_rules_set,
)
from agencies.services.contracts import (
    contract_activate,
    contract_complete,
    contract_create,
    contract_terminate,
)
from agencies.services.handover import contract_hand_over, hand_over_tell
from agencies.services.inspectors import inspectors_assign, split_by_town, split_evenly
from agencies.services.ties import tie_add, tie_remove

__all__ = [
    "assignment_withdraw",
    "batch_assign",
    "batch_create",
    "batch_recheck_complete",
    "batch_rules_set",
    "contract_activate",
    "contract_complete",
    "contract_create",
    "contract_hand_over",
    "contract_terminate",
    "hand_over_tell",
    "inspectors_assign",
    "split_by_town",
    "split_evenly",
    "tie_add",
    "tie_remove",
]
