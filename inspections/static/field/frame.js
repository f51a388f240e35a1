// The frame around each screen: head with the way back and the state of sync, page, bar with the next action.

import { html, nothing, render } from "../npm/lit-html/lit-html.js";
import { held } from "./storage.js";
import { icon, note } from "./widgets/bits.js";

const TABS = [["#/", "企业", "building-factory-2"], ["#/sync", "同步", "cloud-up"], ["#/me", "我", "user"]];

/** @param {HTMLElement} root */
export function frame(root, app, screen) {
  render(html`
    <header class="head">
      ${screen.back ? html`<a class="icon-button" href=${screen.back} aria-label="返回">${icon("chevron-left")}</a>` : nothing}
      <h1 tabindex="-1">${screen.heading?.() ?? screen.title}</h1>
      ${app.store ? net(app) : nothing}
    </header>
    <main id="page" class=${screen.wide ? "is-wide" : ""} tabindex="-1">
      ${app.store && held(app.store).length ? heldNote(held(app.store).length) : nothing}
      ${screen.view()}
    </main>
    ${screen.tab ? tabs(app, screen.tab) : bar(screen)}`, root);
}

const bar = (screen) => (screen.bar ? html`<footer class="bar">${screen.bar()}</footer>` : nothing);

const heldNote = (count) => note("bad", "database-off", html`
  手机没有空间了，${count} 条记录只在内存里，关掉页面就会丢。请先<a href="#/sync">导出或清理</a>。`);

function tabs(app, current) {
  const { operations = 0, files = 0 } = app.unsent ?? {};
  const waits = operations + files;
  return html`<nav class="bar tabs-bar" aria-label="主要页面">
    ${TABS.map(([href, words, name]) => html`
      <a href=${href} aria-current=${href === current ? "page" : nothing}>
        ${icon(name)}<span>${words}</span>
        ${href === "#/sync" && waits ? html`<span class="badge"><span class="unseen">未上传</span>${waits}</span>` : nothing}
      </a>`)}
  </nav>`;
}

function net(app) {
  const { words, name, off } = state(app);
  return html`<a class="net ${off ? "is-off" : ""}" href="#/sync" aria-live="polite">${icon(name)}<span>${words}</span></a>`;
}

function state(app) {
  const { operations = 0, files = 0 } = app.unsent ?? {};
  const waits = operations + files;
  if (app.sync.running) return { words: "上传中", name: "refresh" };
  if (!app.online) return { words: waits ? `离线 ${waits}` : "离线", name: "wifi-off", off: true };
  if (app.signedIn === false) return { words: "待登录", name: "lock", off: true };
  if (waits) return { words: `未上传 ${waits}`, name: "cloud-up", off: true };
  return { words: "已同步", name: "cloud-check" };
}
