// Who works on this phone; one database for each, nothing of one shown to another.
import { Offline, ServerError, SignIn, WrongPerson } from "./api.js";
import { openStore, storedMembers } from "./store.js";

const KEY = "anfu-field-person";

/** The last known person: {member, name, org, role}, or null. Works without signal. */
export function current() {
  return JSON.parse(localStorage.getItem(KEY) ?? "null");
}

/** @param {{member, name, org, role}} me  the answer of api.me() */
export function switchTo({ member, name, org, role }) {
  localStorage.setItem(KEY, JSON.stringify({ member, name, org, role }));
}

/** Nobody works here any more; what is unsent waits in its own database for its person. */
export function leave() {
  localStorage.removeItem(KEY);
}

/**
 * Ask the server who is signed in. Without signal, or when the session has ended, work goes on with the last known
 * person; null where nobody is known, or where who is signed in may not do visits.
 * @returns {Promise<{me: object|null, signedIn: boolean|null, online: boolean}>} signedIn: null, nobody could be asked
 */
export async function recognise(api) {
  try {
    switchTo(await api.me());
    return { me: current(), signedIn: true, online: true };
  } catch (error) {
    // Somebody who does no visits is signed in: the work of the last person is not his to see.
    if (error instanceof WrongPerson) return { me: null, signedIn: true, online: true };
    if (error instanceof SignIn) return { me: current(), signedIn: false, online: true };
    if (!(error instanceof Offline) && !(error instanceof ServerError)) throw error;
    return { me: current(), signedIn: null, online: false };
  }
}

/** How many other members have something unsent on this phone; never what. @returns {Promise<number>} */
export async function othersUnsent() {
  const others = (await storedMembers()).filter((member) => member !== String(current()?.member));
  const waits = await Promise.all(others.map(hasUnsent));
  return waits.filter(Boolean).length;
}

async function hasUnsent(member) {
  const store = await openStore(member);
  const { operations, files } = await store.unsent();
  store.close();
  return operations + files > 0;
}

/** "另有 1 人有未上传的记录，请本人登录上传" or "". */
export const othersWords = (count) => (count ? `另有 ${count} 人有未上传的记录，请本人登录上传` : "");
