"""One list of what waits for me by urgency, and what I was told: read, unread, never somebody else's."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from common.paging import count_each
from common.scope import acting_as
from home.sources import SOURCES, sources_for
from home.waiting import LATE, LATER, ONE, THREE, TODAY, urgency_of, waiting
from inspections.models import Hazard
from inspections.services import extension_ask, extension_grant
from notifications.models import Notification
from notifications.services import Message, notify_many
from tenancy.workdays import WorkCalendar
from tests import county as counties
from tests import world

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
TODAY_ = counties.NOW.date()


@pytest.fixture
def county():
    return counties.build()


def keys(actor):
    with acting_as(actor):
        return {source.key: number for source, number in waiting(actor).counts}


def asked(county):
    """An extension that the enterprise asks for, which the regulator must answer."""
    hazard = counties.issued(county)[0]
    with acting_as(county.principal):
        return extension_ask(
            actor=county.principal, hazard=hazard, reason="配件没有到货", safeguard="停用并设警戒",
            wanted_on=hazard.due_on + 10 * DAY,
        )  # fmt: skip


def tell(actor, count=1, kind="hazard.issued", url="/deadlines/"):
    with acting_as(actor):
        messages = [Message(actor.org, f"消息{n}", url) for n in range(count)]
        notify_many(messages, kind=kind, at=counties.NOW)


def test_each_waits_for_whose_turn_it_is_and_is_gone_once_done(county):
    counties.visit(county)
    assert "confirm" in keys(county.lead)
    assert "rectify" not in keys(county.principal)
    with acting_as(county.lead):
        found = Hazard.objects.get()
    assert "confirm" not in keys(county.inspector)
    counties.issued(county)
    assert keys(county.principal)["rectify"] >= 1
    assert found.pk is not None


def test_an_extension_waits_for_the_regulator_until_it_is_answered(county):
    extension = asked(county)
    assert keys(county.officer)["extension"] == 1
    assert "extension" not in keys(county.lead)
    page = world.client_of(county.officer).get(reverse("home:inbox")).content.decode()
    assert reverse("inspections:extension-answer", args=[extension.pk]) in page
    with acting_as(county.officer):
        extension_grant(actor=county.officer, extension=extension, granted_on=extension.wanted_on)
    assert "extension" not in keys(county.officer)


def test_another_countys_work_waits_for_nobody_here(county):
    other = counties.build("130372", base=500)
    asked(other)
    above = world.member(world.agency("1303").org, "officer")
    assert "extension" not in keys(county.officer)
    assert "extension" not in keys(above)  # he sees it, and it is not his to answer first


@pytest.mark.parametrize(
    ("days", "urgency"), [(-1, LATE), (0, TODAY), (1, ONE), (3, THREE), (4, LATER)]
)
def test_urgency_is_by_working_days(days, urgency):
    due = TODAY_ + days * DAY  # of a Monday
    assert urgency_of(due, TODAY_, WorkCalendar().between(TODAY_, due)) == urgency


def test_the_most_urgent_stands_first(county):
    hazards = counties.issued(county, hazards=4)
    shifts = (9, -2, 0, 2)
    with acting_as(county.admin):
        for hazard, shift in zip(hazards, shifts, strict=True):
            Hazard.objects.filter(pk=hazard.pk).update(due_on=TODAY_ + shift * DAY)
    with acting_as(county.principal):
        groups = waiting(county.principal).groups
    dates = [item.due_on for _, items in groups for item in items if item.due_on]
    assert dates == sorted(dates)
    assert [title for title, _ in groups][:3] == ["已逾期", "今天到期", "3个工作日以内"]
    page = world.client_of(county.principal).get(reverse("home:inbox")).content.decode()
    assert "逾期 1 件" in page


def test_every_source_can_be_asked_and_led_to_by_everybody_it_is_for(scenes):
    county = scenes[0].county
    for actor in (county.admin, county.officer, county.lead, county.inspector, county.principal):
        with acting_as(actor):
            found = waiting(actor)
            for source in sources_for(actor):
                list(source.first(actor, 2))
        client = world.client_of(actor)
        for _, items in found.groups:
            for item in {item.source.key: item for item in items}.values():
                assert client.get(item.url).status_code in (200, 302), item.source.key
    assert len({source.key for source in SOURCES}) == len(SOURCES)


def test_a_filter_stays_in_the_address_and_nonsense_is_none(county):
    asked(county)
    client = world.client_of(county.officer)
    for query in ("kind=extension", "kind=nothing", "part=messages&topic=nothing&show=x&after=x"):
        assert client.get(f"{reverse('home:inbox')}?{query}").status_code == 200
    page = client.get(f"{reverse('home:inbox')}?kind=extension").content.decode()
    assert 'href="?kind=extension" aria-current="true"' in page


def test_as_many_statements_for_two_as_for_two_hundred(county):
    def statements(actor, query=""):
        client = world.client_of(actor)
        client.get(reverse("home:inbox") + query)
        with CaptureQueriesContext(connection) as captured:
            client.get(reverse("home:inbox") + query)
        return len(captured)

    counties.issued(county, hazards=2)
    tell(county.principal, 2)
    few = [statements(county.principal, query) for query in ("", "?part=messages")]
    with acting_as(county.admin):
        row = Hazard.objects.all()[0]
        fields = [f.attname for f in Hazard._meta.concrete_fields if f.name != "id"]
        values = {name: getattr(row, name) for name in fields}
        Hazard.objects.bulk_create(Hazard(**values | {"number": f"N{n}"}) for n in range(200))
    tell(county.principal, 200)
    many = [statements(county.principal, query) for query in ("", "?part=messages")]
    assert many == few
    assert keys(county.principal)["rectify"] == 202


def test_counts_of_several_questions_stop_at_the_limit(county):
    counties.issued(county, hazards=3)
    with acting_as(county.admin):
        rows = Hazard.objects.all()
        with CaptureQueriesContext(connection) as captured:
            assert count_each([rows, rows.none(), rows.filter(pk__in=[])], 2) == [3, 0, 0]
        assert len(captured) == 1
        assert count_each([]) == []


def test_opening_a_message_marks_it_and_leads_on(county):
    tell(county.principal, 2)
    client, url = world.client_of(county.principal), reverse("home:inbox-read")
    inbox = reverse("home:inbox") + "?part=messages"
    assert "2<span" in client.get(inbox).content.decode()
    with acting_as(county.principal):
        first, second = Notification.objects.filter(
            org_id=county.principal.org, title__startswith="消息"
        )
    answer = client.post(url, {"open": str(first.pk)})
    assert answer.url == "/deadlines/"
    answer = client.post(f"{url}?part=messages&show=unread", {"id": str(second.pk)})
    assert answer.url.endswith("?part=messages&show=unread")
    with acting_as(county.principal):
        rows = Notification.objects.filter(org_id=county.principal.org, title__startswith="消息")
        assert all(row.read_at and row.read_by_id == county.principal.member for row in rows)
    assert client.get(url).status_code == 405


def test_marking_all_marks_the_topic_that_is_shown(county):
    tell(county.principal, 2)
    tell(county.principal, 3, kind="appraisal.notice")
    client = world.client_of(county.principal)
    client.post(reverse("home:inbox-read") + "?part=messages&topic=appraisal")
    with acting_as(county.principal):
        rows = Notification.objects.filter(org_id=county.principal.org, read_at=None)
        kinds = set(rows.values_list("kind", flat=True))
    assert "appraisal.notice" not in kinds
    assert "hazard.issued" in kinds
    client.post(reverse("home:inbox-read") + "?part=messages")
    with acting_as(county.principal):
        assert not Notification.objects.filter(org_id=county.principal.org, read_at=None).exists()


def test_nobody_reads_or_marks_anothers_message(county):
    tell(county.principal)
    with acting_as(county.principal):
        message = Notification.objects.filter(title__startswith="消息").get()
    client = world.client_of(county.officer)
    for name in ("open", "id"):
        answer = client.post(reverse("home:inbox-read"), {name: str(message.pk)})
        assert answer.status_code == 404
        assert client.post(reverse("home:inbox-read"), {name: "x"}).status_code == 404
    with acting_as(county.principal):
        assert Notification.objects.get(pk=message.pk).read_at is None


def test_an_address_of_elsewhere_is_not_followed(county):
    tell(county.principal, url="//elsewhere.example/")
    with acting_as(county.principal):
        message = Notification.objects.filter(title__startswith="消息").get()
    answer = world.client_of(county.principal).post(
        reverse("home:inbox-read"), {"open": str(message.pk)}
    )
    assert answer.url == reverse("home:inbox")


def test_messages_go_by_pages_and_the_badge_stops_counting(county):
    tell(county.principal, 130)
    client = world.client_of(county.principal)
    page = client.get(reverse("home:inbox") + "?part=messages")
    assert "99+" in page.content.decode()
    assert len(page.context["slice"].rows) == 30
    after = page.context["slice"].after
    second = client.get(reverse("home:inbox"), {"part": "messages", "after": after})
    first_ids = {row.pk for row in page.context["slice"].rows}
    assert not first_ids & {row.pk for row in second.context["slice"].rows}
