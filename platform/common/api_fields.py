"""Fields for what programs send: with bounds, so that whatever is let in can be kept and counted with."""

from datetime import UTC, date, datetime
from math import isfinite
from typing import Any

from rest_framework import serializers

FIRST, LAST = date(2000, 1, 1), date(2100, 1, 1)


class Finite(serializers.FloatField):
    """A number, not NaN and not infinite."""

    def to_internal_value(self, data: Any) -> float:
        """Return it."""
        try:
            value = super().to_internal_value(data)
        except OverflowError:
            self.fail("invalid")
        if not isfinite(value):
            self.fail("invalid")
        return value


class Key(serializers.IntegerField):
    """The number of a row."""

    def __init__(self, **options: Any) -> None:
        super().__init__(min_value=0, max_value=2**63 - 1, **options)


class Moment(serializers.DateTimeField):
    """A moment of this century, so that clocks may be compared."""

    def to_internal_value(self, value: Any) -> datetime:
        """Return it."""
        moment = super().to_internal_value(value)
        if not FIRST <= moment.astimezone(UTC).date() < LAST:
            self.fail("overflow")
        return moment


class Day(serializers.DateField):
    """A day of this century."""

    default_error_messages = {"range": "日期超出范围"}

    def to_internal_value(self, value: Any) -> date:
        """Return it."""
        day = super().to_internal_value(value)
        if not FIRST <= day < LAST:
            self.fail("range")
        return day
