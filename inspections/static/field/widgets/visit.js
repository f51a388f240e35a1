// A visit on this phone: its log, its place and its checklists, and what they add up to.

import { missing, progress, questions } from "../checklist.js";
import { replay } from "../replay.js";
import { appendSafely } from "../storage.js";
import { serverToday } from "../clock.js";
import { track } from "./geo.js";

/**
 * Open a visit; the same one again is only read anew.
 * @returns {Promise<Visit>} throws where this phone knows nothing of it
 */
export async function openVisit(app, id) {
  if (app.visit?.id !== id) {
    const key = await placeOf(app.store, id);
    if (!key) throw new Error("这台手机上没有这次检查。可能已经从手机删除，或者是别的手机做的，请先下载资料");
    app.visit?.leave();
    app.visit = new Visit(app, id, await app.store.place(key));
  }
  await app.visit.read();
  app.visit.follow();
  return app.visit;
}

async function placeOf(store, id) {
  const summary = (await store.visits()).find((visit) => visit.id === id);
  if (summary) return summary.place;
  return (await store.places()).find((place) => place.open_visit === id)?.key;
}

export class Visit {
  #app;
  #log = [];
  #known = {};
  #track = null;
  #hidden = new Set();

  constructor(app, id, place) {
    this.#app = app;
    this.id = id;
    this.place = place;
    this.checklists = [];
    this.files = new Map();
  }

  /** Read the log again, as after a sync. */
  async read() {
    const [log, files] = await Promise.all([this.#app.store.log(this.id), this.#app.store.files(this.id)]);
    this.files = new Map(files.map((file) => [file.id, file]));
    this.#take(log);
    if (!this.checklists.length) {
      this.checklists = await this.#app.store.checklists(this.view.templates);
      this.#take(log);
    }
  }

  #take(log) {
    this.#log = log;
    this.#known = {};
    this.view = replay(log, { place: this.place });
    this.view.hazards = this.view.hazards.filter(({ id }) => !this.#hidden.has(id));
  }

  get log() { return this.#log; }
  get isOpen() { return this.view.state === "open" || this.view.state === "new"; }
  get isOfficial() { return ["spot_check", "enforcement", "inspection"].includes(this.view.kind); }

  /** Hide a hazard that is about to be taken back; `show` is the way back. */
  hide(id) {
    this.#hidden.add(id);
    this.#take(this.#log);
    this.#app.draw();
  }

  show(id) {
    this.#hidden.delete(id);
    this.#take(this.#log);
    this.#app.draw();
  }

  /** What is asked now. */
  get questions() { return this.#once("questions", () => questions(this.view, this.place, this.checklists)); }
  /** What is lacking before the signature. */
  get missing() { return this.#once("missing", () => missing(this.view, this.place, this.checklists)); }
  /** {asked, answered, failed} */
  get progress() { return this.#once("progress", () => progress(this.view, this.place, this.checklists)); }

  #once(name, work) {
    this.#known[name] ??= work();
    return this.#known[name];
  }

  hazard(id) {
    return this.view.hazards.find((hazard) => hazard.id === id);
  }

  /**
   * Append an operation; the screen shows it at once.
   * @returns {Promise<boolean>} false when there was no room: the words are shown, nothing is lost
   */
  async append(kind, body, files = [], { draw = true } = {}) {
    const entry = { visit: this.id, place: this.place.key, kind, body, files };
    const kept = await appendSafely(this.#app.store, entry);
    if (!kept.ok) {
      this.#app.toast(kept.words, { mood: "bad", label: "去处理", act: () => this.#app.go("#/sync"), seconds: 10 });
      this.#app.draw();
      return false;
    }
    this.#take([...this.#log, kept.operation]);
    for (const file of kept.operation.body.files ?? []) {
      this.files.set(file.id, { ...file, visit: this.id, operation: kept.operation.id, state: "local", received: 0 });
    }
    if (draw) this.#app.draw();
    return true;
  }

  /** Answer a question {item} or {risk_point}; the version it was made upon goes along. */
  answer(question, result, note, options = {}) {
    const of = question.item ? { item: question.item.id } : { risk_point: question.point.id };
    const before = question.answer ?? this.view.answers.get(question.key);
    const words = { result, note: note ?? before?.note ?? "", base: before?.version ?? null };
    return this.append("answer", { ...of, ...words }, [], options);
  }

  /** Answer several questions alike. */
  async answerAll(list, result) {
    for (const question of list) {
      if (!(await this.answer(question, result, undefined, { draw: false }))) return false;
    }
    this.#app.draw();
    return true;
  }

  /** The days of a hazard count from the server's day. */
  get today() { return serverToday(); }

  /** While it is open and this phone is there, the track goes on. */
  follow() {
    if (!this.isOpen || this.view.state === "new") return this.leave();
    this.#track ??= track((points) => this.append("track", { points }));
  }

  /** The track ends: signed, or another visit is open. What was taken is kept. */
  async leave() {
    const ending = this.#track;
    this.#track = null;
    await ending?.stop();
  }

  /** Keep the track's last points, before a signature closes the visit. */
  flushTrack() {
    return this.#track?.flush();
  }
}
