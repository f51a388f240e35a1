"""Who leaves gives everything away in one step, and from the next request on has nothing."""

import pytest
from django.urls import reverse

from agencies.grants import may_log_visit, officer_grant, officers_of
from agencies.models import Assignment
from audit.models import AuditEntry
from common.errors import DomainError
from common.scope import acting_as
from inspections.models import FieldOperation, TeamMember, Visit
from inspections.services.handing import work_hand_over as everything_hand_over
from notifications.models import Notification
from tenancy.actors import SYSTEM
from tenancy.enums import Role
from tenancy.leaving import holdings_of, work_hand_over
from tenancy.models import Membership
from tests import county as counties
from tests import world
from tests.field.phone import Phone

pytestmark = pytest.mark.django_db


@pytest.fixture
def county():
    return counties.build()


@pytest.fixture
def boss(county):
    """The provider's administrator."""
    return world.member(row(county.lead).org, Role.PROVIDER_ADMIN, name="王总")


def row(person):
    with acting_as(SYSTEM):
        return Membership.objects.select_related("user", "org__agency").get(pk=person.member)


def kinds(actor, person):
    with acting_as(actor):
        return {one.holding.key: len(one.held) for one in holdings_of(row(person))}


def hand(actor, person, to, *, leaves=True, reason="离职"):
    with acting_as(actor):
        return work_hand_over(
            actor=actor, membership=row(person), reason=reason, leaves=leaves,
            to={key: row(taker) for key, taker in to.items()},
        )  # fmt: skip


def test_all_goes_over_in_one_step_and_the_open_session_is_dead(county, boss):
    counties.visit(county)
    held = kinds(boss, county.inspector)
    assert held["assignments"] == 2
    leaver = world.client_of(county.inspector)
    assert leaver.get(reverse("inspections:my-assignments")).status_code == 200
    desk = world.client_of(boss)
    page = reverse("tenancy:member-end", args=[county.inspector.member])
    shown = desk.get(page).content.decode()
    assert county.enterprises[0].name in shown
    sent = {f"to_{key}": county.idle_inspector.member for key in held if key != "plans"}
    answer = desk.post(page, {**sent, "reason": "离职", "leaves": "on"})
    assert answer.status_code == 302, answer.context["form"].errors
    assert leaver.get("/").status_code == 302  # to the sign-in page
    assert leaver.get("/field/api/me").status_code in (401, 403)
    with acting_as(boss):
        assigned = Assignment.objects.filter(inspector=county.idle_inspector.member)
        assert assigned.count() == 2
        assert may_log_visit(county.idle_inspector, county.assignment)
        assert not may_log_visit(county.inspector, county.assignment)
        told = Notification.objects.filter(
            kind="work_handed_over", membership_id=county.idle_inspector.member
        )
        assert "企业检查任务2家" in told.get().title
    assert row(county.inspector).ended_at
    with acting_as(SYSTEM):
        acts = AuditEntry.objects.filter(subject_id=str(county.inspector.member))
        assert {"membership.work", "membership.end"} <= set(acts.values_list("act", flat=True))


def test_without_leaving_he_stays(county, boss):
    with acting_as(boss):
        count = everything_hand_over(
            actor=boss, member=row(county.inspector), to=row(county.idle_inspector), reason="调片区"
        )
    assert count >= 2
    assert kinds(boss, county.inspector).get("assignments", 0) == 0
    assert row(county.inspector).is_active


def test_who_leaves_leaves_nothing_lying(county, boss):
    with pytest.raises(DomainError, match="请选择谁接手") as refused:
        hand(boss, county.inspector, {"teams": county.idle_inspector})
    assert refused.value.field == "to_assignments"
    assert row(county.inspector).is_active
    assert kinds(boss, county.inspector)["assignments"] == 2
    with acting_as(boss):  # nor is half of it done
        team = TeamMember.objects.filter(membership=county.inspector.member, state="confirmed")
        assert team.exists()


def test_a_stranger_and_one_without_the_role_are_refused_alike(county, boss):
    desk = world.client_of(boss)
    page = reverse("tenancy:member-end", args=[county.inspector.member])
    errors = set()
    for taker in (county.officer.member, boss.member, 10**9):
        answer = desk.post(page, {"to_assignments": taker, "reason": "离职", "leaves": "on"})
        assert answer.status_code == 422
        assert 'value="离职"' in answer.content.decode()
        errors.add(str(answer.context["form"].errors["to_assignments"]))
    assert len(errors) == 1
    with pytest.raises(DomainError, match="不能接手"):
        hand(boss, county.inspector, {"teams": county.lead, "assignments": county.officer})
    assert row(county.inspector).is_active


def test_only_the_own_administrator_sees_the_page(county):
    page = reverse("tenancy:member-end", args=[county.inspector.member])
    assert world.client_of(county.lead).get(page).status_code == 403
    assert world.client_of(county.admin).get(page).status_code == 404


def test_the_last_administrator_stays_and_keeps_his_work(county, boss):
    with pytest.raises(DomainError, match="最后一位管理员"):
        hand(boss, boss, {})
    assert row(boss).is_active


def test_a_reason_is_asked(county, boss):
    with pytest.raises(DomainError, match="原因") as refused:
        hand(boss, county.inspector, {"assignments": county.idle_inspector}, reason=" ")
    assert refused.value.field == "reason"


def test_an_officers_contracts_and_complaints_go_over(county):
    with acting_as(county.admin):
        officer_grant(county.contract, row(county.officer))
    assert kinds(county.admin, county.officer)["contracts"] == 1
    hand(county.admin, county.officer, {"contracts": county.second_officer})
    with acting_as(county.admin):
        hands = [one.pk for one in officers_of(county.contract)]
    assert county.second_officer.member in hands
    assert county.officer.member not in hands


def test_what_his_phone_has_not_sent_in_full_is_held(county, boss):
    phone = Phone(county.inspector, county.assignment)
    phone.whole_visit(hazards=1)
    phone.send()  # the pictures never come, so the signature waits
    with acting_as(boss):
        waiting = FieldOperation.objects.get(state=FieldOperation.State.WAITING)
    assert kinds(boss, county.inspector)["sendings"] == 1
    hand(
        boss, county.inspector,
        dict.fromkeys(("teams", "assignments", "visits"), county.idle_inspector),
    )  # fmt: skip
    with acting_as(boss):
        waiting.refresh_from_db()
        assert waiting.state == FieldOperation.State.REFUSED
        assert Visit.objects.get().team.filter(membership=county.idle_inspector.member).exists()
    assert "身份已停用" in world.client_of(boss).get(reverse("field:refused")).content.decode()
