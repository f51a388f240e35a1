// Where the phone is, if it says so; and the track of a visit. Nothing ever waits for it.

const FRESH = 90_000;
const EVERY = 60_000;
const REPORT = 5;

const place = { position: null, at: 0, problem: "", watch: null };
const listeners = new Set();

const PROBLEMS = {
  1: "手机没有给定位权限。可在浏览器的网站设置里允许“位置信息”",
  2: "现在收不到定位信号",
  3: "定位超时，厂房里信号可能被遮挡",
};

function told(found) {
  const { latitude, longitude, accuracy } = found.coords;
  place.position = { latitude: round(latitude), longitude: round(longitude), accuracy: Math.round(accuracy) };
  place.at = Date.now();
  place.problem = "";
  listeners.forEach((listener) => listener());
}

function failed(error) {
  place.problem = PROBLEMS[error.code] ?? PROBLEMS[2];
  listeners.forEach((listener) => listener());
}

const round = (value) => Math.round(value * 1e6) / 1e6;

/** Begin to watch; asks the person the first time. */
export function watchPosition() {
  if (place.watch !== null) return;
  if (!navigator.geolocation) {
    place.problem = "这个浏览器没有定位功能";
    return;
  }
  const options = { enableHighAccuracy: true, maximumAge: 30_000, timeout: 20_000 };
  place.watch = navigator.geolocation.watchPosition(told, failed, options);
}

/** Begin to watch where the person has allowed it before; never asks. */
export async function watchIfAllowed() {
  const answer = await navigator.permissions?.query({ name: "geolocation" }).catch(() => null);
  if (answer?.state === "granted") watchPosition();
  return answer?.state ?? "prompt";
}

/** The last position of the last minute and a half, or null. */
export const position = () => (Date.now() - place.at < FRESH ? place.position : null);
/** The last position, however old, for sorting a list. */
export const lastPosition = () => place.position;
export const positionProblem = () => place.problem;
export const isWatching = () => place.watch !== null;

/** @returns what ends it */
export function onPosition(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/**
 * Take a point each minute while the page is seen, and hand them over five at a time.
 * @param {(points: number[][]) => Promise<void>} keep
 * @returns {{flush: () => Promise<void>, stop: () => Promise<void>}}
 */
export function track(keep) {
  let points = [];
  let last = 0;
  const flush = async () => {
    const taken = points;
    points = [];
    if (taken.length) await keep(taken);
  };
  const take = () => {
    const now = position();
    if (document.visibilityState !== "visible" || !now || place.at === last) return;
    last = place.at;
    points.push([Date.now(), now.latitude, now.longitude, now.accuracy]);
    if (points.length >= REPORT) flush();
  };
  const hidden = () => document.visibilityState === "hidden" && flush();
  const timer = setInterval(take, EVERY);
  document.addEventListener("visibilitychange", hidden);
  watchPosition();
  return {
    flush,
    stop() {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", hidden);
      return flush();
    },
  };
}
