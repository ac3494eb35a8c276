// Copyright The acnetrack authors. SPDX-License-Identifier: AGPL-3.0-or-later

import { h } from "../elements.js";
import { form } from "../forms.js";
import { photosShared } from "../sync/photos.js";

/** Wipes this phone; what lies on it alone is said before, and sent where that is possible. @type {import("../routes.js").Draw} */
export default async function signOut({ t, account, sync, store, settings, go }) {
  if (account.signedIn) await sync.finish();
  const unsent = account.who ? sync.unsent() : (await Promise.all(["visits", "check_ins", "treatment_courses"].map(store.rows))).flat().length > 0;
  const shared = photosShared(await store.rows("grants"), settings.get("photosInvitedUntil"));
  const photos = (await store.rows("photos")).filter(({ uploaded }) => !uploaded);
  const here = (await Promise.all(photos.map(({ id }) => store.photoHere(id)))).filter(Boolean).length;
  const wipe = async () => {
    if (account.signedIn) await account.endDevice().catch(() => settings.set("deviceLeft", true));
    await store.wipe();
    await settings.clear(["language"]);
    location.hash = "#/welcome";
    location.reload();
  };
  const title = t(account.who ? "data.signOut.title" : "data.wipe.title");
  const sure = h("input", { type: "checkbox", name: "sure", required: true });
  const atRisk = unsent || here > 0;
  return h(
    "div",
    {},
    h("h1", {}, title),
    h("p", { class: "lede" }, t(account.who ? "data.signOut.lede" : "data.wipe.lede")),
    unsent && h("p", { class: "notice bad" }, t(account.who ? "data.signOut.unsent" : "data.wipe.all")),
    here > 0 && h("p", { class: "notice bad" }, t("data.signOut.photos", { count: here })),
    here > 0 && shared && h("p", { class: "notice" }, t("data.signOut.photosSoon")),
    atRisk && h("p", {}, h("a", { href: "#/export" }, t("data.signOut.exportFirst"))),
    h(
      "div",
      { class: "card" },
      form(t, title, wipe, atRisk && h("label", { class: "choice" }, sure, h("span", {}, t("data.signOut.sure")))),
    ),
    h("button", { class: "button quiet", type: "button", onclick: () => go("#/me") }, t("data.cancel")),
  );
}
