"""`POST /field/api/day`: where to go today, in which order, and what else is open around.

Body {"position": {latitude, longitude} | null, "day", "stops": [place keys] | null, "leaves_at",
"ends_at"}. Answers {"order", "left_out", "starts_at", "metres", "minutes", "by", "nearby",
"recheck"}; 400 or 422 with a `message` for a body that makes no
sense.
"""

from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone
from rest_framework import serializers
from rest_framework.decorators import (
    api_view,
    authentication_classes,
    parser_classes,
    permission_classes,
)
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from common.api import JSON, Session, checked, described
from common.api_fields import Clock, Day, Finite, Text
from inspections.day import REASONS, Leg, plan_day
from inspections.day import Day as Planned
from inspections.field.answers import DayPlan
from inspections.models import Hazard
from inspections.my_day import Candidate, Outing, day_of, seconds_of
from inspections.routing import travel
from tenancy.access import require

LEAVES_AT, ENDS_AT = time(8, 30), time(17, 30)  # [proposal]
MAX_KEYS, MAX_KEY = 200, 24
UNKNOWN = "unknown"
WORDS = {**REASONS, UNKNOWN: "不在你的任务中"}


class Where(serializers.Serializer[Any]):
    """Where the phone is, if it knows (WGS-84)."""

    latitude = Finite(label="纬度", min_value=-90, max_value=90)
    longitude = Finite(label="经度", min_value=-180, max_value=180)


class DayAsked(serializers.Serializer[Any]):
    """What a phone may say of its day; `stops` null: what is due."""

    day = Day(label="日期")
    leaves_at = Clock(label="出发时间", required=False, allow_null=True, default=None)
    ends_at = Clock(label="结束时间", required=False, allow_null=True, default=None)
    position = Where(label="位置", required=False, allow_null=True, default=None)
    stops = serializers.ListField(
        label="地点", required=False, allow_null=True, default=None, max_length=MAX_KEYS,
        child=Text(max_length=MAX_KEY),
    )  # fmt: skip

    def validate(self, data: dict[str, Any]) -> dict[str, Any]:
        """The usual hours where none are given; the day ends after it begins."""
        data["leaves_at"] = data["leaves_at"] or LEAVES_AT
        data["ends_at"] = data["ends_at"] or max(ENDS_AT, data["leaves_at"])
        if data["ends_at"] < data["leaves_at"]:
            raise serializers.ValidationError({"ends_at": "早于出发时间"}, code="rule")
        return data


@described("今天去哪里", {200: DayPlan}, request=DayAsked, problems=[400, 415, 422])
@api_view(["POST"])
@authentication_classes([Session])
@permission_classes([IsAuthenticated])
@parser_classes([JSON])
def day(request: Request) -> Response:
    """The day of whoever asks."""
    actor = require(request._request.actor, "visit_log")  # type: ignore[attr-defined]
    asked = checked(DayAsked(data=request.data))
    where = asked["position"]
    position = (where["latitude"], where["longitude"]) if where else None
    outing = day_of(actor, position=position, day=asked["day"], chosen=asked["stops"])
    planned = plan_day(
        position,
        [candidate.stop() for candidate in outing.candidates],
        leaves_at=seconds_of(asked["leaves_at"]),
        ends_at=seconds_of(asked["ends_at"]),
        travel=travel(),
    )
    return Response(_answer(asked["day"], outing, planned))


def _answer(on: date, outing: Outing, planned: Planned) -> dict[str, Any]:
    by_key = {candidate.key: candidate for candidate in outing.candidates}
    left = [(stop.key, reason) for stop, reason in planned.left_out]
    left += [(key, UNKNOWN) for key in outing.unknown]
    return {
        "order": [_leg(on, leg, by_key[leg.stop.key]) for leg in planned.legs],
        "left_out": [_left(key, reason, by_key.get(key)) for key, reason in left],
        "starts_at": _moment(on, planned.starts_at),
        "metres": planned.metres,
        "minutes": round(planned.seconds / 60),
        "by": planned.by,
        "nearby": [{**_hazard(h), "metres": metres} for h, metres in outing.nearby],
        "recheck": [_hazard(h) for h in outing.recheck],
    }


def _moment(on: date, seconds: int) -> str:
    midnight = datetime.combine(on, time(), timezone.get_current_timezone())
    return (midnight + timedelta(seconds=seconds)).isoformat(timespec="seconds")


def _leg(on: date, leg: Leg, candidate: Candidate) -> dict[str, Any]:
    """One stop; `metres` and `minutes` are the way to it, `stay` the minutes planned there."""
    return {
        **_named(candidate),
        "arrive_at": _moment(on, leg.arrive),
        "leave_at": _moment(on, leg.leave),
        "wait": round(leg.wait / 60),
        "stay": round(leg.stop.seconds / 60),
        "metres": leg.metres,
        "minutes": round(leg.travel / 60),
    }


def _named(candidate: Candidate) -> dict[str, Any]:
    latitude, longitude = candidate.place or (None, None)
    return {
        "key": candidate.key,
        "name": candidate.enterprise.name,
        "latitude": latitude,
        "longitude": longitude,
        "reasons": candidate.reasons,
        "priority": candidate.priority,
    }


def _left(key: str, reason: str, candidate: Candidate | None) -> dict[str, Any]:
    known = _named(candidate) if candidate else {"key": key, "name": "", "reasons": []}
    return {**known, "reason": reason, "text": WORDS[reason]}


def _hazard(hazard: Hazard) -> dict[str, Any]:
    firm = hazard.enterprise
    served = hazard.assignment_id
    return {
        "id": str(hazard.pk),
        "number": hazard.number,
        "key": f"a{served}" if served else f"e{firm.pk}",
        "name": firm.name,
        "place": hazard.place,
        "description": hazard.description,
        "severity": hazard.severity,
        "state": hazard.state,
        "due_on": hazard.due_on.isoformat(),
        "is_overdue": hazard.is_overdue,
        "latitude": float(firm.latitude) if firm.latitude is not None else None,
        "longitude": float(firm.longitude) if firm.longitude is not None else None,
    }
