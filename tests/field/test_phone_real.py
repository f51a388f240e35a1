"""Phone and server as they are: a visit from the bundle to the signed record, seen by both as one."""

import pytest

from accounts.models import User
from common.scope import acting_as
from documents.models import Document
from enterprises.services import risk_point_add
from evidence.models import Photo
from inspections.models import Answer, FieldFile, FieldOperation, Hazard, Visit
from tests import county as counties
from tests import world

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]

MODULES = """
    const load = (name) => import(`/static/field/${name}.js`);
    const names = ["store", "api", "sync", "replay", "checklist", "ids", "canon"];
    const modules = Object.assign({}, ...(await Promise.all(names.map(load))));
    const { openStore, api, sync, refreshBundle, replay, questions, missing, newId, bodyHash } = modules;
    const me = await api.me();
    const store = await openStore(me.member);
    const picture = async (color) => {
        const canvas = new OffscreenCanvas(1600, 1200);
        const pen = canvas.getContext("2d");
        for (let at = 0; at < 900; at += 1) {
            pen.fillStyle = `hsl(${(at * color) % 360} 80% 50%)`;
            pen.fillRect((at * 53) % 1600, (at * 97) % 1200, 60, 60);
        }
        return canvas.convertToBlob({ type: "image/jpeg", quality: 0.95 });
    };
"""
VISIT = """
    await refreshBundle(store, api);
    const [{ key }] = await store.places();
    const place = await store.place(key);
    const checklists = await store.checklists(place.checklists);
    const visit = newId();
    const see = async () => replay(await store.log(visit), { place: await store.place(key) });
    const act = (kind, body, files) => store.append({ visit, place: key, kind, body, files });
    const position = { latitude: 39.91, longitude: 119.55, accuracy: 12 };
    await act("visit.start", {
        assignment: place.assignment, kind: "survey", part: "both", members: [], position,
        templates: place.checklists, risk_points: place.risk_points.map(({ id }) => id),
    });
    for (let left; (left = questions(await see(), place, checklists).filter((one) => one.lacks.length)).length;) {
        for (const { item = null, point = null } of left) {
            const which = { item: item?.id ?? null, risk_point: point?.id ?? null };
            await act("answer", { ...which, result: "ok", note: "", base: null });
        }
    }
    const [first] = questions(await see(), place, checklists).filter(({ item }) => item?.photo);
    await act("answer", { item: first.item.id, result: "fail", note: "无罩", base: first.answer.version });
    const hazard = newId();
    const drawing = [{ kind: "circle", from: [0.123456, 0.5], to: [0.2, 0.5] }];
    await act("hazard.add", {
        hazard, item: first.item.id, place: "一号车间", place_count: 1, description: "配电箱箱门未接地",
        severity: "general", category: "现场管理", measure: "加装接地线",
    }, [
        { blob: await picture(7), purpose: "before", position, drawing },
        { blob: await picture(11), purpose: "before" },
    ]);
    await act("track", { points: [[Date.now(), 39.9100001, 119.55, 8.44]] });
    await act("note", { text: "查阅资料，现场检查" });
    const lacking = missing(await see(), place, checklists);
    const blank = new OffscreenCanvas(300, 120);
    blank.getContext("2d").fillRect(20, 20, 200, 5);
    await act("visit.sign", { representative_name: "张立新", representative_post: "厂长" },
        [{ blob: await blank.convertToBlob({ type: "image/png" }), purpose: "signature" }]);
    const result = await sync(store, api, { delays: [] });
    const view = await see();
    const there = await api.visit(visit);
    const log = await store.log(visit);
    const hashes = await Promise.all(log.map(({ body }) => bodyHash(body)));
    return {
        lacking, result, unsent: await store.unsent(), state: view.state, sign: view.sign.state, visit,
        number: view.hazards[0].number, refused: view.refused,
        same: there.operations.filter((one) => one.body_sha256 === hashes[one.sequence - 1]).length, all: log.length,
        again: await sync(store, api, { delays: [] }),
    };
"""


@pytest.fixture
def inspecting(browser, live_server):
    """inspecting(actor): a signed-in page that is not the app itself, which would sync by itself."""
    context = browser.new_context(base_url=live_server.url, locale="zh-CN")

    def sign_in(actor):
        page = context.new_page()
        page.goto("/accounts/login/")
        page.fill("[name=login]", User.objects.get(pk=actor.user_id).username)
        page.fill("[name=password]", world.PASSWORD)
        page.click("button:has-text('登录')")
        page.wait_for_url(lambda url: "login" not in url)
        page.goto("/field/manifest.webmanifest")
        return page

    yield sign_in
    context.close()


def test_a_visit_on_the_phone_is_the_same_visit_on_the_server(inspecting):
    county = counties.build(enterprises=2)
    with acting_as(county.admin):
        risk_point_add(
            actor=county.admin, enterprise=county.enterprises[0], place="涂装车间", risk="爆炸"
        )
    found = inspecting(county.inspector).evaluate(f"async () => {{ {MODULES} {VISIT} }}")
    assert found["lacking"] == []
    assert (found["result"]["stopped"], found["result"]["files"]) == (None, 3)
    assert (found["refused"], found["result"]["waiting"]) == ([], 0)
    assert (found["state"], found["sign"]) == ("signed", "done")
    assert found["unsent"]["operations"] == found["unsent"]["files"] == 0
    assert found["same"] == found["all"]
    assert (found["again"]["sent"], found["again"]["stopped"]) == (0, None)
    with acting_as(county.inspector):
        visit = Visit.objects.get(pk=found["visit"])
        assert visit.state == "signed"
        assert Hazard.objects.get(visit=visit).number == found["number"]
        assert Photo.objects.filter(subject_type="inspections.hazard").count() == 2
        assert Answer.objects.filter(visit=visit).exclude(risk_point=None).count() >= 1
        assert {row.state for row in FieldOperation.objects.all()} == {"done"}
        assert {row.state for row in FieldFile.objects.all()} == {"stored"}
        assert Document.objects.filter(kind="service_record").count() == 1
