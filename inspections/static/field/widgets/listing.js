// The places of a person as the list needs them: what is open there, and which filter lets them through.

import { lastPosition } from "./geo.js";
import { metres } from "./words.js";

export const FILTERS = [
  ["", "全部"], ["today", "今天"], ["recheck", "待复查"], ["late", "有逾期"], ["new", "未去过"], ["going", "进行中"],
];

let known = { head: null, rows: [] };

/** Every place with its figures; read once for each bundle. */
export async function readPlaces(app) {
  const visits = await app.store.visits();
  if (known.head !== app.head) {
    const light = await app.store.places();
    const rows = await Promise.all(light.map(async (row) => ({ ...row, ...(await figures(app, row)) })));
    known = { head: app.head, rows };
  }
  const going = new Map(visits.filter(({ state }) => state === "open").map((visit) => [visit.place, visit.id]));
  const been = new Map(visits.map((visit) => [visit.place, visit.started_at]));
  return known.rows.map((row) => ({
    ...row,
    going: going.get(row.key) ?? row.open_visit,
    been: been.get(row.key) ?? row.last_visit?.on ?? null,
  }));
}

async function figures(app, row) {
  const { hazards = [], search = "", address = "" } = (await app.store.place(row.key)) ?? {};
  return {
    open: hazards.length,
    late: hazards.filter(({ is_overdue }) => is_overdue).length,
    major: hazards.filter(({ severity }) => severity === "major").length,
    recheck: hazards.filter(({ can_recheck, state, is_overdue }) => can_recheck && (state === "submitted" || is_overdue)).length,
    text: `${search} ${address}`.toLowerCase(),
  };
}

const TESTS = {
  "": () => true,
  today: (row, today) => row.planned_on !== null && row.planned_on <= today && !row.been?.startsWith(today),
  recheck: (row) => row.recheck > 0,
  late: (row) => row.late > 0,
  new: (row) => !row.been,
  going: (row) => Boolean(row.going),
};

export function matching(rows, { words = "", filter = "", today }) {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  const test = TESTS[filter] ?? TESTS[""];
  return rows.filter((row) => test(row, today) && wanted.every((word) => row.text.includes(word)));
}

/** How many each filter lets through. */
export const counts = (rows, today) =>
  Object.fromEntries(FILTERS.map(([key]) => [key, rows.filter((row) => TESTS[key](row, today)).length]));

export const away = (row, from = lastPosition()) =>
  from && row.latitude !== null && row.latitude !== undefined ? metres(from, row) : null;

const planned = (row) => row.planned_on ?? "9999";
const far = (row) => away(row) ?? Infinity;

/** Going on first, then by the planned day, or by distance. */
export function sorted(rows, near) {
  const going = (row) => (row.going ? 0 : 1);
  const key = near ? (a, b) => far(a) - far(b) : (a, b) => (planned(a) < planned(b) ? -1 : planned(a) > planned(b) ? 1 : 0);
  return [...rows].sort((a, b) => going(a) - going(b) || key(a, b));
}
