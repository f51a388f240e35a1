"""Sync: whatever is cut, nothing is lost, doubled or sent under another's name."""

import pytest

from tests.field.conftest import opened, run
from tests.field.fake import CUTS

WORK = """
    const store = await kit.opened();
    const visit = kit.newId();
    await kit.start(store, visit);
    for (const item of [11, 12, 13]) await kit.answer(store, visit, item);
    await kit.hazard(store, visit, kit.newId(), [kit.photo(300_000, 2), kit.photo(900, 5)]);
    await kit.sign(store, visit);
"""
NOTHING = {"operations": 0, "files": 0, "bytes": 0, "waiting": 0, "damaged": 0}


def only(number: int, fault):
    return lambda n, method, path: fault if n == number else None


def on(word: str, fault, times: int = 1000):
    """A fault on the first `times` requests whose path contains a word."""
    left = [times]

    def judge(number, method, path):
        if word in path and left[0]:
            left[0] -= 1
            return fault
        return None

    return judge


def everything_is_there(field) -> None:
    states = [field.receipts[one]["state"] for one in field.operations]
    assert states == ["done"] * 6
    assert [one["sequence"] for one in field.operations.values()] == [1, 2, 3, 4, 5, 6]
    assert [one["state"] for one in field.files.values()] == ["stored"] * 3


def test_a_second_sync_sends_nothing(page, field):
    first = run(page, WORK + "return [await kit.send(store), await store.unsent()];")
    everything_is_there(field)
    assert first[0]["sent"] == 6
    assert (first[0]["files"], first[0]["stopped"], first[0]["waiting"]) == (3, None, 0)
    assert first[1] == NOTHING
    field.requests.clear()
    again = run(page, "return kit.send(await kit.again());")
    assert (again["sent"], again["files"], again["stopped"]) == (0, 0, None)
    assert field.requests == []


def test_operations_go_before_files_and_pieces_grow(page, field):
    run(page, WORK + "await kit.send(store);")
    methods = [(method, path.split("/")[3]) for method, path in field.requests]
    assert methods[:2] == [("GET", "me"), ("POST", "operations")]
    # 256 KiB, the rest of 300 kB, and two small ones
    assert methods[2:-1] == [("PUT", "files")] * 4
    assert methods[-1] == ("POST", "operations")  # the signature no longer waits for its file


@pytest.mark.parametrize("cut", [*CUTS, 500, "twice"])
def test_a_sync_that_is_cut_anywhere_goes_on(page, field, cut):
    """Cut at each of the requests in turn; the next sync completes what is left."""
    for number in range(1, 9):
        field.clear()
        field.fault = only(number, cut)
        cut_one, whole, left = run(
            page,
            WORK + "const cut = await kit.send(store);"
            "const whole = await kit.send(store);"
            "return [cut, whole, await store.unsent()];",
        )
        everything_is_there(field)
        assert whole["stopped"] is None, number
        assert left == NOTHING, number
        if cut in CUTS and number <= 7:
            assert cut_one["stopped"] == "offline", number


def test_two_cuts_in_a_row_and_a_new_page_in_between(page, field):
    for number in (3, 5):
        field.clear()
        field.fault = lambda n, method, path, k=number: "lost" if n in (k, k + 2) else None
        run(page, WORK + "await kit.send(store);")
        page.reload()
        run(page, "await kit.send(await kit.again());")
        page.reload()
        field.fault = lambda n, method, path: None
        assert (
            run(page, "const s = await kit.again(); await kit.send(s); return s.unsent();")
            == NOTHING
        )
        everything_is_there(field)


def test_a_failure_is_tried_again_within_the_call(page, field):
    field.fault = on("operations", "drop", times=3)
    found = run(page, WORK + "return kit.send(store, {delays: [1, 1, 1]});")
    assert found["stopped"] is None
    everything_is_there(field)


def test_a_fourth_failure_stops_it(page, field):
    field.fault = on("operations", "drop")
    found = run(page, WORK + "return kit.send(store, {delays: [1, 1, 1]});")
    assert found["stopped"] == "offline"
    assert sum("operations" in path for _, path in field.requests) == 4


STOPS = {
    401: "signin",
    403: "person",
    "step": "signin",
    507: "full",
    "html": "offline",
    503: "server",
}


@pytest.mark.parametrize("word", ["operations", "files/"])
def test_the_phone_says_what_stopped_it_and_loses_nothing(page, field, word):
    for fault, stopped in STOPS.items():
        field.clear()
        field.fault = on(word, fault)
        found, left = run(page, WORK + "return [await kit.send(store), await store.unsent()];")
        assert found["stopped"] == stopped
        assert found["message"]
        assert left["files"] == 3
        field.fault = lambda number, method, path: None
        assert (
            run(page, "const s = await kit.again(); await kit.send(s); return s.unsent();")
            == NOTHING
        )
        everything_is_there(field)


def test_another_who_is_signed_in_sends_nothing(page, field):
    field.member += 1
    found = run(page, WORK + "return kit.send(store);")
    assert found["stopped"] == "person"
    assert not field.operations


def test_a_token_of_an_earlier_sign_in_is_no_other_person(page, field):
    work = WORK.replace("const store", "const store = window.store")
    run(page, "window.api = kit.createApi(); await window.api.me();" + work)
    field.csrf = "token-2"
    found = run(page, "return kit.sync(window.store, window.api, {delays: []});")
    assert found["stopped"] is None
    everything_is_there(field)


def test_bytes_spoilt_on_the_way_are_sent_again(page, field):
    ids = run(page, WORK + "return (await store.files(visit)).map((file) => file.id);")
    field.spoil.update(ids)
    found = run(page, "return kit.send(await kit.again());")
    assert (found["files"], found["damaged"]) == (3, 0)
    everything_is_there(field)


def test_bytes_damaged_on_the_phone_are_told_and_hold_up_nothing(page, field):
    found, states, left = run(
        page,
        """
        const store = await kit.opened();
        const visit = kit.newId();
        await kit.start(store, visit);
        await kit.hazard(store, visit, kit.newId(), [kit.photo(5000, 2), kit.photo(900, 5)]);
        const [first] = await store.files(visit);
        const db = await new Promise((resolve) => {
            const request = indexedDB.open(`anfu-field-${kit.me}`);
            request.onsuccess = () => resolve(request.result);
        });
        await new Promise((resolve) => {
            const tx = db.transaction("blobs", "readwrite");
            tx.objectStore("blobs").put(kit.photo(5000, 9).blob, first.id);
            tx.oncomplete = resolve;
        });
        const result = await kit.send(store);
        const states = (await store.files(visit)).map((file) => [file.state, file.message]);
        return [result, states, await store.unsent()];
        """,
    )
    assert (found["files"], found["damaged"], found["stopped"]) == (1, 1, None)
    assert states[0][0] == "damaged"
    assert "重新拍摄" in states[0][1]
    assert states[1][0] == "stored"
    assert (left["files"], left["damaged"]) == (0, 1)


def test_an_operation_that_breaks_the_server_holds_up_no_other(page, field):
    poisoned = run(page, WORK + "return (await store.log(visit))[2].id;")
    field.poison.add(poisoned)
    found = run(page, "return kit.send(await kit.again());")
    assert (found["skipped"], found["stopped"]) == (1, None)
    assert len(field.operations) == 5
    assert [one["state"] for one in field.files.values()] == ["stored"] * 3
    field.poison.clear()
    run(page, "return kit.send(await kit.again());")
    assert {one["state"] for one in field.receipts.values()} == {"done"}


def test_what_waits_is_asked_again_and_only_that(page, field):
    waiting = run(page, WORK + "return (await store.log(visit))[3].id;")
    field.forever.add(waiting)
    found = run(page, "return kit.send(await kit.again());")
    assert found["waiting"] == 3  # it, and the two after it
    field.forever.clear()
    field.requests.clear()
    found = run(page, "return kit.send(await kit.again());")
    assert (found["waiting"], found["sent"]) == (0, 0)
    assert [path for _, path in field.requests] == ["/field/api/me", "/field/api/operations"]


def test_a_major_hazard_does_not_wait_behind_photos(page, field):
    run(
        page,
        WORK
        + """
        let is_added = false;
        const onProgress = async ({ phase, bytes }) => {
            if (phase !== "files" || !bytes || is_added) return;
            is_added = true;
            await kit.hazard(store, visit, kit.newId(), [], { severity: "major" });
        };
        await kit.send(store, { onProgress });
        """,
    )
    kinds = ["files" if "/files/" in path else path.split("/")[-1] for _, path in field.requests]
    assert kinds.count("operations") == 3
    assert kinds.index("operations", 3) < len(kinds) - 1 - kinds[::-1].index("files")


def test_a_conflict_and_its_choice(page, field):
    """Two answers upon one version: both are kept, and what the person chooses stands."""
    shown, conflicts, chosen = run(
        page,
        """
        const store = await kit.opened();
        const visit = kit.newId();
        await kit.start(store, visit);
        const first = await kit.answer(store, visit, 12, "ok");
        await kit.send(store);
        await kit.answer(store, visit, 12, "fail", "somebody-else");
        const result = await kit.send(store);
        const view = kit.replay(await store.log(visit), { place: await store.place("a1") });
        const answer = view.answers.get("i12");
        await kit.answer(store, visit, 12, "fail", answer.conflict.server.version);
        await kit.send(store);
        const after = kit.replay(await store.log(visit), { place: await store.place("a1") });
        return [[result.conflicts, answer.conflict.server.result, answer.conflict.mine.result], view.conflicts,
                [after.conflicts, after.answers.get("i12").result, (await store.visits())[0].conflicts]];
        """,
    )
    assert shown == [1, "ok", "fail"]
    assert conflicts == ["i12"]
    assert chosen == [[], "fail", 0]
    assert [one["result"] for one in field.answers.values()] == ["fail"]


def test_a_signature_that_was_held_up_is_asked_about_until_there_is_a_new_one(page, field):
    pending, later = run(
        page,
        """
        const store = await kit.opened();
        const visit = kit.newId();
        await kit.start(store, visit);
        const { id } = await kit.sign(store, visit);
        await kit.send(store);
        const other = kit.newId();
        await kit.start(store, other);
        const held = await kit.sign(store, other);
        const conflict = { id: held.id, state: "conflict", outcome: { differences: [] } };
        await store.setReceipt(conflict);
        const kinds = async () => (await store.pending()).filter((one) => one.state !== "local").map((one) => one.kind);
        const before = await kinds();
        await kit.sign(store, other);
        return [before, await kinds()];
        """,
    )
    assert (pending, later) == (["visit.sign"], [])


def test_a_file_of_which_the_server_will_never_hear_is_not_asked_about_for_ever(page, field):
    state, left = run(
        page,
        """
        const store = await kit.opened();
        const visit = kit.newId();
        await kit.start(store, visit);
        const { id } = await kit.hazard(store, visit, kit.newId(), [kit.photo(10)]);
        await store.setReceipts([{ id, state: "refused", message: "格式不对" }], []);
        const [file] = await store.files(visit);
        return [file.state, (await store.pendingFiles()).length];
        """,
    )
    assert (state, left) == ("refused", 0)


def test_only_one_tab_syncs(page, field):
    other = opened(page.context.new_page(), field)
    page.evaluate(
        "void navigator.locks.request('anfu-field-sync', () => new Promise((end) => window.end = end))"
    )
    found = run(other, WORK + "return kit.send(store);")
    assert found["stopped"] == "busy"
    page.evaluate("window.end()")
    assert run(other, "return kit.send(await kit.again());")["stopped"] is None
    other.close()


def test_sync_runs_by_itself_after_a_major_hazard(page, field):
    run(
        page,
        """
        const store = await kit.opened();
        const visit = kit.newId();
        await kit.start(store, visit);
        const done = new Promise((resolve) => kit.autoSync(store, kit.createApi(), { onResult: resolve }));
        await kit.hazard(store, visit, kit.newId(), [], { severity: "major" });
        await done;
        """,
    )
    assert len(field.operations) == 2


def test_it_can_be_stopped(page, field):
    found = run(
        page,
        WORK
        + """
        const control = new AbortController();
        const onProgress = ({ phase }) => phase === "files" && control.abort();
        return kit.send(store, { signal: control.signal, onProgress });
        """,
    )
    assert found["stopped"] == "aborted"


def test_the_bundle_is_fetched_once_and_only_for_its_person(page, field):
    field.bundle = run(page, "return kit.bundle();")
    found = run(
        page,
        """
        const store = await kit.again();
        const api = kit.createApi();
        const first = await kit.refreshBundle(store, api);
        const second = await kit.refreshBundle(store, api);
        const other = await kit.openStore(kit.me + 0.5);
        const third = await kit.refreshBundle(other, api).catch((error) => error.constructor.name);
        return [first, second, third, (await store.places()).length, await other.bundle() ?? null];
        """,
    )
    assert found == [True, False, "WrongPerson", 1, None]
