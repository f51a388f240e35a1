// Two versions of one answer, side by side; a person chooses, nothing is merged.

import { html, nothing } from "../../npm/lit-html/lit-html.js";
import { replay } from "../replay.js";
import { icon } from "./bits.js";
import { ask } from "./dialogs.js";
import { openVisit } from "./visit.js";
import { clip, moment, RESULTS } from "./words.js";

/** @param {object} visit  of the ledger: with its log and its place */
export function conflictCards(app, visit) {
  if (!visit.conflicts && !visit.log.some(({ kind, state }) => kind === "visit.sign" && state === "conflict")) return nothing;
  const view = replay(visit.log, { place: visit.placeWords });
  return html`
    ${view.conflicts.map((key) => one(app, visit, view.answers.get(key)))}
    ${view.sign?.state === "conflict" ? settling(app, visit, view) : nothing}`;
}

function one(app, visit, answer) {
  const { server, mine } = answer.conflict;
  return html`
    <div class="stack" data-conflict=${answer.key}>
      <p><strong>有两个版本：</strong>${question(app, visit, answer)}</p>
      <div class="versus">
        ${version("手机", mine, `本人，${moment(answer.made_at)}`, () => choose(app, visit, answer, mine))}
        ${version("服务器", server, `${server.by || "别人"}，${moment(server.at)}`, () => choose(app, visit, answer, server))}
      </div>
    </div>`;
}

const version = (title, { result, note }, who, pick) => html`
  <div><p class="which">${title}</p>
    <p><strong>${RESULTS[result]}</strong></p>${note ? html`<p class="small">${note}</p>` : nothing}
    <p class="soft small">${who}</p>
    <button type="button" class="button small wide" @click=${pick}>用${title}的</button></div>`;

const texts = new Map();

/** The words of a question, read from its checklist when they are first needed. */
function question(app, visit, { key, item, risk_point: point }) {
  if (point) {
    const found = (visit.placeWords?.risk_points ?? []).find(({ id }) => id === point);
    return found ? `${found.place}：${found.risk}` : "风险点";
  }
  if (!texts.has(key)) {
    texts.set(key, "");
    const ids = visit.log.find(({ kind }) => kind === "visit.start")?.body.templates ?? visit.placeWords?.open_visit?.templates;
    app.store.checklists(ids).then((lists) => {
      lists.flatMap(({ items }) => items).forEach((one) => texts.set(`i${one.id}`, clip(`${one.code} ${one.text}`, 80)));
      app.draw();
    });
  }
  return texts.get(key) || `第 ${item} 项`;
}

async function choose(app, { id }, answer, { result, note }) {
  const visit = await openVisit(app, id);
  const of = answer.risk_point ? { risk_point: answer.risk_point } : { item: answer.item };
  const kept = await visit.append("answer", { ...of, result, note: note ?? "", base: answer.conflict.server.version });
  if (!kept) return;
  app.toast(`已选定“${RESULTS[result]}”`);
  app.sync.now();
}

/** A signature that waits for the choice: what was signed holds, or the answers change and it is signed again. */
function settling(app, { id, name }, view) {
  const hold = async () => {
    const sure = await ask({
      title: "以签字时的内容为准？", words: `${name} 的负责人签字时看到的是手机上的答案。确定后手机上的答案生效，签字随之生效，文书按此生成。`, yes: "以签字内容为准",
    });
    if (!sure) return;
    const visit = await openVisit(app, id);
    if (await visit.append("settle", { operation: view.sign.operation })) app.sync.now();
  };
  return html`
    <div class="note warn">${icon("signature")}<div>
      <p>签字还没有生效：签字以后发现有 ${view.sign.differences.length || view.conflicts.length} 项答案别人也改过。</p>
      <p class="row"><button type="button" class="button small" @click=${hold}>以签字时的内容为准</button>
      <a class="button small" href="#/v/${id}/sign">选定后重新签字</a></p></div></div>`;
}
