// The field app: who works here, which screen is open, and what every screen needs.

import { api } from "./api.js";
import { frame } from "./frame.js";
import { current, recognise } from "./people.js";
import { onUpdate, register } from "./register.js";
import { open as openRoute } from "./routes.js";
import { askToKeep } from "./storage.js";
import { openStore } from "./store.js";
import { autoSync } from "./sync.js";
import { openDrafts } from "./widgets/drafts.js";
import { listenToKeys } from "./widgets/keys.js";
import { hasLeft } from "./widgets/leaving.js";
import { applyTheme } from "./widgets/theme.js";
import { settleToast, toast } from "./widgets/toasts.js";

const root = document.getElementById("app");
root.textContent = "";

/**
 * What screens are given.
 * @property {object|null} me, store, drafts, head (the bundle's head)
 * @property {{operations, files, bytes}|null} unsent  @property {boolean} online  @property {boolean|null} signedIn
 * @property {{progress: object|null, result: object|null}} sync
 */
export const app = {
  config: root.dataset, api, toast, draw, go,
  me: null, store: null, drafts: null, head: null, unsent: null,
  online: navigator.onLine, signedIn: null, sync: { running: false, progress: null, result: null, now: async () => null },
  update: null, query: new URLSearchParams(), visit: null,
  async readHead() { app.head = (await app.store.bundle()) ?? null; },
  async countUnsent() { app.unsent = app.store ? await app.store.unsent() : null; },
};

let screen = null;
let turn = 0;
const trail = [];
const scrolls = new Map();

function draw() {
  if (screen) frame(root, app, screen);
}

/** Go to a hash; `replace` leaves no step back. */
function go(hash, { replace = false } = {}) {
  if (!replace) {
    location.hash = hash;
    return;
  }
  history.replaceState(null, "", hash);
  trail[trail.length - 1] = hash;
  route();
}

function parse() {
  const [path, query = ""] = location.hash.replace(/^#/, "").split("?");
  return { path: path || "/", query: new URLSearchParams(query) };
}

/** Note the step in the trail. @returns {boolean} whether it goes back to where one was before */
function step(hash) {
  if (trail.at(-2) === hash) {
    trail.pop();
    return true;
  }
  if (trail.at(-1) !== hash) trail.push(hash);
  return false;
}

async function route() {
  const { path, query } = parse();
  const isBack = step(location.hash);
  app.query = query;
  if (screen?.path === path && app.store) {
    screen.asked?.();
    draw();
    return;
  }
  settleToast();
  if (screen) scrolls.set(screen.hash, scrollY);
  const opening = ++turn;
  const found = await openRoute(app, path);
  if (opening !== turn) {
    found.close?.();
    return;
  }
  screen?.close?.();
  screen = { ...found, path, hash: location.hash };
  draw();
  show(isBack ? scrolls.get(location.hash) ?? 0 : 0);
}

// A new screen is announced by its heading; the address keeps its place in the list.
function show(top) {
  document.title = `${screen.title} · 安服现场`;
  scrollTo(0, top);
  root.querySelector("h1")?.focus({ preventScroll: true });
}

let counting = 0;

function changed(change) {
  clearTimeout(counting);
  counting = setTimeout(async () => {
    if (change.what === "bundle") await app.readHead();
    await app.countUnsent();
    draw();
  }, 120);
  screen?.changed?.(change);
}

/** Open the database of the person, and everything that stands on it. */
async function begin(me) {
  app.me = me;
  screen = null;
  [app.store, app.drafts] = await Promise.all([openStore(me.member), openDrafts(me.member)]);
  app.store.onChange(changed);
  if (app.store.restored) toast(`手机浏览器的存储坏过，已从备份恢复 ${app.store.restored} 条记录`, { seconds: 10 });
  await Promise.all([app.readHead(), app.countUnsent()]);
  const auto = autoSync(app.store, api, { onProgress: progressed, onResult: ended });
  app.sync.now = auto.now;
  app.stop = auto.stop;
  askToKeep();
}

function progressed(progress) {
  Object.assign(app.sync, { running: true, progress });
  draw();
}

function ended(result) {
  Object.assign(app.sync, { running: false, progress: null, result, at: new Date().toISOString() });
  if (result?.stopped === "signin") app.signedIn = false;
  else if (!result?.stopped) app.signedIn = true;
  app.online = result?.stopped === "offline" ? false : navigator.onLine;
  draw();
}

/** Ask who is signed in, without waiting for it: work goes on with whom the phone knows. */
async function meet() {
  const known = current();
  const { me, signedIn, online } = await recognise(api).catch(() => ({ me: known, signedIn: null, online: false }));
  Object.assign(app, { signedIn, online: online && navigator.onLine });
  if (me && me.member !== app.me?.member) {
    if (app.me) location.reload();
    else await begin(me);
  }
  await route();
  draw();
}

async function start() {
  applyTheme();
  listenToKeys();
  register();
  onUpdate((apply) => { app.update = apply; draw(); });
  for (const name of ["online", "offline"]) {
    addEventListener(name, () => { app.online = navigator.onLine; draw(); });
  }
  addEventListener("hashchange", route);
  const known = current();
  if (known) await begin(known);
  if (known || hasLeft()) await route();
  if (!hasLeft()) await meet();
}

start();
