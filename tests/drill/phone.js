// One phone of the drill: visits made of random numbers, kept and sent by the app's own modules.

const NAMES = ["api", "canon", "checklist", "ids", "replay", "store", "sync"];
const PATIENCE = { timeouts: { short: 4000, operations: 8000, chunk: 8000 } };
const DELAYS = [20, 100, 400];
const LIMIT = 250; // operations of a visit: more, and the plan itself would never end

const app = Object.assign({}, ...await Promise.all(
  NAMES.map((name) => import(`${location.origin}/static/field/${name}.js`)),
));
const api = app.createApi(PATIENCE);

async function send(store) {
  const result = await app.sync(store, api, { delays: DELAYS });
  window.ended(result.stopped ?? "went through");
  return result;
}

/** Numbers from 0 to 1 that are the same for the same words. */
function chance(...words) {
  let state = 2166136261;
  for (const sign of words.join("/")) state = Math.imul(state ^ sign.charCodeAt(0), 16777619);
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  next.of = (list) => list[Math.floor(next() * list.length)];
  next.hex = (length) => Array.from({ length }, () => Math.floor(next() * 16).toString(16)).join("");
  return next;
}

/** The n-th visit's id: after the browser was killed it is known again. */
function visitId(seed, number) {
  const random = chance(seed, number, "visit");
  const time = (1780000000000 + number).toString(16).padStart(12, "0");
  return `${time.slice(0, 8)}-${time.slice(8)}-7${random.hex(3)}-8${random.hex(3)}-${random.hex(12)}`;
}

async function picture(random, type = "image/jpeg") {
  const canvas = new OffscreenCanvas(120, 90);
  const pen = canvas.getContext("2d");
  for (let at = 0; at < 60; at += 1) {
    pen.fillStyle = `hsl(${random() * 360} 80% 50%)`;
    pen.fillRect(random() * 120, random() * 90, 30, 20);
  }
  return canvas.convertToBlob({ type, quality: 0.9 });
}

async function photos(random, purpose, count) {
  const found = [];
  for (let at = 0; at < count; at += 1) {
    const drawing = random() < 0.3 ? [{ kind: "arrow", from: [random(), random()], to: [random(), random()] }] : [];
    found.push({ blob: await picture(random), purpose, drawing });
  }
  return found;
}

const WORDS = ["配电箱箱门未接地", "灭火器过期 🔥", "通道\u0000堵塞", "“引号”与\\反斜杠", "无防护罩\ud83d", "𠮷野粉尘\n第二行"];

/** What a person does next, or null when the visit has ended. */
async function next(view, place, checklists, random, partner) {
  if (view.state === "new") return start(place, random, partner);
  if (view.state !== "open") return null;
  const all = app.questions(view, place, checklists);
  const extra = random() < 0.25 ? await aside(view, all, random) : null;
  if (extra) return extra;
  const lacking = all.filter(({ lacks }) => lacks.length);
  if (lacking.length) return settle(random.of(lacking), random);
  if (!view.note) return { kind: "note", body: { text: random.of(WORDS) } };
  return end(random);
}

function start(place, random, partner) {
  const official = place.key.startsWith("e");
  return { kind: "visit.start", body: {
    ...(official ? { enterprise: place.enterprise } : { assignment: place.assignment }),
    kind: official ? "inspection" : "survey",
    part: "both", members: official ? [partner] : [],
    templates: [random.of(place.checklists)], risk_points: place.risk_points.map(({ id }) => id),
    position: random() < 0.8 ? { latitude: 39.9 + random() / 10, longitude: 119.5, accuracy: random() * 50 } : null,
  } };
}

async function settle({ item = null, point = null, answer, lacks }, random) {
  const which = { item: item?.id ?? null, risk_point: point?.id ?? null };
  if (lacks[0] !== "unanswered") return finding(which, random);
  const result = random() < 0.08 ? "fail" : random.of(["ok", "ok", "ok", "na"]);
  return { kind: "answer", body: { ...which, result, note: "", base: answer?.version ?? null } };
}

async function finding(which, random) {
  return {
    kind: "hazard.add",
    body: {
      ...which, hazard: app.newId(), place: random.of(["一号车间", "库房"]), place_count: 1 + Math.floor(random() * 3),
      description: random.of(WORDS), severity: "general", category: "现场管理", measure: "加装接地线",
    },
    files: await photos(random, "before", 1 + Math.floor(random() * 2)),
  };
}

async function aside(view, all, random) {
  const answered = all.filter(({ answer }) => answer);
  const hazard = random.of(view.hazards);
  const changes = {
    note: () => ({ kind: "note", body: { text: random.of(WORDS) } }),
    track: () => ({ kind: "track", body: { points: [[Date.now(), 39.9 + random(), 119.5, 8.44]] } }),
    photo: async () => ({ kind: "files", body: { subject: "visit" }, files: await photos(random, "site", 1) }),
    point: () => ({ kind: "risk_point", body: {
      risk_point: app.newId(), place: "涂装车间", risk: random.of(["爆炸", "中毒", "灼烫"]), measure: "",
    } }),
    again: () => {
      const { item = null, point = null, answer } = random.of(answered);
      const which = { item: item?.id ?? null, risk_point: point?.id ?? null };
      return { kind: "answer", body: {
        ...which, result: random.of(["ok", "na", ""]), note: random.of(WORDS), base: answer.version,
      } };
    },
    change: () => ({ kind: "hazard.change", body: { hazard: hazard.id, place: "二号库", place_count: 4 } }),
    remove: () => ({ kind: "hazard.remove", body: { hazard: hazard.id, reason: "误登记" } }),
  };
  const names = ["note", "track", "photo", ...(view.risk_points.length < 4 ? ["point"] : []),
    ...(answered.length ? ["again", "again"] : []), ...(hazard ? ["change", "remove"] : [])];
  return changes[random.of(names)]();
}

async function end(random) {
  const way = random();
  if (way < 0.1) return null; // nobody signs today
  if (way < 0.2) return { kind: "visit.refuse", body: { refusal_reason: "拒不配合", witness_name: "王村长" } };
  const signature = { blob: await picture(random, "image/png"), purpose: "signature" };
  return {
    kind: "visit.sign", body: { representative_name: "张立新", representative_post: "厂长" }, files: [signature],
  };
}

/** Play the visits `numbers` from wherever their logs stand. */
export async function play({ member, seed, numbers, partner }) {
  const store = await app.openStore(member);
  while (!(await store.bundle())) await app.refreshBundle(store, api).catch(() => {});
  const places = await store.places();
  let sending = null;
  const begin = () => (sending ??= send(store).finally(() => (sending = null)));
  for (const number of numbers) {
    const random = chance(seed, number, "place");
    const { key } = random.of(places);
    const visit = visitId(seed, number);
    for (;;) {
      const log = await store.log(visit);
      const place = await store.place(key);
      // Without a log the visit is a new one, whatever else is open at this place.
      const view = app.replay(log, { place: log.length ? place : { ...place, open_visit: null } });
      const step = chance(seed, number, log.length);
      if (log.length > LIMIT) throw new Error(`visit ${number} does not end`);
      const entry = await next(view, place, await store.checklists(view.templates), step, partner);
      if (!entry) break;
      const { id } = await store.append({ visit, place: key, ...entry });
      window.kept(number, id);
      if (step() < 0.06) begin();
    }
    await sending; // else the phone writes faster than any person, and the bad line sees nothing of it
    if (chance(seed, number, "sync")() < 0.7) await begin();
  }
  store.close();
}

/** Send until nothing is left. @returns {Promise<object>} what is left all the same */
export async function finish({ member, rounds }) {
  const store = await app.openStore(member);
  let result = null;
  for (let round = 0; round < rounds; round += 1) {
    result = await send(store);
    const { operations, files, waiting } = await store.unsent();
    if (!operations && !files && !waiting) break;
  }
  const left = await store.unsent();
  store.close();
  return { left, result };
}

/** All that this phone has of the visits: the words of each operation, the hash of each file's bytes as they lie here. */
export async function dump({ member, seed, numbers }) {
  const store = await app.openStore(member);
  const found = [];
  for (const number of numbers) {
    const visit = visitId(seed, number);
    const log = await store.log(visit);
    if (!log.length) continue;
    const place = await store.place(log[0].place);
    const { state, answers, hazards, removed, note } = app.replay(log, { place });
    const files = [];
    for (const { id, state: fileState } of await store.files(visit)) {
      const bytes = await (await store.blob(id)).arrayBuffer();
      files.push({ id, state: fileState, sha256: await app.sha256(bytes) });
    }
    found.push({
      number, visit, state, note, files,
      operations: log.map(({ id, device, sequence, kind, body, state: told, receipt }) =>
        ({ id, device, sequence, kind, body: app.canonical(body), state: told, message: receipt?.message ?? "" })),
      answers: [...answers.values()].filter(({ result }) => result)
        .map(({ item, risk_point, result, note: words, version }) => ({ item, risk_point, result, note: words, version })),
      hazards: hazards.map(({ id, number: name, place: where, place_count, description }) =>
        ({ id, number: name, place: where, place_count, description })),
      removed: removed.map(({ id }) => id),
    });
  }
  store.close();
  return found;
}
