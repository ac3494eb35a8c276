// Copyright The acnetrack authors. SPDX-License-Identifier: AGPL-3.0-or-later

import { h } from "../elements.js";
import { numbersFor } from "./numbers.js";

const callable = (number) => `tel:${number.replaceAll(/[^\d+]/g, "")}`;

/**
 * The emergency number of the person's country, lines to talk to somebody, and people to turn to.
 *
 * @param {import("../words/words.js").Translate} t
 * @param {string | null} country
 * @param {string} language
 * @param {Record<string, import("./operator.js").Confirmed>} operators
 */
export function helpCard(t, country, language, operators) {
  const { emergency, lines, known, checked_on, noted_on } = numbersFor(country, operators);
  const since = checked_on ? t("safety.help.checked", { day: new Date(checked_on) }) : t("safety.help.noted", { day: new Date(noted_on ?? "") });
  const number = (each) => h("a", { class: "button call", href: callable(each) }, h("bdi", {}, each));
  const line = ({ name, number: each }) => h("li", {}, h("span", {}, h("bdi", {}, name)), number(each));
  return h(
    "section",
    { class: "card help", "aria-labelledby": "help-heading" },
    h("h2", { id: "help-heading" }, t("safety.help.heading")),
    h("p", {}, t("safety.help.trust")),
    h("ul", { class: "numbers" }, h("li", {}, h("span", {}, t("safety.help.emergency")), number(emergency)), lines.map(line)),
    !known && h("p", {}, t("safety.help.elsewhere")),
    h("p", { class: "soft small" }, t("safety.help.notMonitored")),
    h("p", { class: "soft small" }, since),
    language !== "en" && h("p", { class: "soft small" }, t("safety.notReviewed")),
  );
}
