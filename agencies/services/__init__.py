"""What a regulator does, one module per noun.

contracts: contract_create · contract_activate · contract_complete · contract_terminate
batches: batch_create · batch_rules_set · batch_assign · batch_recheck_complete ·
         assignment_withdraw
inspectors: split_by_town · split_evenly · inspectors_assign
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
from agencies.services.inspectors import inspectors_assign, split_by_town, split_evenly

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
    "split_by_town",
    "split_evenly",
]
