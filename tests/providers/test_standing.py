"""The ladder, the blacklist and the bans: heard before decided, in force everywhere, then over."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agencies.models import Assignment
from agencies.services import (
    batch_assign,
    batch_create,
    contract_activate,
    contract_create,
    inspectors_assign,
)
from common.errors import DomainError
from common.scope import acting_as
from documents.models import Document
from documents.services import document_render
from evidence.models import Attachment
from inspections.models import FieldOperation, Hazard, Visit
from inspections.services import (
    hazard_recheck,
    hazards_confirm,
    phase_advance,
    rectification_submit,
    visit_sign,
    visit_start,
)
from notifications.models import Notification
from providers.models import ProviderRules, StandingDecision, StandingStatement
from providers.services import (
    provider_register,
    rules_set,
    standing_draft,
    standing_drop,
    standing_expire,
    standing_keep,
    standing_lift,
    standing_notice,
    standing_remind,
    standing_repair,
    standing_state,
)
from providers.standing import barred_people, barred_words, ladder_on
from tenancy.actors import SYSTEM, actor_for, system_for
from tenancy.enums import Role
from tenancy.models import Agency, Membership, Organization
from tests import county as counties
from tests import world
from tests.field.phone import Phone
from tests.providers import barring
from tests.providers.test_credentials import certify
from workflow.models import WorkTask

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def now_day(county) -> date:
    with acting_as(county.admin):
        return timezone.localdate(Agency.objects.get(pk=county.zone.pk).training_now)


def words_on(county, day=None, actor=None) -> str:
    with acting_as(actor or county.admin):
        return barred_words(county.lead.org, day or now_day(county))


# the procedure


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"files": []}, "files"),
        ({"facts": " "}, "facts"),
        ({"basis": ""}, "basis"),
        ({"until_on": None}, "until_on"),
        ({"from_on": barring.TODAY - DAY}, "from_on"),
        ({"until_on": barring.TODAY - DAY}, "until_on"),
        ({"ground": "other"}, "ground_words"),
        ({"credit_code": "91130371MA0000001X"}, "credit_code"),
        ({"measure": "rectify"}, "demand"),
        ({"measure": "rectify", "demand": "补齐人员"}, "demand_due_on"),
        ({"measure": "occupation_ban"}, "measure"),
        ({"subject": "person"}, "measure"),
        ({"subject": "person", "measure": "occupation_ban"}, "certificate_number"),
    ],
)
def test_a_draft_says_what_it_rests_on(county, wrong, field):
    with pytest.raises(DomainError) as caught:
        barring.draft(county, **wrong)
    assert caught.value.field == field
    with acting_as(county.officer):
        assert not StandingDecision.objects.exists()
        assert not Attachment.objects.filter(filename="现场照片.jpg").exists()


def test_before_the_decision_only_its_agency_and_the_told_body_know(county):
    other = counties.build("130372", base=500)
    found = barring.draft(county)
    everybody = (county.officer, county.lead, county.principal, other.officer, other.lead)

    def seen():
        rows = []
        for actor in everybody:
            with acting_as(actor):
                rows.append(StandingDecision.objects.count())
        return rows

    assert seen() == [1, 0, 0, 0, 0]
    with acting_as(county.officer):
        standing_notice(actor=county.officer, decision=found)
    assert seen() == [1, 1, 0, 0, 0]
    county.later(days=8)
    barring.decide(county, found, from_on=now_day(county))
    assert seen() == [1, 1, 1, 1, 1]
    with acting_as(None):
        assert not StandingDecision.objects.exists()


def test_a_measure_is_decided_by_another_person_after_the_days_to_be_heard(county):
    found = barring.noticed(county)
    assert found.respond_until == date(2026, 6, 15)  # five working days from Monday
    with pytest.raises(DomainError, match="陈述申辩期至2026-06-15"):
        barring.decide(county, found)
    county.later(days=7)  # its last day
    with pytest.raises(DomainError, match="陈述申辩期"):
        barring.decide(county, found, from_on=now_day(county))
    county.later(days=1)
    with pytest.raises(DomainError, match="拟办人不能自己决定"):
        barring.decide(county, found, county.officer, from_on=now_day(county))
    with pytest.raises(DomainError) as caught:
        barring.decide(county, found, reason="  ", from_on=now_day(county))
    assert caught.value.field == "reason"
    with pytest.raises(DomainError) as caught:
        barring.decide(county, found)  # its first day lies in the past by now
    assert caught.value.field == "from_on"
    assert words_on(county) == ""
    barring.decide(county, found, from_on=now_day(county))
    assert words_on(county) == "安评机构130371自2026-06-16起被中止服务"
    with pytest.raises(DomainError, match="已决定"):
        barring.decide(county, found, from_on=now_day(county))
    with acting_as(county.lead):
        kinds = Document.objects.filter(subject_type="providers.standingdecision")
        assert set(kinds.values_list("kind", flat=True)) == {"standing_notice", "standing_decision"}


def test_one_person_in_two_roles_is_not_two_people(county):
    found = barring.noticed(county)
    county.later(days=8)
    with acting_as(SYSTEM):
        Membership.objects.create(
            user_id=county.officer.user_id, org_id=county.zone.pk, role=Role.AGENCY_LEADER
        )
        second = Membership.objects.select_related("org__agency", "user").get(
            user_id=county.officer.user_id, role=Role.AGENCY_LEADER
        )
    twin = actor_for(second)
    with pytest.raises(DomainError, match="拟办人不能自己决定"):
        barring.decide(county, found, twin, from_on=now_day(county))


def test_a_statement_within_the_days_is_answered_by_the_decision(county):
    found = barring.noticed(county)
    with acting_as(county.lead):
        made = standing_state(
            actor=county.lead, decision=found, text="当日已改期并告知企业", files=barring.FILES
        )
        with pytest.raises(DomainError, match="已提出过"):
            standing_state(actor=county.lead, decision=found, text="再说一次")
    barring.decide(county, found, reason="改期没有依据，不予采纳")  # no need to wait any longer
    with acting_as(county.lead):
        made.refresh_from_db()
        assert made.answer == "改期没有依据，不予采纳"
        assert Attachment.objects.filter(subject_id=str(made.pk)).exists()
        paper = Document.objects.get(kind="standing_decision")
        assert paper.content["statement"] == "当日已改期并告知企业"
        with pytest.raises(DomainError, match="现在不能陈述"):
            standing_state(actor=county.lead, decision=found, text="迟了")


def test_a_statement_comes_from_the_body_and_in_time(county):
    found = barring.noticed(county)
    other = counties.build("130372", base=500)
    with acting_as(other.lead), pytest.raises(StandingDecision.DoesNotExist):
        standing_state(actor=other.lead, decision=found, text="替人说话")
    with acting_as(county.lead), pytest.raises(DomainError) as caught:
        standing_state(actor=county.lead, decision=found, text=" ")
    assert caught.value.field == "text"
    county.later(days=8)
    with acting_as(county.lead), pytest.raises(DomainError, match="已于2026-06-15结束"):
        standing_state(actor=county.lead, decision=found, text="迟了")


def test_the_body_writes_neither_the_decision_nor_the_answer(county):
    found = barring.noticed(county)
    with acting_as(county.lead):
        made = standing_state(actor=county.lead, decision=found, text="有异议")
        assert StandingDecision.objects.update(reason="撤销") == 0
        assert StandingStatement.objects.filter(pk=made.pk).update(answer="同意") == 0
        assert StandingStatement.objects.filter(pk=made.pk).delete()[0] == 0


def test_the_days_are_the_agencys_own(county):
    with acting_as(county.admin):
        rules_set(actor=county.admin, agency=county.zone, statement_days=10)
        assert ProviderRules.objects.get().statement_days == 10
    assert barring.noticed(county).respond_until > date(2026, 6, 15)


def test_a_dropped_one_is_no_measure_and_the_told_body_learns_of_it(county):
    found = barring.noticed(county)
    with acting_as(county.officer):
        with pytest.raises(DomainError) as caught:
            standing_drop(actor=county.officer, decision=found, reason="")
        assert caught.value.field == "reason"
        standing_drop(actor=county.officer, decision=found, reason="证据不足")
    county.later(days=8)
    with pytest.raises(DomainError):
        barring.decide(county, found, from_on=now_day(county))
    assert words_on(county) == ""
    with acting_as(county.lead):
        assert Notification.objects.filter(title__contains="不予采取").exists()


def test_the_same_measure_is_not_drafted_twice_but_another_agency_may(county):
    barring.draft(county)
    with pytest.raises(DomainError, match="同一措施"):
        barring.draft(county)
    barring.draft(county, measure="reprimand")
    other = counties.build("130372", base=500)
    barring.draft(other, about=barring.org_of(county.lead))


# what holds, and until when


def test_a_repair_is_asked_for_with_evidence_and_lifted_by_somebody_else(county):
    found = barring.barred(county)
    with acting_as(county.lead), pytest.raises(DomainError) as caught:
        standing_repair(actor=county.lead, decision=found, text="已整改", files=())
    assert caught.value.field == "files"
    with acting_as(county.lead):
        standing_repair(actor=county.lead, decision=found, text="已整改", files=barring.FILES)
        with pytest.raises(DomainError, match="等待答复"):
            standing_repair(actor=county.lead, decision=found, text="又", files=barring.FILES)
    with acting_as(county.admin):
        standing_keep(actor=county.admin, decision=found, reason="材料不足")
    assert words_on(county)
    with acting_as(county.lead):
        standing_repair(actor=county.lead, decision=found, text="补充材料", files=barring.FILES)
    county.later(days=3)
    with acting_as(county.officer), pytest.raises(DomainError, match="拟办人"):
        standing_lift(actor=county.officer, decision=found, reason="属实")
    with acting_as(county.admin):
        standing_lift(actor=county.admin, decision=found, reason="整改属实")
        answers = StandingStatement.objects.order_by("pk").values_list("answer", flat=True)
        assert list(answers) == ["材料不足", "整改属实"]
    assert words_on(county) == ""
    assert words_on(county, now_day(county) - DAY) != ""  # it held until yesterday
    with acting_as(county.lead):
        assert Document.objects.filter(kind="standing_lift").count() == 1


def test_a_term_ends_by_the_day_and_the_night_writes_it_down(county):
    found = barring.barred(county, until_on=date(2026, 6, 20))
    assert words_on(county, date(2026, 6, 20))
    assert words_on(county, date(2026, 6, 21)) == ""
    with acting_as(county.admin):
        worker = system_for(Agency.objects.select_related("org").get(pk=county.zone.pk))

    def night():
        with acting_as(worker):
            return standing_expire(actor=worker, agency_id=county.zone.pk)

    assert night() == 0
    county.later(days=5)
    assert (night(), night()) == (1, 0)
    with acting_as(county.lead):
        found.refresh_from_db()
        assert (found.state, found.ended_reason) == ("expired", "期限届满")


def test_the_agency_is_reminded_of_what_it_may_decide(county):
    found = barring.noticed(county)
    with acting_as(county.admin):
        worker = system_for(Agency.objects.select_related("org").get(pk=county.zone.pk))

    def night():
        with acting_as(worker):
            return standing_remind(agency_id=county.zone.pk)

    assert night() == 0
    county.later(days=8)
    assert (night(), night()) == (1, 1)
    with acting_as(county.admin):
        assert WorkTask.objects.filter(kind="standing_decide", done_at=None).count() == 1
    barring.decide(county, found, from_on=now_day(county))
    with acting_as(county.admin):
        assert not WorkTask.objects.filter(kind="standing_decide", done_at=None).exists()


def test_what_is_milder_than_a_suspension_bars_nobody(county):
    rectify = {"measure": "rectify", "demand": "补齐人员", "demand_due_on": date(2026, 7, 31)}
    barring.barred(county, until_on=None, **rectify)
    assert words_on(county) == ""
    with acting_as(county.lead):
        code = barring.org_of(county.lead).credit_code
        step, rows = ladder_on(code, now_day(county), is_training=True)
        assert (step, len(rows)) == ("rectify", 1)


def test_the_heaviest_measure_gives_the_words(county):
    barring.barred(county)
    other = counties.build("130372", base=500)
    barring.barred(other, about=barring.org_of(county.lead), measure="revoke", until_on=None)
    assert words_on(county) == "安评机构130371自2026-06-16起被吊销资格"


@pytest.mark.parametrize("subject", ["service", "insurer", "trainer", "association", "engineers"])
def test_five_kinds_of_bodies_are_blacklisted_whether_registered_or_not(county, subject):
    code = counties.code_for(7_000_000, "130371")
    with acting_as(county.officer):
        found = standing_draft(
            actor=county.officer,
            **{**barring.WORDS, "subject": subject, "measure": "blacklist", "ground": "fee_only",
               "name": "某某机构", "credit_code": f" {code.lower()} "},
        )  # fmt: skip
        standing_notice(actor=county.officer, decision=found)
    county.later(days=8)
    barring.decide(county, found, from_on=now_day(county))
    with acting_as(county.admin):
        later = provider_register(
            actor=county.admin, name="某某机构", short_name="某某", credit_code=code
        )
        assert barred_words(later.pk, now_day(county)).endswith("被列入黑名单")


def test_what_a_training_agency_plays_bars_no_real_body(county):
    """Decided while nobody was registered under the code, and by an agency of the demonstration."""
    code = counties.code_for(7_100_000, "130371")
    about = Organization(name="真机构", credit_code=code)
    barring.barred(county, about=about)
    real = world.agency("130380", training=False)
    admin = world.member(real.org, Role.AGENCY_ADMIN)
    with acting_as(admin):
        body = provider_register(actor=admin, name="真机构", short_name="真", credit_code=code)
        assert barred_words(body.pk, now_day(county)) == ""
    with pytest.raises(DomainError, match="演示单位和实际单位"):
        barring.draft(county, about=about, measure="revoke", until_on=None)


def test_a_banned_person_is_known_by_name_and_certificate(county):
    certify(county.lead, county.inspector, number="E-77")
    name = county.inspector.user_name
    with acting_as(county.officer):
        found = standing_draft(
            actor=county.officer,
            **{**barring.WORDS, "subject": "person", "measure": "occupation_ban", "name": name,
               "certificate_number": "E-77", "id_number": "130301199001011234",
               "ground": "accident", "until_on": None},
        )  # fmt: skip
        standing_notice(actor=county.officer, decision=found)
    county.later(days=8)
    barring.decide(county, found, from_on=now_day(county), until_on=None)
    with connection.cursor() as cursor, acting_as(county.admin):
        cursor.execute("SELECT id_number FROM providers_standingdecision")
        assert "130301199001011234" not in cursor.fetchone()[0]
    with acting_as(county.lead):
        rows = Membership.objects.filter(org_id=county.lead.org_id).select_related("user")
        asked = list(rows)
        with CaptureQueriesContext(connection) as queries:
            banned = barred_people(asked, now_day(county))
        assert len([q for q in queries if "standingdecision" in q["sql"]]) == 1
        assert set(banned) == {county.inspector.member}
        plan = {county.assignment.pk: county.inspector.member}
        with pytest.raises(DomainError, match="被职业禁入"):
            inspectors_assign(actor=county.lead, batch=county.batch, plan=plan)
    with acting_as(county.inspector), pytest.raises(DomainError, match="被职业禁入"):
        visit_start(actor=county.inspector, assignment=county.assignment)
    with acting_as(county.lead):  # the others of the body serve on
        assert visit_start(actor=county.lead, assignment=county.assignment).pk


# what follows


def test_a_barred_provider_is_chosen_by_nobody_anywhere(county):
    other = counties.build("130372", base=500)
    barring.barred(county)
    body = barring.org_of(county.lead)
    new = {
        "provider_org_id": body.pk, "number": "HT-X", "title": "新合同", "kind": "government_purchase",
        "signed_on": barring.TODAY, "starts_on": barring.TODAY, "ends_on": date(2026, 8, 31),
    }  # fmt: skip
    other.later(days=8)
    with acting_as(other.admin), pytest.raises(DomainError, match="被中止服务") as caught:
        contract_create(actor=other.admin, **new)
    assert caught.value.field == "provider_org"
    days = {"starts_on": date(2026, 6, 20), "ends_on": date(2026, 8, 1)}
    with acting_as(county.admin):
        with pytest.raises(DomainError, match="被中止服务"):
            batch_create(actor=county.admin, contract=county.contract, name="二", code="B2", **days)
        fresh = counties.enterprise(county.zone, 50)
        with pytest.raises(DomainError, match="被中止服务"):
            batch_assign(actor=county.admin, batch=county.batch, enterprise_ids=[fresh.pk])
    with acting_as(county.lead), pytest.raises(DomainError, match="被中止服务"):
        plan = {county.assignment.pk: county.idle_inspector.member}
        inspectors_assign(actor=county.lead, batch=county.batch, plan=plan)
    with acting_as(county.inspector), pytest.raises(DomainError, match="被中止服务"):
        visit_start(actor=county.inspector, assignment=county.assignment)
    with acting_as(county.inspector):
        assert not Visit.objects.exists()


def test_a_draft_is_not_activated_with_a_barred_provider(county):
    with acting_as(county.admin):
        waiting = contract_create(
            actor=county.admin, provider_org_id=county.lead.org, number="HT-2", title="二期",
            kind="government_purchase", signed_on=barring.TODAY, starts_on=barring.TODAY,
            ends_on=date(2026, 8, 31),
        )  # fmt: skip
    barring.barred(county)
    with acting_as(county.admin):
        with pytest.raises(DomainError, match="被中止服务"):
            contract_activate(actor=county.admin, contract=waiting)
        waiting.refresh_from_db()
        assert waiting.state == "draft"


def test_what_is_under_way_is_finished_but_nothing_moves_on(county):
    found = counties.visit(county, sign=False)
    barring.barred(county)
    with acting_as(county.inspector):
        visit_sign(
            actor=county.inspector, visit=found, representative_name="张立新",
            representative_post="厂长", signature=counties.picture(kind="PNG"),
        )  # fmt: skip
    with acting_as(county.lead):
        hazards_confirm(actor=county.lead, visit=found)
        assert Assignment.objects.get(pk=county.assignment.pk).state == "survey"
        with pytest.raises(DomainError, match="被中止服务"):
            phase_advance(actor=county.lead, assignment=county.assignment)
        hazard = Hazard.objects.get(visit=found)
    with acting_as(county.principal):
        rectification_submit(
            actor=county.principal, hazard=hazard, text="已接地", responsible_person="张立新",
            done_on=hazard.found_on, photos=[counties.picture((9, 9, 9))],
        )  # fmt: skip
        titles = Notification.objects.all()
        assert not titles.filter(org_id=county.lead.org_id, kind="hazard.submitted").exists()
    with acting_as(county.lead), pytest.raises(DomainError, match="被中止服务"):
        hazard_recheck(actor=county.lead, hazard=hazard, result="passed")
    with acting_as(county.officer):  # the agency's officers do it instead
        hazard_recheck(actor=county.officer, hazard=hazard, result="passed")
        hazard.refresh_from_db()
        assert hazard.state == "closed"


def test_a_visit_that_began_before_the_decision_counts_whenever_it_comes(county):
    before = counties.NOW + timedelta(days=8, minutes=-30)
    barring.barred(county)
    county.later(hours=1)
    with acting_as(county.inspector):
        with pytest.raises(DomainError, match="被中止服务"):
            visit_start(actor=county.inspector, assignment=county.assignment)
        assert visit_start(
            actor=county.inspector, assignment=county.assignment, arrived_at=before
        ).pk


def test_a_phone_brings_what_began_before_and_is_told_of_what_began_after(county):
    early = Phone(county.inspector, county.assignments[0])
    late = Phone(county.inspector, county.assignments[1])
    found = barring.noticed(county)
    county.later(days=8)
    early.start()
    early.find(early.items[0])
    county.later(minutes=10)
    barring.decide(county, found, from_on=now_day(county))
    county.later(minutes=10)
    late.start()
    early.send()
    late.send()
    with acting_as(county.inspector):
        assert [visit.pk for visit in Visit.objects.all()] == [early.visit]
        assert Hazard.objects.count() == 1
        refused = FieldOperation.objects.get(visit_id=late.visit)
        assert refused.state == "refused"
        assert "被中止服务" in refused.outcome["message"]


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    terms=st.lists(
        st.tuples(
            st.sampled_from(sorted(StandingDecision.Measure.values)),
            st.integers(0, 20), st.none() | st.integers(0, 20), st.booleans(),
        ),
        max_size=5,
    ),
    asked=st.integers(0, 45),
)  # fmt: skip
def test_words_say_exactly_what_the_terms_say(county, terms, asked):
    """Against the rule written out once more, over any set of terms, decided or only intended."""
    first, body = date(2026, 7, 1), barring.org_of(county.lead)
    day, expected = first + asked * DAY, False
    with acting_as(county.admin):
        with connection.cursor() as cursor:
            cursor.execute("SAVEPOINT terms")
        for number, (measure, start, length, is_decided) in enumerate(terms):
            if measure == "occupation_ban":
                continue
            last = None if length is None and measure in StandingDecision.OPEN_ENDED else (
                first + (start + (length or 0)) * DAY
            )  # fmt: skip
            row(county, body, number, measure, first + start * DAY, last, is_decided)
            holds = first + start * DAY <= day and (last is None or day <= last)
            heavy = measure in ("suspend", "revoke", "blacklist", "industry_ban")
            expected |= holds and heavy and is_decided
        found = barred_words(body.pk, day)
        with connection.cursor() as cursor:
            cursor.execute("ROLLBACK TO SAVEPOINT terms")
    assert bool(found) == expected, found


def row(county, body, number, measure, start, last, is_decided):
    at = counties.NOW
    decided = {"decided_at": at, "reason": "属实", "state": "effective"} if is_decided else {}
    StandingDecision.objects.create(
        **county.zone.tenant, measure=measure, subject="service", name=f"{body.name}{number}",
        credit_code=body.credit_code, ground="lent", facts="事实", basis="依据", demand="补齐",
        demand_due_on=start, from_on=start, until_on=last, last_on=last, drafted_at=at,
        drafted_by_id=county.officer.member, drafted_by_name="甲", noticed_at=at,
        respond_until=at.date(), **({"state": "noticed"} | decided),
    )  # fmt: skip


def test_asking_whether_a_provider_may_serve_is_one_statement(county):
    barring.barred(county)
    day = now_day(county)
    with acting_as(county.admin):
        Organization.objects.count()  # whoever acts has been told to the database
        with CaptureQueriesContext(connection) as queries:
            assert barred_words(county.lead.org, day)
    assert len(queries) == 1


# pages


def test_the_pages_lead_through_it(county, client):
    for measure in ("suspend", "reprimand"):
        barring.draft(county, measure=measure)
    with acting_as(county.officer):
        pk = StandingDecision.objects.get(measure="suspend").pk
    record = reverse("providers:standing", args=[pk])
    world.sign_in(client, county.lead)
    assert client.get(record).status_code == 404
    world.sign_in(client, county.officer)
    page = client.get(reverse("providers:standing-list"), {"measure": "suspend"}).content.decode()
    assert ("共 1 件" in page, "三次应到场" in client.get(record).content.decode()) == (True, True)
    assert (
        client.post(reverse("providers:standing-notice", args=[pk]), {"days": 0}).status_code == 422
    )
    assert (
        client.post(reverse("providers:standing-notice", args=[pk]), {"days": 3}).status_code == 302
    )
    world.sign_in(client, county.lead)
    assert "陈述申辩" in client.get(record).content.decode()
    assert client.get(reverse("providers:standing-decide", args=[pk])).status_code == 403
    answer = client.post(reverse("providers:standing-state", args=[pk]), {"text": "已改期"})
    assert answer.status_code == 302
    world.sign_in(client, county.admin)
    kept = client.post(reverse("providers:standing-decide", args=[pk]), {"reason": "采纳部分"})
    assert kept.status_code == 422
    assert "采纳部分" in kept.content.decode()
    data = {"reason": "不予采纳", "from_on": "2026-06-08", "until_on": "2026-09-30"}
    assert client.post(reverse("providers:standing-decide", args=[pk]), data).status_code == 302
    own = client.get(reverse("providers:record", args=[county.lead.org_id])).content.decode()
    assert "中止服务" in own
    other = counties.build("130372", base=500)
    world.sign_in(client, other.officer)
    assert client.get(record).status_code == 200
    assert client.get(reverse("providers:standing-lift", args=[pk])).status_code == 403


def test_an_id_number_is_shown_to_its_agency_alone_by_a_button_that_leaves_a_trace(county, client):
    with acting_as(county.officer):
        found = standing_draft(
            actor=county.officer,
            **{**barring.WORDS, "subject": "person", "measure": "occupation_ban", "name": "王某",
               "certificate_number": "E-9", "id_number": "130301199001011234", "ground": "accident"},
        )  # fmt: skip
        standing_notice(actor=county.officer, decision=found)
    county.later(days=8)
    barring.decide(county, found, from_on=now_day(county))
    show = reverse("tenancy:personal", args=["providers.standingdecision", found.pk, "id_number"])
    world.sign_in(client, county.officer)
    page = client.get(reverse("providers:standing", args=[found.pk])).content.decode()
    assert "130301199001011234" not in page
    assert show in page
    assert "130301199001011234" in client.post(show).content.decode()
    other = counties.build("130372", base=500)
    for stranger in (other.officer, county.lead):
        world.sign_in(client, stranger)
        page = client.get(reverse("providers:standing", args=[found.pk]))
        assert (page.status_code, show in page.content.decode()) == (200, False)
        assert client.post(show).status_code in (403, 404)


def test_the_papers_are_made(county):
    found = barring.noticed(county)
    with acting_as(county.lead):
        standing_state(actor=county.lead, decision=found, text="已改期")
    barring.decide(county, found)
    with acting_as(county.admin):
        standing_lift(actor=county.admin, decision=found, reason="整改属实")
        papers = list(Document.objects.filter(subject_type="providers.standingdecision"))
        assert len({paper.number for paper in papers}) == 3
        for paper in papers:
            document_render(str(paper.pk))
            paper.refresh_from_db()
            assert paper.file
