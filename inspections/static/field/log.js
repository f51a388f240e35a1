// Appending to the log: an operation, its files and the visit's summary, all or nothing.
import { sha256, tidy } from "./canon.js";
import { stamp } from "./clock.js";
import { copyEntry } from "./copy.js";
import { write } from "./db.js";
import { newId } from "./ids.js";

const STORES = ["operations", "files", "blobs", "visits", "places"];
const WITH_FILES = new Set(["hazard.add", "recheck", "files", "visit.sign"]);
const LARGEST = 20 * 1024 * 1024; // the server takes no larger file
const ENDS = { "visit.sign": "signed", "visit.refuse": "refused", settle: "signed" };

/** A file that no server would take; its message may be shown. Nothing was kept. */
export class BadFile extends Error {}

/** What of a file stands in the body of an operation. */
const announcement = ({ id, sha256, size, purpose, type, taken_at, position, drawing, seconds }) =>
  ({ id, sha256, size, purpose, type, taken_at, position, drawing, seconds });

/**
 * @param {{db, device, member}} owner
 * @param {import('./store.js').Entry} entry
 * @returns {Promise<object>} the operation as it is kept
 */
export async function append({ db, device, member }, { visit, place, kind, body, files = [] }) {
  const taken = [];
  for (const file of files) taken.push(await take(file)); // one after the other: each is in memory as a whole
  const announced = { ...body, files: taken.map(({ meta }) => announcement(meta)) };
  const said = WITH_FILES.has(kind) || taken.length ? announced : body;
  const operation = {
    id: newId(), visit, place, device, sequence: 0, kind, made_at: stamp(), member, body: tidy(said),
    state: "local", receipt: null,
  };
  const kept = await write(db, STORES, (store) => keep(store, operation, taken), "strict");
  // It is kept; without room for a second copy there is none.
  await copyEntry(member, kept).catch(() => {});
  return operation;
}

// The bytes that were hashed are the bytes that are kept: a camera's file may change or vanish behind its handle.
async function take({ blob, purpose, id = newId(), ...about }) {
  const bytes = await blob.arrayBuffer();
  if (!bytes.byteLength) throw new BadFile("文件是空的，请重新拍摄");
  if (bytes.byteLength > LARGEST) throw new BadFile("文件超过 20 MB，请缩小后再添加");
  const { taken_at = stamp(), position = null, drawing = [], seconds = null } = about;
  const meta = {
    id, sha256: await sha256(bytes), size: bytes.byteLength, purpose, type: blob.type,
    ...tidy({ taken_at, position, drawing, seconds }),
  };
  return { meta, blob: new Blob([bytes], { type: blob.type }) };
}

async function keep(store, operation, taken) {
  const { visit, device, id, kind, body } = operation;
  const before = await store("visits").get(visit);
  const place = before ? null : await store("places").get(operation.place);
  if (!before && !place) throw new Error(`no place ${operation.place} for the first operation of visit ${visit}`);
  const summary = before ?? begin(operation, place);
  operation.place = summary.place;
  operation.sequence = (summary.last[device] ?? 0) + 1;
  const common = { visit, operation: id, kind, hazard: body.hazard ?? null, state: "local", received: 0, message: "" };
  const kept = {
    operation,
    summary: after(summary, operation),
    files: taken.map(({ meta, blob }) => ({ about: { ...meta, ...common }, blob })),
  };
  await Promise.all([
    store("operations").add(operation),
    ...kept.files.map(({ about }) => store("files").add(about)),
    ...kept.files.map(({ about, blob }) => store("blobs").add(blob, about.id)),
    store("visits").put(kept.summary),
  ]);
  return kept;
}

// A visit that another phone or the desk began comes with the bundle.
function begin({ visit, body, kind, made_at }, place) {
  const known = kind === "visit.start" ? body : (place.open_visit ?? {});
  return {
    id: visit, place: place.key, name: place.name, kind: known.kind ?? "", part: known.part ?? "", state: "open",
    started_at: made_at, last: {},
  };
}

const after = (summary, { device, sequence, kind, made_at }) => ({
  ...summary,
  state: ENDS[kind] ?? summary.state,
  changed_at: made_at,
  is_forgotten: false,
  last: { ...summary.last, [device]: sequence },
});
