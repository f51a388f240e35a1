"""Preparation confirmed person by person: nobody goes on a visit before he was confirmed for the contract."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from common.errors import DomainError
from common.scope import acting_as
from documents.models import Document
from documents.services import document_render
from inspections.field.bundle import bundle_for
from inspections.models import TeamMember, Visit
from inspections.services import (
    team_confirm,
    team_drop,
    team_name,
    team_reject,
    team_sheet_issue,
    team_withdraw,
    visit_start,
)
from inspections.supervision import team_gap
from providers.models import Provider
from providers.services import staff_certificate_add
from tenancy.actors import SYSTEM
from tenancy.enums import Role
from tenancy.models import Membership
from tests import county as counties
from tests import world
from tests.field.phone import Phone
from tests.providers import barring

pytestmark = pytest.mark.django_db


@pytest.fixture
def newcomer(county):
    with acting_as(county.admin):
        org = county.contract.provider_org
    return world.member(org, Role.INSPECTOR, name="新人")


def member(county, person):
    with acting_as(county.lead):
        return Membership.objects.select_related("user").get(pk=person.member)


def named(county, person, duty="inspector"):
    with acting_as(county.lead):
        return team_name(
            actor=county.lead,
            contract=county.contract,
            membership=member(county, person),
            duty=duty,
        )


def arrive(county, *others, actor=None, **more):
    actor = actor or county.inspector
    with acting_as(actor):
        return visit_start(
            actor=actor, assignment=county.assignment, member_ids=[o.member for o in others], **more
        )


def test_a_visit_begins_only_when_the_last_of_its_team_is_confirmed(county, newcomer):
    with pytest.raises(DomainError, match="新人不在本合同的项目组中") as caught:
        arrive(county, newcomer)
    assert caught.value.field == "members"
    row = named(county, newcomer)
    with pytest.raises(DomainError, match="新人已提名，等监管部门确认"):
        arrive(county, newcomer)
    with acting_as(county.lead):
        assert not Visit.objects.exists()
    with acting_as(county.admin):
        team_confirm(actor=county.admin, member=row, note="证书与本人一致")
    visit = arrive(county, newcomer)
    with acting_as(county.lead):
        assert visit.team.count() == 2


def test_the_lead_himself_needs_it_too_and_so_does_a_commissioned_contract(county, newcomer):
    with acting_as(county.admin):
        county.contract.kind = "enterprise_commission"
        county.contract.save(update_fields=["kind"])
        lead = TeamMember.objects.get(user=county.lead.user_id)
        team_withdraw(actor=county.admin, member=lead, reason="证书失效")
    with pytest.raises(DomainError, match=r"被撤销确认（证书失效）"):
        arrive(county, actor=county.lead)


def test_a_rejected_person_needs_a_note_and_may_be_named_anew(county, newcomer):
    row = named(county, newcomer)
    with acting_as(county.admin):
        with pytest.raises(DomainError) as caught:
            team_reject(actor=county.admin, member=row, note="  ")
        assert caught.value.field == "note"
        team_reject(actor=county.admin, member=row, note="无相应专业")
        with pytest.raises(DomainError, match="不能进行此操作"):
            team_confirm(actor=county.admin, member=row)
    with pytest.raises(DomainError, match="不予确认（无相应专业）"):
        arrive(county, newcomer)
    again = named(county, newcomer)
    with acting_as(county.admin):
        team_confirm(actor=county.admin, member=again)
    arrive(county, newcomer)


def test_a_withdrawn_confirmation_stops_further_visits_and_leaves_those_before(county):
    before = arrive(county)
    with acting_as(county.admin):
        row = TeamMember.objects.get(user=county.inspector.user_id)
        team_withdraw(actor=county.admin, member=row, reason="人证不符")
    county.later(hours=1)
    with acting_as(county.inspector):
        Visit.objects.filter(pk=before.pk).update(state="signed", signed_at=counties.NOW,
                                                  representative_name="张立新")  # fmt: skip
    with pytest.raises(DomainError, match="撤销确认"):
        arrive(county)
    with acting_as(county.lead):
        assert Visit.objects.get().pk == before.pk


def test_what_counts_is_the_moment_of_arrival_not_of_the_entry(county, newcomer):
    county.later(hours=3)
    early = counties.NOW + timedelta(hours=1)
    row = named(county, newcomer)
    with acting_as(county.admin):
        team_confirm(actor=county.admin, member=row)
    with pytest.raises(DomainError, match="才获确认"):
        arrive(county, newcomer, arrived_at=early)
    with acting_as(county.lead):
        people = [member(county, newcomer)]
        moment = early + timedelta(hours=2)
        assert team_gap(county.contract.pk, people, moment) == ""
        assert team_gap(county.contract.pk, people, early) != ""


def test_a_phones_visit_is_measured_at_its_own_beginning(county, newcomer):
    phone = Phone(county.inspector, county.assignment)
    start = phone.start(members=[newcomer.member])
    county.later(hours=2)
    row = named(county, newcomer)
    with acting_as(county.admin):
        team_confirm(actor=county.admin, member=row)
    [receipt] = phone.send()
    assert receipt.state == "refused"
    assert "新人" in receipt.message
    assert "才获确认" in receipt.message
    late = Phone(county.inspector, county.assignment)
    late.start(members=[newcomer.member])
    assert late.send()[0].state == "done"
    assert start.kind == "visit.start"


def test_phone_and_page_say_beforehand_who_may_not_go_yet(county, newcomer, client):
    named(county, newcomer)
    with acting_as(county.inspector):
        waiting = bundle_for(county.inspector)["unready"]
    assert waiting == {str(county.contract.pk): {str(newcomer.member): "待确认"}}
    world.sign_in(client, county.inspector)
    url = reverse("inspections:visit-start", args=[county.assignment.pk])
    page = client.get(url).content.decode()
    assert "不能到场：待确认" in page
    assert "你还不能到场" not in page
    at = counties.NOW.strftime("%Y-%m-%dT%H:%M")
    refused = client.post(url, {"arrived_at": at, "part": "both", "members": [newcomer.member]})
    assert refused.status_code == 422
    assert "等监管部门确认" in refused.content.decode()


def test_somebody_with_two_roles_is_confirmed_once_as_a_person(county):
    with acting_as(SYSTEM):
        second = Membership.objects.create(
            user_id=county.inspector.user_id, org_id=county.inspector.org_id, role=Role.PROJECT_LEAD
        )
        second = Membership.objects.select_related("user").get(pk=second.pk)
    with acting_as(county.lead):
        assert team_gap(county.contract.pk, [second], counties.NOW) == ""
        with pytest.raises(DomainError, match="已在项目组中"):
            team_name(
                actor=county.lead, contract=county.contract, membership=second, duty="inspector"
            )


@pytest.mark.parametrize(("duty", "field"), [("boss", "duty"), ("", "duty")])
def test_a_duty_that_is_none_is_refused(county, newcomer, duty, field):
    with pytest.raises(DomainError) as caught:
        named(county, newcomer, duty)
    assert caught.value.field == field


def test_only_own_people_of_a_live_contract_are_named(county, newcomer):
    other = counties.build("130400", base=500)
    with acting_as(other.lead), pytest.raises(DomainError, match="本机构合同"):
        team_name(
            actor=other.lead, contract=county.contract, membership=member(other, other.lead),
            duty="lead",
        )  # fmt: skip
    with acting_as(county.lead), pytest.raises(DomainError, match="在用人员"):
        team_name(
            actor=county.lead, contract=county.contract, membership=member(other, other.inspector),
            duty="inspector",
        )  # fmt: skip


def test_a_banned_person_is_not_even_named(county, newcomer):
    with acting_as(county.lead):
        body = Provider.objects.select_related("registered_by").get(pk=county.lead.org_id)
        staff_certificate_add(
            actor=county.lead, provider=body, membership=member(county, newcomer), number="E-88",
            kind="engineer", level="middle", issued_by="应急管理部", valid_from=date(2024, 1, 1),
            valid_until=date(2027, 6, 10), files=[("证.jpg", counties.picture())],
        )  # fmt: skip
    barring.barred(
        county, subject="person", measure="occupation_ban", name="新人", credit_code="",
        certificate_number="E-88", id_number="130301199001011234", ground="accident", until_on=None,
    )  # fmt: skip
    with pytest.raises(DomainError, match="被职业禁入，不能提名") as caught:
        named(county, newcomer)
    assert caught.value.field == "membership"


def test_the_certificates_of_the_day_of_naming_stay_and_a_lapsed_one_is_not_confirmed(
    county, newcomer
):
    with acting_as(county.lead):
        body = Provider.objects.select_related("registered_by").get(pk=county.lead.org_id)
        staff_certificate_add(
            actor=county.lead, provider=body, membership=member(county, newcomer), number="E-77",
            kind="engineer", level="middle", issued_by="应急管理部", valid_from=date(2024, 1, 1),
            valid_until=date(2026, 6, 10), files=[("证.jpg", counties.picture())],
        )  # fmt: skip
    row = named(county, newcomer)
    assert [one["number"] for one in row.certificates] == ["E-77"]
    assert row.certificates[0]["standing"] == "即将到期"
    county.later(days=3)
    with acting_as(county.admin), pytest.raises(DomainError, match="2026-06-10过期"):
        team_confirm(actor=county.admin, member=row)


def test_the_provider_cannot_confirm_its_own_people_in_the_database_either(county, newcomer):
    row = named(county, newcomer)
    with acting_as(county.lead):
        assert TeamMember.objects.filter(pk=row.pk).exists()
        with pytest.raises(Exception, match="row-level security"):
            TeamMember.objects.filter(pk=row.pk).update(
                state="confirmed", confirmed_at=counties.NOW, decided_by_name="自己"
            )


def test_the_sheet_names_everybody_and_waits_for_the_last_decision(county, newcomer):
    row = named(county, newcomer)
    with acting_as(county.admin):
        with pytest.raises(DomainError, match="新人"):
            team_sheet_issue(actor=county.admin, contract=county.contract)
        team_reject(actor=county.admin, member=row, note="无证")
        first = team_sheet_issue(actor=county.admin, contract=county.contract)
        assert first.content["confirmed"] == 3
        assert [one["result"] for one in first.content["lines"]].count("不予确认") == 1
        county.later(minutes=5)
        second = team_sheet_issue(actor=county.admin, contract=county.contract)
        assert Document.objects.get(pk=first.pk).state == "voided"
        assert document_render(str(second.pk)).pages == 1


def test_the_pages_of_a_team_go_the_whole_way(county, newcomer, client):
    world.sign_in(client, county.lead)
    url = reverse("inspections:team-name", args=[county.contract.pk])
    wrong = client.post(url, {"membership": county.admin.member, "duty": "inspector"})
    assert wrong.status_code == 422
    assert client.post(url, {"membership": newcomer.member, "duty": "inspector"}).status_code == 302
    page = client.get(reverse("agencies:inspectors", args=[county.batch.pk])).content.decode()
    assert "新人（待确认）" in page
    row = member_row(county, newcomer)
    assert client.post(reverse("inspections:team-confirm", args=[row.pk])).status_code == 403
    world.sign_in(client, county.officer)  # has no hand in the contract
    assert client.post(reverse("inspections:team-confirm", args=[row.pk])).status_code == 403
    world.sign_in(client, county.admin)
    client.post(reverse("inspections:team-confirm", args=[row.pk]), {"note": "一致"})
    assert member_row(county, newcomer).state == "confirmed"
    page = client.get(reverse("inspections:team", args=[county.contract.pk])).content.decode()
    assert "共 4 人，已确认 4 人" in page
    end = reverse("inspections:team-withdraw", args=[row.pk])
    assert client.post(end, {"reason": ""}).status_code == 422
    client.post(end, {"reason": "调离"})
    assert member_row(county, newcomer).state == "withdrawn"


def member_row(county, person):
    with acting_as(county.admin):
        return TeamMember.objects.filter(user=person.user_id).latest("named_at")


def test_whoever_was_taken_off_by_the_lead_goes_no_more(county):
    with acting_as(county.lead):
        row = TeamMember.objects.get(user=county.inspector.user_id)
        with pytest.raises(DomainError, match="移出的原因"):
            team_drop(actor=county.lead, member=row, reason="")
        team_drop(actor=county.lead, member=row, reason="离职")
    with pytest.raises(DomainError, match=r"移出项目组（离职）"):
        arrive(county)
