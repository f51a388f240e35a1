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
from common.scope import acting_as
from inspections.field.sent import BODIES
from inspections.models import ChecklistItem, ChecklistTemplate
from tenancy.actors import SYSTEM
from tests.attack.parameters import USUAL
from tests.attack.probes import Attack, Request
from tests.attack.undo import undone

Body = dict[str, Any]
FOUND = uuid7()  # the hazard that is found on the way
FILLED: dict[type, Any] = {
    serializers.ListField: [],
    serializers.DictField: {str(FOUND): "2026-06-30"},
    serializers.DateField: "2026-06-20",
    serializers.IntegerField: 1,
    serializers.FloatField: 1,
    serializers.BooleanField: False,
    serializers.CharField: "甲乙丙丁",
    serializers.Field: None,
}
SIGNATURE = {"id": uuid7(), "sha256": "0" * 64, "size": 9, "purpose": "signature"}
# What fields of a body name, where it is not called as the things are.
NAMED = {
    "members": "membership",
    "officers": "membership",
    "subject": "referral",
    "visit": "visit",
    "id": "operation",
}
IDS = (
    serializers.UUIDField, serializers.IntegerField, serializers.ListField, serializers.DictField,
)  # fmt: skip
ENVELOPE = ("id", "visit", "device", "member")


def attack_operations(attack: Attack) -> None:
    """Begin a visit of one's own, and in the same request do something to the victim's."""
    for kind, serializer in BODIES.items():
        own = _body(serializer(), _own(attack))
        if kind == "visit.sign":
            own["files"] = [SIGNATURE]
        is_taken = _is_taken(attack, kind, own)
        requests = [_request(attack, kind, body) for body in _changed(serializer(), own, attack)]
        for name in ENVELOPE if kind == "note" else ():  # it is checked alike for every kind
            requests += [_request(attack, kind, own, **{name: v}) for v in _others(attack, name)]
        for request in requests if is_taken else requests[:1]:
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
    """A visit begins, a hazard is found, and then comes what is tried."""
    begun = [(k, _body(BODIES[k](), _own(attack))) for k in ("visit.start", "hazard.add")]
    if kind == "visit.start":
        begun = []
    log = [*begun, (kind, body)]
    actor, things = attack.attacker.actor, attack.attacker.things
    is_agency = actor is not None and actor.is_agency
    common = {
        "visit": uuid7(), "device": uuid7(), "made_at": timezone.now() - timedelta(minutes=1),
        "place": f"e{things.get('enterprise', 0)}" if is_agency else f"a{things.get('assignment', 0)}",
        "member": actor.membership_id if actor is not None else 0,
    }  # fmt: skip
    operations = [
        {"id": uuid7(), "sequence": number, "kind": name, "body": content, **common}
        for number, (name, content) in enumerate(log, start=1)
    ]
    operations[-1] |= envelope
    sent = {"sent_at": timezone.now(), "device": common["device"], "operations": operations}
    return Request("POST", reverse("field:operations"), sent, is_json=True)


def _own(attack: Attack) -> Body:
    """What own operations name; the hazard is the one that the same request adds."""
    things, actor = attack.attacker.things, attack.attacker.actor
    own: Body = {"kind": "survey", "hazard": FOUND}
    if actor is not None and actor.is_agency:
        pair = [things.get("membership", 0), actor.membership_id]
        own |= {"kind": "inspection", "members": pair[:1], "officers": pair}
        own["enterprise"] = things.get("enterprise", 0)
    else:
        own["assignment"] = things.get("assignment", 0)
    with acting_as(SYSTEM):
        own["item"] = ChecklistItem.objects.order_by("pk")[0].pk
        own["templates"] = list(ChecklistTemplate.objects.values_list("pk", flat=True)[:1])
    return own


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


def _value(name: str, field: Any, things: Body) -> Any:
    if isinstance(field, serializers.ChoiceField):
        return things[name] if things.get(name) in field.choices else next(iter(field.choices))
    if name in things or field.allow_null:
        return things.get(name)
    if isinstance(field, serializers.UUIDField):
        return uuid7()
    return next(value for kind, value in FILLED.items() if isinstance(field, kind))
