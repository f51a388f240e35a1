"""What tenancy tells the apps above it."""

from django.dispatch import Signal

# A person's second factors were taken away by an administrator. Argument: membership.
second_factor_was_reset = Signal()
