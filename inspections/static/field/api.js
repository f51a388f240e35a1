// The server's words. Every failure is one of these classes; its message is Chinese and may be shown.
import { noteServer, stamp } from "./clock.js";

export class ApiError extends Error {
  constructor(message, status = 0) {
    super(message);
    this.status = status;
  }
}
/** No network, time ran out, or what answered is not our server. */
export class Offline extends ApiError {}
/** 401: the session has ended. Or 403 with a code: the sign-in lacks a step that only a page can take. */
export class SignIn extends ApiError {}
/** 403: another person is signed in. */
export class WrongPerson extends ApiError {}
/** 507 */
export class StorageFull extends ApiError {}
/** Another 4xx, with the server's reason. */
export class Refused extends ApiError {}
/** 5xx */
export class ServerError extends ApiError {}

const TIMEOUTS = { short: 20_000, operations: 45_000, chunk: 60_000, bundle: 180_000 };
const OPERATION = ["id", "visit", "place", "device", "sequence", "kind", "made_at", "member", "body"];

/** What of a stored operation goes to the server. */
export const wire = (operation) => Object.fromEntries(OPERATION.map((key) => [key, operation[key]]));

/**
 * @typedef {Object} Api  Each may get {signal} as its last argument.
 * @property {number|null} member  who was signed in when the server was last asked
 * @property {() => Promise<{member, name, org, role, csrf, now}>} me
 * @property {(etag?: string) => Promise<{bundle: object, etag: string}|null>} bundle  null: unchanged
 * @property {(operations: object[]) => Promise<{now, receipts, files}>} operations
 * @property {(id: string, offset: number, chunk: ArrayBuffer) => Promise<{id, state, received, message}>} putFile  also
 *   for 409: go on from `received`
 * @property {(visit: string) => Promise<{files: object[]}>} files
 * @property {(id: string) => Promise<object>} visit  what the server has of a visit, to compare
 * @property {(body: object) => Promise<object>} day
 * @property {(enterprise: number) => Promise<{phone: string}>} phone  the whole number; each time is recorded
 */

/** @returns {Api} */
export function createApi({ base = "/field/api/", timeouts = {} } = {}) {
  const limits = { ...TIMEOUTS, ...timeouts };
  let csrf = "";

  const api = {
    member: null,

    async me(options) {
      const { body } = await ask(`${base}me`, { timeout: limits.short, ...options });
      csrf = body.csrf;
      api.member = body.member;
      return body;
    },

    async bundle(etag = "", options = {}) {
      const headers = etag ? { "If-None-Match": etag } : {};
      const answer = await ask(`${base}bundle`, { timeout: limits.bundle, headers, ...options });
      return answer.status === 304 ? null : { bundle: answer.body, etag: answer.etag };
    },

    operations(operations, options) {
      const words = { sent_at: stamp(), device: operations[0].device, operations: operations.map(wire) };
      return write("POST", "operations", json(words), { timeout: limits.operations, ...options });
    },

    putFile(id, offset, chunk, options) {
      const content = { body: chunk, headers: { "Content-Type": "application/octet-stream" } };
      const path = `files/${id}?offset=${offset}`;
      return write("PUT", path, content, { timeout: limits.chunk, good: [409], ...options });
    },

    files: (visit, options) => read(`files?visit=${visit}`, options),
    visit: (id, options) => read(`visits/${id}`, options),
    phone: (enterprise, options) => write("POST", `phones/${enterprise}`, json({}), { timeout: limits.short, ...options }),
    day: (body, options) => write("POST", "day", json(body), { timeout: limits.short, ...options }),
  };

  async function read(path, options) {
    return (await ask(base + path, { timeout: limits.short, ...options })).body;
  }

  // The token changes with each sign-in: a 403 may mean no more than that ours is old.
  async function write(method, path, content, options) {
    if (!csrf) await api.me(options.signal && { signal: options.signal });
    const send = () => ask(base + path, {
      ...content, ...options, method, headers: { ...content.headers, "X-CSRFToken": csrf },
    });
    try {
      return (await send()).body;
    } catch (error) {
      const before = api.member;
      if (!(error instanceof WrongPerson) || (await api.me()).member !== before) throw error;
      return (await send()).body;
    }
  }

  return api;
}

export const api = createApi();

const json = (value) => ({ body: JSON.stringify(value), headers: { "Content-Type": "application/json" } });

/** One request: {status, etag, body} of a good answer, else one of the errors above. */
async function ask(url, { timeout, signal, good = [], ...options }) {
  const limit = deadline(timeout, signal);
  const sentAt = Date.now();
  try {
    const response = await fetch(url, {
      credentials: "same-origin", cache: "no-store", redirect: "manual", ...options, signal: limit.signal,
    });
    const body = response.status === 304 ? null : await read(response);
    if (body?.now) noteServer(body.now, sentAt, Date.now());
    return judge(response, body, good);
  } catch (error) {
    if (error instanceof ApiError) throw error;
    signal?.throwIfAborted();
    throw new Offline("没有网络，已保存在本机", 0);
  } finally {
    limit.end();
  }
}

function deadline(timeout, outer) {
  const controller = new AbortController();
  const stop = () => controller.abort();
  const timer = setTimeout(stop, timeout);
  outer?.addEventListener("abort", stop);
  if (outer?.aborted) stop();
  return {
    signal: controller.signal,
    end() {
      clearTimeout(timer);
      outer?.removeEventListener("abort", stop);
    },
  };
}

// A hotspot's own page is no answer of ours: null.
async function read(response) {
  const type = response.headers.get("Content-Type") ?? "";
  return type.includes("json") ? response.json() : null;
}

function judge(response, body, good) {
  const { status } = response;
  const etag = response.headers.get("ETag") ?? "";
  if (response.type === "opaqueredirect" || status === 401) throw new SignIn("登录已过期，请重新登录", 401);
  if (status === 403 && body?.code) throw new SignIn(body.message, status);
  if (status === 304 || (body && (response.ok || good.includes(status)))) return { status, etag, body };
  const message = body?.message ?? "";
  if (response.ok) throw new Offline("网络被拦截，请检查是否需要先登录无线网络", status);
  if (status === 403) throw new WrongPerson(message || "登录的不是本人", status);
  if (status === 507) throw new StorageFull(message || "服务器空间已满，请联系管理员", status);
  if (status >= 500 || status === 429) throw new ServerError(message || `服务器出错（${status}），稍后再试`, status);
  throw new Refused(message || `服务器没有接受（${status}）`, status);
}
