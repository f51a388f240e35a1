// Taking photos and showing them: from the camera or the album, with time and place, and the drawing over them.

import { html, nothing } from "../../npm/lit-html/lit-html.js";
import { stamp } from "../clock.js";
import { newId } from "../ids.js";
import { icon } from "./bits.js";
import { sheet } from "./dialogs.js";
import { drawOn, marks } from "./draw.js";
import { position } from "./geo.js";
import { picture } from "./pictures.js";
import { FILE_STATES, moment, size } from "./words.js";

const MAX = 20 * 1024 * 1024;

/** @typedef {{id: string, blob: Blob, purpose: string, taken_at: string, position: object|null, drawing: object[]}} Shot */

/**
 * Read chosen files as photos; what is none is told and left out.
 * @returns {Promise<Shot[]>}
 */
export async function shotsOf(app, files, purpose, fromCamera) {
  const shots = [];
  for (const file of files) {
    const problem = await problemOf(file);
    if (problem) app.toast(`${file.name}：${problem}`, { mood: "bad", seconds: 8 });
    else shots.push(await shot(file, purpose, fromCamera));
  }
  return shots;
}

async function problemOf(file) {
  if (file.size > MAX) return `有 ${size(file.size)}，超过 20 MB，请降低相机分辨率后重拍`;
  if (file.size === 0) return "是空文件，请重拍";
  if (!file.type.startsWith("image/")) return "不是照片";
  return "";
}

// The bytes are read at once: a camera's temporary file may be gone when the form is saved.
async function shot(file, purpose, fromCamera) {
  const blob = new Blob([await file.arrayBuffer()], { type: file.type });
  const taken = fromCamera ? new Date() : new Date(file.lastModified);
  return { id: newId(), blob, purpose, taken_at: stamp(taken), position: fromCamera ? position() : null, drawing: [] };
}

/** Two large buttons: camera and album. `take` gets the shots. */
export function photoButtons(app, purpose, take, { words = "拍照" } = {}) {
  const chosen = (fromCamera) => async (event) => {
    const files = [...event.target.files];
    event.target.value = "";
    const shots = await shotsOf(app, files, purpose, fromCamera);
    if (shots.length) await take(shots);
  };
  return html`
    <div class="row even">
      <label class="button file-button">${icon("camera")}${words}
        <input type="file" accept="image/*" capture="environment" aria-label=${words} data-camera @change=${chosen(true)}></label>
      <label class="button file-button">${icon("photo")}从相册选
        <input type="file" accept="image/*" multiple aria-label="从相册选照片" data-album @change=${chosen(false)}></label>
    </div>`;
}

/**
 * Thumbs of photos.
 * @param {object[]} shots  {id, drawing, blob?, state?}; without `blob` it is read from the store
 * @param {(shot: object) => void} [open]  what a tap does; else the photo is shown large
 */
export function strip(app, shots, open = (one) => showLarge(app, one)) {
  return html`<div class="shots">${shots.map((one, index) => html`<div class="shot">${thumb(app, one, index + 1, open)}</div>`)}</div>`;
}

const read = (app, one) => async () => one.blob ?? app.store.blob(one.id);

export function thumb(app, one, number, open = (shown) => showLarge(app, shown)) {
  const small = picture(one.id, read(app, one), app.draw);
  const words = one.state && one.state !== "stored" ? FILE_STATES[one.state]?.[0] : "";
  return html`
    <button type="button" class="thumb" aria-label="照片 ${number}${one.drawing?.length ? `，有 ${one.drawing.length} 处标注` : ""}" @click=${() => open(one)}>
      ${small === "broken" ? icon("photo-off") : small ? image(small, one.drawing) : icon("photo")}
      ${words ? html`<span class="mark">${words}</span>` : nothing}
    </button>`;
}

const image = ({ url, width, height }, drawing = []) => html`
  <img src=${url} alt="">
  ${drawing.length ? html`<svg viewBox="0 0 ${width} ${height}" preserveAspectRatio="xMidYMid slice" aria-hidden="true">${marks(drawing, width, height)}</svg>` : nothing}`;

/** A photo over the whole screen, with its time and place. */
export async function showLarge(app, one, actions = () => nothing) {
  const blob = await read(app, one)();
  if (!blob) {
    app.toast("手机上已没有这张照片", { mood: "bad" });
    return null;
  }
  const url = URL.createObjectURL(blob);
  const shown = { width: 0, height: 0 };
  const loaded = (draw) => (event) => {
    Object.assign(shown, { width: event.target.naturalWidth, height: event.target.naturalHeight });
    draw();
  };
  const answer = await sheet({
    title: `照片 ${moment(one.taken_at)}`,
    dark: true,
    body: (close, draw) => html`
      <div class="canvas"><div><img src=${url} alt="照片，${moment(one.taken_at)}拍摄" @load=${loaded(draw)}>
        ${shown.width && one.drawing?.length ? html`<svg viewBox="0 0 ${shown.width} ${shown.height}" aria-hidden="true">${marks(one.drawing, shown.width, shown.height)}</svg>` : nothing}
      </div></div>
      <p class="sheet-head small">${one.position ? `北纬 ${one.position.latitude}，东经 ${one.position.longitude}，精度约 ${Math.round(one.position.accuracy)} 米` : "没有位置"} · ${size(blob.size)}</p>`,
    bar: (close) => actions(close) === nothing
      ? html`<button type="button" class="button" @click=${() => close(null)}>返回</button>` : actions(close),
  });
  URL.revokeObjectURL(url);
  return answer;
}

/**
 * Open a photo that is not saved yet: draw on it, or take it away.
 * @returns {Promise<"removed"|object[]|null>} the new drawing
 */
export async function editShot(app, one) {
  const chosen = await showLarge(app, one, (close) => html`
    <button type="button" class="button" @click=${() => close("remove")}>${icon("trash")}删除照片</button>
    <button type="button" class="button primary" @click=${() => close("draw")}>${icon("pencil")}标注</button>`);
  if (chosen === "remove") return "removed";
  if (chosen !== "draw") return null;
  const url = URL.createObjectURL(one.blob);
  const drawing = await drawOn(url, one.drawing);
  URL.revokeObjectURL(url);
  return drawing;
}
