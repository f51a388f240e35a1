"""The plan of visits: approved and kept, days that move with a reason, and how the visits kept to it."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from agencies.models import Assignment
from agencies.services import assignment_withdraw, batch_assign
from common.errors import DomainError
from common.scope import acting_as
from inspections.models import PlanChange, VisitPlan
from inspections.services import (
    plan_approve,
    plan_day_move,
    plan_days_set,
    plan_disclose,
    plan_return,
    plan_spread,
    plan_submit,
    visit_plan_begin,
)
from inspections.services.plans import spread
from inspections.supervision import Kept, deviations, kept_of, planned_visits
from tenancy.selectors import work_calendar
from tenancy.workdays import WorkCalendar
from tests import county as counties
from tests import world

pytestmark = pytest.mark.django_db
COUNTY = {"enterprises": 4}
MONDAY = date(2026, 6, 8)  # the county's day; the 19th of June is 端午
DAYS = st.dates(date(2026, 3, 1), date(2026, 9, 1))


def planned(county, *days, state="approved"):
    """The enterprises have these days, and the plan is as far as `state`."""
    with acting_as(county.lead):
        lead = county.lead
        wanted = {a.pk: day for a, day in zip(county.assignments, days, strict=True)}
        plan_days_set(actor=lead, batch=county.batch, days=wanted)
        plan = visit_plan_begin(actor=lead, batch=county.batch)
        if state != "draft":
            plan = plan_submit(actor=lead, plan=plan)
    if state == "approved":
        with acting_as(county.admin):
            plan = plan_approve(actor=county.admin, plan=plan)
    return plan


def kept(county, today=None):
    with acting_as(county.admin):
        plan = VisitPlan.objects.filter(batch=county.batch).first()
        calendar = work_calendar(county.zone.pk)
        rows = deviations(county.batch, plan, calendar, today or MONDAY)
    return {row.assignment.pk: row for row in rows}


@given(st.integers(1, 200), st.integers(1, 60))
def test_visits_are_spread_in_order_and_no_day_has_two_more_than_another(count, length):
    days = [MONDAY + timedelta(days=n) for n in range(length)]
    found = spread(count, days)
    assert found == sorted(found)
    loads = [found.count(day) for day in days]
    assert sum(loads) == count
    assert max(loads) - min(loads) <= 1


@given(DAYS, DAYS | st.none(), DAYS)
def test_each_visit_kept_to_its_day_in_exactly_one_way(planned_on, visited_on, today):
    word, days = kept_of(planned_on, visited_on, WorkCalendar(), today)
    assert days >= 0
    if visited_on is None:
        assert word == (Kept.MISSED if today > planned_on else Kept.WAITING)
    else:
        ways = {-1: Kept.EARLY, 0: Kept.ON_DAY, 1: Kept.LATE}
        assert word == ways[(visited_on > planned_on) - (visited_on < planned_on)]
    later = kept_of(planned_on, visited_on, WorkCalendar(), today + timedelta(days=1))
    assert later[1] >= days or word == Kept.WAITING or visited_on is not None


def test_one_click_gives_every_enterprise_a_working_day(county):
    with acting_as(county.lead):
        changed = plan_spread(
            actor=county.lead, batch=county.batch, first=date(2026, 6, 18), last=date(2026, 6, 23)
        )
        days = list(
            county.batch.assignments.order_by("planned_on").values_list("planned_on", flat=True)
        )
    assert changed == 4  # 18, 22 and 23 June: the 19th is a holiday, then a weekend
    assert set(days) == {date(2026, 6, 18), date(2026, 6, 22), date(2026, 6, 23)}
    with acting_as(county.lead), pytest.raises(DomainError, match="没有工作日"):
        plan_spread(
            actor=county.lead, batch=county.batch, first=date(2026, 6, 20), last=date(2026, 6, 21)
        )


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [
        (date(2026, 6, 20), date(2026, 6, 10), "last"),
        (date(2026, 5, 1), date(2026, 6, 10), "first"),
        (date(2026, 6, 20), date(2026, 9, 10), "last"),
    ],
)
def test_a_period_that_is_none_or_outside_the_batch_is_refused(county, first, last, field):
    with acting_as(county.lead), pytest.raises(DomainError) as caught:
        plan_spread(actor=county.lead, batch=county.batch, first=first, last=last)
    assert caught.value.field == field


def test_a_plan_without_a_day_for_everybody_is_not_handed_in(county):
    with acting_as(county.lead):
        plan = visit_plan_begin(actor=county.lead, batch=county.batch)
        with pytest.raises(DomainError, match="4家企业没有计划日期"):
            plan_submit(actor=county.lead, plan=plan)


def test_who_was_visited_before_there_was_a_plan_does_not_hold_it_up(county):
    counties.visit(county)
    rest = {a.pk: date(2026, 6, 15) for a in county.assignments[1:]}
    with acting_as(county.lead):
        plan_days_set(actor=county.lead, batch=county.batch, days=rest)
        plan = visit_plan_begin(actor=county.lead, batch=county.batch)
        assert plan_submit(actor=county.lead, plan=plan).state == "submitted"
        with pytest.raises(DomainError, match="待批准"):
            plan_days_set(actor=county.lead, batch=county.batch, days=rest)


def test_a_plan_is_returned_with_a_reason_and_comes_again(county):
    days = [date(2026, 6, n) for n in (9, 10, 11, 12)]
    plan = planned(county, *days, state="submitted")
    with acting_as(county.lead), pytest.raises(DomainError, match="待批准"):
        plan_days_set(actor=county.lead, batch=county.batch, days={county.assignment.pk: None})
    with acting_as(county.admin):
        with pytest.raises(DomainError) as caught:
            plan_return(actor=county.admin, plan=plan, reason=" ")
        assert caught.value.field == "reason"
        plan = plan_return(actor=county.admin, plan=plan, reason="每天太多")
    assert (plan.state, plan.return_count) == ("returned", 1)
    plan = planned(county, *days)
    assert plan.days[str(county.assignment.pk)] == "2026-06-09"


def test_an_approved_day_moves_only_with_a_reason_in_time_and_is_kept(county):
    plan = planned(county, *[date(2026, 6, n) for n in (8, 9, 10, 11)])
    row = county.assignments[1]
    good = {"actor": county.lead, "plan": plan, "assignment": row, "to_on": date(2026, 6, 15)}
    with acting_as(county.lead):
        for wrong, words in (
            ({"reason": " "}, "变更的原因"),
            ({"reason": "停电", "to_on": date(2026, 6, 9)}, "与原日期相同"),
            ({"reason": "停电", "to_on": date(2026, 6, 5)}, "不能早于今天"),
            ({"reason": "停电", "to_on": date(2026, 9, 1)}, "不在批次期限内"),
        ):
            with pytest.raises(DomainError, match=words):
                plan_day_move(**good | wrong)
        plan_day_move(**good, reason="企业停电")
        change = PlanChange.objects.get()
        assert (change.from_on, change.to_on) == (date(2026, 6, 9), date(2026, 6, 15))
        with pytest.raises(DatabaseError), transaction.atomic():
            PlanChange.objects.update(reason="别的")
    county.later(days=1)
    with acting_as(county.lead), pytest.raises(DomainError, match="已经过去"):
        plan_day_move(**good | {"assignment": county.assignments[0]}, reason="忘了")
    found = kept(county, date(2026, 6, 9))[row.pk]
    assert (found.approved_on, found.kept, len(found.changes)) == (
        date(2026, 6, 9), "waiting", 1,
    )  # fmt: skip


def test_before_approval_a_day_is_set_and_not_moved(county):
    plan = planned(county, *[date(2026, 6, n) for n in (8, 9, 10, 11)], state="draft")
    with acting_as(county.lead), pytest.raises(DomainError, match="直接修改"):
        plan_day_move(
            actor=county.lead, plan=plan, assignment=county.assignment, reason="停电",
            to_on=date(2026, 6, 15),
        )  # fmt: skip


def test_the_deviations_say_missed_late_early_and_by_how_many_working_days(county):
    planned(county, *[date(2026, 6, n) for n in (8, 11, 17, 18)])
    on, late, early, missed = county.assignments
    with acting_as(county.lead):
        for row, day in ((on, 8), (late, 15), (early, 16)):
            Assignment.objects.filter(pk=row.pk).update(surveyed_on=date(2026, 6, day))
    found = kept(county, date(2026, 6, 24))
    assert [(found[a.pk].kept, found[a.pk].days) for a in county.assignments] == [
        ("on_day", 0), ("late", 2), ("early", 1), ("missed", 3),
    ]  # fmt: skip
    assert found[missed.pk].word == "未按期到场"
    with acting_as(county.admin):
        counted = planned_visits(county.contract.pk, date(2026, 6, 24))
    assert counted == {
        "planned": 4, "missed": 1, "late": 1, "early": 1, "on_day": 1, "moved": 0,
    }  # fmt: skip


def test_whoever_left_is_in_no_deviation(county):
    planned(county, *[date(2026, 6, n) for n in (8, 9, 10, 11)])
    with acting_as(county.admin):
        assignment_withdraw(
            actor=county.admin, assignment=county.assignment, withdrawal="closed", reason="注销"
        )
        assert planned_visits(county.contract.pk, MONDAY)["planned"] == 3
    assert county.assignment.pk not in kept(county)


def test_the_plan_is_explained_once_after_it_was_approved(county):
    plan = planned(county, *[date(2026, 6, n) for n in (8, 9, 10, 11)], state="submitted")
    told = {"actor": county.lead, "disclosed_to": "评估人员全体"}
    with acting_as(county.lead), pytest.raises(DomainError, match="批准后"):
        plan_disclose(plan=plan, disclosed_on=MONDAY, **told)
    with acting_as(county.admin):
        plan = plan_approve(actor=county.admin, plan=plan)
    with acting_as(county.lead):
        for day in (MONDAY - timedelta(days=1), MONDAY + timedelta(days=1)):
            with pytest.raises(DomainError) as caught:
                plan_disclose(plan=plan, disclosed_on=day, **told)
            assert caught.value.field == "disclosed_on"
        plan_disclose(plan=plan, disclosed_on=MONDAY, **told)
        with pytest.raises(DomainError, match="已于2026-06-08交底"):
            plan_disclose(plan=plan, disclosed_on=MONDAY, **told)


def test_the_pages_of_a_plan_go_the_whole_way(county, client):
    def url(name):
        return reverse(f"inspections:{name}", args=[county.batch.pk])

    world.sign_in(client, county.lead)
    wrong = client.post(url("plan-spread"), {"first": "2026-06-10", "last": "2026-06-01"})
    assert wrong.status_code == 422
    assert "最后一天不能早于第一天" in wrong.content.decode()
    client.post(url("plan-spread"), {"first": "2026-06-09", "last": "2026-06-12"})
    name = f"day-{county.assignment.pk}"
    client.post(url("plan-days"), {name: "nonsense"})
    client.post(url("plan-days"), {name: "2026-06-30"})
    client.post(url("plan-submit"))
    assert client.post(url("plan-approve")).status_code == 403
    world.sign_in(client, county.admin)
    client.post(url("plan-approve"))
    with acting_as(county.admin):
        plan = VisitPlan.objects.get(batch=county.batch)
    assert plan.days[str(county.assignment.pk)] == "2026-06-30"
    page = client.get(f"{url('deviations')}?show=waiting").content.decode()
    assert "未到期 4" in page
    assert "没有这样的企业" in client.get(f"{url('deviations')}?show=late").content.decode()
    export = client.get(f"{url('deviations-export')}?show=waiting")
    assert export["Content-Type"].endswith("sheet")


def test_plan_and_deviations_cost_the_same_for_few_and_many(county, client):
    planned(county, *[date(2026, 6, n) for n in (8, 9, 10, 11)])
    world.sign_in(client, county.admin)
    urls = [
        reverse(f"inspections:{name}", args=[county.batch.pk])
        for name in ("visit-plan", "deviations")
    ]

    def count(url):
        client.get(url)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(url).status_code == 200
        return len(captured)

    few = [count(url) for url in urls]
    with acting_as(county.admin):
        firms = [counties.enterprise(county.zone, n) for n in range(100, 130)]
        batch_assign(actor=county.admin, batch=county.batch, enterprise_ids=[f.pk for f in firms])
    assert [count(url) for url in urls] == few
