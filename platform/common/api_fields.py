"""Fields for what programs send: with bounds, so that whatever is let in can be kept and counted with."""

from datetime import UTC, date, datetime, time
from math import isfinite
from typing import Any
from uuid import UUID

from rest_framework import serializers
from rest_framework.fields import empty

FIRST, LAST = date(2000, 1, 1), date(2100, 1, 1)


class Uuid(serializers.UUIDField):
    """An id as text; true and 5 are none."""

    def to_internal_value(self, data: Any) -> UUID:
        """Return it."""
        if not isinstance(data, str):
            self.fail("invalid", value=data)
        value: UUID = super().to_internal_value(data)
        return value


class Text(serializers.CharField):
    """Text; a number is none."""

    def to_internal_value(self, data: Any) -> str:
        """Return it."""
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class Whole(serializers.IntegerField):
    """A whole number, also as 5.0, which to a schema is the same; text is none."""

    def to_internal_value(self, data: Any) -> int:
        """Return it."""
        if type(data) is float and data.is_integer():
            data = int(data)
        if type(data) is not int:
            self.fail("invalid")
        return super().to_internal_value(data)


class Key(Whole):
    """The number of a row."""

    def __init__(self, **options: Any) -> None:
        super().__init__(min_value=0, max_value=2**63 - 1, **options)


class Finite(serializers.FloatField):
    """A number, not NaN and not infinite; text is none."""

    def to_internal_value(self, data: Any) -> float:
        """Return it."""
        try:
            is_number = type(data) in (int, float) and isfinite(data)
        except OverflowError:  # a whole number beyond all floats
            is_number = False
        if not is_number:
            self.fail("invalid")
        return super().to_internal_value(data)


class Figure(serializers.DecimalField):
    """A decimal as text, with a digit in it at least; `pattern` is what the schema says of it."""

    @property
    def pattern(self) -> str:
        """Return the expression for it."""
        assert self.max_digits is not None  # a figure has bounds
        whole, places = self.max_digits - (self.decimal_places or 0), self.decimal_places
        return rf"^-?(?=\.?\d)\d{{0,{whole}}}(?:\.\d{{0,{places}}})?$"


class Moment(serializers.DateTimeField):
    """A moment of this century, so that clocks may be compared."""

    default_error_messages = {"rule": "时间超出范围"}

    def to_internal_value(self, value: Any) -> datetime:
        """Return it."""
        try:
            moment = super().to_internal_value(value)
            is_ours = FIRST <= moment.astimezone(UTC).date() < LAST
        except OverflowError:
            is_ours = False
        if not is_ours:
            self.fail("rule")
        return moment


class Day(serializers.DateField):
    """A day of this century."""

    default_error_messages = {"rule": "日期超出范围"}

    def to_internal_value(self, value: Any) -> date:
        """Return it."""
        day = super().to_internal_value(value)
        if not FIRST <= day < LAST:
            self.fail("rule")
        return day


class Clock(serializers.RegexField):
    """A time of the day, to the minute."""

    default_error_messages = {"invalid": "应是 08:30 这样的时间"}

    def __init__(self, **options: Any) -> None:
        super().__init__(r"^([01][0-9]|2[0-3]):[0-5][0-9]$", **options)

    def run_validation(self, data: Any = empty) -> time | None:
        """Return it."""
        text = super().run_validation(data)
        return time.fromisoformat(text) if text else None
