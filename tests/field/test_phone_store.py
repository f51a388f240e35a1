"""The log on the phone: everything or nothing, each person's own, nothing forgotten too early."""

import os
import shutil
import signal
import time
from pathlib import Path

from tests.field.conftest import opened, run

RECORD = """
    const store = kit.opened && (await kit.opened());
    const visit = kit.newId();
    await kit.start(store, visit);
"""
CHECK = """
    const store = await kit.again();
    const wrong = [];
    let operations = 0, files = 0, last = null;
    for (const { id: visit, last: counted } of await store.visits()) {
        const log = await store.log(visit);
        const metas = await store.files(visit);
        operations += log.length;
        log.forEach((one, at) => one.sequence === at + 1 || wrong.push(`gap at ${at}`));
        if (counted[store.device] !== log.length) wrong.push("summary");
        const announced = log.flatMap(({ body }) => body.files ?? []);
        if (announced.length !== metas.length) wrong.push("metas");
        for (const { id, size, sha256 } of announced) {
            const blob = await store.blob(id);
            if (blob?.size !== size || await kit.sha256(await blob.arrayBuffer()) !== sha256) wrong.push(`blob ${id}`);
            files += 1;
        }
    }
    return { wrong, operations, files, known: await kit.known(store) };
"""


def kill(folder: Path) -> int:
    """End the browser of this folder as a flat battery does; nobody else's."""
    killed = 0
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if f"--user-data-dir={folder}".encode() in words:
            os.kill(int(process.name), signal.SIGKILL)
            killed += 1
    return killed


def test_a_browser_that_lost_its_database_gets_everything_back_and_sends_it_once(
    persistent, field, tmp_path
):
    context = persistent()
    page = opened(context.pages[0], field)
    run(
        page,
        RECORD
        + """
        await kit.answer(store, visit, 11);
        await kit.send(store);
        await kit.hazard(store, visit, kit.newId(), [kit.random(300_000), kit.random(50_000)]);
        await kit.answer(store, visit, 12);
        """,
    )
    before = run(page, CHECK)
    context.close()
    shutil.rmtree(tmp_path / "Default" / "IndexedDB")

    page = opened(persistent().pages[0], field)
    found = run(
        page,
        """
        const store = await kit.again();
        const sent = await kit.send(store);
        return { restored: store.restored, sent, unsent: await store.unsent(), ids: await kit.known(store) };
        """,
    )
    assert found["restored"] == before["operations"] == 4
    assert found["ids"] == before["known"]
    assert (found["sent"]["stopped"], found["sent"]["files"]) == (None, 2)
    assert found["unsent"]["operations"] == found["unsent"]["files"] == 0
    after = run(page, CHECK)
    assert (after["wrong"], after["operations"], after["files"]) == ([], 4, 2)


def test_a_browser_killed_while_it_writes_leaves_everything_or_nothing(persistent, field, tmp_path):
    """Whatever was confirmed to the person is there, sequences have no gaps, every photo its bytes."""

    for seconds in (0.15, 0.4):
        context = persistent()
        page = opened(context.pages[0], field)
        run(page, "void kit.writeForEver(await kit.opened());")
        enough = len(field.noted) + 5
        while len(field.noted) < enough:
            page.wait_for_timeout(5)
        time.sleep(seconds)
        assert kill(tmp_path)
        (tmp_path / "SingletonLock").unlink(missing_ok=True)
    context = persistent()
    found = run(opened(context.pages[0], field), CHECK)
    assert found["wrong"] == []
    assert found["files"] > 3
    assert set(field.noted) <= set(found["known"])


def test_an_append_that_fails_in_the_middle_leaves_nothing(page):
    """The second of two files has an id that is taken: neither operation nor first file is kept."""
    log, files, second = run(
        page,
        RECORD
        + """
        const file = { ...kit.photo(100), id: kit.newId() };
        await kit.hazard(store, visit, kit.newId(), [file]);
        await kit.hazard(store, visit, kit.newId(), [kit.photo(50), file]).catch((error) => error);
        await kit.answer(store, visit, 11);
        const log = await store.log(visit);
        return [log.map((one) => one.sequence), (await store.files(visit)).length, log[2].kind];
        """,
    )
    assert (log, files, second) == ([1, 2, 3], 1, "answer")


def test_two_tabs_write_one_log_without_gaps(page, field):
    other = opened(page.context.new_page(), field)
    visit = run(page, RECORD + "return visit;")
    words = """
        const store = await kit.again();
        window.work = Promise.all([...Array(20)].map(() => kit.answer(store, given, 11)));
    """
    run(page, words, visit)
    run(other, words, visit)
    run(page, "await window.work;")
    run(other, "await window.work;")
    sequences = run(
        page, "return (await (await kit.again()).log(given)).map((one) => one.sequence);", visit
    )
    other.close()
    assert sequences == list(range(1, 42))


def test_another_tab_is_told(page, field):
    other = opened(page.context.new_page(), field)
    run(
        other,
        """
        const store = await kit.opened();
        window.told = new Promise((resolve) => store.onChange((one) => one.is_major && resolve(one)));
        """,
    )
    visit = run(
        page,
        RECORD
        + "await kit.hazard(store, visit, kit.newId(), [], { severity: 'major' }); return visit;",
    )
    change = run(other, "return window.told;")
    other.close()
    assert change["visit"] == visit
    assert change["is_new"]


def test_what_one_person_records_another_does_not_see(page, field):
    counts, words, theirs, ours = run(
        page,
        """
        const store = await kit.opened();
        kit.switchTo({ member: kit.me, name: "甲", org: "机构", role: "inspector" });
        await kit.start(store, kit.newId());
        const before = await kit.othersUnsent();
        const next = kit.me + 0.25;
        kit.switchTo({ member: next, name: "乙", org: "机构", role: "inspector" });
        const other = await kit.openStore(next);
        const during = await kit.othersUnsent();
        const theirs = [(await other.visits()).length, (await other.places()).length, await other.bundle() ?? null];
        kit.leave();
        return [[before, during, kit.current()], kit.othersWords(during), theirs, (await store.visits()).length];
        """,
    )
    before, during, current = counts
    assert during == before + 1
    assert words == f"另有 {during} 人有未上传的记录，请本人登录上传"
    assert theirs == [0, 0, None]
    assert current is None
    assert ours == 1


def test_who_works_here_is_known_without_signal(page, field):
    found = run(
        page, "const api = kit.createApi(); await kit.recognise(api); return kit.current();"
    )
    assert (found["member"], found["name"]) == (field.member, "张三")
    field.is_down = True
    field.fault = lambda number, method, path: "drop"
    offline = run(page, "return kit.recognise(kit.createApi());")
    assert (offline["me"], offline["signedIn"], offline["online"]) == (found, None, False)
    field.is_down, field.fault = False, lambda number, method, path: None
    field.member = None
    ended = run(page, "return kit.recognise(kit.createApi());")
    assert (ended["me"], ended["signedIn"], ended["online"]) == (found, False, True)


def test_a_visit_is_forgotten_only_when_the_server_has_all_of_it(page, field):
    early, refused, files, after, sequence = run(
        page,
        RECORD
        + """
        await kit.hazard(store, visit, kit.newId(), [kit.photo(300)]);
        const why = (error) => error.message;
        const early = await store.forget(visit).catch(why);
        await kit.send(store);
        const [file] = await store.files(visit);
        const extra = await kit.answer(store, visit, 11);
        await store.setReceipt({ id: extra.id, state: "refused", message: "不在检查表中" });
        const refused = await store.forget(visit).catch(why);
        await store.acknowledge(extra.id);
        await store.forget(visit);
        const bytes = await store.blob(file.id) ?? null;
        const left = [await store.log(visit), await store.files(visit), await store.visits(), bytes];
        const next = await kit.answer(store, visit, 12);
        return [early, refused, file.state, left, next.sequence];
        """,
    )
    assert early == "还有 2 条记录、1 个文件没有回执，不能清除"
    assert refused == "还有 1 条记录、0 个文件没有回执，不能清除"
    assert files == "stored"
    assert after == [[], [], [], None]
    assert sequence == 4  # the server knows the three before


def test_a_final_receipt_stays(page):
    states = run(
        page,
        RECORD
        + """
        const { id } = await kit.answer(store, visit, 11);
        const states = [];
        for (const state of ["waiting", "done", "waiting", "refused"]) {
            await store.setReceipt({ id, state });
            states.push((await store.operation(id)).state);
        }
        return states;
        """,
    )
    assert states == ["waiting", "done", "done", "done"]


def test_a_new_bundle_takes_nothing_from_a_visit_that_stands_on_the_old(page):
    gone, listed, old, newest = run(
        page,
        RECORD
        + """
        const [first] = kit.checklists;
        await store.saveBundle(kit.bundle([kit.place("a2")], { checklists: [{ ...first, id: 9 }] }));
        const place = await store.place("a1");
        return [place.gone, (await store.places()).map((one) => one.key),
                (await store.checklists([2, 1])).map((one) => one.id), (await store.checklists()).map((one) => one.id)];
        """,
    )
    assert gone is True
    assert listed == ["a2"]
    assert old == [2, 1]
    assert newest == [9]


def test_a_day_of_work_is_kept(page, field):
    """40 photos of 4 MB and 60 answers."""
    found = run(
        page,
        RECORD
        + """
        for (let number = 0; number < 40; number += 1) {
            await kit.hazard(store, visit, kit.newId(), [kit.random(4 * 1024 * 1024)]);
        }
        for (let number = 0; number < 60; number += 1) await kit.answer(store, visit, number);
        """
        + CHECK.replace("const store", "const later"),
    )
    assert found["wrong"] == []
    assert (found["operations"], found["files"]) == (101, 40)


def test_what_no_server_could_keep_is_mended_before_it_is_kept(page):
    body = run(
        page,
        RECORD
        + r"""
        const position = { latitude: 39.12345678, longitude: 117.1, accuracy: 12.34 };
        const body = { text: "车间\u0000😀".slice(0, 4), position };
        return (await store.append({ visit, kind: "note", body })).body;
        """,
    )
    assert body["text"] == "车间\ufffd"
    assert body["position"] == {"latitude": 39.123457, "longitude": 117.1, "accuracy": 12.3}


def test_a_file_that_no_server_takes_is_said_at_once(page):
    words, log = run(
        page,
        RECORD
        + """
        const words = [];
        for (const size of [0, 20 * 1024 * 1024 + 1]) {
            const files = [{ blob: new Blob([new Uint8Array(size)]), purpose: "site" }];
            words.push((await kit.appendSafely(store, { visit, kind: "files", body: {}, files })).words);
        }
        return [words, (await store.log(visit)).length];
        """,
    )
    assert words == ["文件是空的，请重新拍摄", "文件超过 20 MB，请缩小后再添加"]
    assert log == 1


def test_every_operation_says_where_it_was(page):
    assert run(page, RECORD + "return (await kit.answer(store, visit, 11)).place;") == "a1"


def test_the_id_of_the_phone_is_the_same_for_all(page):
    one, two = run(
        page, "return [(await kit.opened()).device, (await kit.openStore(kit.me + 0.1)).device];"
    )
    assert one == two
