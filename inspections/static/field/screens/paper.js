// The record of a visit on the screen: a draft from the phone's own log, and the real papers once the server made them.

import { html, nothing } from "../../npm/lit-html/lit-html.js";
import { icon, note } from "../widgets/bits.js";
import { majorNote } from "../widgets/hazard_saved.js";
import { draftPaper } from "../widgets/draft_paper.js";
import { openVisit } from "../widgets/visit.js";

export async function open(app, id) {
  const visit = await openVisit(app, id);
  const screen = { app, visit, papers: [], points: null, asked: false, signature: "" };
  const signed = visit.view.sign?.files?.[0];
  if (signed) {
    const blob = await app.store.blob(signed.id);
    if (blob) screen.signature = URL.createObjectURL(blob);
  }
  ask(screen);
  return {
    title: "检查记录",
    back: `#/p/${encodeURIComponent(visit.place.key)}`,
    view: () => view(screen),
    bar: () => bar(screen),
    changed: async ({ is_new: isNew, what }) => {
      if (isNew || what === "forgotten") return;
      await visit.read();
      if (!screen.papers.length) ask(screen);
      app.draw();
    },
    close: () => URL.revokeObjectURL(screen.signature),
  };
}

/** The real papers, where there is signal. */
async function ask(screen) {
  const { app, visit } = screen;
  const told = (visit.view.sign ?? visit.view.refusal)?.state;
  if (told !== "done") return;
  try {
    ({ papers: screen.papers, points: screen.points } = await app.api.visit(visit.id));
  } catch {
    // Without signal the draft is what there is.
  }
  screen.asked = true;
  app.draw();
}

function view(screen) {
  const { app, visit, papers, points } = screen;
  return html`
    ${visit.view.hazards.map((hazard) => (hazard.severity === "major" ? majorNote(visit, hazard) : nothing))}
    ${standing(visit)}
    ${papers.length ? papers.map(paperCard) : nothing}
    ${points ? html`<a class="button wide" href=${points} target="_blank" rel="noopener">${icon("list-numbers")}按这次检查记分</a>` : nothing}
    ${papers.length ? html`<details><summary class="link-row">手机上的草稿</summary>${draftPaper(app, visit, screen.signature)}</details>`
      : draftPaper(app, visit, screen.signature)}`;
}

function standing(visit) {
  const { state, sign, refusal, problem } = visit.view;
  if (problem) return note("bad", "alert-circle", html`服务器没有接受这次检查：${problem}。<a href="#/sync">看怎么办</a>`);
  if (state === "unsettled") return note("warn", "git-compare", html`签字时有答案被别人改过，选定以后签字才生效。<a href="#/sync">去选定</a>`);
  if (visit.isOpen) return note("", "info-circle", html`检查还没有结束，这是到现在为止的草稿。<a href="#/v/${visit.id}">继续检查</a>`);
  const told = (sign ?? refusal).state;
  if (told === "done") return note("ok", "circle-check", "服务器已收到签字，文书已生成。");
  if (told === "waiting") return note("", "cloud-up", `服务器已收到签字，${sign?.message || "等照片传完"}后生成文书。`);
  return note("warn", "cloud-up", html`签字只在这台手机上，有信号后自动上传。<a href="#/sync">看同步</a>`);
}

const STATES = { draft: "草稿", issued: "已签发", rendering: "正在制作", ready: "已生成", void: "已作废", voided: "已作废", failed: "制作失败，办公室会重做" };

const paperCard = ({ title, number, state, url, qr }) => html`
  <section class="card stack">
    <h2>${title}</h2>
    <p class="row"><strong class="nowrap">${number || "没有文号"}</strong><span class="tag">${STATES[state] ?? state}</span></p>
    ${qr ? html`<div class="qr"><img src=${qr} alt="${title}的二维码"></div><p class="soft small">请负责人用手机扫码接收或核验。</p>` : nothing}
    <a class="button wide" href=${url} target="_blank" rel="noopener">${icon("file-type-pdf")}打开文书</a>
  </section>`;

/** Officers order what they found to be mended, once; what was refused may be given again. */
const mayOrder = (visit) => visit.isOfficial && visit.view.hazards.length > 0 && !visit.view.order
  && (visit.view.sign ?? visit.view.refusal)?.state !== "conflict";

function bar({ app, visit }) {
  const place = html`<a class="button" href="#/v/${visit.id}/compare">${icon("git-compare")}对比</a>`;
  if (visit.isOpen) return html`${place}<a class="button primary" href="#/v/${visit.id}">继续检查</a>`;
  if (mayOrder(visit)) return html`${place}<a class="button primary" href="#/v/${visit.id}/order">${icon("gavel")}责令整改</a>`;
  const isDone = (visit.view.sign ?? visit.view.refusal)?.state === "done";
  return html`${place}${isDone ? html`<a class="button primary" href="#/">下一家</a>`
    : html`<button type="button" class="button primary" ?disabled=${app.sync.running} @click=${() => app.sync.now()}>${icon("cloud-up")}${app.sync.running ? "正在上传…" : "立即同步"}</button>`}`;
}
