"""Signs are stored as the figures say, of what is read, when something happens."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.cache import cache

from common.errors import DomainError
from common.scope import acting_as
from inspections.models import (
    Answer,
    ChecklistItem,
    FieldOperation,
    Hazard,
    LibraryEntry,
    Sign,
    Visit,
    VisitTrack,
)
from inspections.services import (
    hazard_recheck,
    hazards_confirm,
    rectification_submit,
    sign_restore,
    thresholds_save,
)
from inspections.signs.load import facts_of
from inspections.signs.tasks import update_signs, update_signs_of_agency, update_signs_soon
from inspections.signs.thresholds import DEFAULTS
from inspections.tasks import update_all_signs
from tenancy.actors import SYSTEM, system_for
from tenancy.models import Agency
from tests import county as counties
from tests.inspections.signs_kit import (
    LOOK,
    NEAR,
    dismiss,
    furnished,
    many,
    one,
    plain_hazard,
    plain_photo,
    plain_visits,
    signs,
    statements,
    stored,
    update,
)

pytestmark = pytest.mark.django_db


def test_what_visits_show_is_stored_once_and_again_nothing_changes(county):
    counties.visit(county, hazards=2)
    assert update(county) == 3
    first = {s.pk: (s.key, s.text, s.figures, s.found_at) for s in stored(county)}
    assert {s.kind for s in stored(county)} == {"alone", "no_accuracy", "photo_seen"}
    county.later(days=3)
    assert update(county) == 0
    assert {s.pk: (s.key, s.text, s.figures, s.found_at) for s in stored(county)} == first
    sign = one(county, "alone")
    assert (sign.owner_agency_id, sign.assignment_id) == (county.zone.pk, county.assignment.pk)
    assert ("到场人数", ["1"]) in sign.numbers


def test_a_sign_lapses_with_its_figures_and_comes_back_as_the_same_row(county):
    counties.visit(county)
    update(county)
    before = one(county, "alone")
    with acting_as(county.admin):
        thresholds_save(actor=county.admin, values={"people": 1})
    update(county)
    lapsed = one(county, "alone")
    assert lapsed.lapsed_at is not None
    assert before not in signs(county)[county.assignment.pk]
    with acting_as(county.admin):
        thresholds_save(actor=county.admin, values={"people": 2})
    update(county)
    again = one(county, "alone")
    assert (again.pk, again.lapsed_at, again.found_at) == (before.pk, None, before.found_at)


def test_a_dismissal_has_a_reason_survives_and_counts_no_longer(county):
    counties.visit(county)
    update(county)
    sign = one(county, "alone")
    with pytest.raises(DomainError, match="请填写排除原因"):
        dismiss(county, sign, "  ")
    dismiss(county, sign)
    with pytest.raises(DomainError, match="已由"):
        dismiss(county, sign)
    for people in (1, 2):  # lapses and comes back, dismissed all the while
        with acting_as(county.admin):
            thresholds_save(actor=county.admin, values={"people": people})
        update(county)
        kept = one(county, "alone")
        assert kept.dismissed_reason == "电话核实，同事迟到"
        assert kept.dismissed_by_name == county.officer.display
        assert sign not in signs(county)[county.assignment.pk]
    with acting_as(county.officer):
        sign_restore(actor=county.officer, sign=kept)
        with pytest.raises(DomainError, match="没有被排除"):
            sign_restore(actor=county.officer, sign=kept)
    assert sign in signs(county)[county.assignment.pk]


def closed_with_one_photo(county, hazards) -> None:
    for hazard in hazards:
        with acting_as(county.principal):
            rectification_submit(
                actor=county.principal, hazard=hazard, text="已接地", responsible_person="张立新",
                done_on=hazard.found_on, photos=[counties.picture((9, 9, 9))],
            )  # fmt: skip


def test_a_finding_that_grows_goes_on_in_its_row_but_not_in_a_dismissed_one(county):
    hazards = counties.issued(county, hazards=4)
    closed_with_one_photo(county, hazards[:2])
    update(county)
    first = one(county, "one_photo")
    closed_with_one_photo(county, hazards[2:3])
    update(county)
    grown = one(county, "one_photo")
    assert grown.pk == first.pk
    assert "3项隐患" in grown.text
    dismiss(county, grown)
    closed_with_one_photo(county, hazards[3:])
    update(county)
    [old, new] = sorted(stored(county, kind="one_photo"), key=lambda s: s.dismissed_at is None)
    assert (old.pk, old.lapsed_at is not None) == (first.pk, True)
    assert "4项隐患" in new.text
    assert new in signs(county)[county.assignment.pk]


def test_hazards_sent_back_are_handed_in_with_that_photo_no_longer(county):
    hazards = counties.issued(county, hazards=2)
    closed_with_one_photo(county, hazards)
    update(county)
    assert one(county, "one_photo").lapsed_at is None
    with acting_as(county.lead):
        hazard_recheck(
            actor=county.lead, hazard=hazards[0], result="failed", reason="没有接地",
            new_due_on=hazards[0].due_on,
        )  # fmt: skip
    update(county)
    assert one(county, "one_photo").lapsed_at is not None


def test_phones_say_when_each_answer_was_tapped_and_where_they_were(county):
    [visit] = plain_visits(county, county.assignments[:1], device=uuid4(), latitude=None)
    plain_hazard(county, visit, 1)
    phones = [uuid4(), uuid4()]
    at = visit.arrived_at
    with acting_as(county.admin):
        for number, (kind, state, minutes) in enumerate((
            ("visit.start", "done", 0), ("answer", "done", 5), ("answer", "done", 9),
            ("hazard.add", "done", 11), ("answer", "refused", 80), ("visit.sign", "done", 89),
        )):  # fmt: skip
            FieldOperation.objects.create(
                **visit.tenant, id=uuid4(), visit_id=visit.pk, device=phones[number % 2],
                sequence=number, kind=kind, state=state, body={}, body_sha256="", arrived_at=at,
                made_at=at - timedelta(days=1), happened_at=at + timedelta(minutes=minutes),
                member_id=county.inspector.member,
            )  # fmt: skip
        points = [[0, 39.9, 119.5, 8], [1, 39.91, 119.5, None]]
        VisitTrack.objects.create(**visit.tenant, visit=visit, points=points)
        for item, result in zip(ChecklistItem.objects.all()[:3], ("ok", "fail", "na"), strict=True):
            Answer.objects.create(
                **visit.tenant, visit=visit, item=item, result=result,
                answered_at=at + timedelta(minutes=60),
            )  # fmt: skip
        [fact] = facts_of(county.batch, DEFAULTS).visits
    assert (fact.taps, fact.phones, fact.tapped.minutes) == (3, 2, 6)
    assert (fact.answers, fact.hazards, fact.is_survey) == (2, 1, True)
    assert (fact.entered.first, fact.entered.last) == (at, at + timedelta(minutes=60))
    assert [(p.place, p.accuracy) for p in fact.track] == [
        ((39.9, 119.5), 8), ((39.91, 119.5), None)
    ]  # fmt: skip
    assert fact.place is None
    assert fact.arrived_at.tzinfo is not None
    assert f"{fact.arrived_at:%H:%M}" == "10:00"


def test_a_desks_visit_was_entered_when_it_was_made_in_real_time_only(county):
    plain_visits(county, county.assignments[:1])
    with acting_as(county.admin):
        assert facts_of(county.batch, DEFAULTS).visits[0].entered is None
    with acting_as(SYSTEM):
        Agency.objects.filter(pk=county.zone.pk).update(training_now=None)
    with acting_as(county.admin):
        [fact] = facts_of(county.batch, DEFAULTS).visits
        assert fact.entered.first == Visit.objects.get().created_at


def test_open_visits_officers_visits_and_removed_findings_are_left_out(county):
    plain_visits(county, county.assignments[:1], state="open", left_at=None)
    plain_visits(county, county.assignments[:1], kind="spot_check")
    [visit] = plain_visits(county, county.assignments[:1])
    plain_hazard(county, visit, 1, state="dismissed", dismissed_reason="误登记")
    with acting_as(county.admin):
        facts = facts_of(county.batch, DEFAULTS)
    assert [v.id for v in facts.visits] == [str(visit.pk)]
    assert facts.hazards == ()


def test_the_same_people_and_pictures_are_looked_for_in_the_whole_region(county):
    second = counties.second_batch(county, 2)
    stranger = counties.build("130400", base=500)
    [here] = plain_visits(county, county.assignments[:1], latitude=39.9)
    [there] = plain_visits(second, second.assignments, latitude=39.95)
    [elsewhere] = plain_visits(stranger, stranger.assignments[:1])
    looks = ((county, here, LOOK), (second, there, NEAR), (stranger, elsewhere, LOOK))
    for number, (whose, visit, look) in enumerate(looks):
        hazard = plain_hazard(whose, visit, number)
        plain_photo(whose, hazard, f"s{number}", look)
    update(county)
    travel, photo = one(county, "travel"), one(county, "photo_seen")
    assert travel.visit_ids == photo.visit_ids == [str(there.pk)]
    assert "时间重叠90分钟" in travel.text
    assert "1张近似" in photo.text
    update(second)
    assert {s.visit_id for s in stored(county, kind="photo_seen")} == {here.pk, there.pk}
    assert stored(stranger) == []


def test_words_of_the_library_are_not_the_inspectors_own(county):
    with acting_as(county.admin):
        text = LibraryEntry.objects.exclude(description="").first().description
    [visit] = plain_visits(county, county.assignments[:1])
    plain_hazard(county, visit, 1, description=f" {text}！")
    plain_hazard(county, visit, 2)
    with acting_as(county.admin):
        facts = facts_of(county.batch, DEFAULTS)
    assert [h.is_library for h in facts.hazards] == [True, False]


def test_an_update_costs_the_same_for_two_and_fifty_enterprises(county):
    furnished(county, county.assignments, 0)
    few = statements(lambda: update(county))
    nothing = statements(lambda: update(county))
    furnished(county, many(county, 48), 10)
    assert statements(lambda: update(county)) <= few + 1  # one more: rows that change
    assert statements(lambda: update(county)) == nothing
    assert len(stored(county)) >= 100


def test_signing_handing_in_and_rechecking_have_the_signs_worked_out(
    county, tasks_are_kept, django_capture_on_commit_callbacks
):
    def sent(act) -> list:
        tasks_are_kept.clear()
        with django_capture_on_commit_callbacks(execute=True):
            act()
        return [task for task in tasks_are_kept if task[0].startswith("inspections.update_signs")]

    asked = [("inspections.update_signs_soon", (county.assignment.pk,), county.zone.pk)]
    assert sent(lambda: counties.visit(county)) == asked
    with acting_as(county.lead):
        hazards_confirm(actor=county.lead, visit=Visit.objects.get())
        [hazard] = Hazard.objects.all()
    assert sent(lambda: counties.mend(county, hazard)) == asked * 2
    with acting_as(county.lead):
        assert Sign.objects.count() == 0  # neither the provider nor the enterprise writes signs
    with acting_as(system(county)):
        due = [("inspections.update_signs", (county.batch.pk,), county.zone.pk)]
        assert sent(lambda: update_signs_soon.run(county.assignment.pk)) == due
        assert sent(lambda: update_signs_soon.run(county.assignment.pk)) == []  # once for both
        cache.clear()  # as half a minute does
        assert sent(lambda: update_signs_soon.run(county.assignment.pk)) == due
        assert update_signs.run(county.batch.pk) == len(Sign.objects.all()) > 0


def system(county):
    with acting_as(SYSTEM):
        return system_for(Agency.objects.select_related("org").get(pk=county.zone.pk))


def test_every_night_each_batch_of_a_live_contract_is_worked_out(
    county, tasks_are_kept, django_capture_on_commit_callbacks
):
    second = counties.second_batch(county, 2)
    tasks_are_kept.clear()
    with django_capture_on_commit_callbacks(execute=True):
        assert update_all_signs.run() == 1
        with acting_as(system(county)):
            assert update_signs_of_agency.run(county.zone.pk) == 2
    assert tasks_are_kept == [
        ("inspections.update_signs_of_agency", (county.zone.pk,), county.zone.pk),
        ("inspections.update_signs", (county.batch.pk,), county.zone.pk),
        ("inspections.update_signs", (second.batch.pk,), county.zone.pk),
    ]
