"""Taking assignments back: at each phase, several at once, undone on the same day."""

import pytest
from django.urls import reverse

from agencies.grants import assigned_to, may_log_visit
from agencies.models import Assignment
from agencies.services import (
    assignment_restore,
    assignment_withdraw,
    assignments_withdraw,
    batch_assign,
    inspectors_assign,
)
from audit.models import AuditEntry
from common.errors import DomainError
from common.scope import acting_as
from enterprises.models import Enterprise
from inspections.field.bundle import bundle_for
from inspections.models import Hazard
from inspections.services import visit_start
from notifications.models import Notification
from tests import county as counties
from tests import world

pytestmark = pytest.mark.django_db


@pytest.fixture
def county():
    return counties.build(enterprises=4)


def withdraw(county, number=0, **more):
    with acting_as(county.admin):
        row = Assignment.objects.get(pk=county.assignments[number].pk)
        return assignment_withdraw(
            actor=county.admin, assignment=row, withdrawal="stopped", reason="停产", **more
        )


def restore(county, number=0, reason="误操作"):
    with acting_as(county.admin):
        row = Assignment.objects.get(pk=county.assignments[number].pk)
        return assignment_restore(actor=county.admin, assignment=row, reason=reason)


def several(county, numbers, **more):
    with acting_as(county.admin):
        return assignments_withdraw(
            actor=county.admin, batch=county.batch,
            assignment_ids=[county.assignments[n].pk for n in numbers],
            **{"withdrawal": "stopped", "reason": "停产", **more},
        )  # fmt: skip


def left(county):
    with acting_as(county.admin):
        rows = Assignment.objects.filter(batch=county.batch).order_by("pk")
        return [row.withdrawn_at is not None for row in rows]


def test_not_begun_its_file_its_inspector_and_its_place_on_the_phone_are_gone(county):
    first = county.assignment
    withdraw(county)
    with acting_as(county.lead):
        assert not Enterprise.objects.filter(pk=first.enterprise_id).exists()
        told = Notification.objects.get(kind="assignment.withdrawn", org_id=county.lead.org_id)
        assert "北方铸造厂0" in told.title
    with acting_as(county.inspector):
        assert first.pk not in assigned_to([county.inspector.member]).values_list("pk", flat=True)
        assert not may_log_visit(county.inspector, first)
        keys = [place["assignment"] for place in bundle_for(county.inspector)["places"]]
        assert first.pk not in keys
        assert len(keys) == 3


def test_with_visits_and_open_hazards_they_stay_on_record(county):
    [hazard] = counties.issued(county)
    withdraw(county)
    with acting_as(county.admin):
        assert Hazard.objects.get(pk=hazard.pk).state == "issued"
    with acting_as(county.principal):
        assert Hazard.objects.filter(pk=hazard.pk).exists()


def test_an_open_visit_has_to_be_finished_first(county):
    counties.visit(county, sign=False)
    with pytest.raises(DomainError, match="还没有签字"):
        withdraw(county)
    with acting_as(county.inspector):
        assert may_log_visit(county.inspector, county.assignment)


def test_undone_on_the_same_day_everything_is_as_it_was_but_for_the_inspector(county):
    [hazard] = counties.issued(county)
    withdraw(county)
    with pytest.raises(DomainError, match="恢复原因") as error:
        restore(county, reason=" ")
    assert error.value.field == "reason"
    found = restore(county)
    assert (found.withdrawn_at, found.withdrawal, found.inspector_id) == (None, "", None)
    assert found.state == "guidance"
    with acting_as(county.lead):
        assert Enterprise.objects.filter(pk=found.enterprise_id).exists()
        assert Hazard.objects.filter(pk=hazard.pk, assignment=found.pk).exists()
        plan = {found.pk: county.inspector.member}
        inspectors_assign(actor=county.lead, batch=county.batch, plan=plan)
    with acting_as(county.inspector):
        visit_start(
            actor=county.inspector,
            assignment=Assignment.objects.select_related(
                "enterprise", "batch__contract", "owner_agency__org"
            ).get(pk=found.pk),
        )
    with acting_as(county.admin):
        acts = AuditEntry.objects.filter(subject_id=str(found.pk))
        names = set(acts.values_list("act", flat=True))
    assert {"assignment.withdraw", "assignment.restore"} <= names


def test_it_is_too_late_on_the_next_day_and_after_a_replacement_or_a_new_assignment(county):
    withdraw(county)
    county.later(days=1)
    with pytest.raises(DomainError, match="当天"):
        restore(county)
    with acting_as(county.admin):
        other = counties.enterprise(county.zone, 77)
    withdraw(county, 1, replacement_id=other.pk)
    with pytest.raises(DomainError, match="替换"):
        restore(county, 1)
    withdraw(county, 2)
    with acting_as(county.admin):
        batch_assign(
            actor=county.admin, batch=county.batch,
            enterprise_ids=[county.assignments[2].enterprise_id],
        )  # fmt: skip
    with pytest.raises(DomainError, match="重新指派"):
        restore(county, 2)
    with pytest.raises(DomainError, match="没有退出"):
        restore(county, 3)


def test_several_leave_for_one_reason_each_by_an_act_of_its_own(county):
    done = several(county, [0, 1, 2])
    assert (done.count, done.refused) == (3, [])
    assert left(county) == [True, True, True, False]
    with acting_as(county.admin):
        acts = AuditEntry.objects.filter(act="assignment.withdraw")
        assert {act.data["group"] for act in acts} == {str(done.group)}
        assert acts.count() == 3


def test_all_or_none_unless_those_that_cannot_are_skipped(county):
    counties.visit(county, sign=False)
    with pytest.raises(DomainError, match="北方铸造厂0：有一次检查还没有签字") as error:
        several(county, [0, 1])
    assert error.value.field == "ids"
    assert left(county) == [False] * 4
    done = several(county, [0, 1], skips_refused=True)
    assert (done.count, [row.pk for row, _ in done.refused]) == (1, [county.assignment.pk])
    assert left(county) == [False, True, False, False]
    with pytest.raises(DomainError, match="还没有签字"):  # nobody could leave
        several(county, [0], skips_refused=True)


@pytest.mark.parametrize(
    ("more", "field"),
    [({"reason": " "}, "reason"), ({"withdrawal": "handed"}, "withdrawal")],
)
def test_bad_input_of_several_stands_beside_its_field(county, more, field):
    with pytest.raises(DomainError) as error:
        several(county, [0, 1], skips_refused=True, **more)
    assert error.value.field == field
    assert left(county) == [False] * 4


def test_a_strangers_assignments_are_not_taken(county):
    other = counties.build("130372", base=50)
    with acting_as(county.admin), pytest.raises(DomainError, match="请先选择企业"):
        assignments_withdraw(
            actor=county.admin, batch=county.batch, withdrawal="stopped", reason="停产",
            assignment_ids=[other.assignment.pk],
        )  # fmt: skip


# pages


def test_the_page_says_who_cannot_leave_and_keeps_what_was_chosen(county, client):
    counties.visit(county, sign=False)
    world.sign_in(client, county.admin)
    url = reverse("agencies:batch-withdraw", args=[county.batch.pk])
    assert "有一次检查还没有签字" in client.get(url).content.decode()
    ids = [a.pk for a in county.assignments[:2]]
    answer = client.post(url, {"ids": ids, "withdrawal": "stopped", "reason": "停产"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "一家也没有退出" in page
    assert page.count("checked") >= 2
    data = {"ids": ids, "withdrawal": "stopped", "reason": "停产", "skips_refused": "on"}
    shown = client.post(url, data, follow=True).content.decode()
    assert "1 家企业已退出本批次" in shown
    assert "北方铸造厂0没有退出" in shown
    record = client.get(reverse("inspections:assignment", args=[ids[1]])).content.decode()
    assert "恢复到本批次" in record
    restored = client.post(
        reverse("agencies:restore", args=[ids[1]]), {"reason": "误操作"}, follow=True
    )
    assert "已恢复到本批次" in restored.content.decode()
