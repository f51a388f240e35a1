// Questions before something is done, and sheets over the whole screen. Each is a promise.

import { html, nothing, render } from "../../npm/lit-html/lit-html.js";
import { icon } from "./bits.js";

let serial = 0;

function show(className, label, body) {
  const dialog = document.createElement("dialog");
  dialog.className = className;
  dialog.setAttribute("aria-labelledby", label);
  document.body.append(dialog);
  let value = null;
  const close = (result) => {
    value = result;
    dialog.close();
  };
  const draw = () => render(body(close, draw), dialog);
  draw();
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      render(nothing, dialog);
      dialog.remove();
      resolve(value);
    }, { once: true });
  });
}

/** Ask before something is done; the button says what it does. @returns {Promise<boolean>} */
export async function ask({ title, words = "", yes = "确定", no = "取消", danger = false }) {
  const id = `ask-${++serial}`;
  const answer = await show("ask", id, (close) => html`
    <h2 id=${id}>${title}</h2>
    ${words ? html`<p>${words}</p>` : nothing}
    <div class="row even">
      ${no ? html`<button type="button" class="button" @click=${() => close(false)}>${no}</button>` : nothing}
      <button type="button" class="button primary ${danger ? "danger" : ""}" @click=${() => close(true)}>${yes}</button>
    </div>`);
  return answer === true;
}

/**
 * A sheet over the whole screen.
 * @param {{title: string, dark?: boolean, body: (close: Function, draw: Function) => *, bar?: Function}} parts
 * @returns {Promise<*>} what it was closed with; null when it was left
 */
export function sheet({ title, dark = false, body, bar = null }) {
  const id = `sheet-${++serial}`;
  return show(`sheet ${dark ? "dark" : ""}`, id, (close, draw) => html`
    <div class="sheet-head">
      <h2 id=${id}>${title}</h2>
      <button type="button" class="icon-button" aria-label="关闭" @click=${() => close(null)}>${icon("x")}</button>
    </div>
    ${body(close, draw)}
    ${bar ? html`<div class="sheet-bar">${bar(close, draw)}</div>` : nothing}`);
}
