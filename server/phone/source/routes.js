// Copyright The acnetrack authors. SPDX-License-Identifier: AGPL-3.0-or-later

/**
 * @typedef {{leave?: () => void} & HTMLElement} Screen
 * @typedef {(context: import("./app.js").Context, parameters: Record<string, string>) => Promise<Screen>} Draw
 * @typedef {{load: () => Promise<{default: Draw}>, tab?: string, whole?: boolean,
 *   first?: boolean}} Route
 *   `tab` is the part of the app that it belongs to. A `whole` screen has neither navigation nor notices: nothing
 *   interrupts what is done there. The `first` ones are open before the person has begun.
 */

/** @type {Record<string, Route>} */
export const ROUTES = {
  "#/welcome": { load: () => import("./screens/welcome.js"), first: true, whole: true },
  "#/sign-up": { load: () => import("./screens/sign-up.js"), first: true, whole: true },
  "#/sign-in": { load: () => import("./screens/sign-in.js"), first: true, whole: true },
  "#/consent": { load: () => import("./screens/consent.js"), tab: "me" },
  "#/today": { load: () => import("./screens/today.js"), tab: "today" },
  "#/photo": { load: () => import("./screens/photo.js"), tab: "photo", whole: true },
  "#/result": { load: () => import("./screens/result.js"), tab: "skin" },
  "#/skin": { load: () => import("./screens/skin.js"), tab: "skin" },
  "#/compare": { load: () => import("./screens/compare.js"), tab: "skin" },
  "#/care": { load: () => import("./screens/care.js"), tab: "care" },
  "#/course": { load: () => import("./screens/course.js"), tab: "care" },
  "#/side-effect": { load: () => import("./screens/side-effect.js"), tab: "care" },
  "#/reminder": { load: () => import("./screens/reminder.js"), tab: "care" },
  "#/red-flags": { load: () => import("./screens/red-flags.js"), tab: "me" },
  "#/help": { load: () => import("./screens/help.js"), tab: "me" },
  "#/me": { load: () => import("./screens/me.js"), tab: "me" },
  "#/sharing": { load: () => import("./screens/sharing.js"), tab: "me" },
  "#/export": { load: () => import("./screens/export.js"), tab: "me" },
  "#/refused": { load: () => import("./screens/refused.js"), tab: "me" },
  "#/sign-out": { load: () => import("./screens/sign-out.js"), tab: "me" },
  "#/erase": { load: () => import("./screens/erase.js"), tab: "me" },
  "#/erased": { load: () => import("./screens/erased.js"), tab: "me" },
};

/** The parts of the app in the order of the navigation, each with its first screen. */
export const TABS = Object.entries({
  today: "#/today",
  skin: "#/skin",
  photo: "#/photo",
  care: "#/care",
  me: "#/me",
}).filter(([, path]) => path in ROUTES);

export const HOME = "#/today";

/**
 * What an address asks for: `#/visit/ID?from=skin` gives the route `#/visit` with {id: "ID", from: "skin"}.
 *
 * @param {string} hash
 */
export function routeOf(hash) {
  const [, name, id, query] = /^#\/([\w-]*)(?:\/([^?]+))?(?:\?(.*))?$/.exec(hash) ?? [];
  const path = `#/${name}`;
  const parameters = { ...(id && { id: decodeURIComponent(id) }), ...Object.fromEntries(new URLSearchParams(query)) };
  return path in ROUTES ? { path, route: ROUTES[path], parameters } : { path: HOME, route: ROUTES[HOME], parameters: {} };
}
