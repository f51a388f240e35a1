// Leaving the phone to somebody else. Without signal the server cannot be told; it is told before anybody signs in.

import { SignIn } from "../api.js";
import { leave } from "../people.js";

const KEY = "anfu-field-left";

/** Somebody left without signal, and the server still knows him. */
export const hasLeft = () => localStorage.getItem(KEY) !== null;

/** Hide everything of this person, and sign out where there is signal. */
export async function leavePhone(app) {
  leave();
  localStorage.setItem(KEY, "1");
  app.stop?.();
  await signOut(app).catch(() => {});
  location.replace(location.pathname);
  location.reload();
}

/** Sign out at the server; throws where it cannot be reached. */
export async function signOut(app) {
  const found = await app.api.me().catch((error) => {
    if (error instanceof SignIn) return null;
    throw error;
  });
  if (found) {
    const body = new URLSearchParams({ csrfmiddlewaretoken: found.csrf });
    await fetch(app.config.signOut, { method: "POST", body, redirect: "manual" });
  }
  localStorage.removeItem(KEY);
}

/** Where to sign in, and come back to this address afterwards. */
export const signInUrl = (app, hash = location.hash) => app.config.signIn + encodeURIComponent(hash);
