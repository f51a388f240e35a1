"""Distances by road from a service that speaks OSRM's `table`, where one is set up (ROUTING_URL).

It is asked once for a day. Where it does not answer in time, or answers nonsense, straight lines do
and the result says so. The service learns the coordinates of enterprises: run your own.
"""

import json
import logging
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any
from urllib.request import urlopen

from django.conf import settings

from inspections.day import Place, StraightLines, Table, Travel

log = logging.getLogger(__name__)
PATIENCE = 3.0  # seconds
MAX_BYTES = 4 * 1024 * 1024
_asking = ThreadPoolExecutor(4, "routing")


@dataclass(frozen=True, slots=True)
class RoutingService:
    """An OSRM-compatible service, and what stands in for it."""

    url: str
    instead: StraightLines = StraightLines()
    patience: float = PATIENCE

    def table(self, places: Sequence[Place]) -> Table:
        """Return the distances by road, or over straight lines when the service fails."""
        straight = self.instead.table(places)
        waiting: Future[bytes] = _asking.submit(self._ask, places)
        try:
            answer = json.loads(waiting.result(self.patience))
            return Table(
                _matrix(answer["distances"], straight.metres),
                _matrix(answer["durations"], straight.seconds),
                "routing",
            )
        except (OSError, HTTPException, ValueError, KeyError, TypeError) as error:
            waiting.cancel()
            log.warning("routing service gave no table, straight lines instead: %r", error)
            return straight

    def _ask(self, places: Sequence[Place]) -> bytes:
        """One socket operation may take `patience`; the whole is bounded by whoever waits."""
        where = ";".join(f"{lon:.6f},{lat:.6f}" for lat, lon in places)
        address = f"{self.url.rstrip('/')}/table/v1/driving/{where}"
        with urlopen(f"{address}?annotations=duration,distance", timeout=self.patience) as answer:
            return answer.read(MAX_BYTES)  # type: ignore[no-any-return]


def _matrix(rows: Any, instead: list[list[int]]) -> list[list[int]]:
    """Round a square of numbers; a pair without a road (null) keeps its straight line."""
    if len(rows) != len(instead) or any(len(row) != len(instead) for row in rows):
        raise ValueError("not a square of the places asked for")
    return [
        [
            straight if value is None else _whole(value)
            for value, straight in zip(*pair, strict=True)
        ]
        for pair in zip(rows, instead, strict=True)
    ]


def _whole(value: float) -> int:
    if not 0 <= value < 1e9:
        raise ValueError(f"no distance: {value}")
    return round(value)


def travel() -> Travel:
    """Return how distances are worked out here."""
    return RoutingService(settings.ROUTING_URL) if settings.ROUTING_URL else StraightLines()
