// A person's database on this phone: the bundle, the log of operations, the files.
import { readChecklists, saveBundle } from "./bundle.js";
import { dropFiles, dropVisit, restore } from "./copy.js";
import { device, openMember, storedMembers, within, write } from "./db.js";
import { append, BadFile } from "./log.js";
import { isAnswered, isFinal, isHeldUp, isSuperseded, notReceived, openConflicts } from "./receipts.js";

export { BadFile, device, storedMembers };

const byVisit = (a, b) => (a.visit < b.visit ? -1 : a.visit > b.visit ? 1 : 0);
const inOrder = (a, b) => byVisit(a, b) || a.sequence - b.sequence;
const byAge = (a, b) => byVisit(a, b) || (a.id < b.id ? -1 : 1);
const MAJOR = new Set(["hazard.add", "hazard.change"]);

/** The server does not have all of this visit yet. */
export class NotReceived extends Error {
  constructor(left) {
    super(`还有 ${left.operations.length} 条记录、${left.files.length} 个文件没有回执，不能清除`);
    this.left = left;
  }
}

/**
 * Open (and make) the database of one member. Each member has his own.
 * @param {number|string} member
 * @returns {Promise<Store>}
 */
export async function openStore(member) {
  const [db, id] = await Promise.all([openMember(member), device()]);
  const restored = (await db.count("visits")) ? 0 : await restore(db, member);
  return new Store(db, member, id, restored);
}

/**
 * @typedef {Object} Entry
 * @property {string} visit  id of the visit
 * @property {string} [place]  key of the place; needed with the first operation of a visit on this phone
 * @property {string} kind  see docs/field.md
 * @property {object} body  as docs/field.md says, without `files`
 * @property {{blob: Blob, purpose: string, id?: string, taken_at?: string, position?: object|null, drawing?: object[],
 *   seconds?: number|null}[]} [files]
 *
 * @typedef {{operations: number, files: number, bytes: number, waiting: number, damaged: number}} Unsent  `waiting`:
 *   the server has them, but they do not stand yet; they are not among `operations`
 *
 * @typedef {Object} VisitSummary
 * @property {string} id
 * @property {string} place  key of the place
 * @property {string} name  of the enterprise
 * @property {string} kind  @property {string} part  of the visit
 * @property {'open'|'signed'|'refused'} state  as this phone recorded it
 * @property {string} started_at  @property {string} changed_at
 * @property {Unsent} unsent
 * @property {number} refused  operations and files that the server refused and nobody has seen yet
 * @property {number} conflicts  questions with two versions
 *
 * @typedef {{what: 'bundle'|'operations'|'files'|'forgotten', visit?: string, is_new?: boolean, is_major?: boolean}}
 *   Change  is_new: an operation was appended
 */

/** What is kept for one member. All answers are promises. */
export class Store {
  #db;
  #channel;
  #callbacks = new Set();

  /** @param {number} restored  operations that came back from the second copy */
  constructor(db, member, id, restored = 0) {
    this.#db = db;
    this.member = member;
    this.device = id;
    this.restored = restored;
    this.#channel = new BroadcastChannel(`anfu-field-${member}`);
    this.#channel.onmessage = ({ data }) => this.#callbacks.forEach((callback) => callback(data));
  }

  // The bundle

  /** Replaces the old one; places and checklists that a visit on this phone still needs stay. */
  async saveBundle(bundle, etag = "") {
    await saveBundle(this.#db, bundle, etag);
    this.#tell({ what: "bundle" });
  }

  /** The bundle without `library`, `checklists`, `places`, plus `etag`; undefined before the first. */
  bundle() {
    return this.#db.get("parts", "head");
  }

  /** @returns {Promise<object[]>} */
  async library() {
    return (await this.#db.get("parts", "library")) ?? [];
  }

  /** In the order of `ids`, also of former bundles; without: all of the newest. @returns {Promise<object[]>} */
  checklists(ids) {
    return readChecklists(this.#db, ids);
  }

  /** Light rows for the list, in the bundle's order: `hazards` is a count, `open_visit` an id or null. */
  async places() {
    return (await this.#db.get("parts", "places")) ?? [];
  }

  /** The whole place, plus `as_of` (the bundle's made_at), and `gone` when the newest bundle has it no more. */
  place(key) {
    return this.#db.get("places", key);
  }

  // The log

  /**
   * One strict transaction; resolves with the operation, its `body.files` filled in. Rejects with QuotaExceededError
   * when there is no room, with BadFile for one that no server takes: then nothing was kept.
   * @param {Entry} entry
   */
  async append(entry) {
    const operation = await append({ db: this.#db, device: this.device, member: this.member }, entry);
    const isMajor = MAJOR.has(operation.kind) && operation.body.severity === "major";
    this.#tell({ what: "operations", visit: operation.visit, is_new: true, is_major: isMajor });
    return operation;
  }

  /** Operations in order, each with `state` ('local'|'waiting'|'done'|'refused'|'conflict') and `receipt`. */
  log(visit) {
    return this.#db.getAllFromIndex("operations", "order", within(visit));
  }

  operation(id) {
    return this.#db.get("operations", id);
  }

  /** @returns {Promise<VisitSummary[]>} newest first */
  async visits() {
    const all = (await this.#db.getAll("visits")).filter((visit) => !visit.is_forgotten);
    const [pending, files, refused, conflicts] = await Promise.all(
      [this.pending(), this.#unstored(), this.#refused(), this.#conflicts()],
    );
    const of = (list, visit) => list.filter((one) => one.visit === visit.id);
    return all.sort((a, b) => (a.id < b.id ? 1 : -1)).map((visit) => ({
      ...visit,
      unsent: count(of(pending, visit), of(files, visit)),
      refused: of(refused, visit).length,
      conflicts: of(conflicts, visit).length,
    }));
  }

  /** Metas without bytes, with `state` ('local'|'expected'|'stored'|'refused'|'damaged'), `received`, `message`. */
  files(visit) {
    return this.#db.getAllFromIndex("files", "visit", visit);
  }

  /** @returns {Promise<Blob|undefined>} */
  blob(fileId) {
    return this.#db.get("blobs", fileId);
  }

  // What the server answered

  /** @param {object[]} receipts @param {object[]} files  as POST operations answers; a final word stays */
  async setReceipts(receipts, files = []) {
    const listed = new Set(files.map(({ id }) => id));
    await write(this.#db, ["operations", "files"], (store) => Promise.all([
      ...receipts.map((receipt) => takeReceipt(store, receipt, listed)),
      ...files.map((file) => takeFileState(store("files"), file.id, file)),
    ]));
    await this.#dropCopies(files);
    this.#tell({ what: "operations" });
  }

  setReceipt(receipt) {
    return this.setReceipts([receipt]);
  }

  /** @param {{state?, received?, message?, stored_at?}} values */
  async setFileState(id, values) {
    const file = await write(this.#db, ["files"], (store) => takeFileState(store("files"), id, values));
    await this.#dropCopies([{ id, ...values }]);
    this.#tell({ what: "files", visit: file?.visit });
  }

  /** Operations to ask the server about, oldest visit first, then by sequence. */
  async pending() {
    const found = await Promise.all(["local", "waiting"].map((state) => this.#inState("operations", state)));
    return [...found.flat(), ...(await this.#heldUp())].sort(inOrder);
  }

  /** Metas of files that the server does not have and that can be sent, oldest visit first. */
  async pendingFiles() {
    return (await this.#unstored()).filter(({ state }) => state !== "damaged");
  }

  /** @returns {Promise<Unsent>} */
  async unsent() {
    return count(await this.pending(), await this.#unstored());
  }

  /** A person has seen that this operation or file was refused. */
  async acknowledge(id) {
    await write(this.#db, ["operations", "files"], async (store) => {
      for (const name of ["operations", "files"]) {
        const one = await store(name).get(id);
        if (one?.state === "refused") await store(name).put({ ...one, is_seen: true });
      }
    });
    this.#tell({ what: "operations" });
  }

  /** Removes log and files of a visit. Throws NotReceived unless the server has all of it. */
  async forget(visit) {
    const [log, files] = await Promise.all([this.log(visit), this.files(visit)]);
    await write(this.#db, ["operations", "files", "blobs", "visits"], (store) => forget(store, visit));
    await dropVisit(this.member, log, files);
    this.#tell({ what: "forgotten", visit });
  }

  // Being told

  /** @param {(change: Change) => void} callback  also of other tabs @returns {() => void} ends it */
  onChange(callback) {
    this.#callbacks.add(callback);
    return () => this.#callbacks.delete(callback);
  }

  close() {
    this.#channel.close();
    this.#db.close();
  }

  #tell(change) {
    this.#channel.postMessage(change);
    this.#callbacks.forEach((callback) => callback(change));
  }

  #dropCopies(files) {
    return dropFiles(this.member, files.filter(({ state }) => state === "stored").map(({ id }) => id));
  }

  #inState(name, state) {
    return this.#db.getAllFromIndex(name, "state", within(state));
  }

  async #unstored() {
    const found = await Promise.all(["local", "expected", "damaged"].map((state) => this.#inState("files", state)));
    return found.flat().sort(byAge);
  }

  /** Signatures that wait for a choice. */
  async #heldUp() {
    const signatures = (await this.#inState("operations", "conflict")).filter(isHeldUp);
    const logs = await Promise.all(signatures.map(({ visit }) => this.log(visit)));
    return signatures.filter((one, at) => !isSuperseded(one, logs[at]));
  }

  async #refused() {
    const found = await Promise.all(["operations", "files"].map((name) => this.#inState(name, "refused")));
    return found.flat().filter((one) => !one.is_seen);
  }

  async #conflicts() {
    const visits = new Set((await this.#inState("operations", "conflict")).map(({ visit }) => visit));
    const logs = await Promise.all([...visits].map((visit) => this.log(visit)));
    return logs.flatMap(openConflicts);
  }
}

/** @returns {Unsent} */
function count(operations, files) {
  const left = files.filter(({ state }) => state !== "damaged");
  return {
    operations: operations.filter(({ state }) => state === "local").length,
    waiting: operations.filter(({ state }) => state !== "local").length,
    files: left.length,
    damaged: files.length - left.length,
    bytes: left.reduce((sum, { size, received }) => sum + size - received, 0),
  };
}

async function takeReceipt(store, { id, state, message = "", outcome = {}, arrived_at = null }, listed) {
  const operation = await store("operations").get(id);
  if (!operation || isFinal(operation)) return;
  await store("operations").put({ ...operation, state, receipt: { message, outcome, arrived_at } });
  const orphans = state === "refused" ? (operation.body.files ?? []).filter((file) => !listed.has(file.id)) : [];
  await Promise.all(orphans.map((file) => takeFileState(store("files"), file.id, ORPHAN)));
}

// The server could not read what announced it, so it expects no such file.
const ORPHAN = { state: "refused", message: "所属的记录没有被接受，服务器不收这个文件" };

async function takeFileState(store, id, { state, received, message, stored_at }) {
  const file = await store.get(id);
  if (!file || isAnswered(file)) return file;
  // Bytes that are damaged here stay so, unless the server has them whole.
  const kept = file.state === "damaged" && state !== "stored" ? "damaged" : (state ?? file.state);
  const changed = {
    ...file,
    state: kept,
    received: received ?? file.received,
    message: message ?? file.message,
    stored_at: stored_at ?? file.stored_at ?? null,
  };
  await store.put(changed);
  return changed;
}

async function forget(store, visit) {
  const log = await store("operations").index("order").getAll(within(visit));
  const files = await store("files").index("visit").getAll(visit);
  const left = notReceived(log, files);
  if (left.operations.length || left.files.length) throw new NotReceived(left);
  const summary = await store("visits").get(visit);
  await Promise.all([
    ...log.map(({ id }) => store("operations").delete(id)),
    ...files.flatMap(({ id }) => [store("files").delete(id), store("blobs").delete(id)]),
    // Its last sequence stays: the server knows those that came before.
    summary && store("visits").put({ ...summary, is_forgotten: true }),
  ]);
}
