"""Guessing is stopped, and no answer tells which names exist."""

import re
import time
from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.core import mail
from django.test import Client

from accounts.models import User
from tests import world
from tests.accounts.signing_in import acts, attempt, enter, user_of

pytestmark = pytest.mark.django_db
NOBODY = "nobody-of-that-name"


def words(answer) -> str:
    """The page without what differs by chance or was typed."""
    text = re.sub(r'(csrf\w*"? value="|X-CSRFToken": ")[^"]+', "", answer.content.decode())
    text = re.sub(r"\d\d:\d\d", "", text)
    return re.sub(r'name="login" value="[^"]*"', "", text)


def test_five_failures_lock_the_name_from_every_address_and_say_until_when(inspector):
    login = user_of(inspector).username
    for number in range(5):
        answer = attempt(Client(REMOTE_ADDR=f"10.0.0.{number}"), login)
    assert answer.status_code == 429
    assert re.search(r"请在 <strong>\d\d:\d\d</strong> 以后", answer.content.decode())
    assert enter(Client(REMOTE_ADDR="10.0.0.9"), inspector).status_code == 429
    assert len(acts("sign_in.failed")) >= 5
    [locked] = acts("sign_in.locked")
    assert locked.subject_id == str(inspector.user_id)


def test_the_case_typed_makes_no_new_name(inspector):
    login = user_of(inspector).username
    for typed in (login, login.upper(), f" {login} ", login.title(), login):
        answer = attempt(Client(), typed)
    assert answer.status_code == 429


def test_a_lock_ends_by_itself_and_a_success_forgets_failures(inspector):
    login = user_of(inspector).username
    for _ in range(5):
        attempt(Client(), login)
    for row in AccessAttempt.objects.all():
        AccessAttempt.objects.filter(pk=row.pk).update(
            attempt_time=row.attempt_time - timedelta(minutes=16)
        )
    assert enter(Client(), inspector).status_code == 302
    assert not AccessAttempt.objects.filter(username=login).exists()


def test_an_administrator_unlocks_a_colleague(client, admin, officer, settings):
    settings.MFA_REQUIRED = False
    world.sign_in(client, admin)
    page = f"/people/{officer.membership_id}/"
    for _ in range(5):
        attempt(Client(), user_of(officer).username)
    assert "前不能登录" in client.get(page).content.decode()
    client.post(f"{page}unlock/")
    assert enter(Client(), officer).status_code == 302
    assert acts("sign_in.unlock")[0].membership_id == admin.membership_id


def test_one_address_cannot_try_many_names(settings):
    settings.ACCOUNT_RATE_LIMITS = {"password_failed": "3/15m/ip"}
    answers = [attempt(Client(REMOTE_ADDR="10.1.1.1"), f"guess-{n}") for n in range(4)]
    assert words(answers[3]) != words(answers[0])
    assert attempt(Client(REMOTE_ADDR="10.1.1.2"), "guess-9").status_code == 200


def test_addresses_are_read_behind_our_own_proxy_only(settings, inspector):
    settings.TRUSTED_PROXY_COUNT = 1
    attempt(Client(headers={"x-forwarded-for": "1.2.3.4, 203.0.113.7"}), "someone")
    assert AccessAttempt.objects.get().ip_address == "203.0.113.7"


def test_sign_in_answers_the_same_for_a_name_that_nobody_has(inspector):
    known, unknown = user_of(inspector).username, NOBODY
    for _ in range(5):
        one, other = attempt(Client(), known), attempt(Client(), unknown)
        assert one.status_code == other.status_code
        assert words(one) == words(other)
    assert one.status_code == 429


def test_a_hash_is_made_for_a_name_that_nobody_has(monkeypatch):
    made = []
    kept = User.set_password
    monkeypatch.setattr(User, "set_password", lambda self, raw: made.append(raw) or kept(self, raw))
    attempt(Client(), NOBODY)
    assert made == ["wrong-Word-99"]


def test_it_takes_as_long_for_a_name_that_nobody_has(inspector, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    settings.AXES_FAILURE_LIMIT = 100
    user = user_of(inspector)
    user.set_password(world.PASSWORD)
    user.save()

    def quickest(login: str) -> float:
        spans = []
        for _ in range(7):
            started = time.perf_counter()
            attempt(Client(), login)
            spans.append(time.perf_counter() - started)
        return min(spans)

    known, unknown = quickest(user.username), quickest(NOBODY)
    assert max(known, unknown) < 1.5 * min(known, unknown)


def test_asking_for_a_reset_answers_the_same_and_writes_one_letter_either_way(inspector):
    User.objects.filter(pk=inspector.user_id).update(email="known@example.org")
    answers = []
    for address in ("known@example.org", "unknown@example.org"):
        client = Client()
        answer = client.post("/accounts/password/reset/", {"email": address}, follow=True)
        answers.append((answer.redirect_chain, words(answer)))
    assert answers[0] == answers[1]
    assert [m.to for m in mail.outbox] == [["known@example.org"], ["unknown@example.org"]]


def test_a_wrong_link_answers_the_same_for_a_user_that_exists(inspector):
    answers = [
        Client().get(f"/accounts/password/reset/key/{uid}-abc-def/") for uid in ("1", "zzzz")
    ]
    assert answers[0].status_code == answers[1].status_code
    assert words(answers[0]) == words(answers[1])


def test_what_was_typed_is_not_kept_in_the_audit():
    attempt(Client(), "My-password-by-mistake-1")
    [act] = acts("sign_in.failed")
    assert "mistake" not in f"{act.summary}{act.data}{act.subject_id}{act.actor_name}"
