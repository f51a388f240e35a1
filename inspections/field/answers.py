"""What the server answers a phone (docs/field.md), written down for `/api/schema/`.

Nothing is made from these: tests/openapi holds the answers against them, field by field.
"""

from typing import Any

from drf_spectacular.extensions import OpenApiSerializerFieldExtension
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from inspections.field.sent import BODIES, MAX_FILE_BYTES
from inspections.models import Answer, FieldFile, FieldOperation, Hazard, Severity, Visit


class Shape(serializers.Serializer[Any]):
    """What is read only."""


OBJECT: dict[str, Any] = {"type": "object", "additionalProperties": {}}


class BodyOfAnyKind(OpenApiSerializerFieldExtension):
    """The body that each kind asks for, or any other object."""

    target_class = "inspections.field.sent.AnyBody"

    def map_serializer_field(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        """Return the schema."""
        kinds = [auto_schema.resolve_serializer(body(), direction).ref for body in BODIES.values()]
        return {"anyOf": [*kinds, OBJECT]}


class Me(Shape):
    """Who is signed in, and what a POST needs."""

    member = serializers.IntegerField()
    name = serializers.CharField()
    org = serializers.CharField()
    role = serializers.CharField()
    csrf = serializers.CharField()
    now = serializers.DateTimeField()


@extend_schema_field(OBJECT)
class Anything(serializers.JSONField):
    """An object whose keys depend on the kind of operation: docs/field.md."""


class Receipt(Shape):
    """What became of an operation."""

    id = serializers.UUIDField()
    state = serializers.ChoiceField(FieldOperation.State.choices)
    message = serializers.CharField(allow_blank=True)
    outcome = Anything()
    arrived_at = serializers.DateTimeField(required=False)


class FileStanding(Shape):
    """An announced file: its receipt once it is stored."""

    id = serializers.UUIDField()
    state = serializers.ChoiceField(FieldFile.State.choices)
    received = serializers.IntegerField(min_value=0, max_value=MAX_FILE_BYTES)
    size = serializers.IntegerField(min_value=1, max_value=MAX_FILE_BYTES)
    sha256 = serializers.CharField(min_length=64, max_length=64)
    stored_at = serializers.DateTimeField(allow_null=True)
    message = serializers.CharField(allow_blank=True)
    purpose = serializers.CharField()
    operation = serializers.UUIDField()


class Receipts(Shape):
    """A receipt for each operation, and the files that they announced."""

    now = serializers.DateTimeField()
    receipts = Receipt(many=True)
    files = FileStanding(many=True)


class FileList(Shape):
    """The files of a visit."""

    files = FileStanding(many=True)


class Whole(Shape):
    """A whole number."""

    phone = serializers.CharField(allow_blank=True)


class Standing(Shape):
    """An answer; exactly one of `item` and `risk_point` is there."""

    item = serializers.IntegerField(required=False)
    risk_point = serializers.UUIDField(required=False)
    result = serializers.ChoiceField(Answer.Result.choices)
    note = serializers.CharField(allow_blank=True)
    version = serializers.UUIDField()
    by = serializers.CharField(allow_blank=True)


class Found(Shape):
    """A hazard."""

    id = serializers.UUIDField()
    number = serializers.CharField()
    item = serializers.IntegerField(allow_null=True)
    risk_point = serializers.UUIDField(allow_null=True)
    entry = serializers.CharField(allow_null=True)
    place = serializers.CharField()
    place_count = serializers.IntegerField()
    description = serializers.CharField()
    severity = serializers.ChoiceField(Severity.choices)
    category = serializers.CharField()
    subcategory = serializers.CharField(allow_blank=True)
    basis = serializers.CharField(allow_blank=True)
    clause_code = serializers.CharField(allow_blank=True)
    measure = serializers.CharField(allow_blank=True)
    emergency_plan = serializers.CharField(allow_blank=True)
    due_on = serializers.DateField()
    state = serializers.ChoiceField(Hazard.State.choices)
    state_label = serializers.CharField()


class OpenHazard(Found):
    """A hazard that stands open at a place."""

    is_overdue = serializers.BooleanField()
    can_recheck = serializers.BooleanField()
    photos = serializers.ListField(child=serializers.CharField())


# What the server has of a visit


class VisitWords(Shape):
    """A visit."""

    id = serializers.UUIDField()
    kind = serializers.ChoiceField(Visit.Kind.choices)
    part = serializers.ChoiceField(Visit.Part.choices)
    state = serializers.ChoiceField(Visit.State.choices)
    state_label = serializers.CharField()
    arrived_at = serializers.DateTimeField()
    phone_arrived_at = serializers.DateTimeField(allow_null=True)
    left_at = serializers.DateTimeField(allow_null=True)
    note = serializers.CharField(allow_blank=True)
    representative_name = serializers.CharField(allow_blank=True)
    representative_post = serializers.CharField(allow_blank=True)
    refusal_reason = serializers.CharField(allow_blank=True)
    witness_name = serializers.CharField(allow_blank=True)


class Paper(Shape):
    """An issued paper; `qr` is a picture as a data: address."""

    kind = serializers.CharField()
    title = serializers.CharField()
    number = serializers.CharField()
    state = serializers.CharField()
    url = serializers.CharField()
    link = serializers.CharField()
    qr = serializers.CharField()


class Arrived(Shape):
    """An operation as it arrived."""

    id = serializers.UUIDField()
    sequence = serializers.IntegerField()
    device = serializers.UUIDField()
    kind = serializers.CharField()
    state = serializers.ChoiceField(FieldOperation.State.choices)
    message = serializers.CharField(allow_blank=True)
    body_sha256 = serializers.CharField()
    made_at = serializers.DateTimeField()
    happened_at = serializers.DateTimeField()
    arrived_at = serializers.DateTimeField()


class WholeVisit(Shape):
    """All that the server has of a visit; `visit` is null while it has not begun."""

    visit = VisitWords(allow_null=True)
    answers = Standing(many=True)
    hazards = Found(many=True)
    papers = Paper(many=True)
    points = serializers.CharField(allow_null=True)
    operations = Arrived(many=True)
    files = FileStanding(many=True)


# The bundle


class Colleague(Shape):
    """Somebody of the same organisation."""

    member = serializers.IntegerField()
    name = serializers.CharField()
    qualification = serializers.CharField(allow_blank=True)
    certificate = serializers.CharField(allow_blank=True)


class Self(Shape):
    """Whose bundle it is."""

    member = serializers.IntegerField()
    name = serializers.CharField()
    org = serializers.CharField()
    role = serializers.CharField()
    kind = serializers.CharField()
    certificate = serializers.CharField(allow_blank=True)


class Question(Shape):
    """A question of a checklist."""

    id = serializers.IntegerField()
    code = serializers.CharField()
    part = serializers.CharField()
    text = serializers.CharField()
    method = serializers.CharField(allow_blank=True)
    library = serializers.ListField(child=serializers.CharField())
    photo = serializers.BooleanField()
    major = serializers.BooleanField()
    asked_if = serializers.JSONField(allow_null=True)


class Checklist(Shape):
    """A version of a checklist."""

    id = serializers.IntegerField()
    code = serializers.CharField()
    name = serializers.CharField()
    version = serializers.CharField()
    items = Question(many=True)


class Entry(Shape):
    """An entry of the library of hazards."""

    code = serializers.CharField()
    title = serializers.CharField()
    description = serializers.CharField(allow_blank=True)
    category = serializers.CharField()
    subcategory = serializers.CharField(allow_blank=True)
    severity = serializers.ChoiceField(Severity.choices)
    basis = serializers.CharField(allow_blank=True)
    criterion = serializers.CharField(allow_blank=True)
    measure = serializers.CharField(allow_blank=True)
    days = serializers.IntegerField(allow_null=True)
    workdays = serializers.BooleanField()
    clause = serializers.CharField(allow_blank=True)
    search = serializers.CharField(allow_blank=True)


class Clause(Shape):
    """A clause to name for a major hazard."""

    code = serializers.CharField()
    text = serializers.CharField()


class KindOfVisit(Shape):
    """A visit that may be begun there now."""

    kind = serializers.ChoiceField(Visit.Kind.choices)
    label = serializers.CharField()
    subject = serializers.CharField(allow_null=True)


class RiskPointWords(Shape):
    """A risk point of the enterprise."""

    id = serializers.UUIDField()
    place = serializers.CharField()
    risk = serializers.CharField()
    measure = serializers.CharField(allow_blank=True)


class LastVisit(Shape):
    """When somebody was there last."""

    on = serializers.DateField()
    kind = serializers.CharField()


class OpenVisit(Shape):
    """A visit that has begun and is not signed."""

    id = serializers.UUIDField()
    kind = serializers.ChoiceField(Visit.Kind.choices)
    part = serializers.ChoiceField(Visit.Part.choices)
    arrived_at = serializers.DateTimeField()
    templates = serializers.ListField(child=serializers.IntegerField())
    risk_points = serializers.ListField(child=serializers.UUIDField())
    members = serializers.ListField(child=serializers.IntegerField())
    answers = Standing(many=True)
    hazards = Found(many=True)
    reopened = serializers.CharField(allow_blank=True, help_text="为什么重新打开，'' 为没有")


class PlaceWords(Shape):
    """An enterprise that may be visited, with what is known of it."""

    key = serializers.CharField()
    assignment = serializers.IntegerField(allow_null=True)
    enterprise = serializers.IntegerField()
    batch = serializers.CharField(allow_blank=True)
    contract = serializers.CharField(allow_blank=True)
    contract_id = serializers.IntegerField(allow_null=True)
    phase = serializers.CharField(allow_blank=True)
    planned_on = serializers.DateField(allow_null=True)
    name = serializers.CharField()
    credit_code = serializers.CharField(allow_blank=True)
    town = serializers.CharField()
    address = serializers.CharField(allow_blank=True)
    industry = serializers.CharField(allow_blank=True)
    principal = serializers.CharField(allow_blank=True)
    phone = serializers.CharField(allow_blank=True)
    products = serializers.CharField(allow_blank=True)
    employees = serializers.IntegerField(allow_null=True)
    risk_factors = serializers.CharField(allow_blank=True)
    search = serializers.CharField(allow_blank=True)
    latitude = serializers.FloatField(allow_null=True)
    longitude = serializers.FloatField(allow_null=True)
    opens_at = serializers.CharField(allow_null=True)
    closes_at = serializers.CharField(allow_null=True)
    kinds = KindOfVisit(many=True)
    checklists = serializers.ListField(child=serializers.IntegerField())
    risk_points = RiskPointWords(many=True)
    hazards = OpenHazard(many=True)
    last_visit = LastVisit(allow_null=True)
    open_visit = OpenVisit(allow_null=True)


class Bundle(Shape):
    """Everything that is taken along where there is no signal."""

    version = serializers.CharField()
    made_at = serializers.DateTimeField()
    now = serializers.DateTimeField()
    training = serializers.BooleanField()
    me = Self()
    colleagues = Colleague(many=True)
    unready = serializers.DictField(child=serializers.DictField(child=serializers.CharField()))
    towns = serializers.DictField(child=serializers.CharField())
    rest_days = serializers.ListField(child=serializers.DateField())
    library = Entry(many=True)
    clauses = Clause(many=True)
    tiles = serializers.CharField(allow_blank=True)
    places = PlaceWords(many=True)
    checklists = Checklist(many=True)


# The day


class Stop(Shape):
    """A place to go to."""

    key = serializers.CharField()
    name = serializers.CharField(allow_blank=True)
    latitude = serializers.FloatField(allow_null=True, required=False)
    longitude = serializers.FloatField(allow_null=True, required=False)
    reasons = serializers.ListField(child=serializers.CharField())
    priority = serializers.IntegerField(required=False)


class Leg(Stop):
    """A place in the order of the day; `metres` and `minutes` are the way to it."""

    arrive_at = serializers.DateTimeField()
    leave_at = serializers.DateTimeField()
    wait = serializers.IntegerField()
    stay = serializers.IntegerField()
    metres = serializers.IntegerField()
    minutes = serializers.IntegerField()


class LeftOut(Stop):
    """A place that the day has no room for."""

    reason = serializers.CharField()
    text = serializers.CharField()


class HazardOfDay(Shape):
    """A hazard that waits for somebody."""

    id = serializers.UUIDField()
    number = serializers.CharField()
    key = serializers.CharField()
    name = serializers.CharField()
    place = serializers.CharField()
    description = serializers.CharField()
    severity = serializers.ChoiceField(Severity.choices)
    state = serializers.ChoiceField(Hazard.State.choices)
    due_on = serializers.DateField()
    is_overdue = serializers.BooleanField()
    latitude = serializers.FloatField(allow_null=True)
    longitude = serializers.FloatField(allow_null=True)


class Nearby(HazardOfDay):
    """A hazard within three kilometres."""

    metres = serializers.IntegerField()


class DayPlan(Shape):
    """Where to go, in which order, and what else is open around."""

    order = Leg(many=True)
    left_out = LeftOut(many=True)
    starts_at = serializers.DateTimeField()
    metres = serializers.IntegerField()
    minutes = serializers.IntegerField()
    by = serializers.CharField()
    nearby = Nearby(many=True)
    recheck = HazardOfDay(many=True)
