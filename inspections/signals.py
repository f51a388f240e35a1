"""What apps above may listen to."""

from django.dispatch import Signal

# A hazard was rechecked: closed, or sent back. Sent inside the transaction, with `hazard`.
hazard_moved = Signal()
