// Copyright The acnetrack authors. SPDX-License-Identifier: AGPL-3.0-or-later

import { h } from "../elements.js";
import { LANGUAGES } from "../words/words.js";

/**
 * The choice of a language; the app starts anew in it.
 *
 * @param {import("../words/words.js").Translate} t
 * @param {import("../store/local.js").Settings} settings
 * @param {string} language
 */
export function languageChoice(t, settings, language) {
  const choose = async ({ target }) => {
    await settings.set("language", target.value);
    location.reload();
  };
  const options = Object.entries(LANGUAGES).map(([code, { name }]) =>
    h("option", { value: code, lang: code, selected: code === language }, name),
  );
  return h(
    "div",
    { class: "field" },
    h("label", { for: "language" }, t("me.language")),
    h("select", { id: "language", onchange: choose }, options),
    language === "ar" && h("p", { class: "hint" }, t("me.machineMade")),
  );
}
