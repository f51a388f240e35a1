// Phone | server, column by column: what differs is marked, what is alike can be left out.

import { html, nothing } from "../../npm/lit-html/lit-html.js";
import { empty, icon, note } from "../widgets/bits.js";
import { compared } from "../widgets/comparing.js";
import { signInUrl } from "../widgets/leaving.js";
import { SignIn } from "../api.js";
import { openVisit } from "../widgets/visit.js";
import { moment } from "../widgets/words.js";

export async function open(app, id) {
  const visit = await openVisit(app, id);
  const screen = { app, visit, parts: null, problem: "", at: "" };
  ask(screen);
  return {
    title: "手机和服务器对比",
    back: visit.isOpen ? `#/v/${id}` : `#/v/${id}/paper`,
    wide: true,
    view: () => view(screen),
    bar: () => html`<button type="button" class="button" @click=${() => ask(screen)}>${icon("refresh")}重新对比</button>
      <a class="button primary" href="#/sync">去同步</a>`,
  };
}

async function ask(screen) {
  const { app, visit } = screen;
  Object.assign(screen, { parts: null, problem: "" });
  try {
    await visit.read();
    screen.parts = await compared(visit, await app.api.visit(visit.id));
    screen.at = new Date().toISOString();
  } catch (error) {
    if (error instanceof SignIn) app.signedIn = false;
    screen.problem = error.status === 404 ? "服务器上还没有这次检查：一条记录都没有传到。" : `看不到服务器上的内容：${error.message}。`;
  }
  app.draw();
}

function view(screen) {
  const { app, parts, problem } = screen;
  if (problem) return html`${note("warn", "cloud-off", html`${problem}手机上的记录都在。${app.signedIn === false ? html`<a href=${signInUrl(app)}>重新登录</a>` : nothing}`)}`;
  if (!parts) return html`<p class="soft" role="status">正在向服务器取这次检查…</p><progress aria-label="正在取"></progress>`;
  const onlyDifferent = app.query.get("diff") === "1";
  const different = parts.flatMap(({ rows }) => rows).filter((row) => row.isDifferent).length;
  return html`
    <p class="card-title">${screen.visit.place.name}</p>
    <p class="soft small" role="status">${moment(screen.at)}对比，${different ? `有 ${different} 处不同` : "全部一致"}</p>
    <p class="row field"><a class="chip" role="button" aria-pressed=${onlyDifferent} href=${address(screen, !onlyDifferent)}>${icon("filter")}只看不同</a></p>
    ${onlyDifferent && !different ? empty("circle-check", "手机和服务器完全一致。") : parts.map((part) => table(part, onlyDifferent))}`;
}

const address = ({ visit }, onlyDifferent) => `#/v/${visit.id}/compare${onlyDifferent ? "?diff=1" : ""}`;

function table({ title, rows }, onlyDifferent) {
  const shown = onlyDifferent ? rows.filter((row) => row.isDifferent) : rows;
  if (!shown.length) return nothing;
  return html`
    <h2>${title} ${rows.length} 项</h2>
    <table class="compare" role="table" aria-label=${title}>
      <thead role="rowgroup"><tr role="row"><th scope="col" role="columnheader">内容</th><th scope="col" role="columnheader">手机</th><th scope="col" role="columnheader">服务器</th></tr></thead>
      <tbody role="rowgroup">${shown.map((row) => html`
        <tr role="row" class=${row.isDifferent ? "is-different" : ""}>
          <th scope="row" role="rowheader">${row.isDifferent ? html`<span class="tag warn">不同</span> ` : nothing}${row.name}</th>
          <td role="cell">${row.phone || "—"}</td><td role="cell">${row.server || "—"}</td>
        </tr>`)}</tbody>
    </table>`;
}
