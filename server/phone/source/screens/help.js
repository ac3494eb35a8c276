// Copyright The acnetrack authors. SPDX-License-Identifier: AGPL-3.0-or-later

import { likelyCountry } from "../account/countries.js";
import { h } from "../elements.js";
import { helpCard } from "../safety/help-card.js";
import { operatorsNumbers } from "../safety/operator.js";

/** @type {import("../routes.js").Draw} */
export default async function help({ t, settings, language }, { because }) {
  return h(
    "div",
    {},
    h("h1", {}, t("safety.help.title")),
    because && h("p", { class: "lede" }, t("safety.help.lede")),
    helpCard(t, settings.get("country") ?? likelyCountry(), language, operatorsNumbers(settings)),
    h("p", {}, h("a", { href: "#/me" }, t("safety.help.country"))),
    because && h("p", {}, h("a", { href: "#/today" }, t("safety.help.saved"))),
  );
}
