// Each visit of this phone with its receipts: what the server has, what it refused, what waits for a choice.

import { html, nothing } from "../../npm/lit-html/lit-html.js";
import { NotReceived } from "../store.js";
import { icon, note, state } from "./bits.js";
import { conflictCards } from "./conflicts.js";
import { ask } from "./dialogs.js";
import { FILE_STATES, moment, OPERATION_STATES, OPERATIONS, PURPOSES, size, VISIT_KINDS } from "./words.js";

/** Every visit with its log and files, newest first. */
export async function readLedger(app) {
  const visits = await app.store.visits();
  return Promise.all(visits.map(async (visit) => {
    const [log, files, place] = await Promise.all([app.store.log(visit.id), app.store.files(visit.id), app.store.place(visit.place)]);
    return { ...visit, log, files, placeWords: place };
  }));
}

const waits = ({ unsent }) => unsent.operations + unsent.files;

export function visitCard(screen, visit) {
  const isOpen = screen.opened.has(visit.id);
  const toggle = () => {
    if (!screen.opened.delete(visit.id)) screen.opened.add(visit.id);
    screen.app.draw();
  };
  return html`
    <section class="card stack" data-visit=${visit.id}>
      <button type="button" class="link-row" aria-expanded=${isOpen} @click=${toggle}>
        <span class="grow"><strong>${visit.name}</strong><span class="soft small">${moment(visit.started_at)} ${VISIT_KINDS[visit.kind] ?? ""}</span></span>
        ${state(standing(visit))}${icon(isOpen ? "chevron-up" : "chevron-down")}
      </button>
      ${refusals(screen, visit)}
      ${conflictCards(screen.app, visit)}
      ${isOpen ? details(screen, visit) : nothing}
    </section>`;
}

function standing(visit) {
  if (visit.refused) return ["有未入账", "red"];
  if (visit.conflicts) return ["要选版本", "amber"];
  if (waits(visit)) return [`未上传 ${waits(visit)}`, "grey"];
  if (visit.unsent.waiting) return ["等待生效", "blue"];
  return visit.state === "open" ? ["进行中，已传", "blue"] : ["全部收到", "green"];
}

function refusals({ app }, visit) {
  const refused = [...visit.log, ...visit.files].filter((one) => one.state === "refused" && !one.is_seen);
  const start = refused.find(({ kind, body }) => kind === "visit.start" && body);
  if (start) return fallen(app, visit, start, refused);
  const seen = (one) => app.store.acknowledge(one.id);
  return refused.map((one) => note("bad", "alert-circle", html`
    <strong>${OPERATIONS[one.kind] && one.body ? OPERATIONS[one.kind] : PURPOSES[one.purpose]}没有入账：</strong>${one.receipt?.message ?? one.message ?? ""}
    <br>${whatToDo(app, one)}
    <p class="row"><button type="button" class="button small" @click=${() => seen(one)}>知道了</button></p>`));
}

/** The visit itself does not stand, and with it nothing that was done on it: one word for all. */
function fallen(app, visit, start, refused) {
  const rest = visit.log.length - 1;
  const seen = async () => {
    for (const { id } of refused) await app.store.acknowledge(id);
  };
  return note("bad", "alert-circle", html`
    <strong>这次检查没有入账：</strong>${start.receipt?.message ?? ""}${rest ? `（随之没有入账的还有 ${rest} 条）` : ""}
    <br>${whatToDo(app, start)}
    <p class="row"><button type="button" class="button small" @click=${seen}>知道了</button></p>`);
}

function whatToDo(app, one) {
  if (one.purpose && !one.body) return "原件还在手机上。请重新拍一张，或导出后交给办公室。";
  const desk = html`<a href=${app.config.refused} target="_blank" rel="noopener">电脑上的“未入账”</a>`;
  if (one.kind === "visit.start") return html`这次检查的记录服务器都留着但没有入账，请按原因处理，到${desk}里办理。`;
  return html`服务器留着这条记录。请按原因改正后重新记录，或到${desk}里办理。`;
}

function details({ app }, visit) {
  return html`
    <h3>记录 ${visit.log.length} 条</h3>
    <ul class="list small">${runs(visit.log).map(runLine)}</ul>
    ${visit.files.length ? html`<h3>文件 ${visit.files.length} 个</h3>
      <ul class="list small">${visit.files.map(fileLine)}</ul>` : nothing}
    <div class="row even">
      <a class="button small" href=${visit.state === "open" ? `#/v/${visit.id}` : `#/v/${visit.id}/paper`}>${visit.state === "open" ? "继续检查" : "看记录"}</a>
      <a class="button small" href="#/v/${visit.id}/compare">${icon("git-compare")}与服务器对比</a>
    </div>
    ${canForget(visit) ? html`<button type="button" class="button danger wide" @click=${() => forget(app, visit)}>${icon("trash")}从手机删除</button>` : nothing}`;
}

/** Neighbours of one kind that stand alike are one line. */
function runs(log) {
  const found = [];
  for (const operation of log) {
    const last = found.at(-1);
    if (last && last[0].kind === operation.kind && last[0].state === operation.state) last.push(operation);
    else found.push([operation]);
  }
  return found;
}

function runLine(run) {
  const [first, last] = [run[0], run.at(-1)];
  const arrived = last.receipt?.arrived_at;
  const numbers = run.length > 1 ? `${first.sequence}–${last.sequence}` : first.sequence;
  return html`<li class="row apart">
    <span>${numbers}. ${OPERATIONS[first.kind] ?? first.kind}${run.length > 1 ? ` ${run.length} 条` : ""}</span>
    <span>${state(OPERATION_STATES[first.state])}${arrived ? html` <span class="soft">${moment(arrived)}收</span>` : nothing}</span></li>`;
}

const fileLine = (file) => html`<li class="row apart">
  <span>${PURPOSES[file.purpose] ?? file.purpose}　<span class="soft">${size(file.size)}　<span class="mono" title=${file.sha256}>${file.sha256.slice(0, 12)}</span></span></span>
  <span>${state(FILE_STATES[file.state] ?? [file.state, "grey"])}${file.state === "expected" && file.received ? ` ${Math.floor((file.received / file.size) * 100)}%` : ""}${file.stored_at ? html` <span class="soft">${moment(file.stored_at)}收</span>` : nothing}</span>
  ${file.message && file.state !== "stored" ? html`<span class="late">${file.message}</span>` : nothing}</li>`;

const canForget = (visit) => visit.state !== "open" && !waits(visit) && !visit.unsent.waiting && !visit.unsent.damaged && !visit.refused && !visit.conflicts;

async function forget(app, visit) {
  const sure = await ask({
    title: "从手机删除这次检查？", words: `${visit.name} ${moment(visit.started_at)}\n${visit.log.length} 条记录、${visit.files.length} 个文件服务器都已收到。只删手机上的，服务器上的不变。`,
    yes: "从手机删除", danger: true,
  });
  if (!sure) return;
  try {
    await app.store.forget(visit.id);
    if (app.visit?.id === visit.id) app.visit = null;
    app.toast("已从手机删除");
  } catch (error) {
    if (!(error instanceof NotReceived)) throw error;
    app.toast(error.message, { mood: "bad", seconds: 8 });
  }
}
