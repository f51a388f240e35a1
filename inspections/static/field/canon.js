// Canonical JSON of a body and its hash, as docs/field.md says.

const DIGITS = { latitude: 6, longitude: 6, accuracy: 1, seconds: 1, from: 4, to: 4 };
const POINT = [0, 6, 6, 1]; // of a track: milliseconds, latitude, longitude, accuracy

/**
 * What may go into a body: numbers rounded, texts that JSON and PostgreSQL can hold (half an emoji or a NUL character,
 * as a truncated paste leaves them, would be refused by the server for ever).
 * @returns {*} a copy
 */
export function tidy(value, digits = null) {
  if (typeof value === "number") return number(value, digits);
  if (typeof value === "string") return text(value);
  if (Array.isArray(value)) return value.map((one) => tidy(one, digits));
  if (value === null || typeof value !== "object") return value;
  const known = Object.entries(value).filter(([, one]) => one !== undefined);
  return Object.fromEntries(known.map(([key, one]) => [key, key === "points" ? points(one) : tidy(one, DIGITS[key])]));
}

const points = (list) => list.map((point) => point.map((one, place) => number(one, POINT[place])));

function number(value, digits) {
  if (!Number.isFinite(value)) return null;
  if (digits === null || digits === undefined) return value;
  return Math.round(value * 10 ** digits) / 10 ** digits;
}

function text(value) {
  const whole = value.toWellFormed?.() ?? value;
  return whole.replaceAll("\u0000", "");
}

/** Keys sorted, no spaces. @returns {string} */
export function canonical(value) {
  if (Array.isArray(value)) return `[${value.map((one) => canonical(one ?? null)).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const known = Object.keys(value).filter((key) => value[key] !== undefined);
  return `{${known.sort().map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`).join(",")}}`;
}

/** @param {ArrayBuffer|Uint8Array} bytes @returns {Promise<string>} hex */
export async function sha256(bytes) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** SHA-256 over the canonical JSON of a body. @returns {Promise<string>} hex */
export const bodyHash = (body) => sha256(new TextEncoder().encode(canonical(body)));
