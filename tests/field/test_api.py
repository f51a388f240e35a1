"""`/field/`: what a browser loads, and what a phone asks and sends over HTTP."""

import errno
import io
import json
import zipfile

import pytest
from django.core.files.storage import default_storage
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from common.ids import uuid7
from common.scope import acting_as
from enterprises.services import risk_point_add
from inspections.field.bundle import bundle_for
from inspections.models import FieldFile, FieldOperation, Hazard, SpotCheck, Visit
from tenancy.actors import SYSTEM
from tenancy.models import Membership
from tests import county as counties
from tests import world
from tests.field.phone import Phone, photo

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def county():
    return counties.build(enterprises=2)


@pytest.fixture
def phone(county) -> Phone:
    return Phone(county.inspector, county.assignment)


def signed_in(client, actor):
    world.sign_in(client, actor)
    return client


def sending(phone: Phone, operations=None) -> dict:
    """The request's body."""
    return {
        "sent_at": phone.now.isoformat(),
        "device": str(phone.device),
        "operations": [
            {
                "id": str(o.id), "visit": str(o.visit), "place": o.place, "device": str(o.device),
                "sequence": o.sequence, "kind": o.kind, "made_at": o.made_at.isoformat(),
                "member": o.member, "body": o.body,
            }
            for o in (phone.log if operations is None else operations)
        ],
    }  # fmt: skip


def post(client, phone, operations=None):
    return client.post(
        "/field/api/operations", sending(phone, operations), content_type="application/json"
    )


def put(client, pk, content, offset=0):
    return client.put(
        f"/field/api/files/{pk}?offset={offset}", content, content_type="application/octet-stream"
    )


def test_the_page_the_manifest_and_the_worker_need_no_sign_in(client):
    page = client.get("/field/")
    assert page.status_code == 200
    assert 'rel="manifest"' in page.content.decode()
    manifest = client.get("/field/manifest.webmanifest").json()
    assert manifest["start_url"] == manifest["scope"] == "/field/"
    assert manifest["display"] == "standalone"
    assert {icon["sizes"] for icon in manifest["icons"]} == {"192x192", "512x512"}
    assert any(icon["purpose"] == "maskable" for icon in manifest["icons"])
    worker = client.get("/field/sw.js")
    assert worker["Content-Type"].startswith("text/javascript")
    source = worker.content.decode()
    assert "__VERSION__" not in source
    assert "/static/field/app.js" in source
    assert "no-cache" in worker["Cache-Control"]


def test_whoever_is_not_signed_in_is_told_to_sign_in(client, phone):
    for url in ("me", "bundle", f"visits/{phone.visit}", f"files?visit={phone.visit}"):
        assert client.get(f"/field/api/{url}").status_code == 401
    assert post(client, phone).status_code == 401
    assert put(client, phone.visit, b"x").status_code == 401


def test_a_request_without_the_token_is_refused(county, phone):

    client = signed_in(Client(enforce_csrf_checks=True), county.inspector)
    assert post(client, phone).status_code == 403
    token = client.get("/field/api/me").json()["csrf"]
    answer = client.post(
        "/field/api/operations", json.dumps(sending(phone)), content_type="application/json",
        headers={"X-CSRFToken": token},
    )  # fmt: skip
    assert answer.status_code == 200


def test_a_visit_over_http_with_its_receipts_papers_and_comparison(client, county, phone):
    signed_in(client, county.inspector)
    phone.whole_visit(hazards=1)
    answer = post(client, phone).json()
    assert [r["state"] for r in answer["receipts"][:-1]] == ["done"] * (len(phone.log) - 1)
    assert {f["state"] for f in answer["files"]} == {"expected"}
    for pk, content in phone.blobs.items():
        half = len(content) // 2
        first = put(client, pk, content[:half])
        assert (first.status_code, first.json()["received"]) == (200, half)
        wrong = put(client, pk, content[1:], offset=1)
        assert (wrong.status_code, wrong.json()["received"]) == (409, half)
        last = put(client, pk, content[half:], offset=half).json()
        assert last["state"] == "stored"
        assert last["stored_at"]
    seen = client.get(f"/field/api/visits/{phone.visit}").json()
    assert seen["visit"]["state"] == "signed"
    assert [o["body_sha256"] for o in seen["operations"]] == [o.body_sha256 for o in phone.log]
    [paper] = seen["papers"]
    assert paper["qr"].startswith("data:image/svg+xml")
    assert "/receive/" in paper["link"]
    found = client.get(f"/field/api/files?visit={phone.visit}").json()["files"]
    assert {f["sha256"] for f in found} == {f["sha256"] for f in seen["files"]}


def test_another_persons_phone_is_refused_as_a_whole(client, county, phone):
    signed_in(client, county.idle_inspector)
    phone.start()
    assert post(client, phone).status_code == 403
    assert phone.kept() == []


def test_another_regions_visit_is_not_there(client, county, phone):
    phone.start()
    phone.send()
    other = counties.build("130372", enterprises=1, base=60)
    signed_in(client, other.inspector)
    assert client.get(f"/field/api/visits/{phone.visit}").status_code == 404


def test_a_full_disk_takes_nothing_and_says_so(client, county, phone, monkeypatch):
    signed_in(client, county.inspector)
    phone.start()
    phone.do("files", subject="visit", files=[phone.file(photo(5), "site")])
    post(client, phone)
    [(pk, content)] = phone.blobs.items()

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(default_storage, "save", full)
        for part in (content[:200], content):
            answer = put(client, pk, part)
            assert answer.status_code == 507
            assert "空间" in answer.json()["message"]
    with acting_as(county.inspector):
        file = FieldFile.objects.get()
        assert (file.received, file.photo) == (0, None)
    assert put(client, pk, content).json()["state"] == "stored"


@pytest.mark.parametrize(
    "body",
    [
        "{", "[]", '{"sent_at": "x", "device": "y", "operations": []}',
        '{"sent_at": "2026-06-08T02:00:00Z", "operations": [{"id": 1}]}',
    ],
)  # fmt: skip
def test_a_request_that_makes_no_sense_is_400(client, county, body):
    signed_in(client, county.inspector)
    answer = client.post("/field/api/operations", body, content_type="application/json")
    assert answer.status_code == 400
    assert answer.json()["message"]


def test_the_bundle_is_what_one_may_visit_and_is_not_sent_twice(client, county):
    with acting_as(county.lead):
        risk_point_add(
            actor=county.lead, enterprise=county.enterprises[0], place="喷漆房", risk="火灾爆炸"
        )
    signed_in(client, county.inspector)
    answer = client.get("/field/api/bundle")
    content = answer.json()
    assert [p["name"] for p in content["places"]] == [e.name for e in county.enterprises]
    place = content["places"][0]
    assert place["risk_points"][0]["place"] == "喷漆房"
    assert {c["id"] for c in content["checklists"]} >= set(place["checklists"])
    assert any(entry["search"] and "pdx" in entry["search"] for entry in content["library"])
    again = client.get("/field/api/bundle", headers={"If-None-Match": answer["ETag"]})
    assert again.status_code == 304
    signed_in(client, county.idle_inspector)
    assert client.get("/field/api/bundle").json()["places"] == []


def test_the_bundle_takes_a_fixed_number_of_statements(county, django_assert_num_queries):

    with acting_as(county.lead), CaptureQueriesContext(connection) as few:
        bundle_for(county.lead)
    counties.second_batch(county, 12)
    with acting_as(county.lead), CaptureQueriesContext(connection) as many:
        assert len(bundle_for(county.lead)["places"]) > 2
    assert len(many) == len(few)


def test_a_blind_officers_bundle_shows_nothing_of_what_the_provider_found():
    county = counties.build(enterprises=1)
    counties.drawn(county)
    with acting_as(county.officer):
        places = bundle_for(county.officer)["places"]
    drawn = next(p for p in places if p["assignment"] == county.assignment.pk)
    assert [k["kind"] for k in drawn["kinds"]] == ["spot_check"]
    assert drawn["hazards"] == []
    assert drawn["last_visit"] is None
    inspections = [p for p in places if p["assignment"] is None]
    assert [p["kinds"][0]["kind"] for p in inspections] == ["inspection"]
    assert all(p["hazards"] == [] for p in inspections if p["enterprise"] == drawn["enterprise"])


def test_officers_make_a_spot_check_with_the_same_app():
    county = counties.build(enterprises=1)
    counties.drawn(county)
    with acting_as(county.officer):
        check = SpotCheck.objects.get(assignment=county.assignment)
    phone = Phone(county.officer, county.assignment)
    phone.start(kind="spot_check", subject=str(check.pk), members=[county.second_officer.member])
    phone.answer_all()
    phone.find(phone.items[0])
    phone.sign()
    assert {r.state for r in phone.sync()} == {"done"}
    with acting_as(county.officer):
        check.refresh_from_db()
        assert (check.state, check.visit_id) == ("submitted", phone.visit)
        visit = Visit.objects.get(pk=phone.visit)
        assert visit.provider_org_id is None
    with acting_as(county.inspector):
        assert FieldOperation.objects.filter(visit_id=phone.visit).count() == 0


def test_a_townships_own_inspection_issues_its_record_and_an_order(county):
    phone = Phone(county.officer, county.assignment)
    firm = county.enterprises[1]
    phone.start(
        kind="inspection", assignment=None, enterprise=firm.pk,
        members=[county.second_officer.member],
    )  # fmt: skip
    phone.log[0] = phone.log[0].__class__(
        **{**{n: getattr(phone.log[0], n) for n in phone.log[0].__slots__}, "place": f"e{firm.pk}"}
    )
    phone.answer_all()
    hazard = phone.find(phone.items[0], place_count=3)
    phone.sign()
    assert {r.state for r in phone.sync()} == {"done"}
    phone.do(
        "order", deadlines={str(hazard): "2026-06-20"},
        officers=[county.officer.member, county.second_officer.member],
    )  # fmt: skip
    last = phone.send()[-1]
    assert [p["kind"] for p in last.outcome["papers"]] == ["check_record", "rectify_order"]
    client = Client()
    world.sign_in(client, county.officer)
    words = client.get(f"/field/api/visits/{phone.visit}").json()
    assert words["points"] == reverse("scoring:give-visit", args=[phone.visit])
    assert client.get(words["points"]).status_code == 200
    with acting_as(county.officer):
        found = Hazard.objects.get(pk=hazard)
        assert (found.number, found.assignment_id, found.place_count) == ("JC2026-0001", None, 3)
        assert (found.source, found.state) == ("township", "issued")
    with acting_as(county.inspector):
        assert not Hazard.objects.filter(pk=hazard).exists()


def test_one_officer_alone_cannot_begin(county):
    phone = Phone(county.officer, county.assignment)
    phone.start(kind="inspection", assignment=None, enterprise=county.enterprises[0].pk)
    [receipt] = phone.send()
    assert receipt.state == "refused"
    assert "两名" in receipt.message


def test_what_does_not_stand_is_shown_and_dealt_with(client, county, phone):
    phone.start()
    phone.do("hazard.add", hazard="x", place="配电室", description="外壳没有接地")
    phone.send()
    signed_in(client, county.lead)
    page = client.get("/field/refused/").content.decode()
    assert "登记隐患" in page
    assert "外壳没有接地" in page
    assert county.enterprises[0].name in page
    row = phone.kept()[1]
    url = reverse("field:refused-seen", args=[row.pk])
    assert "请写明怎样处理的" in client.post(url, {"note": " "}, follow=True).content.decode()
    assert "已记下" in client.post(url, {"note": "已在网页补记"}, follow=True).content.decode()
    assert "外壳没有接地" not in client.get("/field/refused/").content.decode()
    assert "已在网页补记" in client.get("/field/refused/?show=done").content.decode()
    signed_in(client, county.idle_inspector)
    assert client.post(url, {"note": "x"}).status_code == 404


def exported(phone: Phone) -> io.BytesIO:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("operations.json", json.dumps(sending(phone)))
        for pk, content in phone.blobs.items():
            archive.writestr(f"files/{pk}", content)
    out.seek(0)
    out.name = "unsent.zip"
    return out


def test_the_exported_file_does_what_sync_would_have_done_and_only_once(client, county, phone):
    phone.whole_visit(hazards=1)
    signed_in(client, county.idle_inspector)
    answer = client.post("/field/import/", {"file": exported(phone)})
    assert answer.status_code == 422
    assert "这是别人的记录" in answer.content.decode()
    signed_in(client, county.inspector)
    for _ in range(2):
        answer = client.post("/field/import/", {"file": exported(phone)}, follow=True)
        assert f"已收到 {len(phone.log)} 条记录、2 个文件" in answer.content.decode()
    with acting_as(county.inspector):
        assert Visit.objects.get().state == "signed"
        assert Hazard.objects.count() == 1


def test_what_a_leavers_phone_had_left_is_held_and_not_lost(client, county, phone):
    phone.whole_visit(hazards=1)
    with acting_as(SYSTEM):
        Membership.objects.filter(pk=county.inspector.member).update(ended_at=timezone.now())
    signed_in(client, county.idle_inspector)
    assert client.post("/field/import/", {"file": exported(phone)}).status_code == 422
    signed_in(client, county.lead)
    for _ in range(2):
        answer = client.post("/field/import/", {"file": exported(phone)}, follow=True)
        words = f"已收到 {len(phone.log)} 条记录、2 个文件，其中 {len(phone.log)} 条没有入账"
        assert words in answer.content.decode()
    assert "身份已停用" in answer.content.decode()
    with acting_as(county.lead):
        assert not Visit.objects.exists()
        assert FieldFile.objects.filter(state=FieldFile.State.STORED).count() == 2


def test_something_else_than_an_export_is_refused_with_words(client, county):
    signed_in(client, county.inspector)
    asked = {"device": str(uuid7()), "sent_at": "2026-06-08T02:00:00Z", "operations": []}
    nul, deep = json.dumps(asked | {"x": "\0"}), "[" * 100_000
    archives = [_zip({"operations.json": text.encode()}) for text in ("[]", nul, deep)]
    for content in (b"", b"no zip", _zip({"readme": b"x"}), *archives):
        file = io.BytesIO(content)
        file.name = "x.zip"
        answer = client.post("/field/import/", {"file": file})
        assert answer.status_code == 422
        assert FieldOperation.objects.count() == 0


def _zip(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()
