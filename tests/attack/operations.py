"""The log that phones send: every field of every kind of operation naming something of the victim's.

The kinds and their fields are those of the serializers that check them (`inspections/field/sent.py`).
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone
from rest_framework import serializers

from common.ids import uuid7
from inspections.field.sent import BODIES
from tests.attack.parameters import USUAL
from tests.attack.probes import Attack, Request
from tests.attack.undo import undone

Body = dict[str, Any]
# What fields of a body name, where it is not called as the things are.
NAMED = {"members": "membership", "officers": "membership", "subject": "referral", "visit": "visit"}
IDS = (
    serializers.UUIDField, serializers.IntegerField, serializers.ListField, serializers.DictField,
)  # fmt: skip
ENVELOPE = ("id", "visit", "device", "member")


def attack_operations(attack: Attack) -> None:
    """Begin a visit of one's own, and in the same request do something to the victim's."""
    for kind, serializer in BODIES.items():
        own = _body(serializer(), attack.attacker.things)
        is_taken = _is_taken(attack, kind, own)
        requests = [_request(attack, kind, body) for body in _changed(serializer(), own, attack)]
        for name in ENVELOPE:
            requests += [_request(attack, kind, own, **{name: v}) for v in _others(attack, name)]
        for request in requests if is_taken else requests[-1:]:
            attack.probe("operations of phones", request)


def _is_taken(attack: Attack, kind: str, own: Body) -> bool:
    """Whether the person may send a kind of operation at all; count how his own ends."""
    with undone():
        response = _request(attack, kind, own).send(attack.attacker)
    if response.status_code == 200:
        state = response.json()["receipts"][-1]["state"]
        attack.report.notes[f"own operations of phones that were {state}"] += 1
    return bool(response.status_code == 200)


def _request(attack: Attack, kind: str, body: Body, **envelope: Any) -> Request:
    things, visit, device = attack.attacker.things, uuid7(), uuid7()
    begun = _body(BODIES["visit.start"](), things)
    made_at = timezone.now() - timedelta(minutes=1)
    operations = [
        {
            "id": uuid7(), "visit": visit, "place": f"a{things.get('assignment', 0)}",
            "device": device, "sequence": number, "kind": name, "made_at": made_at,
            "member": getattr(attack.attacker.actor, "membership_id", 0), "body": content,
        }
        for number, (name, content) in enumerate((("visit.start", begun), (kind, body)), start=1)
    ]  # fmt: skip
    operations[1] |= envelope
    sent = {"sent_at": timezone.now(), "device": device, "operations": operations}
    return Request("POST", reverse("field:operations"), sent, is_json=True)


def _others(attack: Attack, name: str) -> list[Any]:
    """Return what of the victim's a field of this name may be given."""
    others = attack.victim.things
    kind = NAMED.get(name, name)
    return [others[k] for k in dict.fromkeys((kind, *USUAL)) if k in others][:3]


def _changed(serializer: Any, own: Body, attack: Attack) -> Iterator[Body]:
    """Yield the body with each field that may name something naming something of the victim's."""
    for name, field in serializer.fields.items():
        for value in _others(attack, name) if isinstance(field, IDS) or name in NAMED else ():
            if isinstance(field, serializers.ListField):
                yield {**own, name: [value, *own[name]]}
            elif isinstance(field, serializers.DictField):
                yield {**own, name: {str(value): "2026-06-30"}}
            else:
                yield {**own, name: value}


def _body(serializer: Any, things: Any) -> Body:
    """Return a body that says what the serializer asks for, naming own things."""
    return {name: _value(name, field, things) for name, field in serializer.fields.items()}


def _value(name: str, field: Any, things: Any) -> Any:
    kind = NAMED.get(name, name)
    if isinstance(field, serializers.ListField):
        return [things[kind]] if kind in things and name != "files" else []
    if kind in things:
        return things[kind]
    match field:
        case serializers.ChoiceField():
            return next(iter(field.choices))
        case serializers.DateField():
            return "2026-06-20"
        case serializers.UUIDField():
            return uuid7()
        case serializers.IntegerField() | serializers.FloatField():
            return 1
        case serializers.BooleanField():
            return False
        case serializers.DictField():
            return {}
        case serializers.CharField():
            return "甲乙丙丁"
    return None
