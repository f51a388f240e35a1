"""Who joins, who leaves, who hands over."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from common.errors import DomainError
from common.scope import acting_as
from tenancy.actors import SYSTEM
from tenancy.enums import OrgKind, Role
from tenancy.invitations import invitation_extend
from tenancy.models import Invitation, Membership
from tenancy.services import (
    invitation_accept,
    invitation_claim,
    invitation_create,
    invitation_token,
    invited_actor,
    membership_end,
    membership_hand_over,
)
from tests import world

pytestmark = pytest.mark.django_db


@pytest.fixture
def zone():
    return world.agency()


@pytest.fixture
def admin(zone):
    return world.member(zone.org, Role.AGENCY_ADMIN)


@pytest.fixture
def officer(zone):
    return world.member(zone.org, Role.OFFICER)


def invite(actor, org, role=Role.OFFICER):
    with acting_as(actor):
        return invitation_create(actor=actor, org=org, role=role, name="王新")


def membership(actor):
    with acting_as(SYSTEM):
        return Membership.objects.select_related("org", "user").get(pk=actor.membership_id)


def test_an_invited_person_joins_once(admin, zone):
    token = invitation_token(invite(admin, zone.org))
    pk, org_id = invitation_claim(token)
    with acting_as(invited_actor(org_id)):
        joined = invitation_accept(
            invitation_id=pk, user=None, username="wangxin", password="long-enough-1"
        )
        assert (joined.org_id, joined.role) == (zone.org_id, Role.OFFICER)
        with pytest.raises(DomainError, match="已被使用"):
            invitation_accept(
                invitation_id=pk, user=None, username="other", password="long-enough-1"
            )


def test_a_forged_or_old_token_is_refused(client, admin, zone):
    invitation = invite(admin, zone.org)
    token = invitation_token(invitation)
    with pytest.raises(DomainError, match="不完整"):
        invitation_claim(token[:-1] + ("A" if token[-1] != "A" else "B"))
    with acting_as(SYSTEM):
        Invitation.objects.update(expires_at=timezone.now() - timedelta(minutes=1))
    assert client.get(f"/join/{token}/").status_code == 410
    with acting_as(invited_actor(zone.pk)), pytest.raises(DomainError, match="已过期"):
        invitation_accept(
            invitation_id=invitation.pk, user=None, username="late", password="long-enough-1"
        )
    with acting_as(admin):
        invitation_extend(actor=admin, invitation=invitation)
    assert client.get(f"/join/{token}/").status_code == 200


def test_a_role_of_another_kind_of_organisation_is_refused(admin, zone):
    with acting_as(admin), pytest.raises(DomainError, match="不属于"):
        invitation_create(actor=admin, org=zone.org, role=Role.INSPECTOR, name="王新")


def test_the_last_administrator_cannot_be_ended(admin):
    with acting_as(admin), pytest.raises(DomainError, match="最后一位管理员"):
        membership_end(actor=admin, membership=membership(admin))


def test_handing_over_gives_the_role_and_ends_the_own_one(admin, officer):
    with acting_as(admin):
        new = membership_hand_over(
            actor=admin, membership=membership(admin), to=membership(officer)
        )
    assert (new.user_id, new.role) == (officer.user_id, Role.AGENCY_ADMIN)
    assert not membership(admin).is_active


def test_handing_over_to_a_stranger_changes_nothing(admin):
    firm = world.organization(OrgKind.ENTERPRISE, "北方铸造厂", "91130371MA0DEMA179")
    stranger = world.member(firm, Role.PRINCIPAL)
    with acting_as(admin), pytest.raises(DomainError, match="本单位"):
        membership_hand_over(actor=admin, membership=membership(admin), to=membership(stranger))
    assert membership(admin).is_active


def test_an_ended_membership_signs_in_to_nothing(client, admin, officer):
    with acting_as(admin):
        membership_end(actor=admin, membership=membership(officer))
    client.force_login(User.objects.get(pk=officer.user_id))
    assert client.get("/people/").status_code == 403


def test_an_agency_cannot_invite_into_another_agency(admin):
    other = world.agency("130400")
    with pytest.raises(Exception, match="row-level security"):
        invite(admin, other.org)
    with acting_as(SYSTEM):
        assert not Invitation.objects.filter(org=other.org).exists()
