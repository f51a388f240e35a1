// Who works on this phone, how it looks, and its version.

import { html, nothing } from "../../npm/lit-html/lit-html.js";
import { othersUnsent, othersWords } from "../people.js";
import { choices, icon, note } from "../widgets/bits.js";
import { ask } from "../widgets/dialogs.js";
import { leavePhone, signInUrl } from "../widgets/leaving.js";
import { setTheme, theme, THEMES } from "../widgets/theme.js";
import { size } from "../widgets/words.js";

export async function open(app) {
  const others = await othersUnsent();
  return { title: "我", tab: "#/me", view: () => view(app, others) };
}

function view(app, others) {
  const { me, head } = app;
  const rows = [["单位", me.org], ["身份", me.role], ["证号", head?.me?.certificate]].filter(([, words]) => words);
  return html`
    <section class="card stack">
      <p class="card-title">${me.name}</p>
      <dl class="facts">${rows.map(([name, words]) => html`<dt>${name}</dt><dd>${words}</dd>`)}</dl>
      ${app.signedIn === false ? note("warn", "lock", html`登录已过期，可以照常检查。<a href=${signInUrl(app)}>重新登录</a>`) : nothing}
      ${others ? note("", "users", othersWords(others)) : nothing}
    </section>
    ${choices("theme", THEMES, theme(), (value) => { setTheme(value); app.draw(); }, { legend: "显示", down: true })}
    <section class="stack">
      <a class="button wide" href="#/help">${icon("help-circle")}怎么用</a>
      <a class="button wide" href=${app.config.desk}>${icon("device-desktop")}回到网页版</a>
      <button type="button" class="button danger wide" @click=${() => leave(app)}>${icon("logout")}换人或退出</button>
    </section>
    <h2>版本</h2>
    ${app.update ? note("", "sparkles", html`有新版本，更新后页面会重新打开，记录不受影响。<p class="row"><button type="button" class="button small primary" @click=${app.update}>现在更新</button></p>`)
      : html`<p class="soft">已是最新。新版本会自动下载，在这里提示更新。</p>`}`;
}

/** What is unsent is told before anybody leaves; leaving hides everything and deletes nothing. */
async function leave(app) {
  await app.countUnsent();
  const { operations, files, bytes } = app.unsent;
  const waits = operations + files;
  const words = waits
    ? `还有 ${operations} 条记录、${files} 个文件（${size(bytes)}）没有上传。退出后别人看不到，也不会丢，但要等 ${app.me.name} 再次登录才能上传。最好先同步。`
    : "记录都已上传。退出后这台手机上看不到你的资料，再次登录就能看到。";
  const sure = await ask({ title: "换人或退出？", words, yes: waits ? "仍然退出" : "退出", danger: waits > 0 });
  if (sure) await leavePhone(app);
}
