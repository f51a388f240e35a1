// What is only on this phone, what the server has, and what a person must decide.

import { html, nothing } from "../../npm/lit-html/lit-html.js";
import { exportUnsent } from "../export.js";
import { held, retryHeld, storageState } from "../storage.js";
import { stoppedWords } from "../sync.js";
import { empty, icon, note } from "../widgets/bits.js";
import { bundleLine } from "../widgets/bundle.js";
import { clockNote } from "../widgets/clock_note.js";
import { signInUrl } from "../widgets/leaving.js";
import { readLedger, visitCard } from "../widgets/ledger.js";
import { ago, size } from "../widgets/words.js";

export async function open(app) {
  const screen = { app, ledger: [], storage: null, opened: new Set(), exporting: false };
  const read = async () => {
    [screen.ledger, screen.storage] = await Promise.all([readLedger(app), storageState(), app.countUnsent()]);
  };
  await read();
  let reading = 0;
  return {
    title: "同步",
    tab: "#/sync",
    view: () => view(screen),
    changed: () => {
      clearTimeout(reading);
      reading = setTimeout(async () => { await read(); app.draw(); }, 150);
    },
    close: () => clearTimeout(reading),
  };
}

function view(screen) {
  const { app, ledger } = screen;
  return html`
    ${trouble(screen)}
    ${summary(screen)}
    ${ledger.length ? html`<h2>这台手机上的检查 ${ledger.length} 次</h2>${ledger.map((one) => visitCard(screen, one))}`
      : empty("cloud-check", "这台手机上没有检查记录。")}
    <h2>资料</h2>
    ${app.head ? bundleLine(app) : nothing}
    <h2>万一传不上去</h2>
    <section class="card stack">
      <p>把没有上传的记录和照片导出成一个压缩包，回去在电脑上导入（只能由本人导入）：<a href=${app.config.import} target="_blank" rel="noopener">导入页面</a>。</p>
      <button type="button" class="button wide" ?disabled=${screen.exporting} @click=${() => exportAll(screen)}>${icon("file-zip")}${screen.exporting ? "正在导出…" : "导出未上传的记录"}</button>
    </section>
    ${room(screen)}`;
}

function trouble(screen) {
  const { app } = screen;
  const unkept = held(app.store).length;
  return html`
    ${app.signedIn === false ? note("warn", "lock", html`登录已过期。记录都在手机上，<a href=${signInUrl(app, "#/sync")}>登录后继续上传</a>，会回到这里。`) : nothing}
    ${app.sync.result?.stopped === "person" ? note("bad", "user-exclamation", html`网页上登录的不是 ${app.me.name}，所以没有上传。请<a href="#/me">换回本人</a>再同步。`) : nothing}
    ${unkept ? note("bad", "database-off", html`${unkept} 条记录还在内存里，没有存进手机。先删除已全部上传的检查或导出，腾出空间后<button type="button" class="button small" @click=${() => tryHeld(app)}>再存一次</button>`) : nothing}
    ${clockNote(app)}`;
}

async function tryHeld(app) {
  const left = await retryHeld(app.store);
  app.toast(left ? `还有 ${left} 条存不下，请再腾些空间` : "都已存进手机", { mood: left ? "bad" : "" });
  app.draw();
}

function summary({ app }) {
  const { operations = 0, files = 0, bytes = 0, waiting = 0, damaged = 0 } = app.unsent ?? {};
  const { running, progress, result, at } = app.sync;
  const waits = operations + files;
  return html`
    <section class="card stack" aria-live="polite">
      <p><strong>${waits ? `只在手机上：${operations} 条记录、${files} 个文件（${size(bytes)}）` : "手机上的记录服务器都已收到"}</strong></p>
      ${waiting ? html`<p class="soft">${waiting} 条服务器已收到，等照片或前面的记录到齐后生效。</p>` : nothing}
      ${damaged ? html`<p class="late">${damaged} 个文件在手机上损坏，请重新拍摄。</p>` : nothing}
      ${running ? bars(progress) : nothing}
      ${!running && result ? html`<p class=${result.stopped ? "soon" : "soft"}>${result.stopped ? stoppedWords(result.stopped) : `上次同步 ${ago(at)}${told(result)}`}</p>` : nothing}
      <button type="button" class="button primary wide" ?disabled=${running} @click=${() => app.sync.now()}>${icon("refresh")}${running ? "正在同步…" : "立即同步"}</button>
      ${app.online || running || result?.stopped ? nothing : html`<p class="soft">没有网络，有信号自动同步；觉得有信号也可以马上点。</p>`}
    </section>`;
}

function told({ sent, files, refused, conflicts }) {
  const parts = [sent && `记录 ${sent} 条`, files && `文件 ${files} 个`, refused && `未入账 ${refused} 条`, conflicts && `两个版本 ${conflicts} 项`].filter(Boolean);
  return parts.length ? `：${parts.join("，")}` : "";
}

const PHASES = { operations: "正在传记录", files: "正在传照片和语音", waiting: "正在核对" };

const bars = (progress) => (progress ? html`
  <p>${PHASES[progress.phase]} ${progress.done}/${progress.total}${progress.total_bytes ? `，${size(progress.bytes)} / ${size(progress.total_bytes)}` : ""}</p>
  <progress aria-label="同步进度" max=${progress.total_bytes || progress.total || 1} value=${progress.total_bytes ? progress.bytes : progress.done}></progress>` : nothing);

async function exportAll(screen) {
  const { app } = screen;
  screen.exporting = true;
  app.draw();
  try {
    const file = await exportUnsent(app.store);
    if (file) save(file);
    app.toast(file ? `已导出 ${file.name}，请发到电脑上导入` : "没有未上传的记录，不用导出", { seconds: 8 });
  } catch (error) {
    app.toast(`没有导出成：${error.message}。请先清理手机空间再试`, { mood: "bad", seconds: 8 });
  } finally {
    screen.exporting = false;
    app.draw();
  }
}

function save(file) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = file.name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

function room({ storage }) {
  if (!storage) return nothing;
  const { usage, free, level, words, persisted } = storage;
  return html`<h2>手机空间</h2><section class="card stack">
    ${words ? note(level === "critical" ? "bad" : "warn", "database", words) : nothing}
    <p>${usage === null ? "浏览器没有告诉用了多少空间。" : `现场记录已用 ${size(usage)}${free === null ? "" : `，还可用 ${size(free)}`}。`}</p>
    <p class="soft small">${persisted ? "浏览器答应不自动清理。" : "浏览器可能在空间紧张时清理，请常同步；把本应用加到桌面可以避免。"}</p></section>`;
}
