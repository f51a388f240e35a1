// Room on the phone.
import { BadFile } from "./log.js";

const MB = 1024 * 1024;
const LOW = { free: 200 * MB, share: 0.7 };
const CRITICAL = { free: 60 * MB };
const FULL = "手机空间已满，有记录还没有保存，暂时留在内存里。请不要关闭页面：先上传或导出，腾出空间后重试";
const BROKEN = "手机没有保存成功，这一条暂时留在内存里。请不要关闭页面：先导出，再重试";
const kept = []; // {member, entry}: in memory only

/**
 * Chromium since 2025 reports a quota that says nothing of the disk (10 GiB, or the disk's whole size): there the only
 * sure sign is an entry that found no room.
 * @returns {Promise<{usage: number|null, quota, free, persisted: boolean, level: 'ok'|'low'|'critical', words}>}
 */
export async function storageState() {
  const { usage = null, quota = null } = (await navigator.storage?.estimate?.()) ?? {};
  const persisted = (await navigator.storage?.persisted?.()) ?? false;
  const free = quota === null ? null : Math.max(quota - usage, 0);
  const level = kept.length ? "critical" : judge(free, usage / quota);
  return { usage, quota, free, persisted, level, words: kept.length ? FULL : say(level, free) };
}

function judge(free, share) {
  if (free === null) return "ok";
  if (free < CRITICAL.free) return "critical";
  return free < LOW.free || share > LOW.share ? "low" : "ok";
}

function say(level, free) {
  const left = `可用 ${Math.floor(free / MB)} MB`;
  if (level === "critical") return `手机空间将满（${left}），请先上传或导出，再继续拍照`;
  return level === "low" ? `手机空间不多（${left}），请尽快上传` : "";
}

/** Ask the browser not to clear our data when the phone runs full. @returns {Promise<boolean>} */
export async function askToKeep() {
  return (await navigator.storage?.persist?.()) ?? false;
}

/**
 * store.append(); without room the entry stays in memory, so that the screen can tell and offer the export.
 * @returns {Promise<{ok: true, operation: object}|{ok: false, words: string}>} mistakes in the entry itself are thrown
 */
export async function appendSafely(store, entry) {
  try {
    return { ok: true, operation: await store.append(entry) };
  } catch (error) {
    if (error instanceof BadFile) return { ok: false, words: error.message };
    if (!(error instanceof DOMException)) throw error;
    kept.push({ member: store.member, entry: await inMemory(entry) });
    return { ok: false, words: error.name === "QuotaExceededError" ? FULL : BROKEN };
  }
}

// The handle of a camera's file may end before there is room again.
async function inMemory(entry) {
  const files = (entry.files ?? []).map(async (file) => ({
    ...file, blob: new Blob([await file.blob.arrayBuffer()], { type: file.blob.type }),
  }));
  return { ...entry, files: await Promise.all(files) };
}

/** Entries of this person that are in memory only, oldest first. @returns {object[]} */
export const held = (store) => kept.filter(({ member }) => member === store.member).map(({ entry }) => entry);

/** Try them again, in their order. @returns {Promise<number>} how many are still held */
export async function retryHeld(store) {
  for (const entry of held(store)) {
    try {
      await store.append(entry);
    } catch (error) {
      if (error instanceof DOMException) break;
      throw error;
    }
    kept.splice(kept.findIndex((one) => one.entry === entry), 1);
  }
  return held(store).length;
}
