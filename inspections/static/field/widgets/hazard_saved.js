// A hazard that cannot be changed any more, and how long a major one waits for the regulator.

import { html, nothing } from "../../npm/lit-html/lit-html.js";
import { note, severity } from "./bits.js";
import { strip } from "./photos.js";
import { voices } from "./voice.js";
import { day, moment, placeOf } from "./words.js";

/** Minutes since a major hazard was written down, until the server has it. */
export function majorNote(visit, hazard) {
  if (hazard.severity !== "major" || !hazard.is_mine) return nothing;
  const told = visit.log.findLast(({ kind, body }) => body.hazard === hazard.id && body.severity === "major" && kind.startsWith("hazard."));
  if (!told) return nothing;
  if (told.state === "done") return note("ok", "circle-check", `重大隐患已上报，服务器 ${moment(told.receipt?.arrived_at)} 收到。`);
  const minutes = Math.max(0, Math.floor((Date.now() - Date.parse(told.made_at)) / 60_000));
  return note("bad", "alert-triangle", `重大隐患：有信号时立即上报，已过 ${minutes} 分钟。没有信号请先打电话报告。`);
}

export function savedView(app, visit, hazard) {
  const withState = (file) => ({ ...file, state: visit.files.get(file.id)?.state });
  const files = hazard.files ?? [];
  const rows = [
    ["编号", hazard.number || "同步后生成"], ["部位", placeOf(hazard)], ["描述", hazard.description], ["依据", hazard.basis],
    ["整改措施", hazard.measure], ["防控措施", hazard.emergency_plan], ["期限", day(hazard.due_on)],
  ].filter(([, words]) => words);
  return html`
    ${majorNote(visit, hazard)}
    <p>${severity(hazard.severity)}</p>
    ${strip(app, files.filter(({ purpose }) => purpose !== "voice").map(withState))}
    ${voices(app, files.filter(({ purpose }) => purpose === "voice"))}
    <dl class="card facts">${rows.map(([name, words]) => html`<dt>${name}</dt><dd>${words}</dd>`)}</dl>
    <p class="soft">这次检查已经结束，不能再改；需要补充请另开一次检查。</p>`;
}
