"""The app itself without signal, new versions of it, room on the phone, and the last resort."""

import hashlib
import json
import zipfile

import pytest

from tests.field.conftest import PLACE, opened, run

MB = 1024 * 1024


@pytest.fixture
def alone(browser, site, field):
    """A browser of its own: a service worker stays with it."""
    context = browser.new_context(base_url=site.url, **PLACE)
    yield opened(context.new_page(), field)
    context.close()


REGISTER = """
    const shell = await import("/static/field/register.js");
    window.updates = 0;
    shell.onUpdate((apply) => { window.updates += 1; window.apply = apply; });
    await shell.register();
    await navigator.serviceWorker.ready;
"""


def test_the_app_opens_without_signal(alone, field):
    run(
        alone,
        REGISTER
        + "while (!(await caches.match('/field/'))) await new Promise((r) => setTimeout(r, 20));",
    )
    field.is_down = True
    alone.goto("/field/")
    assert alone.title() == "shell 1"
    found = run_offline(
        alone, "return (await (await import('/static/field/store.js')).openStore(1)).device;"
    )
    assert len(found) == 36


def run_offline(page, words: str):
    """The test's own kit is no part of the app: only modules that are kept."""
    return page.evaluate(
        "(words) => new (Object.getPrototypeOf(async () => {}).constructor)(words)()", words
    )


def test_a_sign_in_is_shown_but_never_kept(alone, field):
    run(alone, REGISTER)
    member, field.member = field.member, None
    alone.goto("/field/")
    assert alone.title() == "sign in"
    field.member, field.is_down = member, True
    alone.goto("/field/")
    assert alone.title() == "shell 1"


def test_what_the_server_says_is_never_kept(alone, field):
    run(alone, REGISTER + "await kit.createApi().me();")
    kept = run(
        alone,
        """
        const names = await caches.keys();
        const requests = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
        return requests.flat().map(({ url }) => new URL(url).pathname);
        """,
    )
    assert kept
    assert not [path for path in kept if not path.startswith("/static/") and path != "/field/"]


def test_a_new_version_waits_until_it_is_asked_for(alone, field):
    run(alone, REGISTER)
    field.version = "2"
    run(
        alone,
        """
        await (await navigator.serviceWorker.getRegistration("/field/")).update();
        while (!window.updates) await new Promise((r) => setTimeout(r, 20));
        """,
    )
    alone.goto("/field/")
    assert alone.title() == "shell 1"  # page and scripts are of one version
    run(alone, REGISTER + "while (!window.updates) await new Promise((r) => setTimeout(r, 20));")
    with alone.expect_navigation():
        alone.evaluate("window.apply()")
    assert alone.title() == "shell 2"
    assert run(alone, "return caches.keys();") == ["anfu-field-shell-2"]


def test_room_is_told_in_words(page):
    words = """
        const usage = given.used * 1048576;
        const estimate = () => Promise.resolve({ usage, quota: usage + given.free * 1048576 });
        Object.defineProperty(navigator, "storage", { configurable: true, value: { estimate } });
        const { level, words } = await kit.storageState();
        return [level, words];
    """
    assert run(page, words, {"used": 100, "free": 5000}) == ["ok", ""]
    low = ["low", "手机空间不多（可用 150 MB），请尽快上传"]
    assert run(page, words, {"used": 10, "free": 150}) == low
    assert run(page, words, {"used": 900, "free": 300})[0] == "low"
    critical = ["critical", "手机空间将满（可用 40 MB），请先上传或导出，再继续拍照"]
    assert run(page, words, {"used": 10, "free": 40}) == critical


def test_without_room_nothing_is_lost_and_the_screen_is_told(persistent, field):
    page = opened(persistent().pages[0], field)
    session = page.context.new_cdp_session(page)
    origin = {"origin": page.evaluate("location.origin")}
    session.send("Storage.overrideQuotaForOrigin", origin | {"quotaSize": 4 * MB})
    full, log, held, later, level = run(
        page,
        """
        const store = await kit.opened();
        const visit = kit.newId();
        await kit.start(store, visit);
        window.store = store;
        window.visit = visit;
        const entry = { visit, kind: "files", body: { subject: "visit" }, files: [kit.random(8 * 1024 * 1024)] };
        const full = await kit.appendSafely(store, entry);
        const small = await kit.appendSafely(store, { visit, kind: "note", body: { text: "还能写" } });
        const { level } = await kit.storageState();
        const kinds = (await store.log(visit)).map((one) => one.kind);
        return [full, kinds, kit.held(store).length, small.ok, level];
        """,
    )
    assert full["ok"] is False
    assert "先上传或导出" in full["words"]
    assert (log, held, later, level) == (["visit.start", "note"], 1, True, "critical")
    session.send("Storage.overrideQuotaForOrigin", origin)
    left, kinds = run(
        page,
        "return [await kit.retryHeld(window.store), (await window.store.log(window.visit)).map((one) => one.kind)];",
    )
    assert (left, kinds) == (0, ["visit.start", "note", "files"])


def test_what_is_unsent_can_be_carried_away(page, field, tmp_path):
    with page.expect_download() as download:
        announced, before, after = run(
            page,
            """
            const store = await kit.opened();
            const visit = kit.newId();
            await kit.start(store, visit);
            await kit.send(store);
            const operation = await kit.hazard(store, visit, kit.newId(), [kit.random(3_000_000), kit.random(10)]);
            await kit.answer(store, visit, 11);
            const before = await store.unsent();
            const file = await kit.exportUnsent(store);
            const link = document.createElement("a");
            link.href = URL.createObjectURL(file);
            link.download = file.name;
            link.click();
            return [operation.body.files, before, await store.unsent()];
            """,
        )
    path = tmp_path / "out.zip"
    download.value.save_as(path)
    assert download.value.suggested_filename.startswith("未上传记录-")
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        words = json.loads(archive.read("operations.json"))
        hashes = {
            one: hashlib.sha256(archive.read(f"files/{one}")).hexdigest() for one in ids(announced)
        }
    assert [one["kind"] for one in words["operations"]] == ["hazard.add", "answer"]
    assert set(words["operations"][0]) == {
        "id", "visit", "place", "device", "sequence", "kind", "made_at", "member", "body",
    }  # fmt: skip
    assert hashes == {one["id"]: one["sha256"] for one in announced}
    assert before == after


def ids(announced) -> list[str]:
    return [one["id"] for one in announced]


def test_nothing_unsent_makes_no_file(page, field):
    assert run(page, "return kit.exportUnsent(await kit.opened());") is None
