// The end of a visit: what is missing, what is read to the representative, and his signature or his refusal.

import { html, nothing } from "../../npm/lit-html/lit-html.js";
import { choices, empty, field, fieldError, icon, note, severity } from "../widgets/bits.js";
import { ask } from "../widgets/dialogs.js";
import { openPad } from "../widgets/pad.js";
import { openVisit } from "../widgets/visit.js";
import { day, moment, placeOf } from "../widgets/words.js";

const BLANK = { way: "sign", representative_name: "", representative_post: "", refusal_reason: "", witness_name: "" };

export async function open(app, id) {
  const visit = await openVisit(app, id);
  if (!visit.isOpen && visit.view.state !== "unsettled") app.go(`#/v/${id}/paper`, { replace: true });
  const key = `sign:${id}`;
  const words = { ...BLANK, representative_name: visit.view.sign?.representative_name ?? "", ...(await app.drafts.get(key)) };
  const screen = { app, visit, key, words, errors: {}, pad: null, strokes: [], busy: false };
  return {
    title: visit.isOfficial ? "请现场负责人签字" : "请企业负责人签字",
    back: `#/v/${id}`,
    view: () => { afterDraw(screen); return view(screen); },
    bar: () => bar(screen),
    changed: async (change) => { if (!change.is_new) { await visit.read(); app.draw(); } },
    close: () => screen.pad?.close(),
  };
}

// The pad is set up on its canvas once that is on the page; what was signed outlives a new canvas.
function afterDraw(screen) {
  queueMicrotask(() => {
    const canvas = document.getElementById("pad");
    if (canvas === screen.canvas) return;
    if (screen.pad) screen.strokes = screen.pad.data();
    screen.pad?.close();
    screen.canvas = canvas;
    screen.pad = canvas && openPad(canvas, () => { delete screen.errors.signature; screen.app.draw(); });
    if (screen.pad && screen.strokes.length) screen.pad.restore(screen.strokes);
  });
}

function set({ app, key, words, errors }, changes, draw = true) {
  Object.assign(words, changes);
  Object.keys(changes).forEach((name) => delete errors[name]);
  app.drafts.put(key, words);
  if (draw) app.draw();
}

function view(screen) {
  const { visit, words } = screen;
  const blocks = visit.missing.filter((one) => one.blocks);
  if (!visit.progress.asked && !visit.view.hazards.length) return empty("list-check", "这次检查没有要问的，请回去看看。");
  return html`
    ${missingList(visit)}
    ${blocks.length ? nothing : html`
      ${summary(visit)}
      ${choices("way", [["sign", "签字"], ["refuse", "拒绝签字", "bad"]], words.way, (way) => set(screen, { way }), { legend: "负责人" })}
      ${words.way === "sign" ? signature(screen) : refusal(screen)}`}`;
}

function missingList(visit) {
  if (!visit.missing.length) return nothing;
  return html`<h2>还差这些</h2>
    <ul class="card list">${visit.missing.map((one) => html`<li>
      <a class="link-row" href=${linkTo(visit, one)}>${icon(one.blocks ? "alert-circle" : "info-circle")}
        <span class="grow ${one.blocks ? "late" : ""}"><span>${one.words}</span>${one.blocks ? nothing : html`<span class="soft small">不补也可以签字</span>`}</span>${icon("chevron-right")}</a></li>`)}</ul>`;
}

function linkTo(visit, { code, keys }) {
  if (code === "conflict") return "#/sync";
  const question = visit.questions.find(({ key }) => key === keys[0]);
  return `#/v/${visit.id}?g=${question?.section ?? "site"}`;
}

/** What is read to the representative before he signs. */
function summary(visit) {
  const { hazards, rechecks, arrived_at: arrived, note: text, photos } = visit.view;
  const { asked, failed } = visit.progress;
  const results = [...rechecks.values()];
  const passed = results.filter(({ result }) => result === "passed").length;
  return html`
    <h2>请念给负责人听</h2>
    <section class="card stack">
      <p><strong>${visit.place.name}</strong></p>
      <p>${moment(arrived)} 到场，检查 ${asked} 项，其中不符合 ${failed} 项，现场照片 ${photos.length} 张。</p>
      ${results.length ? html`<p>复查上次隐患 ${results.length} 项：已整改 ${passed} 项，未整改 ${results.length - passed} 项。</p>` : nothing}
      <p>${hazards.length ? `查出隐患 ${hazards.length} 项：` : "没有查出隐患。"}</p>
      <ol class="list">${hazards.map((hazard, index) => html`<li>${index + 1}. ${severity(hazard.severity)} <strong>${placeOf(hazard)}</strong>：${hazard.description}${hazard.due_on && !visit.isOfficial ? html`<br><span class="soft small">期限 ${day(hazard.due_on)}</span>` : nothing}</li>`)}</ol>
      ${text ? html`<p class="soft">${text}</p>` : nothing}
      ${visit.isOfficial ? html`<p><strong>以上情况属实。</strong></p>` : nothing}
    </section>`;
}

const input = (screen, name, most) => html`<input class="input" id=${name} maxlength=${most} autocomplete="off" .value=${screen.words[name]}
  aria-invalid=${Boolean(screen.errors[name])} aria-describedby=${screen.errors[name] ? `${name}-error` : nothing}
  @input=${(event) => set(screen, { [name]: event.target.value }, Boolean(screen.errors[name]))}>`;

function signature(screen) {
  const { errors, visit } = screen;
  const known = visit.place.principal;
  return html`
    ${field("representative_name", "现场负责人姓名", input(screen, "representative_name", 40), { errors, required: true })}
    ${known && screen.words.representative_name !== known ? html`<p class="field"><button type="button" class="chip" @click=${() => set(screen, { representative_name: known })}>${known}</button></p>` : nothing}
    ${field("representative_post", "职务", input(screen, "representative_post", 40), { errors })}
    <div class="field ${errors.signature ? "has-error" : ""}">
      <p class="label" id="pad-label">请在框内签名</p>
      <canvas class="pad" id="pad" tabindex="-1" role="img" aria-labelledby="pad-label"></canvas>
      ${fieldError("signature", errors.signature)}
      <p class="below row"><button type="button" class="button small" @click=${() => { screen.strokes = []; screen.pad.clear(); }}>${icon("eraser")}重签</button><span class="soft small">手机横过来更好写。</span></p>
    </div>`;
}

const refusal = (screen) => html`
  ${note("warn", "info-circle", "拒签照样生成记录，写明原因和见证人。记录以后不能补签。")}
  ${field("refusal_reason", "拒签原因", input(screen, "refusal_reason", 200), { errors: screen.errors, required: true })}
  ${field("witness_name", "见证人姓名", input(screen, "witness_name", 40), { errors: screen.errors, required: true })}`;

function bar(screen) {
  const { visit, words, busy } = screen;
  const blocks = visit.missing.some((one) => one.blocks);
  const back = html`<a class="button ${blocks ? "primary" : "narrow"}" href="#/v/${visit.id}">回去检查</a>`;
  if (blocks) return back;
  return words.way === "sign"
    ? html`${back}<button type="button" class="button primary" ?disabled=${busy} @click=${() => end(screen, sign)}>签字并结束检查</button>`
    : html`${back}<button type="button" class="button danger primary" ?disabled=${busy} @click=${() => end(screen, refuse)}>记录拒签</button>`;
}

const NEEDED = {
  sign: [["representative_name", "请填写现场负责人姓名"]],
  refuse: [["refusal_reason", "请填写拒签原因"], ["witness_name", "请填写见证人姓名"]],
};

function check({ words, pad }) {
  const errors = {};
  for (const [name, message] of NEEDED[words.way]) if (!words[name].trim()) errors[name] = message;
  if (words.way === "sign" && pad.isEmpty()) errors.signature = "请现场负责人在框内签名";
  else if (words.way === "sign" && pad.isTooSmall()) errors.signature = "签名太小或太短，请重签";
  return errors;
}

async function end(screen, finish) {
  const { app, visit, key } = screen;
  screen.errors = check(screen);
  app.draw();
  const [first] = Object.keys(screen.errors);
  if (first) {
    document.getElementById(first === "signature" ? "pad" : first)?.focus();
    return;
  }
  const sure = await ask({ title: "结束这次检查？", words: "结束以后答案和隐患不能再改，文书在同步后生成。", yes: "结束检查" });
  if (!sure) return;
  screen.busy = true;
  app.draw();
  await visit.flushTrack();
  const isKept = await finish(screen);
  screen.busy = false;
  app.draw();
  if (!isKept) return;
  await visit.leave();
  await app.drafts.drop(key);
  app.toast("已签字结束，文书在同步后生成");
  app.sync.now();
  app.go(`#/v/${visit.id}/paper`, { replace: true });
}

async function sign({ visit, words, pad }) {
  const body = { representative_name: words.representative_name.trim(), representative_post: words.representative_post.trim() };
  return visit.append("visit.sign", body, [{ blob: await pad.image(), purpose: "signature" }]);
}

const refuse = ({ visit, words }) =>
  visit.append("visit.refuse", { refusal_reason: words.refusal_reason.trim(), witness_name: words.witness_name.trim() });
