// Short words at the bottom, one at a time, with the one thing that can be done about them.

import { html, nothing, render } from "../../npm/lit-html/lit-html.js";

const shown = { words: "", mood: "", label: "", act: null, timer: 0, done: null };

function root() {
  let element = document.getElementById("toasts");
  if (!element) {
    element = document.createElement("div");
    element.id = "toasts";
    element.className = "toasts";
    element.setAttribute("role", "status");
    element.setAttribute("aria-live", "polite");
    document.body.append(element);
  }
  return element;
}

function draw() {
  const act = () => {
    const chosen = shown.act;
    shown.done = null;
    hide();
    chosen();
  };
  render(shown.words ? html`<div class="toast ${shown.mood}"><span>${shown.words}</span>
    ${shown.act ? html`<button type="button" class="button" @click=${act}>${shown.label}</button>` : nothing}</div>`
    : nothing, root());
}

function hide() {
  clearTimeout(shown.timer);
  const done = shown.done;
  Object.assign(shown, { words: "", mood: "", act: null, done: null });
  draw();
  done?.();
}

/**
 * Show words; a former toast goes at once.
 * @param {string} words
 * @param {{label?: string, act?: () => void, done?: () => void, mood?: string, seconds?: number}} options  `done` is called
 *   when the toast goes without `act`
 */
export function toast(words, { label = "", act = null, done = null, mood = "", seconds = act ? 6 : 4 } = {}) {
  hide();
  Object.assign(shown, { words, mood, label, act, done });
  shown.timer = setTimeout(hide, seconds * 1000);
  draw();
}

/** Let the toast go now: what waited for it happens. */
export const settleToast = hide;

document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && hide());
