"""What apps above may listen to."""

from django.dispatch import Signal

# A hazard was rechecked: closed, or sent back. Sent inside the transaction, with `hazard`.
hazard_moved = Signal()
# An issued hazard reads otherwise or was withdrawn. Sent inside the transaction, with `hazard` and
# `correction`.
hazard_corrected = Signal()
