"""Signing in with two steps, and the pages of one's account, in a real browser."""

from urllib.parse import urlsplit

import pytest

from accounts.models import User
from tenancy.enums import Role
from tests import world
from tests.accounts.signing_in import code
from tests.browser.looks import follow, no_barriers, no_sideways_scrolling

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]
SIZES = ((1366, 768), (390, 844))
KEY = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
    "hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip


@pytest.fixture(autouse=True)
def rules_in_force(settings):
    settings.MFA_REQUIRED = True


@pytest.fixture
def officer():
    return world.member(world.agency().org, Role.OFFICER)


def looks_right(page) -> None:
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        no_sideways_scrolling(page)
        no_barriers(page)


def confirm_password(page) -> None:
    page.fill("[name=password]", world.PASSWORD)
    follow(page, "button:has-text('继续')")


def sign_in(page, actor) -> None:
    page.goto("/accounts/login/")
    page.fill("[name=login]", User.objects.get(pk=actor.user_id).username)
    page.fill("[name=password]", world.PASSWORD)
    follow(page, "button:has-text('登录')")


def test_an_officer_sets_up_an_app_on_the_way_in(page_for, officer):
    page = page_for(officer)
    page.wait_for_selector("text=你的身份要求两步验证")
    looks_right(page)
    follow(page, "text=设置验证器")
    looks_right(page)
    confirm_password(page)
    looks_right(page)
    secret = page.inner_text("figcaption span")
    page.fill("[name=code]", code(secret))
    follow(page, "button:has-text('启用')")
    looks_right(page)
    assert page.locator(".recovery-codes li").count() == 10
    follow(page, "text=抄好了，继续")
    assert urlsplit(page.url).path == "/"
    for address in (
        "security",
        "sessions",
        "email",
        "password/change",
        "2fa",
        "2fa/totp/deactivate",
    ):
        page.goto(f"/accounts/{address}/")
        looks_right(page)


def test_a_security_key_is_added_and_lets_in(page_for, officer):
    page = page_for(officer)
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})
    page.click("text=添加安全密钥")
    confirm_password(page)
    looks_right(page)
    with page.expect_navigation():
        page.click("#webauthn")
    page.wait_for_selector("text=恢复码已生成")
    page.goto("/accounts/2fa/webauthn/")
    assert "安全密钥 1" in page.inner_text("main")
    looks_right(page)
    page.click("text=改名")
    looks_right(page)
    page.goto("/")
    follow(page, "button:has-text('退出')")
    sign_in(page, officer)
    page.wait_for_selector("text=用安全密钥")
    looks_right(page)
    with page.expect_navigation():
        page.click("#webauthn")
    assert urlsplit(page.url).path == "/"


def test_a_key_that_is_refused_is_said_in_the_page(page_for, officer):
    page = page_for(officer)
    page.click("text=添加安全密钥")
    confirm_password(page)
    page.evaluate(
        "() => { navigator.credentials.create = () => Promise.reject(new Error('broken off')); }"
    )
    page.click("#webauthn")
    page.wait_for_selector("[role=alert]:has-text('没有完成')")


def test_an_administrator_looks_after_a_colleague_and_a_locked_page_says_until_when(
    page_for, officer, settings
):
    settings.MFA_REQUIRED = False
    zone = world.agency("130400")
    admin, colleague = (world.member(zone.org, r) for r in (Role.AGENCY_ADMIN, Role.OFFICER))
    page = page_for(admin)
    page.goto("/people/")
    looks_right(page)
    page.goto(f"/people/{colleague.membership_id}/")
    looks_right(page)
    stranger = page.context.browser.new_context(
        base_url=page.url.partition("/people")[0]
    ).new_page()
    for _ in range(5):
        stranger.goto("/accounts/login/")
        stranger.fill("[name=login]", "somebody")
        stranger.fill("[name=password]", "not-It-at-all")
        follow(stranger, "button:has-text('登录')")
    looks_right(stranger)
    assert "以后" in stranger.inner_text("main")
    stranger.context.close()
