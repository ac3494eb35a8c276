// Copyright The acnetrack authors. SPDX-License-Identifier: AGPL-3.0-or-later

import { h } from "../elements.js";
import { LANGUAGES } from "../words/words.js";

/** @type {import("../routes.js").Draw} */
export default async function me({ t, settings, language }) {
  return h("div", {}, h("h1", {}, t("me.title")), languageChoice(t, settings, language));
}

function languageChoice(t, settings, language) {
  const choose = async ({ target }) => {
    await settings.set("language", target.value);
    location.reload();
  };
  const options = Object.entries(LANGUAGES).map(([code, { name }]) =>
    h("option", { value: code, lang: code, selected: code === language }, name),
  );
  return h(
    "div",
    { class: "card field" },
    h("label", { for: "language" }, t("me.language")),
    h("select", { id: "language", onchange: choose }, options),
    language === "ar" && h("p", { class: "hint" }, t("me.machineMade")),
  );
}
