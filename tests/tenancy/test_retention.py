"""What is past its time goes, what a case needs stays, and the chain holds before and after."""

from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from axes.models import AccessAttempt
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from audit.chain import chain_problems
from audit.models import AuditEntry
from audit.services import chain_seal
from common.ids import uuid7_at
from common.scope import acting_as
from documents.models import DeliveryConsent, Document
from enterprises.bringing import import_upload
from enterprises.models import EnterpriseImport
from inspections.models import MeetingAttendance, VisitTrack
from inspections.services import attendance_add
from tenancy import retention
from tenancy.actors import SYSTEM
from tenancy.enums import Role
from tenancy.models import Invitation, Membership
from tenancy.retention import GONE, retention_report, retention_run
from tenancy.services import invitation_accept, invitation_create, invited_actor, membership_end
from tests import county as counties
from tests import world
from tests.scene import LIST

pytestmark = pytest.mark.django_db
NUMBER = "13405461647"
LATER = timezone.now() + timedelta(days=4000)


def whole(*agencies) -> bool:
    """Seal what is not sealed; whether the chains hold."""
    with acting_as(SYSTEM):
        for agency_id in (0, *agencies):
            chain_seal(agency_id=agency_id)
        return not [p for agency_id in (0, *agencies) for p in chain_problems(agency_id=agency_id)]


def run(now=LATER) -> dict[str, int]:
    with acting_as(SYSTEM):
        return retention_run(now)


def signed_in(county, name: str, firm=None):
    with acting_as(county.lead):
        meeting = counties.plan_meeting(county, "training")
        unit = firm.name if firm else "某单位"
        return attendance_add(meeting=meeting, unit_name=unit, person_name=name, phone=NUMBER)


def phone_of(row) -> str:
    with acting_as(SYSTEM):
        return type(row).objects.get(pk=row.pk).phone


def test_every_line_of_the_table_says_where_its_period_comes_from():
    for period in retention.periods():
        assert period.months > 0
        assert ("提案" in period.basis) is not period.is_source
        assert period.kind in retention._erasers or period.is_source


@pytest.mark.parametrize(
    ("now", "months", "before"),
    [
        (datetime(2026, 3, 31, tzinfo=UTC), 1, datetime(2026, 2, 28, tzinfo=UTC)),
        (datetime(2026, 1, 15, tzinfo=UTC), 1, datetime(2025, 12, 15, tzinfo=UTC)),
        (datetime(2026, 12, 5, tzinfo=UTC), 12, datetime(2025, 12, 5, tzinfo=UTC)),
        (datetime(2028, 2, 29, tzinfo=UTC), 36, datetime(2025, 2, 28, tzinfo=UTC)),
    ],
)
def test_a_period_ends_on_the_same_day_of_an_earlier_month(now, months, before):
    assert retention.Period("a", months, "", False).past(now) == before


def test_a_report_writes_nothing_and_the_run_does_what_it_said(county):
    row = signed_in(county, "李四")
    with acting_as(SYSTEM):
        found = {f.period.kind: f.due for f in retention_report(LATER)}
    assert found["attendance_phone"] == 1
    assert phone_of(row) == NUMBER
    assert whole(county.zone.pk)
    assert run()["attendance_phone"] == 1
    assert phone_of(row) == ""
    with acting_as(SYSTEM):
        assert MeetingAttendance.objects.get(pk=row.pk).person_name == "李四"
        [act] = AuditEntry.objects.filter(act="retention.erase", agency_id=county.zone.pk)
    assert act.data == {"kind": "attendance_phone", "rows": 1, "months": 12}
    assert whole(county.zone.pk)
    assert "attendance_phone" not in run(), "again, there is nothing left"


def test_what_is_not_past_stays(county):
    row = signed_in(county, "李四")
    assert run(counties.NOW + timedelta(days=300)) == {}
    assert phone_of(row) == NUMBER


def test_an_open_case_holds_what_concerns_its_enterprise_and_nothing_else(county):
    counties.ordered(county)
    held = signed_in(county, "张三", county.enterprises[0])
    free = signed_in(county, "李四", county.enterprises[1])
    with acting_as(SYSTEM):
        found = {f.period.kind: (f.due, f.held) for f in retention_report(LATER)}
    assert found["attendance_phone"] == (1, 1)
    run()
    assert (phone_of(held), phone_of(free)) == (NUMBER, "")


def test_a_large_run_goes_on_where_it_was_ended(county, monkeypatch):
    monkeypatch.setattr(retention, "BATCH", 2)
    rows = [signed_in(county, f"人员{n}") for n in range(5)]
    calls = []
    kept = retention.record

    def ended(**words):
        calls.append(words)
        if len(calls) == 2:
            raise KeyboardInterrupt
        kept(**words)

    monkeypatch.setattr(retention, "record", ended)
    with pytest.raises(KeyboardInterrupt), acting_as(SYSTEM, atomic=False):
        retention_run(LATER)
    assert sorted(phone_of(row) for row in rows).count("") == 2
    monkeypatch.setattr(retention, "record", kept)
    assert run()["attendance_phone"] == 3
    assert whole(county.zone.pk)


def test_offers_contacts_tracks_and_lists_go_with_their_times(
    county, django_capture_on_commit_callbacks
):
    county_visit = counties.visit(county)
    with acting_as(county.admin):
        offer = invitation_create(
            actor=county.admin, org=county.zone.org, role=Role.OFFICER, name="王新", phone=NUMBER
        )
        draft = import_upload(
            actor=county.officer, agency=county.zone, content=LIST.read_bytes(), filename="a.xlsx"
        )
        consent = DeliveryConsent.objects.create(
            owner_agency=county.zone, region_code=county.zone.region_code,
            enterprise_org=county.enterprises[1].enterprise_org, signer_name="张立新",
            signed_on=counties.NOW.date(), contact=NUMBER, withdrawn_at=counties.NOW,
            recorded_by_id=county.admin.member, recorded_by_name="", recorded_at=counties.NOW,
        )  # fmt: skip
    with acting_as(county.inspector):
        track = VisitTrack.objects.create(
            id=uuid7_at(counties.NOW), **county_visit.tenant, visit=county_visit,
            points=[[1780884000000, 39.91, 119.55, 12]],
        )  # fmt: skip
    path = draft.file.name
    assert default_storage.exists(path)
    with django_capture_on_commit_callbacks(execute=True):
        erased = run()
    assert erased == {"invitation": 1, "consent_contact": 1, "visit_track": 1, "import_file": 1}
    with acting_as(SYSTEM):
        offer = Invitation.objects.get(pk=offer.pk)
        assert (offer.name, offer.phone) == (GONE, "")
        assert DeliveryConsent.objects.get(pk=consent.pk).contact == ""
        assert VisitTrack.objects.get(pk=track.pk).points == []
        draft = EnterpriseImport.objects.get(pk=draft.pk)
    assert (draft.file.name, draft.state) == ("", EnterpriseImport.State.DROPPED)
    assert not default_storage.exists(path)
    assert whole(county.zone.pk)


def test_pages_of_a_list_whose_file_went_say_so(client, county):
    with acting_as(county.officer):
        draft = import_upload(
            actor=county.officer, agency=county.zone, content=LIST.read_bytes(), filename="a.xlsx"
        )
    run()
    world.sign_in(client, county.officer)
    for page in ("", "rejected/"):
        response = client.get(f"/enterprises/import/{draft.pk}/{page}", follow=True)
        assert response.status_code == 200
    assert "已按保存期限清除" in response.content.decode()


def test_a_person_who_left_is_nobody_and_what_he_did_stays(client, county):
    counties.issued(county)
    lead = county.lead
    with acting_as(county.admin):
        offer = invitation_create(
            actor=county.admin, org=county.zone.org, role=Role.OFFICER, name="王新", phone=NUMBER,
            email="wang@example.cn",
        )  # fmt: skip
    with acting_as(invited_actor(county.zone.org_id)):
        person = invitation_accept(
            invitation_id=str(offer.pk), user=None, username="wangxin", password="x" * 12
        )
    with pytest.raises(CommandError, match="在用"):
        erase("wangxin")
    with acting_as(county.admin):
        membership_end(actor=county.admin, membership=person)
    assert whole(county.zone.pk)
    erase("WangXin")
    with acting_as(SYSTEM):
        user = User.objects.get(pk=person.user_id)
        assert (user.name, user.email, user.is_active) == (f"{GONE}{user.pk}", "", False)
        assert "wang" not in user.username
        assert Membership.objects.get(pk=person.pk).phone == ""
        offer = Invitation.objects.get(pk=offer.pk)
        assert (offer.name, offer.email, offer.phone) == (GONE, "", "")
        assert AuditEntry.objects.get(act="person.erase").subject_id == str(user.pk)
        assert Document.objects.filter(issuer_org_id=lead.org).exists()
    assert whole(county.zone.pk)
    sign_in = {"login": "wangxin", "password": "x" * 12}
    assert client.post(reverse("account_login"), sign_in).status_code == 200
    assert "_auth_user_id" not in client.session


def erase(username: str) -> str:
    out = StringIO()
    call_command("erase_person", username, reason="request", stdout=out)
    return out.getvalue()


def test_a_person_of_an_enterprise_with_an_open_case_stays(county):
    counties.ordered(county)
    with acting_as(SYSTEM):
        Membership.objects.filter(pk=county.principal.member).update(ended_at=timezone.now())
        name = User.objects.get(pk=county.principal.user_id).username
    with pytest.raises(CommandError, match="案件"):
        erase(name)


def test_nobody_of_that_name_is_an_error():
    with pytest.raises(CommandError, match="nobody"):
        erase("nobody-here")


def test_failed_sign_ins_are_forgotten_after_a_month():
    now = timezone.now()
    for days in (20, 40):
        row = AccessAttempt.objects.create(
            username=f"x{days}",
            ip_address="10.0.0.1",
            failures_since_start=1,
            get_data="",
            post_data="",
        )
        AccessAttempt.objects.filter(pk=row.pk).update(attempt_time=now - timedelta(days=days))
    assert run(now)["sign_in_failure"] == 1
    assert AccessAttempt.objects.get().attempt_time > now - timedelta(days=30)
