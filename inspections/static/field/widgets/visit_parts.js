// What stands beside the questions of a visit: the hazards found, and its notes, photos and voices.

import { html, nothing } from "../../npm/lit-html/lit-html.js";
import { empty, icon } from "./bits.js";
import { lastPosition, positionProblem } from "./geo.js";
import { photoButtons, strip } from "./photos.js";
import { hazardRow } from "./question.js";
import { voiceButton, voices } from "./voice.js";
import { distance, metres, moment, PARTS, VISIT_KINDS } from "./words.js";

export function foundView(screen) {
  const { visit } = screen;
  const { hazards, removed } = visit.view;
  return html`
    ${hazards.length ? html`<div class="card">${hazards.map((hazard) => hazardRow(screen, hazard))}</div>`
      : empty("shield-check", "这次还没有登记隐患。")}
    <a class="button wide" href="#/v/${visit.id}/h/new">${icon("plus")}登记隐患</a>
    ${drafts(screen)}
    ${removed.length ? html`<p class="soft small">已撤回 ${removed.length} 项，编号和记录保留。</p>` : nothing}`;
}

/** Hazards that were begun and not saved. */
function drafts({ visit, notes }) {
  if (!notes.drafts.length) return nothing;
  return html`<h2>没有保存的草稿</h2>
    <ul class="card list">${notes.drafts.map(({ query, words }) => html`<li>
      <a class="link-row" href="#/v/${visit.id}/h/new?${query}">${icon("pencil")}<span class="grow">${words}</span>${icon("chevron-right")}</a></li>`)}</ul>`;
}

/** Words typed and not saved yet, and drafts of hazards. */
export async function readNotes(app, visit) {
  const prefix = `hazard:${visit.id}:new:`;
  const keys = (await app.drafts.all()).filter((key) => key.startsWith(prefix));
  const found = await Promise.all(keys.map(async (key) => [key, await app.drafts.get(key)]));
  return {
    text: (await app.drafts.get(`note:${visit.id}`)) ?? visit.view.note,
    drafts: found.map(([key, draft]) => ({
      query: key.slice(prefix.length),
      words: draft.words.description || draft.words.place || `${draft.shots.length} 张照片，还没有文字`,
    })),
  };
}

export function notesView(screen) {
  const { app, visit } = screen;
  const { photos, voices: said } = visit.view;
  const withState = (file) => ({ ...file, state: visit.files.get(file.id)?.state });
  const keep = (words) => async (files) => {
    if (await visit.append("files", { subject: "visit" }, [].concat(files))) app.toast(words);
  };
  return html`
    <h2>过程控制记录</h2>
    ${processNote(screen)}
    <h2>现场照片 ${photos.length} 张</h2>
    ${strip(app, photos.map(withState))}
    ${photoButtons(app, "site", keep("已保存现场照片"), { words: "拍现场" })}
    <h2>语音 ${said.length} 段</h2>
    ${voices(app, said)}
    <p>${voiceButton(app, keep("已保存语音"), { label: "录一段语音（最长 2 分钟）" })}</p>
    <h2>这次检查</h2>
    ${facts(visit)}`;
}

function processNote(screen) {
  const { app, visit, notes } = screen;
  const typed = (event) => {
    notes.text = event.target.value;
    app.drafts.put(`note:${visit.id}`, notes.text);
  };
  const save = async () => {
    if (notes.text.trim() === visit.view.note) return;
    if (!(await visit.append("note", { text: notes.text.trim() }))) return;
    await app.drafts.drop(`note:${visit.id}`);
    app.toast("已保存过程控制记录");
  };
  return html`
    <label class="unseen" for="process-note">过程控制记录</label>
    <textarea class="input" id="process-note" maxlength="5000" placeholder="查了什么、和谁交换了意见、当场讲解了什么" .value=${notes.text} @input=${typed} @change=${save}></textarea>
    <p class="hint">离开这一栏就会保存。</p>`;
}

function facts(visit) {
  const { kind, part, arrived_at: arrived, position, track } = visit.view;
  const away = position && visit.place.latitude !== null ? `，离登记地址 ${distance(metres(position, visit.place))}` : "";
  return html`<dl class="card facts">
    <dt>类别</dt><dd>${VISIT_KINDS[kind] ?? kind}，${PARTS[part]}</dd>
    <dt>到场</dt><dd>${moment(arrived)}</dd>
    <dt>到场位置</dt><dd>${position ? `精度约 ${Math.round(position.accuracy)} 米${away}` : "没有定位"}</dd>
    <dt>轨迹</dt><dd>${track ? `${track} 个点` : "还没有"}${lastPosition() ? "" : positionProblem() ? `（${positionProblem()}）` : ""}</dd>
  </dl>`;
}
