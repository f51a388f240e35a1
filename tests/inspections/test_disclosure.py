"""Both sides are told: the enterprise by the suggestion, the organizer by the disclosure; and both meet."""

import pytest
from django.urls import reverse

from common.errors import DomainError
from common.scope import acting_as
from documents.access import documents_of
from documents.models import Document
from documents.services import document_render
from inspections.access import disclosures_of
from inspections.models import Disclosure, Hazard, SpotCheck
from inspections.services import (
    attendance_add,
    attendance_self,
    correction_ask,
    disclosure_acknowledge,
    disclosure_make,
    hazards_confirm,
    meeting_hold,
)
from inspections.services.meetings import sides_of
from inspections.supervision import disclosed_to_both, to_disclose
from notifications.models import Notification
from tests import county as counties
from tests import world

pytestmark = pytest.mark.django_db


def disclose(county, *assignments, words=""):
    with acting_as(county.lead):
        return disclosure_make(
            actor=county.lead, batch=county.batch, words=words,
            assignment_ids=[a.pk for a in assignments or [county.assignment]],
        )  # fmt: skip


def ready(county):
    with acting_as(county.lead):
        return list(to_disclose(county.batch).values_list("pk", flat=True))


def test_what_is_confirmed_is_told_once_and_again_when_more_is_found(county):
    assert ready(county) == []
    visit = counties.visit(county)
    with pytest.raises(DomainError, match="还没有可以交底"):
        disclose(county)
    with acting_as(county.lead):
        hazards_confirm(actor=county.lead, visit=visit)
    assert ready(county) == [county.assignment.pk]
    made = disclose(county, words="共性问题是用电")
    assert ready(county) == []
    with acting_as(county.lead):
        paper = Document.objects.get(subject_id=str(made.pk))
        assert paper.content["firms"][0]["hazards"][0]["measure"] == "加装接地线"
        assert "服交〔2026〕1号" in paper.number
        assert paper.enterprise_org_id is None
        assert document_render(str(paper.pk)).pages == 1
    county.later(hours=1)
    counties.issued(county)
    assert ready(county) == [county.assignment.pk]
    disclose(county)
    with pytest.raises(DomainError, match="已经交底"):
        disclose(county)


def test_nothing_found_is_told_too_and_nobody_chosen_is_nothing(county):
    counties.visit(county, hazards=0)
    made = disclose(county)
    with acting_as(county.lead):
        assert made.items.get().hazards == 0
        with pytest.raises(DomainError) as caught:
            disclosure_make(actor=county.lead, batch=county.batch, assignment_ids=[])
    assert caught.value.field == "assignments"


def test_another_batchs_enterprise_cannot_be_told_of_here(county):
    counties.issued(county)
    other = counties.second_batch(county, 2)
    counties.issued(other)
    with pytest.raises(DomainError):
        disclose(county, county.assignment, other.assignment)


def test_both_sides_are_counted_apart(county):
    counties.issued(county)
    first, second = county.assignments
    with acting_as(county.admin):
        assert disclosed_to_both(county.contract.pk) == {
            first.pk: (False, True), second.pk: (False, False)
        }  # fmt: skip
    disclose(county)
    with acting_as(county.admin):
        assert disclosed_to_both(county.contract.pk)[first.pk] == (True, True)


def test_an_officer_with_a_hand_in_it_signs_for_it_once(county, client):
    counties.issued(county)
    made = disclose(county)
    url = reverse("inspections:disclosure-acknowledge", args=[made.pk])
    world.sign_in(client, county.officer)
    assert client.post(url, {}).status_code == 403
    world.sign_in(client, county.admin)
    client.post(url, {"answer": "请督促"})
    with acting_as(county.admin):
        row = Disclosure.objects.get(pk=made.pk)
        assert (row.state, row.answer) == ("acknowledged", "请督促")
        with pytest.raises(DomainError):
            disclosure_acknowledge(actor=county.admin, disclosure=row)


def test_a_blind_officer_sees_neither_the_disclosure_nor_its_paper():
    county = counties.build("130372", base=100, enterprises=1)
    counties.drawn(county)
    made = disclose(county)
    with acting_as(county.officer):
        assert SpotCheck.objects.get().state in SpotCheck.BLIND
        assert not disclosures_of(county.officer).exists()
        assert not documents_of(county.officer).filter(subject_id=str(made.pk)).exists()
    with acting_as(county.admin):
        assert disclosures_of(county.admin).exists()
        assert documents_of(county.admin).filter(subject_id=str(made.pk)).exists()


def test_the_enterprise_sees_no_disclosure(county):
    counties.issued(county)
    disclose(county)
    with acting_as(county.principal):
        assert not Disclosure.objects.exists()
        assert not Document.objects.filter(kind="disclosure").exists()


def test_the_pages_of_disclosing_go_the_whole_way(county, client):
    counties.issued(county)
    new = reverse("inspections:disclosure-new", args=[county.batch.pk])
    world.sign_in(client, county.lead)
    empty = client.post(new, {"words": ""})
    assert empty.status_code == 422
    assert "请至少选择一家企业" in empty.content.decode()
    done = client.post(new, {"assignments": [county.assignment.pk], "words": "用电"}, follow=True)
    assert "待签收" in done.content.decode()
    page = client.get(reverse("inspections:disclosure-list", args=[county.batch.pk]))
    assert "1 / 2" in page.content.decode()
    assert "现在没有要交底的企业" in client.get(new).content.decode()


def exchange(county):
    return counties.plan_meeting(county, "exchange")


def test_opinions_are_exchanged_only_between_both_sides(county):
    meeting = exchange(county)
    with acting_as(county.lead):
        attendance_add(meeting=meeting, unit_name=county.enterprises[0].name, person_name="张立新")
        attendance_self(actor=county.lead, meeting=meeting)
        with pytest.raises(DomainError, match="还没有组织单位"):
            meeting_hold(actor=county.lead, meeting=meeting, minutes="交换意见")
    with acting_as(county.officer):
        attendance_self(actor=county.officer, meeting=meeting)
    with acting_as(county.lead):
        held = meeting_hold(actor=county.lead, meeting=meeting, minutes="交换意见")
        paper = Document.objects.get(subject_id=str(held.pk))
        assert paper.content["sides"] == "组织单位 1 人，服务机构 1 人，企业 1 人"
        assert paper.title.endswith("纪要")
        assert document_render(str(paper.pk)).pages == 1


def test_a_short_name_at_the_desk_is_the_side_that_it_stands_for(county):
    meeting = exchange(county)
    with acting_as(county.lead):
        for unit in (county.zone.short_name, "安评", "路过的单位"):
            attendance_add(meeting=meeting, unit_name=unit, person_name="某某")
        meeting.refresh_from_db()
        sides = sides_of(meeting, meeting.attendances.all())
    assert dict(sides) == {"组织单位": 1, "服务机构": 1, "其他单位": 1}


def test_other_meetings_need_nobody_of_the_organizer(county):
    meeting = counties.meet(county, "training")
    assert meeting.state == "held"


def test_a_correction_leaves_what_was_told_and_is_told_anew(county):
    """What the organizer signed for says what was found that day; the correction comes to it as a message."""
    hazard = counties.issued(county)[0]
    made = disclose(county)
    with acting_as(county.officer):
        disclosure_acknowledge(actor=county.officer, disclosure=made)
        paper = Document.objects.get(kind="disclosure")
    county.later(hours=1)
    with acting_as(county.lead):
        fresh = Hazard.objects.get(pk=hazard.pk)
        correction_ask(
            actor=county.lead, hazard=fresh, kind="correct", reason="写错了部位",
            values={"place": "三号车间"},
        )  # fmt: skip
    with acting_as(county.officer):
        still = Document.objects.get(kind="disclosure")
        assert (still.state, still.content_sha256) == ("issued", paper.content_sha256)
        assert still.content == paper.content
        told = Notification.objects.filter(kind="hazard.corrected", org_id=county.zone.pk)
        assert told.exists()
