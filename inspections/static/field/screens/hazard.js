// A hazard: photos first, then what the library knows, then what only this place knows.

import { html, nothing } from "../../npm/lit-html/lit-html.js";
import { choices, field, fieldError, icon, note } from "../widgets/bits.js";
import { ask } from "../widgets/dialogs.js";
import { CATEGORIES, openDraft, suggestedDue, wasWords } from "../widgets/hazard_draft.js";
import { majorNote, savedView } from "../widgets/hazard_saved.js";
import { chooseClause, chooseEntry, entriesOf } from "../widgets/library.js";
import { editShot, photoButtons, strip } from "../widgets/photos.js";
import { openVisit } from "../widgets/visit.js";
import { stopVoice, voiceButton, voices } from "../widgets/voice.js";
import { clip, day, left, SEVERITIES } from "../widgets/words.js";

const CHIPS = 8;
const OFFERED = 3;

export async function open(app, visitId, id) {
  const visit = await openVisit(app, visitId);
  const saved = id === "new" ? null : visit.hazard(id);
  if (id !== "new" && !saved) throw new Error("这项隐患已经撤回，或者不在这次检查里");
  const query = idQuery(app.query);
  const screen = { app, visit, saved, entries: await entriesOf(app), was: app.query.get("was"), busy: false, more: false };
  screen.question = questionOf(visit, query, saved);
  screen.back = `#/v/${visitId}?g=${screen.question?.section ?? "found"}`;
  if (visit.isOpen) screen.draft = await openDraft({ app, visit, id, query });
  const timer = setInterval(app.draw, 30_000);
  return {
    title: saved ? `隐患 ${saved.number}` : "登记隐患",
    back: screen.back,
    view: () => (visit.isOpen ? form(screen) : savedView(app, visit, saved)),
    bar: () => (visit.isOpen ? bar(screen) : html`<a class="button" href="#/v/${visitId}/paper">返回记录</a>`),
    changed: async ({ is_new: isNew }) => { if (!isNew) { await visit.read(); app.draw(); } },
    close: () => { clearInterval(timer); stopVoice(); leave(screen); },
  };
}

function idQuery(query) {
  const name = ["item", "point"].find((key) => query.get(key));
  return name ? `${name}=${query.get(name)}` : "";
}

function questionOf(visit, query, saved) {
  const asked = new URLSearchParams(query);
  const item = asked.get("item") ?? saved?.item;
  const point = asked.get("point") ?? saved?.risk_point;
  return visit.questions.find((question) => (item && String(question.item?.id) === String(item)) || (point && question.point?.id === point));
}

// A draft with nothing in it need not wait for anybody.
function leave({ draft }) {
  if (draft && !draft.isGone && (draft.saved ? !draft.isChanged : draft.isEmpty)) draft.drop();
}

function form(screen) {
  const { visit, draft, saved, question, was } = screen;
  return html`
    ${saved ? majorNote(visit, saved) : nothing}
    ${question ? html`<section class="note"><div><span class="soft small">${question.item ? question.item.code : "风险点"}　不符合</span><br>${clip(question.item?.text ?? `${question.point.place}：${question.point.risk}`, 80)}
      ${was === null || saved ? nothing : html`<br><button type="button" class="button plain small" @click=${() => takeBack(screen)}>${icon("arrow-back-up")}点错了，改回“${wasWords(was)}”</button>`}</div></section>` : nothing}
    ${photos(screen)}
    ${offered(screen)}
    ${placeFields(screen)}
    ${words(screen)}
    ${severityFields(screen)}
    ${text(screen, "measure", "整改措施", { required: true, hint: "写明做到什么程度" })}
    ${due(screen)}
    ${further(screen)}
    ${saved ? html`<button type="button" class="button danger wide" @click=${() => remove(screen)}>${icon("trash")}撤回这项隐患</button>` : nothing}
    ${Object.keys(draft.errors).length ? note("bad", "alert-circle", html`<span role="alert">还有 ${Object.keys(draft.errors).length} 处没有填好，请看红字。</span>`) : nothing}`;
}

function photos({ app, visit, draft, saved, question }) {
  const kept = (saved?.files ?? []).filter(({ purpose }) => purpose === "before").map((file) => ({ ...file, state: visit.files.get(file.id)?.state }));
  const edit = async (shot) => {
    const answer = await editShot(app, shot);
    if (answer === "removed") await draft.remove("shots", shot);
    else if (answer) {
      shot.drawing = answer;
      await draft.keep();
      app.draw();
    }
  };
  return html`
    <fieldset id="photos" tabindex="-1" class=${draft.errors.photos ? "has-error" : ""}>
      <legend>照片 ${kept.length + draft.shots.length} 张${question?.item?.photo ? html`<span class="required"> 必须</span>` : nothing}</legend>
      ${strip(app, kept)}
      ${strip(app, draft.shots, edit)}
      ${photoButtons(app, "before", (shots) => draft.add("shots", shots))}
      ${draft.shots.length ? html`<p class="hint">点照片可以画箭头、圆圈，或者删除。</p>` : nothing}
      ${fieldError("photos", draft.errors.photos)}
    </fieldset>`;
}

/** The entries that the question offers, and the way to all of them. */
function offered(screen) {
  const { app, entries, draft, question } = screen;
  const codes = question?.item?.library ?? [];
  const near = codes.map((code) => entries.find((entry) => entry.code === code)).filter(Boolean).slice(0, OFFERED);
  const choose = (entry) => {
    const kept = draft.choose(entry);
    if (kept) app.toast("已填入，你写过的文字没有改");
    app.draw();
  };
  const look = async () => {
    const entry = await chooseEntry(entries, codes);
    if (entry) choose(entry);
  };
  return html`
    <fieldset>
      <legend>隐患库</legend>
      <div class="stack">
        ${near.map((entry) => html`<button type="button" class="chip wide-chip" aria-pressed=${draft.kept.entry === entry.code} data-entry=${entry.code} @click=${() => choose(entry)}>${entry.title}</button>`)}
        <button type="button" class="button wide" @click=${look}>${icon("search")}${near.length ? "找别的条目" : "从隐患库选（可省打字）"}</button>
      </div>
    </fieldset>`;
}

function placeFields(screen) {
  const { draft, visit } = screen;
  const known = [...visit.view.hazards, ...visit.view.risk_points, ...visit.place.hazards].map(({ place }) => place);
  const recent = [...new Set(known)].filter((place) => place && place !== draft.words.place).slice(0, CHIPS);
  return html`
    ${text(screen, "place", "部位/场所", { required: true, line: true, max: 100 })}
    ${recent.length ? html`<div class="chips scroll" role="group" aria-label="用过的部位">${recent.map((place) => html`<button type="button" class="chip" @click=${() => draft.set({ place })}>${place}</button>`)}</div>` : nothing}
    ${counter(draft)}`;
}

function counter(draft) {
  const set = (value) => draft.set({ place_count: Math.min(999, Math.max(1, Math.round(value) || 1)) });
  const { place_count: count } = draft.words;
  return html`<div class="field"><label for="place_count">处数</label>
    <span class="stepper">
      <button type="button" aria-label="少一处" @click=${() => set(count - 1)}>${icon("minus")}</button>
      <input id="place_count" type="text" inputmode="numeric" .value=${String(count)} @change=${(event) => set(Number(event.target.value))}>
      <button type="button" aria-label="多一处" @click=${() => set(count + 1)}>${icon("plus")}</button>
    </span></div>`;
}

function words(screen) {
  const { app, draft } = screen;
  return html`
    ${text(screen, "description", "隐患描述", { required: !draft.voices.length })}
    <div class="field stack">
      ${voices(app, draft.voices, (one) => draft.remove("voices", one))}
      <div class="row">${voiceButton(app, (one) => draft.add("voices", one), { label: "用语音代替打字" })}</div>
    </div>`;
}

function severityFields(screen) {
  const { app, draft } = screen;
  const pick = async () => {
    const clause = await chooseClause(app.head?.clauses ?? []);
    if (clause) draft.set({ basis: clause });
  };
  return html`
    ${choices("severity", [["general", SEVERITIES.general], ["major", SEVERITIES.major, "bad"]], draft.words.severity, (severity) => draft.set({ severity }), { legend: "等级" })}
    ${draft.isMajor ? html`
      ${note("warn", "alert-triangle", "重大隐患：保存后有信号就立即上报监管部门，不等检查结束。")}
      ${text(screen, "basis", "判定标准的条、项", { required: true, line: true, max: 300 })}
      <p class="field"><button type="button" class="button wide" @click=${pick}>${icon("book")}从判定标准里选</button></p>` : nothing}`;
}

function due(screen) {
  const { app, visit, draft, entries } = screen;
  if (visit.isOfficial) return html`<p class="soft">整改期限由指令书确定。</p>`;
  const entry = entries.find(({ code }) => code === draft.kept.entry);
  const { day: suggested, why } = suggestedDue({ severity: draft.words.severity, entry, today: visit.today, restDays: app.head?.rest_days ?? [] });
  const saved = draft.saved?.due_on;
  const value = draft.kept.due_on ?? saved ?? suggested;
  const own = draft.kept.due_on && draft.kept.due_on !== suggested;
  return field("due_on", "整改期限", html`<input class="input" type="date" id="due_on" min=${visit.today} .value=${value} @change=${(event) => draft.setDue(event.target.value)}>`, {
    errors: draft.errors,
    hint: own ? html`检查人员指定。<button type="button" class="button plain small" @click=${() => draft.setDue("")}>改回建议的 ${day(suggested)}</button>` : html`${day(value)}，${left(value, visit.today).words}。${saved ? "" : why}`,
  });
}

function further(screen) {
  const { draft } = screen;
  return html`
    <details class="card" ?open=${Boolean(draft.errors.basis && !draft.isMajor)}>
      <summary class="link-row">类别、依据、防控措施</summary>
      ${choices("category", CATEGORIES, draft.words.category, (category) => draft.set({ category }), { legend: "类别" })}
      ${text(screen, "subcategory", "细类", { line: true, max: 40 })}
      ${draft.isMajor ? nothing : text(screen, "basis", "违反的条款", { line: true, max: 300 })}
      ${text(screen, "emergency_plan", "整改前的防控措施", { max: 300 })}
    </details>`;
}

function text({ draft }, name, label, { required = false, line = false, max = 2000, hint = nothing } = {}) {
  const typed = (event) => draft.set({ [name]: event.target.value }, { draw: Boolean(draft.errors[name]) });
  const about = draft.errors[name] ? `${name}-error` : nothing;
  const control = line
    ? html`<input class="input" id=${name} maxlength=${max} autocomplete="off" .value=${draft.words[name]} aria-invalid=${Boolean(draft.errors[name])} aria-describedby=${about} @input=${typed}>`
    : html`<textarea class="input" id=${name} maxlength=${max} .value=${draft.words[name]} aria-invalid=${Boolean(draft.errors[name])} aria-describedby=${about} @input=${typed}></textarea>`;
  return field(name, label, control, { errors: draft.errors, required, hint });
}

function bar(screen) {
  const later = screen.saved ? "返回" : "稍后登记";
  return html`
    <a class="button" href=${screen.back}>${later}</a>
    <button type="button" class="button primary" ?disabled=${screen.busy} @click=${() => save(screen)}>${screen.saved ? "保存修改" : "保存隐患"}</button>`;
}

async function takeBack({ app, visit, question, draft, was, back }) {
  draft.isGone = true;
  await draft.drop();
  await visit.answer(question, was);
  app.go(back, { replace: true });
}

async function save(screen) {
  const { app, draft, visit, question } = screen;
  if (!draft.check({ needsPhoto: Boolean(question?.item?.photo), today: visit.today })) {
    app.draw();
    focusError(draft.errors);
    return;
  }
  screen.busy = true;
  app.draw();
  const isKept = await (draft.saved ? change(visit, draft) : add(visit, draft, question));
  screen.busy = false;
  app.draw();
  if (!isKept) return;
  draft.isGone = true;
  await draft.drop();
  app.toast(draft.isMajor ? "已保存，有信号立即上报" : "已保存");
  app.go(screen.back, { replace: true });
}

function focusError(errors) {
  const first = document.getElementById(["photos", "place", "description", "basis", "measure", "due_on"].find((name) => errors[name]));
  first?.closest("details")?.setAttribute("open", "");
  first?.focus();
  first?.scrollIntoView({ block: "center" });
}

async function add(visit, draft, question) {
  const of = question?.item ? { item: question.item.id } : question?.point ? { risk_point: question.point.id } : {};
  if (question && question.answer?.result !== "fail" && !(await visit.answer(question, "fail"))) return false;
  const entry = draft.kept.entry ? { entry: draft.kept.entry } : {};
  return visit.append("hazard.add", { hazard: draft.kept.id, ...of, ...entry, ...draft.finished() }, [...draft.shots, ...draft.voices]);
}

async function change(visit, draft) {
  const now = draft.finished();
  const changed = Object.fromEntries(Object.entries(now).filter(([name, value]) => value !== (draft.saved[name] ?? "")));
  const files = [...draft.shots, ...draft.voices];
  if (Object.keys(changed).length && !(await visit.append("hazard.change", { hazard: draft.kept.id, ...changed }))) return false;
  return !files.length || visit.append("files", { subject: "hazard", hazard: draft.kept.id }, files);
}

/** It is taken back when nobody said otherwise for six seconds: until then nothing has happened. */
async function remove({ app, visit, saved, draft, back }) {
  const sure = await ask({ title: "撤回这项隐患？", words: `${saved.place}：${clip(saved.description, 50)}\n编号和记录会保留，注明“误登记”。`, yes: "撤回", danger: true });
  if (!sure) return;
  draft.isGone = true;
  await draft.drop();
  visit.hide(saved.id);
  app.go(back, { replace: true });
  setTimeout(() => app.toast("已撤回一项隐患", {
    label: "撤销", act: () => visit.show(saved.id), done: () => visit.append("hazard.remove", { hazard: saved.id, reason: "误登记" }),
  }), 100);
}
