"""What a password must be, and when it is due."""

from datetime import timedelta

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from accounts.models import PastPassword, User
from common.scope import acting_as
from tenancy.enums import Role
from tenancy.services import invitation_create, invitation_link
from tests import world
from tests.accounts.signing_in import enter, user_of

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "password",
    [
        "Short-1",
        "onlysmallletters",
        "alllower12345",
        "王建国-Abc-2026",
        "xWangJianGuo-26",
        "wjg1980-Secret",
        "P@ssw0rd",
    ],
)
def test_weak_passwords_are_refused_in_words(password):
    person = User(username="wjg1980", name="王建国", email="wangjg@example.org")
    with pytest.raises(ValidationError) as refused:
        validate_password(password, person)
    assert all("密码" in message for message in refused.value.messages)


@pytest.mark.parametrize("password", ["correct-horse-42", "TianQi-budui", "Zhong9guo0Xiang"])
def test_three_kinds_of_sign_in_ten_places_will_do(password):
    validate_password(password, User(username="wjg1980", name="王建国"))


def change(client, old, new):
    form = {"oldpassword": old, "password1": new, "password2": new}
    return client.post("/accounts/password/change/", form)


def test_the_last_five_do_not_come_back(inspector, settings):
    settings.ACCOUNT_RATE_LIMITS = False
    client = Client()
    enter(client, inspector)
    words = [world.PASSWORD, *(f"Fresh-word-number-{n}" for n in range(5))]
    for old, new in zip(words, words[1:], strict=False):
        assert change(client, old, new).status_code == 302
    for past in words[1:]:
        assert "最近 5 次" in change(client, words[-1], past).content.decode()
    assert PastPassword.objects.filter(user_id=inspector.user_id).count() == 5
    assert change(client, words[-1], words[0]).status_code == 302


def test_an_old_password_is_changed_before_anything_else_at_sign_in(inspector):
    past = timezone.now() - timedelta(days=91)
    User.objects.filter(pk=inspector.user_id).update(password_changed_at=past)
    client = Client()
    enter(client, inspector)
    assert client.get("/").url == "/accounts/password/change/"
    assert "密码已到期" in client.get("/accounts/password/change/").content.decode()
    answer = client.get("/field/api/me")
    assert (answer.status_code, answer.json()["code"]) == (403, "password")
    change(client, world.PASSWORD, "Fresh-word-77")
    assert client.get("/").status_code == 200


def test_a_password_that_grows_old_during_a_session_waits_for_the_next_sign_in(inspector):
    client = Client()
    User.objects.filter(pk=inspector.user_id).update(
        password_changed_at=timezone.now() - timedelta(days=89, hours=23)
    )
    enter(client, inspector)
    session = client.session
    session["signed_in_at"] -= 2 * 24 * 3600
    session.save()
    User.objects.filter(pk=inspector.user_id).update(
        password_changed_at=timezone.now() - timedelta(days=91)
    )
    assert client.get("/").status_code == 200


def test_passwords_may_be_let_live_for_ever(inspector, settings):
    settings.PASSWORD_MAX_DAYS = 0
    User.objects.filter(pk=inspector.user_id).update(
        password_changed_at=timezone.now() - timedelta(days=1000)
    )
    client = Client()
    enter(client, inspector)
    assert client.get("/").status_code == 200


def test_an_invited_person_chooses_the_first_one_by_the_same_rules(client, admin, zone):
    with acting_as(admin):
        invited = invitation_create(actor=admin, org=zone.org, role=Role.OFFICER, name="李小明")
    link = invitation_link(invited)

    def answer(password):
        form = {"username": "lxm", "password": password, "password_again": password}
        return client.post(link, form)

    for weak in ("alllower12345", "Lixiaoming-2026", "lxm-Secret-2026"):
        page = answer(weak)
        assert page.status_code == 422
        assert "密码" in page.content.decode()
    assert answer("Quiet-river-26").status_code == 302
    assert user_of_name("lxm").check_password("Quiet-river-26")
    assert client.get("/").url == "/accounts/2fa/"


def user_of_name(login: str) -> User:
    return User.objects.get(username=login)


def test_changing_it_asks_for_the_present_one(inspector):
    client = Client()
    enter(client, inspector)
    assert change(client, "not-My-word-1", "Fresh-word-77").status_code == 200
    assert user_of(inspector).check_password(world.PASSWORD)
