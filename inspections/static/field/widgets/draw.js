// Arrows and circles over a photo, as vectors in shares of its width and height; the photo itself stays as it was taken.

import { html, nothing, svg } from "../../npm/lit-html/lit-html.js";
import { icon } from "./bits.js";
import { sheet } from "./dialogs.js";

const SMALLEST = 0.015;

/** The drawing as SVG paths over a picture of `width` × `height`; white below red, to be seen on anything. */
export function marks(drawing, width, height) {
  const stroke = Math.max(width, height) / 130;
  return drawing.map((mark) => {
    const path = outline(mark, width, height, stroke);
    return svg`<path class="halo" d=${path} stroke-width=${stroke * 2}></path>
      <path class="stroke" d=${path} stroke-width=${stroke}></path>`;
  });
}

function outline({ kind, from, to }, width, height, stroke) {
  const [x1, y1, x2, y2] = [from[0] * width, from[1] * height, to[0] * width, to[1] * height];
  const length = Math.hypot(x2 - x1, y2 - y1);
  if (kind === "circle") {
    return `M${x1 - length},${y1} a${length},${length} 0 1 0 ${2 * length},0 a${length},${length} 0 1 0 ${-2 * length},0`;
  }
  const angle = Math.atan2(y2 - y1, x2 - x1);
  const head = Math.max(stroke * 5, length * 0.18);
  const barb = (turn) => `${x2 - head * Math.cos(angle + turn)},${y2 - head * Math.sin(angle + turn)}`;
  return `M${x1},${y1} L${x2},${y2} M${barb(0.5)} L${x2},${y2} L${barb(-0.5)}`;
}

const round = (share) => Math.round(Math.min(1, Math.max(0, share)) * 10_000) / 10_000;

function shares(event) {
  const box = event.currentTarget.getBoundingClientRect();
  return [round((event.clientX - box.left) / box.width), round((event.clientY - box.top) / box.height)];
}

const isLong = ({ from, to }) => Math.hypot(to[0] - from[0], to[1] - from[1]) > SMALLEST;

/**
 * Draw on a photo.
 * @param {string} url of the photo  @param {object[]} drawing what is on it
 * @returns {Promise<object[]|null>} the new drawing; null when it was left
 */
export function drawOn(url, drawing = []) {
  const paint = { kind: "arrow", list: [...drawing], live: null, width: 0, height: 0 };
  return sheet({
    title: "在照片上标注",
    dark: true,
    body: (close, draw) => html`
      <div class="row sheet-head" role="group" aria-label="工具">
        ${tool(paint, draw, "arrow", "箭头", "arrow-up-right")}
        ${tool(paint, draw, "circle", "圆圈", "circle")}
        <button type="button" class="button small" ?disabled=${!paint.list.length}
          @click=${() => { paint.list.pop(); draw(); }}>${icon("arrow-back-up")}撤销</button>
        <button type="button" class="button small" ?disabled=${!paint.list.length}
          @click=${() => { paint.list = []; draw(); }}>清除</button>
      </div>
      ${board(url, paint, draw)}`,
    bar: (close) => html`
      <button type="button" class="button" @click=${() => close(null)}>不改</button>
      <button type="button" class="button primary" @click=${() => close(paint.list)}>完成</button>`,
  });
}

function tool(paint, draw, kind, words, name) {
  const choose = () => { paint.kind = kind; draw(); };
  return html`<button type="button" class="button small" aria-pressed=${paint.kind === kind} @click=${choose}>
    ${icon(name)}${words}</button>`;
}

function board(url, paint, draw) {
  const loaded = (event) => {
    paint.width = event.target.naturalWidth;
    paint.height = event.target.naturalHeight;
    draw();
  };
  const down = (event) => {
    event.currentTarget.setPointerCapture(event.pointerId);
    paint.live = { kind: paint.kind, from: shares(event), to: shares(event) };
  };
  const move = (event) => {
    if (!paint.live) return;
    paint.live.to = shares(event);
    draw();
  };
  const up = () => {
    if (paint.live && isLong(paint.live)) paint.list.push(paint.live);
    paint.live = null;
    draw();
  };
  const shown = paint.live ? [...paint.list, paint.live] : paint.list;
  return html`<div class="canvas"><div>
    <img src=${url} alt="要标注的照片" draggable="false" @load=${loaded}>
    ${paint.width ? html`<svg class="live" viewBox="0 0 ${paint.width} ${paint.height}" role="img" aria-label="标注 ${shown.length} 处"
      @pointerdown=${down} @pointermove=${move} @pointerup=${up} @pointercancel=${up}>
      ${marks(shown, paint.width, paint.height)}</svg>` : nothing}
  </div></div>`;
}
