"""What the phone works out by itself: the visit from its log, questions, deadlines, search, hashes."""

import hashlib
import json
import random
from datetime import date, timedelta
from functools import cache

from pypinyin import Style, lazy_pinyin

from inspections.content import load_library
from tenancy.workdays import WorkCalendar
from tests.field.conftest import run

VIEW = """
    const place = (more) => ({ ...kit.place("a1", more), as_of: "2026-06-01T08:00:00.000Z" });
    let count = 0;
    const log = [];
    const op = (kind, body, state = "local", outcome = {}, arrived_at = "2026-06-01T07:00:00.000Z") => {
        count += 1;
        const receipt = state === "local" ? null : { message: "原因", outcome, arrived_at };
        const one = { id: `o${count}`, visit: "v1", device: "d1", sequence: count, kind, body, state, receipt,
                      made_at: "2026-06-01T06:00:00.000Z", member: 7 };
        log.push(one);
        return one;
    };
    const view = (more) => kit.replay(log, { place: place(more) });
    const said = (seen) => kit.questions(seen, place(), kit.checklists).map((one) => one.key);
    const lacks = (seen) => kit.missing(seen, place(), kit.checklists).map((one) => [one.code, one.keys]);
"""
START = VIEW + "op('visit.start', kit.START, 'done');"


def test_a_visit_is_what_its_log_says(page):
    seen = run(
        page,
        START
        + """
        op("answer", { item: 12, result: "ok", note: "", base: null });
        op("answer", { item: 12, result: "fail", note: "无罩", base: "o2" });
        op("answer", { item: 13, result: "ok" });
        op("answer", { item: 13, result: "" });
        op("hazard.add", { hazard: "h1", item: 12, place: "车间", files: [{ id: "f1" }] }, "done", { number: "A-1" });
        op("hazard.change", { hazard: "h1", place: "二车间" });
        op("hazard.add", { hazard: "h2", item: 12, place: "错", files: [] });
        op("hazard.remove", { hazard: "h2", reason: "误登记" });
        op("files", { files: [{ id: "f2", purpose: "site" }, { id: "f3", purpose: "voice" }], subject: "visit" });
        op("files", { files: [{ id: "f4", purpose: "before" }], subject: "hazard", hazard: "h1" });
        op("risk_point", { risk_point: "rp2", place: "仓库", risk: "火灾", measure: "分区" });
        op("recheck", { hazard: "old", result: "passed", files: [] });
        op("track", { points: [[1, 2, 3, 4], [5, 6, 7, 8]] });
        op("note", { text: "过程" });
        const seen = view();
        return { ...seen, answers: [...seen.answers.values()], rechecks: [...seen.rechecks] };
        """,
    )
    assert [(one["key"], one["result"], one["version"]) for one in seen["answers"]] == [
        ("i12", "fail", "o3"), ("i13", "", "o5"),
    ]  # fmt: skip
    (hazard,) = seen["hazards"]
    assert (hazard["place"], hazard["number"]) == ("二车间", "A-1")
    assert [file["id"] for file in hazard["files"]] == ["f1", "f4"]
    assert [(one["id"], one["reason"]) for one in seen["removed"]] == [("h2", "误登记")]
    assert ([one["id"] for one in seen["photos"]], [one["id"] for one in seen["voices"]]) == (
        ["f2"],
        ["f3"],
    )
    assert [(one["id"], one["is_new"]) for one in seen["risk_points"]] == [
        ("rp1", False),
        ("rp2", True),
    ]
    assert (seen["state"], seen["note"], seen["track"], seen["rechecks"][0][0]) == (
        "open",
        "过程",
        2,
        "old",
    )


def test_what_the_server_refused_does_not_stand_but_is_shown(page):
    result, refused = run(
        page,
        START
        + """
        op("answer", { item: 12, result: "ok" }, "done");
        op("answer", { item: 12, result: "fail" }, "refused");
        const seen = view();
        return [seen.answers.get("i12").result, seen.refused.map((one) => [one.operation, one.message])];
        """,
    )
    assert (result, refused) == ("ok", [["o3", "原因"]])


def test_a_visit_that_was_refused_as_a_whole_still_shows_the_work(page):
    seen = run(
        page,
        VIEW
        + """
        op("visit.start", kit.START, "refused");
        op("answer", { item: 12, result: "ok" }, "refused");
        const seen = view();
        return [seen.problem, seen.answers.size, seen.refused.length];
        """,
    )
    assert seen == ["原因", 1, 2]


def test_the_bundle_knows_what_others_did_and_the_phone_what_is_newer(page):
    base = {
        "id": "v1", "kind": "survey", "part": "both", "arrived_at": "x", "templates": [1, 2],
        "risk_points": ["rp1"], "members": [7], "hazards": [{"id": "h9", "number": "A-9", "place": "他处"}],
        "answers": [
            {"item": 11, "result": "na", "note": "", "version": "s1"},
            {"item": 12, "result": "na", "note": "", "version": "s2"},
            {"item": 13, "result": "na", "note": "", "version": "s3"},
        ],
    }  # fmt: skip
    words = """
        op("answer", { item: 12, result: "ok" }, "done");
        op("answer", { item: 21, result: "ok" }, "done");
        op("answer", { item: 13, result: "fail" });
        op("answer", { item: 22, result: "ok" }, "done", {}, "2026-06-01T09:00:00.000Z");
        op("hazard.add", { hazard: "h8", item: 12, files: [] }, "done", { number: "A-8" });
        const seen = view({ open_visit: given });
        const alone = kit.replay([], { place: place({ open_visit: given }) });
        const hazards = [...seen.hazards, ...seen.removed];
        return [[...seen.answers.values()].map((one) => [one.key, one.result]).sort(),
                hazards.map((one) => [one.number, one.is_mine, one.reason ?? ""]),
                [alone.state, alone.answers.get("i11").version]];
    """
    answers, hazards, alone = run(page, START + words, base)
    # i12: changed by others since; i21: taken back by others; i13 and i22: newer here.
    assert answers == [["i11", "na"], ["i12", "na"], ["i13", "fail"], ["i22", "ok"]]
    assert hazards == [["A-9", False, ""], ["A-8", True, "已在别处撤销"]]
    assert alone == ["open", "s1"]


def test_a_signature_upon_two_versions_is_settled_by_a_word(page):
    states = run(
        page,
        START
        + """
        const states = [];
        op("visit.sign", { representative_name: "李四", files: [] }, "conflict", { differences: [{ item: 12 }] });
        states.push([view().state, view().sign.differences.length]);
        op("settle", { operation: "o2" });
        states.push([view().state, view().sign.differences.length]);
        return states;
        """,
    )
    assert states == [["unsettled", 1], ["signed", 1]]


def test_the_order_in_which_receipts_come_changes_nothing(page):
    """Also with operations read in any order."""
    views = run(
        page,
        """
        const words = (seen) => JSON.stringify({ ...seen, answers: [...seen.answers] });
        const shuffled = (list) => list.map((one) => [Math.random(), one])
            .sort((a, b) => a[0] - b[0]).map(([, one]) => one);
        const store = await kit.opened();
        const visit = kit.newId();
        await kit.start(store, visit);
        for (const item of [11, 12, 12, 13]) await kit.answer(store, visit, item, item === 12 ? "fail" : "ok");
        await kit.hazard(store, visit, "h1", [kit.photo(10)]);
        const states = ["done", "done", "done", "conflict", "refused", "done"];
        const receipts = (await store.log(visit)).map(({ id }, at) => ({
            id, state: states[at], message: "", arrived_at: "2026-01-01",
            outcome: { server: { result: "ok", version: "x" }, number: "A-1" },
        }));
        const found = new Set();
        for (let round = 0; round < 12; round += 1) {
            const copy = await kit.openStore(kit.me + (round + 1) / 100);
            await copy.saveBundle(kit.bundle());
            for (const one of await store.log(visit)) {
                const { id, kind, body } = one;
                await copy.append({ visit, place: "a1", kind, body });
            }
            const copied = await copy.log(visit);
            for (const [at, receipt] of shuffled([...receipts.entries()])) {
                await copy.setReceipt({ ...receipt, id: copied[at].id });
            }
            const ids = new Map(copied.map(({ id }, at) => [id, `o${at}`]));
            const seen = words(kit.replay(shuffled(await copy.log(visit)), { place: kit.place() }));
            const named = seen.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, (id) => ids.get(id) ?? "id");
            found.add(named.replace(/"\\d{4}-[^"]*"/g, "at"));
            copy.close();
        }
        return [...found];
        """,
    )
    assert len(views) == 1
    assert '"conflicts":["i12"]' in views[0]


def test_questions_come_in_the_order_of_walking_and_only_where_they_apply(page):
    first, more, changed, soft = run(
        page,
        START
        + """
        const first = said(view());
        op("answer", { item: 21, result: "ok" });
        op("answer", { item: 22, result: "fail" });
        const more = said(view());
        op("answer", { item: 21, result: "na" });
        const changed = said(view());
        const soft = kit.questions({ ...view(), part: "soft" }, place(), kit.checklists).map((one) => one.key);
        return [first, more, changed, soft];
        """,
    )
    assert first == ["rrp1", "i11", "i12", "i13", "i21"]
    assert more == ["rrp1", "i11", "i12", "i13", "i21", "i22", "i23"]
    assert changed == first  # what hangs on a question that is not asked is not asked either
    assert soft == ["i11"]


def test_open_hazards_of_last_time_come_first(page):
    keys, lacks = run(
        page,
        START
        + """
        const there = place({ hazards: [{ id: "h1", can_recheck: true }, { id: "h2", can_recheck: false }] });
        const seen = { ...view(), kind: "recheck" };
        return [kit.questions(seen, there, kit.checklists).map((one) => one.key).slice(0, 2),
                kit.missing(seen, there, kit.checklists).map((one) => [one.code, one.keys.length, one.blocks])];
        """,
    )
    assert keys == ["hh1", "hh2"]
    assert lacks == [["unanswered", 5, True], ["recheck", 1, False]]


def test_what_is_missing_before_the_signature(page):
    found = run(
        page,
        START
        + """
        const found = [lacks(view())];
        op("answer", { risk_point: "rp1", result: "fail" });
        for (const item of [11, 21]) op("answer", { item, result: "na" });
        for (const item of [12, 13]) op("answer", { item, result: "fail" });
        found.push(lacks(view()));
        op("hazard.add", { hazard: "h1", item: 12, files: [] });
        op("hazard.add", { hazard: "h2", item: 13, files: [] });
        op("hazard.add", { hazard: "h3", risk_point: "rp1", files: [] });
        found.push(lacks(view()));
        op("files", { hazard: "h2", files: [{ id: "f1", purpose: "before" }] });
        found.push(lacks(view()));
        op("hazard.remove", { hazard: "h1", reason: "误" });
        found.push(lacks(view()));
        return [found, kit.progress(view(), place(), kit.checklists)];
        """,
    )
    steps, progress = found
    assert steps == [
        [["unanswered", ["rrp1", "i11", "i12", "i13", "i21"]]],
        [["no_hazard", ["rrp1", "i12", "i13"]]],
        [["no_photo", ["i13"]]],
        [],
        [["no_hazard", ["i12"]]],
    ]
    assert progress == {"asked": 5, "answered": 5, "failed": 3}


def test_deadlines_are_those_of_the_server(page):
    chance, calendar, cases = random.Random(7), WorkCalendar(), []
    calendar.kind = cache(calendar.kind)  # the same days are asked for again and again
    for _ in range(150):
        today = date(2025, 1, 1) + timedelta(days=chance.randrange(900))
        ahead = [today + timedelta(days=n) for n in range(180)]
        rest = [f"{day}" for day in ahead if not calendar.is_workday(day)]
        start, days = today + timedelta(days=chance.randrange(20)), chance.randrange(0, 60)
        cases.append([f"{start}", days, True, rest, f"{calendar.add(start, days).date}"])
        cases.append([f"{start}", days, False, rest, f"{calendar.add_calendar(start, days).date}"])
    found = run(
        page,
        "return given.map(([from, days, is, rest]) => kit.dueDate(from, days, is, rest));",
        cases,
    )
    assert found == [case[-1] for case in cases]


def test_beyond_the_known_days_weekends_and_fixed_holidays_rest(page):
    calendar, start = WorkCalendar(), date(2027, 3, 1)
    found = run(
        page, "return [1, 30, 150, 300].map((days) => kit.dueDate('2027-03-01', days, true, []));"
    )
    assert found == [f"{calendar.add(start, days).date}" for days in (1, 30, 150, 300)]


def library() -> list[dict]:
    """The entries as the bundle has them."""
    return [
        {
            "code": entry.code,
            "title": entry.title,
            "severity": entry.severity,
            "search": f"{entry.title} {entry.keywords} {entry.description} " + " ".join(
                "".join(lazy_pinyin(word, style=Style.FIRST_LETTER, errors="ignore"))
                for word in [entry.title, *entry.keywords.split()]
            ),
        }
        for entry in load_library()
    ]  # fmt: skip


def test_the_library_is_found_by_words_and_initials(page):
    entries = library()
    by_initials, by_words, both, offered, upper = run(
        page,
        """
        const codes = (text, offered) => kit.search(given, text, offered).map((one) => one.code);
        return [codes("pdx"), codes("配电箱"), codes("配电箱 门"), codes("", ["J02", "没有", "J01"]), codes("PDX")];
        """,
        entries,
    )
    named = {one["code"] for one in entries if "配电箱" in one["search"]}
    assert named
    assert named & set(by_initials)
    assert set(by_words) == named
    assert set(both) == {
        one["code"] for one in entries if "配电箱" in one["search"] and "门" in one["search"]
    }
    assert offered == ["J02", "J01"]
    assert upper == by_initials


def test_the_title_is_worth_more_than_the_text(page):
    found = run(
        page,
        """
        const entry = (code, title, search, severity = "general") => ({ code, title, search, severity });
        const all = [
            entry("A1", "开关", "开关 配电箱"),
            entry("A2", "临时配电箱", "临时配电箱"),
            entry("A3", "配电箱", "配电箱 pdx"),
            entry("A4", "配电箱乙", "配电箱乙", "major"),
            entry("A5", "开关", "见配电箱"),
        ];
        const codes = (offered) => kit.search(all, "配电箱", offered).map((one) => one.code);
        return [codes(), codes(["A5"])];
        """,
    )
    assert found[0] == ["A4", "A3", "A2", "A1", "A5"]
    assert found[1][0] == "A5"


def test_the_hash_of_a_body_is_the_same_on_both_sides(page):
    body = {
        "乙": [1, 2.5, 0.000001, 117.123457, -0.5, 100000000000],
        "a": {"z": None, "b": True, "text": 'x"\\\n\t\u0007\u007f\u2028/😀'},
        "B": [],
        "files": [{"drawing": [{"kind": "circle", "from": [0.1234, 0.5]}]}],
    }
    text, hashed, sent = run(
        page,
        "return [kit.canonical(given), await kit.bodyHash(given), JSON.stringify(given)];",
        body,
    )
    there = json.loads(sent)
    # Python writes 1e-06 for it; a body has coordinates of six digits, so no other number differs.
    here = json.dumps(there, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert text == here.replace("1e-06", "0.000001")
    assert hashed == hashlib.sha256(text.encode()).hexdigest()


def test_numbers_are_rounded_before_they_are_hashed(page):
    found = run(
        page,
        """
        return kit.tidy({
            points: [[1780000000000, 39.12345678, 117.98765432, 7.26]], seconds: 3.14159, nothing: undefined,
            drawing: [{ kind: "arrow", from: [0.123456, 1], to: [0.99999, 0] }], due: NaN, count: 1.23456789,
        });
        """,
    )
    assert found == {
        "points": [[1780000000000, 39.123457, 117.987654, 7.3]],
        "seconds": 3.1,
        "drawing": [{"kind": "arrow", "from": [0.1235, 1], "to": [1, 0]}],
        "due": None,
        "count": 1.23456789,
    }


def test_the_clock_is_compared_with_the_server(page, field):
    words = "localStorage.clear(); await kit.createApi().me(); return [kit.clockWords(), kit.serverToday()];"
    field.ahead = timedelta(seconds=100)
    assert run(page, words)[0] == ""
    field.ahead = timedelta(days=-3, hours=-2)
    assert run(page, words)[0] == "手机时钟快 3 天 2 小时"
    field.ahead = timedelta(minutes=7)
    assert run(page, words)[0] == "手机时钟慢 7 分钟"
    field.ahead = timedelta(days=400)
    assert run(page, words)[1] > f"{date.today() + timedelta(days=390)}"  # noqa: DTZ011


def test_a_time_names_its_offset(page):
    assert (
        run(page, "return kit.stamp(new Date(Date.UTC(2026, 5, 1, 2, 3, 4, 56)));")
        == "2026-06-01T10:03:04.056+08:00"
    )


def test_a_visit_that_was_opened_again_is_open_once_the_bundle_says_so(page):
    seen = run(
        page,
        START
        + """
        op("visit.sign", { representative_name: "张立新", files: [{ id: "f1" }] }, "done");
        const base = { ...kit.place().open_visit, id: "v1", answers: [], hazards: [], risk_points: [] };
        const states = () => {
            const before = view();
            const after = view({ open_visit: { ...base, reopened: "漏查配电室" } });
            return [before.state, after.state, after.reopened, after.sign];
        };
        const settled = states();
        op("visit.sign", { representative_name: "李四", files: [{ id: "f2" }] });  // signed anew, not sent yet
        const anew = states();
        return { settled, anew: [anew[1], anew[3].representative_name],
                 stale: kit.replay(log.slice(0, 2), { place: { ...place({ open_visit: { ...base, reopened: "漏" } }),
                                                              as_of: "2026-06-01T06:30:00.000Z" } }).state };
        """,
    )
    assert seen["settled"] == ["signed", "open", "漏查配电室", None]
    assert seen["anew"] == ["signed", "李四"]
    assert seen["stale"] == "signed"  # a bundle from before the signature arrived opens nothing
