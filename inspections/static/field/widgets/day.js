// The day in order, asked of the server or worked out here; kept until somebody asks anew.

import { serverNow, serverToday } from "../clock.js";
import { fetchDay } from "../order.js";
import { lastPosition } from "./geo.js";

const [LEAVES, ENDS] = ["08:30", "17:30"];
const known = { head: null, day: null, asking: false };

const clock = () => serverNow().toLocaleTimeString("en-GB", { timeZone: "Asia/Shanghai", hour: "2-digit", minute: "2-digit" });
const after = (day) => new Date(Date.parse(day) + 86_400_000).toISOString().slice(0, 10);

/** From now, or tomorrow from the morning when the day is over. */
function span() {
  const [today, now] = [serverToday(), clock()];
  if (now >= ENDS) return { day: after(today), leaves_at: LEAVES, ends_at: ENDS, words: "明天" };
  return { day: today, leaves_at: now < LEAVES ? LEAVES : now, ends_at: ENDS, words: "今天" };
}

/** The day, or null while it is being worked out; `app.draw` follows. */
export function dayOf(app, { anew = false } = {}) {
  if ((anew || known.head !== app.head) && !known.asking) ask(app);
  return known.asking ? null : known.day;
}

async function ask(app) {
  Object.assign(known, { head: app.head, asking: true });
  const { words, ...body } = span();
  try {
    const rows = await app.store.places();
    const places = await Promise.all(rows.map(({ key }) => app.store.place(key)));
    const day = await fetchDay(app.api, { ...body, position: lastPosition(), stops: null }, places);
    known.day = { ...day, words };
  } finally {
    known.asking = false;
    app.draw();
  }
}
