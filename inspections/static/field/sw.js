// Keeps the app itself on the phone. Served as /field/sw.js by a view that fills in version and files.
const VERSION = "__VERSION__";
const ASSETS = __ASSETS__;

const SHELL = "/field/";
const PREFIX = "anfu-field-shell-";
const CACHE = PREFIX + VERSION;
const PATIENCE = 2000;
// Paths come encoded in more than one way (@ or %40).
const known = new Map(ASSETS.map((url) => [decodeURIComponent(url), url]));

self.addEventListener("install", (event) => event.waitUntil(install()));
self.addEventListener("activate", (event) => event.waitUntil(activate()));
self.addEventListener("message", ({ data }) => data?.kind === "take over" && self.skipWaiting());

self.addEventListener("fetch", (event) => {
  const { method, mode, url } = event.request;
  const { origin, pathname } = new URL(url);
  if (method !== "GET" || origin !== location.origin) return;
  const kept = known.get(decodeURIComponent(pathname));
  if (kept) event.respondWith(asset(event.request, kept));
  else if (mode === "navigate" && pathname === SHELL) event.respondWith(shell(event));
});

// All assets or no installation; the page itself may be a sign-in just now and is then kept later.
async function install() {
  const cache = await caches.open(CACHE);
  await cache.addAll(ASSETS.map((url) => new Request(url, { cache: "no-cache" })));
  await keep(await fetch(SHELL, { cache: "no-cache" }).catch(() => null));
  if (!self.registration.active) return;
  const pages = await self.clients.matchAll({ includeUncontrolled: true });
  pages.forEach((page) => page.postMessage({ kind: "waiting", version: VERSION }));
}

async function activate() {
  const old = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== CACHE);
  await Promise.all(old.map((name) => caches.delete(name)));
  await self.clients.claim();
}

async function asset(request, url) {
  const cache = await caches.open(CACHE);
  return (await cache.match(url)) ?? fetch(request);
}

// The network says who is signed in; the words of the page are those of this version, like its scripts. Without an
// answer in time, or with an error of the server, what is kept opens too.
async function shell(event) {
  const kept = await (await caches.open(CACHE)).match(SHELL);
  const asked = fetch(event.request);
  if (!kept) {
    event.waitUntil(asked.then((response) => keep(response.clone())).catch(() => {}));
    return asked;
  }
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE, kept));
  const judged = asked.then((response) => (response.ok || response.status >= 500 ? kept : response), () => kept);
  return Promise.race([judged, late]);
}

// Never a redirect to the sign-in, never an error.
async function keep(response) {
  if (response?.status !== 200 || response.redirected) return;
  const cache = await caches.open(CACHE);
  await cache.put(SHELL, response);
}
