"""How long a person waits on a slow phone: `.venv/bin/python -m tests.field.pace` prints JSON.

Chromium with its processor slowed four times; a bundle of 100 enterprises with the real checklists and
library; IndexedDB on this machine's disk.
"""

import json
import shutil
import sys
import tempfile
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[2]), str(Path(__file__).parents[2] / "platform")]
from playwright.sync_api import sync_playwright  # noqa: E402

from inspections.content import load_checklists, load_library  # noqa: E402
from tests.conftest import CHROMIUM  # noqa: E402
from tests.field.conftest import PLACE, opened, run  # noqa: E402
from tests.field.fake import FieldServer, serve  # noqa: E402

RATE = 4
FILL = """
    const several = (count, make) => [...Array(count).keys()].map(make);
    const places = several(100, (at) => kit.place(`a${at}`, {
        checklists: given.checklists.slice(0, 4).map(({ id }) => id), name: `企业${at}`,
        risk_points: several(8, (n) => ({ id: `r${at}-${n}`, place: "车间", risk: "爆炸", measure: "除尘" })),
        hazards: several(5, (n) => ({ id: `h${at}-${n}`, description: "无罩", can_recheck: true })),
    }));
    const began = performance.now();
    const store = await kit.openStore(7);
    await store.saveBundle({ ...kit.bundle(places), checklists: given.checklists, library: given.library });
    return performance.now() - began;
"""
APPEND = """
    const store = await kit.again();
    const place = await store.place("a5");
    const visit = kit.newId();
    await kit.start(store, visit, { templates: place.checklists }, "a5");
    const times = [];
    for (let item = 0; item < given.count; item += 1) {
        const files = given.size ? [kit.random(given.size)] : [];
        const kind = given.size ? "files" : "answer";
        const body = given.size ? { subject: "visit" } : { item, result: "ok", note: "", base: null };
        const began = performance.now();
        await store.append({ visit, kind, body, files });
        times.push(performance.now() - began);
        await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return times;
"""
OPEN = """
    const { html, render } = await import("/static/npm/lit-html/lit-html.js");
    const row = ({ key, item, point, hazard }) => html`<li id=${key}>
        <p>${item?.text ?? point?.risk ?? hazard?.description}</p>
        <button>符合</button><button>不符合</button><button>不涉及</button></li>`;
    const times = { open: [], place: [], replayed: [], questions: [], rendered: [] };
    let asked = 0;
    for (let round = 0; round < given; round += 1) {
        const began = performance.now();
        const note = (name) => times[name].push(performance.now() - began);
        const store = await kit.again();
        note("open");
        const place = await store.place(`a${10 + round}`);
        const checklists = await store.checklists(place.checklists);
        note("place");
        const visit = kit.newId();
        const view = kit.replay(await store.log(visit), { place });
        note("replayed");
        const all = kit.questions(view, place, checklists);
        asked = all.length;
        note("questions");
        render(html`<ol>${all.map(row)}</ol>`, document.body);
        document.body.getBoundingClientRect();
        note("rendered");
        store.close();
    }
    return [times, asked];
"""
LOG = """
    const store = await kit.again();
    const [{ id }] = await store.visits();
    const place = await store.place("a5");
    const checklists = await store.checklists(place.checklists);
    const began = performance.now();
    const log = await store.log(id);
    const view = kit.replay(log, { place });
    kit.missing(view, place, checklists);
    const took = performance.now() - began;
    const from = performance.now();
    kit.search(await store.library(), "pdx");
    return { operations: log.length, log_replay_missing: took, search: performance.now() - from };
"""


def content() -> dict:
    """Checklists and library as the bundle has them."""
    lists, number = [], 0
    for place, one in enumerate(load_checklists(), start=1):
        items = []
        for item in one.items:
            number += 1
            items.append({"id": number, "code": item.code, "part": item.part, "text": item.text,
                          "method": item.method, "library": list(item.library), "photo": item.is_photo_required,
                          "major": item.is_major, "asked_if": {}})  # fmt: skip
        lists.append(
            {
                "id": place,
                "code": one.code,
                "name": one.name,
                "version": one.version,
                "items": items,
            }
        )
    library = [
        {"code": e.code, "title": e.title, "description": e.description, "severity": e.severity,
         "basis": e.basis, "measure": e.measure, "search": f"{e.title} {e.keywords} {e.description} pdx"}
        for e in load_library()
    ]  # fmt: skip
    return {"checklists": lists, "library": library}


def spread(times: list[float]) -> dict[str, float]:
    """Median, 95th percentile and worst, in milliseconds."""
    ranked = sorted(times)
    return {
        "median": round(ranked[len(ranked) // 2], 1),
        "p95": round(ranked[int(len(ranked) * 0.95)], 1),
        "worst": round(ranked[-1], 1),
    }


def measure(page) -> dict:
    """All figures of one page."""
    found = {"save_bundle": round(run(page, FILL, content()))}
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": RATE})
    found["append_answer"] = spread(run(page, APPEND, {"count": 100, "size": 0}))
    found["append_photo_4_mb"] = spread(run(page, APPEND, {"count": 12, "size": 4 * 1024 * 1024}))
    first = run(page, OPEN, 1)[0]
    found["first_question_cold"] = {name: round(times[0]) for name, times in first.items()}
    times, found["questions"] = run(page, OPEN, 20)
    found["first_question"] = {name: spread(one) for name, one in times.items()}
    run(page, APPEND, {"count": 200, "size": 0})
    return found | run(page, LOG)


def main() -> None:
    """Measure and print."""
    field = FieldServer()
    server = serve(field)
    folder = tempfile.mkdtemp()
    with sync_playwright() as playwright:
        url = f"http://localhost:{server.server_port}"
        context = playwright.chromium.launch_persistent_context(
            folder, base_url=url, **PLACE, **CHROMIUM
        )
        print(json.dumps(measure(opened(context.pages[0], field)), indent=2, ensure_ascii=False))
        context.close()
    shutil.rmtree(folder)
    server.shutdown()


if __name__ == "__main__":
    main()
