"""Chat robots and the SMS gateway, on real local servers that answer as the services do."""

import smtplib
from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from audit.models import AuditEntry
from common.errors import DomainError
from common.line import sms_say
from common.scope import acting_as
from notifications.models import Channel, Delivery, Dispatch, Notification, Phone, Robot
from notifications.receivers import (
    delivery_again,
    phone_ask,
    phone_confirm,
    robot_remove,
    robot_switch,
    robot_test,
)
from notifications.robots import robot_check, robot_say
from notifications.selectors import reasons
from tenancy.actors import SYSTEM
from tenancy.enums import Role
from tests import world
from tests.notifications.conftest import at, deliver

pytestmark = pytest.mark.django_db
KINDS = ("wecom", "dingtalk", "feishu")
REFUSALS = {
    "wecom": {"errcode": 93000, "errmsg": "invalid webhook url"},
    "dingtalk": {"errcode": 310000, "errmsg": "keywords not in content"},
    "feishu": {"code": 19024, "msg": "Key Words Not Found", "data": {}},
}


def states() -> list[str]:
    with acting_as(SYSTEM):
        return list(
            Delivery.objects.filter(user_id=None).order_by("pk").values_list("state", flat=True)
        )


def fresh(robot: Robot) -> Robot:
    with acting_as(SYSTEM):
        return Robot.objects.get(pk=robot.pk)


@pytest.mark.parametrize("kind", KINDS)
def test_each_robot_is_told_in_its_own_form_and_its_refusal_in_a_200_is_heard(gateway, kind):
    assert robot_say(kind, gateway.url(kind), "", "【安服】你好").error == ""
    assert gateway.texts() == ["【安服】你好"]
    assert gateway.told[0][0].rstrip("/") in gateway.url(kind)
    gateway.answer = (200, REFUSALS[kind], {})
    outcome = robot_say(kind, gateway.url(kind), "", "【安服】你好")
    assert next(str(v) for v in REFUSALS[kind].values()) in outcome.error


@pytest.mark.parametrize(
    ("answer", "error", "wait"),
    [
        ((500, b"oops", {}), "对方返回 HTTP 500", 0),
        ((429, {}, {"Retry-After": "120"}), "对方返回 HTTP 429", 120),
        ((302, {}, {"Location": "http://169.254.169.254/"}), "对方返回 HTTP 302", 0),
        ((200, {"errcode": 45009, "errmsg": "api freq out of limit"}, {}), "45009", 60),
        ((200, b"<html>", {}), "", 0),
        ((200, ["odd"], {}), "", 0),
    ],
)
def test_whatever_a_server_answers_is_understood(gateway, answer, error, wait):
    gateway.answer = answer
    outcome = robot_say("wecom", gateway.url("wecom"), "", "你好")
    assert error in outcome.error
    assert bool(outcome.error) == bool(error)
    assert outcome.retry_after == wait


def test_dingtalk_is_signed(gateway):
    assert robot_say("dingtalk", gateway.url("dingtalk"), "SECabc", "你好").error == ""
    assert "sign=" in gateway.told[0][0]


def test_nobody_there_is_an_outcome_and_no_crash(settings):
    settings.ROBOT_HOSTS = ("127.0.0.1:1",)
    url = "http://127.0.0.1:1/cgi-bin/webhook/send?key=abc"
    assert robot_say("wecom", url, "", "你好").error == "连接不上"


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/cgi-bin/webhook/send?key=abc",
        "https://169.254.169.254/cgi-bin/webhook/send?key=abc",
        "https://qyapi.weixin.qq.com.evil.example/cgi-bin/webhook/send?key=abc",
        "https://qyapi.weixin.qq.com:8443/cgi-bin/webhook/send?key=abc",
        "https://qyapi.weixin.qq.com@10.0.0.1/cgi-bin/webhook/send?key=abc",
        "http://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=abc",
        "https://qyapi.weixin.qq.com/cgi-bin/webhook/send",
        "https://qyapi.weixin.qq.com/",
        "",
    ],
)
def test_an_address_that_is_no_such_robots_is_refused(url):
    with pytest.raises(DomainError) as refused:
        robot_check("wecom", url)
    assert refused.value.field == "url"


def test_a_real_services_name_that_leads_inside_is_not_called(monkeypatch):
    answer = [(2, 1, 6, "", ("10.1.2.3", 0))]
    monkeypatch.setattr("socket.getaddrinfo", lambda *args, **kwargs: answer)
    url = robot_check("wecom", "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=abc")
    error = robot_say("wecom", url, "", "你好").error
    assert error == "不能发到内部网络：qyapi.weixin.qq.com 指向 10.1.2.3"


def test_a_robot_is_told_what_the_organisation_is_told_and_nothing_personal(bureau, gateway):
    bureau.robot(gateway)
    bureau.say(title="重大隐患：配电室")
    bureau.say(title="给个人的", to=bureau.officer)
    deliver(at(10))
    assert gateway.texts() == ["【安服】重大隐患：配电室\nhttp://127.0.0.1:8000/hazards/"]


def test_its_address_is_encrypted_masked_and_in_no_audit(bureau, gateway, client):
    robot = bureau.robot(gateway)
    world.sign_in(client, bureau.admin, second_factor=True)
    page = client.get("/messages/robots/").content.decode()
    assert "693a91f6" not in page
    assert "…4bc4" in page
    with acting_as(SYSTEM):
        robot_test(actor=bureau.admin, robot=robot)
        acts = AuditEntry.objects.filter(act__startswith="robot.")
        assert {act.act for act in acts} == {"robot.save", "robot.test"}
        assert not any("693a91f6" in f"{act.summary}{act.data}" for act in acts)


def test_a_robot_that_fails_for_a_day_rests_is_switched_off_and_loses_nothing(bureau, gateway):
    robot = bureau.robot(gateway, mode="now", quiet_from=0, quiet_until=0)
    bureau.choose(bureau.admin, "off")
    bureau.choose(bureau.officer, "off")
    gateway.answer = (500, b"", {})
    begun = at(9)
    for minute in range(0, 26 * 60, 5):
        if minute % 60 == 0 and minute < 20 * 60:
            bureau.say(
                "hazard.overdue", f"逾期{minute}", at=begun + timedelta(minutes=minute), urgent=True
            )
        deliver(begun + timedelta(minutes=minute))
    tries = len(gateway.told)
    assert 20 <= tries <= 40  # not one for each of the 312 minutes asked about
    broken = fresh(robot)
    assert not broken.is_on
    assert broken.off_reason == "连续一天发送失败：对方返回 HTTP 500"
    with acting_as(bureau.admin):
        [told] = Notification.objects.filter(kind="robot.off")
        assert "值班群" in told.title
        held = Delivery.objects.filter(receiver=robot.pk, state="waiting")
        assert held.count() == 21  # its own switching off among them
        assert set(reasons(held).values()) == {"机器人已停用：" + broken.off_reason}
    deliver(begun + timedelta(hours=40))
    assert len(gateway.told) == tries

    gateway.answer = (200, {"errcode": 0}, {})
    with acting_as(bureau.admin):
        robot_switch(actor=bureau.admin, robot=broken, is_on=True)
    deliver(begun + timedelta(hours=41))
    assert len(gateway.told) == tries + 1
    assert "您有 21 条消息" in gateway.texts()[-1]
    assert set(states()) == {"sent"}


def test_after_a_short_outage_one_digest_comes_and_then_all_as_usual(bureau, gateway):
    robot = bureau.robot(gateway)
    gateway.answer = (503, b"", {"Retry-After": "600"})
    now = at(10)
    for number in range(3):
        bureau.say(title=f"消息{number}", at=now)
    deliver(now)
    assert fresh(robot).rests_until >= now + timedelta(seconds=600)
    deliver(now + timedelta(minutes=5))
    gateway.answer = (200, {"errcode": 0}, {})
    gateway.told.clear()
    deliver(now + timedelta(minutes=11))
    [text] = gateway.texts()
    assert "您有 3 条消息" in text
    assert (fresh(robot).failures, set(states())) == (0, {"sent"})
    for number in range(2):
        bureau.say(title=f"之后{number}", at=now)
    deliver(now + timedelta(minutes=12))
    assert len(gateway.told) == 3


def test_a_robot_is_told_no_more_a_minute_than_its_service_takes(bureau, gateway):
    bureau.robot(gateway)
    now = at(10)
    for minute in range(8):
        for number in range(3):
            bureau.say(title=f"消息{minute}-{number}", at=now)
        deliver(now + timedelta(seconds=5 * minute))
    assert len(gateway.told) <= 15
    deliver(now + timedelta(minutes=2))
    assert set(states()) == {"sent"}


def test_a_digest_is_never_longer_than_the_strictest_robot_takes(bureau, gateway):
    bureau.robot(gateway)
    for number in range(60):
        bureau.say(title=f"{number}：" + "北方铸造厂的很长的名称" * 8)
    deliver(at(10))
    [text] = gateway.texts()
    assert len(text.encode()) <= 2048
    assert "您有 60 条消息" in text
    assert "见消息页" in text


def test_a_removed_robot_is_told_nothing(bureau, gateway):
    robot = bureau.robot(gateway, mode="digest", digest_hour=20)
    bureau.say(at=at(9))
    deliver(at(9, 1))
    with acting_as(bureau.admin):
        robot_remove(actor=bureau.admin, robot=robot)
    bureau.say(at=at(9))
    deliver(at(20, 1))
    assert (gateway.told, states()) == ([], ["dropped"])
    assert fresh(robot).url == ""


def test_a_mail_server_that_is_down_rests_and_afterwards_nobody_is_flooded(bureau, monkeypatch):
    bureau.choose(bureau.officer, "now")
    bureau.choose(bureau.admin, "off")
    real = mail.EmailMessage.send

    def refuse(self, *args):
        raise ConnectionRefusedError

    monkeypatch.setattr(mail.EmailMessage, "send", refuse)
    now = at(10)
    for number in range(4):
        bureau.say(title=f"消息{number}", at=now)
    deliver(now)
    with acting_as(SYSTEM):
        channel = Channel.objects.get(pk="mail")
    assert (channel.failures > 0, channel.rests_until > now) == (True, True)
    monkeypatch.setattr(mail.EmailMessage, "send", real)
    deliver(channel.rests_until + timedelta(seconds=1))
    [letter] = mail.outbox
    assert "您有 4 条消息" in letter.subject


def test_what_a_mailbox_refuses_is_told_and_can_be_sent_again(bureau, monkeypatch):
    bureau.choose(bureau.officer, "now")
    bureau.choose(bureau.admin, "off")
    real = mail.EmailMessage.send

    def refuse(self, *args):
        raise smtplib.SMTPRecipientsRefused({self.to[0]: (550, b"no such user")})

    monkeypatch.setattr(mail.EmailMessage, "send", refuse)
    bureau.say()
    deliver(at(10))
    with acting_as(bureau.officer):
        row = Delivery.objects.get(user_id=bureau.officer.user_id)
        assert (row.state, row.reason) == ("failed", "对方邮件服务器拒收（550）")
    monkeypatch.setattr(mail.EmailMessage, "send", real)
    with acting_as(bureau.officer):
        delivery_again(actor=bureau.officer, delivery=row)
    deliver(at(10, 2))
    assert len(mail.outbox) == 1


def test_a_worker_that_dies_leaves_its_letter_to_the_next_under_the_same_id(bureau, monkeypatch):
    bureau.choose(bureau.officer, "now")
    bureau.choose(bureau.admin, "off")
    bureau.say()
    monkeypatch.setattr("notifications.sending.settle", lambda *args: None)  # it dies after sending
    deliver(at(10))
    monkeypatch.undo()
    deliver(at(10, 1))
    assert len(mail.outbox) == 1
    deliver(at(10, 6))
    ids = [letter.extra_headers["Message-ID"] for letter in mail.outbox]
    assert len(ids) == 2
    assert len(set(ids)) == 1
    with acting_as(SYSTEM):
        assert Dispatch.objects.get().state == "sent"


@pytest.fixture
def sms(settings, gateway):
    settings.SMS_URL = f"json://{gateway.host}/send?:to={{phone}}"
    return gateway


def test_a_phone_says_its_code_before_anything_else_goes_there(bureau, sms):
    officer = bureau.officer
    with acting_as(officer):
        phone_ask(actor=officer, number="１３４-0546-1647")
        [(_, told)] = sms.told
        assert told["to"] == "13405461647"
        code = told["message"].split("验证码 ")[1][:6]
        wrong = "000000" if code != "000000" else "111111"
        with pytest.raises(DomainError, match="还可以试 4 次"):
            phone_confirm(actor=officer, code=wrong)
        with pytest.raises(DomainError, match="请 .* 秒后再试"):
            phone_ask(actor=officer, number="13405461647")
    bureau.choose(officer, "now", channel="sms")
    bureau.say(to=officer)
    deliver(at(10))
    assert len(sms.told) == 1
    with acting_as(officer):
        phone_confirm(actor=officer, code=code)
    bureau.say(title="整改已提交", to=officer)
    deliver(at(10, 5))
    assert sms.texts()[-1] == "【安服】整改已提交 http://127.0.0.1:8000/hazards/"


@pytest.mark.parametrize(
    "number", ["1340546164", "23405461647", "abc", "134054616471", "1340546164七"]
)
def test_what_is_no_mobile_number_is_refused(bureau, sms, number):
    with acting_as(bureau.officer), pytest.raises(DomainError, match="11位手机号"):
        phone_ask(actor=bureau.officer, number=number)
    assert sms.told == []


def test_a_code_is_tried_five_times_and_ends_after_ten_minutes(bureau, sms):
    officer = bureau.officer
    with acting_as(officer):
        phone_ask(actor=officer, number="13405461647")
        code = sms.told[0][1]["message"].split("验证码 ")[1][:6]
        Phone.objects.update(code_until=timezone.now() - timedelta(seconds=1))
        with pytest.raises(DomainError, match="已过期"):
            phone_confirm(actor=officer, code=code)
        Phone.objects.update(code_until=timezone.now() + timedelta(minutes=5), wrong=5)
        with pytest.raises(DomainError, match="次数太多"):
            phone_confirm(actor=officer, code=code)


def test_a_gateway_that_refuses_one_number_stops_nobody_else(bureau, sms):
    sms.answer = (422, {"message": "bad number"}, {})
    assert sms_say("13405461647", "你好").is_of_one
    sms.answer = (401, {}, {})
    assert not sms_say("13405461647", "你好").is_of_one


def test_robots_are_for_administrators_and_another_organisations_does_not_exist(
    bureau, gateway, client
):
    robot = bureau.robot(gateway)
    world.sign_in(client, bureau.officer, second_factor=True)
    assert client.get("/messages/robots/").status_code == 403
    assert client.get(f"/messages/robots/{robot.pk}/").status_code == 403
    stranger = world.member(world.agency("130999", training=False).org, Role.AGENCY_ADMIN)
    world.sign_in(client, stranger, second_factor=True)
    assert client.get(f"/messages/robots/{robot.pk}/").status_code == 404
    for act in ("test", "switch", "remove"):
        assert client.post(f"/messages/robots/{robot.pk}/{act}/").status_code == 404
    assert gateway.told == []
