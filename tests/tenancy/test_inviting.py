"""Many people invited at once, and their links sent, with what went wrong said."""

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from common.errors import DomainError
from common.scope import acting_as
from tenancy.actors import SYSTEM
from tenancy.delivering import invitation_deliver
from tenancy.enums import OrgKind, Role, SendState
from tenancy.invitations import invitation_send, read_list, ways_of
from tenancy.models import Invitation, Membership
from tenancy.services import invitation_create
from tests import world
from tests.notifications.gateway import Gateway

pytestmark = pytest.mark.django_db


@pytest.fixture
def zone():
    """One that is in earnest: training sends nothing."""
    return world.agency(training=False)


@pytest.fixture
def admin(zone):
    return world.member(zone.org, Role.AGENCY_ADMIN, name="赵主任")


@pytest.fixture
def desk(client, admin):
    world.sign_in(client, admin, second_factor=True)
    return client


@pytest.fixture
def now(monkeypatch, django_capture_on_commit_callbacks):
    """Run what is published at once, as a worker would."""

    def publish(task, args):
        invitation_deliver(*args)

    monkeypatch.setattr("tenancy.tasks.OfOrganisationTask._publish", publish)
    return django_capture_on_commit_callbacks


def invite(admin, org, **more):
    person = {"name": "王新", "email": "wang@example.org", "phone": "13900001111"} | more
    with acting_as(admin):
        return invitation_create(actor=admin, org=org, role=Role.OFFICER, **person)


def send(admin, invitation, by="mail"):
    with acting_as(admin):
        return invitation_send(actor=admin, invitation=invitation, by=by)


def again(invitation):
    with acting_as(SYSTEM):
        return Invitation.objects.get(pk=invitation.pk)


LIST = """姓名\t角色\t电话
王新\t行政执法人员\t139 0000 1111\twang@example.org\t冀执 001
李明，检查员，１３９００００２２２２
赵主任,管理员
钱多,局长,13900003333
王新,行政执法人员
孙七  检查员  sun@
"""


def test_a_pasted_list_is_read_with_what_is_wrong(admin, zone):
    with acting_as(admin):
        lines = read_list(zone.org, LIST)
    assert [line.name for line in lines] == ["王新", "李明", "赵主任", "钱多", "王新", "孙七"]
    first, second = lines[:2]
    assert (first.phone, first.email) == ("13900001111", "wang@example.org")
    assert (first.certificate_number, second.phone) == ("冀执 001", "13900002222")
    words = ["".join(line.problems) for line in lines]
    assert words[:2] == ["", ""]
    for word, expected in zip(
        words[2:], ("已有同名", "角色须是", "与第2行重复", "邮箱格式"), strict=True
    ):
        assert expected in word


@pytest.mark.parametrize("text", ["", "  \n \n", "姓名,角色", "王新,检查员\n" * 201])
def test_nothing_and_too_much_are_said_beside_the_list(desk, text):
    answer = desk.post(reverse("tenancy:invite-many"), {"lines": text})
    assert answer.status_code == 422
    assert "lines" in answer.context["form"].errors


def test_from_the_list_over_the_preview_to_the_links(desk, admin, zone, now):
    page = reverse("tenancy:invite-many")
    shown = desk.post(page, {"lines": LIST, "send": "on"})
    assert shown.status_code == 200
    assert "生成 2 份邀请" in shown.content.decode()
    with acting_as(admin):
        assert not Invitation.objects.exists()
    with now(execute=True):
        done = desk.post(page, {"lines": LIST, "send": "on", "confirm": "1"})
    assert done.url == reverse("tenancy:invitations")
    assert [one.to for one in mail.outbox] == [["wang@example.org"]]
    assert "/join/" in mail.outbox[0].body
    listed = desk.get(done.url).content.decode()
    assert "已发出" in listed
    assert "没有发送" in listed  # 李明 has a telephone only, and there is no gateway
    printed = desk.get(reverse("tenancy:invitation-sheets")).content.decode()
    assert printed.count('class="claim-sheet"') == 2
    with now(execute=True):
        desk.post(page, {"lines": LIST, "confirm": "1"})
    with acting_as(admin):
        assert Invitation.objects.count() == 2  # the same list again invites nobody twice


def test_a_file_saved_by_excel_is_read(desk):

    file = SimpleUploadedFile("名单.csv", "姓名,角色\n王新,检查员\n".encode("gb18030"))
    shown = desk.post(reverse("tenancy:invite-many"), {"file": file})
    assert "生成 1 份邀请" in shown.content.decode()
    rubbish = SimpleUploadedFile("x.csv", bytes(range(128, 256)) * 3)
    assert desk.post(reverse("tenancy:invite-many"), {"file": rubbish}).status_code == 422


def test_without_a_gateway_there_is_no_sms_and_it_is_said(desk, admin, zone):
    invitation = invite(admin, zone.org)
    with pytest.raises(DomainError, match="没有接短信网关"):
        send(admin, invitation, "sms")
    page = desk.get(reverse("tenancy:invitation", args=[invitation.pk])).content.decode()
    assert "用电子邮件发送" in page
    assert "用短信发送" not in page
    assert "data:image/svg+xml" in page


def test_with_a_gateway_the_link_goes_to_the_number(settings, admin, zone, now):
    gateway = Gateway()
    settings.SMS_URL = f"json://{gateway.host}/send?:phone={{phone}}"
    gateway.answer = (200, {"errcode": 1016, "errmsg": "no such number"}, {})
    invitation = invite(admin, zone.org)
    with now(execute=True):
        send(admin, invitation, "sms")
    assert "1016 no such number" in again(invitation).send_error
    gateway.answer = (200, {}, {})
    with now(execute=True):
        send(admin, invitation, "sms")
    gateway.shutdown()
    gateway.server_close()
    _, told = gateway.told[-1]
    assert told["phone"] == "13900001111"
    assert "/join/" in told["message"]
    assert again(invitation).send_state == SendState.SENT


def test_why_it_was_not_sent_is_kept_and_it_can_be_sent_again(monkeypatch, desk, admin, zone, now):
    def refuse(*args, **kwargs):
        raise ConnectionRefusedError

    invitation = invite(admin, zone.org)
    with monkeypatch.context() as broken, now(execute=True):
        broken.setattr("tenancy.delivering.send_mail", refuse)
        send(admin, invitation)
    assert again(invitation).send_state == SendState.FAILED
    assert "未发出" in desk.get(reverse("tenancy:invitations")).content.decode()
    url = reverse("tenancy:invitation-send", args=[invitation.pk, "mail"])
    with now(execute=True):
        desk.post(url)
    assert again(invitation).send_state == SendState.SENT
    with now(execute=True):  # a task that runs twice sends once
        invitation_deliver(str(invitation.pk), zone.pk)
    assert len(mail.outbox) == 1


def test_three_times_an_hour_and_no_more(admin, zone):
    invitation = invite(admin, zone.org)
    for _ in range(3):
        send(admin, invitation)
    with pytest.raises(DomainError, match="一小时内"):
        send(admin, invitation)


def test_a_training_agency_writes_to_nobody():
    zone = world.agency("130400")
    admin = world.member(zone.org, Role.AGENCY_ADMIN)
    with pytest.raises(DomainError, match="演示单位"):
        send(admin, invite(admin, zone.org))
    assert not mail.outbox


@pytest.mark.parametrize("by", ["pigeon", "sms"])
def test_a_way_that_there_is_not_is_refused(admin, zone, settings, by):
    settings.SMS_URL = "json://gateway.example/"
    with pytest.raises(DomainError, match="没有填"):
        send(admin, invite(admin, zone.org, phone=""), by)


def test_a_provider_invites_its_own(client, zone):
    firm = world.organization(OrgKind.PROVIDER, "冀安技术服务公司", "91130371MA0DEMA179")
    boss = world.member(firm, Role.PROVIDER_ADMIN)
    world.sign_in(client, boss, second_factor=True)
    done = client.post(
        reverse("tenancy:invite-many"), {"lines": "周工,评估人员\n吴工,项目负责人", "confirm": "1"}
    )
    assert done.status_code == 302
    with acting_as(boss):
        assert set(Invitation.objects.values_list("role", flat=True)) == {
            Role.INSPECTOR, Role.PROJECT_LEAD,
        }  # fmt: skip
    with acting_as(SYSTEM):
        assert Membership.objects.filter(org=firm).count() == 1


def test_the_list_takes_the_same_statements_for_many(desk, admin, zone):
    def statements() -> int:
        with CaptureQueriesContext(connection) as run:
            assert desk.get(reverse("tenancy:invitations")).status_code == 200
        return len(run)

    invite(admin, zone.org)
    statements()
    few = statements()
    for number in range(12):
        invite(admin, zone.org, name=f"人{number}")
    assert statements() == few


def test_where_no_mail_server_is_named_no_letter_counts_as_sent(admin, zone, settings):
    settings.MAIL_IS_SET_UP = False
    row = Invitation(org=zone.org, email="wang@example.com")
    assert ways_of(row) == []
