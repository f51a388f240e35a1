"""The schema says what the JSON addresses really answer, and only to whoever has signed in."""

import json
import re
from typing import Any

import jsonschema
import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from audit.models import AuditEntry
from common.scope import acting_as
from inspections.field import words
from inspections.field.sent import BODIES, Announced, Envelope, Position, Sending, read_body
from inspections.field.sent import Words as HazardWords
from tenancy.actors import SYSTEM
from tests import county as counties
from tests import world
from tests.field.phone import Phone

pytestmark = pytest.mark.django_db
in_transactions = pytest.mark.django_db(transaction=True)  # views that begin their own
LATIN = re.compile("[a-z]{5,}")  # an English word, not a format or a type


@pytest.fixture
def county():
    return counties.build(enterprises=2)


@pytest.fixture
def schema(client, county) -> dict[str, Any]:
    world.sign_in(client, county.inspector)
    return client.get("/api/schema/").json()


def closed(node: Any) -> Any:
    """The same schema without room for a field that it does not name."""
    if isinstance(node, list):
        return [closed(inner) for inner in node]
    if not isinstance(node, dict):
        return node
    shut = {key: closed(inner) for key, inner in node.items()}
    if "properties" in shut and "additionalProperties" not in shut:
        shut["additionalProperties"] = False
    return shut


def hold(schema: dict[str, Any], path: str, method: str, response) -> dict[str, Any]:
    """Fail unless an answer is exactly what the schema says of its code; return it."""
    [content] = schema["paths"][path][method]["responses"][str(response.status_code)][
        "content"
    ].values()
    rules = closed({**content["schema"], "components": schema["components"]})
    jsonschema.Draft202012Validator(rules).validate(response.json())
    return response.json()


def send(client, phone: Phone, operations=None):
    sent = [
        {
            "id": str(o.id), "visit": str(o.visit), "place": o.place, "device": str(o.device),
            "sequence": o.sequence, "kind": o.kind, "made_at": o.made_at.isoformat(),
            "member": o.member, "body": o.body,
        }
        for o in (phone.log if operations is None else operations)
    ]  # fmt: skip
    body = {"sent_at": phone.now.isoformat(), "device": str(phone.device), "operations": sent}
    return client.post("/field/api/operations", body, content_type="application/json")


def test_the_schema_is_valid_and_made_without_a_warning(tmp_path):
    call_command(
        "spectacular", "--validate", "--fail-on-warn", "--file", str(tmp_path / "schema.yml")
    )


def test_every_json_address_stands_in_the_schema(schema):
    def paths(patterns, before: str = "/"):
        for pattern in patterns:
            if isinstance(pattern, URLResolver):
                yield from paths(pattern.url_patterns, before + str(pattern.pattern))
            elif isinstance(pattern, URLPattern) and hasattr(pattern.callback, "cls"):
                yield before + str(pattern.pattern)

    found = {path for path in paths(get_resolver().url_patterns) if path != "/api/schema/"}
    assert len(found) == len(schema["paths"]) > 0


def test_whoever_has_not_signed_in_sees_neither_schema_nor_page():
    client = Client()
    assert client.get("/api/schema/").status_code == 401
    assert client.get("/api/docs/").status_code == 302


def test_answers_hold_exactly_what_the_schema_says(client, county, schema):
    phone = Phone(county.inspector, county.assignment)
    phone.whole_visit(hazards=1)
    hold(schema, "/field/api/operations", "post", send(client, phone))
    hold(schema, "/field/api/bundle", "get", client.get("/field/api/bundle"))
    for pk, content in phone.blobs.items():
        half = len(content) // 2
        for offset, code in ((0, 200), (1, 409), (half, 200)):
            answer = client.put(
                f"/field/api/files/{pk}?offset={offset}",
                content[half:] if offset == half else content[:half],
                content_type="application/octet-stream",
            )
            assert answer.status_code == code
            hold(schema, "/field/api/files/{id}", "put", answer)
    seen = client.get(f"/field/api/visits/{phone.visit}")
    visit = hold(schema, "/field/api/visits/{id}", "get", seen)
    assert visit["visit"]["state"] == "signed"
    assert visit["papers"]
    files = client.get(f"/field/api/files?visit={phone.visit}")
    assert hold(schema, "/field/api/files", "get", files)["files"]
    hold(schema, "/field/api/me", "get", client.get("/field/api/me"))
    firm = county.enterprises[0].pk
    shown = client.post(f"/field/api/phones/{firm}", {}, content_type="application/json")
    assert hold(schema, "/field/api/phones/{enterprise}", "post", shown)["phone"]


def test_a_bundle_and_a_day_with_open_things_hold_what_the_schema_says(client, county, schema):
    counties.issued(county, hazards=1)
    with acting_as(county.inspector):
        firm = county.enterprises[0]
        type(firm).objects.filter(pk=firm.pk).update(latitude="39.9", longitude="119.5")
    phone = Phone(county.inspector, county.assignments[1])
    phone.start()
    phone.answer(phone.items[0])
    phone.find(phone.items[0])
    phone.send()
    bundle = hold(schema, "/field/api/bundle", "get", client.get("/field/api/bundle"))
    places = bundle["places"]
    assert any(place["hazards"] for place in places)
    assert any(place["open_visit"] for place in places)
    assert any(place["last_visit"] for place in places)
    body = {"day": "2026-06-08", "stops": [places[0]["key"], places[1]["key"], "a0"],
            "position": {"latitude": 39.9, "longitude": 119.5}}  # fmt: skip
    day = hold(schema, "/field/api/day", "post", post(client, "day", body))
    assert day["left_out"]
    assert day["nearby"]


def post(client, name: str, body: Any):
    return client.post(f"/field/api/{name}", json.dumps(body), content_type="application/json")


NOW = "2026-06-08T02:00:00Z"
SENSELESS = [
    ("operations", {}, "发送时间：该字段是必填项。"),
    ("operations", [], "无效数据"),
    ("operations", {"sent_at": "2026-06-31", "device": "x"}, "发送时间"),
    ("operations", {"sent_at": NOW, "device": True, "operations": []}, "手机"),
    ("operations", {"sent_at": "a\0b"}, "不能保存"),
    ("operations", {"sent_at": 10**30}, "发送时间"),
    ("day", {"day": 5}, "日期"),
    ("day", {"day": "2026-06-08", "position": {"latitude": "NaN", "longitude": 1}}, "纬度"),
]
UNREADABLE = ['{"a": "\\ud800"}', "[" * 100_000, "{", '{"a": 1e999}', "nul"]


@in_transactions
def test_a_request_without_sense_is_told_so_in_chinese(client, schema):
    for name, body, said in SENSELESS:
        answer = post(client, name, body)
        assert answer.status_code == 400
        message = hold(schema, f"/field/api/{name}", "post", answer)["message"]
        assert said in message
        assert not LATIN.search(message.replace("uuuuuu", ""))


@in_transactions
def test_what_is_never_so_is_a_broken_rule(client, schema):
    for body in ({"sent_at": "0001-01-01T00:00:00Z"}, {"sent_at": "9999-12-31T23:59:59"}):
        asked = {"device": "018f0000-0000-7000-8000-000000000000", "operations": []} | body
        answer = post(client, "operations", asked)
        assert answer.status_code == 422
        hold(schema, "/field/api/operations", "post", answer)
    answer = post(client, "day", {"day": "2026-06-08", "leaves_at": "09:00", "ends_at": "08:00"})
    assert (answer.status_code, answer.json()["field"]) == (422, "ends_at")


@in_transactions
def test_what_is_no_json_or_cannot_be_kept_is_400(client, schema):
    for raw in UNREADABLE:
        answer = client.post("/field/api/operations", raw, content_type="application/json")
        assert answer.status_code == 400, raw[:20]
        hold(schema, "/field/api/operations", "post", answer)


@in_transactions
def test_an_offset_that_is_no_number_of_bytes_is_400(client, county, schema):
    phone = Phone(county.inspector, county.assignment)
    phone.whole_visit(hazards=0)
    phone.send()
    for offset in ("-1", "x", "²", "9" * 5000, ""):
        answer = client.put(
            f"/field/api/files/{next(iter(phone.blobs))}?offset={offset}", b"x",
            content_type="application/octet-stream",
        )  # fmt: skip
        assert answer.status_code == 400, offset
        hold(schema, "/field/api/files/{id}", "put", answer)


@in_transactions
def test_what_a_program_may_not_or_cannot_find_is_told_in_the_same_shape(client, county, schema):
    nothing = client.get("/field/api/visits/00000000-0000-0000-0000-000000000000")
    assert "未找到" in hold(schema, "/field/api/visits/{id}", "get", nothing)["message"]
    assert client.get("/field/api/visits/x").json() == {"message": "没有这个地址"}
    assert "不被允许" in client.get("/field/api/operations").json()["message"]
    world.sign_in(client, county.principal)
    refused = hold(schema, "/field/api/me", "get", client.get("/field/api/me"))
    assert "权限" in refused["message"]
    stranger = hold(schema, "/field/api/me", "get", Client().get("/field/api/me"))
    assert "身份" in stranger["message"]


def test_refusals_of_the_api_stand_in_the_audit_as_those_of_pages_do(client, county):
    world.sign_in(client, county.principal)
    client.get("/field/api/bundle")
    world.sign_in(client, county.inspector)
    client.post("/field/api/phones/0")
    with acting_as(SYSTEM):
        acts = AuditEntry.objects.filter(act__startswith="access.").values_list("act", "summary")
        assert set(acts) == {
            ("access.denied", "/field/api/bundle"),
            ("access.not_found", "/field/api/phones/0"),
        }


def test_everything_a_phone_sends_has_a_name_in_chinese():
    for serializer in (*BODIES.values(), Announced, Envelope, HazardWords, Position, Sending):
        for name, field in serializer().fields.items():
            assert not field.label.isascii(), (serializer, name)
    assert set(words.SHOWN) <= set(words.NAMES)


@pytest.mark.parametrize(
    ("kind", "body", "said"),
    [
        ("answer", {"item": 1, "result": "maybe"}, "结果：“maybe” 不是合法选项。"),
        ("hazard.add", {"hazard": "x"}, "隐患：必须是有效的 UUID。"),
        ("visit.start", {"kind": "survey", "templates": [], "position": {"latitude": 1}},
         "经度：该字段是必填项。"),
        ("files", {"files": [{"id": "1"}]}, "大小：该字段是必填项。"),
        ("track", {"points": [[0, "NaN", 0, 0]]}, "轨迹点：请填写合法的数字。"),
        ("hazard.change", {"hazard": "018f0000-0000-7000-8000-000000000000", "severity": "x"},
         "等级：“x” 不是合法选项。"),
    ],
)  # fmt: skip
def test_a_refused_operation_names_the_field_in_chinese(kind, body, said):
    with pytest.raises(ValueError, match="：") as refused:
        read_body(kind, body)
    message = str(refused.value)
    assert said in message
    assert not LATIN.search(message.replace("maybe", ""))
