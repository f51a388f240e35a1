"""Deadlines are warned of before their day and reported upwards after it, each step once."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agencies.grants import officer_grant
from common.errors import DomainError
from common.scope import acting_as
from home import tasks
from home.models import DeadlineRules, DeadlineWarning
from home.warnings import bands, deadlines_warn, rules_of, rules_save
from inspections.models import Hazard
from inspections.services import extension_ask
from notifications.models import Notification
from tenancy.enums import Role
from tenancy.models import Agency, Membership
from tenancy.tasks import system_agency
from tenancy.workdays import WorkCalendar
from tests import county as counties
from tests import world

pytestmark = pytest.mark.django_db
TODAY = counties.NOW.date()  # Monday 2026-06-08
Step = DeadlineWarning.Step


@pytest.fixture
def county():
    return counties.build()


def due(county, days, count=1):
    """Hazards of the enterprise that fall due so many calendar days from today."""
    rows = counties.issued(county, hazards=count)
    with acting_as(county.admin):
        Hazard.objects.filter(pk__in=[h.pk for h in rows]).update(
            due_on=TODAY + timedelta(days=days), due_days=None, due_from=None
        )
    return rows


def warn(county):
    actor = system_agency(county.zone.pk)
    with acting_as(actor):
        return deadlines_warn(actor=actor, agency_id=county.zone.pk)


def warned(county):
    with acting_as(county.admin):
        return list(
            DeadlineWarning.objects.filter(kind="hazard").order_by("pk").values_list("step", "told")
        )


def titles(actor, kind="deadline"):
    with acting_as(actor):
        rows = Notification.objects.filter(kind__startswith=kind, org_id=actor.org)
        mine = rows.filter(membership_id__in=[actor.membership_id]) | rows.filter(
            membership_id=None
        )
        return list(mine.order_by("pk").values_list("title", flat=True))


@pytest.mark.parametrize(
    ("days", "step"),
    [
        (4, None),  # Friday: four working days left
        (3, Step.FIRST), (2, Step.FIRST), (1, Step.LAST), (0, Step.LAST),
        (-1, Step.OFFICER),  # Sunday: today is the first working day after it
        (-5, Step.LEADER),  # Wednesday before
        (-14, Step.SUPERIOR),
    ],
)  # fmt: skip
def test_a_hazard_is_told_of_in_the_step_of_its_working_days(county, days, step):
    due(county, days)
    warn(county)
    assert [s for s, _ in warned(county)] == ([step] * len(warned(county)) if step else [])
    assert bool(warned(county)) == (step is not None)


def test_the_enterprise_gets_one_message_for_all_that_fall_due(county):
    due(county, 3, count=2)
    assert warn(county) == 2
    assert len(titles(county.principal)) == 1
    assert "还剩3个工作日" in titles(county.principal)[0]
    assert titles(county.officer) == []


def test_a_second_run_tells_nothing_and_a_moved_deadline_is_told_of_anew(county):
    hazards = due(county, 3)
    assert warn(county) == 1
    assert warn(county) == 0
    with acting_as(county.admin):
        Hazard.objects.filter(pk=hazards[0].pk).update(due_on=TODAY + timedelta(days=1))
    assert warn(county) == 1
    assert len(titles(county.principal)) == 2


def test_after_three_days_without_a_run_the_state_of_today_is_told_and_no_more(county):
    due(county, 3)
    county.later(days=4)  # Friday: overdue since Thursday's evening, one working day
    warn(county)
    assert {step for step, _ in warned(county)} == {Step.OFFICER}
    assert titles(county.principal) == []  # the nightly word of what is late told it already


def test_lateness_climbs_step_by_step_and_each_step_is_on_record(county):
    leader = world.member(county.zone.org, Role.AGENCY_LEADER)
    above = world.agency(county.zone.region_code[:4])
    with acting_as(county.admin):
        officer_grant(county.contract, Membership.objects.get(pk=county.officer.member))
        Agency.objects.filter(pk=county.zone.pk).update(parent=above)
    due(county, -1)
    told = []
    for _ in range(20):
        warn(county)
        told = [step for step, _ in warned(county)]
        county.later(days=1)
    assert sorted(set(told)) == sorted([Step.OFFICER, Step.LEADER, Step.SUPERIOR])
    assert len(told) == len(set(told)) * told.count(Step.OFFICER)
    assert len(titles(county.officer)) == 3  # hears of what goes up
    assert len(titles(leader)) == 2
    assert titles(county.second_officer) == []
    watching = world.member(above.org, Role.AGENCY_LEADER)
    assert len(titles(watching)) == 1
    assert any("上级机关" in words for _, words in warned(county))


def test_what_was_settled_or_is_another_agencys_is_not_told_of(county):
    hazards = due(county, 1)
    other = counties.build("130372", base=500)
    with acting_as(county.admin):
        Hazard.objects.filter(pk__in=[h.pk for h in hazards]).update(state="submitted")
    assert warn(county) == 0
    assert warn(other) == 0


def test_an_extension_that_is_not_answered_is_told_to_the_office(county):
    hazard = due(county, 10)[0]
    with acting_as(county.principal):
        extension_ask(
            actor=county.principal, hazard=hazard, reason="配件没有到货", safeguard="停用并设警戒",
            wanted_on=TODAY + timedelta(days=20),
        )  # fmt: skip
    county.later(days=9)
    warn(county)
    assert any("答复延期申请" in title for title in titles(county.officer))


def test_the_days_are_the_agencys_own_and_a_wrong_order_is_refused_at_the_field(county):
    good = {
        "first_days": 5, "last_days": 2, "officer_days": 1, "leader_days": 2, "superior_days": 4,
    }  # fmt: skip
    with acting_as(county.admin):
        with pytest.raises(DomainError) as wrong:
            rules_save(actor=county.admin, **{**good, "last_days": 5})
        assert wrong.value.field == "last_days"
        assert DeadlineRules.objects.count() == 0
    client, url = world.client_of(county.admin), reverse("home:deadline-rules")
    page = client.post(url, good | {"leader_days": 1})
    assert page.status_code == 422
    assert "应多于告知监管人员的天数" in page.content.decode()
    assert client.post(url, good | {"first_days": "many"}).status_code == 422
    assert client.post(url, good).status_code == 302
    with acting_as(county.admin):
        assert rules_of(county.zone.pk).first_days == 5
    due(county, 5)  # Saturday: five working days
    warn(county)
    assert {step for step, _ in warned(county)} == {Step.FIRST}


def test_as_many_statements_for_many_as_for_few(county):
    def statements():
        with CaptureQueriesContext(connection) as captured:
            warn(county)
        return len(captured)

    due(county, 3)
    few = statements()
    with acting_as(county.admin):
        row = Hazard.objects.get()
        fields = [f.attname for f in Hazard._meta.concrete_fields if f.name != "id"]
        values = {name: getattr(row, name) for name in fields}
        Hazard.objects.bulk_create(
            Hazard(**values | {"number": f"N{n}", "due_on": TODAY + timedelta(days=1 + n % 3)})
            for n in range(60)
        )
    assert statements() <= few + 1  # the band that was empty before


def test_beat_sends_the_work_to_every_agency(
    county, tasks_are_kept, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        tasks.warn_of_deadlines.apply().get()
    names = {(name, agency) for name, _, agency in tasks_are_kept}
    assert ("home.warn_of_deadlines_of_agency", county.zone.pk) in names


@given(
    st.dates(date(2024, 1, 1), date(2026, 12, 1)),
    st.integers(1, 5), st.integers(1, 5), st.integers(1, 5), st.integers(1, 8), st.integers(1, 8),
)  # fmt: skip
def test_every_day_is_in_one_band_at_most_and_by_its_working_days(
    today, last, more, officer, leader, superior
):
    rules = DeadlineRules(
        last_days=last, first_days=last + more, officer_days=officer,
        leader_days=officer + leader, superior_days=officer + leader + superior,
    )  # fmt: skip
    calendar = WorkCalendar()
    asked = bands(rules, calendar, today)
    for shift in range(-60, 40):
        day = today + timedelta(days=shift)
        found = [b.step for b in asked if (b.after is None or day > b.after) and day <= b.until]
        left = calendar.between(today, day)
        if day >= today:
            expected = Step.LAST if left <= last else Step.FIRST if left <= last + more else None
        else:
            late = -left
            expected = (
                Step.SUPERIOR if late >= rules.superior_days
                else Step.LEADER if late >= rules.leader_days
                else Step.OFFICER if late >= officer
                else None
            )  # fmt: skip
        assert found == ([expected] if expected else []), (day, left)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(0, 6), min_size=1, max_size=8))
def test_however_often_and_late_it_runs_no_step_is_told_twice(scene_of_warnings, waits):
    county = scene_of_warnings
    for wait in waits:
        county.later(days=wait)
        warn(county)
        warn(county)
    with acting_as(county.admin):
        rows = list(DeadlineWarning.objects.values_list("kind", "subject_id", "due_on", "step"))
    assert len(rows) == len(set(rows))


@pytest.fixture
def scene_of_warnings(county):
    due(county, 5)
    return county


def test_a_superior_or_a_stranger_sees_only_what_is_his(county):
    due(county, 1)
    warn(county)
    other = counties.build("130372", base=500)
    for actor in (other.admin, county.principal, county.lead):
        with acting_as(actor):
            assert DeadlineWarning.objects.count() == 0
    with acting_as(county.officer):
        assert DeadlineWarning.objects.count() > 0
