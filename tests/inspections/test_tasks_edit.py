"""Many tasks of a batch get the same inspector or day: looked at, noted, all or none, each by its act."""

from datetime import date

import pytest
from django.urls import reverse

from agencies.models import Assignment
from audit.models import AuditEntry
from common.errors import DomainError
from common.scope import acting_as
from inspections.models import PlanChange, VisitPlan
from inspections.services import plan_approve, plan_days_set, plan_submit
from inspections.services.tasks_edit import Wanted, tasks_edit
from notifications.models import Notification
from tenancy.models import Membership
from tests import county as counties
from tests import world

pytestmark = pytest.mark.django_db
COUNTY = {"enterprises": 4}
STATEMENTS = 26
DAY, LATER = date(2026, 6, 10), date(2026, 6, 15)


def idle(county):
    return Membership.objects.select_related("user").get(pk=county.idle_inspector.member)


def edit(county, rows=None, note="小李病假", wanted=None, **more):
    with acting_as(county.lead):
        chosen = county.assignments if rows is None else rows
        return tasks_edit(
            actor=county.lead, batch=county.batch, assignment_ids=[row.pk for row in chosen],
            wanted=wanted or Wanted(idle(county), DAY), note=note, **more,
        )  # fmt: skip


def standing(county):
    with acting_as(county.lead):
        rows = Assignment.objects.filter(batch=county.batch).order_by("pk")
        return list(rows.values_list("inspector", "planned_on"))


def approved(county):
    with acting_as(county.lead):
        days = {row.pk: DAY for row in county.assignments}
        plan_days_set(actor=county.lead, batch=county.batch, days=days)
        plan = VisitPlan.objects.select_related("batch").get()
        plan_submit(actor=county.lead, plan=plan)
    with acting_as(county.officer):
        return plan_approve(actor=county.officer, plan=VisitPlan.objects.get())


def test_each_task_changes_by_an_act_of_its_own_with_note_and_group(county):
    before = standing(county)
    done = edit(county, county.assignments[:3])
    assert (done.changed, done.unchanged, done.refused) == (3, 0, [])
    new = (county.idle_inspector.member, DAY)
    assert standing(county) == [new, new, new, before[3]]
    with acting_as(county.admin):
        acts = list(AuditEntry.objects.filter(act="assignment.edit"))
    assert {(act.summary, act.data["group"]) for act in acts} == {("小李病假", str(done.group))}
    assert edit(county, county.assignments[:3]).unchanged == 3
    with acting_as(county.idle_inspector):
        told = Notification.objects.get(membership_id=county.idle_inspector.member)
        assert told.title.endswith("你有 3 家企业的检查任务")


def test_days_of_an_approved_plan_are_moved_as_changes_of_the_plan(county):
    approved(county)
    edit(county, wanted=Wanted(planned_on=LATER), note="下雨")
    assert {day for _, day in standing(county)} == {LATER}
    with acting_as(county.officer):
        changes = PlanChange.objects.all()
        assert {(c.from_on, c.to_on, c.reason) for c in changes} == {(DAY, LATER, "下雨")}
        assert len(changes) == 4


def test_who_was_visited_keeps_his_day_and_all_stay_unless_he_is_skipped(county):
    counties.visit(county)
    before = standing(county)
    with pytest.raises(DomainError, match=r"1 家不能修改：北方铸造厂0；一家也没有改"):
        edit(county)
    assert standing(county) == before
    done = edit(county, skips_refused=True)
    assert (done.changed, len(done.refused)) == (3, 1)
    assert standing(county)[0] == before[0]


@pytest.mark.parametrize(
    ("more", "field", "words"),
    [
        ({"note": " "}, "note", "为什么"),
        ({"wanted": Wanted()}, "inspector", "至少"),
        ({"rows": []}, "", "先选择"),
        ({"wanted": Wanted(planned_on=date(2027, 1, 1))}, "planned_on", "批次期限"),
    ],
)
def test_bad_input_changes_nothing(county, more, field, words):
    before = standing(county)
    more = {**more}
    if more.get("wanted") == Wanted():
        with acting_as(county.lead), pytest.raises(DomainError, match=words):
            tasks_edit(
                actor=county.lead, batch=county.batch, assignment_ids=[county.assignment.pk],
                wanted=Wanted(), note="x",
            )  # fmt: skip
    else:
        with pytest.raises(DomainError, match=words) as error:
            edit(county, **more)
        assert (error.value.field or "") == field
    assert standing(county) == before


def test_another_batchs_task_and_another_bodys_person_are_refused(county):
    other = counties.build("139907", base=7000)
    before = standing(county)
    with pytest.raises(DomainError, match="不在本批次"):
        edit(county, [*county.assignments, *other.assignments])
    with acting_as(other.lead):
        stranger = Membership.objects.select_related("user").get(pk=other.inspector.member)
    with pytest.raises(DomainError, match="不在本机构"):
        edit(county, wanted=Wanted(stranger))
    assert standing(county) == before


def test_the_page_shows_what_changes_keeps_what_was_typed_and_does_it(county):
    client = world.client_of(county.lead)
    url = reverse("inspections:batch-tasks", args=[county.batch.pk])
    assert county.enterprises[3].name in client.get(url).content.decode()
    asked = {"ids": [county.assignment.pk], "inspector": county.idle_inspector.member,
             "planned_on": "2026-06-10", "note": "小李病假", "do": "preview"}  # fmt: skip
    wrong = client.post(url, {**asked, "note": ""})
    assert wrong.status_code == 422
    assert 'value="2026-06-10"' in wrong.content.decode()
    shown = client.post(url, asked).content.decode()
    assert "要改 1 家" in shown
    assert standing(county)[0][1] is None
    assert client.post(url, {**asked, "do": "save"}).status_code == 302
    assert standing(county)[0] == (county.idle_inspector.member, DAY)
    who = f"{url}?inspector={county.idle_inspector.member}"
    every = {**asked, "ids": [], "all_of_filter": "1", "planned_on": "2026-06-11", "do": "save"}
    client.post(who, every)
    assert [day for _, day in standing(county)] == [date(2026, 6, 11), None, None, None]


def test_officers_and_strangers_do_not_edit_a_providers_tasks(county):
    url = reverse("inspections:batch-tasks", args=[county.batch.pk])
    other = counties.build("139907", base=7000)
    assert world.client_of(county.officer).get(url).status_code == 403
    assert world.client_of(county.inspector).get(url).status_code == 403
    assert world.client_of(other.lead).get(url).status_code == 404


@pytest.mark.parametrize("number", [1, 4])
def test_the_page_takes_as_many_statements_for_many_as_for_one(
    county, number, django_assert_num_queries
):
    client = world.client_of(county.lead)
    url = reverse("inspections:batch-tasks", args=[county.batch.pk])
    asked = {"inspector": county.idle_inspector.member, "note": "x", "do": "preview",
             "ids": [row.pk for row in county.assignments[:number]]}  # fmt: skip
    client.post(url, asked)
    with django_assert_num_queries(STATEMENTS):
        client.post(url, asked)
