// The service worker: kept, and told of new versions.

const HOUR = 60 * 60 * 1000;
const callbacks = new Set();
let registration = null;
let isWaiting = false;

/** @returns {Promise<ServiceWorkerRegistration|null>} null where the browser has none */
export async function register() {
  if (!("serviceWorker" in navigator)) return null;
  navigator.serviceWorker.addEventListener("message", ({ data }) => data?.kind === "waiting" && tell());
  registration = await navigator.serviceWorker.register("/field/sw.js", { scope: "/field/", updateViaCache: "none" });
  if (registration.waiting && registration.active) tell();
  setInterval(() => registration.update().catch(() => {}), HOUR);
  return registration;
}

/**
 * @param {(apply: () => void) => void} callback  a new version waits; apply() takes it and loads the page again, so the
 *   screen offers it outside a visit only
 */
export function onUpdate(callback) {
  callbacks.add(callback);
  if (isWaiting) callback(apply);
}

function tell() {
  isWaiting = true;
  callbacks.forEach((callback) => callback(apply));
}

function apply() {
  navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
  registration.waiting?.postMessage({ kind: "take over" });
}
