"""What programs do about meetings, teams, plans, disclosures, corrections and obligations."""

from datetime import timedelta

import pytest

from common.scope import acting_as
from inspections.services import (
    disclosure_make,
    meeting_plan,
    plan_days_set,
    team_name,
    visit_plan_begin,
)
from tenancy.enums import Role
from tests import county as counties
from tests import purchases, world
from tests.api.asking import Program
from tests.home.turns.base import asked_correction, member, own_provider

pytestmark = pytest.mark.django_db


@pytest.fixture
def county():
    return counties.build()


def refused(answer) -> tuple[int, str]:
    return answer.status_code, answer.json().get("field", "")


def test_a_person_is_confirmed_or_sent_back_with_a_note(county):
    with acting_as(county.lead):
        people = [member(world.member(own_provider(county).org, Role.INSPECTOR)) for _ in "ab"]
        first, second = (
            team_name(actor=county.lead, contract=county.contract, membership=m, duty="inspector")
            for m in people
        )
    office, lead = Program(county.admin), Program(county.lead)
    assert lead.post(f"teams/{first.pk}/confirmation/", {}).status_code == 403
    done = office.post(f"teams/{first.pk}/confirmation/", {"note": "证书已核"}).json()
    assert (done["state"], done["note"]) == ("confirmed", "证书已核")
    assert refused(office.post(f"teams/{second.pk}/rejection/", {})) == (400, "note")
    done = office.post(f"teams/{second.pk}/rejection/", {"note": "证书不符"}).json()
    assert done["state"] == "rejected"
    listed = lead.everything("teams/", {"contract": county.contract.pk, "state": "rejected"})
    assert [row["id"] for row in listed] == [str(second.pk)]


def test_a_plan_goes_back_and_forth_until_it_is_agreed(county):
    later = counties.second_batch(county, 4)
    with acting_as(county.lead):
        plan = visit_plan_begin(actor=county.lead, batch=later.batch)
    office, lead = Program(county.admin), Program(county.lead)
    path = f"visit-plans/{plan.pk}/"
    early = lead.post(path + "submission/")
    assert (early.status_code, "没有计划日期" in early.json()["message"]) == (422, True)
    day = counties.NOW.date() + timedelta(days=1)
    with acting_as(county.lead):
        plan_days_set(actor=county.lead, batch=later.batch, days={later.assignment.pk: day})
    assert lead.post(path + "submission/").json()["state"] == "submitted"
    back = office.post(path + "return/", {"reason": "请避开停产日"}).json()
    assert (back["returned_reason"], back["return_count"]) == ("请避开停产日", 1)
    lead.post(path + "submission/")
    agreed = office.post(path + "approval/").json()
    assert [row["planned_on"] for row in agreed["visits"]] == [f"{day}"]
    assert office.post(path + "approval/").status_code == 422


def test_a_meeting_is_held_with_its_minutes_once_or_cancelled(county):
    with acting_as(county.lead):
        planned = [
            meeting_plan(
                actor=county.lead, batch=county.batch, kind="summary", title=f"总结会{n}",
                starts_at=counties.NOW, place="会议室", host_name="李主任", agenda="",
            )
            for n in range(2)
        ]  # fmt: skip
    lead, office = Program(county.lead), Program(county.officer)
    off = lead.post(f"meetings/{planned[1].pk}/cancellation/").json()
    assert off["state"] == "cancelled"
    assert refused(lead.post(f"meetings/{planned[0].pk}/minutes/", {})) == (400, "minutes")
    alone = lead.post(f"meetings/{planned[0].pk}/minutes/", {"minutes": "已总结"})
    assert alone.status_code == 422  # nobody has signed in
    assert [row["title"] for row in office.everything("meetings/", {"state": "planned"})] == [
        "总结会0"
    ]


def test_a_disclosure_is_acknowledged_and_reads_so(county):
    counties.issued(county)
    with acting_as(county.lead):
        made = disclosure_make(
            actor=county.lead, batch=county.batch, assignment_ids=[county.assignment.pk]
        )
    path = f"disclosures/{made.pk}/"
    lead, office = Program(county.lead), Program(county.admin)
    assert lead.post(path + "acknowledgement/", {}).status_code == 403
    done = office.post(path + "acknowledgement/", {"answer": "已阅"}).json()
    assert (done["state"], done["answer"]) == ("acknowledged", "已阅")
    [item] = lead.get(path).json()["items"]
    assert (item["assignment"], item["hazards"]) == (county.assignment.pk, 1)


def test_a_correction_is_agreed_to_by_one_and_applied_by_the_other(county):
    found = asked_correction(county)
    path = f"corrections/{found.pk}/"
    lead, office = Program(county.lead), Program(county.officer)
    assert lead.post(path + "application/").status_code == 422  # nobody has answered
    why = office.post(path + "answer/", {"decision": "refuse"})
    assert refused(why) == (422, "answer")
    assert office.post(path + "answer/", {"decision": "allow"}).json()["state"] == "allowed"
    assert office.post(path + "answer/", {"decision": "allow"}).status_code == 422
    assert office.post(path + "application/").status_code == 403
    assert lead.post(path + "application/").json()["state"] == "applied"
    firm = Program(county.principal).get(path).json()
    assert (firm["kind"], firm["reason"]) == ("withdraw", "写错了企业")


def test_an_obligation_is_accepted_with_every_standard_answered(county):
    day = counties.NOW.date() + timedelta(days=9)
    owed = purchases.owe(county, county.contract, "other", 2, day, service="按时完成")
    office, lead = Program(county.admin), Program(county.lead)
    path = f"obligations/{owed.pk}/"
    body = {"quantity": 0, "is_final": True, "note": "没有提供"}
    assert lead.post(path + "acceptances/", body).status_code == 403
    unsaid = office.post(path + "acceptances/", body)
    assert (unsaid.status_code, unsaid.json()["field"][:4]) == (422, "met_")
    met = {f"met_{name}": "no" for name, _, _ in owed.standards}
    done = office.post(path + "acceptances/", body | met)
    assert done.status_code == 201, done.content
    assert done.json()["stands"]["is_settled"]
    assert [one["is_final"] for one in lead.get(path).json()["acceptances"]] == [True]
