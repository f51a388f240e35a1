// A screen that cannot be shown: what happened and where to go on.

import { html } from "../../npm/lit-html/lit-html.js";
import { empty } from "../widgets/bits.js";

export function open(app, error) {
  const words = error.message || "这个页面打不开";
  return {
    title: "打不开",
    back: "#/",
    view: () => empty("mood-puzzled", words, html`<p class="small">手机上的记录不受影响。</p>`),
    bar: () => html`<a class="button primary" href="#/">回到企业列表</a><a class="button" href="#/sync">看同步</a>`,
  };
}
