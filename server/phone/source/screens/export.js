// Copyright The acnetrack authors. SPDX-License-Identifier: AGPL-3.0-or-later

import { h } from "../elements.js";
import { form } from "../forms.js";
import { download } from "../own-data/download.js";

/** @type {import("../routes.js").Draw} */
export default async function exportData({ t, account, store }) {
  const day = new Date().toISOString().slice(0, 10);
  const fromPhone = async () => {
    const { archiveOf } = await import("../own-data/archive.js");
    download(await archiveOf(store), `acnetrack-phone-${day}.zip`);
  };
  const fromServer = async () => {
    const answer = await account.request("/account/export", { raw: true });
    download(await answer.blob(), `acnetrack-account-${day}.zip`);
  };
  return h(
    "div",
    {},
    h("h1", {}, t("data.export.title")),
    h("section", { class: "card" }, h("h2", {}, t("data.export.phone")), h("p", {}, t("data.export.phoneText")), form(t, t("data.export.button"), fromPhone)),
    account.who &&
      h("section", { class: "card" }, h("h2", {}, t("data.export.server")), h("p", {}, t("data.export.serverText")), form(t, t("data.export.button"), fromServer)),
  );
}
