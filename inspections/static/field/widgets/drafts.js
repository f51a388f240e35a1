// Forms that are not saved yet, with their photos: they outlive a closed app. One database for each person,
// apart from the log, for a draft is nobody's record.

import { openDB } from "../../npm/idb/build/index.js";

/** @returns {Promise<{get, put, drop, all}>} by a key such as "hazard:<visit>:<question>" */
export async function openDrafts(member) {
  const db = await openDB(`anfu-drafts-${member}`, 1, {
    upgrade: (made) => made.createObjectStore("drafts"),
  });
  return {
    get: (key) => db.get("drafts", key),
    put: (key, value) => db.put("drafts", value, key),
    drop: (key) => db.delete("drafts", key),
    all: () => db.getAllKeys("drafts"),
    close: () => db.close(),
  };
}
