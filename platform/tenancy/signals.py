"""What tenancy tells the apps above it."""

from django.dispatch import Signal

# A person's second factors were taken away by an administrator. Argument: membership.
second_factor_was_reset = Signal()

# Somebody came into an organisation. Argument: membership.
member_joined = Signal()

# Somebody was named a deputy: `membership` is the deputy's.
deputy_named = Signal()

# Work went from one person to another: `membership`, `to`, `words` (what), `reason`.
work_handed_over = Signal()

# A person's own data were taken away (`person_erase`). Argument: user.
person_was_erased = Signal()
