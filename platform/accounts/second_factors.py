"""Secrets of second factors at rest: closed with the keys of personal data, and with them anew."""

from collections.abc import Callable
from typing import Any

from allauth.mfa.models import Authenticator

from common.encrypted import TOKEN_STARTS, keys


def close_again() -> int:
    """Close every secret with the newest key; return how many rows changed.

    Each row is a statement of its own, and one that changes meanwhile is left alone: whoever wrote
    it used the newest key.
    """
    current, changed = keys(), 0

    def again(token: str) -> str:
        return token if current.is_newest(token) else current.close(current.open(token))

    for pk, data in Authenticator.objects.order_by("pk").values_list("pk", "data"):
        if (closed := with_tokens(data, again)) != data:
            changed += Authenticator.objects.filter(pk=pk, data=data).update(data=closed)
    return changed


def with_tokens(data: Any, change: Callable[[str], str]) -> Any:
    """Return what allauth keeps of a factor with each encrypted text in it changed."""
    if isinstance(data, dict):
        return {key: with_tokens(value, change) for key, value in data.items()}
    if isinstance(data, list):
        return [with_tokens(value, change) for value in data]
    is_token = isinstance(data, str) and data.startswith(TOKEN_STARTS)
    return change(data) if is_token else data
