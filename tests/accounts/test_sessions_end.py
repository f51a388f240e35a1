"""Sessions end by themselves, by their owner, by an administrator, and with a new password."""

import re
from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.devices import device_name
from accounts.models import User
from accounts.tasks import clear_ended
from common.scope import acting_as
from tenancy.actors import SYSTEM
from tenancy.models import Membership
from tenancy.services import membership_end
from tests import world
from tests.accounts.signing_in import acts, enter, user_of

pytestmark = pytest.mark.django_db
HOME = "/accounts/security/"
NEW = "Another-word-77"


def two_devices(actor) -> tuple[Client, Client]:
    desk = Client(headers={"user-agent": "Mozilla/5.0 (Windows NT 10.0) Chrome/140 Edg/140"})
    phone = Client(headers={"user-agent": "Mozilla/5.0 (Linux; Android 15) Chrome/140"})
    for client in (desk, phone):
        enter(client, actor)
        assert is_in(client)
    return desk, phone


def is_in(client) -> bool:
    return client.get(HOME).status_code == 200


def ago(client, **span) -> None:
    """Let the session's own notes be so much older."""
    session, seconds = client.session, int(timedelta(**span).total_seconds())
    session["signed_in_at"] -= seconds
    session["seen_at"] -= seconds
    session.save()


def test_the_list_shows_each_device_and_marks_this_one(inspector):
    desk, _ = two_devices(inspector)
    page = desk.get("/accounts/sessions/")
    assert {s.device for s in page.context["sessions"]} == {
        "Windows 电脑 · Edge",
        "Android 手机 · Chrome",
    }
    assert [s.device for s in page.context["sessions"] if s.is_this] == ["Windows 电脑 · Edge"]
    assert "127.0.0.1" in page.content.decode()


def test_one_is_ended_from_another_and_a_strangers_is_not_found(inspector, principal):
    desk, phone = two_devices(inspector)
    stranger = Client()
    enter(stranger, principal)
    row = UserSession.objects.get(session_key=phone.session.session_key)
    assert stranger.post(f"/accounts/sessions/{row.pk}/end/").status_code == 404
    assert is_in(phone)
    desk.post(f"/accounts/sessions/{row.pk}/end/")
    assert is_in(desk)
    assert not is_in(phone)


def test_all_others_are_ended_at_once(inspector):
    desk, phone = two_devices(inspector)
    desk.post("/accounts/sessions/end-others/")
    assert is_in(desk)
    assert not is_in(phone)
    assert acts("session.end_all")[0].data == {"sessions_ended": 1}


def test_a_new_password_ends_every_other_session(inspector):
    desk, phone = two_devices(inspector)
    form = {"oldpassword": world.PASSWORD, "password1": NEW, "password2": NEW}
    assert desk.post("/accounts/password/change/", form).url == HOME
    assert is_in(desk)
    assert not is_in(phone)
    assert acts("password.change")[0].data == {"sessions_ended": 1}


def test_a_reset_by_mail_ends_every_session(inspector):
    User.objects.filter(pk=inspector.user_id).update(email="i@example.org")
    desk, phone = two_devices(inspector)
    other = Client()
    other.post("/accounts/password/reset/", {"email": "i@example.org"})
    [link] = re.findall(r"http://testserver(\S+)", mail.outbox[-1].body)
    form = other.get(link, follow=True).request["PATH_INFO"]
    assert other.post(form, {"password1": NEW, "password2": NEW}).status_code == 302
    assert not is_in(desk)
    assert not is_in(phone)
    assert acts("password.reset")[0].data == {"sessions_ended": 2}
    assert not is_in(other)


def test_whoever_is_deactivated_is_out_at_once(admin, officer, settings):
    settings.MFA_REQUIRED = False
    desk, phone = two_devices(officer)
    with acting_as(SYSTEM):
        membership = Membership.objects.get(pk=officer.membership_id)
    with acting_as(admin):
        membership_end(actor=admin, membership=membership)
    assert not is_in(desk)
    assert not is_in(phone)


def test_an_administrator_signs_a_colleague_out_everywhere(client, admin, officer, settings):
    settings.MFA_REQUIRED = False
    world.sign_in(client, admin)
    desk, phone = two_devices(officer)
    client.post(f"/people/{officer.membership_id}/sign-out/")
    assert not is_in(desk)
    assert not is_in(phone)


def test_a_former_colleague_is_left_alone(client, admin, officer, settings):
    settings.MFA_REQUIRED = False
    world.sign_in(client, admin)
    with acting_as(SYSTEM):
        Membership.objects.filter(pk=officer.membership_id).update(ended_at=timezone.now())
    desk, _ = two_devices(officer)
    page = client.post(f"/people/{officer.membership_id}/sign-out/", follow=True)
    assert "该身份已停用" in page.content.decode()
    assert is_in(desk)


@pytest.mark.parametrize(
    ("who", "idle", "long"),
    [("officer", 31, 12), ("inspector", 12 * 60 + 1, 7 * 24), ("principal", 121, 12)],
)
def test_a_session_ends_when_idle_and_after_its_longest_time(request, settings, who, idle, long):
    settings.MFA_REQUIRED = False
    actor = request.getfixturevalue(who)
    client = Client()
    enter(client, actor)
    ago(client, minutes=idle - 2)
    assert is_in(client)
    ago(client, minutes=idle)
    answer = client.get(HOME)
    assert answer.url.startswith("/accounts/login/")
    assert "长时间没有操作" in client.get(answer.url).content.decode()
    enter(client, actor)
    session = client.session
    session["signed_in_at"] -= long * 3600 + 60
    session.save()
    assert not is_in(client)
    assert [a.data["reason"] for a in acts("session.end")] == ["idle", "too_long"]


def test_a_phone_whose_session_is_over_gets_the_answer_it_knows(inspector):
    client = Client()
    enter(client, inspector)
    ago(client, days=8)
    assert client.get("/field/api/me").status_code == 401


def test_a_providers_phone_keeps_its_session_over_a_closed_window_and_a_desk_does_not(
    inspector, officer, settings
):
    settings.MFA_REQUIRED = False
    for actor, age in ((inspector, 7 * 24 * 3600), (officer, "")):
        client = Client()
        enter(client, actor)
        client.get(HOME)
        assert client.cookies["sessionid"]["max-age"] == age


def writes(client) -> list[str]:
    with CaptureQueriesContext(connection) as queries:
        client.get(HOME)
    return [q["sql"] for q in queries if re.search(r"\b(UPDATE|INSERT|DELETE)\b", q["sql"])]


def test_being_there_is_written_down_once_a_minute_in_one_statement(inspector):
    client = Client()
    enter(client, inspector)
    client.get(HOME)
    assert writes(client) == []
    ago(client, minutes=2)
    [one] = writes(client)
    assert "django_session" in one
    assert writes(client) == []


def test_what_is_over_is_removed_at_night_and_nothing_else(inspector):
    desk, phone = two_devices(inspector)
    Session.objects.filter(session_key=phone.session.session_key).update(
        expire_date=timezone.now() - timedelta(minutes=1)
    )
    assert clear_ended() == 1
    assert [r.session_key for r in UserSession.objects.all()] == [desk.session.session_key]
    assert is_in(desk)


def test_a_session_from_before_these_rules_is_over(client, inspector):
    client.force_login(
        user_of(inspector), backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    session = client.session
    del session["signed_in_at"]
    session.save()
    assert not is_in(client)


def test_signing_in_and_out_is_in_the_audit_of_the_organisation(inspector):
    client = Client()
    enter(client, inspector)
    client.post("/accounts/logout/")
    [entry], [left] = acts("sign_in.done"), acts("sign_in.out")
    assert (entry.org_id, entry.user_id) == (inspector.org_id, inspector.user_id)
    assert (left.org_id, left.user_id) == (inspector.org_id, inspector.user_id)
    assert timezone.now() - entry.at < timedelta(minutes=1)


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Safari/604", "iPhone · Safari"),
        ("Mozilla/5.0 (Linux; Android 14) Chrome/120 MicroMessenger/8.0", "Android 手机 · 微信"),
        ("", "未知设备"),
    ],
)
def test_a_device_has_a_name_that_a_person_knows(words, name):
    assert device_name(words) == name
