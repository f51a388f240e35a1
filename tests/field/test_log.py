"""The server's side of sync: what a phone did is there once, whatever happened on the way."""

import dataclasses
import random
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agencies.services import assignment_withdraw, inspectors_assign
from common.errors import Refused
from common.ids import uuid7
from common.scope import acting_as
from documents.models import Document
from evidence.models import Photo
from inspections.field.files import file_put
from inspections.field.log import TAKEN
from inspections.models import Answer, ChecklistTemplate, FieldFile, FieldOperation, Hazard, Visit
from inspections.services import answers_save, hazards_confirm
from tests import county as counties
from tests import world
from tests.field.phone import Phone, close_connection, photo

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def county():
    return counties.build(enterprises=2)


@pytest.fixture
def phone(county) -> Phone:
    return Phone(county.inspector, county.assignment)


def states(receipts) -> set[str]:
    return {receipt.state for receipt in receipts}


def test_a_whole_visit_arrives_and_its_record_is_issued_once_its_files_are_there(county, phone):
    phone.whole_visit(hazards=2)
    receipts = phone.send()
    assert states(receipts[:-1]) == {"done"}
    assert receipts[-1].state == "waiting"
    assert receipts[-1].message == "等 3 个文件上传"
    last = phone.sync()[-1]
    assert last.state == "done"
    assert last.outcome["papers"][0]["kind"] == "service_record"
    with acting_as(county.inspector):
        visit = Visit.objects.get(pk=phone.visit)
        assert visit.state == "signed"
        assert visit.device == phone.device
        assert Hazard.objects.filter(visit=visit).count() == 2
        assert (
            Document.objects.get(kind="service_record").number
            == last.outcome["papers"][0]["number"]
        )
        photos = Photo.objects.filter(subject_type="inspections.hazard")
        assert {p.sha256 for p in photos} == {
            f.sha256 for f in FieldFile.objects.filter(purpose="before")
        }


def test_a_major_hazard_reaches_the_regulator_before_its_photos(county, phone):
    phone.start()
    phone.find(severity="major", basis="判定标准第三条第二项", photos=2)
    assert states(phone.send()) == {"done"}
    with acting_as(county.officer):
        hazard = Hazard.objects.get()
        assert hazard.major_noticed_at is not None
    county.later(minutes=3)
    for pk in phone.blobs:
        phone.put(pk)
    with acting_as(county.inspector):
        assert Photo.objects.filter(subject_id=str(hazard.pk)).count() == 2


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(seed=st.integers(0, 10**9))
def test_order_and_repetition_change_nothing(county, seed):
    rng = random.Random(seed)
    assignment = county.assignments[rng.randrange(2)]
    phone = Phone(county.inspector, assignment)
    phone.whole_visit(hazards=rng.randrange(3))
    parcels = []
    left = phone.log[:]
    rng.shuffle(left)
    while left:
        size = rng.randint(1, 12)
        parcels.append(left[:size])
        left = left[size:]
    parcels += rng.choices(parcels, k=3)
    for parcel in parcels:
        phone.send(parcel)
    for pk in rng.choices(list(phone.blobs), k=3) + list(phone.blobs):
        phone.put(pk, size=rng.choice([97, 400, 1 << 20]))
    receipts = phone.send()
    assert states(receipts) == {"done"}
    kept = phone.kept()
    assert [row.pk for row in kept] == [operation.id for operation in phone.log]
    assert [row.body for row in kept] == [operation.body for operation in phone.log]
    with acting_as(county.inspector):
        visit = Visit.objects.get(pk=phone.visit)
        assert visit.state == "signed"
        asked = [o for o in phone.log if o.kind == "answer"]
        assert Answer.objects.filter(visit=visit).count() == len({o.body["item"] for o in asked})
        found = [o for o in phone.log if o.kind == "hazard.add"]
        assert Hazard.objects.filter(visit=visit).count() == len(found)
        assert Document.objects.filter(subject_id=str(phone.visit)).count() == 1


def test_what_waits_for_an_earlier_one_says_so_and_is_kept(county, phone):
    phone.start()
    phone.answer(phone.items[0])
    [receipt] = phone.send(phone.log[1:])
    assert receipt.state == "waiting"
    assert len(phone.kept()) == 1
    assert states(phone.send(phone.log[:1])) == {"done"}
    assert [row.state for row in phone.kept()] == ["done", "done"]


def test_the_same_id_with_other_words_is_refused_and_changes_nothing(county, phone):
    phone.start()
    one = phone.answer(phone.items[0], "ok")
    phone.send()
    other = dataclasses.replace(one, body={**one.body, "result": "fail"})
    [receipt] = phone.send([other])
    assert receipt.state == "refused"
    assert "内容不同" in receipt.message
    again = dataclasses.replace(one, id=uuid7(), body={**one.body, "result": "na"})
    [receipt] = phone.send([again])
    assert receipt.state == "refused"
    with acting_as(county.inspector):
        assert Answer.objects.get().result == "ok"
        assert FieldOperation.objects.count() == 2


def test_two_versions_of_one_answer_are_shown_and_one_is_chosen(county, phone):
    phone.start()
    item = phone.items[0]
    first = phone.answer(item, "ok")
    phone.send()
    with acting_as(county.lead):
        visit = Visit.objects.get(pk=phone.visit)
        answers_save(actor=county.lead, visit=visit, answers={item.pk: ("fail", "箱门破损")})
        desk = Answer.objects.get()
    mine = phone.answer(item, "na", base=first.id)
    receipt = phone.send()[-1]
    assert receipt.state == "conflict"
    assert receipt.outcome["server"]["note"] == "箱门破损"
    assert receipt.outcome["server"]["by"] == county.lead.user_name
    with acting_as(county.lead):
        assert Answer.objects.get().result == "fail"
    phone.answer(item, "na", base=desk.version)
    assert phone.send()[-1].state == "done"
    with acting_as(county.lead):
        assert Answer.objects.get().result == "na"
        kept = FieldOperation.objects.get(pk=mine.id)
        assert kept.outcome["settled_by"] == str(phone.log[-1].id)


@pytest.mark.parametrize("in_one_request", [True, False])
def test_a_question_taken_back_is_answered_again_as_if_for_the_first_time(
    county, phone, in_one_request
):
    phone.start()
    item = phone.items[0]
    first = phone.answer(item, "ok")
    phone.answer(item, "", base=first.id)
    if not in_one_request:
        phone.send()
    phone.answer(item, "na")
    assert states(phone.send()) == {"done"}
    with acting_as(county.lead):
        assert Answer.objects.get().result == "na"


def _signed_with_two_versions(county, phone):
    phone.start()
    phone.answer_all()
    phone.send()
    item, own = phone.items[0], phone.log[1]
    with acting_as(county.lead):
        visit = Visit.objects.get(pk=phone.visit)
        answers_save(actor=county.lead, visit=visit, answers={item.pk: ("ok", "换过了")})
    phone.answer(item, "na", base=own.id)
    signed = phone.sign()
    assert phone.sync()[-1].state == "conflict"
    return signed


def test_a_signature_over_two_versions_waits_for_a_choice_and_then_holds(county, phone):
    signed = _signed_with_two_versions(county, phone)
    with acting_as(county.inspector):
        assert Visit.objects.get().state == "open"
    phone.do("settle", operation=str(signed.id))
    assert phone.send()[-1].state == "done"
    with acting_as(county.inspector):
        assert Visit.objects.get().state == "signed"
        assert Answer.objects.get(item=phone.items[0]).result == "na"
        assert FieldOperation.objects.get(pk=signed.id).state == "done"


def test_choosing_the_servers_version_asks_for_a_new_signature(county, phone):
    _signed_with_two_versions(county, phone)
    server = phone.send()[-1].outcome["differences"][0]["server"]
    phone.do("answer", item=phone.items[0].pk, result="ok", note="换过了", base=server["version"])
    phone.sign()
    assert phone.sync()[-1].state == "done"
    with acting_as(county.inspector):
        assert Answer.objects.get(item=phone.items[0]).note == "换过了"


def test_two_inspectors_on_one_visit_each_keep_a_log(county, phone):
    with acting_as(county.lead):
        second = world.member(
            county.lead and county.assignment.provider_org, "inspector", name="王二"
        )
        inspectors = {county.assignment.pk: second.membership_id}
    counties.confirm(county, second)
    other = Phone(second, county.assignment, visit=phone.visit)
    other.answer(phone.items[1], "ok")
    phone.start(members=[second.member])
    phone.answer(phone.items[0], "ok")
    with acting_as(county.lead):
        inspectors_assign(actor=county.lead, batch=county.batch, plan=inspectors)
    assert states(other.send()) == {"waiting"}
    with acting_as(county.lead):
        inspectors_assign(
            actor=county.lead, batch=county.batch,
            plan={county.assignment.pk: county.inspector.membership_id},
        )  # fmt: skip
    assert states(phone.send()) == {"done"}
    assert [row.state for row in other.kept()] == ["done"]
    with acting_as(county.lead):
        assert Answer.objects.get(item=phone.items[1]).answered_by_name == "王二"


def test_a_withdrawn_enterprise_keeps_everything_and_says_why(county, phone):
    phone.whole_visit(hazards=1)
    with acting_as(county.admin):
        assignment_withdraw(
            actor=county.admin, assignment=county.assignment, withdrawal="stopped",
            reason="停产",
        )  # fmt: skip
    receipts = phone.sync()
    assert states(receipts) == {"refused"}
    assert receipts[0].message == "该企业已退出本批次"
    assert "检查没有开始" in receipts[-1].message
    with acting_as(county.inspector):
        assert not Visit.objects.exists()
        assert len(phone.kept()) == len(phone.log)
        files = FieldFile.objects.all()
        assert {f.state for f in files} == {"stored"}
        assert {f.photo.sha256 for f in files} == {f.sha256 for f in files}


def test_a_bundle_weeks_old_is_taken_with_the_checklist_that_was_in_hand(county, phone):
    phone.start()
    phone.answer_all()
    old = phone.items[0].template
    with acting_as(world.SYSTEM):
        newer = ChecklistTemplate.objects.create(
            code=old.code, version="2099", name=old.name, industry=old.industry,
            risk_keywords=old.risk_keywords, valid_from=counties.NOW.date(), provenance="test",
        )  # fmt: skip
    county.later(days=20)
    receipts = phone.send()
    assert states(receipts) == {"done"}
    assert f"检查表有新版本：{old.name}" in receipts[0].message
    with acting_as(county.inspector):
        used = Visit.objects.get().templates.all()
        assert old in used
        assert newer not in used


def test_a_clock_wrong_by_days_is_corrected_and_both_times_are_kept(county):
    phone = Phone(county.inspector, county.assignment, ahead=timedelta(days=3, hours=2))
    phone.start()
    county.later(minutes=90)
    phone.find()
    assert states(phone.send()) == {"done"}
    with acting_as(county.inspector):
        visit, hazard = Visit.objects.get(), Hazard.objects.get()
        assert visit.arrived_at == counties.NOW
        assert visit.phone_arrived_at == counties.NOW + timedelta(days=3, hours=2)
        assert hazard.found_at == counties.NOW + timedelta(minutes=90)
        assert phone.kept()[0].clock_offset == -(3 * 24 + 2) * 3600


def test_a_moment_of_difference_is_no_wrong_clock(county):
    phone = Phone(county.inspector, county.assignment, ahead=timedelta(seconds=40))
    phone.start()
    assert states(phone.send()) == {"done"}
    [kept] = phone.kept()
    assert kept.clock_offset == 0
    assert kept.happened_at == counties.NOW


def test_another_persons_operations_are_not_taken(county, phone):
    phone.start()
    stranger = Phone(county.idle_inspector, county.assignment)
    with pytest.raises(PermissionDenied):
        stranger.send(phone.log)
    assert phone.kept() == []


def test_another_regions_enterprise_is_refused_like_one_that_does_not_exist(county, phone):
    other = counties.build("130372", enterprises=1, base=50)
    phone.start()
    theirs = dataclasses.replace(phone.log[0], place=f"a{other.assignment.pk}")
    nobodys = dataclasses.replace(phone.log[0], place="a999999", id=uuid7())
    [one], [two] = phone.send([theirs]), phone.send([nobodys])
    assert (one.state, one.message) == (two.state, two.message) == (
        "refused", "没有这家企业，或者不是本机构的",
    )  # fmt: skip
    assert phone.kept() == []


def test_who_lost_the_assignment_meanwhile_is_told_and_nothing_is_lost(county, phone):
    phone.actor = county.idle_inspector
    phone.start()
    [receipt] = phone.send()
    assert receipt.state == "refused"
    assert "改派" in receipt.message
    assert len(phone.kept()) == 1


@pytest.mark.parametrize(
    ("kind", "body", "words"),
    [
        ("answer", {"item": 1, "risk_point": str(uuid7()), "result": "ok"}, "哪一项"),
        ("answer", {"item": 1, "result": "maybe"}, "结果：“maybe”"),
        ("hazard.add", {"hazard": "x"}, "隐患："),
        ("visit.sign", {"representative_name": "张", "files": []}, "签名"),
        ("visit.teleport", {}, "服务器不认识"),
        ("files", {"files": [{"id": "1"}]}, "哈希："),
    ],
)
def test_a_body_that_makes_no_sense_is_kept_and_refused_with_words(
    county, phone, kind, body, words
):
    phone.start()
    phone.do(kind, **body)
    phone.do("note", text="后面的照常")
    receipts = phone.send()
    assert [r.state for r in receipts] == ["done", "refused", "done"]
    assert words in receipts[1].message
    assert len(phone.kept()) == 3


def test_a_signed_visit_takes_nothing_more(county, phone):
    phone.whole_visit(hazards=0)
    phone.sync()
    phone.answer(phone.items[0], "na", base=phone.log[1].id)
    phone.find(phone.items[1])
    receipts = phone.send()[-2:]
    assert states(receipts) == {"refused"}
    assert "已签字" in receipts[0].message


def test_the_same_batch_by_several_threads_is_taken_once(county, phone):
    phone.whole_visit(hazards=2)

    def send(_: int) -> list[str]:
        try:
            return [r.state for r in phone.send()]
        finally:
            close_connection()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(send, range(6)))
    for pk in phone.blobs:
        phone.put(pk)
    assert states(phone.send()) == {"done"}
    with acting_as(county.inspector):
        assert Hazard.objects.count() == 2
        assert sorted(Hazard.objects.values_list("number", flat=True)) == [
            f"{county.batch.code}-0001", f"{county.batch.code}-0002",
        ]  # fmt: skip


# files


def test_bytes_that_differ_from_their_hash_start_over(county, phone):
    phone.start()
    phone.do("files", subject="visit", files=[phone.file(photo(1), "site")])
    phone.send()
    [(pk, content)] = phone.blobs.items()
    spoiled = content[:-3] + b"xyz"
    file = phone.put(pk, spoiled, size=500)
    assert (file.state, file.received) == ("expected", 0)
    assert "哈希不同" in file.message
    file = phone.put(pk, size=500)
    assert (file.state, file.received) == ("stored", len(content))
    assert file.photo.purpose == "site"


def test_a_truncated_photo_is_refused_with_words_and_the_visit_goes_on(county, phone):
    phone.start()
    phone.answer_all()
    phone.do("files", subject="visit", files=[phone.file(photo(1)[:-200], "site")])
    phone.sign()
    receipts = phone.sync()
    assert states(receipts) == {"done"}
    with acting_as(county.inspector):
        broken = FieldFile.objects.get(purpose="site")
        assert broken.state == "refused"
        assert broken.message


def test_a_piece_that_is_not_the_next_one_changes_nothing(county, phone):

    phone.start()
    phone.do("files", subject="visit", files=[phone.file(photo(2), "site")])
    phone.send()
    [(pk, content)] = phone.blobs.items()
    with acting_as(county.inspector, atomic=False):
        first = file_put(actor=county.inspector, pk=pk, offset=0, chunk=content[:100])
        again = file_put(actor=county.inspector, pk=pk, offset=0, chunk=content[:100])
        gap = file_put(actor=county.inspector, pk=pk, offset=300, chunk=content[300:])
    assert first.is_next
    assert not again.is_next
    assert not gap.is_next
    assert gap.file.received == 100


def test_a_file_of_another_person_is_not_there(county, phone):

    phone.start()
    phone.do("files", subject="visit", files=[phone.file(photo(2), "site")])
    phone.send()
    [(pk, content)] = phone.blobs.items()
    with acting_as(county.idle_inspector), pytest.raises(Refused):
        file_put(actor=county.idle_inspector, pk=pk, offset=0, chunk=content)


def test_a_hazard_that_was_handed_over_shows_late_photos_to_the_enterprise(county, phone):
    phone.start()
    phone.answer_all()
    hazard = phone.find(phone.items[0])
    phone.sign()
    phone.sync()
    with acting_as(county.lead):
        hazards_confirm(actor=county.lead, visit=Visit.objects.get())
    with acting_as(county.principal):
        assert Photo.objects.filter(subject_id=str(hazard)).count() == 1


def test_an_id_that_another_tenants_row_has_is_refused_and_breaks_nothing_else(county, phone):
    other = counties.build("130400", base=500)
    theirs = Phone(other.inspector, other.assignment)
    theirs.start()
    hazard = theirs.find(theirs.items[0])
    assert states(theirs.send()) == {"done"}
    phone.start()
    phone.find(phone.items[0], hazard=str(hazard))
    phone.do("note", text="查阅资料")
    phone.log.append(dataclasses.replace(phone.do("note", text="再查"), id=theirs.log[0].id))
    del phone.log[-2]
    receipts = phone.send()
    assert [r.state for r in receipts] == ["done", "refused", "done", "refused"]
    assert {r.message for r in receipts if r.state == "refused"} == {TAKEN}
    assert [r.state for r in phone.send()] == [r.state for r in receipts], "again the same"
    taken = Phone(county.inspector, county.assignments[1], visit=theirs.visit)
    taken.start()
    assert states(taken.send()) == {"refused"}
    with acting_as(other.inspector):
        assert Hazard.objects.get(pk=hazard).visit_id == theirs.visit
        assert FieldOperation.objects.filter(visit_id=theirs.visit).count() == 2
