// A voice note instead of typing: at most two minutes, kept as the phone records it.

import { html, nothing } from "../../npm/lit-html/lit-html.js";
import { stamp } from "../clock.js";
import { newId } from "../ids.js";
import { icon } from "./bits.js";
import { position } from "./geo.js";
import { seconds as words } from "./words.js";

const MOST = 120;
const TYPES = ["audio/webm;codecs=opus", "audio/mp4", "audio/ogg;codecs=opus"];

let running = null; // {recorder, began, timer, draw}

const spent = () => (Date.now() - running.began) / 1000;

/**
 * A button that records, and what was recorded goes to `take`.
 * @param {(note: {id, blob, purpose: "voice", taken_at, seconds, position}) => Promise<void>} take
 */
export function voiceButton(app, take, { label = "语音" } = {}) {
  if (!running) {
    return html`<button type="button" class="button" @click=${() => begin(app, take)}>${icon("microphone")}${label}</button>`;
  }
  return html`<button type="button" class="button danger" @click=${() => running?.recorder.stop()}>
    ${icon("player-stop")}<span class="recording" role="timer">停止 ${words(spent())}</span></button>`;
}

async function begin(app, take) {
  try {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    record(app, stream, take);
  } catch {
    app.toast("录不了音：手机没有给麦克风权限，或者麦克风正被占用。可以改为打字", { mood: "bad", seconds: 8 });
  }
}

function record(app, stream, take) {
  const mimeType = TYPES.find((type) => MediaRecorder.isTypeSupported(type));
  const recorder = new MediaRecorder(stream, mimeType ? { mimeType, audioBitsPerSecond: 32_000 } : {});
  const parts = [];
  recorder.ondataavailable = ({ data }) => data.size && parts.push(data);
  recorder.onstop = async () => {
    stream.getTracks().forEach((track) => track.stop());
    const note = noteOf(parts, recorder.mimeType);
    end();
    if (note) await take(note);
    app.draw();
  };
  const tick = () => {
    if (spent() >= MOST) recorder.stop();
    app.draw();
  };
  running = { recorder, began: Date.now(), timer: setInterval(tick, 500) };
  recorder.start(1000);
  app.draw();
}

function noteOf(parts, type) {
  const blob = new Blob(parts, { type });
  const length = Math.round(Math.min(spent(), MOST) * 10) / 10;
  if (!blob.size) return null;
  return { id: newId(), blob, purpose: "voice", taken_at: stamp(new Date(running.began)), seconds: length, position: position() };
}

function end() {
  clearInterval(running.timer);
  running = null;
}

/** Stop what is recorded, as when the screen is left; it is kept. */
export const stopVoice = () => running?.recorder.stop();

const urls = new Map();

/** Voice notes with their players; `remove` for those that are not saved. */
export function voices(app, notes, remove = null) {
  return notes.map((note, index) => html`
    <div class="voice">
      ${player(app, note, index + 1)}
      <span class="soft small">${words(note.seconds)}</span>
      ${remove ? html`<button type="button" class="icon-button" aria-label="删除语音 ${index + 1}" @click=${() => remove(note)}>${icon("trash")}</button>` : nothing}
    </div>`);
}

function player(app, note, number) {
  if (!urls.has(note.id)) {
    urls.set(note.id, "");
    Promise.resolve(note.blob ?? app.store.blob(note.id)).then((blob) => {
      if (blob) urls.set(note.id, URL.createObjectURL(blob));
      app.draw();
    });
  }
  const url = urls.get(note.id);
  return url ? html`<audio controls preload="metadata" src=${url} aria-label="语音 ${number}"></audio>` : html`<span class="soft grow">语音 ${number}</span>`;
}
