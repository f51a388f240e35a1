"""What one thread does: post signed messages to one endpoint, one after the other. No database."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from django.conf import settings
from standardwebhooks import Webhook

from common.outside import Answer, Outside
from webhooks.schedule import GONE

SLICE_SECONDS = 5.0  # then the results are written down, and others have their turn
AGENT = "anfu-webhooks/1"


@dataclass(frozen=True, slots=True)
class Message:
    """One delivery as it is sent."""

    delivery_id: int
    event_id: UUID
    body: str


@dataclass(frozen=True, slots=True)
class Load:
    """What one endpoint is sent in one go."""

    endpoint_id: UUID
    url: str
    secrets: Sequence[str]
    failures: int
    messages: Sequence[Message]


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one message, and when."""

    delivery_id: int
    at: datetime
    answer: Answer


def now() -> datetime:
    """Return the moment that a signature names: real time, which the receiver compares."""
    return datetime.now(UTC)


def signed_headers(message: Message, secrets: Sequence[str], at: datetime) -> dict[str, str]:
    """Return the headers of Standard Webhooks; a signature for each secret that is valid."""
    key = str(message.event_id)
    signatures = [Webhook(secret).sign(key, at, message.body) for secret in secrets]
    return {
        "content-type": "application/json; charset=utf-8",
        "user-agent": AGENT,
        "webhook-id": key,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(signatures),
    }


def _is_no_use(answer: Answer, failures: int) -> bool:
    """Whether to send more would be for nothing, or unasked."""
    if answer.is_ok:
        return False
    is_told = answer.status == GONE or bool(answer.retry_after)
    return is_told or failures >= settings.WEBHOOK_REST_AFTER


def post_all(load: Load) -> list[Result]:
    """Post until all are sent, the time is over, or the endpoint shows that it is no use."""
    results: list[Result] = []
    failures, stop = load.failures, time.monotonic() + SLICE_SECONDS
    with Outside() as outside:
        for message in load.messages:
            at = now()
            headers = signed_headers(message, load.secrets, at)
            answer = outside.post(load.url, content=message.body.encode(), headers=headers)
            results.append(Result(message.delivery_id, at, answer))
            failures = 0 if answer.is_ok else failures + 1
            if time.monotonic() > stop or _is_no_use(answer, failures):
                break
    return results
