"""Frozen content of papers: dataclasses as canonical JSON, their hash, and the way back.

What people sign is the content, so one content has one byte string: keys sorted, no blanks, UTF-8
unescaped, days as ISO 8601, moments in UTC, Decimals as plain digits, bytes as Base64. Floats are
refused because two machines may write them differently. A class may later gain fields with a
default; a paper keeps the hash that it was issued with.
"""

import base64
import dataclasses
import enum
import hashlib
import json
import types
import typing
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from typing import Any

T = typing.TypeVar("T")


class ThawError(ValueError):
    """The data do not fit the class; the message names the field."""


def freeze(value: object) -> Any:
    """Return `value` as plain JSON data; TypeError for what has no single written form."""
    if value is None or type(value) in (str, int, bool):
        return value
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {name: freeze(getattr(value, name)) for name in _names(type(value))}
    if isinstance(value, tuple | list):
        return [freeze(item) for item in value]
    if isinstance(value, Mapping):
        return {_key(key): freeze(item) for key, item in value.items()}
    return _freeze_leaf(value)


def canonical_json(value: object) -> bytes:
    """Return the one byte string that stands for `value`."""
    return json.dumps(
        freeze(value), ensure_ascii=False, sort_keys=True, separators=(",", ":")
    ).encode()


def content_sha256(content: object) -> str:
    """Return the SHA-256 of the content's canonical JSON, 64 hexadecimal digits."""
    return hashlib.sha256(canonical_json(content)).hexdigest()


def thaw(cls: type[T], data: Any) -> T:
    """Make the (nested) frozen dataclass `cls` again from its JSON; ThawError where it differs."""
    return typing.cast(T, _thaw(cls, data, cls.__name__))


@cache
def _names(cls: type) -> tuple[str, ...]:
    return tuple(field.name for field in dataclasses.fields(cls))


def _key(key: object) -> str:
    if not isinstance(key, str):
        raise TypeError(f"a key must be text: {key!r}")
    return key


def _freeze_leaf(value: object) -> Any:
    match value:
        case enum.Enum():
            return freeze(value.value)
        case str():
            return str(value)
        case datetime():
            if value.tzinfo is None:
                raise TypeError("a moment without a time zone has no one written form")
            return value.astimezone(UTC).isoformat()
        case date():
            return value.isoformat()
        case Decimal() if value.is_finite():
            return format(value, "f")
        case bytes():
            return base64.b64encode(value).decode("ascii")
    raise TypeError(f"{type(value).__name__} has no one written form")


def _thaw(kind: Any, data: Any, where: str) -> Any:
    """Return `data` as `kind`: a dataclass, a container of kinds, an optional or a leaf."""
    if dataclasses.is_dataclass(kind):
        return _thaw_dataclass(typing.cast("type", kind), data, where)
    origin = typing.get_origin(kind)
    if origin in (typing.Union, types.UnionType):
        return None if data is None else _thaw(_only_kind(kind), data, where)
    if origin in (tuple, list):
        return _thaw_sequence(kind, data, where)
    if origin is not None and issubclass(origin, Mapping):
        item = typing.get_args(kind)[1]
        return {key: _thaw(item, value, f"{where}.{key}") for key, value in data.items()}
    return _thaw_leaf(kind, data, where)


def _thaw_dataclass(cls: type, data: Any, where: str) -> Any:
    if not isinstance(data, Mapping):
        raise ThawError(f"{where}: an object is expected")
    kinds = _kinds(cls)
    if unknown := sorted(data.keys() - kinds.keys()):
        raise ThawError(f"{where}: no such field {unknown[0]}")
    values = {name: _thaw(kinds[name], data[name], f"{where}.{name}") for name in data}
    try:
        return cls(**values)
    except TypeError as error:
        raise ThawError(f"{where}: {error}") from error


def _thaw_sequence(kind: Any, data: Any, where: str) -> Any:
    if not isinstance(data, list | tuple):
        raise ThawError(f"{where}: a list is expected")
    item = typing.get_args(kind)[0]
    values = [_thaw(item, value, where) for value in data]
    return tuple(values) if typing.get_origin(kind) is tuple else values


def _thaw_leaf(kind: Any, data: Any, where: str) -> Any:
    if kind in (str, int, bool):
        if type(data) is not kind:
            raise ThawError(f"{where}: {kind.__name__} is expected, not {type(data).__name__}")
        return data
    if not isinstance(data, str) or kind not in _LEAVES:
        raise ThawError(f"{where}: {kind} cannot be read from {type(data).__name__}")
    try:
        return _LEAVES[kind](data)
    except (ValueError, ArithmeticError) as error:
        raise ThawError(f"{where}: {data!r} is no {kind.__name__}") from error


_LEAVES: dict[type, typing.Callable[[str], object]] = {
    date: date.fromisoformat,
    datetime: datetime.fromisoformat,
    Decimal: Decimal,
    bytes: lambda text: base64.b64decode(text, validate=True),
}


@cache
def _kinds(cls: type) -> dict[str, Any]:
    hints = typing.get_type_hints(cls)
    return {name: hints[name] for name in _names(cls)}


def _only_kind(kind: Any) -> Any:
    """Return X of `X | None`."""
    kinds = [part for part in typing.get_args(kind) if part is not types.NoneType]
    if len(kinds) != 1:
        raise ThawError(f"{kind}: only one kind or nothing can be read back")
    return kinds[0]
