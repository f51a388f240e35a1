"""What apps above may listen to."""

from django.dispatch import Signal

# A decision took effect or ended. Sent inside the transaction, with `decision`.
standing_changed = Signal()
