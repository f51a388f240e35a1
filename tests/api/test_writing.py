"""What programs do: by the services of the pages, once however often it is sent, and only to what they read."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.utils import timezone

from api import middleware
from api.models import KeptAnswer
from api.tasks import prune_answers
from audit.models import AuditEntry
from common.scope import acting_as
from enterprises.models import Enterprise
from inspections.models import Extension, Hazard
from notifications.models import Notification
from notifications.services import notify
from tenancy.actors import SYSTEM
from tests import county as counties
from tests.api.asking import Program

pytestmark = pytest.mark.django_db


@pytest.fixture
def county():
    return counties.build(enterprises=1)


@pytest.fixture
def hazard(county) -> Hazard:
    return counties.issued(county, hazards=1)[0]


def photo(name: str = "a.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, counties.picture(), content_type="image/jpeg")


def mended(hazard: Hazard, **more: object) -> dict[str, object]:
    return {
        "text": "已接地", "responsible_person": "张立新", "done_on": hazard.found_on.isoformat(),
        "photos": [photo()], **more,
    }  # fmt: skip


def test_a_hazard_goes_its_whole_way_through_programs(county, hazard):
    firm, officer = Program(county.principal), Program(county.officer)
    inspector = Program(county.inspector)
    path = f"hazards/{hazard.pk}/"
    asked = firm.post(path + "extensions/", {
        "wanted_on": (hazard.due_on + timedelta(days=9)).isoformat(), "reason": "配件未到",
        "safeguard": "停用",
    })  # fmt: skip
    assert asked.status_code == 201, asked.content
    [waiting] = officer.get("extensions/").json()["items"]
    assert waiting["hazard_number"] == hazard.number
    granted = officer.post(f"extensions/{waiting['id']}/answer/", {"decision": "grant"})
    assert granted.json()["state"] == "granted"
    assert officer.get("extensions/").json()["items"] == []
    assert len(officer.get("extensions/", {"all": "1"}).json()["items"]) == 1
    sent = firm.send(path + "rectifications/", mended(hazard, cost="120.50"))
    assert (sent.status_code, sent.json()["state"]) == (201, "submitted"), sent.content
    assert sent.json()["rectifications"][0]["cost"] == "120.50"
    back = inspector.post(path + "rechecks/", {
        "result": "failed", "reason": "接地线松动",
        "new_due_on": (hazard.due_on + timedelta(days=30)).isoformat(),
    })  # fmt: skip
    assert back.json()["state"] == "rectifying", back.content
    firm.send(path + "rectifications/", mended(hazard, text="已拧紧"))
    closed = inspector.send(path + "rechecks/", {"result": "passed", "photos": [photo()]})
    assert closed.json()["state"] == "closed", closed.content
    assert [one["result"] for one in closed.json()["rechecks"]] == ["failed", "passed"]
    assert [one["round"] for one in closed.json()["rectifications"]] == [1, 2]
    with acting_as(SYSTEM):
        acts = AuditEntry.objects.filter(subject_id=str(hazard.pk)).values_list("act", flat=True)
        assert {"hazard.submit", "hazard.send_back", "hazard.close"} <= set(acts)


def test_a_finding_is_confirmed_and_handed_over(county):
    visit = counties.visit(county, hazards=1)
    lead = Program(county.lead)
    answer = lead.post(f"visits/{visit.pk}/confirmation/")
    assert answer.status_code == 200, answer.content
    [pk] = answer.json()["hazards"]
    assert lead.get(f"hazards/{pk}/").json()["state"] == "issued"
    assert Program(county.inspector).post(f"visits/{visit.pk}/confirmation/").status_code == 403


def test_a_broken_rule_is_told_as_on_the_page_and_changes_nothing(county, hazard):
    firm = Program(county.principal)
    path = f"hazards/{hazard.pk}/"
    cases = [
        (firm.send(path + "rectifications/", mended(hazard, text="")), "text"),
        (firm.send(path + "rectifications/", mended(hazard, photos=[])), "photos"),
        (firm.send(path + "rectifications/", mended(hazard, done_on="2099-01-01")), "done_on"),
        (firm.post(path + "extensions/", {"wanted_on": "2000-01-01", "reason": "x",
                                          "safeguard": "y"}), "wanted_on"),
    ]  # fmt: skip
    for answer, field in cases:
        assert answer.status_code in (400, 422), answer.content
        assert answer.json()["field"] == field
        assert not answer.json()["message"].isascii()
    late = Program(county.inspector).post(path + "rechecks/", {"result": "passed"})
    assert late.status_code == 422  # nothing was handed in
    with acting_as(county.admin):
        assert Hazard.objects.get(pk=hazard.pk).state == "issued"
        assert not Extension.objects.exists()


def test_a_file_is_changed_where_named_and_only_as_it_was_read(county):
    officer = Program(county.officer)
    path = f"enterprises/{county.enterprises[0].pk}/"
    read = officer.get(path)
    tag = read["ETag"]
    assert officer.get(path, None, If_None_Match=tag).status_code == 304
    assert not officer.get(path, None, If_None_Match=tag).content
    changed = officer.patch(path, {"products": "铸件"}, If_Match=tag)
    assert changed.status_code == 200, changed.content
    assert changed.json() == read.json() | {
        "products": "铸件", "updated_at": changed.json()["updated_at"],
    }  # fmt: skip
    assert officer.get(path, None, If_None_Match=changed["ETag"]).status_code == 304
    stale = officer.patch(path, {"products": "锻件"}, If_Match=tag)
    assert (stale.status_code, "已有改动" in stale.json()["message"]) == (412, True)
    assert officer.get(path).json()["products"] == "铸件"
    place = officer.patch(path, {"latitude": "39.935", "longitude": 119.6, "opens_at": "08:30"})
    assert (place.json()["latitude"], place.json()["opens_at"]) == ("39.935000", "08:30:00")
    whole = Enterprise.objects.values_list("phone", flat=True)
    with acting_as(county.officer):
        assert "*" not in whole.get(pk=county.enterprises[0].pk)
    for body, field in (
        ({"employee_count": -1}, "employee_count"), ({"latitude": 95, "longitude": 1}, "latitude"),
        ({"region_code": "990000000"}, "region_code"), ({"phone": "13*"}, "phone"),
        ({"industry": "航天"}, "industry"), ({"name": 5}, "name"),
    ):  # fmt: skip
        answer = officer.patch(path, body)
        assert answer.status_code in (400, 422), body
        assert answer.json()["field"] == field


def test_an_act_on_what_has_changed_since_is_412(county, hazard):
    inspector, firm = Program(county.inspector), Program(county.principal)
    path = f"hazards/{hazard.pk}/"
    before = inspector.get(path)["ETag"]
    firm.send(path + "rectifications/", mended(hazard))
    stale = inspector.post(path + "rechecks/", {"result": "passed"}, If_Match=before)
    assert stale.status_code == 412
    now = inspector.get(path)["ETag"]
    done = inspector.post(path + "rechecks/", {"result": "passed"}, If_Match=f'"x", W/{now}')
    assert (done.status_code, done["ETag"]) == (201, inspector.get(path)["ETag"])


def test_the_same_request_again_gets_the_same_answer_and_happens_once(county, hazard):
    firm = Program(county.principal)
    path = f"hazards/{hazard.pk}/rectifications/"
    first = firm.send(path, mended(hazard), Idempotency_Key="a-1")
    again = firm.send(path, mended(hazard), Idempotency_Key="a-1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert again["ETag"] == first["ETag"]
    assert again["Idempotency-Replayed"] == "true"
    other = firm.send(path, mended(hazard, text="别的"), Idempotency_Key="a-1")
    assert other.status_code == 422
    assert "Idempotency-Key" in other.json()["message"]
    # Without the key it is another request, which the hazard's state refuses.
    assert firm.send(path, mended(hazard)).status_code == 422
    with acting_as(county.principal):
        assert hazard.rectifications.count() == 1


def test_a_key_is_ones_own_and_a_refusal_is_tried_again(county, hazard):
    firm, inspector = Program(county.principal), Program(county.inspector)
    path = f"hazards/{hazard.pk}/"
    assert (
        inspector.post(path + "rechecks/", {"result": "passed"}, Idempotency_Key="k").status_code
        == 422
    )
    assert (
        firm.send(path + "rectifications/", mended(hazard), Idempotency_Key="k").status_code == 201
    )
    done = inspector.post(path + "rechecks/", {"result": "passed"}, Idempotency_Key="k")
    assert (done.status_code, done.json()["state"]) == (201, "closed")
    for key in ("x" * 101, "钥匙"):
        assert firm.post("notifications/read/", {}, Idempotency_Key=key).status_code == 400


def test_a_key_asks_nothing_of_an_address_that_takes_no_writing(county, hazard):
    firm = Program(county.principal)
    firm.post("notifications/read/", {}, Idempotency_Key="k")
    assert firm.patch("notifications/read/", {}, Idempotency_Key="k").status_code == 405
    assert firm.post("nowhere/", {}, Idempotency_Key="k").status_code == 404


def test_kept_answers_go_after_two_days(county):
    firm = Program(county.principal)
    firm.post("notifications/read/", {}, Idempotency_Key="old")
    firm.post("notifications/read/", {}, Idempotency_Key="new")
    with acting_as(SYSTEM):
        KeptAnswer.objects.filter(key="old").update(created_at=timezone.now() - timedelta(days=3))
    assert prune_answers() == 1
    with acting_as(SYSTEM):
        assert KeptAnswer.objects.get().key == "new"


def test_messages_are_read_by_their_own_reader(county):
    with acting_as(county.admin):
        for member in (county.officer.member, county.second_officer.member):
            notify(org_id=county.zone.pk, membership_id=member, kind="x", title="请看", url="/",
                   at=timezone.now())  # fmt: skip
    officer = Program(county.officer)
    inbox = officer.get("notifications/", {"unread": "1"}).json()["items"]
    [mine] = [message for message in inbox if message["kind"] == "x"]
    with acting_as(county.second_officer):
        theirs = Notification.objects.exclude(pk=mine["id"]).filter(kind="x").get()
    assert officer.post("notifications/read/", {"ids": [str(theirs.pk)]}).json() == {"read": 0}
    assert officer.post("notifications/read/", {"ids": [mine["id"]]}).json() == {"read": 1}
    left = officer.get("notifications/", {"unread": "1"}).json()["items"]
    assert len(left) == len(inbox) - 1
    assert officer.post("notifications/read/").json() == {"read": len(left)}


def test_an_inspector_is_put_on_an_assignment_and_an_enterprise_leaves(county):
    lead, admin = Program(county.lead), Program(county.admin)
    path = f"assignments/{county.assignment.pk}/"
    person = county.idle_inspector.member
    put = lead.post(path + "inspector/", {"inspector": person})
    assert (put.status_code, put.json()["inspector"]) == (200, person), put.content
    wrong = lead.post(path + "inspector/", {"inspector": county.officer.member})
    assert wrong.status_code == 422
    left = admin.post(path + "withdrawal/", {"withdrawal": "stopped", "reason": "停产"})
    assert (left.status_code, left.json()["withdrawal"]) == (200, "stopped"), left.content
    assert admin.get("assignments/").json()["items"] == []


@pytest.mark.django_db(transaction=True)
def test_a_request_that_is_still_being_done_is_409(monkeypatch):
    county = counties.build(enterprises=1)
    hazard = counties.issued(county, hazards=1)[0]
    firm = Program(county.principal)
    both, answers = Barrier(2, timeout=20), []
    kept = middleware._locked

    def locked(name: str) -> bool:
        found = kept(name)
        both.wait()  # both have asked before either goes on
        return found

    monkeypatch.setattr(middleware, "_locked", locked)

    def ask() -> None:
        own = Program(county.principal, secret=firm.secret)
        answer = own.send(
            f"hazards/{hazard.pk}/rectifications/", mended(hazard), Idempotency_Key="both"
        )
        answers.append(answer.status_code)
        connection.close()

    threads = [Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [201, 409]
    with acting_as(county.principal), transaction.atomic():
        assert hazard.rectifications.count() == 1
