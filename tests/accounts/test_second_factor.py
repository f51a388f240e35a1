"""Who needs a second factor gets nowhere without one, and never loses his account over it."""

import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from cryptography.fernet import Fernet
from django.core import mail
from django.core.management import call_command
from django.test import Client

from accounts.models import User
from audit.models import AuditEntry
from common.encrypted import Unreadable, encrypt_all_again
from common.errors import DomainError
from common.scope import acting_as
from notifications.models import Notification
from tenancy.actors import SYSTEM
from tenancy.enums import Role
from tenancy.gate import needs_second_factor
from tenancy.models import Membership
from tenancy.protection import second_factor_reset
from tenancy.services import password_link
from tests import world
from tests.accounts.signing_in import acts, attempt, code, enter, user_of, with_app

pytestmark = pytest.mark.django_db
# What a request leaves for its commit belongs to it: it changes the session that is saved after it.
committed = pytest.mark.django_db(transaction=True)


def membership(actor) -> Membership:
    with acting_as(SYSTEM):
        return Membership.objects.select_related("org", "user").get(pk=actor.membership_id)


def confirm_password(client):
    answer = client.post("/accounts/reauthenticate/", {"password": world.PASSWORD})
    assert answer.status_code == 302


def set_up_app(client) -> str:
    """Set up an authenticator app as the pages lead to it; return its secret."""
    confirm_password(client)
    page = client.get("/accounts/2fa/totp/activate/")
    secret = page.context["form"].secret
    answer = client.post("/accounts/2fa/totp/activate/", {"code": code(secret)})
    assert answer.url == "/accounts/2fa/recovery-codes/"
    return secret


@pytest.mark.parametrize("who", ["admin", "officer", "manager"])
def test_regulators_and_provider_administrators_are_led_to_set_one_up(client, request, who):
    enter(client, request.getfixturevalue(who))
    for address in ("/", "/people/", "/hazards/", "/switch/", "/accounts/security/"):
        answer = client.get(address)
        assert (answer.status_code, answer.url) == (302, "/accounts/2fa/"), address
    page = client.get("/accounts/2fa/").content.decode()
    assert "你的身份要求两步验证" in page
    assert client.post("/accounts/logout/").status_code == 302


@pytest.mark.parametrize("who", ["inspector", "principal"])
def test_others_work_without_one(client, request, who):
    enter(client, request.getfixturevalue(who))
    assert client.get("/accounts/security/").status_code == 200


def test_before_it_is_set_up_a_phone_is_told_why_and_its_app_still_opens(client, officer):
    enter(client, officer)
    answer = client.get("/field/api/me")
    assert answer.status_code == 403
    assert answer.json()["code"] == "second_factor"
    assert "两步验证" in answer.json()["message"]
    assert client.get("/field/").status_code == 200
    assert client.get("/accounts/login/?next=/field/").url == "/accounts/2fa/"


@committed
def test_setting_up_an_app_opens_everything_and_gives_recovery_codes(client, officer):
    enter(client, officer)
    set_up_app(client)
    codes = client.get("/accounts/2fa/recovery-codes/").context["unused_codes"]
    assert len(codes) == 10
    assert client.get("/").status_code == 200
    assert {a.data["type"] for a in acts("second_factor.add")} == {"recovery_codes", "totp"}


def test_the_page_of_the_app_has_a_code_to_scan_without_script_or_style(client, officer):
    enter(client, officer)
    confirm_password(client)
    page = client.get("/accounts/2fa/totp/activate/").content.decode()
    assert "<svg" in page
    assert not re.search(r"<script(?![^>]*src)| style=|<style|data:image", page)


def test_the_next_sign_in_asks_for_it_and_nothing_works_before(client, officer):
    secret = with_app(officer)
    answer = enter(client, officer)
    assert answer.url == "/accounts/2fa/authenticate/"
    assert client.get("/").url.startswith("/accounts/login/")
    assert client.post(answer.url, {"code": "000000"}).status_code == 200
    assert client.post(answer.url, {"code": code(secret)}).status_code == 302
    assert client.get("/").status_code == 200
    assert acts("sign_in.done")[-1].data == {"methods": ["password", "mfa"]}
    assert len(acts("second_factor.failed")) == 1


def test_a_code_works_once(client, officer):
    secret = with_app(officer)
    now = code(secret)
    for browser, status in ((client, 302), (Client(), 200)):
        enter(browser, officer)
        assert browser.post("/accounts/2fa/authenticate/", {"code": now}).status_code == status


def test_codes_cannot_be_guessed_one_after_another(client, officer):
    secret = with_app(officer)
    enter(client, officer)
    for _ in range(5):
        client.post("/accounts/2fa/authenticate/", {"code": "000000"})
    answer = client.post("/accounts/2fa/authenticate/", {"code": code(secret)})
    assert answer.status_code == 200
    assert answer.context["form"].errors


def test_one_persons_second_factor_is_not_anothers_in_the_same_browser(client, officer, admin):
    with_app(officer)
    enter(client, officer)
    session = client.session
    session["second_factor"] = officer.user_id
    session.save()
    client.post("/accounts/logout/")  # breaks the second step off
    enter(client, admin)
    assert client.get("/").url == "/accounts/2fa/"


@committed
def test_a_recovery_code_works_once_in_place_of_the_app(client, officer):
    enter(client, officer)
    set_up_app(client)
    [first, *_] = client.get("/accounts/2fa/recovery-codes/").context["unused_codes"]
    for status in (302, 200):
        other = Client()
        enter(other, officer)
        answer = other.post("/accounts/2fa/authenticate/", {"code": first})
        assert answer.status_code == status


@pytest.mark.parametrize(
    "address",
    [
        "/accounts/2fa/totp/activate/",
        "/accounts/2fa/webauthn/add/",
        "/accounts/2fa/recovery-codes/generate/",
    ],
)
def test_changing_them_asks_again_who_it_is(client, inspector, address):
    enter(client, inspector)
    assert client.get(address).url.startswith("/accounts/reauthenticate/")


@committed
def test_looking_at_recovery_codes_asks_again_who_it_is(client, officer):
    secret = with_app(officer)
    enter(client, officer)
    client.post("/accounts/2fa/authenticate/", {"code": code(secret)})
    confirm_password(client)
    client.post("/accounts/2fa/recovery-codes/generate/")
    session = client.session
    records = session["account_authentication_methods"]
    session["account_authentication_methods"] = [{**r, "at": r["at"] - 3600} for r in records]
    session.save()
    for page in ("", "download/"):
        answer = client.get(f"/accounts/2fa/recovery-codes/{page}")
        assert answer.url.startswith("/accounts/reauthenticate/")


def test_a_new_mailbox_asks_again_who_it_is_and_counts_once_confirmed(client, inspector):
    enter(client, inspector)
    new = {"action_add": "1", "email": "new@example.org"}
    answer = client.post("/accounts/email/", new)
    assert answer.url.startswith("/accounts/reauthenticate/")
    confirm_password(client)
    client.post("/accounts/email/", new)
    assert user_of(inspector).email == ""
    [link] = re.findall(r"http://testserver(\S+)", mail.outbox[-1].body)
    client.post(link)
    assert user_of(inspector).email == "new@example.org"


def test_without_the_last_factor_one_is_led_to_a_new_one_at_once(client, officer):
    secret = with_app(officer)
    enter(client, officer)
    client.post("/accounts/2fa/authenticate/", {"code": code(secret)})
    confirm_password(client)
    client.post("/accounts/2fa/totp/deactivate/")
    assert client.get("/").url == "/accounts/2fa/"


@committed
def test_an_administrator_resets_a_lost_device_and_the_person_is_told(client, admin, officer):
    User.objects.filter(pk=officer.user_id).update(email="officer@example.org")
    with_app(officer)
    lost = Client()
    world.sign_in(client, admin, second_factor=True)
    world.sign_in(lost, officer, second_factor=True)
    page = client.get(f"/people/{officer.membership_id}/").content.decode()
    assert "重设两步验证" in page
    client.post(f"/people/{officer.membership_id}/second-factor/")
    assert not Authenticator.objects.filter(user_id=officer.user_id).exists()
    assert enter(Client(), officer).url == "/"
    assert "两步验证已由管理员重设" in mail.outbox[-1].body
    with acting_as(officer):
        assert Notification.objects.filter(membership_id=officer.membership_id).exists()
    [act] = acts("second_factor.reset")
    assert (act.membership_id, act.subject_id) == (admin.membership_id, str(officer.membership_id))


def test_nobody_resets_or_takes_over_who_also_works_for_others(admin, officer, provider):
    with_app(officer)
    with acting_as(SYSTEM):
        Membership.objects.create(user_id=officer.user_id, org=provider, role=Role.INSPECTOR)
    with acting_as(admin):
        with pytest.raises(DomainError, match="其他单位"):
            second_factor_reset(actor=admin, membership=membership(officer))
        with pytest.raises(DomainError, match="其他单位"):
            password_link(actor=admin, membership=membership(officer))
    assert Authenticator.objects.filter(user_id=officer.user_id).exists()


def test_ones_own_is_not_reset_without_being_asked_who_one_is(client, admin):
    with_app(admin)
    world.sign_in(client, admin, second_factor=True)
    answer = client.post(f"/people/{admin.membership_id}/second-factor/", follow=True)
    assert "账号与安全" in answer.content.decode()
    assert Authenticator.objects.filter(user_id=admin.user_id).exists()


def test_the_operator_resets_the_last_administrators(admin, capsys):
    with_app(admin)
    call_command("reset_second_factor", user_of(admin).username)
    assert not Authenticator.objects.filter(user_id=admin.user_id).exists()
    assert len(acts("second_factor.reset")) == 1


def test_switching_the_rule_off_lets_off_only_training_organisations(settings, officer):
    real = world.agency("130400", training=False)
    serious = world.member(real.org, Role.OFFICER)
    settings.MFA_REQUIRED = False
    assert not needs_second_factor([membership(officer)])
    assert needs_second_factor([membership(serious)])


@committed
def test_a_secret_is_not_readable_in_the_database(client, officer):
    enter(client, officer)
    secret = set_up_app(client)
    row = Authenticator.objects.get(user_id=officer.user_id, type="totp")
    assert secret not in str(row.data)


def test_the_sign_in_page_says_when_the_installation_is_for_trying(client, settings):
    assert "试用安装" not in client.get("/accounts/login/").content.decode()
    settings.MFA_REQUIRED = False
    assert "试用安装" in client.get("/accounts/login/").content.decode()


def test_a_wrong_password_never_reaches_the_second_step(client, officer):
    with_app(officer)
    assert attempt(client, user_of(officer).username).status_code == 200
    assert client.get("/accounts/2fa/authenticate/").url.startswith("/accounts/login/")


def test_a_new_key_reaches_secrets_and_the_old_one_can_go(officer, settings):
    settings.PERSONAL_KEYS = (Fernet.generate_key().decode(),)
    secret = with_app(officer)
    row = Authenticator.objects.get(user_id=officer.user_id, type="totp")
    old, settings.PERSONAL_KEYS = settings.PERSONAL_KEYS, (
        Fernet.generate_key().decode(), *settings.PERSONAL_KEYS,
    )  # fmt: skip
    assert dict(encrypt_all_again())["mfa_authenticator.data"] == Authenticator.objects.count() > 0
    assert dict(encrypt_all_again())["mfa_authenticator.data"] == 0
    settings.PERSONAL_KEYS = settings.PERSONAL_KEYS[:1]
    row.refresh_from_db()
    assert secret not in row.data["secret"]
    assert TOTP(row).validate_code(code(secret))
    settings.PERSONAL_KEYS = old
    with pytest.raises(Unreadable):
        TOTP(row).validate_code(code(secret))


@pytest.fixture
def above():
    """A city above the zone of `admin`, and its administrator."""
    return world.member(world.agency("1303").org, Role.AGENCY_ADMIN)


def reset_below(client, admin):
    return client.post(f"/people/below/{admin.membership_id}/second-factor/", follow=True)


@committed
def test_a_superior_helps_the_only_administrator_of_an_agency_below(client, admin, above):
    secret = with_app(admin)
    there = Client()
    enter(there, admin)
    there.post("/accounts/2fa/authenticate/", {"code": code(secret)})
    world.sign_in(client, above, second_factor=True)
    assert "重设两步验证" in client.get("/people/below/").content.decode()
    assert "已重设" in reset_below(client, admin).content.decode()
    assert not Authenticator.objects.filter(user_id=admin.user_id).exists()
    assert there.get("/people/").url.startswith("/accounts/login/")
    with acting_as(SYSTEM):
        rows = AuditEntry.objects.filter(act="second_factor.reset")
        assert {row.agency_id for row in rows} == {above.org, admin.org}
        assert {row.membership_id for row in rows} == {above.membership_id}
    with acting_as(admin):
        assert Notification.objects.get().kind == "second_factor_reset"
    assert "没有设置两步验证" in reset_below(client, admin).content.decode()


def test_nobody_else_is_helped_from_above(client, admin, above, officer):
    with_app(officer)
    second = world.member(membership(admin).org, Role.AGENCY_ADMIN)
    with_app(admin)
    beside = world.member(world.agency("1303").org, Role.AGENCY_ADMIN)
    with_app(beside)
    world.sign_in(client, above, second_factor=True)
    assert "已设置" not in client.get("/people/below/").content.decode()
    for person in (officer, admin, second, beside, above):
        assert reset_below(client, person).status_code == 404, person
    assert Authenticator.objects.filter(user_id=admin.user_id).exists()


def test_whoever_also_works_elsewhere_is_not_helped_from_above(client, admin, above):
    with_app(admin)
    with acting_as(SYSTEM):
        Membership.objects.create(
            user_id=admin.user_id, org=world.agency("130400").org, role=Role.OFFICER
        )
    world.sign_in(client, above, second_factor=True)
    assert "还在其他单位任职" in reset_below(client, admin).content.decode()
    assert Authenticator.objects.filter(user_id=admin.user_id).exists()


def test_an_agency_below_helps_nobody_above(client, admin, above):
    with_app(above)
    world.sign_in(client, admin, second_factor=True)
    assert reset_below(client, above).status_code == 404
