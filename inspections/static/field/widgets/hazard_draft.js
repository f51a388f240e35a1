// A hazard that is being written: kept on the phone with each change, until it is saved or thrown away.

import { dueDate } from "../due.js";
import { newId } from "../ids.js";
import { RESULTS } from "./words.js";

export const WORDS = [
  "place", "place_count", "description", "severity", "category", "subcategory", "basis", "clause_code", "measure", "emergency_plan",
];
export const CATEGORIES = [["现场管理", "现场管理"], ["基础管理", "基础管理"]];
const GENERAL_DAYS = 10;
const MAJOR_DAYS = 20;
const LATER = 400;
const BY_VOICE = "（见语音，文字待补）";

const blank = () => ({
  place: "", place_count: 1, description: "", severity: "general", category: "现场管理", subcategory: "", basis: "",
  clause_code: "", measure: "", emergency_plan: "",
});

/**
 * The draft of a hazard: of a new one, of one for a question, or of changes to one that is saved.
 * @param {{app, visit, id: string, query: string}} of
 */
export async function openDraft({ app, visit, id, query }) {
  const key = id === "new" ? `hazard:${visit.id}:new:${query}` : `hazard:${visit.id}:${id}`;
  const kept = await app.drafts.get(key);
  const saved = id === "new" ? null : visit.hazard(id);
  const draft = kept ?? fresh(visit, saved, query);
  return new Draft(app, key, saved, draft);
}

function fresh(visit, saved, query) {
  const asked = new URLSearchParams(query);
  const words = saved ? Object.fromEntries(WORDS.map((name) => [name, saved[name] ?? blank()[name]])) : blank();
  const point = visit.place.risk_points.concat(visit.view.risk_points).find(({ id }) => id === asked.get("point"));
  if (!saved && point) words.place = point.place;
  const question = visit.questions.find(({ item }) => String(item?.id) === asked.get("item"));
  if (!saved && question) words.category = question.item.part === "soft" ? "基础管理" : "现场管理";
  return { id: saved?.id ?? newId(), words, entry: saved?.entry ?? null, due_on: null, shots: [], voices: [], filled: {} };
}

class Draft {
  #app;
  #timer = 0;

  constructor(app, key, saved, kept) {
    this.#app = app;
    this.key = key;
    this.saved = saved;
    this.kept = kept;
    this.errors = {};
  }

  get words() { return this.kept.words; }
  get shots() { return this.kept.shots; }
  get voices() { return this.kept.voices; }
  get isMajor() { return this.words.severity === "major"; }

  /** Change words; typed ones are kept a moment later, so that typing stays light. */
  set(changes, { draw = true } = {}) {
    Object.assign(this.kept.words, changes);
    for (const name of Object.keys(changes)) delete this.errors[name];
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.keep(), LATER);
    if (draw) this.#app.draw();
  }

  setDue(day) {
    this.kept.due_on = day || null;
    delete this.errors.due_on;
    this.keep();
    this.#app.draw();
  }

  /** Photos and voices are kept before anything else happens. */
  async add(name, files) {
    this.kept[name].push(...[].concat(files));
    delete this.errors.photos;
    await this.keep();
    this.#app.draw();
  }

  async remove(name, file) {
    this.kept[name] = this.kept[name].filter((one) => one !== file);
    await this.keep();
    this.#app.draw();
  }

  /** Fill in what the library says; what a person wrote himself stays. */
  choose(entry) {
    const { filled } = this.kept;
    const offered = {
      description: entry.description || entry.title, severity: entry.severity, category: entry.category,
      subcategory: entry.subcategory, basis: basisOf(entry), clause_code: entry.clause, measure: entry.measure,
    };
    const isOwn = (name) => this.words[name] && this.words[name] !== filled[name] && ["description", "basis", "measure"].includes(name);
    const taken = Object.fromEntries(Object.entries(offered).filter(([name]) => !isOwn(name)));
    this.kept.entry = entry.code;
    this.kept.filled = offered;
    this.set(taken);
    return Object.keys(offered).length - Object.keys(taken).length;
  }

  keep() {
    clearTimeout(this.#timer);
    return this.#app.drafts.put(this.key, this.kept).catch(() => {
      this.#app.toast("手机没有空间，草稿没有存下来，请尽快保存或先清理空间", { mood: "bad", seconds: 8 });
    });
  }

  /** Nothing was written yet: it need not be kept. */
  get isEmpty() {
    const { place, description } = this.words;
    return !this.shots.length && !this.voices.length && !place && !description;
  }

  /** Something of a saved hazard was changed here. */
  get isChanged() {
    const { saved, words } = this;
    return this.shots.length > 0 || this.voices.length > 0 || Boolean(this.kept.due_on)
      || WORDS.some((name) => (words[name] ?? "") !== (saved[name] ?? blank()[name]));
  }

  async drop() {
    clearTimeout(this.#timer);
    await this.#app.drafts.drop(this.key);
  }

  /** The words as they are recorded. */
  finished() {
    const words = Object.fromEntries(Object.entries(this.words).map(([name, value]) => [name, typeof value === "string" ? value.trim() : value]));
    if (this.voices.length) {
      words.description ||= BY_VOICE;
      words.measure ||= BY_VOICE;
    }
    return { ...words, ...(this.kept.due_on ? { due_on: this.kept.due_on } : {}) };
  }

  /** What is wrong, by field. @returns {boolean} whether it may be saved */
  check({ needsPhoto, today }) {
    const { place, description, measure, severity, basis } = this.finished();
    const errors = {};
    const photos = this.shots.length + (this.saved?.files ?? []).filter(({ purpose }) => purpose === "before").length;
    if (needsPhoto && !photos) errors.photos = "这一项不符合须拍照";
    if (!place) errors.place = "请写明部位或场所";
    if (!description) errors.description = "请描述隐患，或者录一段语音";
    if (!measure) errors.measure = "请写明建议的整改措施";
    if (severity === "major" && !basis.includes("条")) errors.basis = "重大隐患须写明判定标准的条、项";
    if (this.kept.due_on && this.kept.due_on < today) errors.due_on = "整改期限不能早于今天";
    this.errors = errors;
    return !Object.keys(errors).length;
  }
}

/** A major one is judged by a clause of the standard, a general one by the law. */
function basisOf(entry) {
  if (entry.severity !== "major") return entry.basis;
  return [entry.criterion, entry.basis].filter(Boolean).join("；");
}

/** The deadline that the server will compute, and why: {day, why}. */
export function suggestedDue({ severity, entry, today, restDays }) {
  const days = entry ? entry.days : severity === "major" ? MAJOR_DAYS : GENERAL_DAYS;
  const inWorkdays = entry ? entry.workdays : true;
  const day = dueDate(today, days, inWorkdays, restDays);
  const rule = entry ? "隐患库建议" : severity === "major" ? "重大隐患一般" : "一般隐患";
  return { day, why: `${rule} ${days} ${inWorkdays ? "个工作日" : "天"}，自${today}次日起算${inWorkdays ? "，休息日不计" : ""}` };
}

export const wasWords = (was) => RESULTS[was] ?? RESULTS[""];
