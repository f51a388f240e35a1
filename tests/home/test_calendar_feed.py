"""A link reads as one membership and ends with it; what it gives is a calendar that others can read."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from accounts.models import User
from common.scope import acting_as
from home.calendars import AHEAD, PAST, feed_make, feed_revoke
from home.models import CalendarFeed
from inspections.models import Hazard
from tenancy.actors import SYSTEM
from tenancy.models import Membership
from tests import county as counties
from tests import world

pytestmark = pytest.mark.django_db
TODAY = counties.NOW.date()
DAY = timedelta(days=1)


@pytest.fixture
def county():
    return counties.build()


def make(actor):
    with acting_as(actor):
        return feed_make(actor=actor)


def fetch(token, **headers):
    return Client().get(reverse("home:calendar-feed", args=[token]), headers=headers)


def events(token):
    answer = fetch(token)
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/calendar")
    return Calendar.from_ical(answer.content).walk("VEVENT")


def test_an_enterprise_reads_its_deadlines_whole_days_with_names_kept_apart(county):
    hazards = counties.issued(county, hazards=2)
    place = "东区,二层;配电间\n旁"
    with acting_as(county.admin):
        Hazard.objects.filter(pk=hazards[0].pk).update(place=place, due_on=TODAY + 3 * DAY)
    found = {str(e["uid"]): e for e in events(make(county.principal))}
    one = found[f"rectify-{hazards[0].pk}@anfu"]
    assert one.decoded("dtstart") == TODAY + 3 * DAY
    assert one.decoded("dtend") == TODAY + 4 * DAY
    assert place in str(one["summary"])
    assert str(one["url"]).endswith(reverse("inspections:hazard", args=[hazards[0].pk]))
    assert len(found) == 2


def test_nothing_of_people_and_nothing_of_others_stands_in_it(county):
    counties.issued(county)
    other = counties.build("130372", base=500)
    for actor in (county.officer, county.lead, county.principal, other.principal):
        content = fetch(make(actor)).content.decode()
        assert "13405461647" not in content
        assert "张立新" not in content
    assert events(make(other.principal)) == []
    assert events(make(county.officer)) == []  # no contract was put into his hands
    assert len(events(make(county.admin))) == 1


def test_only_a_window_of_days_is_in_it(county):
    hazards = counties.issued(county, hazards=4)
    for hazard, day in zip(hazards, (-PAST, -PAST - DAY, AHEAD, AHEAD + DAY), strict=True):
        with acting_as(county.admin):
            Hazard.objects.filter(pk=hazard.pk).update(due_on=TODAY + day)
    for actor in (county.principal, county.admin):
        days = {event.decoded("dtstart") for event in events(make(actor))}
        assert days == {TODAY - PAST, TODAY + AHEAD}


def test_what_did_not_change_is_not_sent_again_and_ids_stay(county):
    counties.issued(county)
    token = make(county.principal)
    first = fetch(token)
    again = fetch(token, if_none_match=first["ETag"])
    assert again.status_code == 304
    assert again.content == b""
    assert fetch(token, if_none_match='"else"').content == first.content
    with acting_as(county.admin):
        Hazard.objects.update(due_on=TODAY + DAY)
    moved = fetch(token, if_none_match=first["ETag"])
    assert moved.status_code == 200
    uids = [str(e["uid"]) for e in Calendar.from_ical(first.content).walk("VEVENT")]
    assert uids == [str(e["uid"]) for e in Calendar.from_ical(moved.content).walk("VEVENT")]


def test_a_link_ends_when_it_is_renewed_revoked_or_its_member_leaves(county):
    first = make(county.principal)
    second = make(county.principal)
    assert fetch(first).status_code == 410
    assert fetch(second).status_code == 200
    with acting_as(SYSTEM):
        Membership.objects.filter(pk=county.principal.member).update(ended_at=timezone.now())
    assert fetch(second).status_code == 410
    third = make(county.lead)
    with acting_as(county.lead):
        feed_revoke(actor=county.lead)
        feed_revoke(actor=county.lead)
    assert fetch(third).status_code == 410
    assert fetch("x" * 43).status_code == 404


def test_the_secret_is_shown_once_and_kept_nowhere(county):
    client, url = world.client_of(county.principal), reverse("home:calendar-link")
    page = client.post(url, {"act": "make"})
    link = page.context["link"]
    assert link in page.content.decode()
    token = link.rsplit("/", 1)[1].removesuffix(".ics")
    assert token not in client.get(url).content.decode()
    with acting_as(county.principal):
        row = CalendarFeed.objects.get()
    assert token not in str(row.__dict__)
    assert fetch(token).status_code == 200
    assert client.post(url, {"act": "revoke"}).status_code == 200
    assert fetch(token).status_code == 410


def test_a_link_is_seen_by_its_owner_alone(county):
    make(county.principal)
    for actor in (county.officer, county.admin, county.lead):
        with acting_as(actor):
            assert CalendarFeed.objects.count() == 0


def test_a_closed_account_ends_its_links_as_well(county):
    token = make(county.principal)
    with acting_as(SYSTEM):
        User.objects.filter(pk=county.principal.user_id).update(is_active=False)
    assert fetch(token).status_code == 410


def test_whoever_asks_too_often_is_told_when_to_come_again(county, settings):
    settings.RATELIMIT_ENABLE = True
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"public": "3/h"}
    cache.clear()
    token = make(county.principal)
    assert [fetch(token).status_code for _ in range(4)] == [200, 200, 200, 429]
    assert 0 < int(fetch(token)["Retry-After"]) <= 3600
    guessed = fetch("x" * 43)  # by address: guessing links is no way round it
    assert guessed.status_code == 429
