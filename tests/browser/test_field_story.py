"""The field app as a person uses it: without signal, with a closed browser, two on one phone."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from agencies.services import assignment_withdraw
from audit.models import AuditEntry
from common.scope import acting_as
from evidence.models import Photo
from inspections.models import Answer, Hazard, Visit
from inspections.selectors import checklist_items
from inspections.services import answers_save
from tests import county
from tests.browser import phone
from tests.browser.conftest import note_errors
from tests.browser.looks import no_barriers, no_sideways_scrolling, until
from tests.conftest import CHROMIUM

pytestmark = pytest.mark.django_db(transaction=True)

FIRM = "北方铸造厂0"
WHERE = {"latitude": 39.95, "longitude": 119.55, "accuracy": 12}
SCREEN = {"viewport": {"width": 390, "height": 844}, "locale": "zh-CN", "has_touch": True}


@pytest.fixture
def place() -> county.County:
    """A county whose clock is the phone's own."""
    found = county.build(enterprises=2)
    found.at(timezone.now())
    return found


@pytest.fixture
def phone_of(browser, live_server):
    """phone_of(**options): a new phone in somebody's hand; errors of its scripts fail the test."""
    contexts, errors = [], []

    def open_phone(**options):
        context = browser.new_context(
            base_url=live_server.url, geolocation=WHERE, permissions=["geolocation"],
            timezone_id="Asia/Shanghai", **{**SCREEN, **options},
        )  # fmt: skip
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        note_errors(page, errors)
        return page

    yield open_phone
    for context in contexts:
        context.close()
    assert errors == []


@pytest.fixture
def pocket(browser, live_server, tmp_path):
    """pocket(): the browser of one phone, whose data outlive it."""
    contexts = []

    def start():
        options = {
            **CHROMIUM, "base_url": live_server.url, "geolocation": WHERE,
            "permissions": ["geolocation", "microphone"], "timezone_id": "Asia/Shanghai", **SCREEN,
        }  # fmt: skip
        folder = str(tmp_path / "phone")
        contexts.append(browser.browser_type.launch_persistent_context(folder, **options))
        return contexts[-1]

    yield start
    for context in contexts:
        context.close()


def ready(page, actor):
    """Signed in, the material on the phone, the app kept."""
    phone.sign_in(page, actor)
    phone.download(page)
    phone.keep_the_app(page)
    return page


def answered_visit(page, firm: str = FIRM) -> str:
    """A visit in which everything is answered and one hazard found."""
    visit = phone.start(page, firm)
    phone.group(page, "资料")
    phone.answer(page, 1, "fail")
    phone.fill_hazard(page, "木工车间", 1)
    page.click("text=保存隐患")
    page.wait_for_selector(".question")
    phone.rest_is_na(page, "资料", "现场")
    return visit


def test_a_whole_visit_without_signal_is_at_the_server_once_there_is_some(place, pocket) -> None:
    first = pocket()
    page = ready(first.new_page(), place.inspector)
    page.context.set_offline(True)
    page.reload()
    page.wait_for_selector("text=离线")
    visit = phone.start(page, FIRM)
    phone.group(page, "资料")
    phone.answer(page, 0, "ok")
    phone.answer(page, 1, "fail")
    phone.fill_hazard(page, "木工车间", 1, 2)
    phone.draw_arrow(page)
    page.click("text=保存隐患")
    phone.group(page, "记录")
    page.fill("#process-note", "查阅资料，现场检查")
    page.set_input_files("[data-camera]", phone.photo(3))
    page.wait_for_selector(".shots .mark:has-text('仅在手机')")
    phone.rest_is_na(page, "资料", "现场")
    phone.sign(page)
    page.wait_for_selector("text=签字只在这台手机上")
    page.wait_for_selector(".paper:has-text('文号在同步后生成')")
    first.close()

    page = pocket().new_page()  # still signed in: a provider's session outlives the window
    phone.sync(page)
    phone.all_received(page)
    page.goto(f"/field/#/v/{visit}/paper")
    page.wait_for_selector(".qr img")
    with acting_as(place.lead):
        found = Visit.objects.get(pk=visit)
        assert (found.state, found.representative_name) == ("signed", "张立新")
        assert float(found.latitude) == WHERE["latitude"]
        [hazard] = Hazard.objects.filter(visit=found)
        photos = Photo.objects.filter(subject_id=str(hazard.pk)).order_by("taken_at")
        assert sorted(len(photo.drawing) for photo in photos) == [0, 2]
        assert Photo.objects.filter(subject_id=visit, purpose="site").count() == 1
        assert Photo.objects.filter(subject_id=visit, purpose="signature").count() == 1
        assert found.process_note == "查阅资料，现场检查"


def test_what_is_written_outlives_a_closed_browser(place, pocket) -> None:
    first = pocket()
    page = ready(first.new_page(), place.inspector)
    visit = phone.start(page, FIRM)
    phone.group(page, "资料")
    phone.answer(page, 0, "ok")
    phone.answer(page, 1, "fail")
    phone.fill_hazard(page, "木工车间", 1)
    page.click("text=用语音代替打字")
    page.wait_for_selector("text=/停止 0:0[1-9]/")
    page.click("text=/停止/")
    page.wait_for_selector("audio")
    first.close()

    second = pocket()
    page = second.new_page()
    second.set_offline(True)
    page.goto(f"/field/#/v/{visit}?g=found")
    page.click("text=没有保存的草稿 >> xpath=following-sibling::ul >> a")
    page.wait_for_selector(".shots img")
    assert page.input_value("#place") == "木工车间"
    assert page.locator("audio").count() == 1
    page.click("text=保存隐患")
    page.wait_for_selector(".groups a:has-text('资料'):has-text('2/')")


def test_an_answer_can_be_taken_back_for_six_seconds(place, phone_of) -> None:
    page = ready(phone_of(), place.inspector)
    phone.start(page, FIRM)
    phone.group(page, "资料")
    phone.answer(page, 0, "ok")
    page.click(".toast >> text=撤销")
    page.wait_for_selector(".question >> nth=0 >> .answer.ok[aria-pressed=false]")
    phone.answer(page, 0, "fail")
    page.click("text=/点错了，改回/")
    page.wait_for_selector(".question >> nth=0 >> .answer.fail[aria-pressed=false]")


def test_a_hazard_is_taken_back_only_after_the_time_to_undo(place, phone_of) -> None:
    page = ready(phone_of(), place.inspector)
    answered_visit(page)
    for last in ("撤销", ""):
        phone.group(page, "隐患")
        page.click(".found >> a")
        page.click("text=撤回这项隐患")
        page.click("dialog >> button:has-text('撤回')")
        page.wait_for_selector("text=已撤回一项隐患")
        if last:
            page.click(".toast >> text=撤销")
        page.wait_for_selector(f".groups a:has-text('隐患'):has-text('{1 if last else 0}')")
    page.wait_for_selector(".toast", state="detached", timeout=10_000)
    phone.group(page, "隐患")
    page.wait_for_selector("text=已撤回 1 项")


def test_two_people_share_a_phone_and_see_nothing_of_each_other(place, phone_of) -> None:
    page = ready(phone_of(), place.inspector)
    page.context.set_offline(True)
    phone.start(page, FIRM)
    phone.group(page, "资料")
    phone.answer(page, 0, "ok")
    page.goto("/field/#/me")
    page.click("text=换人或退出")
    page.wait_for_selector("dialog >> text=没有上传")
    page.click("dialog >> button:has-text('仍然退出')")
    page.wait_for_selector("text=请先登录")
    assert FIRM not in page.inner_text("body")
    page.context.set_offline(False)
    page.click("button:has-text('登录')")
    page.wait_for_url("**/accounts/login/**")

    phone.sign_in(page, place.idle_inspector)
    page.wait_for_selector("text=另有 1 人有未上传的记录")
    page.wait_for_selector("text=这台手机上还没有资料")
    page.goto("/field/#/sync")
    page.wait_for_selector("text=这台手机上没有检查记录")
    page.goto("/field/#/me")
    page.click("text=换人或退出")
    page.click("dialog >> button:has-text('退出')")
    page.click("button:has-text('登录')")
    page.wait_for_url("**/accounts/login/**")

    phone.sign_in(page, place.inspector)
    page.wait_for_selector(f"a.card:has-text('{FIRM}')")
    phone.sync(page)
    page.wait_for_selector("text=手机上的记录服务器都已收到")
    with acting_as(place.lead):
        assert Answer.objects.filter(answered_by_name=place.inspector.user_name).count() == 1


def test_work_goes_on_when_the_session_has_ended(place, phone_of) -> None:
    page = ready(phone_of(), place.inspector)
    page.context.set_offline(True)
    answered_visit(page)
    phone.sign(page)
    page.context.clear_cookies()
    page.context.set_offline(False)
    phone.sync(page)
    phone.sign_in_again(page, place.inspector)
    phone.all_received(page)


GIVES_UP = """() => {
  let isThere = false;
  Object.defineProperty(navigator, "onLine", { get: () => isThere });
  const real = window.fetch;
  window.fetch = () => new Promise((_, fail) => {
    window.fetch = real;
    window.giveUp = async () => {
      fail(new TypeError("lost"));
      for (let step = 0; step < 50; step += 1) await null;
      isThere = true;
      dispatchEvent(new Event("online"));
    };
  });
}"""


def test_a_network_that_returns_while_a_sync_gives_up_is_used_at_once(place, phone_of) -> None:
    page = ready(phone_of(), place.inspector)
    answered_visit(page)
    page.evaluate(GIVES_UP)
    phone.sign(page)
    until(page, "typeof giveUp === 'function'")
    page.evaluate("giveUp()")
    page.goto("/field/#/sync")
    phone.all_received(page)


def test_two_versions_stand_side_by_side_and_a_person_chooses(place, phone_of) -> None:
    page = ready(phone_of(), place.inspector)
    visit = phone.start(page, FIRM)
    phone.group(page, "资料")
    phone.answer(page, 0, "ok")
    phone.sync(page)
    page.wait_for_selector("text=手机上的记录服务器都已收到")
    with acting_as(place.lead):
        found = Visit.objects.get(pk=visit)
        first = checklist_items(found)[0]
        answers_save(actor=place.lead, visit=found, answers={first.pk: ("fail", "证照过期")})
    page.context.set_offline(True)
    page.goto(f"/field/#/v/{visit}?g=soft")
    phone.answer(page, 0, "na")
    page.context.set_offline(False)
    phone.sync(page)
    page.wait_for_selector("[data-conflict] >> text=证照过期")
    no_barriers(page)
    page.goto(f"/field/#/v/{visit}/compare?diff=1")
    page.wait_for_selector(".is-different >> text=不符合：证照过期")
    page.goto("/field/#/sync")
    page.click("button:has-text('用服务器的')")
    page.wait_for_selector("[data-conflict]", state="detached")
    page.wait_for_selector("text=手机上的记录服务器都已收到")
    with acting_as(place.lead):
        assert Answer.objects.get(visit=visit, item=first).result == "fail"


def test_what_the_server_refuses_says_why_and_what_to_do(place, phone_of) -> None:
    page = ready(phone_of(), place.inspector)
    page.context.set_offline(True)
    answered_visit(page)
    with acting_as(place.admin):
        assignment_withdraw(
            actor=place.admin, assignment=place.assignment, withdrawal="stopped", reason="停产"
        )
    page.context.set_offline(False)
    phone.sync(page)
    page.wait_for_selector("text=没有入账")
    assert "已退出本批次" in page.inner_text("#page")
    no_barriers(page)


def test_a_major_hazard_names_its_clause_and_counts_the_minutes(place, phone_of) -> None:
    page = ready(phone_of(), place.inspector)
    page.context.set_offline(True)
    phone.start(page, FIRM)
    page.click(".bar >> text=隐患")
    page.fill("#place", "除尘间")
    page.fill("#description", "除尘系统未设泄爆")
    page.fill("#measure", "停产改造")
    page.click("label:has-text('重大')")
    page.click("text=保存隐患")
    page.wait_for_selector("text=须写明判定标准的条、项")
    page.click("text=从判定标准里选")
    page.click("[data-clause] >> nth=0")
    page.click("text=保存隐患")
    page.wait_for_selector(".groups")
    phone.group(page, "隐患")
    page.click(".found >> a")
    page.wait_for_selector("text=/有信号时立即上报，已过 0 分钟/")
    page.context.set_offline(False)
    page.wait_for_selector("text=重大隐患已上报", timeout=70_000)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_screen_is_without_barriers_and_as_wide_as_the_phone(place, phone_of, theme) -> None:
    page = ready(phone_of(color_scheme=theme), place.inspector)
    page.context.set_offline(True)
    visit = answered_visit(page)
    addresses = [
        "/", "/?tab=route", "/?tab=map", "/sync", "/me", "/help", f"/p/a{place.assignment.pk}",
        f"/p/a{place.assignments[1].pk}/start?kind=survey", f"/v/{visit}?g=soft",
        f"/v/{visit}?g=risk_point", f"/v/{visit}?g=found", f"/v/{visit}?g=notes",
        f"/v/{visit}/h/new", f"/v/{visit}/point", f"/v/{visit}/sign", f"/v/{visit}/paper",
        f"/v/{visit}/compare", "/nowhere",
    ]  # fmt: skip
    for width in (390, 360):
        page.set_viewport_size({"width": width, "height": 844})
        for address in addresses:
            page.goto(f"/field/#{address}")
            page.wait_for_timeout(500)
            no_sideways_scrolling(page)
            if width == 390:
                no_barriers(page)
    page.goto(f"/field/#/v/{visit}/h/new")
    page.click("text=找别的条目" if page.locator("text=找别的条目").count() else "text=从隐患库选")
    page.fill("[data-library-search]", "pdx")
    page.wait_for_selector("dialog >> [data-entry]")
    no_barriers(page)


def test_the_material_says_how_old_it_is(place, phone_of) -> None:
    page = ready(phone_of(), place.inspector)
    old = (datetime.now(tz=timezone.get_current_timezone()) - timedelta(days=15)).isoformat()
    page.evaluate(
        "old => Object.keys(localStorage).filter(k => k.startsWith('anfu-field-checked-'))"
        ".forEach(k => localStorage.setItem(k, old))",
        old,
    )
    page.reload()
    page.wait_for_selector("text=15 天前下载，已超过 14 天")


def test_a_name_is_found_by_its_initials_and_the_filter_stays_in_the_address(
    place, phone_of
) -> None:
    page = ready(phone_of(), place.inspector)
    page.fill("[data-search]", "bfzzc1")
    page.wait_for_selector("text=共 1 家")
    page.click("a.card")
    page.wait_for_selector("text=企业情况")
    page.go_back()
    page.wait_for_selector("text=共 1 家")
    assert page.input_value("[data-search]") == "bfzzc1"


def test_a_phone_number_is_asked_for_when_somebody_is_about_to_call(place, phone_of) -> None:
    page = ready(phone_of(), place.inspector)
    page.click(f"a.card:has-text('{FIRM}')")
    button = page.locator("button:has-text('134****1647')")
    button.wait_for()
    page.context.set_offline(True)
    button.click()
    page.wait_for_selector("text=没有网络，看不到完整号码")
    assert page.locator("a[href^='tel:']").count() == 0
    page.context.set_offline(False)
    button.click()
    page.wait_for_selector("a[href='tel:13405461647']")
    no_sideways_scrolling(page)
    with acting_as(place.admin):
        [act] = AuditEntry.objects.filter(act="personal.show")
    assert act.membership_id == place.inspector.member
    page.reload()
    button.wait_for()
    assert "13405461647" not in page.content(), "it is not kept"
