// The bundle in pieces, so that opening one enterprise reads one record.
import { write } from "./db.js";

const STORES = ["parts", "places", "checklists", "visits"];

/** Replace the bundle in one transaction; what a visit on this phone stands on stays. */
export const saveBundle = (db, bundle, etag) => write(db, STORES, async (store) => {
  const { library, checklists, places, ...head } = bundle;
  const live = (await store("visits").getAll()).filter((visit) => !visit.is_forgotten);
  const work = [
    store("parts").put({ ...head, etag, checklist_ids: checklists.map(({ id }) => id) }, "head"),
    store("parts").put(library, "library"),
    store("parts").put(places.map(row), "places"),
    keepPlaces(store("places"), places, new Set(live.map((visit) => visit.place)), bundle.made_at),
    keepChecklists(store("checklists"), checklists, live.length > 0),
  ];
  await Promise.all(work);
});

// What the list of places shows.
function row({ hazards, open_visit, checklists, risk_points, products, risk_factors, ...light }) {
  return { ...light, hazards: hazards.length, open_visit: open_visit?.id ?? null };
}

async function keepPlaces(store, places, needed, asOf) {
  const fresh = new Set(places.map(({ key }) => key));
  const gone = (await store.getAll()).filter(({ key }) => !fresh.has(key));
  await Promise.all([
    ...gone.map((place) => (needed.has(place.key) ? store.put({ ...place, gone: true }) : store.delete(place.key))),
    ...places.map((place) => store.put({ ...place, as_of: asOf })),
  ]);
}

async function keepChecklists(store, checklists, keepOld) {
  if (!keepOld) await store.clear();
  await Promise.all(checklists.map((one) => store.put(one)));
}

/** Checklists in the order of `ids`; without, all of the newest bundle. */
export async function readChecklists(db, ids) {
  const wanted = ids ?? (await db.get("parts", "head"))?.checklist_ids ?? [];
  const found = await Promise.all(wanted.map((id) => db.get("checklists", id)));
  return found.filter(Boolean);
}
