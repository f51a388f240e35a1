// The order of a day: the server's, or without network this phone's own, from the bundle, by the same rules.

import { metres } from "./widgets/words.js";

// As inspections/day.py and inspections/my_day.py say; all [proposal].
const FACTOR = 1.4;
const METRES_PER_SECOND = 30 / 3.6;
const WAITING = 2; // metres of road that a second of the day weighs
const NEARBY = 3000;
const [CHOSEN, NEW, RECHECK, PLANNED, DANGER] = [0, 1, 2, 3, 4];
const STAY = { survey: 90, recheck: 40, spot_check: 90, enforcement: 90, other: 45 };
const OFFICIAL = ["spot_check", "enforcement"];
const LEFT_OUT = { no_place: "没有位置坐标", closed: "到达时不在营业时间内", too_late: "今天的时间排不下", unknown: "不在你的任务中" };
const ZONE = "+08:00";

/**
 * The day as `POST /field/api/day` answers it. When the server cannot be asked and `places` are given, the phone's own:
 * `by` is then "phone" and `problem` says why.
 * @param {import("./api.js").Api} api
 * @param {{position: object|null, day: string, stops: string[]|null, leaves_at: string, ends_at: string}} body
 * @param {object[]|null} places  of the bundle, whole or as the list of places has them
 */
export async function fetchDay(api, body, places = null) {
  try {
    return await api.day(body);
  } catch (error) {
    if (!places) throw error;
    return { ...planLocally(places, body), problem: error.message };
  }
}

/** The day worked out here, in the server's words. */
export function planLocally(places, { position = null, day, stops = null, leaves_at = "08:30", ends_at = "17:30" }) {
  const all = places.map((place) => candidate(place, day));
  const wanted = stops ? all.filter(({ key }) => stops.includes(key)) : all.filter(({ reasons }) => reasons.length);
  const span = { from: seconds(leaves_at), until: seconds(ends_at), start: position };
  const { legs, left } = arrange(wanted, span);
  const unknown = (stops ?? []).filter((key) => !all.some((one) => one.key === key));
  return {
    order: legs.map((leg) => spoken(leg, day)),
    left_out: [...left.map(({ stop, reason }) => ({ ...named(stop), reason, text: LEFT_OUT[reason] })),
      ...unknown.map((key) => ({ key, name: "", reasons: [], reason: "unknown", text: LEFT_OUT.unknown }))],
    starts_at: moment(day, legs.length ? legs[0].arrive - legs[0].travel : span.from),
    metres: sum(legs, "metres"),
    minutes: legs.length ? Math.round((legs.at(-1).leave - legs[0].arrive + legs[0].travel) / 60) : 0,
    by: "phone", nearby: nearby(places, position), recheck: toRecheck(places),
  };
}

/** One place of the bundle with why one should go there, how urgent it is and how long one stays. */
function candidate(place, day) {
  const reasons = [];
  let [priority, stay] = [CHOSEN, STAY.other];
  const add = (words, level, minutes) => {
    stay = reasons.length ? Math.max(stay, minutes) : minutes;
    priority = Math.max(priority, level);
    reasons.push(words);
  };
  const { major, late, recheck } = figures(place);
  if (major) add(`重大隐患 ${major} 项未销号`, DANGER, STAY.recheck);
  if (late) add(`逾期隐患 ${late} 项`, DANGER, STAY.recheck);
  if (recheck) add(`待复查 ${recheck} 项`, RECHECK, STAY.recheck);
  for (const { kind, label } of place.kinds ?? []) if (OFFICIAL.includes(kind)) add(label, PLANNED, STAY[kind]);
  const been = place.last_visit?.on ?? null;
  if (place.planned_on && place.planned_on <= day) {
    if (!been || been < place.planned_on) add(`计划 ${place.planned_on} 到场`, PLANNED, STAY.survey);
  } else if (!been && !place.planned_on && place.assignment) add("还没有去过", NEW, STAY.survey);
  return { ...place, reasons, priority, stay: stay * 60, opens: seconds(place.opens_at ?? "00:00"), closes: seconds(place.closes_at ?? "24:00") };
}

function figures({ hazards, major = 0, late = 0, recheck = 0 }) {
  if (!Array.isArray(hazards)) return { major, late, recheck };
  return {
    major: hazards.filter(({ severity }) => severity === "major").length,
    late: hazards.filter(({ is_overdue }) => is_overdue).length,
    recheck: hazards.filter(({ state }) => state === "submitted").length,
  };
}

const hasPlace = ({ latitude, longitude }) => latitude != null && longitude != null;
const seconds = (words) => words.split(":").slice(0, 2).reduce((total, part) => total * 60 + Number(part), 0) * 60;
const sum = (rows, name) => rows.reduce((total, row) => total + row[name], 0);

/**
 * The most urgent first, each where it costs least; then turned round in parts (2-opt) while that helps.
 * @returns {{legs: object[], left: {stop: object, reason: string}[]}}
 */
export function arrange(stops, span) {
  const placed = stops.filter(hasPlace);
  let order = [];
  for (const stop of nearestFirst(placed, span.start)) order = inserted(order, stop, span) ?? order;
  order = turned(order, span);
  const left = stops.filter((stop) => !order.includes(stop)).map((stop) => ({ stop, reason: reason(stop, span) }));
  return { legs: withoutFirstWait(walk(order, span) ?? []), left };
}

// By priority; among equals the chain from one to its nearest.
function nearestFirst(stops, start) {
  const rest = [...stops].sort((a, b) => (a.key < b.key ? -1 : 1));
  const found = [];
  let here = start ?? rest[0];
  while (rest.length) {
    const top = Math.max(...rest.map(({ priority }) => priority));
    const next = rest.filter(({ priority }) => priority === top).reduce((a, b) => (metres(here, b) < metres(here, a) ? b : a));
    rest.splice(rest.indexOf(next), 1);
    found.push(next);
    here = next;
  }
  return found;
}

function inserted(order, stop, span) {
  const tries = [...order, null].map((_, at) => [...order.slice(0, at), stop, ...order.slice(at)]);
  return cheapest(tries, span);
}

function turned(order, span) {
  let best = order;
  for (let better = best; better; ) {
    best = better;
    const found = cheapest([best, ...turns(best)], span);
    better = found && cost(found, span) < cost(best, span) ? found : null;
  }
  return best;
}

const turns = (order) => order.flatMap((_, from) =>
  order.slice(from + 1).map((_, length) => [
    ...order.slice(0, from), ...order.slice(from, from + length + 2).reverse(), ...order.slice(from + length + 2),
  ]));

function cheapest(orders, span) {
  const able = orders.filter((order) => walk(order, span));
  return able.length ? able.reduce((a, b) => (cost(b, span) < cost(a, span) ? b : a)) : null;
}

function cost(order, span) {
  const legs = walk(order, span);
  return legs.length ? sum(legs, "metres") + WAITING * (legs.at(-1).leave - span.from) : 0;
}

/** How an order passes, or null where it does not keep the hours. */
function walk(order, { from, until, start }) {
  const legs = [];
  let [at, here] = [from, start];
  for (const stop of order) {
    const road = here ? Math.round(FACTOR * metres(here, stop)) : 0;
    const travel = Math.round(road / METRES_PER_SECOND);
    const arrive = at + travel;
    const begin = Math.max(arrive, stop.opens);
    at = begin + stop.stay;
    if (at > Math.min(stop.closes, until)) return null;
    legs.push({ stop, arrive, wait: begin - arrive, leave: at, metres: road, travel });
    here = stop;
  }
  return legs;
}

function withoutFirstWait([first, ...rest]) {
  return first ? [{ ...first, arrive: first.arrive + first.wait, wait: 0 }, ...rest] : [];
}

function reason(stop, span) {
  if (!hasPlace(stop)) return "no_place";
  if (walk([stop], span)) return "too_late";
  return walk([{ ...stop, opens: 0, closes: 86_400 }], span) ? "closed" : "too_late";
}

const named = ({ key, name, latitude, longitude, reasons, priority }) => ({ key, name, latitude, longitude, reasons, priority });

const spoken = ({ stop, arrive, leave, wait, metres: road, travel }, day) => ({
  ...named(stop), arrive_at: moment(day, arrive), leave_at: moment(day, leave), wait: Math.round(wait / 60),
  stay: Math.round(stop.stay / 60), metres: road, minutes: Math.round(travel / 60),
});

function moment(day, at) {
  const minutes = Math.floor(at / 60);
  const two = (number) => String(number).padStart(2, "0");
  return `${day}T${two(Math.floor(minutes / 60))}:${two(minutes % 60)}${ZONE}`;
}

const hazardsOf = (place) => (Array.isArray(place.hazards) ? place.hazards : []).map((hazard) => ({
  ...hazard, key: place.key, name: place.name, latitude: place.latitude ?? null, longitude: place.longitude ?? null,
}));

/** Open hazards of the bundle around a position, nearest first. */
export function nearby(places, position) {
  if (!position) return [];
  return places.filter((place) => hasPlace(place) && metres(position, place) <= NEARBY)
    .flatMap((place) => hazardsOf(place).map((hazard) => ({ ...hazard, metres: Math.round(metres(position, place)) })))
    .sort((a, b) => a.metres - b.metres || (a.number < b.number ? -1 : 1));
}

/** What was handed in and waits for a recheck. */
export const toRecheck = (places) =>
  places.flatMap(hazardsOf).filter(({ state, can_recheck }) => state === "submitted" && can_recheck !== false);
