"""An agency's own identity provider: a real one on loopback, asked as a browser would."""

import json
from urllib.parse import urlsplit

import httpx
import oidc_provider_mock
import pytest
from django.test import Client

from accounts.models import User
from common.environment import oidc_apps
from common.errors import DomainError
from common.scope import acting_as
from tenancy.actors import SYSTEM
from tenancy.models import Membership
from tenancy.protection import identity_bind
from tests import world
from tests.accounts.signing_in import acts, with_app

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def idp():
    with oidc_provider_mock.run_server_in_thread() as server:
        yield f"http://localhost:{server.server_port}"


@pytest.fixture(autouse=True)
def configured(settings, idp, zone):
    """The zone signs in with it, and trusts its one-time passwords."""
    return configure(settings, idp, zone.org.name)


def configure(settings, idp, organization, **more):
    provider = {
        "id": "zone", "name": "开发区统一认证", "organization": organization,
        "server_url": idp, "client_id": "anfu", "secret": "s", **more,
    }  # fmt: skip
    apps = oidc_apps(json.dumps([provider]))
    settings.SOCIALACCOUNT_PROVIDERS = {
        "openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": apps}
    }
    return apps


def sign_in(client: Client, idp: str, sub: str, **claims):
    """Go to the provider, sign in there as `sub`, and come back."""
    httpx.put(f"{idp}/users/{sub}", json=claims).raise_for_status()
    start = client.post("/accounts/oidc/zone/login/?process=login")
    back = httpx.post(start.url, data={"sub": sub})
    assert back.status_code == 302, back.text
    parts = urlsplit(back.headers["location"])
    return client.get(f"{parts.path}?{parts.query}")


def bind(admin, actor, identity):
    with acting_as(SYSTEM):
        membership = Membership.objects.get(pk=actor.membership_id)
    with acting_as(admin):
        identity_bind(actor=admin, membership=membership, identity=identity)


def who(client) -> str | None:
    return client.session.get("_auth_user_id")


def test_a_bound_subject_signs_in_to_the_account_that_it_is_bound_to(client, idp, admin, officer):
    bind(admin, officer, "u-1001")
    answer = sign_in(client, idp, "u-1001")
    assert answer.status_code == 302
    assert who(client) == str(officer.user_id)
    assert client.get("/").url == "/accounts/2fa/"  # its second factor is not trusted


def test_a_verified_mailbox_will_do_and_an_unverified_one_will_not(client, idp, admin, officer):
    bind(admin, officer, "wang@zone.example")
    sign_in(client, idp, "u-7", email="wang@zone.example", email_verified=False)
    assert who(client) is None
    sign_in(client, idp, "u-7", email="Wang@zone.example", email_verified=True)
    assert who(client) == str(officer.user_id)


def test_an_unknown_subject_opens_no_account_and_is_told_what_to_do(client, idp, officer):
    users = User.objects.count()
    answer = sign_in(client, idp, "stranger", email="s@zone.example", email_verified=True)
    assert answer.url == "/accounts/login/"
    assert "没有绑定" in client.get(answer.url).content.decode()
    assert who(client) is None
    assert User.objects.count() == users
    assert acts("sign_in.identity_refused")[0].data == {"provider": "zone"}


def test_another_organisations_people_do_not_come_in_by_it(client, idp, settings, admin, officer):
    bind(admin, officer, "u-1001")
    other = world.agency("130400")
    configure(settings, idp, other.org.name)
    sign_in(client, idp, "u-1001")
    assert who(client) is None


def test_a_wrong_issuer_is_refused(client, idp, settings, admin, officer, zone, monkeypatch):
    bind(admin, officer, "u-1001")
    apps = configure(settings, idp, zone.org.name)
    apps[0]["settings"]["openid_configuration_overrides"] = {"issuer": "https://elsewhere.example"}
    answer = sign_in(client, idp, "u-1001")
    assert answer.url == "/accounts/login/"
    assert who(client) is None


def test_whoever_left_or_was_released_does_not_come_in_any_more(client, idp, admin, officer):
    bind(admin, officer, "u-1001")
    sign_in(client, idp, "u-1001")
    assert who(client) == str(officer.user_id)
    client.logout()
    bind(admin, officer, "")
    sign_in(client, idp, "u-1001")
    assert who(client) is None


def test_a_subject_bound_to_somebody_else_signs_in_as_that_one(client, idp, admin, officer):
    bind(admin, officer, "u-1001")
    sign_in(client, idp, "u-1001")
    client.logout()
    bind(admin, officer, "")
    bind(admin, admin, "u-1001")
    sign_in(client, idp, "u-1001")
    assert who(client) == str(admin.user_id)


def test_one_identity_is_bound_to_one_person(admin, officer):
    bind(admin, officer, "u-1001")
    with pytest.raises(DomainError, match="其他人员"):
        bind(admin, admin, "u-1001")


def test_a_second_factor_of_the_provider_counts_where_it_is_trusted(
    client, idp, settings, admin, officer, zone
):
    bind(admin, officer, "u-1001")
    configure(settings, idp, zone.org.name, trusted_amr=["otp", "hwk"])
    sign_in(client, idp, "u-1001", amr=["pwd", "otp"])
    assert client.get("/").status_code == 200
    client.logout()
    sign_in(client, idp, "u-1001", amr=["pwd"])
    assert client.get("/").url == "/accounts/2fa/"


def test_whoever_has_a_second_factor_here_is_asked_for_it(client, idp, admin, officer):
    bind(admin, officer, "u-1001")
    with_app(officer)
    assert sign_in(client, idp, "u-1001").url == "/accounts/2fa/authenticate/"
    assert who(client) is None


def test_an_answer_that_nobody_asked_for_is_refused(client, idp, admin, officer):
    bind(admin, officer, "u-1001")
    answer = client.get("/accounts/oidc/zone/login/callback/?code=x&state=y")
    assert who(client) is None
    assert answer.status_code in (200, 302, 401)


def test_the_sign_in_page_offers_it(client):
    assert "用开发区统一认证登录" in client.get("/accounts/login/").content.decode()


def test_what_the_provider_said_of_a_person_is_not_kept(client, idp, admin, officer):
    bind(admin, officer, "u-1001")
    for _ in range(2):
        sign_in(client, idp, "u-1001", name="王建国", phone_number="13800000000")
        client.logout()
    account = User.objects.get(pk=officer.user_id).socialaccount_set.get()
    assert account.extra_data == {}
