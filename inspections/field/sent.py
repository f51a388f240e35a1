"""What a phone sends, checked for its form: the envelope, and the body that each kind asks for."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from rest_framework import serializers

from common.api import problems
from common.api_fields import Day, Finite, Key, Moment, Uuid, Whole
from inspections.field.words import NAMES
from inspections.models import FieldOperation, Recheck, Severity, Visit

MAX_OPERATIONS, MAX_FILES, MAX_FILE_BYTES = 200, 60, 20 * 1024 * 1024


def canonical(body: object) -> str:
    """Return a body as canonical JSON: keys sorted, no spaces."""
    return json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def canonical_sha256(body: object) -> str:
    """Return the hash of a body as canonical JSON in UTF-8."""
    return hashlib.sha256(canonical(body).encode()).hexdigest()


class Named(serializers.Serializer[Any]):
    """Its fields are called as people call them, in refusals and in the documentation."""

    def get_fields(self) -> dict[str, Any]:
        """Return the fields with their labels; a field without a name is an error."""
        fields: dict[str, Any] = super().get_fields()
        for name, field in fields.items():
            field.label = field.label or NAMES[name]
        return fields


class Position(Named):
    """Where a phone was, as its browser says (WGS-84, metres)."""

    latitude = serializers.DecimalField(
        max_digits=9, decimal_places=6, min_value=-90, max_value=90, coerce_to_string=False
    )
    longitude = serializers.DecimalField(
        max_digits=9, decimal_places=6, min_value=-180, max_value=180, coerce_to_string=False
    )
    accuracy = Finite(min_value=0, max_value=1_000_000, required=False, default=0)


class Announced(Named):
    """A file that follows."""

    id = Uuid()
    sha256 = serializers.RegexField(r"^[0-9a-f]{64}$")
    size = serializers.IntegerField(min_value=1, max_value=MAX_FILE_BYTES)
    purpose = serializers.ChoiceField(["before", "recheck", "site", "signature", "voice"])
    type = serializers.CharField(required=False, allow_blank=True, default="", max_length=100)
    taken_at = Moment(required=False, allow_null=True, default=None)
    position = Position(required=False, allow_null=True, default=None)
    drawing = serializers.ListField(required=False, default=list, max_length=50)
    seconds = Finite(required=False, allow_null=True, default=None)


class Body(Named):
    """What every kind may carry."""

    files = serializers.ListField(
        child=Announced(), required=False, default=list, max_length=MAX_FILES
    )


class Start(Body):
    """visit.start"""

    assignment = Key(required=False, allow_null=True, default=None)
    enterprise = Key(required=False, allow_null=True, default=None)
    kind = serializers.ChoiceField(Visit.Kind.choices)
    part = serializers.ChoiceField(Visit.Part.choices, default=Visit.Part.BOTH)
    members = serializers.ListField(child=Key(), default=list, max_length=20)
    templates = serializers.ListField(child=Key(), max_length=50)
    risk_points = serializers.ListField(child=Uuid(), default=list, max_length=200)
    position = Position(required=False, allow_null=True, default=None)
    subject = serializers.CharField(required=False, allow_null=True, default=None, max_length=64)


class Track(Body):
    """track"""

    points = serializers.ListField(
        child=serializers.ListField(child=Finite(), min_length=4, max_length=4),
        max_length=500,
    )


class Answered(Body):
    """answer"""

    item = Key(required=False, allow_null=True, default=None)
    risk_point = Uuid(required=False, allow_null=True, default=None)
    result = serializers.ChoiceField(["", "ok", "fail", "na"], allow_blank=True)
    note = serializers.CharField(required=False, allow_blank=True, default="", max_length=300)
    base = Uuid(required=False, allow_null=True, default=None)

    def validate(self, data: dict[str, Any]) -> dict[str, Any]:
        """One question, not two."""
        if (data["item"] is None) == (data["risk_point"] is None):
            raise serializers.ValidationError("请说明回答的是哪一项")
        return data


class Words(Named):
    """The words of a finding; all of them may be missing in a change."""

    place = serializers.CharField(max_length=100)
    place_count = serializers.IntegerField(min_value=1, max_value=999, default=1)
    description = serializers.CharField(max_length=2000)
    severity = serializers.ChoiceField(Severity.choices)
    category = serializers.CharField(max_length=20)
    subcategory = serializers.CharField(max_length=40, allow_blank=True, default="")
    basis = serializers.CharField(max_length=300, allow_blank=True, default="")
    clause_code = serializers.CharField(max_length=8, allow_blank=True, default="")
    measure = serializers.CharField(max_length=2000)
    emergency_plan = serializers.CharField(max_length=300, allow_blank=True, default="")
    due_on = Day(required=False, allow_null=True, default=None)


class HazardAdd(Words, Body):
    """hazard.add"""

    hazard = Uuid()
    item = Key(required=False, allow_null=True, default=None)
    risk_point = Uuid(required=False, allow_null=True, default=None)
    entry = serializers.CharField(required=False, allow_null=True, default=None, max_length=20)


class HazardRemove(Body):
    """hazard.remove"""

    hazard = Uuid()
    reason = serializers.CharField(required=False, allow_blank=True, default="", max_length=200)


class HazardChange(Body):
    """hazard.change: only the words that it carries."""

    hazard = Uuid()

    def validate(self, data: dict[str, Any]) -> dict[str, Any]:
        """Check the words that are there as those of a finding are."""
        sent = {name: self.initial_data[name] for name in WORDS if name in self.initial_data}
        words = Words(data=sent, partial=True)
        if not words.is_valid():
            said = [text for _, _, text in problems(words.errors, words)]
            raise serializers.ValidationError(said)
        return {**data, "words": words.validated_data}


class Rechecked(Body):
    """recheck"""

    hazard = Uuid()
    result = serializers.ChoiceField([Recheck.Result.PASSED, Recheck.Result.FAILED])
    reason = serializers.CharField(required=False, allow_blank=True, default="", max_length=500)
    new_due_on = Day(required=False, allow_null=True, default=None)
    is_refused = serializers.BooleanField(required=False, default=False)


class Files(Body):
    """files"""

    subject = serializers.ChoiceField(["visit", "hazard"], default="visit")
    hazard = Uuid(required=False, allow_null=True, default=None)


class Note(Body):
    """note"""

    text = serializers.CharField(allow_blank=True, max_length=5000)


class NewRiskPoint(Body):
    """risk_point"""

    risk_point = Uuid()
    place = serializers.CharField(max_length=60)
    risk = serializers.CharField(max_length=100)
    measure = serializers.CharField(required=False, allow_blank=True, default="", max_length=200)


class Signed(Body):
    """visit.sign"""

    representative_name = serializers.CharField(max_length=40)
    representative_post = serializers.CharField(
        required=False, allow_blank=True, default="", max_length=40
    )

    def validate(self, data: dict[str, Any]) -> dict[str, Any]:
        """A signature is a drawing, and there is one."""
        if [file["purpose"] for file in data["files"]] != ["signature"]:
            raise serializers.ValidationError("请现场负责人在框内签名")
        return data


class RefusedToSign(Body):
    """visit.refuse"""

    refusal_reason = serializers.CharField(max_length=200)
    witness_name = serializers.CharField(max_length=40)


class Settled(Body):
    """settle"""

    operation = Uuid()


class Ordered(Body):
    """order"""

    deadlines = serializers.DictField(child=Day(), allow_empty=False)
    officers = serializers.ListField(child=Key(), min_length=2, max_length=2)


WORDS = tuple(Words().fields)
BODIES: dict[str, type[Body]] = {
    "visit.start": Start,
    "track": Track,
    "answer": Answered,
    "hazard.add": HazardAdd,
    "hazard.change": HazardChange,
    "hazard.remove": HazardRemove,
    "recheck": Rechecked,
    "files": Files,
    "note": Note,
    "risk_point": NewRiskPoint,
    "visit.sign": Signed,
    "visit.refuse": RefusedToSign,
    "settle": Settled,
    "order": Ordered,
}


class AnyBody(serializers.DictField):
    """What a kind asks for (BODIES), or anything else: it is kept, and refused with words."""


class Envelope(Named):
    """One operation as it is sent; its body is checked on its own, so that it is kept even if wrong."""

    id = Uuid()
    visit = Uuid()
    place = serializers.RegexField(r"^[ae][0-9]{1,18}$", label="地点")
    device = Uuid()
    sequence = Whole(min_value=1, max_value=1_000_000)
    kind = serializers.CharField(max_length=20)
    made_at = Moment()
    member = Key()
    body = AnyBody()


class Sending(Named):
    """One request with operations."""

    sent_at = Moment()
    device = Uuid()
    operations = serializers.ListField(
        child=Envelope(), allow_empty=True, max_length=MAX_OPERATIONS
    )


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation as it was sent; `body` as it was, to hash and keep."""

    id: UUID
    visit: UUID
    place: str
    device: UUID
    sequence: int
    kind: str
    made_at: datetime
    member: int
    body: dict[str, Any]

    @property
    def body_sha256(self) -> str:
        """The hash that tells one body from another."""
        return canonical_sha256(self.body)


def read_body(kind: str, body: dict[str, Any]) -> dict[str, Any]:
    """Return a body's checked values; ValueError with words for people."""
    serializer_class = BODIES.get(kind)
    if serializer_class is None:
        raise ValueError(f"服务器不认识“{kind}”，请联系管理员升级服务器")
    serializer = serializer_class(data=body)
    if serializer.is_valid():
        return dict(serializer.validated_data)
    words = (words for _, _, words in problems(serializer.errors, serializer))
    raise ValueError("；".join(words))


def checked(operation: FieldOperation) -> dict[str, Any]:
    """Return the checked values of an operation that was kept."""
    return read_body(operation.kind, operation.body)
