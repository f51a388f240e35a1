// A visit as its log tells it, upon what the bundle knows of it. Pure.
import { answerKey, openConflicts } from "./receipts.js";

export { answerKey };

/**
 * @typedef {Object} View
 * @property {string} id
 * @property {string} kind  @property {string} part
 * @property {'new'|'open'|'signed'|'refused'|'unsettled'} state  new: nothing is recorded yet; unsettled: signed, but
 *   the server found questions with two versions
 * @property {string|null} arrived_at  @property {string|null} left_at  by the phone's clock
 * @property {object|null} position  @property {number[]} members  @property {number[]} templates
 * @property {string|null} subject
 * @property {Map<string, Answered>} answers  by 'i<item>' or 'r<risk point>'
 * @property {object[]} hazards  standing ones: the words of hazard.add and hazard.change, plus {id, number, due_reason,
 *   files, made_at, state, is_mine}; `state` is that of the operation that made it
 * @property {object[]} removed  the same, plus `reason`
 * @property {Map<string, object>} rechecks  by hazard: {result, reason, new_due_on, is_refused, files, state, made_at}
 * @property {string} note
 * @property {object[]} risk_points  {id, place, risk, measure, is_new}
 * @property {object[]} photos  @property {object[]} voices  file announcements of the visit itself
 * @property {object|null} sign  {representative_name, representative_post, files, made_at, state, message, differences,
 *   outcome, operation}
 * @property {object|null} refusal  {refusal_reason, witness_name, made_at, state, message, outcome, operation}
 * @property {object|null} order  责令限期整改指令: {deadlines, officers, made_at, state, message, outcome, operation}
 * @property {string[]} conflicts  keys of answers with two versions
 * @property {{operation, kind, message, body}[]} refused  what the server did not accept
 * @property {string} problem  why the whole visit was refused, or ""
 * @property {string} reopened  why a signed visit was opened again, or ""
 * @property {number} track  how many points
 *
 * @typedef {Object} Answered
 * @property {string} key  @property {number|null} item  @property {string|null} risk_point
 * @property {'ok'|'fail'|'na'|''} result  "": taken back
 * @property {string} note
 * @property {string|null} version  the `base` of the next answer to this question
 * @property {string|null} operation  null: it came with the bundle
 * @property {string} state  of the operation; "done" where it came with the bundle
 * @property {string|null} made_at
 * @property {null|{server: {result, note, version, by, at}, mine: {result, note}}} conflict
 */

/**
 * @param {object[]} operations  store.log(visit), in any order
 * @param {{place?: object}} context  as store.place() gives it
 * @returns {View}
 */
export function replay(operations, { place = {} } = {}) {
  const log = [...operations].sort(inOrder);
  const id = log[0]?.visit ?? place.open_visit?.id ?? null;
  const base = place.open_visit?.id === id ? place.open_visit : null;
  const view = begin(id, base, place);
  const start = log.find(({ kind }) => kind === "visit.start");
  if (start?.state === "refused") view.problem = start.receipt.message || "检查未被接受";
  for (const operation of log) step(view, operation, place);
  if (base) reopen(view, log, base, Date.parse(place.as_of));
  if (base) overlay(view, base, pointsOf(place, base.risk_points), log, Date.parse(place.as_of));
  return finish(view, log);
}

const inOrder = (a, b) => (a.device === b.device ? a.sequence - b.sequence : a.device < b.device ? -1 : 1);

function begin(id, base, place) {
  return {
    id,
    kind: base?.kind ?? "",
    part: base?.part ?? "both",
    state: base ? "open" : "new",
    arrived_at: base?.arrived_at ?? null,
    left_at: null,
    position: null,
    members: (base?.members ?? []).map((one) => one.member ?? one),
    templates: base?.templates ?? [],
    subject: null,
    answers: new Map(),
    hazards: new Map(),
    rechecks: new Map(),
    note: "",
    risk_points: base ? pointsOf(place, base.risk_points) : [],
    photos: [],
    voices: [],
    sign: null,
    refusal: null,
    order: null,
    conflicts: [],
    refused: [],
    problem: "",
    reopened: "",
    track: 0,
  };
}

function pointsOf(place, ids = []) {
  const wanted = new Set(ids.map((one) => one.id ?? one));
  return (place.risk_points ?? []).filter(({ id }) => wanted.has(id)).map((point) => ({ ...point, is_new: false }));
}

// What was refused does not stand. Where the visit itself was, all of it is shown: it is the person's work.
function step(view, operation, place) {
  const { id, kind, body, state, receipt } = operation;
  if (state === "refused") view.refused.push({ operation: id, kind, message: receipt?.message ?? "", body });
  if (state === "refused" && !view.problem) return;
  STEPS[kind]?.(view, body, operation, place);
}

const STEPS = {
  "visit.start"(view, body, { made_at }, place) {
    const { kind, part = "both", members = [], templates = [], position = null, subject = null } = body;
    Object.assign(view, { kind, part, members, templates, position, subject, state: "open", arrived_at: made_at });
    view.risk_points = pointsOf(place, body.risk_points);
  },
  track(view, { points }) {
    view.track += points.length;
  },
  answer(view, body, operation) {
    const { item = null, risk_point = null, result, note = "" } = body;
    const { id, state, made_at } = operation;
    const key = answerKey(body);
    const of = { version: id, operation: id, state, made_at, conflict: conflictOf(operation) };
    view.answers.set(key, { key, item, risk_point, result, note, ...of });
  },
  "hazard.add"(view, { hazard: id, ...words }, { state, made_at, receipt }) {
    view.hazards.set(id, { number: "", ...words, ...ofServer(receipt), id, made_at, state, is_mine: true });
  },
  "hazard.change"(view, { hazard: id, files = [], ...words }, { receipt }) {
    const found = { files: [], is_mine: false, ...view.hazards.get(id) };
    view.hazards.set(id, { ...found, ...words, ...ofServer(receipt), id, files: [...found.files, ...files] });
  },
  "hazard.remove"(view, { hazard: id, reason }) {
    view.hazards.set(id, { files: [], is_mine: false, ...view.hazards.get(id), id, is_removed: true, reason });
  },
  recheck(view, { hazard, ...words }, { state, made_at }) {
    view.rechecks.set(hazard, { ...words, state, made_at });
  },
  files(view, { files, hazard }) {
    if (!hazard) {
      for (const file of files) (file.purpose === "voice" ? view.voices : view.photos).push(file);
      return;
    }
    const found = { files: [], is_mine: false, ...view.hazards.get(hazard) };
    view.hazards.set(hazard, { ...found, id: hazard, files: [...found.files, ...files] });
  },
  note(view, { text }) {
    view.note = text;
  },
  risk_point(view, { risk_point: id, place, risk, measure }) {
    view.risk_points = [...view.risk_points.filter((one) => one.id !== id), { id, place, risk, measure, is_new: true }];
  },
  "visit.sign"(view, body, operation) {
    view.sign = { ...body, ...standing(operation) };
    view.sign.differences = view.sign.outcome.differences ?? [];
    view.state = operation.state === "conflict" ? "unsettled" : "signed";
    view.left_at = operation.made_at;
  },
  "visit.refuse"(view, body, operation) {
    view.refusal = { ...body, ...standing(operation) };
    view.state = "refused";
    view.left_at = operation.made_at;
  },
  settle(view, { operation }) {
    if (view.sign?.operation === operation) view.state = "signed";
  },
  order(view, body, operation) {
    view.order = { ...body, ...standing(operation) };
  },
};

const standing = ({ id, state, made_at, receipt }) =>
  ({ operation: id, state, made_at, message: receipt?.message ?? "", outcome: receipt?.outcome ?? {} });

// What only the server knows of a hazard.
function ofServer(receipt) {
  const { number, due_on, due_reason } = receipt?.outcome ?? {};
  const known = Object.entries({ number, due_on, due_reason }).filter(([, one]) => one);
  return Object.fromEntries(known);
}

function conflictOf({ state, body, receipt }) {
  if (state !== "conflict") return null;
  return { server: receipt.outcome.server, mine: { result: body.result, note: body.note ?? "" } };
}

// A bundle that was made after the signature arrived and has the visit open: it was opened again, to be signed anew.
function reopen(view, log, base, asOf) {
  const known = ({ state, receipt }) => state === "done" && Date.parse(receipt.arrived_at) <= asOf;
  const endings = log.filter(({ kind }) => kind === "visit.sign" || kind === "visit.refuse");
  view.reopened = base.reopened ?? "";
  if (!view.reopened || !endings.length || !endings.every(known)) return;
  Object.assign(view, { state: "open", left_at: null, sign: null, refusal: null });
}

// The bundle knows everything that was done before it was made, also by others. What this phone did later, or what
// is not at the server yet, stands above it.
function overlay(view, base, points, log, asOf) {
  const later = log.filter(({ state, receipt }) => state !== "done" || !(Date.parse(receipt.arrived_at) <= asOf));
  overlayAnswers(view, base, new Set(later.filter(({ kind }) => kind === "answer").map(({ body }) => answerKey(body))));
  overlayHazards(view, base, new Set(later.map(({ body }) => body.hazard)));
  const known = new Set(view.risk_points.map(({ id }) => id));
  view.risk_points.push(...points.filter(({ id }) => !known.has(id)));
}

function overlayAnswers(view, base, mine) {
  const known = new Map((base.answers ?? []).map((answer) => [answerKey(answer), answer]));
  for (const key of view.answers.keys()) {
    if (!mine.has(key) && !known.has(key)) view.answers.delete(key);
  }
  for (const [key, answer] of known) {
    if (!mine.has(key)) view.answers.set(key, fromBundle(key, answer));
  }
}

const fromBundle = (key, { item = null, risk_point = null, result, note = "", version }) =>
  ({ key, item, risk_point, result, note, version, operation: null, state: "done", made_at: null, conflict: null });

function overlayHazards(view, base, mine) {
  const known = new Set((base.hazards ?? []).map(({ id }) => id));
  for (const one of view.hazards.values()) {
    const isGone = !mine.has(one.id) && !known.has(one.id) && !one.is_removed;
    if (isGone) Object.assign(one, { is_removed: true, reason: "已在别处撤销" });
  }
  for (const { state, ...hazard } of base.hazards ?? []) {
    const own = view.hazards.get(hazard.id);
    const files = own?.files ?? [];
    const above = mine.has(hazard.id) ? own : { state: "done", is_mine: own?.is_mine ?? false, files };
    view.hazards.set(hazard.id, { ...own, ...hazard, ...above, id: hazard.id, number: hazard.number });
  }
}

// A choice that is open, or one upon which the server has a newer version still.
function finish(view, log) {
  const open = new Set(openConflicts(log).map(({ id }) => id));
  view.conflicts = [...view.answers.values()].filter(({ operation }) => open.has(operation)).map(({ key }) => key);
  const all = [...view.hazards.values()];
  return { ...view, hazards: all.filter((one) => !one.is_removed), removed: all.filter((one) => one.is_removed) };
}
