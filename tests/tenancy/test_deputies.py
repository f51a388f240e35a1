"""Somebody stands in for a colleague: within his days, as himself, and without a chain."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agencies.grants import may_log_visit
from audit.models import AuditEntry
from common.errors import DomainError
from common.scope import acting_as
from notifications.models import Notification
from tenancy.actors import SYSTEM, actor_for
from tenancy.deputies import deputy_end, deputy_name
from tenancy.enums import Role
from tenancy.models import Membership
from tenancy.selectors import is_same_person
from tenancy.services import certificate_add, certified_pair, membership_end
from tenancy.tasks import member_actor
from tests import county as counties
from tests import world

pytestmark = pytest.mark.django_db


@pytest.fixture
def county():
    return counties.build()


def row(pk):
    with acting_as(SYSTEM):
        return Membership.objects.select_related("user", "org__agency").get(pk=pk)


def today(days=0):
    return timezone.localdate() + timedelta(days=days)


def name(actor, of, to, first=0, last=3, reason="出差"):
    with acting_as(actor):
        return deputy_name(
            actor=actor, membership=row(of.member), to=row(to.member),
            valid_from=today(first), valid_until=today(last), reason=reason,
        )  # fmt: skip


def moved(monkeypatch, days):
    real = timezone.localdate
    monkeypatch.setattr(timezone, "localdate", lambda *a, **k: real(*a, **k) + timedelta(days=days))


def in_role(person, membership) -> Client:
    """A browser of a person who has chosen to act in one of his memberships."""
    client = world.client_of(person)
    client.post("/switch/", {"membership": membership.pk})
    return client


def test_a_deputy_does_the_colleagues_work_as_himself(county):
    deputy = name(county.inspector, county.inspector, county.idle_inspector)
    actor = actor_for(row(deputy.pk))
    with acting_as(county.idle_inspector):
        assert not may_log_visit(county.idle_inspector, county.assignment)
    with acting_as(actor):
        assert may_log_visit(actor, county.assignment)
    assert actor.user_id == county.idle_inspector.user_id
    assert f"（代{county.inspector.user_name}）" in actor.display
    page = (
        in_role(county.idle_inspector, deputy)
        .get(reverse("inspections:my-assignments"))
        .content.decode()
    )
    assert county.enterprises[0].name in page


def test_it_begins_and_ends_by_its_days(county, monkeypatch):
    deputy = name(county.inspector, county.inspector, county.idle_inspector, first=2, last=3)
    client = in_role(county.idle_inspector, deputy)  # one day and the next: nothing to choose yet
    assert len(client.get("/switch/").context["memberships"]) == 1
    with pytest.raises(PermissionError):
        member_actor(deputy.pk)
    with monkeypatch.context() as later:
        moved(later, 2)
        assert len(client.get("/switch/").context["memberships"]) == 2
        client.post("/switch/", {"membership": deputy.pk})
        assert client.get("/").context["actor"].deputy_for == county.inspector.member
        assert member_actor(deputy.pk).deputy_for == county.inspector.member
    with monkeypatch.context() as later:
        moved(later, 4)  # the same open session
        actor = client.get("/switch/").context["actor"]
        assert (actor.membership_id, actor.deputy_for) == (county.idle_inspector.member, None)
        with pytest.raises(PermissionError):
            member_actor(deputy.pk)


def test_ended_early_an_open_page_has_nothing_more(county):
    deputy = name(county.inspector, county.inspector, county.idle_inspector)
    client = in_role(county.idle_inspector, deputy)
    own = world.client_of(county.inspector)
    assert client.get("/").context["actor"].deputy_for
    assert own.post(reverse("tenancy:deputy-end", args=[deputy.pk])).status_code == 302
    assert client.get("/").context["actor"].deputy_for is None
    with acting_as(county.inspector), pytest.raises(DomainError, match="已结束"):
        deputy_end(actor=county.inspector, deputy=row(deputy.pk))


def test_no_deputy_of_a_deputy(county):
    third = world.member(row(county.lead.member).org, Role.INSPECTOR, name="第三人")
    deputy = name(county.inspector, county.inspector, county.idle_inspector)
    with acting_as(county.lead), pytest.raises(DomainError, match="代理人不能再委托"):
        deputy_name(
            actor=county.lead, membership=row(deputy.pk), to=row(third.member),
            valid_from=today(), valid_until=today(1), reason="出差",
        )  # fmt: skip
    with pytest.raises(DomainError, match="不能再委托他人代理") as refused:
        name(county.idle_inspector, county.idle_inspector, third)
    assert refused.value.field == "to"
    with pytest.raises(DomainError, match="不能再代理他人"):
        name(third, third, county.inspector)
    client = in_role(county.idle_inspector, deputy)
    own = reverse("tenancy:deputy-new", args=[county.inspector.member])
    for pk in (deputy.pk, county.inspector.member):
        assert client.get(reverse("tenancy:deputy-new", args=[pk])).status_code == 403
    assert client.post(own, {"to": third.member}).status_code == 403


@pytest.mark.parametrize(
    ("first", "last", "words", "field"),
    [
        (-1, 3, "不能早于今天", "valid_from"), (3, 2, "不能早于开始日期", "valid_until"),
        (0, 400, "最长", "valid_until"),
    ],
)  # fmt: skip
def test_impossible_days_are_refused(county, first, last, words, field):
    with pytest.raises(DomainError, match=words) as refused:
        name(county.inspector, county.inspector, county.idle_inspector, first, last)
    assert refused.value.field == field


def test_overlapping_days_are_refused_and_following_ones_are_not(county):
    name(county.inspector, county.inspector, county.idle_inspector, 0, 3)
    with pytest.raises(DomainError, match="时间重叠"):
        name(county.inspector, county.inspector, county.lead, 3, 5)
    name(county.inspector, county.inspector, county.lead, 4, 5)


def test_himself_a_former_colleague_and_a_stranger_are_no_deputies(county):
    page = reverse("tenancy:deputy-new", args=[county.inspector.member])
    client = world.client_of(county.inspector)
    sent = {"valid_from": today(), "valid_until": today(2), "reason": "出差"}
    answers = [
        client.post(page, {**sent, "to": pk})
        for pk in (county.inspector.member, county.officer.member, 10**9)
    ]
    assert {answer.status_code for answer in answers} == {422}
    errors = {str(answer.context["form"].errors["to"]) for answer in answers}
    assert len(errors) == 1  # a stranger is told apart from nothing
    assert 'value="出差"' in answers[0].content.decode()
    with acting_as(SYSTEM):
        assert not Membership.objects.filter(deputy_for__isnull=False).exists()


def test_only_he_and_his_administrator_name_one(county):
    page = reverse("tenancy:deputies", args=[county.inspector.member])
    assert world.client_of(county.idle_inspector).get(page).status_code == 403
    assert world.client_of(county.officer).get(page).status_code == 404
    assert world.client_of(county.inspector).get(page).status_code == 200


def test_managing_people_does_not_go_over(county):
    deputy = name(county.admin, county.admin, county.officer)
    actor = actor_for(row(deputy.pk))
    assert actor.role == Role.AGENCY_ADMIN
    assert actor.may("plan_approve")
    assert not actor.may("people_manage")
    assert not actor.may("certificate_manage")
    with acting_as(county.admin), pytest.raises(DomainError, match="最后一位管理员"):
        membership_end(actor=county.admin, membership=row(county.admin.member))


def test_enforcement_stays_with_ones_own_certificate(county):
    deputy = name(county.officer, county.officer, county.admin)
    with acting_as(county.admin):
        with pytest.raises(DomainError, match="没有"):
            certified_pair([row(deputy.pk), row(county.second_officer.member)], today())
        with pytest.raises(DomainError, match="本人"):
            certificate_add(
                actor=county.admin, membership=row(deputy.pk), number="冀X1", issued_by="省厅",
                valid_from=today(), valid_until=today(9),
            )  # fmt: skip


def test_it_is_no_second_pair_of_eyes(county):
    deputy = actor_for(row(name(county.admin, county.admin, county.officer).pk))
    with acting_as(deputy):
        assert is_same_person(deputy, county.admin.member)
        assert is_same_person(deputy, county.officer.member)
        assert not is_same_person(deputy, county.second_officer.member)


def test_who_leaves_has_no_deputy_and_is_none(county):
    first = name(county.officer, county.officer, county.second_officer)
    with acting_as(county.admin):
        membership_end(actor=county.admin, membership=row(county.officer.member))
    assert row(first.pk).ended_at
    other = name(county.admin, county.admin, county.second_officer)
    with acting_as(county.admin):
        membership_end(actor=county.admin, membership=row(county.second_officer.member))
    assert row(other.pk).ended_at


def test_it_is_on_record_and_told(county):
    deputy = name(county.inspector, county.inspector, county.idle_inspector)
    with acting_as(SYSTEM):
        assert AuditEntry.objects.filter(act="deputy.name", subject_id=str(deputy.pk)).exists()
    with acting_as(county.inspector):
        told = Notification.objects.filter(kind="deputy_named")
        assert {one.membership_id for one in told} == {county.idle_inspector.member, deputy.pk}
