// A second copy of what was recorded. A browser that is killed while it writes may find its database broken when it opens
// again, and then begins an empty one. The cache lies in files of its own, one for each entry.

const PREFIX = "anfu-field-copy-";
const DEVICE = "anfu-device-copy";
const STORES = ["operations", "files", "blobs", "visits"];

const at = (kind, id) => `/field/copy/${kind}/${id}`;
const json = (value) => new Response(JSON.stringify(value));
const open = (member) => caches.open(PREFIX + member);

/** Members of whom there is a copy on this phone. @returns {Promise<string[]>} */
export async function copiedMembers() {
  const names = await caches.keys();
  return names.filter((name) => name.startsWith(PREFIX)).map((name) => name.slice(PREFIX.length));
}

/** @param {{operation, summary, files: {about: object, blob: Blob}[]}} kept  as log.js keeps it */
export async function copyEntry(member, { operation, summary, files }) {
  const cache = await open(member);
  const words = { operation, summary, files: files.map(({ about }) => about) };
  await Promise.all([
    ...files.map(({ about, blob }) => cache.put(at("file", about.id), new Response(blob))),
    cache.put(at("operation", operation.id), json(words)),
  ]);
}

/** The server has these files: their bytes need no copy. */
export async function dropFiles(member, ids) {
  if (!ids.length) return;
  const cache = await open(member);
  await Promise.all(ids.map((id) => cache.delete(at("file", id))));
}

/** The server has all of a visit. */
export async function dropVisit(member, operations, files) {
  const cache = await open(member);
  await Promise.all(operations.map(({ id }) => cache.delete(at("operation", id))));
  await dropFiles(member, files.map(({ id }) => id));
}

/**
 * Put everything back into an empty database. The server is asked about all of it again, and answers as before.
 * @returns {Promise<number>} how many operations
 */
export async function restore(db, member) {
  if (!(await copiedMembers()).includes(String(member))) return 0;
  const cache = await open(member);
  const entries = await read(cache);
  const tx = db.transaction(STORES, "readwrite", { durability: "strict" });
  const store = (name) => tx.objectStore(name);
  for (const { operation, summary, files } of entries) {
    store("operations").put(operation);
    store("visits").put(summary);
    files.forEach((about) => store("files").put(about));
  }
  await tx.done;
  // One after the other: each is in memory as a whole. What has no bytes here is at the server, or is told as damaged.
  for (const { id } of entries.flatMap(({ files }) => files)) {
    const kept = await cache.match(at("file", id));
    if (kept) await db.put("blobs", await kept.blob(), id);
  }
  return entries.length;
}

/** In the order of their making, so that a visit's last summary stands. */
async function read(cache) {
  const requests = (await cache.keys()).filter(({ url }) => url.includes(at("operation", "")));
  const entries = await Promise.all(requests.map(async (request) => (await cache.match(request)).json()));
  return entries.sort((a, b) => a.operation.sequence - b.operation.sequence);
}

/** The id of this browser, where it outlived its database. @returns {Promise<string|undefined>} */
export async function copiedDevice() {
  const found = await (await caches.open(DEVICE)).match(at("device", "id"));
  return found?.text();
}

export async function copyDevice(id) {
  await (await caches.open(DEVICE)).put(at("device", "id"), new Response(id));
}
