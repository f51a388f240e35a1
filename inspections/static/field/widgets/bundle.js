// The bundle on this phone: how old it is, and fetching a new one.

import { html, nothing } from "../../npm/lit-html/lit-html.js";
import { SignIn } from "../api.js";
import { refreshBundle } from "../sync.js";
import { icon } from "./bits.js";
import { ago, daysSince } from "./words.js";

const OLD = 14;

/** Fetch a new bundle; says how it went. */
export async function fetchBundle(app) {
  app.fetching = true;
  app.draw();
  try {
    const isNew = await refreshBundle(app.store, app.api);
    app.signedIn = true;
    app.toast(isNew ? "资料已下载到手机" : "已是最新资料");
    localStorage.setItem(checkedKey(app), new Date().toISOString());
  } catch (error) {
    if (error instanceof SignIn) app.signedIn = false;
    app.toast(`没有下载：${error.message}。手机上原来的资料还可以用`, { mood: "bad", seconds: 8 });
  } finally {
    app.fetching = false;
    await app.readHead();
    app.draw();
  }
}

const checkedKey = (app) => `anfu-field-checked-${app.me.member}`;

/** When the server was last asked, or when the bundle was made. */
function since(app) {
  return localStorage.getItem(checkedKey(app)) ?? app.head.made_at;
}

/** One line: how many, the age of the material, and the button. */
export function bundleLine(app, words = "") {
  const isOld = daysSince(since(app)) >= OLD;
  return html`
    <div class="count-line small">
      <span role="status">${words ? html`${words} · ` : nothing}<span class=${isOld ? "soon" : "soft"}>${isOld ? icon("alert-triangle") : nothing}
        资料 ${ago(since(app))}下载${isOld ? "，已超过 14 天，请更新" : ""}</span></span>
      <button type="button" class="button plain small" ?disabled=${app.fetching} @click=${() => fetchBundle(app)}>
        ${icon("download")}${app.fetching ? "正在下载…" : "下载资料"}</button>
    </div>
    ${app.fetching ? html`<progress aria-label="正在下载资料"></progress>` : nothing}`;
}
