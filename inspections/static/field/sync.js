// Sends what the server does not have; a cut anywhere, and the next sync goes on from there. Never deletes.
import { ApiError, Offline, Refused, ServerError, SignIn, StorageFull, WrongPerson } from "./api.js";
import { FileSender } from "./upload.js";

const LOCK = "anfu-field-sync";
const DELAYS = [1000, 3000, 8000];
const MOST = 200; // operations in a request
const LARGEST = 512 * 1024; // characters of them
const MINUTE = 60 * 1000;

/**
 * @typedef {Object} Result
 * @property {number} sent  operations answered  @property {number} files  stored
 * @property {number} refused  operations and files, in this call  @property {number} conflicts  in this call
 * @property {number} waiting  operations that the server has, but that do not stand yet
 * @property {number} damaged  files whose bytes on this phone are not what was taken, found in this call
 * @property {number} skipped  what the server answered with an error for itself alone; tried again next time
 * @property {null|'offline'|'signin'|'person'|'full'|'server'|'phone'|'busy'|'aborted'} stopped  phone: its storage
 *   fails; busy: another tab syncs
 * @property {string} message  of what stopped it
 *
 * @typedef {{phase: 'operations'|'files'|'waiting', done: number, total: number, bytes: number, total_bytes: number}}
 *   Progress
 */

const nothing = () => ({
  sent: 0, files: 0, refused: 0, conflicts: 0, waiting: 0, damaged: 0, skipped: 0, stopped: null, message: "",
});

/**
 * @param {import('./store.js').Store} store
 * @param {import('./api.js').Api} api
 * @param {{onProgress?: (progress: Progress) => void, signal?: AbortSignal, delays?: number[]}} options  `delays`: of
 *   the tries after a failure, in milliseconds
 * @returns {Promise<Result>}
 */
export function sync(store, api, options = {}) {
  return navigator.locks.request(LOCK, { ifAvailable: true }, (lock) =>
    lock ? new Run(store, api, options).all() : { ...nothing(), stopped: "busy", message: STOPPED.busy });
}

class Run {
  constructor(store, api, { onProgress = () => {}, signal, delays = DELAYS }) {
    Object.assign(this, { store, api, onProgress, signal, delays });
    this.result = nothing();
    this.tried = new Set(); // operations
    this.listed = new Set(); // files whose state the server has told in this call
    this.size = MOST;
    this.failures = 0;
    this.isFresh = true; // something was appended since operations were last sent
  }

  async all() {
    const unlisten = this.store.onChange((change) => (this.isFresh ||= Boolean(change.is_new)));
    try {
      if (await this.#hasWork()) {
        await this.#samePerson();
        await this.operations();
        await new FileSender(this).all();
        await this.operations();
        await this.#askAgain();
      }
    } catch (error) {
      const stopped = this.signal?.aborted ? "aborted" : reason(error);
      Object.assign(this.result, { stopped, message: error instanceof ApiError ? error.message : STOPPED[stopped] });
    } finally {
      unlisten();
    }
    this.result.waiting = (await this.store.pending()).filter(({ state }) => state !== "local").length;
    return this.result;
  }

  async #hasWork() {
    const [operations, files] = await Promise.all([this.store.pending(), this.store.pendingFiles()]);
    return operations.length + files.length > 0;
  }

  // What one person recorded never goes out under another's name.
  async #samePerson() {
    if (this.api.member === null) await this.patiently(() => this.api.me({ signal: this.signal }));
    if (String(this.api.member) !== String(this.store.member)) throw new WrongPerson("登录的不是本人，没有上传", 403);
  }

  /** Send operations that were never answered; files call it too, so that nothing waits behind a photo. */
  async operations() {
    if (!this.isFresh) return;
    this.isFresh = false;
    const isNew = ({ id, state }) => state === "local" && !this.tried.has(id);
    const list = (await this.store.pending()).filter(isNew);
    list.forEach(({ id }) => this.tried.add(id));
    await this.#deliver(list, "operations");
  }

  async #askAgain() {
    const list = (await this.store.pending()).filter(({ state }) => state !== "local");
    await this.#deliver(list, "waiting");
  }

  async #deliver(list, phase) {
    const total = list.length;
    while (list.length) {
      this.progress({ phase, done: total - list.length, total });
      const isAnswered = await this.orSkip(() => this.patiently(() => this.#deliverNext(list, phase)));
      if (!isAnswered) list.shift();
    }
    if (total) this.progress({ phase, done: total, total });
  }

  // A request that fails is tried with fewer operations: a weak signal carries them, and one that the server cannot
  // digest does not keep the others.
  async #deliverNext(list, phase) {
    const chunk = take(list, this.size);
    let answer;
    try {
      answer = await this.api.operations(chunk, { signal: this.signal });
    } catch (error) {
      this.size = Math.ceil(chunk.length / 4);
      if (isOfItself(error) && chunk.length > 1) return;
      throw error;
    }
    this.size = Math.min(MOST, this.size * 4);
    await this.#note(chunk, answer, phase);
    list.splice(0, chunk.length);
  }

  async #note(chunk, { receipts, files = [] }, phase) {
    const before = new Map(chunk.map(({ id, state }) => [id, state]));
    await this.store.setReceipts(receipts, files);
    files.forEach(({ id }) => this.listed.add(id));
    const changed = receipts.filter(({ id, state }) => before.get(id) !== state);
    this.result.refused += changed.filter(({ state }) => state === "refused").length;
    this.result.conflicts += changed.filter(({ state }) => state === "conflict").length;
    if (phase === "operations") this.result.sent += receipts.length;
  }

  progress(words) {
    this.onProgress({ bytes: 0, total_bytes: 0, ...words });
  }

  /** Try until it succeeds, with pauses, as long as it can be the network or a server that restarts. */
  async patiently(work) {
    for (;;) {
      this.signal?.throwIfAborted();
      try {
        const found = await work();
        this.failures = 0;
        return found;
      } catch (error) {
        const mayPass = error instanceof Offline || error instanceof ServerError;
        if (!mayPass || navigator.onLine === false || this.failures >= this.delays.length) throw error;
        await pause(this.delays[this.failures++], this.signal);
      }
    }
  }

  /** What fails for itself alone is left for the next sync (false); two of them, and it is the server. */
  async orSkip(work) {
    try {
      await work();
      return true;
    } catch (error) {
      if (!isOfItself(error) || this.result.skipped) throw error;
      this.result.skipped += 1;
      return false;
    }
  }
}

const isOfItself = (error) => error instanceof ServerError || error instanceof Refused;

function take(list, most) {
  const found = [];
  let size = 0;
  for (const operation of list.slice(0, most)) {
    size += JSON.stringify(operation.body).length;
    if (found.length && size > LARGEST) break;
    found.push(operation);
  }
  return found;
}

function pause(milliseconds, signal) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    signal?.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(signal.reason);
    }, { once: true });
  });
}

const REASONS = [
  [Offline, "offline"], [SignIn, "signin"], [WrongPerson, "person"], [StorageFull, "full"], [DOMException, "phone"],
];

function reason(error) {
  const known = REASONS.find(([type]) => error instanceof type);
  if (known) return known[1];
  if (isOfItself(error)) return "server";
  throw error; // our own mistake: it must be seen
}

/** Fetch a new bundle if there is one. @returns {Promise<boolean>} whether it is new; throws as api does */
export async function refreshBundle(store, api) {
  const known = await store.bundle();
  const found = await api.bundle(known?.etag);
  if (!found) return false;
  if (String(found.bundle.me.member) !== String(store.member)) throw new WrongPerson("登录的不是本人", 403);
  await store.saveBundle(found.bundle, found.etag);
  return true;
}

/**
 * Sync when the network returns, when the app comes to the front, every 60 s while it is there, and at once after a
 * major hazard.
 * @param {{onResult?: (result: Result) => void, onProgress?: (progress: Progress) => void}} options
 * @returns {{now: () => Promise<Result>, stop: () => void}}
 */
export function autoSync(store, api, { onResult = () => {}, onProgress } = {}) {
  let running = null;
  let again = false;

  async function run() {
    let result;
    do {
      again = false;
      result = await sync(store, api, { onProgress });
      onResult(result);
    } while (again && (!result.stopped || result.stopped === "offline"));
    return result;
  }

  function now() {
    again = running !== null; // neither what was appended at the very end of a sync nor a network that came back then
    running ??= run().finally(() => (running = null));
    return running;
  }

  const isThere = () => document.visibilityState === "visible" && now();
  const timer = setInterval(isThere, MINUTE);
  window.addEventListener("online", now);
  document.addEventListener("visibilitychange", isThere);
  const unlisten = store.onChange((change) => change.is_major && now());
  const stop = () => {
    clearInterval(timer);
    window.removeEventListener("online", now);
    document.removeEventListener("visibilitychange", isThere);
    unlisten();
  };
  return { now, stop };
}

const STOPPED = {
  offline: "没有网络，联网后自动继续上传",
  signin: "登录已过期，请重新登录后上传",
  person: "登录的不是本人，没有上传",
  full: "服务器空间已满，请联系管理员；记录仍在手机上",
  server: "服务器出错，稍后自动再试；记录仍在手机上",
  phone: "手机存储写不进去，请先腾出空间；记录仍在手机上",
  busy: "另一个页面正在上传",
  aborted: "已停止上传",
};

/** The reason in words, "" for null. */
export const stoppedWords = (stopped) => STOPPED[stopped] ?? "";
