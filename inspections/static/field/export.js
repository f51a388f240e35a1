// Last resort: what is unsent, as one ZIP (docs/field.md). Nothing is marked as sent by it.
import { downloadZip } from "../npm/client-zip/index.js";
import { wire } from "./api.js";
import { stamp } from "./clock.js";
import { held } from "./storage.js";

/**
 * The bytes of one file at a time are read; the browser keeps the rest on disk.
 * @returns {Promise<File|null>} null: nothing is unsent
 */
export async function exportUnsent(store) {
  const files = await everyFile(store);
  const operations = await withAnnouncing(store, await store.pending(), files);
  const unkept = held(store);
  if (!operations.length && !unkept.length) return null;
  const zip = await downloadZip(entries(store, operations, files, unkept)).blob();
  const name = `未上传记录-${stamp().slice(0, 16).replace(/[-:]/g, "").replace("T", "-")}.zip`;
  return new File([zip], name, { type: "application/zip" });
}

// Damaged ones too: a person may still make out what is on them.
async function everyFile(store) {
  const visits = await store.visits();
  const found = await Promise.all(visits.map(({ id }) => store.files(id)));
  return found.flat().filter(({ state }) => state !== "stored" && state !== "refused");
}

// The server may have the operation and lack its photo: both go, so that the ZIP says what the photo belongs to.
async function withAnnouncing(store, operations, files) {
  const known = new Set(operations.map(({ id }) => id));
  const missing = new Set(files.map(({ operation }) => operation).filter((id) => !known.has(id)));
  return [...operations, ...(await Promise.all([...missing].map((id) => store.operation(id))))];
}

async function* entries(store, operations, files, unkept) {
  const words = { sent_at: stamp(), device: store.device, operations: operations.map(wire) };
  yield { name: "operations.json", input: JSON.stringify(words) };
  for (const { id } of files) {
    const blob = await store.blob(id);
    if (blob) yield { name: `files/${id}`, input: blob };
  }
  yield* unkeptEntries(unkept);
}

// What there was no room for has no place in the log: it is there for people, the import passes it over.
function* unkeptEntries(unkept) {
  for (const [number, { files = [], ...entry }] of unkept.entries()) {
    yield { name: `held/${number + 1}.json`, input: JSON.stringify(entry) };
    for (const [place, { blob }] of files.entries()) yield { name: `held/${number + 1}-${place + 1}`, input: blob };
  }
}
