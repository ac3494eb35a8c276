// Copyright The acnetrack authors. SPDX-License-Identifier: AGPL-3.0-or-later

import { h } from "../elements.js";
import { form } from "../forms.js";

/** The account was erased elsewhere: what lies here is wiped, too, or kept without an account. @type {import("../routes.js").Draw} */
export default async function erased({ t, store, settings }) {
  const anew = (path) => {
    location.hash = path;
    location.reload();
  };
  const wipe = async () => {
    await store.wipe();
    await settings.clear(["language"]);
    anew("#/welcome");
  };
  const keep = async () => {
    await store.detach();
    await settings.clear(["language", "begun", "country", "redFlags"]);
    anew("#/today");
  };
  return h(
    "div",
    {},
    h("h1", {}, t("data.erased.title")),
    h("p", { class: "lede" }, t("data.erased.lede")),
    h("div", { class: "card" }, h("p", {}, t("data.erased.wipeText")), form(t, t("data.erased.wipe"), wipe)),
    h("div", { class: "card" }, h("p", {}, t("data.erased.keepText")), form(t, t("data.erased.keep"), keep)),
  );
}
