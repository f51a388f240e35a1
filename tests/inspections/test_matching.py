"""Photos before and after: compared off the request, once, and shown over each other with the words."""

import hashlib
import json
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction

from common.scope import acting_as
from evidence.models import Photo, Scan
from inspections.matching.tasks import compare_missing_of_agency, compare_photos
from inspections.models import Hazard, PhotoMatch, Recheck, Visit
from inspections.selectors import checklist_items
from inspections.services import (
    answers_save,
    hazard_add,
    hazard_recheck,
    hazards_confirm,
    rectification_submit,
    visit_note,
    visit_sign,
    visit_start,
)
from tests import county as counties
from tests import world
from tests.inspections.test_framing import jpeg, mended, scene

pytestmark = pytest.mark.django_db
COUNTY = {"enterprises": 1}
TASK = "inspections.compare_photos"


def found(county, *photos: bytes) -> Hazard:
    """A hazard with these photos, issued to the enterprise."""
    actor = county.inspector
    with acting_as(actor):
        visit = visit_start(actor=actor, assignment=county.assignment)
        items = checklist_items(visit)
        answers_save(actor=actor, visit=visit, answers={i.pk: ("ok", "") for i in items})
        visit_note(visit=visit, process_note="现场检查")
        hazard_add(
            actor=actor, visit=visit, place="1号车间", description="未接地", severity="general",
            category="现场管理", basis="安全生产法", measure="接地", photos=list(photos),
        )  # fmt: skip
    county.later(minutes=70)
    with acting_as(actor):
        visit_sign(
            actor=actor, visit=visit, representative_name="张立新", representative_post="厂长",
            signature=counties.picture(kind="PNG"),
        )  # fmt: skip
    with acting_as(county.lead):
        hazards_confirm(actor=county.lead, visit=Visit.objects.get(pk=visit.pk))
        return Hazard.objects.get(visit=visit)


def mend(county, hazard, *photos: bytes, **more):
    with acting_as(county.principal):
        return rectification_submit(
            actor=county.principal, hazard=hazard, text="已接地", responsible_person="张立新",
            done_on=hazard.found_on, photos=list(photos), **more,
        )  # fmt: skip


def run(county, hazard) -> int:
    """Run the task as the worker does, for the county's agency."""
    compare_photos.push_request(headers={"anfu_agency": county.zone.pk})
    try:
        return compare_photos(str(hazard.pk))
    finally:
        compare_photos.pop_request()


def matches(county) -> list[PhotoMatch]:
    with acting_as(county.admin):
        return list(PhotoMatch.objects.select_related("before", "after").order_by("pk"))


def test_handing_in_and_rechecking_have_the_photos_compared(
    county, tasks_are_kept, django_capture_on_commit_callbacks
):
    hazard = found(county, jpeg(scene(1)))
    tasks_are_kept.clear()
    told = (TASK, (str(hazard.pk),), county.zone.pk)
    with django_capture_on_commit_callbacks(execute=True):
        mend(county, hazard, jpeg(mended(scene(1))))
    assert told in tasks_are_kept
    tasks_are_kept.clear()
    with django_capture_on_commit_callbacks(execute=True), acting_as(county.lead):
        hazard_recheck(
            actor=county.lead, hazard=hazard, result="passed",
            photos=[jpeg(scene(1).crop((270, 0, 800, 600)))],
        )  # fmt: skip
    assert told in tasks_are_kept
    assert run(county, hazard) == 2
    first, second = matches(county)
    assert (first.figures["verdict"], second.figures["verdict"]) == ("same", "near")
    assert (first.after.purpose, second.after.purpose) == ("after", "recheck")


def test_each_new_photo_is_laid_over_the_old_one_it_resembles_once(county):
    hazard = found(county, jpeg(scene(1)), jpeg(scene(2)))
    mend(county, hazard, jpeg(mended(scene(2))), jpeg(scene(7)))
    assert (run(county, hazard), run(county, hazard)) == (2, 0)
    first, second = matches(county)
    with acting_as(county.admin):
        before = list(Photo.objects.filter(purpose="before").order_by("pk"))
    assert first.before_id == before[1].pk
    assert first.text.startswith("取景一致：")
    assert first.text.endswith("；两张照片没有定位")
    assert second.text.startswith("看不出是同一处")


def test_a_hazard_without_photos_has_nothing_to_compare(county):
    hazard = found(county)
    mend(county, hazard, jpeg(scene(1)))
    assert (run(county, hazard), matches(county)) == (0, [])


def test_what_is_infected_is_not_opened(county):
    hazard = found(county, jpeg(scene(1)))
    mend(county, hazard, jpeg(scene(1)))
    with acting_as(county.admin):
        Photo.objects.filter(purpose="after").update(scan=Scan.INFECTED)
    assert run(county, hazard) == 0


def test_only_the_region_writes_a_match_and_a_stranger_sees_none(county):
    hazard = found(county, jpeg(scene(1)))
    mend(county, hazard, jpeg(scene(1)))
    for actor in (county.principal, county.lead):
        with acting_as(actor), pytest.raises(DatabaseError), transaction.atomic():
            compare_photos.run(str(hazard.pk))
    assert run(county, hazard) == 1
    other = counties.build("130400", base=500)
    seen = {}
    for name, actor in {"firm": county.principal, "lead": county.lead, "out": other.lead}.items():
        with acting_as(actor):
            seen[name] = PhotoMatch.objects.count()
            assert PhotoMatch.objects.update(text="改") == 0
            assert PhotoMatch.objects.all().delete()[0] == 0
    assert seen == {"firm": 1, "lead": 1, "out": 0}


def typed(county, hazard, *photos: bytes, **more):
    files = [SimpleUploadedFile(f"{n}.jpg", p, "image/jpeg") for n, p in enumerate(photos)]
    return {
        "text": "已接地", "responsible_person": "张立新", "done_on": hazard.found_on.isoformat(),
        "photos": files, **more,
    }  # fmt: skip


def test_where_the_pages_camera_took_a_photo_goes_with_that_photo_alone(county, client):
    hazard = found(county, jpeg(scene(1)))
    world.sign_in(client, county.principal)
    shot, chosen = jpeg(scene(3)), jpeg(scene(4))
    spots = json.dumps({hashlib.sha256(shot).hexdigest(): [39.935, 119.6, 12.3]})
    data = typed(county, hazard, shot, chosen, spots=spots)
    assert client.post(f"/hazards/{hazard.pk}/submit/", data).status_code == 302
    with acting_as(county.admin):
        places = [
            (p.latitude, p.longitude, p.accuracy)
            for p in Photo.objects.filter(purpose="after").order_by("pk")
        ]
    assert places == [(Decimal("39.935000"), Decimal("119.600000"), 13), (None, None, None)]


@pytest.mark.parametrize(
    "spots", ["{", "[]", "5", '{"a": 1}', '{"a": [91, 0]}', '{"a": ["x", 0]}', '{"a": [NaN, 0]}']
)
def test_nonsense_about_the_place_stops_nobody(county, client, spots):
    hazard = found(county, jpeg(scene(1)))
    world.sign_in(client, county.principal)
    data = typed(county, hazard, jpeg(scene(3)), spots=spots)
    assert client.post(f"/hazards/{hazard.pk}/submit/", data).status_code == 302


def test_the_page_that_hands_in_offers_the_old_photos_as_ghosts(county, client):
    hazard = found(county, jpeg(scene(1)), jpeg(scene(2)))
    world.sign_in(client, county.principal)
    page = client.get(f"/hazards/{hazard.pk}/submit/").content.decode()
    assert 'data-camera="photos"' in page
    assert page.count("data-camera-ghost=") == 2
    assert "inspections/camera.js" in page


def test_the_recheck_shows_both_with_the_words_and_the_slip_apart(county, client):
    hazard = found(county, jpeg(scene(1)), jpeg(scene(5)))
    with acting_as(county.inspector):
        rectification_submit(
            actor=county.inspector, hazard=hazard, text="已接地", responsible_person="张立新",
            done_on=hazard.found_on, photos=[jpeg(mended(scene(1)))], slip=jpeg(scene(6)),
        )  # fmt: skip
    world.sign_in(client, county.lead)
    url = f"/hazards/{hazard.pk}/recheck/"
    page = client.get(url).content.decode()
    assert "取景还没有比对" in page
    run(county, hazard)
    page = client.get(url).content.decode()
    assert page.count("data-compare-frame") == 1
    assert 'type="range"' in page
    assert "取景一致：新照片拍到原照片 100% 的画面" in page
    assert "签字确认单 1" in page
    assert page.count("没有对照") == 1
    body = client.get(f"/hazards/{hazard.pk}/").content.decode()
    assert "前后对比 1 组" in body


def test_officers_see_what_was_handed_in_where_they_give_their_opinion(
    client, django_assert_num_queries
):
    county = counties.build("130372", base=100, enterprises=1)
    order = counties.ordered(county, faults=2)
    world.sign_in(client, county.officer)
    url = f"/orders/{order.pk}/opinion/"
    assert "企业还没有提交整改" in client.get(url).content.decode()
    with acting_as(county.principal):
        hazards = list(Hazard.objects.filter(order=order).order_by("number"))
        for number, hazard in enumerate(hazards):
            rectification_submit(
                actor=county.principal, hazard=hazard, text=f"整改{number}",
                responsible_person="张立新", done_on=hazard.found_on,
                photos=[jpeg(scene(number))],
            )  # fmt: skip
    page = client.get(url).content.decode()
    assert page.count("data-compare-frame") == 2
    assert "整改0" in page
    with acting_as(county.admin):
        assert Recheck.objects.filter(hazard__in=hazards).count() == 0


@pytest.mark.parametrize("number", [1, 5])
def test_the_recheck_page_asks_the_same_number_of_questions(
    county, client, number, django_assert_num_queries
):
    hazard = found(county, *[jpeg(scene(n)) for n in range(number)])
    mend(county, hazard, *[jpeg(scene(50 + n)) for n in range(number)])
    run(county, hazard)
    world.sign_in(client, county.lead)
    client.get(f"/hazards/{hazard.pk}/recheck/")
    with django_assert_num_queries(QUERIES):
        client.get(f"/hazards/{hazard.pk}/recheck/")


QUERIES = 12


def test_a_night_sends_the_photos_that_the_queue_lost(
    county, tasks_are_kept, django_capture_on_commit_callbacks
):
    picture = scene(5)
    hazard = found(county, jpeg(picture))
    mend(county, hazard, jpeg(mended(picture)))

    def at_night():
        tasks_are_kept.clear()
        compare_missing_of_agency.push_request(headers={"anfu_agency": county.zone.pk})
        try:
            with django_capture_on_commit_callbacks(execute=True):
                compare_missing_of_agency(county.zone.pk)
        finally:
            compare_missing_of_agency.pop_request()
        return [(name, args) for name, args, _ in tasks_are_kept]

    assert at_night() == [(TASK, (str(hazard.pk),))]
    assert run(county, hazard) == 1
    assert at_night() == []
