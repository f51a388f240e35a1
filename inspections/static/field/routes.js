// Which address shows which screen.

import { open as compare } from "./screens/compare.js";
import { open as hazard } from "./screens/hazard.js";
import { open as help } from "./screens/help.js";
import { open as list } from "./screens/list.js";
import { open as order } from "./screens/order.js";
import { open as paper } from "./screens/paper.js";
import { open as person } from "./screens/person.js";
import { open as place } from "./screens/place.js";
import { open as recheck } from "./screens/recheck.js";
import { open as riskPoint } from "./screens/risk_point.js";
import { open as sign } from "./screens/sign.js";
import { open as signIn } from "./screens/signin.js";
import { open as start } from "./screens/start.js";
import { open as sync } from "./screens/sync.js";
import { open as trouble } from "./screens/trouble.js";
import { open as visit } from "./screens/visit.js";

const ROUTES = [
  [/^\/$/, list],
  [/^\/p\/([^/]+)$/, place],
  [/^\/p\/([^/]+)\/start$/, start],
  [/^\/v\/([^/]+)$/, visit],
  [/^\/v\/([^/]+)\/h\/([^/]+)$/, hazard],
  [/^\/v\/([^/]+)\/r\/([^/]+)$/, recheck],
  [/^\/v\/([^/]+)\/point$/, riskPoint],
  [/^\/v\/([^/]+)\/sign$/, sign],
  [/^\/v\/([^/]+)\/paper$/, paper],
  [/^\/v\/([^/]+)\/order$/, order],
  [/^\/v\/([^/]+)\/compare$/, compare],
  [/^\/sync$/, sync],
  [/^\/me$/, person],
  [/^\/help$/, help],
];

/**
 * Open the screen of an address.
 * @returns {Promise<{title: string, back?: string, view: () => *, bar?: () => *, wide?: boolean, tab?: string,
 *   asked?: () => void, changed?: (change: object) => void, close?: () => void}>}  `asked`: the query changed;
 *   `changed`: the store did
 */
export async function open(app, path) {
  if (!app.store) return signIn(app);
  for (const [pattern, screen] of ROUTES) {
    const found = path.match(pattern);
    if (found) return openSafely(app, screen, found.slice(1).map(decodeURIComponent));
  }
  return trouble(app, new Error("没有这个页面"));
}

async function openSafely(app, screen, words) {
  try {
    return await screen(app, ...words);
  } catch (error) {
    return trouble(app, error);
  }
}
