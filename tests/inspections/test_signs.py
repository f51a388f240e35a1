"""Signs as rows: they follow the figures, stay dismissed, feed the draw, and only regulators see them."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from agencies.services import batch_assign
from common.errors import DomainError
from common.scope import acting_as
from evidence.models import Photo
from inspections.models import (
    Answer,
    ChecklistItem,
    FieldOperation,
    Hazard,
    LibraryEntry,
    Sign,
    SignThresholds,
    SpotCheck,
    SpotCheckDraw,
    Visit,
    VisitMember,
    VisitTrack,
)
from inspections.services import (
    assignment_accept,
    draw_commit,
    draw_freeze,
    hazard_recheck,
    hazards_confirm,
    phase_advance,
    rectification_submit,
    sign_dismiss,
    sign_restore,
    thresholds_save,
)
from inspections.signs.load import facts_of
from inspections.signs.tasks import update_signs, update_signs_of_agency, update_signs_soon
from inspections.signs.thresholds import ABOUT, DEFAULTS
from inspections.signs.update import signs_of, signs_update, thresholds_of
from inspections.tasks import update_all_signs
from tenancy.actors import SYSTEM, system_for
from tenancy.enums import Role
from tenancy.models import Agency
from tests import county as counties
from tests import world

pytestmark = pytest.mark.django_db
LIST, SET = "/signs/", "/signs/thresholds/"
LOOK, NEAR = "f0f0f0f0f0f0f0f0", "f0f0f0f0f0f0f0cf"


@pytest.fixture
def county():
    return counties.build()


def update(county) -> int:
    with acting_as(county.admin):
        return signs_update(actor=county.admin, batch=county.batch)


def stored(county, **which) -> list[Sign]:
    with acting_as(county.admin):
        rows = Sign.objects.filter(**which).select_related("assignment__enterprise")
        return list(rows.order_by("kind", "key"))


def one(county, kind: str) -> Sign:
    [sign] = stored(county, kind=kind)
    return sign


def only(county, number: int):
    """The same county seen from its second, third … enterprise."""
    return replace(
        county, assignments=county.assignments[number:], enterprises=county.enterprises[number:]
    )


def plain_visits(county, assignments, **more) -> list[Visit]:
    """Signed visits with a hazard and its picture, made as rows: quickly, and with any figures."""
    made = []
    with acting_as(county.admin):
        for number, assignment in enumerate(assignments):
            begin = counties.NOW + timedelta(days=number)
            values = {
                "kind": "survey", "state": "signed", "started_by_id": county.inspector.member,
                "arrived_at": begin, "left_at": begin + timedelta(minutes=90), "signed_at": begin,
                "representative_name": "张立新", "latitude": 39.9, "longitude": 119.5, "accuracy": 9,
                "enterprise_id": assignment.enterprise_id, "assignment": assignment,
            }  # fmt: skip
            visit = Visit.objects.create(**assignment.tenant, **(values | more))
            VisitMember.objects.bulk_create(
                VisitMember(**visit.tenant, visit=visit, membership_id=a.member, name=a.user_name)
                for a in (county.inspector, county.lead)
            )
            made.append(visit)
    return made


def plain_hazard(county, visit, number: int, **more) -> Hazard:
    values = {
        "number": f"X-{number:04}", "place": "配电室", "description": "西侧配电箱箱门没有接地线",
        "category": "现场管理", "measure": "加装接地线", "found_on": visit.arrived_at.date(),
        "found_at": visit.arrived_at, "found_by_name": "人", "due_on": visit.arrived_at.date(), "due_reason": "建议",
    }  # fmt: skip
    with acting_as(county.admin):
        return Hazard.objects.create(
            **visit.tenant, visit=visit, assignment=visit.assignment, enterprise=visit.enterprise,
            **(values | more),
        )  # fmt: skip


def plain_photo(county, subject, sha256: str, phash: str = "", purpose: str = "before") -> Photo:
    with acting_as(county.admin):
        return Photo.objects.create(
            **subject.tenant, subject_type=subject._meta.label_lower, subject_id=str(subject.pk),
            purpose=purpose, original="o", reading="r", sha256=sha256, phash=phash, size=1,
            content_type="image/jpeg", width=1, height=1, arrived_at=counties.NOW,
        )  # fmt: skip


# stored signs follow the figures


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


def signs(county) -> dict[int, list[Sign]]:
    with acting_as(county.admin):
        return signs_of(county.assignments)


def dismiss(county, sign: Sign, reason: str = "电话核实，同事迟到") -> Sign:
    with acting_as(county.officer):
        return sign_dismiss(actor=county.officer, sign=sign, reason=reason)


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


# what is read


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


def many(county, count: int) -> list:
    with acting_as(county.admin):
        firms = [
            counties.enterprise(county.zone, n, name=f"厂{n}") for n in range(200, 200 + count)
        ]
        batch_assign(actor=county.admin, batch=county.batch, enterprise_ids=[f.pk for f in firms])
        rows = county.batch.assignments.filter(enterprise__in=firms).select_related("enterprise")
        return list(rows.order_by("pk"))


def statements(act) -> int:
    with CaptureQueriesContext(connection) as captured:
        act()
    return len(captured)


def furnished(county, assignments, start: int) -> None:
    for number, visit in enumerate(plain_visits(county, assignments), start=start):
        hazard = plain_hazard(county, visit, number)
        plain_photo(county, hazard, f"s{number % 2}", LOOK)
        plain_photo(county, visit, "site", "", "site")


def test_an_update_costs_the_same_for_two_and_fifty_enterprises(county):
    furnished(county, county.assignments, 0)
    few = statements(lambda: update(county))
    nothing = statements(lambda: update(county))
    furnished(county, many(county, 48), 10)
    assert statements(lambda: update(county)) <= few + 1  # one more: rows that change
    assert statements(lambda: update(county)) == nothing
    assert len(stored(county)) >= 100


# when it happens


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


# the draw


def test_the_draw_freezes_the_signs_that_stand_and_the_provider_reads_their_number_only(client):
    county = counties.build(enterprises=1)
    counties.issued(county)
    update(county)
    dismiss(county, one(county, "alone"))
    accepted_and_frozen(county)
    with acting_as(county.admin):
        [entry] = SpotCheckDraw.objects.get().entries
        kinds = {s.kind for s in Sign.objects.filter(pk__in=entry["signs"])}
    assert "alone" not in kinds
    assert "no_accuracy" in kinds
    url = reverse("inspections:draw", args=[county.batch.pk])
    for actor, is_told in ((county.admin, True), (county.officer, True), (county.lead, False)):
        world.sign_in(client, actor)
        page = client.get(url).content.decode()
        assert f"{len(kinds)} 个" in page
        assert ("定位可疑" in page) is is_told


def accepted_and_frozen(county) -> None:
    with acting_as(county.admin):
        draw = draw_commit(actor=county.admin, batch=county.batch)
    counties.guide(county)
    with acting_as(county.lead):
        phase_advance(actor=county.lead, assignment=county.assignment)
        [hazard] = Hazard.objects.all()
    counties.mend(county, hazard)
    with acting_as(county.lead):
        assignment_accept(actor=county.lead, assignment=county.assignment)
    with acting_as(county.admin):
        draw_freeze(actor=county.admin, draw=draw)


def test_who_will_look_for_himself_sees_no_sign_of_the_enterprise_until_he_has_signed(client):
    county = counties.build(enterprises=1)
    counties.drawn(county)
    sign = one(county, "no_accuracy")
    page = f"/visits/of/{county.assignment.pk}/"
    draw, url = f"/batches/{county.batch.pk}/draw/", f"/signs/{sign.pk}/dismiss/"
    for actor, is_seen in ((county.officer, False), (county.admin, True)):
        world.sign_in(client, actor)
        assert [sign.text in client.get(u).content.decode() for u in (LIST, page)] == [is_seen] * 2
        assert ("定位可疑" in client.get(draw).content.decode()) is is_seen
        assert (client.post(url, {"reason": ""}).status_code == 422) is is_seen
    with acting_as(county.officer):
        SpotCheck.objects.filter(assignment=county.assignment).update(state="submitted")
    world.sign_in(client, county.officer)
    assert sign.text in client.get(LIST).content.decode()


def test_a_blind_officer_is_not_led_to_the_enterprise_by_another_ones_sign(client):
    county = counties.build(enterprises=1)
    counties.drawn(county)
    second = counties.second_batch(county, 2)
    with acting_as(county.admin):
        drawn_visit = Visit.objects.get(assignment=county.assignment)
        drawn_photo = Photo.objects.filter(purpose="before").first()
    [visit] = plain_visits(second, second.assignments)
    plain_photo(second, plain_hazard(second, visit, 9), drawn_photo.sha256)
    with acting_as(county.admin):
        signs_update(actor=county.admin, batch=second.batch)
    url = f"{LIST}?kind=photo_seen&batch={second.batch.pk}"
    name = county.enterprises[0].name
    for actor, is_named in ((county.admin, True), (county.officer, False)):
        world.sign_in(client, actor)
        page = client.get(url).content.decode()
        assert (name in page, str(drawn_visit.pk) in page) == (is_named, is_named)
        assert ("1 次现在不能看的检查" in page) is not is_named


# who sees them


def test_the_provider_and_the_enterprise_see_nothing(county, client):
    counties.visit(county)
    update(county)
    sign = one(county, "alone")
    for actor in (county.lead, county.inspector, county.principal):
        with acting_as(actor):
            assert Sign.objects.count() == SignThresholds.objects.count() == 0
        world.sign_in(client, actor)
        assert client.get(LIST).status_code == 403
        assert client.get(SET).status_code == 403
        assert client.post(f"/signs/{sign.pk}/dismiss/", {"reason": "核实"}).status_code == 403
    world.sign_in(client, county.lead)
    assert sign.text not in client.get(f"/visits/of/{county.assignment.pk}/").content.decode()
    assert one(county, "alone").dismissed_at is None


def test_another_agencys_sign_is_not_there_and_a_superior_only_looks(county, client):
    counties.visit(county)
    update(county)
    url = f"/signs/{one(county, 'alone').pk}/dismiss/"
    other = counties.build("130400", base=500)
    world.sign_in(client, other.officer)
    assert client.post(url, {"reason": "核实"}).status_code == 404
    assert "没有待核实的疑点" in client.get(LIST).content.decode()
    city = world.agency("1303", now=counties.NOW)
    world.sign_in(client, world.member(city.org, Role.OFFICER))
    page = client.get(LIST).content.decode()
    assert "单人到场" in page
    assert "确定排除" not in page
    assert client.post(url, {"reason": "核实"}).status_code == 403
    world.sign_in(client, world.member(county.zone.org, Role.ASSISTANT))
    assert "确定排除" not in client.get(LIST).content.decode()
    assert client.post(url, {"reason": "核实"}).status_code == 403
    assert one(county, "alone").dismissed_at is None


# pages


def test_the_list_is_filtered_by_its_address(county, client):
    counties.visit(county, hazards=2)
    counties.visit(only(county, 1))
    update(county)
    dismiss(county, stored(county, kind="alone")[0])
    world.sign_in(client, county.officer)
    firm, provider = county.enterprises[1], county.contract.provider_org_id

    def shown(**query) -> int:
        return len(client.get(LIST, query).context["slice"].rows)

    assert shown() == 5
    assert shown(kind="photo_seen") == 2
    assert shown(q=firm.name) == 3
    assert shown(assignment=county.assignments[1].pk, kind="alone") == 1
    assert shown(batch=county.batch.pk, provider=provider) == 5
    assert shown(state="dismissed") == 1
    assert (shown(state="all"), shown(state="lapsed")) == (6, 0)
    assert (shown(kind="nonsense"), shown(provider=987654)) == (0, 0)
    assert shown(sort="-firm") == 5
    page = client.get(LIST, {"state": "dismissed"}).content.decode()
    assert "共 1 个，已经排除" in page
    assert "电话核实，同事迟到" in page


def test_dismissing_needs_a_reason_keeps_the_filter_and_can_be_taken_back(county, client):
    counties.visit(county)
    update(county)
    sign = one(county, "alone")
    world.sign_in(client, county.officer)
    url, long = f"/signs/{sign.pk}/dismiss/?kind=alone", "核" * 201
    for typed, words in (("", "请填写排除原因"), (long, "200")):
        answer = client.post(url, {"reason": typed})
        assert answer.status_code == 422
        assert words in answer.content.decode()
        assert typed in answer.content.decode()
    done = client.post(url, {"reason": "同事<b>后到"})
    assert done.url == f"{LIST}?kind=alone&undo={sign.pk}"
    page = client.get(done.url).content.decode()
    assert "同事&lt;b&gt;后到" in page
    assert "没有符合条件的疑点" in page
    again = client.post(url, {"reason": "又一次"})
    assert "已由" in again.content.decode()
    assert "又一次" in again.content.decode()
    back = client.post(f"/signs/{sign.pk}/restore/?kind=alone")
    assert back.url == f"{LIST}?kind=alone"
    assert "已恢复" in client.get(back.url).content.decode()
    assert one(county, "alone").dismissed_at is None


def test_the_list_and_the_enterprise_cost_the_same_for_few_and_many(county, client):
    furnished(county, county.assignments, 0)
    update(county)
    world.sign_in(client, county.officer)
    pages = [LIST, f"{LIST}?sort=-firm", f"/visits/of/{county.assignment.pk}/"]
    few = {}
    for url in pages:
        client.get(url)
        few[url] = statements(lambda url=url: client.get(url))
    furnished(county, many(county, 48), 10)
    update(county)
    assert {url: statements(lambda url=url: client.get(url)) for url in pages} == few
    with acting_as(county.admin):
        assert Sign.objects.standing().count() > 50


def test_pages_of_the_list_follow_one_another(county, client):
    furnished(county, [*county.assignments, *many(county, 48)], 0)
    update(county)
    world.sign_in(client, county.officer)
    seen, token = [], ""
    while True:
        page = client.get(LIST, {"after": token, "sort": "kind"}).context["slice"]
        seen += [row.pk for row in page.rows]
        token = page.after
        if not token:
            break
    assert len(seen) == len(set(seen)) == len(stored(county, lapsed_at=None))


def test_thresholds_are_an_agencys_own_with_who_and_when(county, client, tasks_are_kept):
    other = counties.build("130400", base=500)
    world.sign_in(client, county.officer)
    assert client.get(SET).status_code == 403
    world.sign_in(client, county.admin)
    page = client.get(SET).content.decode()
    assert "现在全部是默认值" in page
    values = {name: about.default for name, about in ABOUT.items()}
    wrong = client.post(SET, values | {"photo_bits": 12, "copies": "三"})
    assert wrong.status_code == 422
    assert "应在0至11位之间" in wrong.content.decode()
    assert "请填写整数" in wrong.content.decode()
    assert client.post(SET, values | {"copies": 5, "people": ""}).url == LIST
    with acting_as(county.admin):
        row = SignThresholds.objects.get()
        assert (row.values, row.changed_by_name) == ({"copies": 5}, county.admin.display)
        assert row.changed_at == counties.NOW
        assert thresholds_of(county.zone.pk) == replace(DEFAULTS, copies=5)
    with acting_as(other.admin):
        assert thresholds_of(other.zone.pk) == DEFAULTS
    assert "1项与默认值不同" in client.get(SET).content.decode()
    with acting_as(county.admin), pytest.raises(DomainError, match="应在1至10人之间"):
        thresholds_save(actor=county.admin, values={"people": 0})
