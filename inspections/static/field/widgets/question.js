// One question as a card: what is asked, three large buttons, and what was found.

import { html, nothing } from "../../npm/lit-html/lit-html.js";
import { icon, severity, state } from "./bits.js";
import { thumb } from "./photos.js";
import { clip, day, HAZARD_STATES, left, placeOf, RESULTS } from "./words.js";

const BUTTONS = [["ok", "符合", "check"], ["fail", "不符合", "x"], ["na", "不涉及", "minus"]];
const LACKS = { no_hazard: "还没有登记隐患", no_photo: "隐患还缺照片", conflict: "有两个版本" };

/** @param {{app, visit, editing}} screen */
export function card(screen, question, { isNext = false } = {}) {
  if (question.section === "hazard") return hazardCard(screen, question);
  return html`
    <section class="question ${isNext ? "is-next" : ""}" id=${question.key} aria-label=${clip(wordsOf(question), 60)}>
      ${above(screen, question)}
      <p class="ask">${wordsOf(question)}</p>
      ${methodOf(question)}
      ${buttons(screen, question)}
      <div class="below">${below(screen, question)}</div>
    </section>`;
}

const wordsOf = ({ item, point }) => (item ? item.text : `${point.place}：${point.risk}`);

function methodOf({ item, point }) {
  const words = item ? item.method : point.measure && `现有措施：${point.measure}`;
  return words ? html`<p class="method">${words}</p>` : nothing;
}

const above = (screen, { key, item, point, answer }) => html`<p class="above">
  ${item ? html`<span>${item.code}</span>` : nothing}
  ${point?.is_new ? html`<span class="tag new">本次新增</span>` : nothing}
  ${item?.major ? html`<span class="tag warn">涉及重大隐患</span>` : nothing}
  ${item?.photo ? html`<span class="tag">${icon("camera")}不符合须拍照</span>` : nothing}
  ${answer ? html`<button type="button" class="icon-button" aria-label="备注" aria-expanded=${screen.editing === key} @click=${() => edit(screen, key)}>${icon("pencil")}</button>` : nothing}
</p>`;

function buttons(screen, question) {
  const given = question.answer?.result;
  return html`
    <div class="answers" role="group" aria-label="结果">
      ${BUTTONS.map(([result, words, name]) => html`
        <button type="button" class="answer ${result}" aria-pressed=${given === result}
          @click=${() => choose(screen, question, result)}>${icon(name)}${words}</button>`)}
    </div>`;
}

async function choose({ app, visit }, question, result) {
  const before = question.answer;
  if (before?.result === result) {
    if (result === "fail" && !question.hazards.length) app.go(newHazard(visit, question));
    return;
  }
  if (!(await visit.answer(question, result))) return;
  if (result === "fail" && !question.hazards.length) {
    app.go(`${newHazard(visit, question)}&was=${before?.result ?? ""}`);
    return;
  }
  const after = visit.questions.find(({ key }) => key === question.key);
  app.toast(`已记“${RESULTS[result]}”：${clip(wordsOf(question), 14)}`, {
    label: "撤销", act: () => visit.answer(after ?? question, before?.result ?? "", before?.note ?? ""),
  });
  showNext(visit, question);
}

/** The next open card of the group comes into sight, so that the thumb can stay where it is. */
function showNext(visit, question) {
  const list = visit.questions.filter(({ section }) => section === question.section);
  const at = list.findIndex(({ key }) => key === question.key);
  const next = list.slice(at + 1).find(({ lacks }) => lacks.length);
  const element = next && document.getElementById(next.key);
  if (!element) return;
  const box = element.getBoundingClientRect();
  if (box.bottom > innerHeight - 150) scrollBy({ top: box.bottom - innerHeight + 160, behavior: "smooth" });
}

export const newHazard = (visit, { item, point }) =>
  `#/v/${visit.id}/h/new?${item ? `item=${item.id}` : `point=${point.id}`}`;

export const riskPointLink = (visit) =>
  html`<a class="button wide" href="#/v/${visit.id}/point">${icon("plus")}风险点</a>`;

function below(screen, question) {
  const { visit } = screen;
  const { answer, hazards, lacks } = question;
  const lack = lacks.find((code) => LACKS[code]);
  return html`
    ${lack ? html`<p class="error">${icon("alert-circle")}<span>${LACKS[lack]}${lack === "conflict" ? html`，<a href="#/sync">去选定</a>` : nothing}</span></p>` : nothing}
    ${hazards.map((hazard) => hazardRow(screen, hazard))}
    ${answer?.result === "fail" ? html`<a class="button wide ${hazards.length ? "" : "danger"}" href=${newHazard(visit, question)}>${icon("plus")}${hazards.length ? "再登记一项隐患" : "登记这项隐患"}</a>` : nothing}
    ${answer ? noteOf(screen, question) : nothing}`;
}

function noteOf(screen, question) {
  const { app, visit } = screen;
  const { key, answer } = question;
  if (screen.editing !== key) return answer.note ? html`<p class="small">备注：${answer.note}</p>` : nothing;
  const save = async (event) => {
    event.preventDefault();
    const text = event.target.elements.note.value.trim();
    screen.editing = null;
    if (text === answer.note) app.draw();
    else await visit.answer(question, answer.result, text);
  };
  const clear = async () => {
    screen.editing = null;
    await visit.answer(question, "", "");
  };
  return html`<form @submit=${save}>
    <label class="small" for="note-${key}">备注</label>
    <textarea class="input" id="note-${key}" name="note" maxlength="300" .value=${answer.note}></textarea>
    <p class="row even below"><button type="button" class="button small" @click=${clear}>清除作答</button>
      <button type="submit" class="button small primary">保存备注</button></p>
  </form>`;
}

function edit(screen, key) {
  screen.editing = screen.editing === key ? null : key;
  screen.app.draw();
  document.getElementById(`note-${key}`)?.focus();
}

/** A hazard of this visit as a row that opens it. */
export function hazardRow({ app, visit }, hazard) {
  const photo = hazard.files?.find(({ purpose }) => purpose === "before");
  return html`
    <div class="found">
      ${photo ? thumb(app, photo, 1) : nothing}
      <a class="link-row grow" href="#/v/${visit.id}/h/${hazard.id}">
        <span class="grow"><span>${severity(hazard.severity)} <strong>${placeOf(hazard)}</strong></span>
          <span>${clip(hazard.description, 48)}</span>
          <span class="soft small">${hazard.number || "编号在同步后生成"}${hazard.due_on ? ` · ${day(hazard.due_on)}前` : ""}</span></span>
        ${icon("chevron-right")}
      </a>
    </div>`;
}

// hazards of last time

function hazardCard(screen, question) {
  const { visit } = screen;
  const { hazard, recheck } = question;
  const due = left(hazard.due_on, visit.today);
  return html`
    <section class="question" id=${question.key} aria-label="上次隐患 ${hazard.number}">
      <p class="above">${severity(hazard.severity)}${state(HAZARD_STATES[hazard.state] ?? [hazard.state, "grey"])}
        <span class=${due.mood}>${day(hazard.due_on)}前 · ${due.words}</span></p>
      <p class="ask">${placeOf(hazard)}：${hazard.description}</p>
      <p class="method">${hazard.number}</p>
      ${lastPhotos(hazard)}
      ${hazard.can_recheck ? recheckButtons(visit, hazard, recheck) : html`<p class="soft small">由执法人员复查，这里只供查看。</p>`}
      <div class="below">${recheck ? recheckWords(recheck) : nothing}</div>
    </section>`;
}

const hide = (event) => { event.target.closest(".shot").hidden = true; };

const lastPhotos = ({ photos = [] }) => (photos.length ? html`
  <div class="shots">${photos.slice(0, 3).map((url, index) => html`<div class="shot"><span class="thumb"><img src=${url} alt="整改前照片 ${index + 1}" loading="lazy" @error=${hide}></span></div>`)}</div>` : nothing);

function recheckButtons(visit, hazard, recheck) {
  const url = (result) => `#/v/${visit.id}/r/${hazard.id}?result=${result}`;
  const handedIn = hazard.state === "submitted";
  return html`
    <div class="answers two" role="group" aria-label="复查结果">
      ${handedIn ? html`<a class="answer ok" role="button" aria-pressed=${recheck?.result === "passed"} href=${url("passed")}>${icon("check")}已整改</a>`
        : html`<span class="soft small">企业还没有提交整改：已整改的先由企业提交，或回去代为录入</span>`}
      <a class="answer fail" role="button" aria-pressed=${recheck?.result === "failed"} href=${url("failed")}>${icon("x")}未整改</a>
    </div>`;
}

const recheckWords = ({ result, reason, new_due_on, is_refused, files = [] }) => html`
  <p class=${result === "passed" ? "good" : "late"}>${result === "passed" ? "本次复查：已整改" : `本次复查：${is_refused ? "拒不整改" : "未整改"}，${reason}，新期限 ${day(new_due_on)}`}${files.length ? `，照片 ${files.length} 张` : ""}</p>`;
