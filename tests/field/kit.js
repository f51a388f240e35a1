// What the tests do again and again, in the browser.
import { newId } from "/static/field/ids.js";
import { createApi } from "/static/field/api.js";
import { openStore } from "/static/field/store.js";
import { sync } from "/static/field/sync.js";

export * from "/static/field/canon.js";
export * from "/static/field/checklist.js";
export * from "/static/field/clock.js";
export * from "/static/field/due.js";
export * from "/static/field/export.js";
export { newId };
export * from "/static/field/people.js";
export * from "/static/field/replay.js";
export * from "/static/field/search.js";
export * from "/static/field/storage.js";
export * from "/static/field/sync.js";
export { createApi, openStore };

/** Who works here: another in each test. */
export let me = 0;
export const setMember = (member) => (me = member);

export const place = (key = "a1", more = {}) => ({
  key, assignment: 1, enterprise: 1, name: `企业${key}`, town: "T1", address: "某路1号", kinds: [], checklists: [1, 2],
  products: "铸件", risk_factors: "粉尘",
  risk_points: [{ id: "rp1", place: "涂装车间", risk: "爆炸", measure: "通风" }],
  hazards: [], open_visit: null, ...more,
});

export const item = (id, code, more = {}) => ({
  id, code, part: "site", text: `第${code}问`, method: "看", library: ["J01"], photo: false, major: false, asked_if: {}, ...more,
});

export const checklists = [
  { id: 1, code: "TY", name: "通用", version: "1", items: [item(11, "R01", { part: "soft" }), item(12, "R02"), item(13, "R03", { photo: true })] },
  { id: 2, code: "FC", name: "粉尘", version: "1", items: [
    item(21, "F01"), item(22, "F02", { asked_if: { F01: ["ok", "fail"] } }), item(23, "F03", { asked_if: { F02: ["fail"] } }),
  ] },
];

export const bundle = (places = [place()], more = {}) => ({
  version: "1", made_at: "2026-06-01T08:00:00.000+08:00", now: "2026-06-01T08:00:00.000+08:00",
  me: { member: me }, rest_days: [], checklists, library: [], places, ...more,
});

/** A store with a bundle. */
export async function opened(member = me, given = bundle()) {
  const store = await openStore(member);
  await store.saveBundle(given);
  return store;
}

export const START = { assignment: 1, kind: "survey", part: "both", members: [], templates: [1, 2], risk_points: ["rp1"], position: null };

export const start = (store, visit, more = {}, place = "a1") =>
  store.append({ visit, place, kind: "visit.start", body: { ...START, ...more } });

export const answer = (store, visit, item, result = "ok", base = null) =>
  store.append({ visit, kind: "answer", body: { item, result, note: "", base } });

/** The store as the next page finds it. */
export const again = () => openStore(me);

/** Bytes that differ with `seed`. */
export function photo(size, seed = 1) {
  const bytes = new Uint8Array(size);
  for (let i = 0; i < size; i += 1) bytes[i] = (i * seed + (i >> 8) * 31 + seed) & 255;
  return { blob: new Blob([bytes], { type: "image/jpeg" }), purpose: "before" };
}

export const hazard = (store, visit, id, files = [], more = {}) => store.append({
  visit, kind: "hazard.add", files,
  body: { hazard: id, item: 12, place: "车间", place_count: 1, description: "无罩", severity: "general", category: "现场管理", measure: "加罩", ...more },
});

export const sign = (store, visit) => store.append({
  visit, kind: "visit.sign", files: [{ ...photo(500, 3), purpose: "signature" }],
  body: { representative_name: "李四", representative_post: "厂长" },
});

export const send = (store, more = {}) => sync(store, createApi({ timeouts: { short: 3000 } }), { delays: [], ...more });

/** Bytes of chance. */
export function random(size) {
  const bytes = new Uint8Array(size);
  for (let at = 0; at < size; at += 65536) crypto.getRandomValues(bytes.subarray(at, Math.min(at + 65536, size)));
  return { blob: new Blob([bytes], { type: "image/jpeg" }), purpose: "before" };
}

/** Answers and photos until the browser is killed; each is told to the test once it is kept. */
export async function writeForEver(store) {
  const visit = newId();
  const tell = ({ id }) => void fetch("/test/note", { method: "POST", body: id, keepalive: true });
  tell(await start(store, visit));
  for (let number = 0; ; number += 1) {
    tell(await answer(store, visit, number));
    tell(await hazard(store, visit, newId(), [random(200_000), random(50_000)]));
  }
}

/** The ids of all operations. */
export async function known(store) {
  const logs = await Promise.all((await store.visits()).map(({ id }) => store.log(id)));
  return logs.flat().map(({ id }) => id);
}
