// Copyright The acnetrack authors. SPDX-License-Identifier: AGPL-3.0-or-later

import { h } from "../elements.js";
import { field, form } from "../forms.js";

/** Erases the account and all that is the person's, here and on the server. @type {import("../routes.js").Draw} */
export default async function erase({ t, account, store, settings }) {
  const send = async ({ password }) => {
    await account.request("/account/erasure", { method: "POST", body: { password } });
    await store.wipe();
    await settings.clear(["language"]);
    location.hash = "#/welcome";
    location.reload();
  };
  const password = h("input", { type: "password", name: "password", required: true, autocomplete: "current-password" });
  return h(
    "div",
    {},
    h("h1", {}, t("data.erase.title")),
    h("ul", { class: "points" }, ["server", "phone", "shared", "backups", "copies"].map((key) => h("li", {}, t(`data.erase.${key}`)))),
    h("p", {}, h("a", { href: "#/export" }, t("data.signOut.exportFirst"))),
    h("div", { class: "card" }, form(t, t("data.erase.button"), send, field("password", t("account.password"), password))),
    h("p", {}, h("a", { href: "#/me" }, t("data.cancel"))),
  );
}
