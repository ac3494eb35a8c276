// Copyright The acnetrack authors. SPDX-License-Identifier: AGPL-3.0-or-later

import { h } from "../elements.js";
import { form } from "../forms.js";
import { photosShared } from "../sync/photos.js";

/** Wipes this phone; what lies on it alone is said before, and sent where that is possible. @type {import("../routes.js").Draw} */
export default async function signOut(context) {
  const { t, account, sync, go } = context;
  const waits = h("p", { role: "status" }, t("sync.running"));
  const body = h("div", { class: "stacked" }, account.signedIn && waits);
  const fill = async () => body.replaceChildren(...(await whatGoes(context)));
  if (account.signedIn) sync.finish().then(fill);
  else await fill();
  return h(
    "div",
    {},
    h("h1", {}, t(account.who ? "data.signOut.title" : "data.wipe.title")),
    h("p", { class: "lede" }, t(account.who ? "data.signOut.lede" : "data.wipe.lede")),
    body,
    h("button", { class: "button quiet", type: "button", onclick: () => go("#/me") }, t("data.cancel")),
  );
}

/** What would be lost, and the form that wipes. */
async function whatGoes({ t, account, sync, store, settings }) {
  const entered = (await Promise.all(["visits", "check_ins", "treatment_courses"].map(store.rows))).flat();
  const unsent = account.who ? sync.unsent() : entered.length > 0;
  const shared = photosShared(await store.rows("grants"), settings.get("photosInvitedUntil"));
  const photos = (await store.rows("photos")).filter(({ uploaded }) => !uploaded);
  const here = (await Promise.all(photos.map(({ id }) => store.photoHere(id)))).filter(Boolean).length;
  const atRisk = unsent || here > 0;
  const wipe = async () => {
    if (account.signedIn) await account.endDevice().catch(() => {}); // Without a network another device can still end it.
    await store.wipe();
    await settings.clear(["language"]);
    location.hash = "#/welcome";
    location.reload();
  };
  const sure = h("label", { class: "choice" }, h("input", { type: "checkbox", name: "sure", required: true }), h("span", {}, t("data.signOut.sure")));
  const button = t(account.who ? "data.signOut.title" : "data.wipe.title");
  return [
    unsent && h("p", { class: "notice bad" }, t(account.who ? "data.signOut.unsent" : "data.wipe.all")),
    here > 0 && h("p", { class: "notice bad" }, t("data.signOut.photos", { count: here })),
    here > 0 && shared && h("p", { class: "notice" }, t("data.signOut.photosSoon")),
    atRisk && h("p", {}, h("a", { href: "#/export" }, t("data.signOut.exportFirst"))),
    h("div", { class: "card" }, form(t, button, wipe, atRisk && sure)),
  ].filter(Boolean);
}
