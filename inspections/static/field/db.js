// The shape of the databases, and transactions in which everything happens or nothing.
import { openDB } from "../npm/idb/build/index.js";
import { copiedDevice, copiedMembers, copyDevice } from "./copy.js";
import { newId } from "./ids.js";

const PREFIX = "anfu-field-";
const VERSION = 1;

/** Everything up to the end of a compound key that begins with these parts. */
export const within = (...parts) => IDBKeyRange.bound(parts, [...parts, []]);

/** The database of one member. */
export const openMember = (member) => openDB(PREFIX + member, VERSION, {
  upgrade: create,
  // A newer version of the app in another tab must not wait for this one.
  blocking: (_old, _new, event) => event.target.close(),
});

function create(db) {
  db.createObjectStore("parts"); // of the bundle: head, library, list of places
  db.createObjectStore("places", { keyPath: "key" });
  db.createObjectStore("checklists", { keyPath: "id" });
  db.createObjectStore("visits", { keyPath: "id" });
  const operations = db.createObjectStore("operations", { keyPath: "id" });
  operations.createIndex("order", ["visit", "device", "sequence"], { unique: true });
  operations.createIndex("state", ["state", "visit", "sequence"]);
  const files = db.createObjectStore("files", { keyPath: "id" });
  files.createIndex("visit", "visit");
  files.createIndex("state", ["state", "visit", "id"]);
  db.createObjectStore("blobs"); // bytes apart from the metas, so that listing is cheap
}

/**
 * Do `work(store)` in one transaction, `store(name)` being an object store; resolves when it is kept.
 * @param {"strict"|"relaxed"} durability  strict: on the disk, not in a cache of the system
 */
export async function write(db, names, work, durability = "relaxed") {
  const tx = db.transaction(names, "readwrite", { durability });
  const undo = (error) => {
    if (!tx.error) tryAbort(tx);
    throw error;
  };
  try {
    const [found] = await Promise.all([work((name) => tx.objectStore(name)).catch(undo), tx.done]);
    return found;
  } catch (error) {
    // The requests of an aborted transaction say AbortError; the transaction knows why (no room).
    throw tx.error ?? error;
  }
}

function tryAbort(tx) {
  try {
    tx.abort();
  } catch {
    // It is over already.
  }
}

/** Members who have a database on this phone, or had one. @returns {Promise<string[]>} */
export async function storedMembers() {
  const names = (await indexedDB.databases()).map(({ name }) => name).filter((name) => name.startsWith(PREFIX));
  return [...new Set([...names.map((name) => name.slice(PREFIX.length)), ...(await copiedMembers())])];
}

let known = null;

/** The id of this browser: made once, shared by all members. @returns {Promise<string>} */
export const device = () => (known ??= readDevice());

async function readDevice() {
  const copied = await copiedDevice();
  const db = await openDB("anfu-device", 1, { upgrade: (one) => one.createObjectStore("device") });
  const id = await write(db, ["device"], async (store) => {
    const kept = await store("device").get("id");
    if (kept) return kept;
    const made = copied ?? newId();
    await store("device").put(made, "id");
    return made;
  }, "strict");
  db.close();
  if (!copied) await copyDevice(id).catch(() => {});
  return id;
}
