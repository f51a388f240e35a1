"""Complaints about a provider, for the organizer alone; what is true of them is a breach that it reads."""

from datetime import date

import pytest
from django.core.cache import cache
from django.urls import reverse

from audit.models import AuditEntry
from common.errors import DomainError
from common.scope import acting_as
from evidence.models import Attachment
from inspections.models import Complaint, VerifiedBreach
from inspections.services import (
    breach_add,
    breach_revoke,
    complaint_enter,
    complaint_handle,
    complaint_make,
    complaint_receive,
    complaint_reject,
    complaint_verify,
    supervision_rules_save,
)
from inspections.services import complaints as service
from inspections.supervision import breaches_of
from notifications.models import Notification
from tenancy.actors import SYSTEM
from tenancy.enums import Role
from tenancy.retention import retention_report
from tests import county as counties
from tests import world

pytestmark = pytest.mark.django_db
TODAY = date(2026, 6, 8)
PHONE = "13911112222"
FOUND = {
    "kind": "extra_fee", "happened_on": TODAY, "fact": "另收2000元", "evidence": "收据复印件",
    "answer": "已责令退还",
}  # fmt: skip


def complain(county, **more):
    with acting_as(county.principal):
        values = {
            "enterprise": county.enterprises[0], "contract": county.contract, "kind": "extra_fee",
            "text": "另收资料费2000元", "name": "张立新", "phone": PHONE,
        }  # fmt: skip
        return complaint_make(actor=county.principal, **values | more)


def public(county, **more):
    values = {"about_name": "安评", "kind": "absent", "text": "说来没来", "name": "王某",
              "phone": PHONE}  # fmt: skip
    return complaint_receive(agency=county.zone, **values | more)


def handled(county, complaint):
    with acting_as(county.officer):
        return complaint_handle(actor=county.officer, complaint=complaint)


def test_the_provider_never_learns_of_a_complaint(county):
    complain(county, files=[("收据.jpg", counties.picture())])
    public(county)
    with acting_as(county.lead):
        assert not Complaint.objects.exists()
        assert not Attachment.objects.exists()
        assert not Notification.objects.filter(kind="complaint.received").exists()
    with acting_as(county.principal):
        assert Complaint.objects.get().source == "enterprise"
    with acting_as(county.officer):
        assert Complaint.objects.count() == 2
        assert Attachment.objects.count() == 1
        assert Notification.objects.filter(kind="complaint.received").count() == 2
    with acting_as(SYSTEM):
        acts = str(list(AuditEntry.objects.values_list("summary", "data")))
    assert PHONE not in acts
    assert "张立新" not in acts


def test_the_deadline_is_working_days_of_the_agencys_own_figure(county):
    first = complain(county)
    with acting_as(county.admin):
        with pytest.raises(DomainError) as caught:
            supervision_rules_save(
                actor=county.admin, notice_minutes=60, report_hours=24, complaint_days=0
            )
        assert caught.value.field == "complaint_days"
        supervision_rules_save(
            actor=county.admin, notice_minutes=60, report_hours=24, complaint_days=9
        )
    second = complain(county)
    assert first.due_on == date(2026, 6, 30)  # 15 working days, the 19th is a holiday
    assert second.due_on == date(2026, 6, 22)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"text": " "}, "text"), ({"kind": "none"}, "kind"), ({"happened_on": date(2026, 6, 9)},
     "happened_on")],
)  # fmt: skip
def test_a_complaint_without_words_kind_or_with_a_day_to_come_is_refused(county, wrong, field):
    with pytest.raises(DomainError) as caught:
        complain(county, **wrong)
    assert caught.value.field == field


def test_an_enterprise_complains_only_about_who_serves_it(county):
    other = counties.build("130400", base=500)
    with pytest.raises(DomainError) as caught:
        complain(county, contract=other.contract)
    assert caught.value.field == "contract"


def test_the_public_may_write_any_name_and_the_officer_finds_the_body(county):
    known, unknown = public(county), public(county, about_name="某安评公司")
    assert known.about_id == county.contract.provider_org_id
    assert unknown.about_id is None
    with acting_as(county.officer), pytest.raises(DomainError) as caught:
        complaint_handle(actor=county.officer, complaint=unknown)
    assert caught.value.field == "about"


def test_the_public_channel_has_an_end_for_a_day(county, monkeypatch):
    monkeypatch.setattr(service, "PUBLIC_A_DAY", 2)
    public(county)
    public(county)
    with pytest.raises(DomainError, match="12350"):
        public(county)
    county.later(days=1)
    public(county)


def test_what_is_true_becomes_a_breach_and_the_complainant_is_answered(county):
    made = handled(county, complain(county))
    with acting_as(county.officer):
        breach = complaint_verify(
            actor=county.officer, complaint=made, contract=county.contract, **FOUND
        )
        made.refresh_from_db()
        assert (made.state, made.answer) == ("verified", "已责令退还")
        assert [row.pk for row in breaches_of(county.contract.pk)] == [breach.pk]
    with acting_as(county.lead):
        assert VerifiedBreach.objects.get().fact == "另收2000元"
        assert Notification.objects.filter(kind="breach.moved").exists()
    with acting_as(county.principal):
        assert Notification.objects.filter(kind="complaint.answered").exists()
        assert not VerifiedBreach.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"fact": ""}, "fact"), ({"answer": " "}, "answer"), ({"evidence": ""}, "evidence"),
        ({"happened_on": date(2026, 6, 9)}, "happened_on"),
        ({"happened_on": date(2026, 5, 1)}, "happened_on"), ({"kind": "x"}, "kind"),
    ],
)  # fmt: skip
def test_a_breach_stands_on_fact_evidence_and_a_day_of_the_contract(county, wrong, field):
    made = handled(county, complain(county))
    with acting_as(county.officer):
        with pytest.raises(DomainError) as caught:
            complaint_verify(
                actor=county.officer, complaint=made, contract=county.contract, **FOUND | wrong
            )
        made.refresh_from_db()
    assert caught.value.field == field
    assert made.state == "handling"


def test_a_complaint_is_taken_up_before_it_is_decided_and_decided_once(county):
    made = complain(county)
    words = {"actor": county.officer, "finding": "查无实据", "answer": "未查实"}
    with acting_as(county.officer), pytest.raises(DomainError, match="不能进行此操作"):
        complaint_reject(complaint=made, **words)
    made = handled(county, made)
    with acting_as(county.officer):
        complaint_reject(complaint=made, **words)
        with pytest.raises(DomainError):
            complaint_reject(complaint=made, **words)
        assert not breaches_of(county.contract.pk).exists()


def test_a_revoked_breach_stays_with_its_reason_and_counts_no_longer(county):
    with acting_as(county.admin):
        breach = breach_add(
            actor=county.admin, contract=county.contract, kind="absent", happened_on=TODAY,
            fact="约定到场未到", evidence="门岗记录", assignment=county.assignment,
        )  # fmt: skip
        with pytest.raises(DomainError) as caught:
            breach_revoke(actor=county.admin, breach=breach, reason="")
        assert caught.value.field == "reason"
        breach_revoke(actor=county.admin, breach=breach, reason="企业记错日期")
        assert not breaches_of(county.contract.pk).exists()
        assert VerifiedBreach.objects.get().revoked_reason == "企业记错日期"
        with pytest.raises(DomainError):
            breach_revoke(actor=county.admin, breach=breach, reason="再来")
    with acting_as(county.lead):
        assert VerifiedBreach.objects.get().state == "revoked"


def test_a_breach_names_no_enterprise_of_another_contract(county):
    other = counties.build("130400", base=500)
    with acting_as(county.admin), pytest.raises(DomainError) as caught:
        breach_add(
            actor=county.admin, contract=county.contract, kind="absent", happened_on=TODAY,
            fact="未到", evidence="记录", assignment=other.assignment,
        )  # fmt: skip
    assert caught.value.field == "assignment"


def test_who_complained_is_seen_by_the_handler_and_leaders_only_and_each_time_recorded(
    county, client
):
    made = complain(county)
    url = reverse("tenancy:personal", args=["inspections.complaint", made.pk, "complainant_phone"])
    page = reverse("inspections:complaint", args=[made.pk])
    world.sign_in(client, county.officer)
    assert PHONE not in client.get(page).content.decode()
    assert "张立新" not in client.get(page).content.decode()
    assert client.post(url).status_code == 403
    handled(county, made)
    assert PHONE in client.post(url, headers={"HX-Request": "true"}).content.decode()
    world.sign_in(client, county.second_officer)
    assert client.post(url).status_code == 403
    world.sign_in(client, county.lead)
    assert client.post(url).status_code in (403, 404)
    superior = world.agency("1303")
    world.sign_in(client, world.member(superior.org, Role.AGENCY_ADMIN))
    assert client.post(url).status_code == 403
    with acting_as(SYSTEM):
        assert AuditEntry.objects.filter(act="personal.show").count() == 1


def test_names_of_complainants_go_when_their_time_is_over(county):
    made = handled(county, complain(county))
    with acting_as(county.officer):
        complaint_reject(actor=county.officer, complaint=made, finding="无", answer="无")
    with acting_as(SYSTEM):
        for year, due in ((2028, 0), (2030, 1)):
            later = counties.NOW.replace(year=year)
            [found] = [f for f in retention_report(later) if f.period.kind == "complainant"]
            assert found.due == due


def test_an_enterprise_complains_on_its_own_page(county, client):
    url = reverse("inspections:complaint-make")
    world.sign_in(client, county.principal)
    assert county.contract.title in client.get(url).content.decode()
    wrong = client.post(url, {"contract": county.contract.pk, "kind": "extra_fee", "text": ""})
    assert wrong.status_code == 422
    assert client.post(url, {"contract": 0, "kind": "extra_fee", "text": "x"}).status_code == 422
    good = {"contract": county.contract.pk, "kind": "extra_fee", "text": "另收费", "phone": PHONE}
    done = client.post(url, good, follow=True).content.decode()
    assert "待受理" in done
    other = counties.build("130400", base=500)
    world.sign_in(client, other.principal)
    assert "另收费" not in client.get(reverse("inspections:complaints-own")).content.decode()


def test_anyone_complains_without_an_account_and_asks_what_came_of_it(county, client):
    index = reverse("portal:complaint-index")
    assert county.zone.org.name in client.get(index, {"q": "130371"}).content.decode()
    url = reverse("portal:complaint", args=[county.zone.pk])
    assert client.post(url, {"about_name": "安评", "kind": "absent"}).status_code == 422
    good = {"about_name": "安评", "kind": "absent", "text": "说来没来", "phone": PHONE}
    done = client.post(url, good, follow=True)
    page = done.content.decode()
    assert "已收到" in page
    assert "说来没来" not in page
    assert PHONE not in page
    with acting_as(county.officer):
        made = Complaint.objects.get()
        made = complaint_handle(actor=county.officer, complaint=made)
        complaint_reject(actor=county.officer, complaint=made, finding="内部", answer="未查实")
    page = client.get(reverse("portal:complaint-status", args=[made.code])).content.decode()
    assert "未查实" in page
    assert "内部" not in page
    assert client.get(reverse("portal:complaint-status", args=["0" * 20])).status_code == 404
    assert client.get(reverse("portal:complaint", args=[999_999])).status_code == 404


def test_an_enterprises_complaint_is_not_asked_about_by_the_public(county, client):
    made = complain(county)
    url = reverse("portal:complaint-status", args=[made.code])
    assert client.get(url).status_code == 404


def test_sending_without_an_account_is_limited_and_reading_is_not(county, client, settings):
    settings.RATELIMIT_ENABLE = True
    settings.RATE_LIMITS = {"public": "50/h", "rare": "2/h"}
    cache.clear()
    url = reverse("portal:complaint", args=[county.zone.pk])
    good = {"about_name": "安评", "kind": "absent", "text": "说来没来"}
    assert [client.post(url, good).status_code for _ in range(3)] == [302, 302, 429]
    assert client.get(url).status_code == 200
    assert client.post(url, good, REMOTE_ADDR="10.0.0.9").status_code == 302


def test_an_officer_enters_handles_and_verifies_on_pages(county, client):
    world.sign_in(client, county.officer)
    with acting_as(county.admin):
        about = county.contract.provider_org
    new = reverse("inspections:complaint-new")
    words = {"about": about.pk, "kind": "absent", "text": "来电反映", "name": "李某"}
    client.post(new, words)
    with acting_as(county.officer):
        made = Complaint.objects.get()
    client.post(reverse("inspections:complaint-handle", args=[made.pk]), {"about": about.pk})
    verify = reverse("inspections:complaint-verify", args=[made.pk])
    wrong = client.post(verify, {"contract": county.contract.pk, **FOUND, "fact": ""})
    assert wrong.status_code == 422
    done = client.post(verify, {"contract": county.contract.pk, **FOUND}, follow=True)
    assert "另收2000元" in done.content.decode()
    listed = reverse("inspections:complaint-list")
    assert "没有未办结" in client.get(listed).content.decode()
    assert about.name in client.get(f"{listed}?state=verified").content.decode()
    assert client.get(f"{listed}?state=nonsense").status_code == 200
    with acting_as(county.officer):
        assert complaint_enter(
            actor=county.officer, about=about, kind="other", text="又一件"
        ).source == "officer"  # fmt: skip
