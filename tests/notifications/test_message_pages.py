"""The pages: what one chooses, what the installation has, what went where; the operator's command."""

import io

import pytest
from allauth.account.models import EmailAddress
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from audit.models import AuditEntry
from common.scope import acting_as
from health.figures import outgoing
from notifications.kinds import GROUPS
from notifications.models import Channel, Choice, Delivery, Dispatch, Robot
from notifications.receivers import addresses_forget, deliveries_forget, deliveries_past
from tenancy.actors import SYSTEM
from tests import world
from tests.notifications.conftest import HABITS, at, deliver

pytestmark = pytest.mark.django_db
SETTINGS = "/messages/settings/"


def matrix(mode: str, *channels: str) -> dict[str, str]:
    return {f"m-{group}-{channel}": mode for group in GROUPS for channel in channels}


@pytest.fixture
def officer_client(bureau, client):
    world.sign_in(client, bureau.officer, second_factor=True)
    return client


@pytest.fixture
def admin_client(bureau, client):
    world.sign_in(client, bureau.admin, second_factor=True)
    return client


def test_a_person_chooses_on_one_page(bureau, officer_client):
    page = officer_client.get(SETTINGS).content.decode()
    assert "（已验证）" in page
    assert "没有接通短信网关" in page
    typed = HABITS | matrix("digest", "mail") | {"m-major-mail": "now", "digest_hour": 17}
    assert officer_client.post(SETTINGS, typed).status_code == 302
    with acting_as(bureau.officer):
        modes = dict(Choice.objects.values_list("group", "mode"))
    assert (modes["major"], modes["hazard"], len(modes)) == ("now", "digest", len(GROUPS))
    assert 'value="17" selected' in officer_client.get(SETTINGS).content.decode()


def test_nonsense_is_refused_beside_its_field_and_nothing_is_kept(bureau, officer_client):
    typed = HABITS | matrix("digest", "mail") | {"m-major-mail": "loud", "quiet_from": "99"}
    page = officer_client.post(SETTINGS, typed).content.decode()
    assert page.count("field-error") == 2
    with acting_as(bureau.officer):
        assert not Choice.objects.exists()


def test_where_nothing_is_set_up_the_page_says_so(bureau, officer_client, settings):
    settings.MAIL_IS_SET_UP = False
    page = officer_client.get(SETTINGS).content.decode()
    assert "本平台没有接通邮件服务器" in page
    assert "本平台没有接通短信网关" in page
    assert "m-major-mail" not in page
    bureau.say()
    deliver(at(10))
    with acting_as(SYSTEM):
        assert not Delivery.objects.exists()


def test_a_number_is_typed_verified_and_removed(bureau, officer_client, settings, gateway):
    settings.SMS_URL = f"json://{gateway.host}/?:to={{phone}}"
    page = officer_client.post("/messages/phone/", {"number": "12"}).content.decode()
    assert "请填写11位手机号" in page
    assert 'value="12"' in page
    assert officer_client.post("/messages/phone/", {"number": "13405461647"}).status_code == 302
    page = officer_client.get(SETTINGS).content.decode()
    assert "验证码已发往" in page
    assert "13405461647" not in page
    wrong = officer_client.post("/messages/phone/code/", {"code": "abc"}).content.decode()
    assert "验证码不对，还可以试 4 次" in wrong
    code = gateway.told[0][1]["message"].split("验证码 ")[1][:6]
    assert officer_client.post("/messages/phone/code/", {"code": code}).status_code == 302
    assert "已验证）" in officer_client.get(SETTINGS).content.decode()
    officer_client.post("/messages/phone/remove/")
    assert "获取验证码" in officer_client.get(SETTINGS).content.decode()


def test_a_gateway_that_refuses_the_code_says_so(bureau, officer_client, settings, gateway):
    settings.SMS_URL = f"json://{gateway.host}/?:to={{phone}}"
    gateway.answer = (500, b"", {})
    page = officer_client.post("/messages/phone/", {"number": "13405461647"}).content.decode()
    assert "验证码没有发出：对方返回 HTTP 500" in page


def test_an_administrator_registers_tests_and_removes_a_robot(bureau, admin_client, gateway):
    new = "/messages/robots/new/"
    typed = HABITS | matrix("now", "robot") | {"kind": "wecom", "name": "值班群", "secret": ""}
    page = admin_client.post(new, typed | {"url": "https://10.0.0.1/x"}).content.decode()
    assert "不是企业微信机器人的地址" in page
    assert "值班群" in page
    assert admin_client.post(new, typed | {"url": gateway.url("wecom")}).status_code == 302
    with acting_as(bureau.admin):
        robot = Robot.objects.get()
    page = admin_client.post(f"/messages/robots/{robot.pk}/test/", follow=True).content.decode()
    assert "测试消息已发到“值班群”" in page
    assert gateway.texts()[0].startswith("【安服】测试消息：值班群已接通")
    gateway.answer = (200, {"errcode": 93000, "errmsg": "invalid webhook url"}, {})
    page = admin_client.post(f"/messages/robots/{robot.pk}/test/", follow=True).content.decode()
    assert "测试消息没有送达：对方返回错误 93000" in page
    change = HABITS | matrix("off", "wecom") | {"name": "执法群", "url": "", "secret": ""}
    assert admin_client.post(f"/messages/robots/{robot.pk}/", change).status_code == 302
    with acting_as(bureau.admin):
        robot.refresh_from_db()
        assert (robot.name, robot.url) == ("执法群", gateway.url("wecom"))
    admin_client.post(f"/messages/robots/{robot.pk}/switch/")
    assert "由管理员停用" in admin_client.get("/messages/robots/").content.decode()
    admin_client.post(f"/messages/robots/{robot.pk}/remove/")
    assert "还没有登记机器人" in admin_client.get("/messages/robots/").content.decode()


def test_the_log_says_what_went_and_asks_the_same_number_of_times(bureau, officer_client):
    bureau.choose(bureau.officer, "now")

    def statements(url: str) -> int:
        with CaptureQueriesContext(connection) as asked:
            assert officer_client.get(url).status_code == 200
        return len(asked)

    bureau.say(title="第一条")
    deliver(at(10))
    few = statements("/messages/log/")
    for number in range(60):
        bureau.say(title=f"消息{number}")
    deliver(at(10, 5))
    assert statements("/messages/log/") == few
    page = officer_client.get("/messages/log/").content.decode()
    assert "共 61 条" in page
    assert 'rel="next"' in page
    assert "没有符合条件" in officer_client.get("/messages/log/?state=failed").content.decode()


def test_an_administrator_sees_of_others_own_messages_only_the_kind(bureau, admin_client):
    bureau.choose(bureau.officer, "now")
    bureau.say("second_factor_reset", "你的两步验证已由管理员重设", to=bureau.officer)
    bureau.say("contract.active", "合同“甲”已生效")
    deliver(at(10))
    page = admin_client.get("/messages/log/all/").content.decode()
    assert "两步验证重设" in page
    assert "你的两步验证已由管理员重设" not in page
    assert "合同“甲”已生效" in page


def command(*words: str) -> str:
    out = io.StringIO()
    call_command("messages", *words, stdout=out)
    return out.getvalue()


def test_the_operator_stops_a_channel_at_once_and_everybody_is_told_why(bureau, officer_client):
    bureau.choose(bureau.officer, "now")
    bureau.choose(bureau.admin, "off")
    assert "邮件：正常，每分钟 300、每人每天 20；待发 0 条" in command("status")
    assert "已停发（垃圾邮件投诉）" in command("stop", "mail", "--reason", "垃圾邮件投诉")
    bureau.say()
    deliver(at(10))
    assert "待发 1 条" in command("status")
    page = officer_client.get(SETTINGS).content.decode()
    assert "平台运营者已停发邮件：垃圾邮件投诉" in page
    log = officer_client.get("/messages/log/").content.decode()
    assert "平台运营者已停发邮件：垃圾邮件投诉" in log
    with acting_as(SYSTEM):
        assert {name: value for name, _, value in outgoing()}["anfu_messages_waiting_mail"] == 1
    command("limits", "mail", "--per-day", "5")
    command("start", "mail")
    deliver(at(10, 1))
    with acting_as(SYSTEM):
        assert Delivery.objects.get().state == "sent"
        assert Channel.objects.get(pk="mail").per_day == 5
        acts = AuditEntry.objects.filter(act__startswith="messages.").exclude(act="messages.choose")
        assert sorted(acts.values_list("act", flat=True)) == [
            "messages.limit", "messages.start", "messages.stop",
        ]  # fmt: skip
    with pytest.raises(CommandError):
        command("limits", "mail", "--per-minute", "0")


def test_what_is_forgotten_takes_its_dispatch_along_and_an_erased_person_his_addresses(bureau):
    bureau.choose(bureau.officer, "now")
    bureau.choose(bureau.admin, "digest", digest_hour=20)
    bureau.say()
    deliver(at(10))
    with acting_as(SYSTEM):
        assert deliveries_forget(deliveries_past(at(9))) == 0
        assert deliveries_forget(deliveries_past(at(11))) == 1
        assert Delivery.objects.get().state == "waiting"
        assert not Dispatch.objects.exists()
        user = User.objects.get(pk=bureau.officer.user_id)
        addresses_forget(user)
        assert not EmailAddress.objects.filter(user=user).exists()
