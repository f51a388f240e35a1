"""Conflicts of interest: named before, refused or with a reason on record."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from agencies.conflicts import conflicts_of
from agencies.models import Assignment, ConflictReason, ServiceTie
from agencies.services import batch_assign, inspectors_assign, tie_add, tie_remove
from common.errors import DomainError
from common.scope import acting_as
from providers.services import rules_set
from tests import county as counties
from tests import world

pytestmark = pytest.mark.django_db
FROM, UNTIL = date(2026, 5, 1), date(2026, 6, 30)


@pytest.fixture
def fresh(county):
    with acting_as(county.admin):
        return counties.enterprise(county.zone, 50)


def tie(county, firm, actor=None, **more):
    by = actor or county.officer
    words = {"what": "标准化咨询", "from_on": FROM, "until_on": UNTIL, **more}
    with acting_as(by):
        return tie_add(actor=by, provider_org_id=county.lead.org, enterprise=firm, **words)


def assign(county, firm, reason=""):
    with acting_as(county.admin):
        return batch_assign(
            actor=county.admin, batch=county.batch, enterprise_ids=[firm.pk],
            conflict_reason=reason,
        )  # fmt: skip


def allow(county, **values):
    with acting_as(county.admin):
        rules_set(actor=county.admin, agency=county.zone, **values)


def test_who_advises_an_enterprise_does_not_assess_it(county, fresh):
    tie(county, fresh)
    for reason in ("", "没有其他机构"):
        with pytest.raises(DomainError, match="标准化咨询") as caught:
            assign(county, fresh, reason)
        assert caught.value.field == "conflict_reason"
    with acting_as(county.admin):
        assert not Assignment.objects.filter(enterprise=fresh).exists()
        assert not ConflictReason.objects.exists()


def test_where_the_agencys_rules_allow_it_a_reason_is_written_down(county, fresh):
    tie(county, fresh)
    allow(county, allows_consultant=True)
    with pytest.raises(DomainError, match="写明理由"):
        assign(county, fresh, "  ")
    assert len(assign(county, fresh, "本地仅此一家有资质")) == 1
    with acting_as(county.lead):
        said = ConflictReason.objects.get()
        assert (said.reason, said.kind, said.enterprise_id) == (
            "本地仅此一家有资质", "consultant", fresh.pk
        )  # fmt: skip
        plan = {Assignment.objects.get(enterprise=fresh).pk: county.inspector.member}
        inspectors_assign(actor=county.lead, batch=county.batch, plan=plan)  # not asked again
        assert ConflictReason.objects.count() == 1


@pytest.mark.parametrize(
    ("first", "last", "is_conflict"),
    [
        (date(2025, 1, 1), date(2026, 5, 31), False),  # the batch runs from 1 June to 31 August
        (date(2025, 1, 1), date(2026, 6, 1), True),
        (date(2025, 1, 1), None, True),
        (date(2026, 8, 31), None, True),
        (date(2026, 9, 1), None, False),
    ],
)
def test_a_tie_counts_where_its_term_meets_the_batchs(county, fresh, first, last, is_conflict):
    tie(county, fresh, from_on=first, until_on=last)
    with acting_as(county.admin):
        assert bool(conflicts_of(county.batch, [fresh])) == is_conflict


def test_a_tie_that_was_struck_off_is_none(county, fresh):
    made = tie(county, fresh)
    with acting_as(county.lead), pytest.raises(DomainError, match="监管部门登记的"):
        tie_remove(actor=county.lead, tie=made, reason="已结束")
    with acting_as(county.officer):
        with pytest.raises(DomainError) as caught:
            tie_remove(actor=county.officer, tie=made, reason="")
        assert caught.value.field == "reason"
        tie_remove(actor=county.officer, tie=made, reason="登记错误")
        with pytest.raises(DomainError, match="已注销"):
            tie_remove(actor=county.officer, tie=made, reason="登记错误")
    assert len(assign(county, fresh)) == 1


def test_a_lead_declares_for_its_own_body_only_and_strangers_see_none(county):
    other = counties.build("130372", base=500)
    tie(county, county.enterprises[0], county.lead)
    with acting_as(county.lead), pytest.raises(DomainError, match="本机构"):
        tie_add(
            actor=county.lead, provider_org_id=other.lead.org, enterprise=county.enterprises[0],
            what="咨询", from_on=FROM,
        )  # fmt: skip
    for actor, seen in ((county.officer, 1), (county.lead, 1), (county.principal, 1),
                        (other.officer, 0), (other.lead, 0),
                            (other.principal, 0)):  # fmt: skip
        with acting_as(actor):
            assert ServiceTie.objects.count() == seen
    with acting_as(county.officer), pytest.raises(DomainError) as caught:
        tie_add(
            actor=county.officer, provider_org_id=county.lead.org, enterprise=county.enterprises[0],
            what="咨询", from_on=UNTIL, until_on=FROM,
        )  # fmt: skip
    assert caught.value.field == "until_on"


def come_again(county, times: int):
    """The inspector at the first enterprise, so many more times."""
    for _ in range(times):
        county.later(days=1)
        counties.visit(county, hazards=0)


def test_the_same_inspector_too_often_at_one_enterprise_needs_a_reason(county):
    allow(county, repeat_visits=2)
    come_again(county, 2)
    plan = {county.assignment.pk: county.inspector.member}
    idle = {county.assignment.pk: county.idle_inspector.member}

    def put(wanted, reason=""):
        with acting_as(county.lead):
            return inspectors_assign(
                actor=county.lead, batch=county.batch, plan=wanted, conflict_reason=reason
            )

    assert (put(idle), put(plan)) == (1, 1)  # twice is not more than twice
    come_again(county, 1)
    assert put(idle) == 1
    with pytest.raises(DomainError, match="已到该企业检查3次（超过2次）") as caught:
        put(plan)
    assert caught.value.field == "conflict_reason"
    assert put(plan, "只有他有该专业资格") == 1
    with acting_as(county.officer):
        said = ConflictReason.objects.get()
        assert (said.kind, said.membership_id) == ("repeat", county.inspector.member)


def test_the_conflicts_of_a_hundred_cost_what_those_of_two_cost(county):
    def ask(firms):
        with acting_as(county.lead):
            people = dict.fromkeys([firm.pk for firm in firms], world_person(county))
            with CaptureQueriesContext(connection) as queries:
                conflicts_of(county.batch, firms, people)
        return len(queries)

    with acting_as(county.admin):
        many = [counties.enterprise(county.zone, 1_000 + n) for n in range(100)]
    assert ask(county.enterprises) == ask(many)


def world_person(county):
    with acting_as(county.lead):
        rows = Assignment.objects.select_related("inspector__user")
        return rows.get(pk=county.assignment.pk).inspector


def test_the_pages_name_them_and_keep_what_was_typed(county, fresh, client):
    tie(county, fresh)
    world.sign_in(client, county.admin)
    address = reverse("agencies:batch-assign", args=[county.batch.pk])
    page = client.post(address, {"ids": [fresh.pk]}).content.decode()
    assert ("标准化咨询" in page, "不能安排" in page) == (True, True)
    refused = client.post(
        address, {"ids": [fresh.pk], "confirm": "1", "conflict_reason": "仅此一家"}
    )
    assert (refused.status_code, "仅此一家" in refused.content.decode()) == (422, True)
    allow(county, allows_consultant=True)
    data = {"ids": [fresh.pk], "confirm": "1", "conflict_reason": "仅此一家"}
    assert client.post(address, data).status_code == 302
    page = client.get(reverse("agencies:conflicts", args=[county.contract.pk])).content.decode()
    assert ("仅此一家" in page, "机构的咨询关系" in page) == (True, True)
    world.sign_in(client, county.lead)
    own = reverse("agencies:conflicts", args=[county.contract.pk])
    firm = county.enterprises[0]
    answer = client.post(
        own, {"enterprise": "", "credit_code": "", "what": "预案", "from_on": FROM}
    )
    assert answer.status_code == 422
    answer = client.post(own, {"enterprise": firm.pk, "what": "预案编制", "from_on": "2026-05-01"})
    assert answer.status_code == 302
    with acting_as(county.lead):
        assert ServiceTie.objects.get(is_declared=True).enterprise_id == firm.pk


def test_a_plan_with_a_conflict_is_shown_again_with_it(county, client):
    allow(county, repeat_visits=1)
    come_again(county, 2)
    with acting_as(county.lead):
        idle = {county.assignment.pk: county.idle_inspector.member}
        inspectors_assign(actor=county.lead, batch=county.batch, plan=idle)
    world.sign_in(client, county.lead)
    address = reverse("agencies:inspectors", args=[county.batch.pk])
    data = {f"inspector-{county.assignment.pk}": county.inspector.member, "confirm": "1"}
    page = client.post(address, data)
    assert (page.status_code, "超过1次" in page.content.decode()) == (422, True)
    assert client.post(address, {**data, "conflict_reason": "专业对口"}).status_code == 302
