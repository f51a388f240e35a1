"""Qualifications and certificates: entered with evidence, verified by the registrar, never lapsed."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from agencies.services import inspectors_assign
from common.errors import DomainError
from common.scope import acting_as
from evidence.models import Attachment
from inspections.services import visit_start
from notifications.models import Notification
from providers.models import Provider, Qualification, StaffCertificate
from providers.selectors import lapsed_people
from providers.services import (
    credential_remove,
    credential_verify,
    credentials_remind,
    qualification_add,
    staff_certificate_add,
)
from tenancy.actors import SYSTEM, system_for
from tenancy.enums import Role
from tenancy.models import Agency, Membership
from tenancy.services import membership_end
from tests import county as counties
from tests import world

pytestmark = pytest.mark.django_db
UNTIL = date(2027, 12, 31)
FILES = [("证书.jpg", counties.picture())]
PAPER = {"issued_by": "应急管理部", "valid_from": date(2025, 1, 1), "files": FILES}


def body(actor):
    return Provider.objects.select_related("registered_by").get(pk=actor.org_id)


def certify(actor, person, number="E-1", until=UNTIL, **more):
    with acting_as(actor):
        return staff_certificate_add(
            actor=actor, provider=body(actor), membership=Membership.objects.get(pk=person.member),
            number=number, valid_until=until, **{**PAPER, "kind": "engineer", **more},
        )  # fmt: skip


def qualify(county, number="Q-1", until=UNTIL, **more):
    with acting_as(county.lead):
        return qualification_add(
            actor=county.lead, provider=body(county.lead), number=number, valid_until=until,
            **{**PAPER, "kind": "安全评价", "scope": "机械制造", **more},
        )  # fmt: skip


def night(county):
    with acting_as(county.admin):
        actor = system_for(Agency.objects.select_related("org").get(pk=county.zone.pk))
    with acting_as(actor):
        return credentials_remind(agency_id=county.zone.pk)


def test_a_credential_stands_on_evidence_and_ends_after_it_begins(county):
    with pytest.raises(DomainError) as caught:
        qualify(county, files=[])
    assert caught.value.field == "files"
    with pytest.raises(DomainError) as caught:
        qualify(county, until=date(2024, 12, 31))
    assert caught.value.field == "valid_until"
    made = qualify(county)
    with pytest.raises(DomainError, match="已登记"):
        qualify(county)
    with acting_as(county.lead):
        assert Attachment.objects.filter(subject_id=str(made.pk)).count() == 1
        assert Qualification.objects.count() == 1


def test_a_person_is_registered_at_one_body_only(county):
    other = counties.build("130372", base=500)
    held = certify(county.lead, county.inspector)
    with pytest.raises(DomainError, match="只能在一个单位执业") as caught:
        certify(other.lead, other.inspector)
    assert caught.value.field == "number"
    with acting_as(county.lead):
        credential_remove(actor=county.lead, credential=held, reason="离职")
        with pytest.raises(DomainError, match="已注销"):
            credential_remove(actor=county.lead, credential=held, reason="离职")
    certify(other.lead, other.inspector)


def test_who_leaves_is_struck_off_and_free_for_another_body(county):
    other = counties.build("130372", base=500)
    certify(county.lead, county.idle_inspector)
    admin = world.member(body_org(county), Role.PROVIDER_ADMIN)
    with acting_as(admin):
        membership_end(
            actor=admin, membership=Membership.objects.get(pk=county.idle_inspector.member)
        )
    certify(other.lead, other.inspector)
    with pytest.raises(DomainError, match="在用人员"):
        certify(county.lead, county.idle_inspector, number="E-2")
    with acting_as(county.lead):
        assert StaffCertificate.objects.get().removed_reason == "人员已离开该机构"


def test_a_second_role_neither_hides_a_lapse_nor_ends_a_certificate(county):
    lapsed = counties.NOW.date() - timedelta(days=1)
    certify(county.lead, county.inspector, until=lapsed)
    admin = world.member(body_org(county), Role.PROVIDER_ADMIN)
    with acting_as(SYSTEM):
        second = Membership.objects.create(
            user_id=county.inspector.user_id, org=body_org(county), role=Role.PROJECT_LEAD
        )
        assert lapsed_people([second], counties.NOW.date()) == {second.pk: lapsed}
    with acting_as(admin):
        first = Membership.objects.get(pk=county.inspector.member)
        membership_end(actor=admin, membership=first)
        assert StaffCertificate.objects.get().removed_at is None
        membership_end(actor=admin, membership=second)
        assert StaffCertificate.objects.get().removed_at is not None


def body_org(county):
    with acting_as(county.lead):
        return body(county.lead).org


def test_only_the_registrar_verifies_and_once(county):
    made = qualify(county)
    other = counties.build("130372", base=500)
    with acting_as(other.admin), pytest.raises(Qualification.DoesNotExist):
        credential_verify(actor=other.admin, credential=made)
    with acting_as(county.officer):
        credential_verify(actor=county.officer, credential=made)
        with pytest.raises(DomainError, match="已由"):
            credential_verify(actor=county.officer, credential=made)
        assert Qualification.objects.get().verified_at is not None


def test_a_lapsed_person_is_put_on_no_team(county):
    lapsed = counties.NOW.date() - timedelta(days=1)
    certify(county.lead, county.inspector, until=lapsed)
    with acting_as(county.inspector), pytest.raises(DomainError, match="过期") as caught:
        visit_start(actor=county.inspector, assignment=county.assignment)
    assert caught.value.field == "members"
    with acting_as(county.lead):
        plan = {county.assignment.pk: county.inspector.member}
        with pytest.raises(DomainError, match="过期"):
            inspectors_assign(actor=county.lead, batch=county.batch, plan=plan)
    # A newer certificate of the same person makes it good.
    certify(county.lead, county.inspector, number="E-2")
    with acting_as(county.inspector):
        assert visit_start(actor=county.inspector, assignment=county.assignment).pk


def test_who_lapsed_is_a_matter_of_the_day(county):
    certify(county.lead, county.inspector, until=date(2026, 6, 30))
    with acting_as(county.lead):
        people = list(Membership.objects.filter(pk=county.inspector.member))
        assert lapsed_people(people, date(2026, 6, 30)) == {}
        assert lapsed_people(people, date(2026, 7, 1)) == {people[0].pk: date(2026, 6, 30)}


def test_each_reminder_comes_once_and_the_nearest_only(county):
    qualify(county, until=counties.NOW.date() + timedelta(days=61))
    assert night(county) == 0
    county.later(days=1)
    assert (night(county), night(county)) == (1, 0)
    county.later(days=40)  # the night of the thirtieth day was missed
    assert (night(county), night(county)) == (1, 0)
    county.later(days=15)
    assert (night(county), night(county)) == (1, 0)
    county.later(days=30)
    assert night(county) == 0
    with acting_as(county.lead):
        titles = Notification.objects.filter(kind="credential.lapses").values_list(
            "title", flat=True
        )
        assert [title.partition("还有")[2] for title in titles.order_by("created_at")] == [
            "60天", "20天", "5天"
        ]  # fmt: skip


def test_an_agency_sees_the_people_of_those_it_has_contracts_with(county):
    certify(county.lead, county.inspector)
    other = counties.build("130372", base=500)
    for actor, seen in ((county.officer, 1), (county.inspector, 1), (other.officer, 0),
                        (other.lead, 0), (county.principal, 0)):  # fmt: skip
        with acting_as(actor):
            assert StaffCertificate.objects.count() == seen, actor


def test_the_record_says_what_holds_and_what_is_missing(county, client):
    qualify(county)
    certify(county.lead, county.inspector, until=counties.NOW.date() + timedelta(days=20))
    world.sign_in(client, county.lead)
    address = reverse("providers:record", args=[county.lead.org_id])
    page = client.get(address).content.decode()
    assert ("有效" in page, "即将到期" in page, "待核验" in page) == (True, True, True)
    answer = client.post(
        reverse("providers:qualification-new", args=[county.lead.org_id]), {"kind": "安全评价"}
    )
    assert answer.status_code == 422
    assert "安全评价" in answer.content.decode()
    world.sign_in(client, county.officer)
    with acting_as(county.officer):
        pk = Qualification.objects.get().pk
    assert client.post(reverse("providers:qualification-verify", args=[pk])).status_code == 302
    assert county.officer.user_name in client.get(address).content.decode()
