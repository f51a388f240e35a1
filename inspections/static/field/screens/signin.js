// Nobody works on this phone: sign in first. What others left unsent stays hidden.

import { html, nothing } from "../../npm/lit-html/lit-html.js";
import { othersUnsent, othersWords } from "../people.js";
import { empty, icon, note } from "../widgets/bits.js";
import { hasLeft, signInUrl, signOut } from "../widgets/leaving.js";

export async function open(app) {
  const others = await othersUnsent();
  return {
    title: "安服现场",
    view: () => html`
      ${empty("user-circle", "请先登录。登录要有网络；登录以后下载资料，没有信号也能检查。")}
      ${app.online ? nothing : note("warn", "wifi-off", "现在没有网络，有信号后再登录。")}
      ${others ? note("", "users", othersWords(others)) : nothing}`,
    bar: () => html`<button type="button" class="button primary" @click=${() => signIn(app)}>${icon("login")}登录</button>`,
  };
}

// Whoever left without signal is still known to the server.
async function signIn(app) {
  try {
    if (hasLeft()) await signOut(app);
    location.assign(signInUrl(app));
  } catch {
    app.toast("没有网络，登录不了。请到有信号的地方再试", { mood: "bad" });
  }
}
