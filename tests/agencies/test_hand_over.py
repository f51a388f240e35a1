"""What a suspended provider leaves under way goes to another in one step."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from agencies.models import Assignment, AssignmentUserObjectPermission
from agencies.services import (
    assignment_withdraw,
    batch_assign,
    contract_hand_over,
    hand_over_tell,
    inspectors_assign,
)
from agencies.services.handover import targets_of
from audit.models import AuditEntry
from common.errors import DomainError
from common.scope import acting_as
from inspections.access import hazard_for
from inspections.models import Hazard
from inspections.services import (
    hazard_find_unmended,
    hazard_recheck,
    rectification_submit,
    visit_start,
)
from notifications.models import Notification
from providers.services import standing_lift
from tenancy.models import Grant
from tests import county as counties
from tests import world
from tests.providers import barring
from workflow.models import WorkTask

pytestmark = pytest.mark.django_db
COUNTY = {"enterprises": 3}
WORDS = {"name": "移交批次", "code": "YJ-1", "reason": "原机构被中止服务"}


def hand_over(county, target, **more):
    with acting_as(county.admin):
        return contract_hand_over(
            actor=county.admin, contract=county.contract, target=target, **{**WORDS, **more}
        )


def test_everything_open_moves_in_one_step_and_what_is_done_stays(county):
    done = counties.accepted(county)
    target, lead = barring.second_provider(county)
    barring.barred(county)
    made = hand_over(county, target)
    assert (made.enterprises, made.hazards, made.open_visits) == (2, 0, 0)
    with acting_as(county.admin):
        old = Assignment.objects.filter(batch=county.batch).exclude(pk=done.pk)
        assert set(old.values_list("withdrawal", "withdrawn_reason")) == {
            ("handed", WORDS["reason"])
        }
        done.refresh_from_db()
        assert done.withdrawn_at is None
        new = Assignment.objects.filter(batch=made.batch)
        assert {a.replaces_id for a in new} == {a.pk for a in old}
        assert {a.provider_org_id for a in new} == {target.provider_org_id}
        assert {a.state for a in new} == {"waiting"}
        grants = Grant.objects.filter(ended_at=None).values_list("org", "subject_id")
        assert set(grants) == {(target.provider_org_id, a.enterprise_id) for a in new} | {
            (county.lead.org, done.enterprise_id)
        }
        acts = AuditEntry.objects.filter(act="servicecontract.hand_over")
        assert [act.data["enterprises"] for act in acts] == [2]
        county.batch.refresh_from_db()
        assert county.batch.recheck_completed_on is not None  # nobody is left to wait for
    for actor in (county.lead, lead):
        with acting_as(actor):
            assert Notification.objects.filter(kind="contract.handed_over").count() == 1


def test_the_old_inspectors_may_come_no_more_and_the_new_begin(county):
    target, lead = barring.second_provider(county)
    barring.barred(county)
    made = hand_over(county, target)
    with acting_as(county.inspector):
        assert not AssignmentUserObjectPermission.objects.exists()
    with acting_as(lead):
        plan = {row.pk: lead.member for row in made.batch.assignments.all()}
        assert inspectors_assign(actor=lead, batch=made.batch, plan=plan) == 3
        row = made.batch.assignments.select_related("enterprise", "batch__contract").first()
        assert visit_start(actor=lead, assignment=row).pk
        row.refresh_from_db()
        assert row.state == "survey"


def test_what_the_old_provider_found_is_rechecked_by_officers(county):
    first, second = counties.issued(county, hazards=2)
    with acting_as(county.officer), pytest.raises(PermissionDenied):
        open_recheck(county.officer, first)
    target, _ = barring.second_provider(county)
    found = barring.barred(county)
    made = hand_over(county, target)
    assert made.hazards == 2
    with acting_as(county.admin):
        standing_lift(actor=county.admin, decision=found, reason="整改属实")
    with acting_as(county.principal):
        rectification_submit(
            actor=county.principal, hazard=first, text="已接地", responsible_person="张立新",
            done_on=first.found_on, photos=[counties.picture((9, 9, 9))],
        )  # fmt: skip
    with acting_as(county.officer):
        hazard_recheck(
            actor=county.officer, hazard=open_recheck(county.officer, first), result="passed"
        )
        hazard_find_unmended(
            actor=county.officer, hazard=open_recheck(county.officer, second), reason="未动",
            new_due_on=date(2026, 7, 31),
        )  # fmt: skip
        states = Hazard.objects.order_by("number").values_list("state", "provider_org")
        assert list(states) == [("closed", county.lead.org), ("rectifying", county.lead.org)]


def open_recheck(actor, hazard):
    """What the page asks first."""
    return hazard_for(actor, hazard.pk, "hazard_recheck")


def test_what_cannot_take_it_over_is_refused_and_nothing_has_moved(county):
    target, _ = barring.second_provider(county)
    other = counties.build("130372", base=500)
    barring.barred(county)
    for wrong, field in ((county.contract, "target"), (other.contract, "target")):
        with pytest.raises(DomainError) as caught:
            hand_over(county, wrong)
        assert caught.value.field == field
    with pytest.raises(DomainError) as caught:
        hand_over(county, target, code=county.batch.code)
    assert caught.value.field == "code"
    with pytest.raises(DomainError) as caught:
        hand_over(county, target, reason="")
    assert caught.value.field == "reason"
    with acting_as(county.admin):
        assert targets_of(county.contract) == [target]
        assert Assignment.objects.filter(withdrawn_at=None).count() == 3
    with pytest.raises(DomainError, match="请选择退出类别"), acting_as(county.admin):
        assignment_withdraw(
            actor=county.admin, assignment=county.assignment, withdrawal="handed", reason="移交"
        )
    hand_over(county, target)
    with pytest.raises(DomainError, match="没有正在进行"):
        hand_over(county, target, code="YJ-2")


def test_a_barred_provider_takes_nothing_over(county):
    target, lead = barring.second_provider(county)
    barring.barred(county, about=barring.org_of(lead))
    with acting_as(county.admin):
        assert targets_of(county.contract) == []
    with pytest.raises(DomainError, match="接手机构自2026-06-16起被中止服务"):
        hand_over(county, target)


def test_the_agency_finds_it_among_its_tasks_until_it_is_done(county):
    target, _ = barring.second_provider(county)

    def tasks():
        with acting_as(county.officer):
            return list(WorkTask.objects.filter(kind="hand_over", done_at=None))

    assert tasks() == []
    found = barring.barred(county)  # at once: the agency decided itself
    [task] = tasks()
    assert task.url == reverse("agencies:hand-over", args=[county.contract.pk])
    with acting_as(county.admin):
        standing_lift(actor=county.admin, decision=found, reason="整改属实")
    assert tasks() == []
    other = counties.build("130372", base=500)
    barring.barred(other, about=barring.org_of(county.lead))
    assert tasks() == []
    with acting_as(county.admin):  # the night tells of what others decided
        assert hand_over_tell(agency_id=county.zone.pk) == 1
    hand_over(county, target)
    assert tasks() == []


@pytest.mark.parametrize("number", [5, 100])
def test_it_costs_the_same_number_of_statements_for_few_and_many(county, number):
    target, _ = barring.second_provider(county)
    with acting_as(county.admin):
        firms = [counties.enterprise(county.zone, 1_000 + n) for n in range(number)]
        batch_assign(
            actor=county.admin, batch=county.batch, enterprise_ids=[firm.pk for firm in firms]
        )
    with CaptureQueriesContext(connection) as queries:
        assert hand_over(county, target).enterprises == number + 3
    assert len(queries) <= 48


def test_the_page_lists_what_is_under_way_and_moves_it(county, client):
    counties.issued(county, hazards=2)
    address = reverse("agencies:hand-over", args=[county.contract.pk])
    world.sign_in(client, county.admin)
    page = client.get(address).content.decode()
    assert "没有可以接收的合同" in page
    assert 'name="target"' not in page
    target, _ = barring.second_provider(county)
    barring.barred(county)
    page = client.get(address).content.decode()
    assert "正在进行的企业 3 家，未销号隐患 2 项" in page
    assert (
        "被中止服务"
        in client.get(reverse("agencies:contract", args=[county.contract.pk])).content.decode()
    )
    kept = client.post(
        address, {"target": target.pk, "name": "新批", "code": "坏", "reason": "中止"}
    )
    assert (kept.status_code, "新批" in kept.content.decode()) == (422, True)
    done = client.post(
        address, {"target": target.pk, "name": "新批", "code": "YJ", "reason": "中止"}
    )
    assert done.status_code == 302
    assert (
        "3 家企业已移交"
        in client.get(reverse("agencies:contract", args=[county.contract.pk])).content.decode()
    )
    world.sign_in(client, county.officer)  # has no hand in the contract
    assert client.get(address).status_code == 403
